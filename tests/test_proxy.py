"""Behind a real nginx, set up as the documentation says: a login in front, a prefix, and nobody else's name."""

from __future__ import annotations

import argparse
import base64
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
import uvicorn
from support.broker import free_port
from support.proxy import running_nginx
from support.registries import greenhouse
from support.serving import serving

from portal.commands import serve

ROOT = Path(__file__).parents[1]
HOW_TO = (ROOT / "docs/how-to.md").read_text(encoding="utf-8")
NAME = "contracts.example.com"
LOGIN = {"authorization": "Basic " + base64.b64encode(b"reader:said in the test").decode()}
LINK = re.compile(r'(?:href|src|action)="([^"#]*)')


class Got(NamedTuple):
    """What was answered."""

    status: int
    text: str
    headers: dict[str, str]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        """Let redirects be seen instead of followed."""


def _get(address: str, data: bytes | None = None, **headers: str) -> Got:
    request = urllib.request.Request(address, data=data, headers={"host": NAME, **LOGIN, **headers})
    try:
        answer = urllib.request.build_opener(_Stay).open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode("utf-8", "replace")
        return Got(answer.status, text, {name.lower(): value for name, value in answer.headers.items()})


def _as_documented(port: int, folder: Path) -> str:
    """Return the documented location, for the portal's port and the test's passwords."""
    (block,) = re.findall(r"```nginx\n(.*?)```", HOW_TO, re.DOTALL)
    passwords = folder / "passwords"
    passwords.write_text("reader:{PLAIN}said in the test\n", encoding="utf-8")
    assert "http://127.0.0.1:8000;" in block and "/etc/nginx/contracts.htpasswd" in block
    return str(block).replace(":8000;", f":{port};").replace("/etc/nginx/contracts.htpasswd", str(passwords))


def _documented_options() -> list[str]:
    """Return the options with which the documentation starts the portal behind nginx, but for the port."""
    (line,) = re.findall(r"^portal serve \. --port 8000 (.*--trusted-proxy.*)$", HOW_TO, re.MULTILINE)
    return str(line).split()


@pytest.fixture(scope="module", params=["documented", "prefix taken off"])
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a portal behind nginx: as documented, and where the proxy takes the prefix off."""
    folder = tmp_path_factory.mktemp("proxy")
    document = folder / "greenhouse.json"
    document.write_text(json.dumps(greenhouse()), encoding="utf-8")
    with serving(document, *_documented_options(), "--mcp") as (_, address):
        port = urlsplit(address).port
        assert port
        location = _as_documented(port, folder)
        if request.param != "documented":
            location = location.replace(f":{port};", f":{port}/;")
        with running_nginx(folder, location) as proxy:
            yield f"{proxy}/contracts/"


def test_nobody_comes_in_without_a_login(behind: str) -> None:
    """The proxy asks for a login before anything is answered."""
    for path in ("", "topics/valve/command/", "api/topics", "asyncapi.yaml", "healthz"):
        assert _get(behind + path, authorization="Basic bm9ib2R5Om5vdGhpbmc=").status == 401
        assert _get(behind + path).status == 200


def test_every_link_stays_behind_the_proxy(behind: str) -> None:
    """All links of all pages, those of the page that is not there too, lead to something under the prefix."""
    waiting, seen = [behind, f"{behind}nothing/here"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = _get(address)
        assert answer.status == (404 if address.endswith("nothing/here") else 200), address
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers["content-type"].startswith("text/html"):
            links = {urljoin(address, link.replace("&amp;", "&")) for link in LINK.findall(answer.text)}
            links -= {link for link in links if link.startswith("https://example.org/greenhouse/")}
            assert [link for link in links if not link.startswith(behind)] == []
            waiting += [link for link in links if "?" not in link]
    assert len(seen) > 50
    assert f"{behind}topics/climate/%7Bzone%7D/measured/" in seen


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("topics/valve/command", "topics/valve/command/"),
        ("topics/climate/north/measured/", "topics/climate/%7Bzone%7D/measured/"),
    ],
)
def test_redirects_stay_behind_the_proxy(behind: str, path: str, leads_to: str) -> None:
    """Where a page really stands is said so that the prefix is kept."""
    answer = _get(behind + path)
    assert answer.status in (307, 308)
    assert urljoin(behind + path, answer.headers["location"]) == behind + leads_to


def test_forms_and_programs_come_through(behind: str) -> None:
    """The form without script, the API, its description and the endpoint for language models work there."""
    form = _get(f"{behind}check/", b"topic=valve%2Fcommand&payload=%7B%7D")
    assert (form.status, form.headers["cache-control"]) == (200, "no-store")
    assert _get(f"{behind}api/check", b"{}").status == 200
    assert json.loads(_get(f"{behind}openapi.json").text)["servers"] == [{"url": "/contracts"}]
    ask = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    kinds = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    assert len(json.loads(_get(f"{behind}mcp", ask, **kinds).text)["result"]["tools"]) == 8
    assert _get(f"{behind}mcp", ask, **kinds, origin=f"https://{NAME}").status == 200
    assert _get(f"{behind}mcp", ask, **kinds, origin="https://evil.example").status == 403


def test_unchanged_pages_are_not_sent_again(behind: str) -> None:
    """What the browser has is confirmed through the proxy, compressed or not."""
    for encoding in ("gzip", "identity"):
        tag = _get(behind, **{"accept-encoding": encoding}).headers["etag"]
        assert _get(behind, **{"accept-encoding": encoding, "if-none-match": tag}).status == 304


def test_other_names_are_refused(behind: str) -> None:
    """A name that the portal was not told is refused by it, also when the proxy lets it through."""
    for path in ("", "api/topics", "nothing"):
        answer = _get(behind + path, host="evil.example")
        assert (answer.status, "evil" in answer.text) == (400, False)


async def _echo(scope: Any, _receive: Any, send: Any) -> None:
    """Answer with what the server believes about the one who asks."""
    body = json.dumps([scope["client"][0], scope["scheme"]]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def _served(options: list[str]) -> Iterator[int]:
    """Serve the echo as the command serves the portal with these options."""
    parser = argparse.ArgumentParser()
    serve.configure(parser)
    config = serve.configured(_echo, parser.parse_args(options))
    config.port, config.host = free_port(), "127.0.0.1"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield config.port
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.mark.parametrize(
    ("options", "believed"),
    [
        (["--trusted-proxy", "127.0.0.1"], ["203.0.113.9", "https"]),
        (["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "127.0.0.0/8"], ["203.0.113.9", "https"]),
        (["--trusted-proxy", "192.0.2.1"], ["127.0.0.1", "http"]),
        ([], ["127.0.0.1", "http"]),
    ],
)
def test_forwarded_headers_are_believed_from_trusted_proxies_only(options: list[str], believed: list[str]) -> None:
    """Who asks, and by which scheme, is taken from the headers of a proxy that was named, and of no other."""
    with _served(options) as port:
        headers = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
        assert json.loads(_get(f"http://127.0.0.1:{port}/", **headers).text) == believed
