"""What the bounds of the scanner leave out of one service: each is noted where it cuts, so that it can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TypeVar

from asyncapi.sites import Action, Cut
from asyncapi.sources import Source

Item = TypeVar("Item")
BOTH: tuple[Action, ...] = ("send", "receive")
NOTHING: tuple[Action, ...] = ()


class Noted:
    """The cuts of one service so far, the place that is looked at, and whether it is for topics."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.place = Source(file="")
        self.topics = True
        self.cuts: dict[tuple[str, Source], Cut] = {}

    def add(self, cut: Cut) -> None:
        """Keep a cut; one that was met before at the same place counts once, as the largest that it was."""
        key = (cut.bound, cut.source)
        old = self.cuts.get(key)
        if old is None or (old.seen or 0) < (cut.seen or 0):
            self.cuts[key] = cut if old is None else replace(cut, hides=tuple(dict.fromkeys((*old.hides, *cut.hides))))

    @property
    def told(self) -> tuple[Cut, ...]:
        """Return the cuts in the order of their places."""
        return tuple(
            sorted(self.cuts.values(), key=lambda cut: (cut.source.file, cut.source.line or 0, cut.bound)),
        )


_CURRENT: ContextVar[Noted | None] = ContextVar("noted", default=None)


@contextmanager
def noting(service: str) -> Iterator[Noted]:
    """Note what is cut while one service is looked at."""
    noted = Noted(service)
    token = _CURRENT.set(noted)
    try:
        yield noted
    finally:
        _CURRENT.reset(token)


def standing(place: Source, *, topics: bool = True) -> None:
    """Say what is looked at, the place of cuts that have none of their own, and whether topics depend on it."""
    noted = _CURRENT.get()
    if noted is not None:
        noted.place, noted.topics = place, topics


@contextmanager
def aside() -> Iterator[None]:
    """Look at something on which no topic depends, such as what is sent."""
    noted = _CURRENT.get() or Noted("")
    before, noted.topics = noted.topics, False
    try:
        yield
    finally:
        noted.topics = before


def cut(
    bound: str, kept: int, seen: int | None, place: Source | None = None, hides: tuple[Action, ...] | None = None
) -> None:
    """Note that a bound left something out: `seen` were there, as far as counted, and `kept` are left."""
    noted = _CURRENT.get()
    if noted is not None:
        hides = hides if hides is not None else BOTH if noted.topics else NOTHING
        source = place or noted.place
        noted.add(Cut(service=noted.service, bound=bound, source=source, seen=seen, kept=kept, hides=hides))


def cut_value(bound: str, kept: int, seen: int) -> None:
    """Note that a value can be more than was kept; of what is sent, only its kind matters, which the kept ones show."""
    noted = _CURRENT.get()
    if noted is not None and noted.topics:
        cut(bound, kept, seen)


def first(
    items: Sequence[Item], most: int, bound: str, place: Source | None = None, hides: tuple[Action, ...] | None = None
) -> Sequence[Item]:
    """Return the first items up to a bound, and note it where there are more."""
    if len(items) > most:
        cut(bound, most, len(items), place, hides)
        return items[:most]
    return items
