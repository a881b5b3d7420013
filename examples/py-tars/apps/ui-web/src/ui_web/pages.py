"""The web server: one page, and the data that it asks for every second."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiomqtt

from ui_web.state import State

logger = logging.getLogger(__name__)

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>TARS</title>
<h1>TARS</h1><pre id="state">…</pre>
<script>
setInterval(async () => {
  const state = await (await fetch("/state")).json();
  document.getElementById("state").textContent = state.lines.concat(state.typing).join("\\n");
}, 1000);
</script></html>
"""


class Pages:
    """Answers browsers."""

    def __init__(self, state: State, port: int) -> None:
        """Take the state to show; port 0 takes any that is free."""
        self.state, self.port = state, port

    async def serve(self) -> None:
        """Serve until the end."""
        server = await asyncio.start_server(self.answer, "127.0.0.1", self.port)
        address = server.sockets[0].getsockname()
        logger.info("serving", extra={"about": {"url": f"http://{address[0]}:{address[1]}/"}})
        async with server:
            await server.serve_forever()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            status, kind, body = await self.content(head.split(b" ", 2)[1].decode("latin-1"))
            start = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            writer.write(start.encode() + b"\r\n" + body)
            await writer.drain()
        except (OSError, ValueError, IndexError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            logger.info("request not understood")
        finally:
            writer.close()

    async def content(self, target: str) -> tuple[str, str, bytes]:
        """Return status, media type and content of an address."""
        parts = urlsplit(target)
        if parts.path == "/":
            return "200 OK", "text/html; charset=utf-8", PAGE.encode()
        if parts.path == "/state":
            return "200 OK", "application/json", _json(self.state.snapshot())
        if parts.path == "/search" and (text := parse_qs(parts.query).get("q")):
            try:
                return "200 OK", "application/json", _json(await self.state.search(text[0]))
            except (TimeoutError, aiomqtt.MqttError):
                return "504 Gateway Timeout", "application/json", _json({"error": "memory does not answer"})
        return "404 Not Found", "application/json", _json({"error": "there is nothing here"})


def _json(data: Any) -> bytes:
    return json.dumps(data).encode()
