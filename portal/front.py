"""The front door: checks the host, answers pages without going through the router, adds the headers of safety."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from anyio import to_thread

from portal.answers import Answers, Request
from portal.cache import Body

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFETY: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
ROUTED = ("/api/", "/openapi.json", "/healthz", "/version")
MCP = "/mcp"
LONGEST_QUERY = 4_000  # bytes; far more than all facets of the table together
LARGEST_FORM = 800 * 1024  # bytes: a payload of 256 KB, percent-encoded to three times that, and the other fields


class Front:
    """An ASGI application around another one: pages here, everything in ROUTED there."""

    def __init__(self, app: App, *, answers: Answers, hosts: Iterable[str] = (), mcp: bool = False) -> None:
        """Serve `answers`; `hosts` are names allowed besides addresses, localhost and this machine's name.

        With `mcp` the application answers at MCP, too.
        """
        self.app = app
        self.mcp = mcp
        self.answers = answers
        self.allowed = {host.lower() for host in hosts} | {"localhost", socket.gethostname().lower()}
        self._known = lru_cache(maxsize=64)(self.is_allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        path = self._path(scope["path"])
        if not self._known(headers.get(b"host", b"")):
            await _send(send, scope, headers, _refused(400, _HOST))
        elif path.startswith(ROUTED) or path == "/api":
            await self.app({**scope, "path": path, "root_path": ""}, receive, _with_safety(send))
        elif self.mcp and path == MCP:
            await self._asked_by_model({**scope, "path": path, "root_path": ""}, headers, receive, send)
        elif scope["method"] == "POST" and self.answers.takes_form(path[1:]):
            await _send(send, scope, headers, await self._posted(path[1:], headers, receive))
        elif scope["method"] not in ("GET", "HEAD"):
            await _send(send, scope, headers, _refused(405, "Only GET and HEAD work here.", ("allow", "GET, HEAD")))
        else:
            await _send(send, scope, headers, await self._body(path[1:], scope["query_string"]))

    async def _body(self, path: str, query: bytes) -> Body:
        if not query and (kept := self.answers.kept(path)) is not None:
            return kept
        request = Request(path=path, query=_query(query))
        return await to_thread.run_sync(self.answers.answer, request, limiter=self.answers.lane(path))

    async def _asked_by_model(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        """Let a question through; one that a page of somebody else's sends is refused, and nothing is streamed."""
        origin = headers.get(b"origin", b"").partition(b"://")[2]
        if b"origin" in headers and not self.is_allowed(origin):
            await _send(send, scope, headers, _refused(403, "Pages of other sites may not ask here."))
        elif scope["method"] != "POST":
            await _send(send, scope, headers, _refused(405, "Only POST works here.", ("allow", "POST")))
        else:
            await self.app(scope, receive, _with_safety(send))

    async def _posted(self, path: str, headers: dict[bytes, bytes], receive: Receive) -> Body:
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind != b"application/x-www-form-urlencoded":
            return _refused(415, "Only a plain form works here.")
        content = await read(receive, LARGEST_FORM)
        if content is None:
            return _refused(413, "That is more than is checked here.")
        values = {name: unquote_to_bytes(value) for name, _, value in _pairs(content)}
        return await to_thread.run_sync(self.answers.form, path, values, limiter=self.answers.lane(path))

    def _path(self, path: str) -> str:
        root = self.answers.root_path
        if root and (path == root or path.startswith(f"{root}/")):
            path = path[len(root) :]
        return path if path.startswith("/") else f"/{path}"

    def is_allowed(self, header: bytes) -> bool:
        """Say whether a Host header names this server and not somebody's name that was made to point here."""
        name = _without_port(header.decode("latin-1").strip().lower())
        if name in self.allowed or "*" in self.allowed or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


_HOST = "This name is not one of ours; start the portal with --allowed-host NAME to let it be."


async def read(receive: Receive, largest: int) -> bytes | None:
    """Return the body of a request; None when it is larger than agreed, and then the rest is not read."""
    content = b""
    while True:
        message = await receive()
        content += bytes(message.get("body", b""))
        if len(content) > largest:
            return None
        if not message.get("more_body"):
            return content


def _pairs(content: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    for part in content.split(b"&")[:20]:
        name, separator, value = part.partition(b"=")
        yield name.decode("latin-1"), separator, value.replace(b"+", b" ")


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


def _query(query: bytes) -> dict[str, str]:
    pairs = (
        parse_qsl(query[:LONGEST_QUERY].decode("latin-1"), max_num_fields=50, errors="replace") if _sane(query) else []
    )
    return {name: value.strip() for name, value in pairs if value.strip()}


def _sane(query: bytes) -> bool:
    return query.count(b"&") < 50


def _refused(status: int, words: str, *headers: tuple[str, str]) -> Body:
    return Body(
        raw=f"{words}\n".encode(),
        gzipped=b"",
        content_type="text/plain; charset=utf-8",
        etag="",
        headers=headers,
        status=status,
    )


def _with_safety(send: Send) -> Send:
    async def sender(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *SAFETY]
        await send(message)

    return sender


async def _send(send: Send, scope: Scope, asked: dict[bytes, bytes], body: Body) -> None:
    """Send a body: compressed where that is understood, nothing where the reader has it already."""
    zipped = bool(body.gzipped) and b"gzip" in asked.get(b"accept-encoding", b"")
    content = body.gzipped if zipped else body.raw
    tag = f'"{body.etag}{"-gz" if zipped else ""}"'.encode()
    headers = [(b"content-type", body.content_type.encode()), *SAFETY]
    headers += [(name.encode(), value.encode("latin-1")) for name, value in body.headers]
    if body.gzipped:
        headers.append((b"vary", b"accept-encoding"))
    status = body.status
    if body.etag and status == 200:
        headers.append((b"etag", tag))
        if not any(name == "cache-control" for name, _ in body.headers):
            headers.append((b"cache-control", b"no-cache"))
        if (had := asked.get(b"if-none-match")) and _has(had, tag):
            status, content, zipped = 304, b"", False
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
    if status != 304:
        headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _has(header: bytes, tag: bytes) -> bool:
    return header.strip() == b"*" or tag in (part.strip().removeprefix(b"W/") for part in header.split(b","))
