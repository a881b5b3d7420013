"""The one-line grammar of a message's fields: what a schema says, as flat rows with nested ones in place. No HTML.

Reads JSON Schema of any style, also broken; bounded in depth and number, recursion is marked and not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from asyncapi.schemas import Schema
from asyncapi.schemas.merged import Merged, Merger, is_null, union
from asyncapi.schemas.wording import as_json, constraints, text

MAX_DEPTH = 12  # levels that a page can indent
MAX_FIELDS = 20_000  # rows; bounds one page
MAX_ARMS = 100  # alternatives of a union that are listed
MAX_NAMES, MAX_NAMES_OF_ONE = 200_000, 400  # in types in words, which may name each other many times over


class _Missing:
    """Marks the absence of a default, which null is not."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValue:
    """One allowed value, with the name and docstring of its member where known."""

    value: Any
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One alternative of a union: its label (discriminator value or title), its type, its own fields.

    `recursive` names a component that contains it.
    """

    label: str
    type: str
    schema: str = ""
    description: str = ""
    constraints: tuple[str, ...] = ()
    recursive: str = ""
    children: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property: `path` from the message's root (`items[].id`), the type in words, and everything said of it.

    `schema` is the component key it refers to; `recursive` names a component that contains it. `default` is
    MISSING where none is given. `declared_by` is the source of the class that declares an inherited field.
    """

    name: str
    path: str
    type: str
    nullable: bool = False
    required: bool = False
    default: Any = MISSING
    constraints: tuple[str, ...] = ()
    enum: tuple[EnumValue, ...] = ()
    examples: tuple[Any, ...] = ()
    description: str = ""
    title: str = ""
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    declared_by: str = ""
    schema: str = ""
    recursive: str = ""
    children: tuple[Field, ...] = ()
    arms: tuple[Arm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A whole schema as a reader sees it: its own type and constraints, and the fields or arms inside."""

    type: str
    description: str = ""
    extra: str = ""
    constraints: tuple[str, ...] = ()
    enum: tuple[EnumValue, ...] = ()
    children: tuple[Field, ...] = ()
    arms: tuple[Arm, ...] = ()
    truncated: bool = False


def fields(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[Field, ...]:
    """Return the fields of an object schema in their order; empty for anything that has none."""
    return shape(schema, schemas).children


def shape(schema: Schema, schemas: Mapping[str, Schema]) -> Shape:
    """Return how a schema reads: type in words, constraints in words, fields and alternatives in place."""
    walk = _Walk(schemas)
    found = walk.merger.value(schema)
    words = found.words
    return Shape(
        type=walk.type(found, found.names),
        description=text(words.get("description")),
        extra=text(words.get("x-extra")),
        constraints=tuple(constraints(words)),
        enum=walk.allowed(found),
        children=tuple(walk.children(found, "", found.names, 0)),
        arms=walk.arms(found, "", found.names, 0),
        truncated=walk.left <= 0,
    )


def words(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[str, tuple[str, ...]]:
    """Return the type and the constraints of a schema in words, without what is inside of it."""
    walk = _Walk(schemas)
    found = walk.merger.value(schema)
    kind = walk.type(found, found.names)
    return f"{kind} or null" if found.nullable else kind, tuple(constraints(found.words))


class _Walk:
    """The way through one schema. A `trail` holds the components entered, so that none is entered inside itself."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.merger = Merger(schemas)
        self.left = MAX_FIELDS
        self.names = MAX_NAMES
        self.least = 0

    # types in words

    def type(self, found: Merged, trail: tuple[str, ...], depth: int = 0) -> str:
        """Return the type in words, such as `string · uuid`, `list of Reading`, `map of integer`."""
        if depth == 0:
            self.least = max(0, self.names - MAX_NAMES_OF_ONE)
        words = found.words
        if "x-deferred" in words:
            return f"opaque ({text(words['x-deferred'])})"
        if "const" in words:
            return f"always {as_json(words['const'])}"
        if arms := union(words):
            return self._union_type(arms, trail, depth)
        kind = words.get("type")
        if isinstance(kind, list):
            return " or ".join(str(item) for item in kind) or "any"
        if kind == "array" or (kind is None and ("items" in words or "prefixItems" in words)):
            return self._array_type(words, trail, depth)
        if kind == "object" or (kind is None and ("properties" in words or "additionalProperties" in words)):
            return self._object_type(words, trail, depth)
        return self._scalar_type(words, trail, depth)

    def _scalar_type(self, words: Mapping[str, Any], trail: tuple[str, ...], depth: int) -> str:
        kind = words.get("type")
        if kind is None and isinstance(words.get("enum"), list):
            return "one of"
        if words.get("not") == {}:
            return "nothing"
        if isinstance(words.get("x-content-schema"), Mapping):
            return f"text that holds {self._named(words['x-content-schema'], trail, depth + 1)}"
        form = words.get("format") or words.get("contentEncoding") or words.get("contentMediaType")
        word = str(kind) if kind else "any"
        return f"{word} · {form}" if isinstance(form, str) else word

    def _named(self, schema: Any, trail: tuple[str, ...], depth: int) -> str:
        """Return the component key of a schema, or its type."""
        self.names -= 1
        if depth > MAX_DEPTH or self.names <= self.least:
            return "…"
        found = self.merger.value(schema)
        inside = found.key in trail or "properties" in found.words or bool(union(found.words))
        name = found.key if found.key and inside else self.type(found, (*trail, *found.names), depth + 1)
        return f"{name} or null" if found.nullable else name

    def _union_type(self, arms: list[Any], trail: tuple[str, ...], depth: int) -> str:
        names = list(dict.fromkeys(self._named(arm, trail, depth + 1) for arm in arms[:24]))
        more = f" or {len(arms) - 24} more" if len(arms) > 24 else ""
        return " or ".join(names) + more

    def _array_type(self, words: Mapping[str, Any], trail: tuple[str, ...], depth: int) -> str:
        if (fixed := _positions(words)) is not None:
            return f"tuple of ({', '.join(self._named(item, trail, depth + 1) for item in fixed[:12])})"
        items = words.get("items")
        word = "set" if words.get("uniqueItems") is True else "list"
        return f"{word} of {self._named(items, trail, depth + 1)}" if isinstance(items, Mapping) and items else word

    def _object_type(self, words: Mapping[str, Any], trail: tuple[str, ...], depth: int) -> str:
        if isinstance(words.get("properties"), Mapping) and words["properties"]:
            return "object"
        values = _values(words)
        if not isinstance(values, Mapping) or not values:
            return "map" if words.get("additionalProperties") is not False else "empty object"
        key = words.get("x-key-type")
        by = f" by {key}" if isinstance(key, str) else ""
        return f"map{by} of {self._named(values, trail, depth + 1)}"

    # what is inside

    def children(self, found: Merged, path: str, trail: tuple[str, ...], depth: int) -> Iterator[Field]:
        """Yield the fields inside a schema: of an object, of the items of a list, of the values of a map."""
        if depth > MAX_DEPTH:
            return
        if named := list(_named_fields(found.words)):
            yield from self._fields(named, found.words, path, trail, depth)
            return
        inner, mark = _inside(found.words)
        if inner is not None:
            value = self.merger.value(inner)
            if not _meets(value, trail):
                yield from self.children(value, path + mark, (*trail, *value.names), depth + 1)

    def _fields(
        self,
        named: list[tuple[str, Any]],
        words: Mapping[str, Any],
        path: str,
        trail: tuple[str, ...],
        depth: int,
    ) -> Iterator[Field]:
        required = words.get("required")
        needed = {item for item in required if isinstance(item, str)} if isinstance(required, list) else set()
        declared = words.get("x-declared-by")
        for name, schema in named:
            if self.left <= 0:
                return
            self.left -= 1
            own = f"{path}.{name}" if path and not name.startswith("[") else path + name
            made = self._field(name, own, schema, name in needed, trail, depth)
            origin = text(declared.get(name)) if isinstance(declared, Mapping) else ""
            yield replace(made, declared_by=origin) if origin else made

    def _field(self, name: str, path: str, schema: Any, required: bool, trail: tuple[str, ...], depth: int) -> Field:
        found = self.merger.value(schema)
        words, said = found.words, self.merger.merge(schema).words
        met = _meets(found, trail)
        passed = (*trail, *found.names)
        examples = said.get("examples", [said["example"]] if "example" in said else ())
        return Field(
            name=name,
            path=path,
            type=found.key if found.key and (met or "properties" in words) else self.type(found, passed),
            nullable=found.nullable,
            required=required,
            default=said.get("default", MISSING),
            constraints=() if met else tuple(constraints(words)),
            enum=_enum(words) if met else self.allowed(found),
            examples=tuple(examples) if isinstance(examples, list) else (),
            description=text(said.get("description")) or text(words.get("description")),
            title=text(said.get("title")),
            deprecated=said.get("deprecated") is True,
            read_only=said.get("readOnly") is True,
            write_only=said.get("writeOnly") is True,
            schema=found.key,
            recursive=met or self._met_inside(found, passed),
            children=() if met else tuple(self.children(found, path, passed, depth + 1)),
            arms=() if met else self.arms(found, path, passed, depth + 1),
        )

    def allowed(self, found: Merged) -> tuple[EnumValue, ...]:
        """Return the values that are allowed, or those of the items of a list or the values of a map."""
        inner, _ = _inside(found.words)
        return _enum(found.words) or (_enum(self.merger.value(inner).words) if inner is not None else ())

    def _met_inside(self, found: Merged, trail: tuple[str, ...]) -> str:
        """Return the component that the items of a list or the values of a map lead back to."""
        inner, _ = _inside(found.words)
        return _meets(self.merger.value(inner), trail) if inner is not None else ""

    def arms(self, found: Merged, path: str, trail: tuple[str, ...], depth: int) -> tuple[Arm, ...]:
        """Return the alternatives of a union, when at least one of them has more to show than its type."""
        arms = union(found.words)
        if not arms:
            inner, mark = _inside(found.words)
            found = self.merger.value(inner) if inner is not None else found
            if inner is not None and _meets(found, trail):
                return ()
            arms, path, trail = union(found.words), path + mark, (*trail, *found.names)
        if depth > MAX_DEPTH or len(arms) < 2:
            return ()
        discriminator = found.words.get("x-discriminator") or found.words.get("discriminator")
        by = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else discriminator
        made = []
        for arm in arms[:MAX_ARMS]:
            if self.left > 0 and not is_null(arm):
                self.left -= 1
                made.append(self._arm(arm, by, path, trail, depth))
        telling = (arm.children or arm.constraints or arm.description or arm.recursive for arm in made)
        return tuple(made) if any(telling) else ()

    def _arm(self, schema: Any, by: Any, path: str, trail: tuple[str, ...], depth: int) -> Arm:
        found = self.merger.value(schema)
        met, passed = _meets(found, trail), (*trail, *found.names)
        known = found.words.get("properties")
        told = known.get(by) if isinstance(known, Mapping) and isinstance(by, str) else None
        value = _tag(self.merger.merge(told).words) if told is not None else ""
        kind = found.key or self.type(found, passed)
        return Arm(
            label=f"{by} = {value}" if value else found.key or text(found.words.get("title")) or kind,
            type=kind,
            schema=found.key,
            description=text(found.words.get("description")),
            constraints=tuple(constraints(found.words)),
            recursive=met or self._met_inside(found, passed),
            children=() if met else tuple(self.children(found, path, passed, depth + 1)),
        )


def _meets(found: Merged, trail: tuple[str, ...]) -> str:
    """Return the component by which a schema is one that was entered before."""
    return next((name for name in found.names if name in trail), "")


def _named_fields(words: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields that a schema names: properties, patterns of names, positions of a tuple."""
    known, patterns = words.get("properties"), words.get("patternProperties")
    if isinstance(known, Mapping) and known:
        yield from ((str(name), schema) for name, schema in known.items())
        rest = words.get("additionalProperties")
        if isinstance(rest, Mapping) and rest:
            yield "*", rest
    if isinstance(patterns, Mapping) and (known or len(patterns) > 1):
        yield from ((str(name), schema) for name, schema in patterns.items())
    positions = _positions(words) or ()
    if any(isinstance(item, Mapping) and not item.keys() <= {"type", "format", "const"} for item in positions):
        yield from ((f"[{at}]", schema) for at, schema in enumerate(positions))


def _positions(words: Mapping[str, Any]) -> list[Any] | None:
    """Return the schemas of a tuple's positions, or None for a list of any length."""
    for name in ("prefixItems", "items"):
        found = words.get(name)
        if isinstance(found, list):
            return found
    return None


def _values(words: Mapping[str, Any]) -> Any:
    """Return the schema of a map's values."""
    values, patterns = words.get("additionalProperties"), words.get("patternProperties")
    if not isinstance(values, Mapping) and isinstance(patterns, Mapping) and len(patterns) == 1:
        return next(iter(patterns.values()))
    return values


def _inside(words: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the one schema inside a list, a map or a text that holds something, and how a path spells it."""
    if isinstance(words.get("items"), Mapping):
        return words["items"], "[]"
    if isinstance(words.get("x-content-schema"), Mapping):
        return words["x-content-schema"], ""
    if not words.get("properties") and isinstance(_values(words), Mapping):
        return _values(words), ".*"
    return None, ""


def _tag(words: Mapping[str, Any]) -> str:
    if "const" in words:
        return str(words["const"])
    values = words.get("enum")
    return " or ".join(str(item) for item in values[:6]) if isinstance(values, list) else ""


def _enum(words: Mapping[str, Any]) -> tuple[EnumValue, ...]:
    values = words.get("enum")
    if not isinstance(values, list):
        return ()
    names, told = (_beside(words.get(key), len(values)) for key in ("x-enum-varnames", "x-enum-descriptions"))
    return tuple(
        EnumValue(value=value, name=name, description=said)
        for value, name, said in zip(values, names, told, strict=True)
    )


def _beside(value: Any, length: int) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) and len(value) == length else [""] * length
