"""Whether one value is admitted by a term: yes, no, or None where that is out of reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from asyncapi.schemas.prover import formats, regexes
from asyncapi.schemas.prover.answers import UndecidedError
from asyncapi.schemas.prover.terms import OWNER, Term, fraction, key, type_of

Verdict = bool | None


def holds(term: Term, value: Any, resolve: Callable[[Term], Term], _open: frozenset[Term] = frozenset()) -> Verdict:
    """Say whether a term admits a value; `resolve` gives what a `ref` term stands for."""
    kind, args = term.kind, term.args
    if kind in ("true", "false"):
        return kind == "true"
    if kind == "enum":
        return key(value) in args[0].by_key
    if kind == "type":
        return _type(args[0], value)
    if kind == "ref":
        return None if term in _open else holds(resolve(term), value, resolve, _open | {term})
    if kind == "opaque":
        return None
    if kind in OWNER:
        if type_of(value) != OWNER[kind]:
            return True
        return _KEYWORDS[kind](args, value, lambda inner, part: holds(inner, part, resolve))
    if kind == "not":
        verdict = holds(args[0], value, resolve, _open)
        return None if verdict is None else not verdict
    verdicts = (holds(part, value, resolve, _open) for part in args[0])
    if kind == "and":
        return _all(verdicts)
    if kind == "or":
        return _any(verdicts)
    known = list(verdicts)
    return False if known.count(True) > 1 else None if None in known else known.count(True) == 1


def _type(names: frozenset[str], value: Any) -> bool:
    name = type_of(value)
    whole = name == "number" and fraction(value).denominator == 1
    return name in names or ("integer" in names and whole)


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    result: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        result = None if verdict is None else result
    return result


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    result: Verdict = False
    for verdict in verdicts:
        if verdict is True:
            return True
        result = None if verdict is None else result
    return result


def matches(pattern: str, text: str) -> Verdict:
    """Say whether a pattern is found in a text."""
    try:
        return regexes.holds(regexes.language(pattern), text)
    except UndecidedError:
        return None


Inner = Callable[[Term, Any], Verdict]


def _least(args: Any, value: Any, _inner: Inner) -> Verdict:
    number = fraction(value)
    return bool(number > args[0] or (number == args[0] and not args[1]))


def _most(args: Any, value: Any, _inner: Inner) -> Verdict:
    number = fraction(value)
    return bool(number < args[0] or (number == args[0] and not args[1]))


def _unique(_args: Any, value: Any, _inner: Inner) -> Verdict:
    return len({key(item) for item in value}) == len(value)


def _item(args: Any, value: Any, inner: Inner) -> Verdict:
    return inner(args[1], value[args[0]]) if args[0] < len(value) else True


def _matching(args: Any, value: Mapping[str, Any], inner: Inner) -> Verdict:
    verdicts = []
    for name, item in value.items():
        fits = matches(args[0], name)
        verdicts.append(None if fits is None else inner(args[1], item) if fits else True)
    return _all(verdicts)


def _other(args: Any, value: Mapping[str, Any], inner: Inner) -> Verdict:
    named, patterns, rest = args
    verdicts = []
    for name, item in value.items():
        known = True if name in named else _any(matches(pattern, name) for pattern in sorted(patterns))
        verdict = True if known else inner(rest, item)
        verdicts.append(None if known is None and verdict is not True else verdict)
    return _all(verdicts)


_KEYWORDS: Mapping[str, Callable[[Any, Any, Inner], Verdict]] = {
    "least": _least,
    "most": _most,
    "multiple": lambda args, value, _: fraction(value) % args[0] == 0,
    "shortest": lambda args, value, _: len(value) >= args[0],
    "longest": lambda args, value, _: len(value) <= args[0],
    "pattern": lambda args, value, _: matches(args[0], value),
    "format": lambda args, value, _: formats.has(value, args[0]),
    "item": _item,
    "rest": lambda args, value, inner: _all(inner(args[1], item) for item in value[args[0] :]),
    "fewest": lambda args, value, _: len(value) >= args[0],
    "many": lambda args, value, _: len(value) <= args[0],
    "unique": _unique,
    "contains": lambda args, value, inner: _any(inner(args[0], item) for item in value),
    "property": lambda args, value, inner: inner(args[1], value[args[0]]) if args[0] in value else True,
    "matching": _matching,
    "other": _other,
    "names": lambda args, value, inner: _all(inner(args[0], name) for name in value),
    "required": lambda args, value, _: args[0] in value,
    "small": lambda args, value, _: len(value) >= args[0],
    "large": lambda args, value, _: len(value) <= args[0],
}
