"""What really happens when services of two revisions meet over a broker: who reads, who rejects, who gets nothing."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from branches import Branch
from services import Store

LISTENERS = ("recorder", "panel")
READS = "reads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What the reader made of what lay on the broker, of a message sent to it, and of one sent while it was away."""

    stored: str
    present: str
    late: str


@dataclass(slots=True)
class Stage:
    """The two services of a branch on one broker, each at some revision; messages are numbered through."""

    store: Store
    branch: Branch
    number: int = 0

    def start(self, *names: str, revision: Path) -> None:
        """Start services of the branch at a revision, in place of those that run."""
        for name in names:
            self.store.start(name, revision)

    def leave(self, revision: Path) -> None:
        """Let the sender of a revision send once, and go."""
        if not self._asked:
            self.start(self.branch.sender, revision=revision)
            self._send()
            self.store.stop()

    def exchange(self) -> str:
        """Send one message to a reader that listens, and say what became of it."""
        self._send()
        return self.heard()

    def exchange_late(self, revision: Path) -> str:
        """Send one message to a reader that is away and comes back, and say what became of it."""
        self.store.stop(self.branch.reader)
        if not self._asked:
            self._send()
        self.start(self.branch.reader, revision=revision)
        return self.heard() if not self._asked else self.exchange()

    def heard(self) -> str:
        """Return what the reader made of all that was sent to it."""
        self.store.roll_call(*(name for name in LISTENERS if name in self.store.running))
        return self._outcome(self.store.running[self.branch.reader].taken())

    @property
    def _asked(self) -> bool:
        """Say whether the reader asks for what is sent, so that nobody sends without it."""
        return self.branch.what == "answer"

    def _send(self) -> None:
        self.number += 1
        self.store.running[self.branch.reader if self._asked else self.branch.sender].order(self.number)

    def _outcome(self, heard: Iterable[dict[str, Any]]) -> str:
        mine = [said for said in heard if said.get("what") == self.branch.what]
        if refused := [said["why"] for said in mine if said["event"] == "rejected"]:
            return f"rejects ({refused[0]})"
        numbers = [said["number"] for said in mine if said["event"] == "read"]
        if self.number in numbers:
            return READS
        return "reads a stale value" if numbers else "gets nothing"


def meet(store: Store, branch: Branch, *, left: Path, sender: Path, reader: Path) -> Meeting:
    """Let a sender and a reader of different revisions meet, on a broker where a third has left a message."""
    stage = Stage(store=store, branch=branch)
    stage.leave(left)
    stage.start(branch.reader, revision=reader)
    stored = stage.heard()
    stage.start(branch.sender, revision=sender)
    present = stage.exchange()
    return Meeting(stored=stored, present=present, late=stage.exchange_late(reader))


def deploy(store: Store, branch: Branch, steps: Iterable[tuple[str, Path]], *, old: Path, clear: str = "") -> list[str]:
    """Replace services one after the other while messages go on; return what went wrong, step by step.

    `clear` is a command of the report, run after the first step.
    """
    stage = Stage(store=store, branch=branch)
    stage.start(branch.reader, branch.sender, revision=old)
    wrong = _wrong("before", stage.exchange())
    for name, revision in steps:
        stage.start(name, revision=revision)
        step = f"{name} at {revision.name}"
        before = stage.heard()
        wrong += _wrong(step, before) if before.startswith("rejects") else []
        wrong += _wrong(step, stage.exchange())
        if clear:
            _run(clear, store)
            clear = ""
    return wrong


def _wrong(step: str, outcome: str) -> list[str]:
    return [] if outcome == READS else [f"{step}: {outcome}"]


def _run(command: str, store: Store) -> None:
    """Run a command of the report against the broker of the meeting."""
    program, *rest = shlex.split(command)
    subprocess.run(
        [program, "-h", store.host, "-p", str(store.port), *rest], check=True, timeout=60, capture_output=True
    )
