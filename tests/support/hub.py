"""A stand-in for the few endpoints of GitHub's REST API that are used: real HTTP, real pages, no network."""

from __future__ import annotations

import contextlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
Answer = tuple[int, Any, dict[str, str]]


def zipped(**files: bytes) -> bytes:
    """Return a zip file; underscores in names stand for dots."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name.replace("_", "."), date_time=(2026, 1, 1, 0, 0, 0))
            archive.writestr(info, content, compress_type=zipfile.ZIP_DEFLATED)
    return made.getvalue()


@dataclass(slots=True)
class Hub:
    """One repository: what it holds, what was asked of it, and what it refuses."""

    address: str = ""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    archive: bytes = b""
    merge_base: str = ""
    merge_bases: dict[str, str] = field(default_factory=dict)
    statuses: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    refuse: Callable[[str, str, Any], Answer | None] = lambda *_: None
    before_post: Callable[[], None] = lambda: None

    def pull(
        self, number: int, sha: str, label: str = "stranger:change", state: str = "open", base: str = "b" * 40
    ) -> None:
        """Add a pull request."""
        self.pulls.append(
            {"number": number, "state": state, "head": {"sha": sha, "label": label}, "base": {"sha": base}}
        )

    def comment(self, body: str, login: str = BOT) -> int:
        """Add a comment and return its number."""
        number = 100 + len(self.comments)
        self.comments.append({"id": number, "body": body, "user": {"login": login}})
        return number

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        """Return status, data and headers for a request below the repository."""
        if refused := self.refuse(method, path, body):
            return refused
        if path.startswith("blob/"):
            return 200, self.archive, {}
        for pattern, respond in _ROUTES:
            if found := re.fullmatch(pattern, f"{method} {path}"):
                return respond(self, found, query, body)
        return 404, {"message": "Not Found"}, {}


def _page(items: list[Any], query: dict[str, list[str]]) -> list[Any]:
    size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
    return items[(page - 1) * size : page * size]


def _pulls(hub: Hub, _: Any, query: dict[str, list[str]], __: Any) -> Answer:
    head = query.get("head", [""])[0]
    found = [one for one in hub.pulls if one["state"] == "open" and head in ("", one["head"]["label"])]
    return 200, _page(found, query), {}


def _post(hub: Hub, _: Any, __: Any, body: Any) -> Answer:
    hub.before_post()
    if len(body["body"]) > 65_536:
        return 422, {"message": "Body is too long (maximum is 65536 characters)"}, {}
    hub.comment(body["body"])
    return 201, hub.comments[-1], {}


def _patch(hub: Hub, found: Any, _: Any, body: Any) -> Answer:
    for comment in hub.comments:
        if comment["id"] == int(found[1]):
            comment["body"] = body["body"]
            return 200, comment, {}
    return 404, {"message": "Not Found"}, {}


def _delete(hub: Hub, found: Any, *_: Any) -> Answer:
    hub.comments[:] = [comment for comment in hub.comments if comment["id"] != int(found[1])]
    return 204, None, {}


def _compare(hub: Hub, found: Any, *_: Any) -> Answer:
    return 200, {"merge_base_commit": {"sha": hub.merge_bases.get(found[1], hub.merge_base)}}, {}


def _status(hub: Hub, found: Any, _: Any, body: Any) -> Answer:
    hub.statuses.append((found[1], body))
    return 201, {}, {}


_ROUTES: tuple[tuple[str, Any], ...] = (
    ("GET pulls", _pulls),
    (r"GET issues/\d+/comments", lambda hub, _, query, __: (200, _page(hub.comments, query), {})),
    (r"POST issues/\d+/comments", _post),
    (r"PATCH issues/comments/(\d+)", _patch),
    (r"DELETE issues/comments/(\d+)", _delete),
    (r"POST statuses/(\w+)", _status),
    (r"GET compare/(\w+)\.\.\..*", _compare),
    (r"GET actions/runs/\d+/artifacts", lambda hub, *_: (200, {"artifacts": hub.artifacts}, {})),
    (r"GET actions/artifacts/\d+/zip", lambda hub, *_: (302, None, {"Location": f"{hub.address}/repos/o/r/blob/x"})),
)


@contextlib.contextmanager
def hub() -> Iterator[Hub]:
    """Run the stand-in on a free port; the repository is `o/r`."""
    shown = Hub()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            split = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = split.path.removeprefix("/repos/o/r/")
            shown.asked.append((self.command, path, self.headers.get("authorization") or ""))
            status, data, headers = shown.answer(self.command, path, parse_qs(split.query), body)
            content = b"" if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shown.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shown
    finally:
        server.shutdown()
        server.server_close()
