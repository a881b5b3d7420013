"""The prover against a table of schema pairs, in both dialects and both directions, and against hostile schemas."""

from __future__ import annotations

import time
from typing import Any

import pytest

from asyncapi.schemas.prover.answers import Answer, Proven, Refuted, Undecided
from asyncapi.schemas.prover.evidence import LazyValidator
from asyncapi.schemas.prover.subset import Prover, subset

INTEGER, NUMBER, STRING, NULL = ({"type": name} for name in ("integer", "number", "string", "null"))


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Return an object that has these properties and no others."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def opened(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Return an object that has these properties and any others."""
    return {"type": "object", "properties": properties, "required": list(required)}


def array(items: Any, **more: Any) -> dict[str, Any]:
    """Return an array."""
    return {"type": "array", "items": items, **more}


def integer(**bounds: Any) -> dict[str, Any]:
    """Return a whole number with bounds."""
    return {"type": "integer", **bounds}


def text(**limits: Any) -> dict[str, Any]:
    """Return a text with limits."""
    return {"type": "string", **limits}


CAT, DOG = (
    closed({"kind": {"const": "cat"}, "n": INTEGER}, "kind"),
    closed({"kind": {"const": "dog"}, "s": STRING}, "kind"),
)
PAIR = {"type": "array", "prefixItems": [INTEGER, STRING], "items": False, "minItems": 2}
PAIR_07 = {"type": "array", "items": [INTEGER, STRING], "additionalItems": False, "minItems": 2}

SAME = [
    (integer(exclusiveMinimum=0), integer(minimum=1)),
    (integer(maximum=2.5), integer(exclusiveMaximum=3)),
    ({"anyOf": [STRING, NULL]}, {"type": ["null", "string"]}),
    ({"anyOf": [INTEGER, STRING]}, {"anyOf": [STRING, INTEGER]}),
    ({"const": 1}, {"enum": [1.0]}),
    ({"enum": ["a"], "type": "string"}, {"const": "a"}),
    ({"allOf": [{"type": "string"}, {"minLength": 2}]}, text(minLength=2)),
    ({"not": {"not": INTEGER}}, INTEGER),
    (PAIR, PAIR_07),
    (closed({"a": STRING}, "a"), {"allOf": [closed({"a": STRING}), {"required": ["a"]}]}),
    ({"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}, {"anyOf": [DOG, CAT]}),
    ({"oneOf": [CAT, DOG]}, {"anyOf": [CAT, DOG]}),
    ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}),
    ({"minItems": 0, "type": "array"}, {"type": "array"}),
    (text(pattern="^[0-9]+$"), text(pattern=r"^\d{1,}$")),
    (integer(minimum=0, maximum=1), {"enum": [0, 1]}),
    (
        {"if": opened({"a": {"const": 1}}, "a"), "then": {"required": ["b"]}},
        {"anyOf": [{"not": opened({"a": {"const": 1}}, "a")}, {"required": ["b"]}]},
    ),
    ({"type": "boolean"}, {"enum": [True, False]}),
    (closed({}), {"type": "object", "maxProperties": 0}),
    (array(False), {"type": "array", "maxItems": 0}),
    ({"multipleOf": 2, "type": "integer", "allOf": [{"multipleOf": 3}]}, integer(multipleOf=6)),
]

SMALLER = [
    (INTEGER, NUMBER),
    (integer(minimum=1), integer(minimum=0)),
    (integer(multipleOf=6), integer(multipleOf=3)),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"enum": ["a", 1]}, {"type": ["string", "integer"]}),
    (STRING, {"anyOf": [STRING, NULL]}),
    (text(minLength=2, maxLength=4), text(maxLength=5)),
    (text(pattern="^[a-z]+$"), text(pattern="^[a-z0-9]+$")),
    (text(pattern=r"^(?=.*\d).{8,}$"), text(minLength=6)),
    (text(format="uuid"), text(maxLength=36)),
    (text(format="uuid"), STRING),
    (text(format="ipv4"), text(format="ipvanyaddress")),
    (closed({"a": STRING}, "a"), closed({"a": STRING})),
    (closed({"a": STRING}, "a"), opened({"a": STRING}, "a")),
    (closed({"a": STRING}), closed({"a": STRING, "b": INTEGER})),
    (closed({"a": CAT}, "a"), closed({"a": {"anyOf": [CAT, DOG]}}, "a")),
    (CAT, {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}),
    (array(INTEGER, minItems=2), array(INTEGER, minItems=1)),
    (array(INTEGER, uniqueItems=True), array(INTEGER)),
    (PAIR, array({"type": ["integer", "string"]})),
    ({"type": "object", "additionalProperties": INTEGER}, {"type": "object", "additionalProperties": NUMBER}),
    ({"type": "object", "propertyNames": {"pattern": "^a"}}, {"type": "object"}),
    (closed({"xa": INTEGER}), {"type": "object", "patternProperties": {"^x": INTEGER}, "additionalProperties": False}),
    (array(INTEGER, contains={"const": 1}), array(INTEGER, minItems=1)),
    (closed({"a": INTEGER, "b": INTEGER}, "a", "b"), {"dependencies": {"a": ["b"]}}),
    ({"const": None}, {"not": STRING}),
    (integer(minimum=0, maximum=9), {"anyOf": [integer(maximum=4), integer(minimum=5)]}),
    (integer(minimum=0, maximum=10), {"type": "number", "not": {"multipleOf": 100, "minimum": 1}}),
    (
        closed({"a": integer(minimum=0, maximum=3)}, "a"),
        {"anyOf": [closed({"a": integer(maximum=1)}), closed({"a": integer(minimum=2)})]},
    ),
]

APART = [
    (STRING, INTEGER),
    (NULL, STRING),
    (text(format="date"), text(format="date-time")),
    (closed({"a": STRING}, "a"), closed({"b": STRING}, "b")),
    ({"const": "a"}, {"const": "b"}),
    (CAT, DOG),
    (array(STRING, minItems=1), array(INTEGER, minItems=1)),
    (PAIR, {"type": "array", "prefixItems": [INTEGER, STRING, NULL], "minItems": 3}),
    (text(pattern="^a"), text(pattern="^b")),
    ({"const": True}, {"const": 1}),
]


def _ask(a: Any, b: Any) -> Answer:
    answer = subset(a, b)
    if isinstance(answer, Refuted):
        for example in (answer.example, *(cause.example for cause in answer.causes)):
            assert LazyValidator(a, {}).admits(example) is True
            assert LazyValidator(b, {}).admits(example) is False
    return answer


@pytest.mark.parametrize(("a", "b"), SAME)
def test_spelling_does_not_count(a: Any, b: Any) -> None:
    """Two spellings of the same set of values are proven in both directions."""
    assert (_ask(a, b), _ask(b, a)) == (Proven(), Proven())


@pytest.mark.parametrize(("a", "b"), SMALLER)
def test_smaller_is_within_larger_only(a: Any, b: Any) -> None:
    """A smaller set is proven within the larger one, and the other way round is refuted by a validated example."""
    assert _ask(a, b) == Proven()
    assert isinstance(_ask(b, a), Refuted)


@pytest.mark.parametrize(("a", "b"), APART)
def test_apart_is_refuted_both_ways(a: Any, b: Any) -> None:
    """Sets that differ on both sides are refuted in both directions."""
    assert isinstance(_ask(a, b), Refuted)
    assert isinstance(_ask(b, a), Refuted)


CAUSES = [
    (closed({"a": STRING, "b": INTEGER}), closed({"a": STRING}), {(("b",), "additionalProperties")}),
    (closed({"a": STRING}), closed({"a": STRING}, "a"), {(("a",), "required")}),
    (
        closed({"a": array(closed({"x": NUMBER}))}),
        closed({"a": array(closed({"x": INTEGER}))}),
        {(("a", "[]", "x"), "type")},
    ),
    (
        closed({"a": {"anyOf": [CAT, DOG]}}),
        closed({"a": {"anyOf": [CAT, closed({"kind": {"const": "dog"}, "s": text(maxLength=1)}, "kind")]}}),
        {(("a", "s"), "maxLength")},
    ),
    (
        closed({"a": {"enum": ["x", "y"]}, "b": {"type": ["string", "null"]}}, "a"),
        closed({"a": {"enum": ["x"]}, "b": STRING}, "a"),
        {(("a",), "enum"), (("b",), "type")},
    ),
    (
        {"type": "object", "additionalProperties": NUMBER},
        {"type": "object", "additionalProperties": INTEGER},
        {(("{}",), "type")},
    ),
]


@pytest.mark.parametrize(("a", "b", "expected"), CAUSES)
def test_every_cause_has_path_and_keyword(a: Any, b: Any, expected: set[Any]) -> None:
    """A refutation names every place at which A leaves B, and no other."""
    answer = _ask(a, b)
    assert isinstance(answer, Refuted)
    assert {(cause.path, cause.keyword) for cause in answer.causes} == expected
    assert answer.doubts == ()


def _tree(value: dict[str, Any], *required: str) -> dict[str, Any]:
    ref = {"$ref": "#/components/schemas/Tree"}
    return {"Tree": closed({"value": value, "children": array(ref), "parent": {"anyOf": [ref, NULL]}}, *required)}


@pytest.mark.parametrize(
    ("old", "new", "proven"),
    [
        (_tree(INTEGER, "value"), _tree(NUMBER, "value"), True),
        (_tree(NUMBER, "value"), _tree(INTEGER, "value"), False),
        (_tree(INTEGER, "value"), _tree(INTEGER), True),
        (_tree(INTEGER), _tree(INTEGER, "value"), False),
    ],
)
def test_recursion_is_decided_by_coinduction(old: Any, new: Any, proven: bool) -> None:
    """Models that contain themselves are compared without end, and with one."""
    ref = {"$ref": "#/components/schemas/Tree"}
    answer = subset(ref, ref, a_schemas=old, b_schemas=new)
    assert isinstance(answer, Proven) == proven
    assert not isinstance(answer, Undecided)


def test_siblings_of_references_count_by_dialect() -> None:
    """Beside `#/$defs/` other keywords hold, beside `#/components/schemas/` they do not."""
    schemas = {"S": STRING}
    beside = {"$ref": "#/$defs/S", "maxLength": 3}
    ignored = {"$ref": "#/components/schemas/S", "maxLength": 3}
    assert isinstance(subset({"$ref": "#/$defs/S"}, beside, a_schemas=schemas, b_schemas=schemas), Refuted)
    assert subset({"$ref": "#/$defs/S"}, ignored, a_schemas=schemas, b_schemas=schemas) == Proven()


OUT_OF_REACH = [
    (STRING, text(format="phone"), "the format 'phone'"),
    (STRING, text(contentEncoding="base64"), "contentEncoding"),
    (array(INTEGER), array(INTEGER, contains={"const": 1}, minContains=2), "contains"),
    (STRING, {"$ref": "#/components/schemas/Gone"}, "$ref"),
    (STRING, text(maxLength="9"), "maxLength"),
    ({"$ref": "https://example.org/schema"}, STRING, "a counterexample that could not be confirmed"),
]


@pytest.mark.parametrize(("a", "b", "reason"), OUT_OF_REACH)
def test_what_is_out_of_reach_is_named(a: Any, b: Any, reason: str) -> None:
    """A construct that cannot be decided is undecided, and said so."""
    answer = _ask(a, b)
    assert answer == Undecided(reason=reason)
    assert _ask(b, b) == Proven()


def _chain(count: int, link: Any) -> dict[str, Any]:
    return {f"D{i}": link({"$ref": f"#/$defs/D{i + 1}"}) for i in range(count)} | {f"D{count}": STRING}


def _words(count: int) -> dict[str, Any]:
    return {"enum": [f"word {number}" for number in range(count)]}


HOSTILE: dict[str, tuple[Any, Any, Any, Any]] = {
    "2^40 allOf": ({"$ref": "#/$defs/D0"}, NUMBER, _chain(40, lambda ref: {"allOf": [ref, ref]}), {}),
    "2^40 allOf within": (
        {"$ref": "#/$defs/D0"},
        {"$ref": "#/$defs/D0"},
        _chain(40, lambda ref: {"allOf": [ref, ref]}),
        _chain(40, lambda ref: {"allOf": [{"maxLength": 9}, ref]}),
    ),
    "2^40 anyOf of objects": (
        {"$ref": "#/$defs/D0"},
        {"$ref": "#/$defs/D1"},
        _chain(40, lambda ref: {"anyOf": [closed({"a": ref}, "a"), closed({"b": ref}, "b")]}),
        _chain(40, lambda ref: {"anyOf": [closed({"a": ref}, "a"), closed({"b": ref}, "b")]}),
    ),
    "3,000 deep": (
        {"$ref": "#/$defs/D0"},
        {"$ref": "#/$defs/D1"},
        _chain(3000, lambda ref: opened({"a": ref}, "a")),
        _chain(3000, lambda ref: opened({"a": ref}, "a")),
    ),
    "100,000 values": (_words(100_000), _words(99_999), {}, {}),
    "100,000 values within": (_words(99_999), _words(100_000), {}, {}),
    "40 unions at once": (
        {"allOf": [{"anyOf": [{"minimum": i}, {"maximum": 2 * i}]} for i in range(40)]},
        STRING,
        {},
        {},
    ),
    "60 choices of keys": (
        {"type": "object", "allOf": [{"anyOf": [{"required": [f"a{i}"]}, {"required": [f"b{i}"]}]} for i in range(60)]},
        {"type": "object", "maxProperties": 59},
        {},
        {},
    ),
    "reference to itself": ({"$ref": "#/$defs/A"}, STRING, {"A": {"$ref": "#/$defs/A"}}, {}),
    "not itself": ({"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}, {"A": {"not": {"$ref": "#/$defs/A"}}}, {"A": STRING}),
    "explosive pattern": (text(pattern="^(a|b)*a(a|b){14}$"), text(pattern="^(a|b)*b(a|b){14}$"), {}, {}),
    "backtracking pattern": (text(pattern="^(a+)+$"), text(pattern="^(a|aa)+b$"), {}, {}),
    "long arrays": (array(INTEGER, minItems=10**9), array(INTEGER, minItems=10**9 + 1), {}, {}),
    "long texts": (text(minLength=10**9), text(minLength=10**9 + 1), {}, {}),
    "huge numbers": (integer(minimum=10**300, multipleOf=7), integer(minimum=10**300, multipleOf=11), {}, {}),
    "tiny steps": ({"multipleOf": 1e-300}, {"multipleOf": 1e300}, {}, {}),
    "many items unique": (array({"enum": list(range(200))}, uniqueItems=True, minItems=201), False, {}, {}),
    "faulty keywords": (
        {"type": 7, "required": "a", "properties": [], "enum": {}, "minimum": "x"},
        {"items": 3, "allOf": 1},
        {},
        {},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_schemas_end(name: str) -> None:
    """Schemas made to explode are answered within the work budget, the same answer every time."""
    a, b, a_schemas, b_schemas = HOSTILE[name]
    start = time.process_time()
    answers = [subset(a, b, a_schemas=a_schemas, b_schemas=b_schemas) for _ in range(2)]
    assert time.process_time() - start < 20
    assert answers[0] == answers[1]


def test_budget_ends_the_search() -> None:
    """A budget of a few steps makes hard questions undecided, and leaves easy ones."""
    a, b, _, _ = HOSTILE["40 unions at once"]
    assert subset(a, b, budget=3) == Undecided(reason="the work budget")
    assert subset(INTEGER, NUMBER, budget=3) == Proven()


def test_prover_remembers_across_questions() -> None:
    """Questions that share schemas are answered as they would be alone."""
    prover = Prover()
    schemas = _tree(INTEGER, "value")
    ref = {"$ref": "#/components/schemas/Tree"}
    first = prover.subset(ref, closed({}), a_schemas=schemas, b_schemas=schemas)
    assert isinstance(first, Refuted)
    assert prover.subset(ref, ref, a_schemas=schemas, b_schemas=schemas) == Proven()
    assert prover.subset(ref, closed({}), a_schemas=schemas, b_schemas=schemas) == first
