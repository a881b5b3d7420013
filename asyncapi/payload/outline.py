"""The outline of a schema: types, names and required names at its top; cheap enough to compare with every message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from asyncapi.schemas import Schema
from asyncapi.schemas.dialects import COMPONENTS, unescape
from asyncapi.schemas.violations.scalars import is_kind

IMPOSSIBLE: Final = 1_000_000  # more problems than any payload can have
_MOST_ARMS = 64  # with more alternatives the outline says nothing, and the whole schema is asked
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One alternative of a schema. `closed` means that other names than the known ones are refused, `free` that any
    name stands for something.
    """

    kinds: tuple[Any, ...] = ()
    known: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    closed: bool = False
    free: bool = False

    def least(self, value: Any) -> int:
        """Return a lower bound of the number of problems that a value has here."""
        if self.kinds and not any(is_kind(value, kind) for kind in self.kinds):
            return IMPOSSIBLE
        if not isinstance(value, dict):
            return 0
        missing = len(self.required - value.keys())
        return missing + (len(value.keys() - self.known) if self.closed else 0)

    def both(self, other: Outline) -> Outline:
        """Return the outline of a schema that asks for both."""
        return Outline(
            kinds=self.kinds or other.kinds,
            known=self.known | other.known,
            required=self.required | other.required,
            closed=self.closed or other.closed,
            free=self.free or other.free,
        )


ANYTHING: Final = Outline()
Outlines = tuple[Outline, ...]


def outlines(schema: Any, schemas: Mapping[str, Schema], depth: int = _DEEPEST) -> Outlines:
    """Return the alternatives of a schema; one that says nothing where there are too many to tell."""
    if not isinstance(schema, Mapping) or depth == 0:
        return (ANYTHING,)
    target = schema.get("$ref")
    if isinstance(target, str):
        return outlines(schemas.get(unescape(target.removeprefix(COMPONENTS))), schemas, depth - 1)
    found: Outlines = (_own(schema),)
    for part in _listed(schema.get("allOf"))[:_MOST_ARMS]:
        found = _product(found, outlines(part, schemas, depth - 1))
    for word in ("anyOf", "oneOf"):
        arms = _listed(schema.get(word))
        if 0 < len(arms) <= _MOST_ARMS:
            alternatives = [one for arm in arms for one in outlines(arm, schemas, depth - 1)[:_MOST_ARMS]]
            found = _product(found, tuple(alternatives))
    return found


def least(found: Outlines, value: Any) -> int:
    """Return a lower bound of the number of problems that a value has in the best alternative."""
    return min(outline.least(value) for outline in found)


def shared(found: Outlines, value: Any) -> int:
    """Return how many of a value's names the best alternative knows."""
    return max(len(outline.known & value.keys()) for outline in found) if isinstance(value, dict) else 0


def unknown(found: Outlines, value: Any) -> tuple[str, ...]:
    """Return the names of an object that no alternative knows; none where any name stands for something."""
    if not isinstance(value, dict) or any(outline.free for outline in found):
        return ()
    known = frozenset().union(*(outline.known for outline in found))
    return tuple(name for name in value if name not in known)


def _own(schema: Schema) -> Outline:
    kind, names, required = schema.get("type"), schema.get("properties"), schema.get("required")
    return Outline(
        kinds=tuple(kind) if isinstance(kind, list) else (kind,) if isinstance(kind, str) else (),
        known=frozenset(names) if isinstance(names, Mapping) else frozenset(),
        required=frozenset(name for name in _listed(required) if isinstance(name, str)),
        closed=schema.get("additionalProperties") is False and "patternProperties" not in schema,
        free=bool(schema.get("additionalProperties")) or bool(schema.get("patternProperties")),
    )


def _product(left: Outlines, right: Outlines) -> Outlines:
    if len(left) * len(right) > _MOST_ARMS * 4:
        return left
    return tuple(one.both(other) for one in left for other in right)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
