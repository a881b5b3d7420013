"""One schema as a reader sees it: references followed, `allOf` merged, null told apart from the other alternatives.

Every schema object is looked at once, so that components that name each other many times over cost nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asyncapi.schemas import Schema

MAX_NESTED = 100  # levels; far below where recursion in Python ends
MAX_PARTS = 64  # parts of one `allOf`
MAX_MERGED = 500_000  # properties copied in all; a chain of `allOf` can double them with each part

_LARGEST = frozenset(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"))
_SMALLEST = frozenset(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"))
_TABLES = frozenset(("properties", "patternProperties", "x-declared-by"))
_REMARKS = frozenset(
    ("title", "description", "deprecated", "default", "examples", "example", "readOnly", "writeOnly", "nullable")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a schema says after merging: `words` are its keywords.

    `key` is the component that it is, `names` all components on the way to it, `missing` a reference that leads
    nowhere.
    """

    words: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    names: tuple[str, ...] = ()
    nullable: bool = False
    missing: str = ""


class Merger:
    """Merges the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas
        self._done: dict[int, Merged] = {}
        self._valued: dict[int, Merged] = {}
        self._open: set[str] = set()
        self._nested = 0
        self._left = MAX_MERGED

    def merge(self, schema: Any) -> Merged:
        """Return what a schema says; one that contains itself in its own `allOf` is left out there."""
        if not isinstance(schema, Mapping):
            return Merged(words={"not": {}} if schema is False else {})
        if id(schema) not in self._done:
            if self._nested > MAX_NESTED:
                return Merged()
            self._nested += 1
            try:
                self._done[id(schema)] = self._merge(schema)
            finally:
                self._nested -= 1
        return self._done[id(schema)]

    def value(self, schema: Any) -> Merged:
        """Return what a schema says of values other than null, and whether null is one of them."""
        if not isinstance(schema, Mapping):
            return self.merge(schema)
        if id(schema) not in self._valued:
            self._valued[id(schema)] = _listed(self._without_null(self.merge(schema)), self)
        return self._valued[id(schema)]

    def _merge(self, schema: Schema) -> Merged:
        target = schema.get("$ref")
        if isinstance(target, str):
            return self._component(target)
        parts = schema.get("allOf")
        if not isinstance(parts, list) or not parts:
            return Merged(words=schema)
        merged: Mapping[str, Any] = {}
        bearing: list[Merged] = []
        for part in parts[:MAX_PARTS]:
            found = self.merge(part)
            merged = self._both(merged, found.words)
            bearing += [found] if not _REMARKS.issuperset(found.words) or found.key else []
        own = {name: value for name, value in schema.items() if name != "allOf"}
        only = bearing[0] if len(bearing) == 1 else Merged()
        return replace(only, words=self._both(merged, own))

    def _component(self, target: str) -> Merged:
        key = target.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if key not in self.schemas:
            return Merged(missing=target[:120], words={"description": f"not found: {target[:120]}"})
        if key in self._open:
            return Merged(key=key, names=(key,))
        self._open.add(key)
        try:
            found = self.merge(self.schemas[key])
        finally:
            self._open.discard(key)
        return replace(found, key=key, names=(key, *found.names[:MAX_PARTS]))

    def _both(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return two sets of keywords as one: tables are joined, bounds are tightened, else the right one counts."""
        if not left or not right:
            return left or right
        merged = {**left, **right}
        for name in left.keys() & right.keys():
            merged[name] = self._one(name, left[name], right[name])
        return merged

    def _one(self, name: str, left: Any, right: Any) -> Any:
        if name in _TABLES and isinstance(left, Mapping) and isinstance(right, Mapping):
            self._left -= len(left) + len(right)
            return {**left, **right} if self._left > 0 else right
        if name == "required" and isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if name == "enum" and isinstance(left, list) and isinstance(right, list) and len(left) * len(right) < 10_000:
            return [item for item in right if item in left]
        if name in _LARGEST | _SMALLEST and is_number(left) and is_number(right):
            return max(left, right) if name in _LARGEST else min(left, right)
        return right

    def _without_null(self, found: Merged) -> Merged:
        words = found.words
        kind, values = words.get("type"), words.get("enum")
        if isinstance(values, list) and len(values) > 1 and any(value is None for value in values):
            found = replace(found, words=_shortened(words), nullable=True)
            words = found.words
        if isinstance(kind, list) and "null" in kind and len(kind) > 1:
            rest = [item for item in kind if item != "null"]
            return replace(found, words={**words, "type": rest[0] if len(rest) == 1 else rest}, nullable=True)
        if words.get("nullable") is True:
            return replace(found, nullable=True)
        arms = union(words)
        real = [arm for arm in arms if not is_null(arm)]
        if len(real) == len(arms):
            return found
        outer = {name: value for name, value in words.items() if name not in ("anyOf", "oneOf")}
        if len(real) != 1:
            return replace(found, words={**outer, "anyOf": real}, nullable=True)
        inner = self._without_null(self.merge(real[0]))
        return replace(inner, words=self._both(inner.words, outer), nullable=True)


def _shortened(words: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords of an enumeration without its null."""
    values = words["enum"]
    kept = [at for at, value in enumerate(values) if value is not None]
    lists = {
        name: [words[name][at] for at in kept]
        for name in ("enum", "x-enum-varnames", "x-enum-descriptions")
        if isinstance(words.get(name), list) and len(words[name]) == len(values)
    }
    return {**words, **lists}


def _listed(found: Merged, merger: Merger) -> Merged:
    """Return a union of constants as the enumeration that it is, titles for names."""
    arms = [merger.merge(arm).words for arm in union(found.words)[:1000]]
    if len(arms) < 2 or not all("const" in arm and "properties" not in arm for arm in arms):
        return found
    kinds = {arm.get("type") for arm in arms if isinstance(arm.get("type", ""), str)}
    words = {name: value for name, value in found.words.items() if name not in ("oneOf", "anyOf")}
    words |= {"enum": [arm["const"] for arm in arms]}
    for name, word in (("x-enum-varnames", "title"), ("x-enum-descriptions", "description")):
        words[name] = [arm.get(word) if isinstance(arm.get(word), str) else "" for arm in arms]
    if len(kinds) == 1 and None not in kinds:
        words["type"] = kinds.pop()
    return replace(found, words=words)


def union(words: Mapping[str, Any]) -> list[Any]:
    """Return the alternatives of a union, an empty list for anything else."""
    for word in ("oneOf", "anyOf"):
        arms = words.get(word)
        if isinstance(arms, list) and arms:
            return arms
    return []


def is_null(arm: Any) -> bool:
    """Say whether an alternative allows null only."""
    return isinstance(arm, Mapping) and (arm.get("type") == "null" or ("const" in arm and arm["const"] is None))


def is_number(value: Any) -> bool:
    """Say whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
