"""The portal against its budgets: what a page weighs, how soon it is there, the server, static builds."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.environment import ROOT, installed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

sys.path.insert(0, str(ROOT / "tests"))

SIZES = (30, 1000)
BUDGETS: dict[str, dict[int, float]] = {
    "page with style and script, KB gzip": {30: 25, 1000: 80},
    "elements": {30: 1_500, 1000: 15_000},
    "first paint, ms": {30: 150, 1000: 700},
    "first paint in a browser at rest, ms": {30: 150, 1000: 700},
    "main thread blocked, ms": {30: 0, 1000: 150},
    "search index, KB gzip": {1000: 100},
    "start, s": {1000: 3},
    "static build, s": {30: 1, 1000: 15},
    "static build, MB of memory": {1000: 250},
}
SHARE = 0.70
REST = 600
CONSTANT = """
import pathlib, sys, uvicorn
body = pathlib.Path(sys.argv[1]).read_bytes()
length = str(len(body)).encode()
headers = [(b"content-type", b"text/html"), (b"content-length", length), (b"content-encoding", b"gzip")]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False, server_header=False, lifespan="off")
"""
PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (one.name === 'first-contentful-paint') done(one.startTime);
}).observe({type: 'paint', buffered: true}))"""
BLOCKED = """() => new Promise(done => {
  let blocked = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) blocked += one.duration - 50; })
    .observe({type: 'longtask', buffered: true});
  setTimeout(() => done(blocked), 300);
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A running server: its address, its process, and the seconds until it answered."""

    address: str
    process: subprocess.Popen[bytes]
    seconds: float

    @property
    def memory(self) -> float:
        """Return its memory in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _started(command: list[str], port: int, variables: dict[str, str]) -> Iterator[Started]:
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env=variables)
    address = f"http://127.0.0.1:{port}/"
    try:
        while time.monotonic() < begun + 60:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(address, timeout=5).close()
                break
            time.sleep(0.005)
        yield Started(address=address, process=process, seconds=time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _served(document: Path, variables: dict[str, str]) -> contextlib.AbstractContextManager[Started]:
    port = _free_port()
    command = [sys.executable, "-m", "portal.cli", "serve", str(document), "--port", str(port)]
    return _started(command, port, variables)


def _zipped(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read()
        return content


def _weight(address: str) -> float:
    """Return the KB that a browser takes for the registry: the page, its style sheets, its scripts."""
    page = _zipped(address)
    text = gzip.decompress(page).decode()
    parts = re.findall(r'(?:<link rel="stylesheet" href|<script src)="([^"]+)"', text)
    return (len(page) + sum(len(_zipped(address + part.removeprefix("./"))) for part in parts)) / 1000


def _requests(address: str, seconds: float) -> float:
    """Return the requests a second that a server answers over 16 connections that stay open."""
    if wrk := shutil.which("wrk"):
        command = [wrk, "-t1", "-c16", f"-d{max(1, round(seconds))}s", "-H", "Accept-Encoding: gzip", address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return next(float(line.split()[1]) for line in said.splitlines() if line.startswith("Requests/sec"))
    from bench.load import requests

    return requests(address, connections=16, seconds=seconds)


def _constant(file: Path, body: bytes, variables: dict[str, str]) -> contextlib.AbstractContextManager[Started]:
    """Start a server that answers everything with these gzipped bytes, kept in `file`."""
    file.write_bytes(body)
    port = _free_port()
    return _started([sys.executable, "-c", CONSTANT, str(file), str(port)], port, variables)


def _share(document: Path, rounds: int, variables: dict[str, str]) -> tuple[float, float]:
    """Return requests a second for the cached page, and its share of what constant bytes of that size reach, paired."""
    with _served(document, variables) as portal:
        body = _zipped(portal.address)
        with _constant(document.with_name("constant"), body, variables) as constant:
            pairs = [(_requests(portal.address, 1), _requests(constant.address, 1)) for _ in range(rounds)]
    return statistics.median(ours for ours, _ in pairs), statistics.median(ours / theirs for ours, theirs in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What Chromium says of a page it opened: milliseconds, megabytes, elements."""

    paint: float
    blocked: float
    heap: float
    elements: int


def _opened(browser: Browser, address: str, rest: int) -> Opened:
    """Open a page in a fresh context, after it has rested for so many milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.wait_for_timeout(rest)
    page.goto(address)
    try:
        return Opened(
            paint=float(page.evaluate(PAINTED)),
            blocked=float(page.evaluate(BLOCKED)),
            heap=float(page.evaluate("performance.memory.usedJSHeapSize / 1e6")),
            elements=int(page.evaluate("document.getElementsByTagName('*').length")),
        )
    finally:
        context.close()


def _plain(address: str) -> bytes:
    """Return the rows of the registry as a page that has nothing else, neither style nor script, gzipped."""
    rows = re.findall(r"<tr.*?</tr>", gzip.decompress(_zipped(address)).decode(), re.DOTALL)
    return gzip.compress(f"<!doctype html><title>Topics</title><table>{''.join(rows)}</table>".encode())


def _pages(address: str, scratch: Path, rounds: int, variables: dict[str, str]) -> dict[str, float]:
    """Return medians of what Chromium measures of the registry; a plain table and an empty page are opened in between.

    A fresh context starts and ends processes, which the page that is opened at once shares the cores with; at rest they
    are done.
    """
    from support.browser import chromium

    found: dict[tuple[str, str], list[Opened]] = {}
    empty = gzip.compress(b"<!doctype html><title>Empty</title><p>Nothing")
    with (
        _constant(scratch / "plain", _plain(address), variables) as plain,
        _constant(scratch / "empty", empty, variables) as nothing,
        chromium() as browser,
    ):
        pages = {"": address, " of the rows as a plain table": plain.address, " of an empty page": nothing.address}
        for number in range(rounds + 1):
            for rest, when in ((0, ""), (REST, " in a browser at rest")):
                for name, place in pages.items():
                    opened = _opened(browser, place, rest)
                    if number:
                        found.setdefault((name, when), []).append(opened)
    ours = found["", ""]
    return {
        "elements": ours[0].elements,
        "main thread blocked, ms": statistics.median(one.blocked for one in ours),
        "heap, MB": statistics.median(one.heap for one in ours),
        **{
            f"first paint{name}{when}, ms": statistics.median(one.paint for one in opened)
            for (name, when), opened in found.items()
        },
    }


def _build(document: Path, folder: Path, rounds: int, variables: dict[str, str]) -> dict[str, float]:
    """Return how long a static build takes, how much memory, and how long the next one into the same folder takes."""
    first, second = [], []
    for number in range(rounds):
        command = [sys.executable, "-m", "portal.cli", "build", str(document), "-o", str(folder / f"site{number}")]
        for seconds in (first, second):
            begun = time.monotonic()
            subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL, env=variables)
            seconds.append(time.monotonic() - begun)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "static build, s": statistics.median(first),
        "second build, s": statistics.median(second),
        "static build, MB of memory": memory,
    }


def measured(topics: int, rounds: int) -> dict[str, float]:
    """Return everything that is measured for a document of this many topics."""
    from support.registries import generated

    with tempfile.TemporaryDirectory() as scratch:
        document = Path(scratch, "document.json")
        document.write_text(json.dumps(generated(topics, fields=8)), encoding="utf-8")
        variables = installed(Path(scratch, "bytecode"))
        found = _build(document, Path(scratch), rounds if topics < 100 else 1, variables)
        with _served(document, variables) as server:
            found |= {
                "page with style and script, KB gzip": _weight(server.address),
                **_pages(server.address, Path(scratch), rounds, variables),
                "search index, KB gzip": len(_zipped(server.address + "search-index.js")) / 1000,
                "start, s": server.seconds,
                "server, MB of memory": server.memory,
            }
        rate, share = _share(document, rounds, variables)
    return found | {"cached page, requests/s": rate, "of constant bytes": share}


def report(rounds: int) -> list[str]:
    """Return the measurements as lines, each beside its budget."""
    lines = []
    for topics in SIZES:
        lines.append(f"portal, {topics} topics:")
        lines += [_line(name, value, topics) for name, value in measured(topics, rounds).items()]
    return lines


def _line(name: str, value: float, topics: int) -> str:
    shown = f"  {name}: {value:,.2f}" if value < 10 else f"  {name}: {value:,.0f}"
    if name == "of constant bytes":
        return f"{shown} (budget: at least {SHARE:.2f}{'' if value >= SHARE else ', MISSED'})"
    budget: Any = BUDGETS.get(name, {}).get(topics)
    return shown if budget is None else f"{shown} (budget: {budget:,}{'' if value <= budget else ', MISSED'})"
