"""What changes in a value by itself: its type, null, the values that it may have, and its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.compare.facets import Facets
from asyncapi.compare.field_change import FieldChange, FieldPlace, made
from asyncapi.schemas.prover.terms import type_of


def scalar_changes(one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    """Yield changes of type, null, values and limits."""
    if one.nullable != two.nullable and one.types and two.types:
        yield made("null-added" if two.nullable else "null-removed", place, one.nullable, two.nullable)
    ours, theirs = _types(one), _types(two)
    if ours != theirs and not (one.arms or two.arms):
        yield made(_type_kind(ours, theirs), place, sorted(ours), sorted(theirs))
        return
    yield from _values(one, two, place)
    for kind, before, after in (
        ("range", one.bounds, two.bounds),
        ("length", one.lengths, two.lengths),
        ("count", one.counts, two.counts),
    ):
        if kind != "count" or len(one.prefix) == len(two.prefix):
            yield from (made(f"{kind}-{how}", place, b, a) for how, b, a in _limits(before, after))
    for kind, had, has in (
        ("pattern", set(one.patterns), set(two.patterns)),
        ("format", set(one.formats), set(two.formats)),
        ("multiple", set(one.multiples), set(two.multiples)),
        ("unique", {"unique"} if one.unique else set(), {"unique"} if two.unique else set()),
    ):
        if had != has:
            how = "changed" if had and has else "added" if has else "removed"
            yield made(f"{kind}-{how}", place, _one_of(had), _one_of(has))


def _types(found: Facets) -> frozenset[str]:
    if found.values is None:
        return found.types
    names = {_type_of(value) for value in found.values.values()}
    return frozenset(names - {"integer"} if "number" in names else names)


def _type_of(value: Any) -> str:
    name = type_of(value)
    whole = name == "number" and (isinstance(value, int) or value.is_integer())
    return "integer" if whole else name


def _type_kind(one: frozenset[str], two: frozenset[str]) -> str:
    wide_one = one | ({"integer"} if "number" in one else set())
    wide_two = two | ({"integer"} if "number" in two else set())
    if wide_one < wide_two:
        return "type-widened"
    return "type-narrowed" if wide_two < wide_one else "type-changed"


def _values(one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    had, has = one.values, two.values
    if had is None and has is None:
        return
    if had is None or has is None:
        kind = "enum-removed" if has is None else "enum-added"
        yield made(kind, place, had and list(had.values()), has and list(has.values()))
        return
    if len(had) == len(has) == 1 and had.keys() != has.keys():
        yield made("const-changed", place, next(iter(had.values())), next(iter(has.values())))
        return
    if more := [value for word, value in has.items() if word not in had]:
        yield made("enum-value-added", place, None, more)
    if less := [value for word, value in had.items() if word not in has]:
        yield made("enum-value-removed", place, less, None)


def _limits(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield widened or narrowed for the lower and the upper limit, each with what was said."""
    for words, way in ((("min", "exclusiveMin"), 1), (("max", "exclusiveMax"), -1)):
        had = {word: value for word, value in before.items() if word.startswith(words)}
        has = {word: value for word, value in after.items() if word.startswith(words)}
        if had != has:
            tighter = bool(has) and (not had or _rank(has, way) > _rank(had, way))
            yield "narrowed" if tighter else "widened", had or None, has or None


def _rank(limits: Mapping[str, Any], way: int) -> tuple[float, bool]:
    return max((way * value, word.startswith("exclusive")) for word, value in limits.items())


def _one_of(values: set[str]) -> Any:
    return None if not values else next(iter(values)) if len(values) == 1 else sorted(values)
