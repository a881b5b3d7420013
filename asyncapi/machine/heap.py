"""What the program has written, with a journal: a branch writes, is undone, and the states of branches are joined.

A *region* is a stretch of the run that may be undone. Paths that leave early (`return` under a condition, `break`,
`raise`) are kept as *exits*: what they had written since the innermost region began, joined in where the jump lands.

Example, with `x = 0` before::

    if unknown:        region: write x = 1, undo, keep {x: 1}
        x = 1
    else:              region: write x = 2, undo, keep {x: 2}
        x = 2
    send(x)            joined: x is 1 | 2, each remembering its arm
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from asyncapi.machine import lattice
from asyncapi.machine.values import ABSENT, Cell, Value

C = TypeVar("C", bound=Cell)
Writes = dict[tuple[Cell, Any], Value]


class PathEnd(Exception):  # noqa: N818 - a way out, no error
    """This path of the run is over: it returned, raised or left a loop; what it wrote is kept as an exit."""


class TooFar(Exception):  # noqa: N818 - a way to stop, no error
    """A function far from what is asked for took all the steps that it may."""


class Region:
    """A stretch of the run that may be undone: where its journal and its exits begin."""

    __slots__ = ("exits", "mark", "start")

    def __init__(self, start: int, mark: int, exits: int) -> None:
        self.start, self.mark, self.exits = start, mark, exits


class Exit:
    """A path that left early: from which frame, how, with which value, and what it wrote since journal place `at`."""

    __slots__ = ("at", "frame", "kind", "value", "writes")

    def __init__(self, frame: object, kind: str, value: Value, at: int, writes: Writes) -> None:
        self.frame, self.kind, self.value, self.at, self.writes = frame, kind, value, at, writes


FAILED = Cell(0, 0)
"""Stands in the journal where something may have failed."""
Held = dict[tuple[Cell, Any], list[Value]]


class Heap:
    """Makes cells and writes to them; what was there before a write stands in the journal while a region is open.

    `catching` counts the `try` and `with` blocks around the present path; while it is not 0, the journal also keeps
    where something may have failed, and `passed` what places held there on branches that were undone since.
    """

    def __init__(self) -> None:
        self.catching = 0
        self.passed: Held = {}
        self.journal: list[tuple[Cell, Any, Value]] = []
        self.regions: list[Region] = []
        self.exits: list[Exit] = []
        self.mark = 0
        self.clock = 1
        self.number = 0
        self.branches = 0

    def new(self, kind: Callable[..., C], *arguments: object) -> C:
        """Return a new cell."""
        self.number += 1
        return kind(self.clock, self.number, *arguments)

    def write(self, cell: Cell, key: Any, value: Value) -> None:
        """Put a value where the program writes it."""
        if cell.birth < self.mark:
            self.journal.append((cell, key, cell.fields.get(key, ABSENT)))
        cell.fields[key] = value

    def erase(self, cell: Cell, key: Any) -> None:
        """Take away what stands at a place."""
        if key in cell.fields:
            if cell.birth < self.mark:
                self.journal.append((cell, key, cell.fields[key]))
            del cell.fields[key]

    def open(self) -> Region:
        """Begin a region: from here on, writes to what exists already are kept in the journal."""
        region = Region(len(self.journal), self.mark, len(self.exits))
        self.clock += 1
        self.mark = self.clock
        self.regions.append(region)
        return region

    def commit(self, region: Region) -> None:
        """End a region and keep what it wrote."""
        self.regions.pop()
        self.mark = region.mark
        if not self.regions:
            self.journal.clear()

    def undo(self, region: Region) -> Writes:
        """End a region as if it had not been, and return what it wrote; its exits tell so from its start."""
        journal, start = self.journal, region.start
        failed = self.catching and self._note_failures(start)
        for leaving in self.exits[region.exits :]:
            if leaving.at > start:
                leaving.writes = {**self._written(start, leaving.at), **leaving.writes}
                leaving.at = start
        writes = self._written(start, len(journal))
        for cell, key, old in reversed(journal[start:]):
            if old is ABSENT:
                cell.fields.pop(key, None)
            else:
                cell.fields[key] = old
        del journal[start:]
        self.regions.pop()
        self.mark = region.mark
        if failed:
            journal.append((FAILED, None, ABSENT))
        return writes

    def hold(self) -> None:
        """Keep writes to everything that exists by now: a path that left here must find it as it is."""
        self.clock += 1
        self.mark = self.clock
        for region in self.regions[1:]:
            region.mark = self.clock

    def failing(self) -> None:
        """Keep in the journal that something may fail here."""
        if self.catching and not (self.journal and self.journal[-1][0] is FAILED):
            self.hold()
            self.journal.append((FAILED, None, ABSENT))

    def held(self, start: int) -> tuple[Held, bool]:
        """Return what places held where something may have failed since a place of the journal, and whether it did."""
        failures = 0
        written: dict[tuple[Cell, Any], int] = {}
        found: Held = {}
        for cell, key, old in self.journal[start:]:
            if cell is FAILED:
                failures += 1
                continue
            if failures > written.get((cell, key), 0):
                found.setdefault((cell, key), []).append(old)
            written[cell, key] = failures
        for (cell, key), at in written.items():
            if failures > at:
                found.setdefault((cell, key), []).append(cell.fields.get(key, ABSENT))
        return found, failures > 0

    def _note_failures(self, start: int) -> bool:
        found, failed = self.held(start)
        for place, values in found.items():
            self.passed.setdefault(place, []).extend(values)
        return failed

    def _written(self, start: int, end: int) -> Writes:
        """Return what the journal from `start` to `end` had led to at `end`."""
        journal = self.journal
        later: Writes = {}
        for cell, key, old in reversed(journal[end:]):
            later[cell, key] = old
        return {
            (cell, key): later.get((cell, key), cell.fields.get(key, ABSENT))
            for cell, key, _ in journal[start:end]
            if cell is not FAILED
        }

    def leave(self, frame: object, kind: str, value: Value = None) -> None:
        """Keep the present path as an exit."""
        self.hold()
        self.exits.append(Exit(frame, kind, value, len(self.journal), {}))

    def unwind(self, depth: int, keep: Region | None = None) -> None:
        """Undo the regions that a path which ended had left open above a depth, but for the one to keep."""
        while len(self.regions) > depth and self.regions[-1] is not keep:
            self.undo(self.regions[-1])

    def taken(self, region: Region, kind: str, frame: object = None) -> list[Exit]:
        """Return the exits of a kind since a region began, of one frame or of any, and forget them."""
        inside = self.exits[region.exits :]
        found = [item for item in inside if item.kind == kind and (frame is None or item.frame is frame)]
        if found:
            self.exits[region.exits :] = [item for item in inside if item not in found]
        return found

    def apply(self, outcomes: Sequence[tuple[Value, Writes]]) -> Value:
        """Join the states that several paths led to, from the present one, and return their joined value."""
        if len(outcomes) == 1:
            value, writes = outcomes[0]
            self.put_all(writes)
            return value
        self.branches += 1
        token = self.branches
        places = dict.fromkeys(place for _, writes in outcomes for place in writes)
        for cell, key in places:
            old = cell.fields.get(key, ABSENT)
            self.put(cell, key, lattice.join([writes.get((cell, key), old) for _, writes in outcomes], token))
        return lattice.join([value for value, _ in outcomes], token)

    def put(self, cell: Cell, key: Any, value: Value) -> None:
        """Write a value, or nothing."""
        if value is ABSENT:
            self.erase(cell, key)
        else:
            self.write(cell, key, value)

    def put_all(self, writes: Writes) -> None:
        """Write what a path had written."""
        for (cell, key), value in writes.items():
            self.put(cell, key, value)

    _put = put

    def relabel(self, region: Region, frame: object, kind: str) -> str:
        """Give the exits of a frame since a region began a kind of their own: a later `break` means another loop."""
        name = f"{kind} {len(self.journal)} {self.clock}"
        for item in self.exits[region.exits :]:
            if item.frame is frame and item.kind == kind:
                item.kind = name
        return name

    def settle(self, region: Region, frame: object, kind: str, fallthrough: Value, alive: bool) -> tuple[Value, bool]:
        """End a region in which paths may have left by `kind`: join them with the one that went on, where it did.

        Returns the joined value and whether any path goes on.
        """
        if not any(item.frame is frame and item.kind == kind for item in self.exits[region.exits :]):
            self.commit(region)
            return fallthrough, alive
        writes = self.undo(region)
        outcomes = [(item.value, item.writes) for item in self.taken(region, kind, frame)]
        if alive:
            outcomes.append((fallthrough, writes))
        return self.apply(outcomes), True
