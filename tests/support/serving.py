"""`portal serve` as a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

LIMIT = 30


@contextlib.contextmanager
def serving(*arguments: str | Path, cwd: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command on a free port, in the folder `cwd`; give the process and the address it announced."""
    command = [sys.executable, "-m", "portal.cli", "serve", *map(str, arguments), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=cwd)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"http://[^ ]+", line)
        assert found, line + process.stderr.read()
        yield process, found.group()
    finally:
        process.kill()
        process.wait(timeout=LIMIT)
        process.stderr.close()


def get(address: str) -> str:
    """Return what stands at an address."""
    with urllib.request.urlopen(address, timeout=LIMIT) as answer:
        return str(answer.read().decode())


def waited(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; say whether it came to that."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
