"""Services of the store as processes: started from one revision, given orders, and asked what became of messages."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PATIENCE = 60
"""Seconds after which a service that says nothing is taken for broken; no answer depends on it otherwise."""


@dataclass(slots=True)
class Service:
    """One running service and all that it has said."""

    name: str
    process: subprocess.Popen[str]
    listener: threading.Thread | None = None
    lines: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def order(self, number: int) -> None:
        """Let it send, and wait until the broker has it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"send {number}\n")
        self.process.stdin.flush()
        self.wait(lambda said: said == {"event": "sent", "number": number})

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        """Listen until it says what is wanted; all that it says before is kept."""
        while True:
            try:
                said = self.lines.get(timeout=_PATIENCE)
            except queue.Empty:
                raise RuntimeError(f"{self.name} said nothing for {_PATIENCE} s") from None
            if said["event"] == "ended":
                raise RuntimeError(f"{self.name} ended: {said['why']}")
            self.heard.append(said)
            if wanted(said):
                return

    def taken(self) -> list[dict[str, Any]]:
        """Return what it has said since the last time."""
        heard, self.heard = self.heard, []
        return heard

    def stop(self) -> None:
        """End it, without a goodbye to the broker."""
        self.process.kill()
        self.process.wait()
        if self.listener is not None:
            self.listener.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@dataclass(slots=True)
class Store:
    """The services that run at the moment, on one broker."""

    host: str
    port: int
    running: dict[str, Service] = field(default_factory=dict)
    calls: int = 0

    def start(self, name: str, revision: Path) -> Service:
        """Start a service as a revision has it, in place of the one that runs, and wait until it listens."""
        self.stop(name)
        paths = [revision / "contracts/src", revision / "apps" / name / "src"]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
            "STORE_HOST": self.host,
            "STORE_PORT": str(self.port),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        service = Service(name=name, process=process)
        service.listener = threading.Thread(target=_listen, args=(service,), daemon=True)
        service.listener.start()
        self.running[name] = service
        service.wait(lambda said: said["event"] == "ready")
        service.taken()
        return service

    def stop(self, *names: str) -> None:
        """Stop services, all when none is named."""
        for name in names or tuple(self.running):
            if name in self.running:
                self.running.pop(name).stop()

    def roll_call(self, *names: str) -> None:
        """Wait until services have heard all that was sent before.

        The broker hands each of them its messages in order, so a call comes after everything sent before it; the
        second one comes after what a service sent because of it.
        """
        for _ in range(2):
            self.calls += 1
            said = {"event": "here", "number": self.calls}
            payload = json.dumps({"number": self.calls})
            publish(self.host, self.port, "-q", "1", "-t", "store/roll_call", "-m", payload)
            for name in names:
                self.running[name].wait(said.__eq__)


def publish(host: str, port: int, *words: str) -> None:
    """Publish with mosquitto's own program, which ends once the broker has the message."""
    command = ["mosquitto_pub", "-h", host, "-p", str(port), *words]
    subprocess.run(command, check=True, timeout=_PATIENCE, capture_output=True)


def _listen(service: Service) -> None:
    assert service.process.stdout is not None and service.process.stderr is not None
    for line in service.process.stdout:
        service.lines.put(json.loads(line))
    errors = service.process.stderr.read().strip().splitlines()
    service.lines.put({"event": "ended", "why": errors[-1] if errors else "no reason given"})
