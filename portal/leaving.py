"""A uvicorn server that loses nobody on the way out: whoever was let in is answered, everybody else is refused."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn

GRACE = 0.25  # seconds in which a request that is on its way arrives


class LeavingServer(uvicorn.Server):
    """Takes what the kernel has queued before it stops to listen, and waits a moment for what they ask."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening at once, answer those who are connected, then go; `GRACE` seconds for a request to arrive."""
        kept = [listener.dup() for listener in sockets or ()]
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        queued = [connection for listener in kept for connection in _last(listener)]
        for connection in queued:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(GRACE)
        await super().shutdown()

    def _protocol(self) -> asyncio.Protocol:
        known: Any = self.config.http_protocol_class
        made: asyncio.Protocol = known(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _last(listener: socket.socket) -> list[socket.socket]:
    """Return the connections that wait to be taken, and stop listening in the moment there are no more."""
    listener.setblocking(False)
    found: list[socket.socket] = []
    with listener:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                break
            found.append(connection)
    for connection in found:
        connection.setblocking(False)
    return found
