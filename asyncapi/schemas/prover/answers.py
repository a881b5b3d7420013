"""The answers to "is every value of A a value of B?": proven, refuted with evidence, undecided with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One place where B rejects a value of A.

    `path` is made of property names, `[]` for items and `{}` for free keys; `keyword` is the one of B that rejects, and
    `example` a whole value of A that B rejects there.
    """

    path: Path
    keyword: str
    example: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Every value of A is a value of B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuted:
    """`example` was validated: A accepts it, B rejects it. `causes` are all places found, the example's first.

    `doubts` names what else could not be decided, so that fewer causes never look like all of them.
    """

    example: Any
    causes: tuple[Departure, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Neither; `reason` names the construct or the limit at which the proof ended."""

    reason: str


Answer = Proven | Refuted | Undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value that meets a goal."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """No value meets the goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Whether a value meets the goal could not be decided."""

    reason: str


Outcome = Found | Empty | Unknown


class UndecidedError(Exception):
    """The work budget is spent or a construct is out of reach; ends one question, never the program."""
