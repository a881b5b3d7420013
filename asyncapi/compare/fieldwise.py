"""Two schemas in, every change between them field by field out. Judges nothing and proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from asyncapi.compare.facets import Facets, Schemas, facets, references
from asyncapi.compare.field_change import FieldChange, FieldPlace, made
from asyncapi.compare.renames import renames
from asyncapi.compare.scalar_changes import scalar_changes
from asyncapi.schemas.prover.terms import key

_DEEPEST = 24  # levels of a path that somebody can still read in a report
_MOST_WALKS, _MOST_STEPS = 30, 200_000


@dataclass(slots=True)
class _Walk:
    old: Schemas
    new: Schemas
    same: frozenset[str]
    trail: list[tuple[str, str]] = field(default_factory=list)
    walked: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = _MOST_STEPS

    def enters(self, pair: tuple[str, str] | None) -> bool:
        """Say whether a pair of components is to be entered: not inside of itself, and only on so many paths to it."""
        self.left -= 1
        if pair is None or pair in self.trail:
            return pair is None and self.left >= 0
        self.walked[pair] += 1
        return self.left >= 0 and self.walked[pair] <= _MOST_WALKS


def field_changes(
    old: Any, new: Any, old_schemas: Schemas, new_schemas: Schemas, same: frozenset[str] = frozenset()
) -> tuple[FieldChange, ...]:
    """Return all changes; `same` names components that are known to be equal on both sides."""
    walk = _Walk(old_schemas, new_schemas, same)
    return tuple(_changes(walk, old, new, FieldPlace()))


def _changes(walk: _Walk, old: Any, new: Any, place: FieldPlace) -> Iterator[FieldChange]:
    if _same(walk, old, new):
        return
    one, two = facets(old, walk.old), facets(new, walk.new)
    pair = (one.owner or key(old), two.owner or key(new)) if one.owner or two.owner else None
    if len(place.path) > _DEEPEST or not walk.enters(pair):
        return
    if two.owner:
        place = replace(place, owner=two.owner, at=())
    walk.trail.append(pair or ("", ""))
    for change in _all(walk, one, two, place):
        yield change if change.old_schema is not None else replace(change, old_schema=old, new_schema=new)
    walk.trail.pop()


def _same(walk: _Walk, old: Any, new: Any) -> bool:
    """Say cheaply whether nothing can differ: equal text that refers only to equal components."""
    return old == new and references(old) <= walk.same


def _all(walk: _Walk, one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    yield from scalar_changes(one, two, place)
    yield from _objects(walk, one, two, place)
    yield from _arrays(walk, one, two, place)
    yield from _unions(walk, one, two, place)
    yield from _patterned(walk, one, two, place)
    yield from _said(one, two, place)


def _objects(walk: _Walk, one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    if one.extra != two.extra and (one.properties or two.properties):
        kinds = {"forbid": "extras-forbidden", "allow": "extras-allowed"}
        yield made(kinds.get(two.extra, "extras-ignored"), place, one.extra or "ignore", two.extra or "ignore")
    gone = [name for name in one.properties if name not in two.properties]
    come = [name for name in two.properties if name not in one.properties]
    for name, other in renames(one, two, gone, come, partial(_alike, walk)):
        gone.remove(name)
        come.remove(other)
        there = place.into(name, other)
        needed = name in one.required or other in two.required
        yield made(
            "field-renamed",
            there,
            name,
            other,
            required=needed,
            old_schema=one.properties[name],
            new_schema=two.properties[other],
        )
        yield from _changes(walk, one.properties[name], two.properties[other], there)
    for name in gone:
        needed = name in one.required
        kind = "required-field-removed" if needed else "optional-field-removed"
        inner = one.properties[name]
        more: dict[str, Any] = {
            "required": needed,
            "typed": _types_extras(two),
            "old_schema": inner,
            "new_schema": False,
        }
        yield made(kind, place.into(name), _brief(inner), None, **more)
    for name in come:
        needed = name in two.required
        kind = "required-field-added" if needed else "optional-field-added"
        inner = two.properties[name]
        more = {"required": needed, "typed": _types_extras(one), "old_schema": False, "new_schema": inner}
        yield made(kind, place.into(name), None, _brief(inner), **more)
    for name in one.properties:
        if name in two.properties:
            yield from _kept(walk, one, two, name, place.into(name))
    if one.rest is not None or two.rest is not None:
        yield from _changes(walk, _or_any(one.rest), _or_any(two.rest), place.into("{}"))


def _types_extras(found: Facets) -> bool:
    return found.rest is not None or bool({"patternProperties", "propertyNames"} & found.others.keys())


def _kept(walk: _Walk, one: Facets, two: Facets, name: str, place: FieldPlace) -> Iterator[FieldChange]:
    """Yield changes of a field that both sides have.

    A field that becomes optional usually gets a default; that default is no second change.
    """
    old, new = one.properties[name], two.properties[name]
    had, has = name in one.required, name in two.required
    if had != has:
        kind = "field-became-required" if has else "field-became-optional"
        yield made(kind, place, had, has, old_schema=old, new_schema=new)
    for change in _changes(walk, old, new, place):
        if change.kind != "default-changed" or change.path != place.path or had == has:
            yield change


def _or_any(schema: Any) -> Any:
    return True if schema is None else schema


def _brief(schema: Any) -> Any:
    """Return a schema without words, to be shown as what was or is there."""
    if not isinstance(schema, Mapping):
        return schema
    return {word: value for word, value in schema.items() if word not in ("title", "description", "examples")}


def _alike(walk: _Walk, old: Any, new: Any) -> bool:
    one, two = facets(old, walk.old), facets(new, walk.new)
    return one.types == two.types and one.values == two.values and one.properties.keys() == two.properties.keys()


def _arrays(walk: _Walk, one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    if len(one.prefix) != len(two.prefix):
        yield made("tuple-changed", place, len(one.prefix), len(two.prefix))
    for index, (old, new) in enumerate(zip(one.prefix, two.prefix, strict=False)):
        yield from _changes(walk, old, new, place.into(f"[{index}]"))
    if one.items is not None or two.items is not None:
        yield from _changes(walk, _or_any(one.items), _or_any(two.items), place.into("[]"))


def _unions(walk: _Walk, one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    """Pair the arms of two unions by tag, component or type; what is left was added or removed."""
    if not one.arms and not two.arms:
        return
    if one.tag and two.tag and one.tag != two.tag:
        yield made("discriminator-renamed", place, one.tag, two.tag)
    tag = two.tag or one.tag
    old = _keyed(one.arms or [_alone(one)], walk.old, one.tag or tag)
    new = _keyed(two.arms or [_alone(two)], walk.new, tag)
    lost = [name for name in old if name not in new]
    for name in [name for name in new if name not in old] if len(lost) < 20 else ():
        if twin := next((n for n in lost if n in old and not any(_changes(walk, old[n], new[name], place))), None):
            old[name] = old.pop(twin)
    if len(old) == len(new) == 1 or (len(old.keys() - new.keys()) == len(new.keys() - old.keys()) == 1 and not tag):
        old = {next(iter(new.keys() - old.keys()), name) if name not in new else name: arm for name, arm in old.items()}
    for name, arm in new.items():
        if name in old:
            inner = _changes(walk, old[name], arm, place)
            yield from (
                change for change in inner if (change.before, change.after) != (one.tag, two.tag) or not one.tag
            )
        else:
            yield made("union-arm-added", place, None, name, old_schema=False, new_schema=arm)
    for name, arm in old.items():
        if name not in new:
            yield made("union-arm-removed", place, name, None, old_schema=arm, new_schema=False)


def _alone(found: Facets) -> Any:
    """Return a schema that is no union as if it were one with a single arm, to compare it with a union."""
    schema: dict[str, Any] = {"type": sorted(found.types)} if len(found.types) < 5 else {}
    if found.values is not None:
        schema = {"enum": list(found.values.values())}
    words = {"properties": found.properties, "items": found.items, "required": sorted(found.required)}
    limits = found.bounds | found.lengths | found.counts
    schema |= limits | {word: value for word, value in words.items() if value}
    return schema | ({"pattern": found.patterns[0]} if found.patterns else {})


def _keyed(arms: list[Any], schemas: Schemas, tag: str) -> dict[str, Any]:
    """Return the arms of a union by tag, component or type.

    Arms alike in that are numbered in the order of their content, so that swapping two in the source changes nothing.
    """
    named: dict[str, Any] = {}
    for arm in sorted(arms, key=key):
        name = _arm_name(arm, schemas, tag)
        while name in named:
            name += "'"
        named[name] = arm
    return named


def _arm_name(arm: Any, schemas: Schemas, tag: str) -> str:
    found = facets(arm, schemas)
    values = facets(found.properties[tag], schemas).values if tag in found.properties else None
    if values:
        return ", ".join(str(value) for value in values.values())
    if found.owner:
        return found.owner
    if found.values is not None:
        return "values"
    return " or ".join(sorted(found.types)) if len(found.types) < 5 else key(_brief(arm))[:60]


def _patterned(walk: _Walk, one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    """Yield what changed behind the patterns of keys, where these are the same."""
    if _same_patterns(one, two):
        old, new = (found.others["patternProperties"] for found in (one, two))
        for pattern in old:
            yield from _changes(walk, old[pattern], new[pattern], place.into("{}"))


def _same_patterns(one: Facets, two: Facets) -> bool:
    old, new = (found.others.get("patternProperties") for found in (one, two))
    return isinstance(old, Mapping) and isinstance(new, Mapping) and set(old) == set(new)


def _said(one: Facets, two: Facets, place: FieldPlace) -> Iterator[FieldChange]:
    """Yield changes of defaults, of words, and of keywords that are compared as a whole."""
    both = one.default and two.default
    if (both and key(one.default[0]) != key(two.default[0])) or (len(one.default) != len(two.default) and place.path):
        yield made("default-changed", place, list(one.default), list(two.default))
    for word in sorted({*one.words, *two.words}):
        if one.words.get(word) != two.words.get(word):
            yield made("words-changed", place, {word: one.words.get(word)}, {word: two.words.get(word)})
    had, has = set(one.validators.values()), set(two.validators.values())
    if has - had:
        yield made("validator-added", place, None, sorted(has - had))
    if had - has:
        yield made("validator-removed", place, sorted(had - has), None)
    words = sorted({*one.others, *two.others} - ({"patternProperties"} if _same_patterns(one, two) else set()))
    if tied := [word for word in words if key(one.others.get(word)) != key(two.others.get(word))]:
        before, after = ({word: found.others.get(word) for word in tied} for found in (one, two))
        yield made("condition-changed", place, before, after)
