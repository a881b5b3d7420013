"""What is sent and accepted: closed, completed, without what the sender leaves out; held to real Pydantic."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from asyncapi.payload.wire import UNKNOWN, dumps, emitted
from asyncapi.schemas.meaning import meant
from asyncapi.schemas.prover.answers import Proven
from asyncapi.schemas.prover.evidence import LazyValidator
from asyncapi.schemas.prover.subset import subset
from asyncapi.sources import Source
from asyncapi.view.registry import Call, Operation


class Reading(BaseModel):
    """A model with every kind of field that a dump may leave out."""

    model_config = ConfigDict(extra="ignore")
    zone: str
    note: str | None
    label: str | None = None
    count: int = 3


PAYLOAD = Reading.model_json_schema(mode="serialization") | {"x-extra": "ignore"}
DUMPS: dict[Any, dict[str, bool]] = {
    "whole": {},
    "without-none": {"exclude_none": True},
    "partial": {"exclude_unset": True},
}
VALUES = (
    Reading(zone="a", note=None),
    Reading(zone="a", note="b", label="c", count=4),
    Reading(zone="a", note="b", label=None, count=3),
)


@pytest.mark.parametrize("dump", DUMPS)
def test_everything_dumped_is_emitted(dump: Any) -> None:
    """What Pydantic really dumps with these options is in the schema of what is sent."""
    evidence = LazyValidator(emitted(PAYLOAD, dump, {}), {})
    for value in VALUES:
        assert evidence.admits(value.model_dump(mode="json", **DUMPS[dump])) is True


REJECTED: list[tuple[Any, Any]] = [
    ("whole", {"zone": "a", "note": None}),
    ("whole", {"zone": "a", "note": None, "label": None, "count": 3, "more": 1}),
    ("without-none", {"zone": "a", "note": None, "count": 3}),
    ("without-none", {"zone": "a", "note": "b"}),
    ("partial", {"zone": "a", "note": "b", "more": 1}),
    ("partial", {"note": "b"}),
]


@pytest.mark.parametrize(("dump", "value"), REJECTED)
def test_what_is_never_dumped_is_not_emitted(dump: Any, value: Any) -> None:
    """Fields that are always there, nulls that are left out, and unknown fields."""
    assert LazyValidator(emitted(PAYLOAD, dump, {}), {}).admits(value) is False


@pytest.mark.parametrize("schema", [True, {}, {"type": "string"}, {"type": "object", "properties": {"a": {}}}])
def test_schema_without_extra_is_taken_as_it_is(schema: Any) -> None:
    """A schema that does not say that it is a model is not changed."""
    assert emitted(schema, "whole", {}) is schema


def test_model_that_allows_extras_stays_open() -> None:
    """A model that keeps extras sends them, too."""
    sent = emitted(PAYLOAD | {"x-extra": "allow"}, "whole", {})
    assert subset({**PAYLOAD, "required": list(PAYLOAD["properties"])}, sent) == Proven()


NULLABLE: list[tuple[Any, bool]] = [
    ({"type": "string"}, True),
    ({"type": ["string", "null"]}, False),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, False),
    ({"allOf": [{"$ref": "#/components/schemas/S"}]}, True),
    ({"$ref": "#/components/schemas/N"}, False),
    ({"enum": ["a", None]}, False),
    ({"const": "a"}, True),
    ({}, False),
    ({"$ref": "#/components/schemas/Loop"}, False),
]
COMPONENTS: dict[str, Any] = {
    "S": {"type": "string"},
    "N": {"type": "null"},
    "Loop": {"$ref": "#/components/schemas/Loop"},
}


@pytest.mark.parametrize(("schema", "required"), NULLABLE)
def test_nullable_fields_are_left_out_without_none(schema: Any, required: bool) -> None:
    """`exclude_none` leaves out what may be null, wherever null is said."""
    model = {"type": "object", "properties": {"a": schema}, "x-extra": "forbid"}
    assert (emitted(model, "without-none", COMPONENTS)["required"] == ["a"]) == required


def test_root_model_that_holds_null_is_sent_without_none() -> None:
    """`exclude_none` leaves out None, not a root model that holds it: null can be sent, and can be missing."""
    model = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/N"}}, "x-extra": "forbid"}
    sent = emitted(model, "without-none", COMPONENTS)
    assert LazyValidator(sent, COMPONENTS).admits({"a": None})
    assert LazyValidator(sent, COMPONENTS).admits({})


def test_sparse_dump_leaves_out_nulls_that_are_required() -> None:
    """`exclude_none` with `exclude_unset` leaves out required fields that are null, and sends no null."""
    nullable = {"type": ["string", "null"]}
    model = {"type": "object", "properties": {"a": nullable}, "required": ["a"], "x-extra": "forbid"}
    assert subset({"const": {}}, emitted(model, "partial-without-none", {})) == Proven()
    assert LazyValidator(emitted(model, "partial-without-none", {}), {}).admits({"a": None}) is False
    assert LazyValidator(emitted(model, "partial", {}), {}).admits({}) is False


def test_patterns_of_keys_are_all_that_a_model_takes() -> None:
    """Pydantic writes a pattern for keys and rejects others; a foreign document that writes the same does not."""
    keyed = {"type": "object", "patternProperties": {"^[a-z]+$": {"type": "integer"}}}
    other = {"properties": {"k": {"anyOf": [{"type": "array", "items": keyed}, {"type": "null"}]}}}
    for schema, value in ((keyed, {"A": 1}), (other, {"k": [{"A": 1}]})):
        assert LazyValidator(schema, {}).admits(value)
        assert LazyValidator(meant(schema), {}).admits(value) is False
    open_ = keyed | {"additionalProperties": True}
    assert meant(open_) == open_


def _operation(*sites: dict[str, Any], dump: tuple[tuple[str, bool], ...] = ()) -> Operation:
    views = tuple(Call(source=Source(file="a.py"), **site) for site in sites)
    return Operation(key="k", action="send", service="s", topic="t", pointer="", sites=views, dump=dump)


NONE = (("exclude_none", True),)
SENDERS: list[tuple[list[Operation], tuple[str, ...]]] = [
    ([], UNKNOWN),
    ([_operation()], UNKNOWN),
    ([_operation({})], UNKNOWN),
    ([_operation({"model": "M"})], ("whole",)),
    ([_operation({"model": "M", "dump": NONE})], ("without-none",)),
    ([_operation({"model": "M"}, dump=NONE)], ("without-none",)),
    ([_operation({"model": "M"}, {"model": "M", "dump": NONE})], ("whole", "without-none")),
    ([_operation({"model": "M", "dump": (("exclude_unset", True),)})], ("partial",)),
    ([_operation({"model": "M", "dump": (("exclude_none", False),)})], ("whole",)),
    ([_operation({"model": "M"}), _operation()], UNKNOWN),
    ([_operation({"model": "M", "dump": (*NONE, ("exclude_unset", True))})], ("partial-without-none",)),
]


@pytest.mark.parametrize(("senders", "expected"), SENDERS)
def test_dump_is_known_from_the_calls(senders: list[Operation], expected: tuple[str, ...]) -> None:
    """The ways of dumping are those of all calls; where a sender was not seen, anything may be missing."""
    assert dumps(senders) == expected
