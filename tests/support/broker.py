"""A mosquitto of one's own: on a free port of this machine, with nothing kept and nobody asked for a password."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
PROGRAMS = ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where it listens, its process, and its log (for messages of failed tests)."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    host: str = HOST

    @property
    def url(self) -> str:
        """Return its address as services are given it."""
        return f"mqtt://{self.host}:{self.port}"


@contextmanager
def running_broker(folder: Path, *, settings: str = "", port: int = 0) -> Iterator[Broker]:
    """Start mosquitto with its files in `folder` and `settings` (lines of mosquitto.conf) on top; stop it after."""
    wanted = port
    for attempt in range(5):
        port = wanted or free_port()
        log = folder / f"mosquitto-{attempt}.log"
        process = _start(folder, port, log, settings)
        if _listens(process, port):
            break
        _stop(process)
    else:
        raise RuntimeError(f"mosquitto did not start: {log.read_text(errors='replace')}")
    try:
        yield Broker(port=port, process=process, log=log)
    finally:
        _stop(process)


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _start(folder: Path, port: int, log: Path, settings: str) -> subprocess.Popen[bytes]:
    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
    file = folder / "mosquitto.conf"
    file.write_text(f"listener {port} {HOST}\nallow_anonymous true\npersistence false\n{settings}\n", encoding="utf-8")
    with log.open("wb") as output:
        return subprocess.Popen([program, "-c", str(file)], stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return True
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)
