"""The one-line grammar of fields: what each construct of JSON Schema reads like, and that hostile schemas end."""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.said import said

from asyncapi.schemas.fields import MISSING, Arm, Field, Shape, fields, shape, words

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
Lines = list[str]


def ref(name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def line(field: Field) -> str:
    """Return a field on one line."""
    marks = [
        field.type,
        *(["nullable"] if field.nullable else []),
        *field.constraints,
        *([f"default {field.default!r}"] if field.default is not MISSING else []),
        *([f"one of {[item.value for item in field.enum]}"] if field.enum else []),
        *(["required"] if field.required else []),
        *(["deprecated"] if field.deprecated else []),
        *(["read only"] if field.read_only else []),
        *(["write only"] if field.write_only else []),
        *_again(field),
        *([f"from {field.declared_by}"] if field.declared_by else []),
        *([f"“{field.description}”"] if field.description else []),
    ]
    return f"{field.path}: {' · '.join(marks)}"


def lines(found: tuple[Field, ...]) -> Lines:
    """Return fields and everything inside of them, one a line, alternatives behind a bar."""
    told: Lines = []
    for field in found:
        told.append(line(field))
        told += lines(field.children) + arms(field.arms)
    return told


def _again(found: Arm | Field) -> Lines:
    return [f"recursive {found.recursive}"] if found.recursive else []


def arms(found: tuple[Arm, ...]) -> Lines:
    """Return alternatives, one a line, with their fields."""
    return [
        text
        for arm in found
        for text in (
            f"| {' · '.join((arm.label, arm.type, *arm.constraints, *_again(arm)))}",
            *(f"| {text}" for text in lines(arm.children)),
        )
    ]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "f: string"),
        ({"type": "string", "format": "uuid"}, "f: string · uuid"),
        ({"type": "string", "minLength": 1, "maxLength": 64}, "f: string · 1 to 64 characters"),
        ({"type": "string", "minLength": 0, "maxLength": 64}, "f: string · at most 64 characters"),
        ({"type": "string", "minLength": 1}, "f: string · at least 1 character"),
        ({"type": "string", "minLength": 3, "maxLength": 3}, "f: string · exactly 3 characters"),
        ({"type": "string", "pattern": "^a"}, "f: string · matches ^a"),
        (
            {"type": "string", "format": "date", "x-limits": {"ge": "2020-01-01", "now": "past", "le": []}},
            "f: string · date · at least 2020-01-01 · in the past",
        ),
        (
            {"type": "number", "x-limits": {"max_digits": 5, "decimal_places": 2}},
            "f: number · digits: at most 5 · digits after the point: at most 2",
        ),
        ({"type": "string", "contentEncoding": "base64"}, "f: string · base64"),
        ({"type": "integer", "minimum": 1, "maximum": 100}, "f: integer · 1 to 100"),
        ({"type": "number", "exclusiveMinimum": 0}, "f: number · greater than 0"),
        ({"type": "number", "minimum": 0.0, "exclusiveMaximum": 2.5}, "f: number · at least 0 · less than 2.5"),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, "f: number · greater than 0"),
        ({"type": "number", "multipleOf": 0.5}, "f: number · a multiple of 0.5"),
        ({"type": "boolean", "default": False}, "f: boolean · default False"),
        ({"type": "string", "default": None}, "f: string · default None"),
        ({"type": ["string", "null"]}, "f: string · nullable"),
        ({"type": ["string", "integer", "null"]}, "f: string or integer · nullable"),
        ({"type": "string", "nullable": True}, "f: string · nullable"),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}, "f: integer · nullable · at least 0"),
        (
            {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "description": "D"},
            "f: integer · nullable · default None · “D”",
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}, "f: integer or string · nullable"),
        ({"oneOf": [{"type": "null"}, ref("Level")]}, "f: string · nullable · one of ['low', 'high'] · “How much.”"),
        ({"type": "null"}, "f: null"),
        ({"const": "a"}, 'f: always "a"'),
        ({"const": None}, "f: always null"),
        ({"enum": ["a", "b"]}, "f: one of · one of ['a', 'b']"),
        ({"type": "string", "enum": ["a", "b"]}, "f: string · one of ['a', 'b']"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "f: string · nullable · one of ['a']"),
        (
            {"oneOf": [{"const": 1, "type": "integer", "title": "ONE"}, {"const": 2, "type": "integer"}]},
            "f: integer · one of [1, 2]",
        ),
        ({}, "f: any"),
        (True, "f: any"),
        (False, "f: nothing"),
        ({"not": {}}, "f: nothing"),
        ({"not": {"type": "string"}}, "f: any · further conditions"),
        (7, "f: any"),
        ({"type": "array"}, "f: list"),
        ({"type": "array", "items": True}, "f: list"),
        ({"items": {"type": "string"}}, "f: list of string"),
        (
            {"type": "array", "items": ref("Level"), "maxItems": 3},
            "f: list of string · at most 3 items · one of ['low', 'high']",
        ),
        (
            {"type": "array", "items": {"type": ["integer", "null"]}, "uniqueItems": True},
            "f: set of integer or null · no value twice",
        ),
        ({"type": "array", "items": [{"type": "integer"}, {"const": 1}]}, "f: tuple of (integer, always 1)"),
        ({"prefixItems": [{"type": "integer"}], "items": False}, "f: tuple of (integer)"),
        ({"type": "object"}, "f: map"),
        ({"type": "object", "additionalProperties": False}, "f: empty object"),
        ({"additionalProperties": {"type": "number"}}, "f: map of number"),
        (
            {"type": "object", "additionalProperties": {"type": "number"}, "x-key-type": "integer", "minProperties": 1},
            "f: map by integer of number · at least 1 entry",
        ),
        (
            {"patternProperties": {"^x": {"type": "number"}}, "type": "object", "propertyNames": {"pattern": "^x"}},
            "f: map of number · keys match ^x",
        ),
        ({"x-deferred": "a function"}, "f: opaque (a function)"),
        ({"type": "string", "x-content-schema": ref("Level")}, "f: text that holds string · one of ['low', 'high']"),
        (ref("Level"), "f: string · one of ['low', 'high'] · “How much.”"),
        ({"allOf": [ref("Level")], "description": "Own."}, "f: string · one of ['low', 'high'] · “Own.”"),
        ({"allOf": [ref("Level"), {"description": "Own.", "default": "low"}]}, None),
        ({"allOf": [{"minimum": 0}, {"type": "integer", "minimum": 5}, {"maximum": 9}]}, "f: integer · 5 to 9"),
        ({"allOf": [{"minimum": 5}, {"minimum": 0}]}, "f: any · at least 5"),
        ({"allOf": [{"enum": [1, 2, 3]}, {"enum": [2, 3, 4]}]}, "f: one of · one of [2, 3]"),
        (ref("Gone"), "f: any · “not found: #/components/schemas/Gone”"),
        ({"$ref": "https://example.org/x"}, "f: any · “not found: https://example.org/x”"),
        ({"$ref": 4, "type": "string"}, "f: string"),
        (
            {"type": "string", "deprecated": True, "readOnly": True, "writeOnly": True},
            "f: string · deprecated · read only · write only",
        ),
        ({"type": "object", "dependencies": {"a": ["b", "c"]}}, "f: map · a needs b, c"),
        ({"type": 3, "format": 4, "enum": "x", "minimum": "y", "pattern": [], "oneOf": {}, "allOf": 5}, "f: 3"),
    ],
)
def test_a_field_reads_on_one_line(schema: Any, expected: str | None) -> None:
    """Type, null, constraints, default and values of a field; a table of every construct."""
    level = {"type": "string", "enum": ["low", "high"], "description": "How much."}
    found = lines(fields({"type": "object", "properties": {"f": schema}}, {"Level": level}))
    assert found == [expected or "f: string · default 'low' · one of ['low', 'high'] · “Own.”"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (ref("Node"), ["name: string · required", "next: Node · nullable · recursive Node"]),
        (
            {"properties": {"root": {"allOf": [ref("Tree")], "description": "The root."}}},
            [
                "root: Tree · “The root.”",
                "root.branches: list of Tree · recursive Tree",
                "root.by_name: map of Tree · recursive Tree",
            ],
        ),
        (
            {"properties": {"either": {"oneOf": [ref("Choice"), {"type": "integer"}]}}},
            [
                "either: Choice or integer",
                "| Choice · Choice",
                "| either.then: Choice or list of Choice or string · nullable",
                "| | Choice · Choice · recursive Choice",
                "| | list of Choice · list of Choice · recursive Choice",
                "| | string · string",
                "| integer · integer",
            ],
        ),
        (
            {"properties": {"p": {"properties": {"q": {"type": "string"}}, "required": ["q"]}}},
            ["p: object", "p.q: string · required"],
        ),
        (
            {"properties": {"l": {"items": {"properties": {"q": {"type": "string"}}}}}},
            ["l: list of object", "l[].q: string"],
        ),
        (
            {"properties": {"m": {"additionalProperties": {"properties": {"q": True}}}}},
            ["m: map of object", "m.*.q: any"],
        ),
        (
            {"properties": {"a": True}, "additionalProperties": {"type": "integer"}},
            ["a: any", "*: integer"],
        ),
        (
            {"patternProperties": {"^a": {"type": "integer"}, "^b": {"type": "string"}}},
            ["^a: integer", "^b: string"],
        ),
        (
            {"properties": {"t": {"items": [{"properties": {"q": True}}, {"type": "integer"}]}}},
            ["t: tuple of (object, integer)", "t[0]: object", "t[0].q: any", "t[1]: integer"],
        ),
        (
            {"allOf": [ref("Base"), {"properties": {"own": {"type": "string"}}, "required": ["own"]}]},
            ["id: integer · required", "own: string · required"],
        ),
        (
            {"properties": {"a": True}, "x-declared-by": {"a": "base.py#Base"}},
            ["a: any · from base.py#Base"],
        ),
        (
            {"properties": {"u": {"oneOf": [ref("Cat"), ref("Dog")], "x-discriminator": {"propertyName": "kind"}}}},
            [
                "u: Cat or Dog",
                "| kind = cat · Cat",
                '| u.kind: always "cat"',
                "| u.lives: integer · at most 9",
                "| kind = dog or puppy · Dog",
                "| u.kind: one of · one of ['dog', 'puppy']",
            ],
        ),
        (
            {"properties": {"u": {"items": {"anyOf": [ref("Cat"), {"title": "Short", "maxLength": 3}]}}}},
            [
                "u: list of Cat or any",
                "| Cat · Cat",
                '| u[].kind: always "cat"',
                "| u[].lives: integer · at most 9",
                "| Short · any · at most 3 characters",
            ],
        ),
        ({"properties": {"s": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}, ["s: string or integer"]),
        (ref("Circle"), []),
        ({"$ref": "#/components/schemas/Gone"}, []),
    ],
)
def test_what_is_inside_stands_in_place(schema: Any, expected: Lines) -> None:
    """Objects, lists, maps, tuples, inheritance and unions open in place; what contains itself is named, not opened."""
    schemas = {
        "Node": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "next": {"anyOf": [ref("Node"), {"type": "null"}]}},
        },
        "Tree": {
            "properties": {
                "branches": {"type": "array", "items": ref("Tree")},
                "by_name": {"additionalProperties": ref("Tree")},
            }
        },
        "Base": {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
        "Cat": {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "maximum": 9}}},
        "Dog": {"properties": {"kind": {"enum": ["dog", "puppy"]}}},
        "Choice": {
            "properties": {
                "then": {
                    "anyOf": [
                        ref("Choice"),
                        {"type": "array", "items": ref("Choice")},
                        {"type": "null"},
                        {"type": "string"},
                    ]
                }
            }
        },
        "Circle": ref("Other"),
        "Other": {"allOf": [ref("Circle")]},
    }
    assert lines(fields(schema, schemas)) == expected


def test_a_whole_schema_has_a_shape_of_its_own() -> None:
    """A payload that is no object has a type, constraints and values; enum members keep names and docstrings."""
    found = shape(
        {
            "type": "string",
            "description": "A level.",
            "enum": ["low", "high", None],
            "x-enum-varnames": ["LOW", "HIGH", "NONE"],
            "x-enum-descriptions": ["Little.", "", ""],
        },
        {},
    )
    assert said(found) == {
        "type": "string",
        "description": "A level.",
        "enum": [{"value": "low", "name": "LOW", "description": "Little."}, {"value": "high", "name": "HIGH"}],
    }
    assert shape(True, {}) == Shape(type="any")  # type: ignore[arg-type]
    assert words({"type": ["array", "null"], "items": {"type": "string"}, "minItems": 2}, {}) == (
        "list of string or null",
        ("at least 2 items",),
    )


def _hostile() -> dict[str, tuple[Any, dict[str, Any]]]:
    leaf = {"properties": {"a": {"type": "string"}}}
    count = 40
    names = range(count)

    def doubled(make: Any) -> dict[str, Any]:
        return {f"s{n}": make(ref(f"s{n + 1}")) for n in names} | {f"s{count}": leaf}

    return {
        "allOf": (ref("s0"), doubled(lambda inner: {"allOf": [inner, inner]})),
        "anyOf": (ref("s0"), doubled(lambda inner: {"anyOf": [inner, {"items": inner}]})),
        "properties": (ref("s0"), doubled(lambda inner: {"properties": {"a": inner, "b": inner}})),
        "maps": (ref("s0"), doubled(lambda inner: {"additionalProperties": {"oneOf": [inner, {"items": inner}]}})),
        "null": (ref("s0"), doubled(lambda inner: {"anyOf": [{"allOf": [inner, inner]}, {"type": "null"}]})),
        "mutual": (ref("s0"), {f"s{n}": {"properties": {f"p{m}": ref(f"s{m}") for m in names}} for n in names}),
        "bases": (ref("s0"), {f"s{n}": {"allOf": [ref(f"s{m}") for m in names]} for n in names}),
        "chain": (ref("s0"), {f"s{n}": ref(f"s{n + 1}") for n in range(5000)}),
        "wide": ({"properties": {f"f{n}": {"type": "string"} for n in range(10_000)}}, {}),
        "arms": (
            {"properties": {f"f{n}": {"oneOf": [leaf] * 2000} for n in range(200)}},
            {},
        ),
        "big bases": (
            {"properties": {f"f{n}": {"allOf": [ref("big"), ref("bigger")]} for n in range(2000)}},
            {
                "big": {"properties": {f"a{n}": True for n in range(2000)}},
                "bigger": {"properties": {f"b{n}": True for n in range(2000)}},
            },
        ),
    }


@pytest.mark.parametrize("name", _hostile())
def test_hostile_schemas_end(name: str) -> None:
    """Components that name each other many times over, chains of thousands and ten thousand fields end in time."""
    schema, schemas = _hostile()[name]
    start = time.process_time()
    found = shape(schema, schemas)
    assert time.process_time() - start < 5
    assert found.truncated == (name in ("mutual", "arms", "big bases"))


_PARTS: tuple[Any, ...] = (
    *(None, True, 1, "x", [], {}, [1], ["a"], {"a": 1}, {"type": "string"}, {"$ref": "#/components/schemas/A"}),
    *({"$ref": "#/components/schemas/B"}, {"type": ["null"]}, {"type": "null"}, {"const": None}, {"enum": []}),
)
_WORDS = (
    *("type", "properties", "items", "allOf", "anyOf", "oneOf", "enum", "const", "required", "additionalProperties"),
    *("patternProperties", "prefixItems", "x-declared-by", "x-discriminator", "discriminator", "not", "dependencies"),
    *("x-enum-varnames", "x-content-schema", "x-key-type", "minimum", "maximum", "exclusiveMinimum", "minLength"),
    *("nullable", "default", "format", "description", "examples", "propertyNames", "x-deferred", "$ref", "title"),
)


def _made(chance: random.Random, depth: int) -> Any:
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(_PARTS)
    if chance.random() < 0.3:
        return [_made(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    keys = (*_WORDS, "a", "b")
    return {chance.choice(keys): _made(chance, depth - 1) for _ in range(chance.randint(0, 5))}


@settings(derandomize=not FUZZ, max_examples=500 * max(1, FUZZ), deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_data_can_be_read_as_a_schema(seed: int) -> None:
    """Whatever stands where a schema should, fields come out and nothing raises."""
    chance = random.Random(seed)
    schemas = {"A": _made(chance, 4), "B": _made(chance, 4)}
    for schema in (_made(chance, 5), ref("A"), {"properties": {"x": ref("B")}}):
        found = shape(schema, schemas)
        assert isinstance(found.type, str)
        lines(found.children)
        words(schema, schemas)
