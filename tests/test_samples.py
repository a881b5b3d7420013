"""Examples are valid, plausible, the same on every run, and absent rather than wrong."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from support.models import models

from asyncapi.schemas.conversion import closure, convert, to_2020, to_draft07
from asyncapi.schemas.patterns import matching
from asyncapi.schemas.samples import sample, valid

FACTOR = float(os.environ.get("PORTAL_FUZZ", "0"))
PATH = "#/components/schemas/"
TREE = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"$ref": PATH + "Tree"}},
    "required": ["value"],
}
LOOP = {"type": "object", "properties": {"next": {"$ref": PATH + "Loop"}}, "required": ["next"]}
MAYBE = {"properties": {"next": {"anyOf": [{"$ref": PATH + "Maybe"}, {"type": "null"}]}}, "required": ["next"]}
FOREST = {"type": "array", "items": {"$ref": PATH + "Forest"}, "minItems": 0}
COMPONENTS: dict[str, Any] = {"Tree": TREE, "Loop": LOOP, "Maybe": MAYBE, "Forest": FOREST}
COMPONENTS |= {"Level": {"enum": ["low", "high"]}, "Wide12": {"type": "object", "properties": {}}}
for _index in range(12):
    COMPONENTS[f"Wide{_index}"] = {
        "properties": {f"p{each}": {"$ref": f"{PATH}Wide{_index + 1}"} for each in range(8)},
        "required": [f"p{each}" for each in range(8)],
    }

CHOSEN: list[tuple[str, Any, Any]] = [
    ("", {"examples": ["mine"], "default": "d", "type": "string"}, "mine"),
    ("", {"examples": [1, "mine"], "type": "string"}, "mine"),
    ("", {"default": "d", "const": "d"}, "d"),
    ("", {"default": 9, "type": "integer", "maximum": 5}, 1),
    ("", {"default": None, "anyOf": [{"type": "null"}, {"type": "string"}]}, "text"),
    ("tags", {"default": [], "type": "array", "items": {"type": "string"}}, ["example"]),
    ("", {"const": 3}, 3),
    ("", {"enum": [None, "b"]}, "b"),
    ("", {"$ref": PATH + "Level"}, "low"),
    ("", {"allOf": [{"$ref": PATH + "Level"}], "default": "high"}, "high"),
    ("", {"type": "null"}, None),
    ("", {"type": ["null", "boolean"]}, True),
    ("created_at", {"type": "string", "format": "date-time"}, "2026-01-01T10:00:00Z"),
    ("timestamp", {"type": "number"}, 1_767_261_600),
    ("startedAtMs", {"type": "integer"}, 250),
    ("request_id", {"type": "string"}, "request-1"),
    ("requestId", {"type": "string"}, "request-1"),
    ("lang", {"type": "string"}, "en"),
    ("lang", {"type": "string", "pattern": "^[a-z]{2}$"}, "en"),
    ("code", {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}, "ABC-34"),
    ("text", {"type": "string", "maxLength": 4}, "Good"),
    ("text", {"type": "string", "minLength": 20}, "Good morning. Good morning."),
    ("", {"type": "string", "minLength": 5, "maxLength": 5}, "text-"),
    ("", {"type": "string", "format": "date", "x-limits": {"ge": "2030-01-01"}}, "9999-12-31"),
    ("", {"type": "string", "format": "date", "x-limits": {"now": "past"}}, "0001-01-01"),
    ("", {"type": "string", "format": "date", "x-limits": {"ge": "2020-01-01"}}, "2026-01-01"),
    ("", {"type": "string", "format": "date", "x-limits": 7}, "2026-01-01"),
    ("", {"type": "string", "format": "date-time", "x-limits": {"offset": "forbidden"}}, "2026-01-01T10:00:00Z"),
    ("", {"type": "string", "format": "decimal", "pattern": "^[0-9.]+$", "x-limits": {"max_digits": 2}}, "0"),
    ("", {"type": "number", "minimum": 0, "maximum": 0.2}, 0),
    ("", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.2}, 0.1),
    ("", {"type": "integer", "minimum": 7}, 7),
    ("", {"type": "integer", "exclusiveMinimum": 7, "multipleOf": 5}, 10),
    ("", {"type": "number", "multipleOf": 0.1, "minimum": 0.25, "maximum": 0.35}, 0.3),
    ("", {"type": "integer", "exclusiveMaximum": -3}, -4),
    ("", {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [1, 2, 3]),
    ("", {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True}, ["a", "b"]),
    ("", {"type": "array", "items": [{"type": "integer"}, {"type": "string"}], "additionalItems": False}, [1, "text"]),
    ("", {"type": "array", "contains": {"const": 7}}, [7]),
    ("", {"type": "array"}, []),
    ("", {"type": "object", "additionalProperties": {"type": "integer"}}, {"key": 1}),
    ("", {"type": "object", "additionalProperties": {"type": "integer"}, "x-key-type": "integer"}, {"1": 1}),
    (
        "",
        {"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"enum": ["k"]}},
        {"k": 1},
    ),
    ("", {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}}, {"x-": 1}),
    (
        "",
        {"type": "object", "minProperties": 2, "additionalProperties": {"type": "boolean"}},
        {"key": True, "key2": True},
    ),
    (
        "",
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "null"}, "c": {"type": "null"}},
            "required": ["c"],
        },
        {"a": 1, "c": None},
    ),
    ("", {"type": "object", "properties": {"a": {"type": "integer", "deprecated": True}}}, {}),
    ("", {"required": ["a"], "type": "object"}, {"a": {}}),
    ("", {"$ref": PATH + "Tree"}, {"value": 1}),
    ("", {"$ref": PATH + "Maybe"}, {"next": None}),
    ("", {"$ref": PATH + "Forest"}, []),
    ("", {"anyOf": [{"$ref": PATH + "Loop"}, {"type": "integer"}]}, 1),
    ("", {"oneOf": [{"type": "number"}, {"type": "integer"}, {"const": "a"}]}, 0.5),
    ("", {"oneOf": [{"type": "integer"}, {"type": "number"}]}, 0.5),
    ("", {"type": "integer", "anyOf": [{"minimum": 5}, {"maximum": 0}]}, 5),
    ("", {"allOf": [{"minimum": 3}, {"maximum": 5}, {"type": "integer"}]}, 4),
    (
        "",
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "if": {"required": ["a"]},
            "then": {"required": ["b"], "properties": {"b": {"const": "x"}}},
        },
        {"a": 1, "b": "x"},
    ),
    ("", {"not": {"type": "object"}, "type": "integer"}, 1),
    (
        "",
        {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "maxProperties": 1, "required": ["b"]},
        {"b": 2},
    ),
    ("", {"type": "object", "dependencies": {"a": ["b"]}, "properties": {"a": {"const": 1}}}, {}),
    ("", {"type": "string", "contentMediaType": "application/json", "x-content-schema": {"type": "boolean"}}, "true"),
    ("data", {}, {}),
    ("", True, {}),
]

NONE: list[Any] = [
    False,
    {"$ref": PATH + "Loop"},
    {"$ref": PATH + "Wide0"},
    {"$ref": PATH + "missing"},
    {"$ref": "https://example.org/schema.json"},
    {"type": "integer", "minimum": 5, "maximum": 4},
    {"type": "string", "pattern": "^a{100000}$"},
    {"type": "string", "minLength": 10**9},
    {"type": "array", "items": {}, "minItems": 10**9},
    {"type": "object", "minProperties": 10**9},
    {"type": "string", "pattern": "["},
    {"type": "string", "pattern": "^(?!a)a$"},
    {"allOf": [{"type": "string"}, {"type": "integer"}]},
    {"type": "object", "required": True, "properties": {"a": {}}},
    {"type": "integer", "minimum": "a"},
    {"type": "object", "properties": [1]},
    {"type": "number", "multipleOf": 0},
    {"anyOf": [[]], "type": {}},
]


@pytest.mark.parametrize(("name", "schema", "expected"), CHOSEN, ids=lambda value: json.dumps(value)[:70])
def test_one_value_is_chosen(name: str, schema: Any, expected: Any) -> None:
    """The author's own examples come first, then what is fixed, then what the format, bounds and name suggest."""
    chosen = sample(schema, COMPONENTS, name=name)
    assert json.dumps(chosen) == json.dumps(expected)
    assert valid(chosen, schema, COMPONENTS) == []


@pytest.mark.parametrize("schema", NONE, ids=lambda value: json.dumps(value)[:70])
def test_no_example_rather_than_a_wrong_one(schema: Any) -> None:
    """What nothing satisfies, or only something enormous, has no example; and that is found out quickly."""
    started = time.process_time()
    assert sample(schema, COMPONENTS) is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("value", "schema", "errors"),
    [
        ({"value": 1}, {"$ref": PATH + "Tree"}, 0),
        ({"value": "x"}, {"$ref": PATH + "Tree"}, 1),
        ("no", {"format": "date-time"}, 1),
        ("no", {"format": "unheard-of"}, 0),
        (1, {"$ref": "https://example.org/schema.json"}, 0),
        (1, {"$ref": "file:///etc/passwd"}, 0),
        (1, {"pattern": "["}, 1),
        (1, {"type": "nonsense"}, 1),
    ],
)
def test_validity_is_said_without_reaching_out(value: Any, schema: Any, errors: int) -> None:
    """Errors are listed; nothing outside the document is read, and a faulty schema is an error itself."""
    assert len(valid(value, schema, COMPONENTS)) == errors


def _doubling(word: str) -> dict[str, Any]:
    """Return schemas of which each refers twice to the next, so that each level doubles the work."""
    ref = "#/components/schemas/S{}".format
    found: dict[str, Any] = {f"S{i}": {word: [{"$ref": ref(i + 1)}, {"$ref": ref(i + 1)}]} for i in range(50)}
    return found | {"S50": {"type": "object", "properties": {"q": {"type": "integer"}}, "required": ["q"]}}


@pytest.mark.parametrize(
    ("word", "made", "fits"), [("allOf", None, True), ("anyOf", {"q": 1}, True), ("oneOf", None, False)]
)
def test_schemas_that_double_with_each_level_are_given_up(word: str, made: Any, fits: bool) -> None:
    """Neither making an example nor asking a validator takes longer for a stranger's schema than for another one."""
    schema, components = {"$ref": "#/components/schemas/S0"}, _doubling(word)
    assert valid({"q": "x"}, schema, components) == ["the schema cannot be used: it takes too much work"]
    assert sample(schema, components) == made
    assert (valid({"q": 1}, {"$ref": "#/components/schemas/S45"}, components) == []) is fits


def test_errors_say_where() -> None:
    """An error begins with the place of the value that is wrong."""
    (error,) = valid({"a": [1, "x"]}, {"properties": {"a": {"items": {"type": "integer"}}}}, {})
    assert error.startswith("/a/1: ")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^\w+$", "abcd"),
        (r"^[a-z]{2}(-[A-Z]{2})?$", "ab-CD"),
        (r"^(foo|bar)/\d{3}$", "foo/012"),
        (r"(?P<x>ab)-(?P=x)", "ab-ab"),
        (r"[^a-z]", "0"),
        (r"[\u4e00-\u9fff]", "\u4e00"),
        (r"^(a+)+$", "aaaa"),
        ("(?:x(?=y))y.", "xya"),
        ("[", None),
        ("a{9999}", None),
        ("(?:){4000000000}", None),
        ("(" * 3000 + ")" * 3000, None),
    ],
)
def test_text_is_made_for_a_pattern(pattern: str, expected: str | None) -> None:
    """The walk over a regular expression yields short text that varies, or nothing."""
    assert matching(pattern) == expected


@pytest.mark.fuzz
@settings(
    max_examples=round(40 * (FACTOR or 1)),
    derandomize=not FACTOR,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(models(), st.sampled_from(("validation", "serialization")))
def test_samples_of_any_model_are_valid(drawn: Any, mode: Any) -> None:
    """An example is made for every model, the same twice over, and valid by its schema."""
    model, _ = drawn
    root, components = _converted(model, mode)
    made = sample(root, components)
    assert made is not None
    assert json.dumps(made) == json.dumps(sample(root, components))
    assert valid(made, root, components) == []
    if mode == "validation" and '"additionalProperties": {' not in json.dumps(components):  # keys may be numbers
        model.model_validate_json(json.dumps(made))


def _converted(model: type[BaseModel], mode: Any) -> tuple[dict[str, str], dict[str, Any]]:
    keys, definitions = models_json_schema([(model, mode)], ref_template="#/$defs/{model}")
    components = {
        name: convert(schema, rename={key: key for key in definitions["$defs"]}.__getitem__, path=PATH + name)[0]
        for name, schema in definitions["$defs"].items()
    }
    return {"$ref": keys[(model, mode)]["$ref"].replace("#/$defs/", PATH)}, components


def test_a_thousand_samples_take_no_time() -> None:
    """Plain models need no validator, so that examples cost less than what they are examples of."""
    properties = {f"field_{index}": {"type": "string", "minLength": 1} for index in range(8)}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    started = time.process_time()
    for _ in range(1_000):
        sample(schema, {})
    assert time.process_time() - started < 1


_WORDS = """$ref $defs definitions allOf anyOf oneOf not if then else properties patternProperties required items type
additionalProperties additionalItems prefixItems contains minContains dependencies dependentRequired dependentSchemas
propertyNames enum const default examples title description format pattern minLength maxLength minimum multipleOf
minItems maxItems uniqueItems minProperties discriminator contentSchema x-content-schema unevaluatedProperties x-a a"""
_NAMES = st.sampled_from(_WORDS.split())
_PLAIN = st.none() | st.sampled_from((PATH + "K", "#", "#/$defs/a", "object", "array", "string", "integer"))
_PLAIN |= st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
_ANY = st.recursive(_PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3))


@pytest.mark.fuzz
@settings(max_examples=round(150 * (FACTOR or 1)), derandomize=not FACTOR, database=None, deadline=None)
@given(st.dictionaries(_NAMES, _ANY, max_size=5), st.dictionaries(st.just("K"), _ANY, max_size=1))
def test_no_schema_is_too_faulty(schema: Any, components: Any) -> None:
    """Whatever stands in a stranger's schema, it is sampled, translated and walked without an exception."""
    made = sample(schema, components)
    assert made is None or json.dumps(made)
    assert to_2020(schema, components)["$schema"] != to_draft07(schema, components)["$schema"]
    assert set(closure(schema, components)) <= set(components)
    converted, _ = convert(schema, rename=components.__getitem__, path=PATH + "K")
    assert json.dumps(converted, allow_nan=False)
