"""Objects: an object inside all constraints on its keys and values, or the proof that there is none.

A constraint that must not hold asks for a key that breaks it: one that some schema names, or a fresh one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from asyncapi.schemas.prover.answers import Empty, Found, Outcome, UndecidedError, Unknown
from asyncapi.schemas.prover.goals import Goals
from asyncapi.schemas.prover.holding import holds, matches
from asyncapi.schemas.prover.literals import Literals
from asyncapi.schemas.prover.terms import Term

_MOST_PATTERNS = 5  # a fresh key is tried for every subset of them: 32
_MOST_KEYS = 200  # keys of a counterexample that somebody can still read


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A key that must be there: not among `outside`, matching `fits`, matching none of `misses`, its value no `value`;
    with `name`, the key itself must not be admitted by that term."""

    outside: frozenset[str] = frozenset()
    fits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    value: Term | None = None
    name: Term | None = None


@dataclass(slots=True)
class _Shape:
    """The constraints of a goal on objects, collected."""

    required: dict[str, list[Term]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    named: dict[str, list[Term]] = field(default_factory=dict)
    patterns: list[tuple[str, Term]] = field(default_factory=list)
    others: list[tuple[frozenset[str], frozenset[str], Term]] = field(default_factory=list)
    names: list[Term] = field(default_factory=list)
    wanted: list[_Wanted] = field(default_factory=list)
    least: int = 0
    most: int | None = None
    mentioned: dict[str, None] = field(default_factory=dict)


def solve_object(solver: Goals, literals: Literals) -> Outcome:
    """Find an object."""
    shape = shape_of(literals)
    if shape.absent & shape.required.keys() or (shape.most is not None and shape.most < len(shape.required)):
        return Empty()
    try:
        doubt: Outcome = Empty()
        for lacking in _assignments(solver, shape):
            outcome = _build(solver, shape, lacking)
            if isinstance(outcome, Found):
                return outcome
            doubt = outcome if isinstance(outcome, Unknown) else doubt
        return doubt
    except _OutOfReachError as error:
        return Unknown(reason=str(error))


def shape_of(literals: Literals) -> _Shape:
    """Collect the constraints of a goal on objects."""
    shape = _Shape()
    most: list[int] = []
    for term in literals.has:
        kind, args = term.kind, term.args
        if kind == "required":
            shape.required.setdefault(args[0], [])
        elif kind == "property":
            shape.named.setdefault(args[0], []).append(args[1])
        elif kind == "matching":
            shape.patterns.append(args)
        elif kind == "other":
            shape.others.append(args)
        elif kind == "names":
            shape.names.append(args[0])
        elif kind == "small":
            shape.least = max(shape.least, args[0])
        elif kind == "large":
            most.append(args[0])
    for term in literals.lacks:
        _lacking(shape, term.kind, term.args, most)
    shape.most = min(most) if most else None
    shape.mentioned = dict.fromkeys((*shape.required, *shape.named))
    for outside in [names for names, _, _ in shape.others] + [wanted.outside for wanted in shape.wanted]:
        shape.mentioned.update(dict.fromkeys(sorted(outside)))
    return shape


def _lacking(shape: _Shape, kind: str, args: tuple[Any, ...], most: list[int]) -> None:
    if kind == "required":
        shape.absent.add(args[0])
    elif kind == "property":
        shape.required.setdefault(args[0], []).append(args[1])
    elif kind == "matching":
        shape.wanted.append(_Wanted(fits=(args[0],), value=args[1]))
    elif kind == "other":
        shape.wanted.append(_Wanted(outside=args[0], misses=tuple(sorted(args[1])), value=args[2]))
    elif kind == "names":
        shape.wanted.append(_Wanted(name=args[0]))
    elif kind == "small":
        most.append(args[0] - 1)
    elif kind == "large":
        shape.least = max(shape.least, args[0] + 1)


Lacking = dict[str, list[Term]]


def _assignments(solver: Goals, shape: _Shape) -> Iterator[Lacking]:
    """Yield every way to give the wanted keys a name: name → terms that its value must not meet."""
    yield from _assign(solver, shape, shape.wanted, {name: list(terms) for name, terms in shape.required.items()})


def _assign(solver: Goals, shape: _Shape, wanted: list[_Wanted], lacking: Lacking) -> Iterator[Lacking]:
    solver.spend()
    if not wanted:
        yield lacking
        return
    first, *rest = wanted
    for name in _keys(solver, shape, first, lacking):
        chosen = {key: list(terms) for key, terms in lacking.items()}
        chosen.setdefault(name, []).extend([first.value] if first.value is not None else [])
        yield from _assign(solver, shape, rest, chosen)


def _keys(solver: Goals, shape: _Shape, wanted: _Wanted, lacking: Lacking) -> Iterator[str]:
    """Yield keys that meet what is wanted of them: known ones first, then a fresh one of every kind."""
    for name in dict.fromkeys((*shape.mentioned, *lacking)):
        if name not in shape.absent and name not in wanted.outside and _suits(solver, shape, wanted, name):
            yield name
    yield from _fresh(solver, shape, wanted, lacking)


def _suits(solver: Goals, shape: _Shape, wanted: _Wanted, name: str) -> bool:
    if not all(_sure(matches(pattern, name), pattern) for pattern in wanted.fits):
        return False
    if any(_sure(matches(pattern, name), pattern) for pattern in wanted.misses):
        return False
    if wanted.name is not None and _sure(holds(wanted.name, name, solver.resolve), "propertyNames"):
        return False
    return _admitted(solver, shape, name)


def _admitted(solver: Goals, shape: _Shape, name: str) -> bool:
    return all(_sure(holds(term, name, solver.resolve), "propertyNames") for term in shape.names)


def _sure(verdict: bool | None, what: str) -> bool:
    if verdict is None:
        raise _OutOfReachError(what)
    return verdict


def _fresh(solver: Goals, shape: _Shape, wanted: _Wanted, lacking: Lacking) -> Iterator[str]:
    """Yield a key that no schema names for every choice of patterns that it may match."""
    terms = solver.terms
    patterns = {pattern for pattern, _ in shape.patterns}
    for _, others, _ in shape.others:
        patterns |= others
    free = sorted(patterns - set(wanted.fits) - set(wanted.misses))
    if len(free) > _MOST_PATTERNS:
        raise _OutOfReachError("many patterns for keys")
    named = [*shape.mentioned, *lacking, *shape.absent]
    base_has = [terms.make("type", frozenset(("string",))), *shape.names]
    base_has += [terms.make("pattern", pattern) for pattern in wanted.fits]
    base_lacks = [terms.make("pattern", pattern) for pattern in wanted.misses]
    base_lacks += [wanted.name] if wanted.name is not None else []
    base_lacks += [terms.enum(named)] if named else []
    for choice in product((False, True), repeat=len(free)):
        has = [*base_has, *(terms.make("pattern", pattern) for pattern, yes in zip(free, choice, strict=True) if yes)]
        lacks = [*base_lacks, *(terms.make("pattern", p) for p, yes in zip(free, choice, strict=True) if not yes)]
        outcome = solver.solve(has, lacks)
        if isinstance(outcome, Unknown):
            raise _OutOfReachError(outcome.reason)
        if isinstance(outcome, Found):
            yield outcome.value


def _build(solver: Goals, shape: _Shape, lacking: Lacking) -> Outcome:
    """Find values for all keys that must be there, and more keys where there are too few."""
    if shape.most is not None and len(lacking) > shape.most:
        return Empty()
    values: dict[str, Any] = {}
    doubt: Outcome = Empty()
    for name in sorted(lacking, key=lambda name: not lacking[name]):
        outcome = _value(solver, shape, name, lacking[name])
        if isinstance(outcome, Empty):
            return outcome
        if isinstance(outcome, Unknown):
            doubt = outcome
        else:
            values[name] = outcome.value
    if isinstance(doubt, Unknown):
        return doubt
    return _filled(
        solver, shape, {name: values[name] for name in dict.fromkeys((*shape.mentioned, *values)) if name in values}
    )


def _value(solver: Goals, shape: _Shape, name: str, lacks: list[Term]) -> Outcome:
    if not _admitted(solver, shape, name):
        return Empty()
    return solver.solve(admitting(shape, name), lacks)


def admitting(shape: _Shape, name: str) -> list[Term]:
    """Return every term that the value of a key must meet."""
    has = list(shape.named.get(name, ()))
    has += [term for pattern, term in shape.patterns if _sure(matches(pattern, name), pattern)]
    for named, patterns, term in shape.others:
        if name not in named and not any(_sure(matches(pattern, name), pattern) for pattern in sorted(patterns)):
            has.append(term)
    return has


def _filled(solver: Goals, shape: _Shape, values: dict[str, Any]) -> Outcome:
    """Add optional keys until there are enough."""
    if len(values) >= shape.least:
        return Found(value=values)
    doubt = ""
    for name in shape.mentioned:
        if len(values) < shape.least and name not in values and name not in shape.absent:
            outcome = _value(solver, shape, name, [])
            doubt = outcome.reason if isinstance(outcome, Unknown) else doubt
            values |= {name: outcome.value} if isinstance(outcome, Found) else {}
    while len(values) < min(shape.least, _MOST_KEYS):
        another = _another(solver, shape, values)
        if not another:
            return Unknown(reason=doubt) if doubt else Empty()
        values |= another
    return Found(value=values) if len(values) >= shape.least else Unknown(reason="very many properties")


def _another(solver: Goals, shape: _Shape, values: dict[str, Any]) -> dict[str, Any]:
    for name in _fresh(solver, shape, _Wanted(), {key: [] for key in values}):
        outcome = _value(solver, shape, name, [])
        if isinstance(outcome, Unknown):
            raise _OutOfReachError(outcome.reason)
        if isinstance(outcome, Found):
            return {name: outcome.value}
    return {}


class _OutOfReachError(UndecidedError):
    """Which key is meant could not be decided."""
