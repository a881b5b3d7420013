"""Where exactly does a value of A fail B? Goes down into B while a single constraint explains the failure.

With A `{"n": integer or text}` and B `{"n": integer}` the answer is the keyword `type` at the path `n`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from asyncapi.schemas.prover.answers import Empty, Path, UndecidedError, Unknown
from asyncapi.schemas.prover.arrays import shape_of as array_shape
from asyncapi.schemas.prover.literals import Literals
from asyncapi.schemas.prover.objects import admitting, shape_of
from asyncapi.schemas.prover.solving import Solver
from asyncapi.schemas.prover.terms import Term

KEYWORDS: Mapping[str, str] = {
    "least": "minimum",
    "most": "maximum",
    "multiple": "multipleOf",
    "shortest": "minLength",
    "longest": "maxLength",
    "fewest": "minItems",
    "many": "maxItems",
    "unique": "uniqueItems",
    "small": "minProperties",
    "large": "maxProperties",
    "names": "propertyNames",
    "other": "additionalProperties",
    "property": "properties",
    "or": "anyOf",
    "one": "oneOf",
    "false": "additionalProperties",
}
"""The keyword that a kind of term was written as, where the two differ."""

_MOST_BRANCHES = 24  # ways to meet A that are looked at; a reader sees a few of the places they give
_DEEPEST = 16  # steps of a path that somebody can still read in a report

Wrap = Callable[[Term], Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlamedPart:
    """A part of B that some value of A does not meet: B admits nothing outside of `term`."""

    path: Path
    keyword: str
    term: Term


@dataclass(slots=True)
class Blame:
    """All places found, and what could not be decided on the way."""

    places: dict[tuple[Path, str, Term], BlamedPart] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)
    open: set[tuple[frozenset[Term], frozenset[Term]]] = field(default_factory=set)


def blame(solver: Solver, left: Term, right: Term) -> Blame:
    """Return every place at which a value that `left` admits can be rejected by `right`."""
    found = Blame()
    _narrow(solver, found, frozenset((left,)), right, (), lambda term: term)
    return found


def _narrow(solver: Solver, found: Blame, has: frozenset[Term], right: Term, path: Path, wrap: Wrap) -> None:
    here = (frozenset(part for term in has for part in solver.parts(term)), frozenset(solver.parts(right)))
    if here in found.open or len(path) > _DEEPEST:
        return
    found.open.add(here)
    try:
        _narrow_new(solver, found, has, right, path, wrap)
    finally:
        found.open.discard(here)


def _narrow_new(solver: Solver, found: Blame, has: frozenset[Term], right: Term, path: Path, wrap: Wrap) -> None:
    solver.spend(5)
    outcome = solver.solve(has, (right,))
    if isinstance(outcome, Empty):
        return
    if isinstance(outcome, Unknown):
        found.doubts[outcome.reason] = None
        return
    kind, args = right.kind, right.args
    if kind == "and":
        for part in args[0]:
            _narrow_new(solver, found, has, part, path, wrap)
    elif kind == "ref":
        _narrow_new(solver, found, has, solver.resolve(right), path, wrap)
    elif kind == "or":
        _arms(solver, found, has, right, path, wrap)
    elif kind in ("property", "item", "rest", "other"):
        _inside(solver, found, has, right, path, wrap)
    else:
        where = (*path, args[0]) if kind == "required" else path
        _leaf(found, where, right, wrap)


def _leaf(found: Blame, path: Path, right: Term, wrap: Wrap) -> None:
    keyword = KEYWORDS.get(right.kind, right.kind)
    if right.kind == "false" and path and path[-1].startswith("["):
        keyword = "items"
    place = BlamedPart(path=path, keyword=keyword, term=wrap(right))
    found.places.setdefault((place.path, place.keyword, place.term), place)


def _arms(solver: Solver, found: Blame, has: frozenset[Term], right: Term, path: Path, wrap: Wrap) -> None:
    """Find the blame in a union: inside of the one arm that a branch of A comes near, else the union as a whole."""
    arms = right.args[0]
    for branch in _branches(solver, has):
        near = [arm for arm in arms if not solver.excludes(branch, arm)]
        terms = branch.terms(solver.terms)
        if len(near) == 1:
            others = [arm for arm in arms if arm is not near[0]]
            _narrow(solver, found, terms, near[0], path, _beside(solver, wrap, others))
        elif not isinstance(solver.solve(terms, (right,)), Empty):
            _leaf(found, path, right, wrap)


def _beside(solver: Solver, wrap: Wrap, others: list[Term]) -> Wrap:
    return lambda term: wrap(solver.terms.any((term, *others)))


def _inside(solver: Solver, found: Blame, has: frozenset[Term], right: Term, path: Path, wrap: Wrap) -> None:
    """Blame a constraint on a part of the value by going into that part."""
    *where, inner = right.args
    for branch in _branches(solver, has):
        for step, part_has, kind, at in _parts(branch, right.kind, where):
            if inner.kind == "false":
                if not isinstance(solver.solve(part_has), Empty):
                    _leaf(found, (*path, step), inner, _within(solver, wrap, kind, at))
            else:
                _narrow(solver, found, frozenset(part_has), inner, (*path, step), _within(solver, wrap, kind, at))


def _within(solver: Solver, wrap: Wrap, kind: str, at: tuple[Any, ...]) -> Wrap:
    return lambda term: wrap(solver.terms.make(kind, *at, term))


Part = tuple[str, list[Term], str, tuple[Any, ...]]


def _parts(branch: Literals, kind: str, where: list[Any]) -> Iterator[Part]:
    """Yield the parts of a branch that a constraint speaks about: step of the path, what it meets, term to wrap in."""
    if kind == "item":
        yield f"[{where[0]}]", array_shape(branch).has(where[0]), kind, tuple(where)
    elif kind == "rest":
        items = array_shape(branch)
        start = where[0]
        yield "[]", items.has(max(start, items.settled())), kind, tuple(where)
        for index in range(start, items.settled()):
            yield f"[{index}]", items.has(index), "item", (index,)
    else:
        yield from _properties(branch, kind, where)


def _properties(branch: Literals, kind: str, where: list[Any]) -> Iterator[Part]:
    shape = shape_of(branch)
    if kind == "property":
        name = where[0]
        yield name, admitting(shape, name), kind, (name,)
        return
    outside, patterns = where
    if not patterns:
        for name in shape.mentioned:
            if name not in outside and (name in shape.named or name in shape.required):
                yield name, admitting(shape, name), "property", (name,)
    yield "{}", [term for _, _, term in shape.others], kind, tuple(where)


def _branches(solver: Solver, has: frozenset[Term]) -> Iterator[Literals]:
    try:
        yield from islice(solver.branches(has), _MOST_BRANCHES)
    except UndecidedError:
        return
