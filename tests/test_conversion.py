"""Each rule of the way from JSON Schema 2020-12 to an AsyncAPI schema and back, as before and after."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from asyncapi.schemas.conversion import closure, convert, to_2020, to_draft07

NAN, INFINITY = float("nan"), float("inf")
KEYS = {"m.Cat": "Cat", "m.Dog": "Dog", "m.Page[m.Cat]": "Page_Cat", "m.Odd/~name": "Odd_name"}
CAT, DOG = "#/components/schemas/Cat", "#/components/schemas/Dog"


def _convert(schema: Any, path: str = "#/components/schemas/Thing") -> tuple[dict[str, Any], list[tuple[str, str]]]:
    converted, findings = convert(schema, rename=KEYS.__getitem__, path=path)
    return converted, [(finding.rule, finding.pointer.removeprefix(path)) for finding in findings]


SAME: list[Any] = [
    {},
    {"type": "object", "properties": {}, "additionalProperties": True},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False},
    {"type": ["string", "null"], "format": "date-time"},
    {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
    {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": False},
    {"not": {"type": "string"}, "$comment": "why"},
    {"deprecated": True, "examples": [1], "readOnly": True, "writeOnly": False},
    {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"},
    {"type": "object", "patternProperties": {"^a": {"type": "integer"}}, "propertyNames": {"maxLength": 3}},
    {"type": "array", "items": {"type": "string"}, "contains": {"const": "a", "type": "string"}},
    {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    {"x-unit": "m", "example": 5},
    {"discriminator": "kind"},
]


@pytest.mark.parametrize("schema", SAME, ids=json.dumps)
def test_what_both_know_stays(schema: Any) -> None:
    """Keywords of draft-07, and an author's own words, leave as they came."""
    assert _convert(schema) == (schema, [])


CHANGED: list[tuple[Any, Any]] = [
    (True, {}),
    (False, {"not": {}}),
    ({"$schema": "s", "$id": "i", "type": "string"}, {"type": "string"}),
    ({"$ref": "#/$defs/m.Cat"}, {"$ref": CAT}),
    ({"$ref": "#/$defs/m.Page[m.Cat]"}, {"$ref": "#/components/schemas/Page_Cat"}),
    ({"$ref": "#/$defs/m.Odd~1~0name"}, {"$ref": "#/components/schemas/Odd_name"}),
    ({"$ref": "#"}, {"$ref": "#/components/schemas/Thing"}),
    ({"$ref": "#/$defs/m.Cat", "default": 1}, {"allOf": [{"$ref": CAT}], "default": 1}),
    (
        {"description": "d", "$ref": "#/$defs/m.Cat", "allOf": [{"minProperties": 1}]},
        {"description": "d", "allOf": [{"$ref": CAT}, {"minProperties": 1}]},
    ),
    ({"allOf": [{"$ref": "#/$defs/m.Cat"}]}, {"$ref": CAT}),
    ({"const": "a"}, {"type": "string", "const": "a"}),
    ({"const": "a", "enum": ["a"], "type": "string"}, {"type": "string", "const": "a"}),
    ({"enum": ["a"]}, {"type": "string", "const": "a"}),
    ({"enum": ["a", "b", "a"]}, {"type": "string", "enum": ["a", "b"]}),
    ({"enum": ["a", 1, True, None]}, {"enum": ["a", 1, True, None]}),
    ({"enum": []}, {"not": {}}),
    ({"const": None}, {"type": "null", "const": None}),
    ({"type": "object", "additionalProperties": True}, {"type": "object"}),
    ({"type": "object", "additionalProperties": {}}, {"type": "object"}),
    (
        {"type": "array", "prefixItems": [{"type": "integer"}, True], "minItems": 2, "maxItems": 2},
        {"type": "array", "items": [{"type": "integer"}, True], "additionalItems": False, "minItems": 2, "maxItems": 2},
    ),
    (
        {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}},
        {"items": [{"type": "integer"}], "additionalItems": {"type": "string"}},
    ),
    ({"prefixItems": [{"minimum": 1}], "items": False}, {"items": [{"minimum": 1}], "additionalItems": False}),
    ({"prefixItems": [{"type": "integer"}]}, {"items": [{"type": "integer"}]}),
    ({"prefixItems": [True], "unevaluatedItems": False}, {"items": [True], "additionalItems": False}),
    ({"unevaluatedItems": {"type": "string"}}, {"items": {"type": "string"}}),
    ({"prefixItems": [], "items": False}, {"items": False}),
    ({"items": {"type": "integer"}, "additionalItems": False}, {"items": {"type": "integer"}}),
    ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}),
    (
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"minProperties": 2}, "c": False}},
        {"dependencies": {"a": {"allOf": [{"required": ["b"]}, {"minProperties": 2}]}, "c": False}},
    ),
    ({"contains": {"const": 1}, "minContains": 0}, {}),
    ({"contains": {"type": "null"}, "minContains": 1}, {"contains": {"type": "null"}}),
    ({"unevaluatedProperties": True}, {}),
    ({"properties": {}, "unevaluatedProperties": False}, {"properties": {}, "additionalProperties": False}),
    (
        {"type": "string", "contentMediaType": "application/json", "contentSchema": {"$ref": "#/$defs/m.Cat"}},
        {"type": "string", "contentMediaType": "application/json", "x-content-schema": {"$ref": CAT}},
    ),
    (
        {
            "discriminator": {"mapping": {"cat": "#/$defs/m.Cat", "dog": "#/$defs/m.Dog"}, "propertyName": "kind"},
            "oneOf": [{"$ref": "#/$defs/m.Cat"}, {"$ref": "#/$defs/m.Dog"}],
        },
        {
            "oneOf": [{"$ref": CAT}, {"$ref": DOG}],
            "x-discriminator": {"propertyName": "kind", "mapping": {"cat": CAT, "dog": DOG}},
        },
    ),
    ({"minimum": -INFINITY, "exclusiveMaximum": INFINITY, "maximum": 1.0}, {"maximum": 1}),
    ({"required": []}, {}),
    ({"examples": {"one": 1}}, {"examples": [1]}),
    (
        {"properties": {"a": {"$ref": "#/$defs/own"}}, "$defs": {"own": {"$ref": "#/$defs/m.Cat"}, "unused": {}}},
        {
            "properties": {"a": {"$ref": "#/components/schemas/Thing/definitions/own"}},
            "definitions": {"own": {"$ref": CAT}},
        },
    ),
    (
        {"properties": {"n": {"$ref": "#/$defs/n", "$defs": {"n": {"items": {"$ref": "#/$defs/n"}}}}}},
        {
            "properties": {"n": {"$ref": "#/components/schemas/Thing/definitions/n"}},
            "definitions": {"n": {"items": {"$ref": "#/components/schemas/Thing/definitions/n"}}},
        },
    ),
    ({"properties": {"$ref": {"type": "string"}, "$defs": {"title": "Defs"}}}, None),
]


@pytest.mark.parametrize(("schema", "expected"), CHANGED, ids=lambda value: json.dumps(value)[:80])
def test_what_is_spelled_differently_is_translated(schema: Any, expected: Any) -> None:
    """Keywords that draft-07 spells otherwise, or that Pydantic's versions do, leave in one spelling."""
    expected = schema if expected is None else expected
    converted, findings = _convert(schema)
    assert (json.dumps(converted), findings) == (json.dumps(expected), [])


LOST: list[tuple[Any, Any, list[tuple[str, str]]]] = [
    ({"$anchor": "a"}, {}, [("schema-keyword-lost", "/$anchor")]),
    ({"$dynamicRef": "#a"}, {}, [("schema-keyword-lost", "/$dynamicRef")]),
    (
        {"not": {"contains": True, "minContains": 2, "maxContains": 3}},
        {"not": {"contains": True}},
        [("schema-keyword-lost", "/not/minContains"), ("schema-keyword-lost", "/not/maxContains")],
    ),
    ({"minContains": 2}, {}, []),
    (
        {"properties": {"a/b": {"$anchor": "a"}}},
        {"properties": {"a/b": {}}},
        [("schema-keyword-lost", "/properties/a~1b/$anchor")],
    ),
    (
        {"allOf": [{"$ref": "#/$defs/m.Cat"}], "unevaluatedProperties": False},
        {"$ref": CAT},
        [("schema-keyword-lost", "/unevaluatedProperties")],
    ),
    ({"anyOf": [{}], "unevaluatedItems": False}, {"anyOf": [{}]}, [("schema-keyword-lost", "/unevaluatedItems")]),
    ({"minimum": NAN}, {}, [("schema-keyword-lost", "/minimum")]),
    ({"default": NAN}, {}, [("schema-default-lost", "/default")]),
    ({"default": b"a"}, {}, [("schema-default-lost", "/default")]),
    ({"default": {"a": [INFINITY]}}, {}, [("schema-default-lost", "/default")]),
    ({"examples": [1, NAN]}, {"examples": [1]}, [("schema-example-lost", "/examples")]),
    ({"x-odd": NAN}, {}, [("schema-keyword-lost", "/x-odd")]),
    ({"items": {"$ref": "#/$defs/nowhere"}}, {"items": {}}, [("schema-reference-unresolved", "/items")]),
    ({"$ref": "https://example.org/s.json"}, {}, [("schema-reference-unresolved", "")]),
    ({"required": True, "type": "string"}, {"type": "string"}, [("schema-keyword-faulty", "/required")]),
    ({"properties": None}, {}, [("schema-keyword-faulty", "/properties")]),
    ({"anyOf": {"type": "string"}}, {}, [("schema-keyword-faulty", "/anyOf")]),
    ({"dependentRequired": [1]}, {}, [("schema-keyword-faulty", "/dependentRequired")]),
    ({"prefixItems": 5}, {}, [("schema-keyword-faulty", "/prefixItems")]),
    ({"items": None, "not": 3, "enum": "abc"}, {"items": {}, "not": {}}, [("schema-keyword-faulty", "/enum")]),
    ({"$ref": 5, "type": "string"}, {"type": "string"}, [("schema-reference-unresolved", "")]),
]


@pytest.mark.parametrize(("schema", "expected", "findings"), LOST, ids=lambda value: repr(value)[:60])
def test_what_cannot_be_said_is_a_finding(schema: Any, expected: Any, findings: Any) -> None:
    """What AsyncAPI's dialect has no words for goes, and is reported where it stood."""
    assert _convert(schema) == (expected, findings)


TITLES: list[tuple[str, str, bool]] = [
    ("message_id", "Message Id", False),
    ("trailing_", "Trailing", False),
    ("trailing_", "Trailing ", False),
    ("theAlias", "Thealias", False),
    ("message_id", "Message ID", True),
    ("text", "The text", True),
]


@pytest.mark.parametrize(("name", "title", "stays"), TITLES)
def test_only_automatic_titles_go(name: str, title: str, stays: bool) -> None:
    """A title that Pydantic derives from the field's name is dropped, one that somebody wrote stays."""
    converted, _ = _convert({"properties": {name: {"title": title, "type": "string"}}})
    assert ("title" in converted["properties"][name]) == stays


@pytest.mark.parametrize(
    ("key", "title", "stays"),
    [
        ("Thing", "Thing", False),
        ("Page_Cat", "Page[Cat]", False),
        ("stt.Thing", "Thing", False),
        ("Thing_0a1b2c", "Thing", False),
        ("Thing", "A thing", True),
        ("Thing_with", "Thing", True),
    ],
)
def test_class_names_are_no_titles(key: str, title: str, stays: bool) -> None:
    """A definition's title goes when it is the class name that its key already is."""
    assert ("title" in _convert({"title": title}, f"#/components/schemas/{key}")[0]) == stays


def test_type_title_and_description_come_first() -> None:
    """Keywords have one order, whatever order they came in; properties keep theirs."""
    schema = {
        "x-b": 1,
        "required": ["b"],
        "properties": {"b": {"maximum": 1, "minimum": 0, "type": "integer"}, "a": {}},
        "additionalProperties": False,
        "description": "d",
        "title": "t",
        "type": "object",
        "x-a": 2,
    }
    converted, _ = _convert(schema)
    words = ["type", "title", "description", "properties", "required", "additionalProperties", "x-b", "x-a"]
    assert list(converted) == words
    assert list(converted["properties"]) == ["b", "a"]
    assert list(converted["properties"]["b"]) == ["type", "minimum", "maximum"]


def test_input_is_left_alone() -> None:
    """Conversion changes nothing in what it is given, and yields the same every time."""
    for schema, _ in CHANGED:
        before = json.dumps(schema)
        assert json.dumps(_convert(schema)[0]) == json.dumps(_convert(schema)[0])
        assert json.dumps(schema) == before


COMPONENTS = {
    "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}, "d": {"$ref": "#/components/schemas/D"}}},
    "B": {"items": [{"$ref": "#/components/schemas/C%20c"}], "x-source": "f#B"},
    "C c": {"type": "string"},
    "D": {"dependencies": {"a": ["b"], "c": {"$ref": "#/components/schemas/D"}}, "x-discriminator": {}},
    "E": {"$ref": "#/components/schemas/B/items/0"},
}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({}, ()),
        (True, ()),
        ({"$ref": "#/components/schemas/A"}, ("A", "B", "C c", "D")),
        (COMPONENTS["A"], ("B", "C c", "D")),
        ({"$ref": "#/components/schemas/D"}, ("D",)),
        ({"not": {"$ref": "#/components/schemas/E"}}, ("E", "B", "C c")),
        ({"$ref": "#/components/schemas/missing"}, ()),
        ({"default": {"$ref": "#/components/schemas/A"}, "properties": {"$ref": {}}}, ()),
    ],
)
def test_closure_is_in_order_of_first_use(schema: Any, names: tuple[str, ...]) -> None:
    """Every component that a schema reaches is named once, in the order in which a reader meets it."""
    assert closure(schema, COMPONENTS) == names


def test_download_in_2020_12() -> None:
    """A bare reference becomes its target; tuples and dependencies take their new names; nothing is left outside."""
    assert to_2020({"$ref": "#/components/schemas/A"}, COMPONENTS) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"b": {"$ref": "#/$defs/B"}, "d": {"$ref": "#/$defs/D"}},
        "$defs": {
            "B": {"prefixItems": [{"$ref": "#/$defs/C%20c"}]},
            "C c": {"type": "string"},
            "D": {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"$ref": "#/$defs/D"}}},
        },
    }


def test_download_in_draft_07() -> None:
    """The same in draft-07; a root that contains itself stays a reference."""
    assert to_draft07({"$ref": "#/components/schemas/D"}, COMPONENTS) == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "allOf": [{"$ref": "#/definitions/D"}],
        "definitions": {"D": {"dependencies": {"a": ["b"], "c": {"$ref": "#/definitions/D"}}}},
    }


DOWNLOADS: list[tuple[Any, Any]] = [
    (False, {"not": {}}),
    ({"$ref": "#/components/schemas/E"}, {"$ref": "#/$defs/B/prefixItems/0"}),
    ({"$ref": "#/components/schemas/B/items/7"}, {"$comment": "unresolved reference: #/components/schemas/B/items/7"}),
    ({"$ref": "other.json", "title": "t"}, {"title": "t", "$comment": "unresolved reference: other.json"}),
    ({"$ref": "#/components/schemas/C%20c", "title": "t", "minLength": 3}, {"$ref": "#/$defs/C%20c", "title": "t"}),
    ({"items": [{}], "additionalItems": False}, {"prefixItems": [{}], "items": False}),
    ({"items": {}, "additionalItems": False}, {"items": {}}),
    ({"prefixItems": [False], "dependentRequired": {"a": ["b"]}, "minContains": 5}, {}),
    ({"$id": "https://example.org/", "$schema": "x", "discriminator": "kind", "externalDocs": {}}, {}),
    ({"contentMediaType": "application/json", "x-content-schema": {"items": [{}]}}, None),
    ({"definitions": {"a": {"definitions": {}}}}, {"$defs": {"a": {"$defs": {}}}}),
    ({"properties": {"definitions": {"items": [True]}}}, {"properties": {"definitions": {"prefixItems": [True]}}}),
]


@pytest.mark.parametrize(("schema", "expected"), DOWNLOADS, ids=lambda value: json.dumps(value)[:60])
def test_foreign_schemas_download_with_the_same_meaning(schema: Any, expected: Any) -> None:
    """Words that draft-07 ignores do not come to life in 2020-12, and what it knows keeps its meaning."""
    if expected is None:
        expected = {"contentMediaType": "application/json", "contentSchema": {"prefixItems": [{}]}}
    download = to_2020(schema, COMPONENTS)
    referring = isinstance(schema, dict) and "$ref" in schema
    shown = {key: value for key, value in download.items() if key != "$schema" and not (referring and key == "$defs")}
    assert shown == expected


def test_a_thousand_models_take_no_time() -> None:
    """Conversion stays far below the time that Pydantic takes for its part."""
    fields = {f"field_{index}": {"title": f"Field {index}", "type": "string", "minLength": 1} for index in range(10)}
    schema = {"type": "object", "title": "Thing", "properties": fields, "required": list(fields)}
    started = time.process_time()
    for _ in range(1_000):
        _convert(schema)
    assert time.process_time() - started < 0.5
