"""Runs code samples in Python as a program: `run_samples.py aiomqtt|paho FILE…`; all subscribe before any publishes.

Publishes once a line came on standard input, and at last prints what each sample heard, as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

Heard = list[list[tuple[str, Any]]]


def loaded(file: str, heard: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the names that a sample defines; what it would print is kept."""

    def keep(topic: Any, value: Any) -> None:
        heard.append((str(topic), list(value) if isinstance(value, bytes) else value))

    return runpy.run_path(file, {"print": keep}, run_name="sample")


def subscribe(client: str, samples: list[dict[str, Any]]) -> None:
    """Let all samples listen, each in a thread or all in one loop."""
    if client == "paho":
        for each in samples:
            threading.Thread(target=each["subscribe"], daemon=True).start()
        return

    async def all_of_them() -> None:
        await asyncio.gather(*(each["subscribe"]() for each in samples))

    threading.Thread(target=asyncio.run, args=(all_of_them(),), daemon=True).start()


def main(client: str, files: list[str]) -> None:
    """Run the samples."""
    heard: Heard = [[] for _ in files]
    subscribe(client, [loaded(file, kept) for file, kept in zip(files, heard, strict=True)])
    sys.stdin.readline()
    for file in files:
        with contextlib.chdir(Path(file).parent):
            runpy.run_path(file, run_name="__main__")
    deadline = time.monotonic() + 20
    while not all(heard) and time.monotonic() < deadline:
        time.sleep(0.02)
    print(json.dumps(heard), flush=True)
    os._exit(0)  # the subscriptions never end


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
