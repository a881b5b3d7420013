"""The one-line grammar of a message's fields: what a schema says, as flat rows with nested ones in place. No HTML.

Reads JSON Schema of any style, also broken; bounded in depth and number, recursion is marked and not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from asyncapi.registry import Schema

MAX_DEPTH = 12
RECURSIVE, KEY = "\0recursive", "\0key"  # marks of ours in a schema being read; no document spells them
MAX_FIELDS = 20_000
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
    """One alternative of a union: its label (discriminator value or title), its type, its own fields."""

    label: str
    type: str
    schema: str = ""
    description: str = ""
    constraints: tuple[str, ...] = ()
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


@dataclass(slots=True)
class _Walk:
    schemas: Mapping[str, Schema]
    left: int = MAX_FIELDS
    names: int = MAX_NAMES
    least: int = 0
    trail: tuple[str, ...] = ()
    seen: dict[str, Any] = field(default_factory=dict)


def fields(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[Field, ...]:
    """Return the fields of an object schema in their order; empty for anything that has none."""
    return shape(schema, schemas).children


def shape(schema: Schema, schemas: Mapping[str, Schema]) -> Shape:
    """Return how a schema reads: type in words, constraints in words, fields and alternatives in place."""
    walk = _Walk(schemas)
    merged, _, trail = _resolve(schema, walk, ())
    main, _ = _without_null(merged, walk, trail)
    return Shape(
        type=_type(main, walk, trail),
        description=_text(merged.get("description")),
        extra=_text(merged.get("x-extra")),
        constraints=tuple(_constraints(main)),
        enum=_enum(main),
        children=_children(main, walk, "", trail, 0),
        arms=_arms(main, walk, "", trail, 0),
        truncated=walk.left <= 0,
    )


def words(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[str, tuple[str, ...]]:
    """Return the type and the constraints of a schema in words, without what is inside of it."""
    walk = _Walk(schemas)
    merged, _, trail = _resolve(schema, walk, ())
    main, nullable = _without_null(merged, walk, trail)
    kind = _type(main, walk, trail)
    return f"{kind} or null" if nullable else kind, tuple(_constraints(main))


# reading one schema


def _resolve(schema: Any, walk: _Walk, trail: tuple[str, ...]) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    """Return (schema with references and `allOf` merged, component key, components passed through).

    A component that is already on the trail is not entered again; its key is returned with an empty schema.
    """
    if schema is True or not isinstance(schema, Mapping):
        return ({"not": {}} if schema is False else {}), "", trail
    target = schema.get("$ref")
    if isinstance(target, str):
        key = target.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if key in trail:
            return {RECURSIVE: key}, key, trail
        if key not in walk.schemas:
            return {"description": f"not found: {target[:120]}"}, "", trail
        merged, _, inner = _resolve(walk.schemas[key], walk, (*trail, key))
        return merged, key, inner
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not parts or len(trail) > MAX_DEPTH * 2:
        return dict(schema), "", trail
    return _merged(schema, parts, walk, trail)


def _merged(
    schema: Schema, parts: list[Any], walk: _Walk, trail: tuple[str, ...]
) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    merged: dict[str, Any] = {}
    key, inner = "", trail
    for part in parts[:64]:
        found, own, passed = _resolve(part, walk, trail)
        key, inner = key or own, inner + tuple(step for step in passed if step not in inner)
        merged = _both(merged, found)
    own_words = {name: value for name, value in schema.items() if name != "allOf"}
    return _both(merged, own_words), key if len(parts) == 1 else "", inner


def _both(left: dict[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**left, **right}
    for name in ("properties", "patternProperties", "x-declared-by"):
        if isinstance(left.get(name), Mapping) and isinstance(right.get(name), Mapping):
            merged[name] = {**left[name], **right[name]}
    if isinstance(left.get("required"), list) and isinstance(right.get("required"), list):
        merged["required"] = [*left["required"], *right["required"]]
    return merged


def _union(schema: Schema) -> list[Any]:
    for word in ("oneOf", "anyOf"):
        arms = schema.get(word)
        if isinstance(arms, list) and arms:
            return arms
    return []


def _without_null(schema: dict[str, Any], walk: _Walk, trail: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
    """Return the schema without its null alternative, and whether there was one."""
    kind = schema.get("type")
    if isinstance(kind, list) and "null" in kind and len(kind) > 1:
        rest = [item for item in kind if item != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest}, True
    if schema.get("nullable") is True:
        return schema, True
    arms = _union(schema)
    real = [arm for arm in arms if not _is_null(arm)]
    if not arms or len(real) == len(arms):
        return schema, False
    outer = {name: value for name, value in schema.items() if name not in ("anyOf", "oneOf")}
    if len(real) == 1:
        inner, key, _ = _resolve(real[0], walk, trail)
        described = {name: value for name, value in outer.items() if value not in ("", None) or name == "default"}
        return {**inner, **described, **({KEY: key} if key else {})}, True
    return {**outer, "anyOf": real}, True


def _is_null(arm: Any) -> bool:
    return isinstance(arm, Mapping) and (arm.get("type") == "null" or ("const" in arm and arm["const"] is None))


# types in words


def _type(schema: Schema, walk: _Walk, trail: tuple[str, ...], depth: int = 0) -> str:
    """Return the type in words, such as `string · uuid`, `list of Reading`, `map of integer`."""
    if depth == 0:
        walk.least = max(0, walk.names - MAX_NAMES_OF_ONE)
    if RECURSIVE in schema:
        return str(schema[RECURSIVE])
    if "x-deferred" in schema:
        return f"opaque ({_text(schema['x-deferred'])})"
    if "const" in schema:
        return f"always {_json(schema['const'])}"
    if arms := _union(schema):
        return _union_type(arms, walk, trail, depth)
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(str(item) for item in kind) or "any"
    if kind == "array" or (kind is None and ("items" in schema or "prefixItems" in schema)):
        return _array_type(schema, walk, trail, depth)
    if kind == "object" or (kind is None and ("properties" in schema or "additionalProperties" in schema)):
        return _object_type(schema, walk, trail, depth)
    if isinstance(schema.get("enum"), list) and kind is None:
        return "one of"
    if schema.get("not") == {}:
        return "nothing"
    word = str(kind) if kind else "any"
    form = schema.get("format") or schema.get("contentEncoding") or schema.get("contentMediaType")
    return f"{word} · {form}" if isinstance(form, str) else word


def _named(schema: Any, walk: _Walk, trail: tuple[str, ...], depth: int) -> str:
    """Return the component key of a schema, or its type."""
    walk.names -= 1
    if depth > MAX_DEPTH or walk.names <= walk.least:
        return "…"
    found, key, inner = _resolve(schema, walk, trail)
    main, nullable = _without_null(found, walk, inner)
    is_object = "properties" in main or _union(main)
    name = key if key and (is_object or RECURSIVE in main) else _type(main, walk, inner, depth + 1)
    return f"{name} or null" if nullable else name


def _union_type(arms: list[Any], walk: _Walk, trail: tuple[str, ...], depth: int) -> str:
    names = list(dict.fromkeys(_named(arm, walk, trail, depth + 1) for arm in arms[:24]))
    more = f" or {len(arms) - 24} more" if len(arms) > 24 else ""
    return " or ".join(names) + more


def _array_type(schema: Schema, walk: _Walk, trail: tuple[str, ...], depth: int) -> str:
    fixed = schema.get("prefixItems") if isinstance(schema.get("prefixItems"), list) else schema.get("items")
    if isinstance(fixed, list):
        return f"tuple of ({', '.join(_named(item, walk, trail, depth + 1) for item in fixed[:12])})"
    items = schema.get("items")
    word = "set" if schema.get("uniqueItems") is True else "list"
    return f"{word} of {_named(items, walk, trail, depth + 1)}" if isinstance(items, Mapping) and items else word


def _object_type(schema: Schema, walk: _Walk, trail: tuple[str, ...], depth: int) -> str:
    if isinstance(schema.get("properties"), Mapping) and schema["properties"]:
        return "object"
    values = schema.get("additionalProperties")
    patterns = schema.get("patternProperties")
    if not isinstance(values, Mapping) and isinstance(patterns, Mapping) and len(patterns) == 1:
        values = next(iter(patterns.values()))
    if not isinstance(values, Mapping) or not values:
        return "map" if values is not False else "empty object"
    key = schema.get("x-key-type")
    by = f" by {key}" if isinstance(key, str) else ""
    return f"map{by} of {_named(values, walk, trail, depth + 1)}"


# constraints in words


def _constraints(schema: Schema) -> Iterator[str]:
    """Yield the constraints of one schema as a person would say them."""
    yield from _range(schema)
    for low, high, unit in (
        ("minLength", "maxLength", "character"),
        ("minItems", "maxItems", "item"),
        ("minProperties", "maxProperties", "entry"),
    ):
        yield from _amount(schema.get(low), schema.get(high), unit)
    if isinstance(schema.get("multipleOf"), int | float):
        yield f"a multiple of {_number(schema['multipleOf'])}"
    if isinstance(schema.get("pattern"), str):
        yield f"matches {schema['pattern']}"
    names = schema.get("propertyNames")
    if isinstance(names, Mapping) and isinstance(names.get("pattern"), str):
        yield f"keys match {names['pattern']}"
    if schema.get("uniqueItems") is True:
        yield "no value twice"


def _range(schema: Schema) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if _is_number(low) and _is_number(high):
        yield f"{_number(low)} to {_number(high)}"
        low = high = None
    for value, words in (
        (low, "at least"),
        (above, "greater than"),
        (high, "at most"),
        (below, "less than"),
    ):
        if _is_number(value):
            yield f"{words} {_number(value)}"


def _amount(low: Any, high: Any, unit: str) -> Iterator[str]:
    low, high = (value if isinstance(value, int) and not isinstance(value, bool) else None for value in (low, high))
    low = None if low == 0 else low
    plural = {"entry": "entries"}.get(unit, f"{unit}s")
    if low is not None and low == high:
        yield f"exactly {low} {unit if low == 1 else plural}"
    elif low is not None and high is not None:
        yield f"{low} to {high} {plural}"
    elif low is not None:
        yield f"at least {low} {unit if low == 1 else plural}"
    elif high is not None:
        yield f"at most {high} {unit if high == 1 else plural}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def _enum(schema: Schema) -> tuple[EnumValue, ...]:
    values = schema.get("enum")
    if not isinstance(values, list):
        return ()
    names, words = (_beside(schema.get(key), len(values)) for key in ("x-enum-varnames", "x-enum-descriptions"))
    return tuple(
        EnumValue(value=value, name=name, description=said)
        for value, name, said in zip(values, names, words, strict=True)
    )


def _beside(value: Any, length: int) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) and len(value) == length else [""] * length


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


# what is inside


def _children(schema: Schema, walk: _Walk, path: str, trail: tuple[str, ...], depth: int) -> tuple[Field, ...]:
    """Return the fields inside a schema: of an object, of the items of a list, of the values of a map."""
    if depth > MAX_DEPTH:
        return ()
    known = schema.get("properties")
    if isinstance(known, Mapping) and known:
        required = schema.get("required")
        needed = {item for item in required if isinstance(item, str)} if isinstance(required, list) else set()
        declared = schema.get("x-declared-by")
        origin = declared if isinstance(declared, Mapping) else {}
        found = []
        for name, value in known.items():
            if walk.left <= 0:
                break
            walk.left -= 1
            own = f"{path}.{name}" if path else str(name)
            made = _field(str(name), own, value, name in needed, walk, trail, depth)
            found.append(made if not origin.get(name) else _with_origin(made, _text(origin[name])))
        return tuple(found)
    inner, mark = _inside(schema)
    if inner is None:
        return ()
    found_schema, _, passed = _resolve(inner, walk, trail)
    main, _ = _without_null(found_schema, walk, passed)
    return _children(main, walk, path + mark, passed, depth + 1)


def _inside(schema: Schema) -> tuple[Any, str]:
    if isinstance(schema.get("items"), Mapping):
        return schema["items"], "[]"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return schema["additionalProperties"], ".*"
    return None, ""


def _with_origin(made: Field, declared_by: str) -> Field:
    from dataclasses import replace

    return replace(made, declared_by=declared_by)


def _field(name: str, path: str, schema: Any, required: bool, walk: _Walk, trail: tuple[str, ...], depth: int) -> Field:
    merged, key, inner = _resolve(schema, walk, trail)
    main, nullable = _without_null(merged, walk, inner)
    key = key or _text(main.get(KEY))
    passed = (*inner, key) if key and key not in inner else inner
    examples = merged.get("examples")
    return Field(
        name=name,
        path=path,
        type=_type(main, walk, passed) if not (key and "properties" in main) else key,
        nullable=nullable,
        required=required,
        default=merged.get("default", MISSING),
        constraints=tuple(_constraints(main)),
        enum=_enum(main),
        examples=tuple(examples) if isinstance(examples, list) else (),
        description=_text(merged.get("description")),
        title=_text(merged.get("title")),
        deprecated=merged.get("deprecated") is True,
        read_only=merged.get("readOnly") is True,
        write_only=merged.get("writeOnly") is True,
        schema=key,
        recursive=_text(main.get(RECURSIVE)),
        children=_children(main, walk, path, passed, depth + 1),
        arms=_arms(main, walk, path, passed, depth + 1),
    )


def _arms(schema: Schema, walk: _Walk, path: str, trail: tuple[str, ...], depth: int) -> tuple[Arm, ...]:
    """Return the alternatives of a union, when at least one of them has more to show than its type."""
    arms, mark, inner_trail = _union(schema), "", trail
    if not arms and depth <= MAX_DEPTH:
        inner, mark = _inside(schema)
        found, _, inner_trail = _resolve(inner, walk, trail) if inner is not None else ({}, "", trail)
        arms = _union(_without_null(found, walk, inner_trail)[0])
        schema = found or schema
    if depth > MAX_DEPTH or len(arms) < 2:
        return ()
    discriminator = schema.get("x-discriminator") or schema.get("discriminator")
    by = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else discriminator
    made = tuple(_arm(arm, by, walk, path + mark, inner_trail, depth) for arm in arms[:100] if not _is_null(arm))
    return made if any(arm.children or arm.constraints or arm.description for arm in made) else ()


def _arm(schema: Any, by: Any, walk: _Walk, path: str, trail: tuple[str, ...], depth: int) -> Arm:
    merged, key, inner = _resolve(schema, walk, trail)
    known = merged.get("properties")
    told = known.get(by) if isinstance(known, Mapping) and isinstance(by, str) else None
    value = _tag(told)
    kind = key or _type(merged, walk, inner)
    return Arm(
        label=f"{by} = {value}" if value else key or _text(merged.get("title")) or kind,
        type=kind,
        schema=key,
        description=_text(merged.get("description")),
        constraints=tuple(_constraints(merged)),
        children=_children(merged, walk, path, inner, depth + 1),
    )


def _tag(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return ""
    if "const" in schema:
        return str(schema["const"])
    values = schema.get("enum")
    return " or ".join(str(item) for item in values[:6]) if isinstance(values, list) else ""
