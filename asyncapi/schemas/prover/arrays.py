"""Arrays: an array inside all constraints on length and items, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from asyncapi.schemas.prover.answers import Empty, Found, Outcome, Unknown
from asyncapi.schemas.prover.goals import Goals
from asyncapi.schemas.prover.literals import Literals
from asyncapi.schemas.prover.terms import Term

_LONGEST = 300  # items; each is a goal of its own


@dataclass(slots=True)
class _Shape:
    """The constraints of a goal on arrays. `wanted` items are (first position, must meet, must not meet)."""

    items: dict[int, list[Term]] = field(default_factory=dict)
    rests: list[tuple[int, Term]] = field(default_factory=list)
    lacking: dict[int, list[Term]] = field(default_factory=dict)
    wanted: list[tuple[int, list[Term], list[Term]]] = field(default_factory=list)
    every_lacks: list[Term] = field(default_factory=list)
    least: int = 0
    most: int | None = None
    unique: bool = False
    twins: bool = False

    def has(self, position: int) -> list[Term]:
        """Return every term that the item at a position must meet."""
        return [*self.items.get(position, ()), *(term for start, term in self.rests if position >= start)]

    def settled(self) -> int:
        """Return the position from which on all items are under the same constraints."""
        starts = (
            *(index + 1 for index in self.items),
            *(start for start, _ in self.rests),
            *(w[0] for w in self.wanted),
        )
        return max((*starts, *(index + 1 for index in self.lacking), 0))


def solve_array(solver: Goals, literals: Literals) -> Outcome:
    """Find an array."""
    shape = shape_of(literals)
    doubt: Outcome = Empty()
    for length in _lengths(shape):
        if length > _LONGEST:
            return Unknown(reason="very long arrays")
        for has, lacks in _placed(solver, shape, length):
            outcome = _build(solver, shape, has, lacks)
            if isinstance(outcome, Found):
                return outcome
            doubt = outcome if isinstance(outcome, Unknown) else doubt
    return doubt


def shape_of(literals: Literals) -> _Shape:
    """Collect the constraints of a goal on arrays."""
    shape = _Shape()
    most: list[int] = []
    for term in literals.has:
        kind, args = term.kind, term.args
        if kind == "item":
            shape.items.setdefault(args[0], []).append(args[1])
        elif kind == "rest":
            shape.rests.append(args)
        elif kind == "fewest":
            shape.least = max(shape.least, args[0])
        elif kind == "many":
            most.append(args[0])
        elif kind == "unique":
            shape.unique = True
        elif kind == "contains":
            shape.wanted.append((0, [args[0]], []))
    for term in literals.lacks:
        _lacking(shape, term.kind, term.args, most)
    shape.most = min(most) if most else None
    return shape


def _lacking(shape: _Shape, kind: str, args: tuple[Any, ...], most: list[int]) -> None:
    if kind == "item":
        shape.lacking.setdefault(args[0], []).append(args[1])
        shape.least = max(shape.least, args[0] + 1)
    elif kind == "rest":
        shape.wanted.append((args[0], [], [args[1]]))
    elif kind == "fewest":
        most.append(args[0] - 1)
    elif kind == "many":
        shape.least = max(shape.least, args[0] + 1)
    elif kind == "unique":
        shape.twins = True
    elif kind == "contains":
        shape.every_lacks.append(args[0])


def _lengths(shape: _Shape) -> Iterator[int]:
    """Yield the lengths to try; a longer array adds nothing that a wanted item or a twin could need."""
    enough = max(shape.least, shape.settled()) + len(shape.wanted) + (2 if shape.twins else 0)
    last = enough if shape.most is None else min(shape.most, enough)
    yield from range(shape.least, last + 1)


Slots = list[list[Term]]


def _placed(solver: Goals, shape: _Shape, length: int) -> Iterator[tuple[Slots, Slots]]:
    """Yield every way to put the wanted items into an array of one length, as what each item must (not) meet."""
    has = [shape.has(position) for position in range(length)]
    lacks = [[*shape.lacking.get(position, ()), *shape.every_lacks] for position in range(length)]
    for placed_has, placed_lacks in _placing(solver, shape, shape.wanted, has, lacks):
        if not shape.twins:
            yield placed_has, placed_lacks
        else:
            yield from _twins(placed_has, placed_lacks)


def _placing(
    solver: Goals, shape: _Shape, wanted: list[tuple[int, list[Term], list[Term]]], has: Slots, lacks: Slots
) -> Iterator[tuple[Slots, Slots]]:
    solver.spend(1 + len(has) // 16)
    if not wanted:
        yield has, lacks
        return
    (start, meets, avoids), *rest = wanted
    last = min(len(has), shape.settled() + len(shape.wanted))
    for position in range(start, last):
        more_has = [[*terms, *meets] if index == position else terms for index, terms in enumerate(has)]
        more_lacks = [[*terms, *avoids] if index == position else terms for index, terms in enumerate(lacks)]
        yield from _placing(solver, shape, rest, more_has, more_lacks)


def _twins(has: Slots, lacks: Slots) -> Iterator[tuple[Slots, Slots]]:
    """Yield the constraints of arrays that repeat an item: each of two positions gets the constraints of both."""
    for one in range(len(has)):
        for two in range(one + 1, len(has)):
            together_has, together_lacks = [*has[one], *has[two]], [*lacks[one], *lacks[two]]
            yield (
                [together_has if index in (one, two) else terms for index, terms in enumerate(has)],
                [together_lacks if index in (one, two) else terms for index, terms in enumerate(lacks)],
            )


def _build(solver: Goals, shape: _Shape, has: Slots, lacks: Slots) -> Outcome:
    values: list[Any] = []
    doubt: Outcome = Empty()
    order = sorted(range(len(has)), key=lambda index: (not lacks[index], index))
    found: dict[int, Any] = {}
    for index in order:
        excluded = [solver.terms.enum(found.values())] if shape.unique and found else []
        outcome = solver.solve(has[index], [*lacks[index], *excluded])
        if isinstance(outcome, Found):
            found[index] = outcome.value
        elif isinstance(outcome, Unknown):
            doubt = outcome
        elif excluded and not isinstance(solver.solve(has[index], lacks[index]), Empty):
            doubt = Unknown(reason="uniqueItems")
        else:
            return Empty()
    values = [found[index] for index in range(len(has)) if index in found]
    return doubt if isinstance(doubt, Unknown) else Found(value=values)
