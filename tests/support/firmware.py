"""The example's firmware in the real MicroPython; only pins, entropy and the network of its board are stand-ins."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.example import WORKSPACE

RUNNER = Path(__file__).parents[1] / "node/firmware.mjs"
NAME = "esp32-controller"
COMMAND = ["node", str(RUNNER), str(WORKSPACE / "apps/esp32-controller/src"), "esp32_controller.__main__"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The running firmware, and the file with all that it printed."""

    process: subprocess.Popen[bytes]
    output: Path

    def feel(self, **sensors: int) -> None:
        """Change what the sensors say: `battery_mv`, or `clock_ms` that have gone by unseen."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(sensors).encode() + b"\n")
        self.process.stdin.flush()

    def log(self) -> list[dict[str, Any]]:
        """Return the log lines so far."""
        return [json.loads(line) for line in self._lines() if line.startswith("{")]

    def pins(self) -> list[tuple[int, int]]:
        """Return how long the pulses on a pin were to be, in microseconds and in order."""
        return [(int(line.split()[1]), int(line.split()[2])) for line in self._lines() if line.startswith("pin ")]

    def wait(self, what: str, fits: Callable[[], Any]) -> None:
        """Return when something is so; raises TimeoutError, and AssertionError when the firmware has ended."""
        deadline = time.monotonic() + 30
        while not fits():
            assert self.process.poll() is None, self.output.read_text(errors="replace")[-1500:]
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: {self.output.read_text(errors='replace')[-1500:]}")
            time.sleep(0.02)

    def _lines(self) -> list[str]:
        # A line that is being written is no line yet.
        return self.output.read_text(encoding="utf-8").rpartition("\n")[0].split("\n")


@contextmanager
def running_board(folder: Path, port: int) -> Iterator[Board]:
    """Start the firmware with the broker in its config.json, and cut its power afterwards."""
    (folder / "config.json").write_text(json.dumps({"broker": "127.0.0.1", "port": port}), encoding="utf-8")
    output = folder / f"{NAME}.log"
    with output.open("wb") as log:
        process = subprocess.Popen(COMMAND, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log)
    with process:
        try:
            yield Board(process=process, output=output)
        finally:
            process.kill()
