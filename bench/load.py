"""A client that asks one address over connections that stay open, where wrk is not installed."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit


class _Asking(asyncio.Protocol):
    """Asks again as soon as an answer is complete, until the time is over."""

    def __init__(self, request: bytes, until: float) -> None:
        """Remember what to ask and for how long."""
        self.request, self.until = request, until
        self.answers = self.waiting = 0
        self.head = b""
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Count an answer when its last byte is there."""
        if self.waiting == 0:
            head, end, rest = (self.head + data).partition(b"\r\n\r\n")
            if not end:
                self.head = head
                return
            self.waiting = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0]) - len(rest)
            self.head = b""
        else:
            self.waiting -= len(data)
        if self.waiting <= 0:
            self.waiting, self.answers = 0, self.answers + 1
            if time.monotonic() < self.until:
                self.transport.write(self.request)
            else:
                self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Say how many answers there were."""
        if not self.done.done():
            self.done.set_result(self.answers)


async def _run(address: str, connections: int, seconds: float) -> int:
    split = urlsplit(address)
    request = f"GET {split.path or '/'} HTTP/1.1\r\nHost: {split.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    until = time.monotonic() + seconds
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Asking(request, until), split.hostname, split.port)
        for _ in range(connections)
    ]
    return sum([await protocol.done for _, protocol in made])


def requests(address: str, *, connections: int, seconds: float) -> float:
    """Return the answers a second."""
    return asyncio.run(_run(address, connections, seconds)) / seconds
