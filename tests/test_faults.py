"""What a server meets in a long life: files that vanish, clients that dawdle, requests that are none."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.registries import generated, greenhouse, neighbour
from support.serving import get, serving, waited

SLOW = 200


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return a file with the greenhouse."""
    path = tmp_path / "greenhouse.json"
    path.write_text(json.dumps(greenhouse()), encoding="utf-8")
    return path


def test_the_last_version_stays_when_the_document_is_gone_or_cut_off(document: Path) -> None:
    """Deleted, half written, then whole again: the last good version stays, with what is wrong, until it is over."""
    whole = document.read_text(encoding="utf-8")
    with serving(document, "--reload") as (process, address):
        for spoil, says in (
            (document.unlink, "no such file"),
            (lambda: document.write_text(whole[: len(whole) // 2], encoding="utf-8"), "greenhouse.json"),
            (lambda: document.write_text("", encoding="utf-8"), "greenhouse.json"),
            (lambda: document.write_text("[" * 100_000, encoding="utf-8"), "greenhouse.json"),
        ):
            spoil()
            assert waited(lambda: 'role="alert"' in get(address)), says
            page = get(address)
            assert (says in page, "valve/command" in page) == (True, True)
            document.write_text(whole.replace("Greenhouse", f"House {says}"), encoding="utf-8")
            assert waited(lambda says=says: f"House {says}" in get(address) and 'role="alert"' not in get(address))
        assert process.poll() is None


def test_each_of_several_systems_is_read_again_by_itself(document: Path, tmp_path: Path) -> None:
    """One of three cannot be read at first, then can; another one breaks; the third is shown all the while."""
    other, late = tmp_path / "neighbour.json", tmp_path / "late.json"
    other.write_text(json.dumps(neighbour()), encoding="utf-8")
    late.write_text("{", encoding="utf-8")
    with serving(document, other, late, "--reload") as (_, address):
        assert "late.json" in get(address)
        late.write_text(json.dumps(generated(3)), encoding="utf-8")
        assert waited(lambda: 's/late/"' in get(address))
        assert "3 topics" in get(f"{address}/s/late/")
        other.write_text("{", encoding="utf-8")
        assert waited(lambda: 'role="alert"' in get(f"{address}/s/neighbour/"))
        assert "doorbell/rung" in get(f"{address}/s/neighbour/")
        assert 'role="alert"' not in get(f"{address}/s/greenhouse/")


@contextlib.contextmanager
def _connected(address: str, count: int) -> Iterator[list[socket.socket]]:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    assert host and port
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection((host, port), timeout=20)) for _ in range(count)]


def test_slow_clients_hold_nobody_up(tmp_path: Path) -> None:
    """Two hundred clients that never finish their request, or never read their answer: others are answered in full."""
    path = tmp_path / "large.json"
    path.write_text(json.dumps(generated(400)), encoding="utf-8")
    with serving(path) as (process, address), _connected(address, SLOW) as slow:
        for number, connection in enumerate(slow):
            whole = number % 2 == 0
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + (b"\r\n" if whole else b"X-Slow: "))
        pages = [get(address) for _ in range(20)]
        assert (len(set(pages)), pages[0].rstrip().endswith("</html>")) == (1, True)
        for connection in slow[1::2]:
            connection.sendall(b"1\r\n\r\n")
        received = slow[1].recv(100)
        assert received.startswith(b"HTTP/1.1 200")
        assert process.poll() is None


JUNK = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /check/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"GET /\x00\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /%00%ff%80/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
)


def test_requests_that_are_none_do_no_harm(document: Path) -> None:
    """No junk is answered with 5xx, leaves a traceback, or keeps the next request from being answered."""
    with serving(document) as (process, address):
        statuses = []
        for junk in JUNK:
            with _connected(address, 1) as (connection,), contextlib.suppress(OSError):
                connection.sendall(junk)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(64)
                statuses.append(answer.split(b" ")[1:2])
            assert "Greenhouse" in get(address)
        assert [status for status in statuses if status and status[0].startswith(b"5")] == []
        process.terminate()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_memory_stays_bounded_whatever_is_asked(document: Path) -> None:
    """Thousands of addresses and queries that nobody asks twice leave nothing behind."""
    with serving(document) as (process, address):
        status = Path(f"/proc/{process.pid}/status")

        def memory() -> int:
            return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))

        def ask(start: int, count: int) -> None:
            with _connected(address, 1) as (connection,):
                for number in range(start, start + count):
                    path = f"/topics/{number}/" if number % 2 else f"/?q=nothing{number}"
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    _read(connection)

        ask(0, 500)
        before = memory()
        ask(500, 3_000)
        assert memory() - before < 20_000


def _read(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    left = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]) - len(body)
    deadline = time.monotonic() + 20
    while left > 0 and time.monotonic() < deadline:
        left -= len(connection.recv(65_536))
