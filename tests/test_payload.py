"""Payloads somebody pasted: what keeps them from being JSON, who accepts them, and what is wrong beside each field."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registries import generated, greenhouse, registry

from asyncapi.payload import PayloadReport, as_data, check_payload, find, read_payload
from asyncapi.schemas import fields
from asyncapi.schemas.dialects import to_2020
from asyncapi.schemas.samples import sample
from asyncapi.schemas.violations import scalars
from asyncapi.schemas.violations.explaining import Explaining, Steps
from asyncapi.schemas.violations.matching import Matching
from asyncapi.schemas.violations.reading import MAX_DEPTH, MAX_SIZE, at
from asyncapi.view.registry import Message, Registry

Json = dict[str, Any]
FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
MEASURED = {
    "message_id": "0" * 32,
    "timestamp": 1.5,
    "zone": "north",
    "value": {"kind": "temperature", "celsius": 21.5},
}
COMMAND = {"request_id": "7", "valve": 3, "action": "open"}
DONE = {"request_id": "7", "ok": True}
GREENHOUSE = registry()
ENVELOPE = {"id": "1", "type": "valve.command", "data": COMMAND}


CLIMATE, RAW = "climate/{zone}/measured", "climate/{zone}/measured/raw"


@pytest.mark.parametrize(
    ("data", "readable", "faults"),
    [
        (b'{"a": [1, 2.5, null, true, "\xc3\xa4"]}', True, set()),
        (b"null", True, set()),
        (b" \n", False, {("empty", 0, 0, "")}),
        (b"\xef\xbb\xbf{}", True, {("mark", 1, 1, "")}),
        ('{"a": 1}'.encode("utf-16"), True, {("encoding", 0, 0, "")}),
        (b'{\n "a": "\xe4"}', False, {("encoding", 2, 8, "")}),
        (b'{"a": 1,\n}', False, {("syntax", 1, 8, "")}),
        (b"{'a': 1}", False, {("syntax", 1, 2, "")}),
        (b"{} {}", False, {("syntax", 1, 4, "")}),
        (b'"a\nb"', False, {("syntax", 1, 3, "")}),
        (
            b'{"a": {"b": 1, "b": 2}, "a": {"b": 3, "b": 4}}',
            True,
            {("duplicate", 0, 0, "a"), ("duplicate", 0, 0, "a.b")},
        ),
        (b'[{"x y": NaN}, -Infinity, 1e999]', False, {("number", 0, 0, p) for p in ('[0]["x y"]', "[1]", "[2]")}),
        (b"9" * 5_000, False, {("number", 0, 0, "")}),
        (b'{"a": "\\ud800"}', False, {("surrogate", 0, 0, "a")}),
        (b'{"\\ud800": 1}', False, {("surrogate", 0, 0, '["\\ud800"]')}),
        ("\ud800", False, {("surrogate", 0, 0, "")}),
        (b'"' + b"x" * MAX_SIZE + b'"', False, {("size", 0, 0, "")}),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, True, set()),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), False, {("depth", 0, 0, "")}),
        (b"[" * 100_000, False, {("depth", 0, 0, "")}),
    ],
)
def test_what_is_not_json_is_told_with_its_place(data: bytes | str, readable: bool, faults: set[Any]) -> None:
    """Every fault has its kind and its place, and only what has a value is checked further."""
    payload = read_payload(data)
    assert payload.readable is readable
    assert {(fault.kind, fault.line, fault.column, fault.path) for fault in payload.faults} == faults
    assert len(payload.faults) == len(faults)
    json.dumps(as_data(check_payload(GREENHOUSE, payload)), ensure_ascii=False).encode()


@settings(derandomize=not FUZZ, max_examples=150 * (FUZZ or 1), deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever is pasted is read, refused or checked, and can be reported as JSON."""
    json.dumps(as_data(check_payload(GREENHOUSE, data)), ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, }', "a comma stands after the last value"),
        ('{"a": [1,\r\n]}', "a comma stands after the last value"),
        ("{'a': 1}", 'texts and names stand in straight double quotes (")'),
        ('{"a": “b”}', 'texts and names stand in straight double quotes (")'),
        ('{"a": True}', "`True` is Python; in JSON it is `true`"),
        ('{"a": None}', "`None` is Python; in JSON it is `null`"),
        ("{a: 1}", 'names stand in double quotes (")'),
        ('{"a": 1 // one\n}', "JSON has no comments"),
        ('{"a" 1}', "a colon is expected here"),
        ('{"a": 1 "b": 2}', "a comma or the end is expected here"),
        ('{"a": "b}', "a text starts here and does not end"),
        ('{"a": undefined}', "a value is expected here"),
        ('{"a": "\\x"}', "a backslash stands before a character that needs none"),
        ('{"a": 1}\n{"a": 2}', "a second message begins here; check one at a time"),
        ('{"a": 1} and', "something stands after the end of the JSON"),
    ],
)
def test_why_a_text_is_not_json_is_told_in_words(text: str, why: str) -> None:
    """What people paste that is nearly JSON is called by its name."""
    (fault,) = read_payload(text).faults
    assert (fault.kind, fault.message) == ("syntax", f"not JSON: {why}")


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b'\xef\xbb\xbf{"a": 1 }}', "not JSON: something stands after the end of the JSON (line 1, column 10)"),
        ("{".encode("utf-16"), 'not JSON: a property name in double quotes (") is expected here (line 1, column 2)'),
        (b'{"a": 1, "a": [NaN]}', "NaN is not JSON (at `a[0]`)"),
        (b"valve/done {1}", 'not JSON: a property name in double quotes (") is expected here (line 1, column 13)'),
    ],
)
def test_the_summary_says_what_cannot_be_read(data: bytes, summary: str) -> None:
    """Of several faults the summary names the one that keeps the payload from being checked, with its place."""
    assert check_payload(GREENHOUSE, data).summary == summary


@pytest.mark.parametrize(
    ("text", "asked", "topics", "faults"),
    [
        ("valve/done {}", "", ("valve/done",), {"topic"}),
        ("\ufeffclimate/north/measured  {}\r\n", "", (CLIMATE,), {"topic"}),
        ("valve/done {}", "plan/current", ("plan/current",), {"topic"}),
        ('valve/done {"a": 1, "a": 2}', "", ("valve/done",), {"topic", "duplicate"}),
        ("valve/done {", "", ("valve/done",), {"syntax"}),
        ("nothing/known {}", "", (), {"syntax"}),
        ("valve/done", "", (), {"syntax"}),
        ("{} {}", "", (), {"syntax"}),
    ],
)
def test_a_printed_topic_is_read(text: str, asked: str, topics: tuple[str, ...], faults: set[str]) -> None:
    """A line of `mosquitto_sub -v` is taken as topic and payload, where the topic is known; what is asked for wins."""
    report = check_payload(GREENHOUSE, text, topic=asked)
    assert (report.topics, {fault.kind for fault in report.faults}) == (topics, faults)


def test_a_key_that_stands_twice_counts_last() -> None:
    """The value checked is the one that most readers would see."""
    payload = read_payload(b'{"a": 1, "a": 2}')
    assert payload.value == {"a": 2}


@pytest.mark.parametrize(
    ("parts", "path"),
    [((), ""), (("a", 3, "b"), "a[3].b"), ((0,), "[0]"), (("a.b", "ü", ""), '["a.b"].ü[""]'), (("\n",), '["\\n"]')],
)
def test_paths_are_spelled_so_that_they_can_be_told_apart(parts: tuple[str | int, ...], path: str) -> None:
    """Names that hold marks of the spelling are quoted."""
    assert at(parts) == path


def told(report: PayloadReport) -> set[tuple[str, str]]:
    """Return topics with their verdicts, weak ones marked."""
    return {(match.topic, "weak" if match.weak else match.verdict) for match in report.matches}


def problems(report: PayloadReport) -> set[tuple[str, str, str]]:
    """Return the problems of the first match: place, rule, alternative."""
    return {(problem.path, problem.rule, problem.arm) for problem in report.matches[0].accepted.problems}


@pytest.mark.parametrize(
    ("value", "matches", "summary"),
    [
        (MEASURED, {(CLIMATE, "accepts"), (RAW, "accepts")}, "2 topics accept this"),
        (
            {name: MEASURED[name] for name in ("message_id", "zone", "value")} | {"timestamp": "now"},
            {(CLIMATE, "nearly"), (RAW, "nearly")},
            "no topic accepts this, 2 nearly",
        ),
        (
            DONE,
            {("valve/done", "accepts"), ("system/health/{service}", "nearly")},
            "1 topic accepts this, 1 nearly: `request_id` is not a field here",
        ),
        (
            {"request_id": "7", "error": "stuck"},
            {("valve/done", "nearly")},
            "no topic accepts this, 1 nearly: missing `ok`",
        ),
        (ENVELOPE, {("valve/command", "accepts")}, "1 topic accepts this"),
    ],
)
def test_topics_that_accept_a_payload_are_found(value: Any, matches: set[Any], summary: str) -> None:
    """Without a topic all are asked; those that miss little are told with what they miss."""
    report = check_payload(GREENHOUSE, json.dumps(value))
    assert told(report) == matches
    assert report.summary == summary


@pytest.mark.parametrize("value", [{}, [], 5, "text", None, True, {"nothing": "known"}])
def test_a_payload_of_nobody_shows_the_nearest(value: Any) -> None:
    """Where nobody accepts a payload, three messages say what they would have wanted."""
    report = check_payload(GREENHOUSE, json.dumps(value))
    assert report.summary == "no topic accepts this"
    assert {verdict for _, verdict in told(report)} == {"rejects"}
    assert len(report.matches) == 3
    assert report.rejected == 5


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (CLIMATE, (CLIMATE,)),
        ("climate/{anything}/measured", (CLIMATE,)),
        ("climateMeasured", (CLIMATE,)),
        ("climate/north/measured", (CLIMATE,)),
        ("climate/#", (CLIMATE, RAW)),
        ("system/health/planner", ("system/health/{service}",)),
        ("climate/north", ()),
        ("climate//measured", ()),
    ],
)
def test_a_topic_is_found_by_any_name(asked: str, found: tuple[str, ...]) -> None:
    """An address, a template with other names, a key, a concrete topic and a filter lead to their topics."""
    assert tuple(topic.address for topic in find(GREENHOUSE, asked)) == found


def test_a_topic_that_is_none_is_said_with_those_near() -> None:
    """A wrong topic is not silently taken for all topics."""
    report = check_payload(GREENHOUSE, json.dumps(DONE), topic="plan/curent")
    assert report.matches == ()
    assert report.summary == "`plan/curent` is no topic of this system; did you mean `plan/current`?"


@pytest.mark.parametrize(
    ("topic", "value", "found"),
    [
        (CLIMATE, MEASURED, set()),
        (
            CLIMATE,
            {**MEASURED, "value": {"kind": "temperature", "celsius": 99}},
            {("value.celsius", "range", "Temperature")},
        ),
        (CLIMATE, {**MEASURED, "value": {"kind": "wind"}}, {("value.kind", "enum", "")}),
        (CLIMATE, {**MEASURED, "value": {"percent": 3}}, {("value.kind", "required", "")}),
        (CLIMATE, {**MEASURED, "value": 7}, {("value", "type", "")}),
        (CLIMATE, {**MEASURED, "battery": "full"}, {("battery", "type", "")}),
        (CLIMATE, {**MEASURED, "battery": 101}, {("battery", "range", "")}),
        (CLIMATE, {**MEASURED, "battery": None}, set()),
        (CLIMATE, {**MEASURED, "labels": {"a": 1, "b": "x"}}, {("labels.a", "type", "")}),
        (CLIMATE, {**MEASURED, "readings": []}, {("readings", "items", "")}),
        (CLIMATE, {**MEASURED, "message_id": "X"}, {("message_id", "pattern", "")}),
        (
            "plan/current",
            {
                "message_id": "0" * 32,
                "timestamp": 1,
                "name": "a",
                "root": {"valves": [1, 2, 1.0], "then": [{"valve": []}]},
            },
            {
                ("root.valves[2]", "uniqueItems", ""),
                ("root.then[0].valves", "required", ""),
                ("root.then[0].valve", "additionalProperties", ""),
            },
        ),
    ],
)
def test_problems_stand_beside_their_fields(topic: str, value: Any, found: set[Any]) -> None:
    """Each problem has the path of its field, the rule that is not met, and the alternative that is meant."""
    report = check_payload(GREENHOUSE, json.dumps(value), topic=topic)
    assert problems(report) == found
    assert report.matches[0].accepted.fits is (not found)


def test_problems_say_what_was_expected_and_found() -> None:
    """Constraints are told in the words of the field list, values shortly, and a near name is offered."""
    value = {**COMMAND, "valve": 17, "secnds": 3, "action": "x" * 100}
    report = check_payload(GREENHOUSE, json.dumps(value), topic="valve/command", wire="raw")
    assert {str(problem) for problem in report.matches[0].accepted.problems} == {
        "valve: expected 1 to 16, found 17",
        f'action: expected one of "open", "close", "pulse", found "{"x" * 60}…" (100 characters)',
        "secnds: is not a field here; did you mean `seconds`?",
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("opn", 'expected one of 6 values, found "opn"; did you mean "open"?'),
        ("OPEN", 'expected one of 6 values, found "OPEN"; did you mean "open"?'),
        ("zzz", 'expected one of 6 values, found "zzz"'),
        (7, "expected one of 6 values, found 7"),
    ],
)
def test_of_many_values_the_one_that_was_meant_is_named(value: Any, message: str) -> None:
    """A long list of values is not repeated in a sentence; it stands whole beside the field."""
    values = ["open", "close", "pulse", "rinse", "drain", "test"]
    (problem,) = scalars.literal({"enum": values}, value)
    assert problem.problems[0].message == message
    assert problem.problems[0].expected == 'one of "open", "close", "pulse", "rinse", "drain", "test"'


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"text": 1, "lang": "en"}, [("said", "nearly")]),
        ({"text": "a"}, [("said", "accepts")]),
        ({"lang": "en"}, [("said", "nearly")]),
        ({"other": 1}, [("forget", "rejects"), ("said", "rejects")]),
        ({}, [("forget", "accepts"), ("said", "nearly")]),
    ],
)
def test_what_an_envelope_holds_decides(data: Any, found: list[tuple[str, str]]) -> None:
    """A topic of which the payload knows only the envelope is not near, however little it misses."""
    around = {"id": {"type": "string"}, "type": {"type": "string"}}
    models = {
        "forget": {"type": "object", "properties": {"why": {"type": "string"}}, "additionalProperties": False},
        "said": {
            "type": "object",
            "properties": {"text": {"type": "string"}, "lang": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": False,
        },
    }
    document = {
        "asyncapi": "3.1.0",
        "info": {"title": "Envelopes", "version": "1"},
        "channels": {
            name: {
                "address": name,
                "messages": {
                    name: {
                        "payload": {
                            "type": "object",
                            "properties": {**around, "data": model},
                            "required": ["id", "type", "data"],
                            "x-envelope": {"data": "data"},
                        }
                    }
                },
            }
            for name, model in models.items()
        },
    }
    report = check_payload(registry(document), json.dumps({"id": "1", "type": "t", "data": data}))
    assert [(match.topic, match.verdict) for match in report.matches] == found


@pytest.mark.parametrize(
    ("topic", "value", "wire", "verdict", "form", "travels"),
    [
        ("valve/command", ENVELOPE, None, "accepts", "envelope", "envelope"),
        ("valve/command", COMMAND, None, "nearly", "raw", "envelope"),
        ("valve/command", COMMAND, "raw", "accepts", "raw", "envelope"),
        ("valve/command", COMMAND, "envelope", "rejects", "envelope", "envelope"),
        ("valve/command", {**ENVELOPE, "data": {**COMMAND, "valve": 0}}, None, "nearly", "envelope", "envelope"),
        ("valve/done", DONE, None, "accepts", "", ""),
        ("valve/done", {"id": "1", "type": "t", "data": DONE}, None, "nearly", "envelope", "raw"),
        ("valve/done", {"id": "1", "type": "t", "data": DONE}, "envelope", "accepts", "envelope", "raw"),
        ("valve/done", {"id": "1", "type": "t", "data": DONE}, "raw", "rejects", "", ""),
        ("valve/done", DONE, "raw", "accepts", "", ""),
        ("valve/done", DONE, "envelope", "nearly", "raw", "raw"),
    ],
)
def test_envelopes_are_told_from_bare_models(
    topic: str, value: Any, wire: str | None, verdict: str, form: str, travels: str
) -> None:
    """The wrong form is named, and what is inside is checked all the same."""
    (match,) = check_payload(GREENHOUSE, json.dumps(value), topic=topic, wire=wire).matches
    assert (match.verdict, match.form, match.wire) == (verdict, form, travels)
    assert bool(match.notes) is (bool(form) and (form != travels or wire not in (None, form)))


def test_problems_inside_of_an_unexpected_envelope_keep_their_place() -> None:
    """Paths lead from the root of what was pasted, not from the model inside."""
    report = check_payload(
        registry(), json.dumps({"id": "1", "type": "t", "data": {"request_id": "7"}}), topic="valve/done"
    )
    assert problems(report) == {("data.ok", "required", "")}


def accepting(sent: Json, accepts: Json) -> Registry:
    """Return a system of one topic whose publishers and subscribers have schemas of their own."""
    document = greenhouse()
    document["channels"] = {"t": {"address": "t", "messages": {"m": {"payload": sent, "x-accepts": accepts}}}}
    document["operations"] = {}
    return registry(document)


OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
LOOSE = {"type": "object", "properties": {"a": {"type": ["integer", "string"]}}, "required": []}


@pytest.mark.parametrize(
    ("sent", "accepts", "value", "verdict", "sent_fits"),
    [
        (OBJECT, LOOSE, {"a": 1}, "accepts", None),
        (OBJECT, LOOSE, {"a": "1"}, "accepts", False),
        (LOOSE, OBJECT, {"a": "1"}, "nearly", True),
        (LOOSE, OBJECT, {"a": []}, "nearly", None),
    ],
)
def test_publishers_and_subscribers_may_answer_differently(
    sent: Json, accepts: Json, value: Any, verdict: str, sent_fits: bool | None
) -> None:
    """Subscribers decide; what publishers say stands beside it where it is another answer."""
    (match,) = check_payload(accepting(sent, accepts), json.dumps(value)).matches
    assert match.verdict == verdict
    assert (match.sent.fits if match.sent else None) is sent_fits
    assert bool(match.notes) is (sent_fits is not None)


def test_a_bare_model_is_asked_of_what_subscribers_take() -> None:
    """Inside of an envelope, too, it is the subscribers' model that decides."""
    document = greenhouse()
    schemas = document["components"]["schemas"]
    schemas["Lenient"] = {**schemas["ValveCommand"], "required": ["request_id"]}
    schemas["LenientEnvelope"] = {
        **schemas["Envelope"],
        "properties": {**schemas["Envelope"]["properties"], "data": {"$ref": "#/components/schemas/Lenient"}},
        "x-envelope": {"data": "data", "model": "Lenient"},
    }
    message = document["components"]["messages"]["ValveCommand"]
    message["x-accepts"] = {"$ref": "#/components/schemas/LenientEnvelope"}
    value = {"request_id": "7", "valve": 3}
    for pasted, wire in ((value, "raw"), ({**ENVELOPE, "data": value}, None)):
        (match,) = check_payload(registry(document), json.dumps(pasted), topic="valve/command", wire=wire).matches
        assert match.verdict == "accepts"
        assert match.sent is not None
        assert match.sent.fits is False


def system(*schemas: Any, **components: Any) -> Registry:
    """Return a system whose topics `t0`, `t1` … have these payloads."""
    document = greenhouse()
    document["operations"] = {}
    document["components"] = {"schemas": components}
    document["channels"] = {
        f"t{index}": {"address": f"t{index}", "messages": {f"m{index}": {"payload": schema}}}
        for index, schema in enumerate(schemas)
    }
    return registry(document)


def test_who_takes_anything_comes_last() -> None:
    """A message that knows nothing of a payload is no answer to the question whose payload it is."""
    known = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}}
    one_known = {"type": "object", "properties": {"a": {}}}
    report = check_payload(system({}, one_known, known, {"type": "object"}), b'{"a": 1, "b": 2}')
    assert [(match.topic, match.weak, match.ignored) for match in report.matches] == [
        ("t2", False, ()),
        ("t1", False, ("b",)),
        ("t0", True, ("a", "b")),
        ("t3", True, ("a", "b")),
    ]
    assert report.summary == "2 topics accept this; 2 more without knowing anything in it"


def test_what_is_not_json_schema_is_undecided() -> None:
    """A payload described in another language is neither accepted nor refused."""
    avro = {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {"type": "record"}}
    report = check_payload(system(avro), b"{}", topic="t0")
    assert report.summary == (
        "t0 could not be decided: its payload is described in application/vnd.apache.avro;version=1.9.0"
    )


SCHEMAS: list[tuple[Json, Any, bool]] = [
    ({"type": "integer"}, 1.0, True),
    ({"type": "integer"}, True, False),
    ({"const": 1}, True, False),
    ({"const": [1, {"a": 0}]}, [1.0, {"a": 0.0}], True),
    ({"enum": [0]}, False, False),
    ({"enum": ["0", {"a": 1}]}, {"a": 1}, True),
    ({"multipleOf": 0.1}, 0.3, True),
    ({"multipleOf": 1e-300}, 1e300, True),
    ({"exclusiveMinimum": 1, "maximum": 2}, 1, False),
    ({"minLength": 2}, "ä", False),
    ({"pattern": "^a+$"}, "aaa", True),
    ({"pattern": "^a+$"}, "ab", False),
    ({"format": "date-time"}, "2026-03-14T09:26:53", True),
    ({"format": "date-time"}, "yesterday", False),
    ({"format": "duration"}, "PT0.5S", True),
    ({"format": "never heard of"}, "x", True),
    ({"format": "date", "x-limits": {"ge": "2020-01-01"}}, "2020-01-01", True),
    ({"format": "date", "x-limits": {"ge": "2020-01-01"}}, "2019-12-31", False),
    ({"format": "date-time", "x-limits": {"offset": "required"}}, "2026-03-14T09:26:53", False),
    ({"format": "time", "x-limits": {"lt": "08:00:00"}}, "08:00:00", False),
    ({"format": "duration", "x-limits": {"gt": "PT0S"}}, "-PT1S", False),
    ({"format": "decimal", "x-limits": {"max_digits": 4, "decimal_places": 2}}, "123.45", False),
    ({"x-limits": {"max_digits": 4, "decimal_places": 2}}, 12.34, True),
    ({"x-limits": {"max_digits": 4, "decimal_places": 2}}, 12.345, False),
    ({"x-limits": {"max_digits": 4}}, 12345, False),
    ({"format": "date", "x-limits": ["never heard of"]}, "2020-01-01", True),
    ({"format": "date", "x-limits": {"ge": "never heard of"}}, "2020-01-01", True),
    ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}], True),
    ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], False),
    ({"items": [{"type": "string"}], "additionalItems": False}, ["a", 1], False),
    ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["a", 1, 2], True),
    ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["a", "b"], False),
    ({"contains": {"type": "integer"}}, ["a"], False),
    ({"contains": {"type": "integer"}, "minContains": 0, "maxContains": 1}, [1, 2], False),
    ({"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": False}, {"x-a": 1, "b": 1}, False),
    ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, False),
    ({"dependencies": {"a": ["b"]}}, {"a": 1}, False),
    ({"dependencies": {"a": {"required": ["b"]}}}, {"a": 1, "b": 2}, True),
    ({"minProperties": 1}, {}, False),
    ({"not": {"type": "integer"}}, 1, False),
    ({"not": {}}, 1, False),
    ({"if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"type": "string"}}, 2, False),
    ({"if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"type": "string"}}, "a", True),
    ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, 1, False),
    ({"oneOf": [{"type": "integer"}, {"minimum": 5}]}, 1, True),
    ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}, False),
]


@pytest.mark.parametrize(("schema", "value", "fits"), SCHEMAS)
def test_keywords_mean_what_the_specification_says(schema: Json, value: Any, fits: bool) -> None:
    """Every keyword is looked at, in the spelling of either draft."""
    report = check_payload(system(schema), json.dumps(value), topic="t0")
    assert report.matches[0].accepted.fits is fits
    assert bool(report.matches[0].accepted.problems) is not fits


_LEAF: st.SearchStrategy[Json] = st.one_of(
    st.builds(
        lambda kind: {"type": kind}, st.sampled_from(["string", "integer", "number", "boolean", "null", "array"])
    ),
    st.builds(lambda low: {"minimum": low, "exclusiveMaximum": low + 2}, st.integers(-2, 2)),
    st.builds(lambda low: {"type": "string", "minLength": low}, st.integers(0, 2)),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.sampled_from([0, 1, "a", None, False]), min_size=1, unique=True)
    ),
    st.just({"pattern": "^a"}),
    st.just({"$ref": "#/components/schemas/Node"}),
    st.just({}),
)
_NAMES = st.sampled_from(["a", "b", "c"])


def _compound(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(_NAMES, inner, max_size=3)},
            optional={
                "required": st.lists(_NAMES, unique=True),
                "additionalProperties": st.booleans() | inner,
                "minProperties": st.integers(0, 2),
            },
        ),
        st.fixed_dictionaries({"items": inner}, optional={"maxItems": st.integers(0, 2), "uniqueItems": st.booleans()}),
        st.builds(lambda word, arms: {word: arms}, st.sampled_from(["anyOf", "oneOf", "allOf"]), several),
        st.builds(lambda schema: {"not": schema}, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
    )


_VALUES = st.recursive(
    st.sampled_from([0, 1, 2, 1.0, 0.5, -1, "", "a", "ab", None, True, False]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_NODE = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Node"}, "b": {"type": "integer"}}}


@settings(derandomize=not FUZZ, max_examples=250 * (FUZZ or 1), deadline=None)
@given(st.recursive(_LEAF, _compound, max_leaves=8), _VALUES)
def test_explanations_agree_with_a_validator(schema: Json, value: Any) -> None:
    """What has no problem is what a JSON Schema validator admits, and nothing else."""
    components = {"Node": _NODE}
    found = Explaining(components, Matching(), Steps()).found(schema, value)
    admitted = jsonschema_rs.Draft202012Validator(to_2020(schema, components)).is_valid(value)
    assert (found.count == 0) is admitted
    assert bool(found.problems) is (found.count > 0)


def _double(depth: int) -> tuple[Json, Any]:
    """Return a schema that naive validators look at once more for each level, and a value for it."""
    arm = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/T"}}}
    value: Any = {}
    for _ in range(depth):
        value = {"a": value}
    return {"anyOf": [{**arm, "required": ["x"]}, {**arm, "required": ["y"]}]}, value


MANY_NAMES = {"additionalProperties": False, "properties": {f"f{i}": {} for i in range(5_000)}}
MANY_PATTERNS = {"patternProperties": {f"a{i}": {} for i in range(5_000)}}
DEEP = {"items": {"anyOf": [{"$ref": "#/components/schemas/L"}]}}
KEYWORDS = (
    *("minimum", "multipleOf", "maxLength", "pattern", "format", "items", "contains", "maxItems", "required"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "dependencies", "minProperties"),
    *("allOf", "anyOf", "oneOf", "not", "if", "enum", "$defs", "x-discriminator", "x-envelope"),
)
HOSTILE: list[tuple[str, Any, Mapping[str, Any], Any]] = [
    ("doubling", {"$ref": "#/components/schemas/T"}, {"T": _double(60)[0]}, _double(60)[1]),
    ("itself", {"$ref": "#/components/schemas/A"}, {"A": {"$ref": "#/components/schemas/A"}}, {}),
    ("in a circle", {"$ref": "#/components/schemas/A"}, {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}, {}),
    ("backtracking", {"pattern": "^(a+)+$"}, {}, "a" * 50_000 + "!"),
    ("counted", {"items": {"pattern": "(?:[01]{0,90}1){0,90}z"}}, {}, ["01" * 60] * 2_000),
    ("looking ahead", {"pattern": "(?=a)b"}, {}, "a"),
    ("never ending", {"pattern": "("}, {}, "a"),
    ("many missing", {"required": [f"r{i}" for i in range(5_000)]}, {}, {"a": ["x"] * 20_000}),
    ("many wrong", {"items": {"type": "integer"}}, {}, ["x"] * 50_000),
    ("many names", MANY_NAMES, {}, {f"g{i}": 1 for i in range(15_000)}),
    ("many patterns", MANY_PATTERNS, {}, {f"g{i}": 1 for i in range(9_999)}),
    ("wide items", {"items": {"properties": {f"a{i}": {} for i in range(5_000)}}}, {}, [{}] * 60_000),
    ("many unions wrong", {"items": {"anyOf": [{"type": "null"}, {"type": "string"}]}}, {}, [1] * 50_000),
    ("all different", {"uniqueItems": True}, {}, [[i] for i in range(30_000)]),
    ("huge enum", {"items": {"enum": list(range(20_000))}}, {}, ["x"] * 20_000),
    ("wrong keywords", dict.fromkeys(KEYWORDS, "3"), {}, {"a": [1, "x"]}),
    ("wrong keywords beside a number", {key: ["3"] for key in KEYWORDS}, {}, 1),
    ("deep", {"$ref": "#/components/schemas/L"}, {"L": DEEP}, json.loads("[" * 64 + "]" * 64)),
    (
        "naming",
        {"$ref": "#/components/schemas/C0"},
        {f"C{i}": {"type": "array", "items": [{"$ref": f"#/components/schemas/C{i + 1}"}] * 12} for i in range(9)},
        5,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "components", "value"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_nothing_hangs(schema: Any, components: Mapping[str, Any], value: Any) -> None:
    """Hostile schemas and payloads are answered within seconds, with few words, whatever they are."""
    start = time.process_time()
    report = check_payload(system(schema, **components), json.dumps(value), topic="t0")
    assert time.process_time() - start < 4
    assert len(json.dumps(as_data(report))) < 200_000
    assert len(report.matches) == 1


@pytest.mark.parametrize("pattern", ["(?=a)b", "("])
def test_what_cannot_be_checked_is_named(pattern: str) -> None:
    """A pattern of another dialect decides nothing, and the answer says so."""
    (match,) = check_payload(system({"pattern": pattern}), b'"a"', topic="t0").matches
    assert match.accepted.unchecked == (f"the pattern {pattern}",)
    assert match.accepted.fits is True


def test_too_much_work_is_undecided() -> None:
    """Where the steps run out, no verdict is made up, and other topics are still answered."""
    wide = {"allOf": [{"items": {"minimum": index}} for index in range(20)]}
    report = check_payload(system(wide, {"items": {"type": "integer"}}), json.dumps(list(range(30_000))))
    assert {(match.topic, match.verdict) for match in report.matches} == {("t0", "undecided"), ("t1", "accepts")}


def test_types_in_words_stay_short() -> None:
    """Schemas that name each other many times over are told with an ellipsis."""
    _, _, components, _ = next(case for case in HOSTILE if case[0] == "naming")
    kind, constraints = fields.words({"$ref": "#/components/schemas/C0"}, components)
    assert len(kind) < 5_000
    assert kind.startswith("tuple of (tuple of (")
    assert constraints == ()


@pytest.mark.slow
def test_a_thousand_topics_are_asked_at_once() -> None:
    """Finding whose payload it is among a thousand takes a moment, also when all of them accept it."""
    big = registry(generated(1_000))
    message: Message = big.messages[500]
    assert message.payload is not None
    good = sample(message.payload, big.schemas)
    for value in (good, {name: good[name] for name in list(good)[1:]}, {}, 5):
        start = time.process_time()
        check_payload(big, json.dumps(value))
        assert time.process_time() - start < 2
