"""A change that nobody has made yet: told as a comparison of versions would tell it, whatever is proposed."""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.client import Client, shown
from support.registries import greenhouse

from asyncapi.compare.report import report
from asyncapi.documents.document import Document
from asyncapi.view import build
from portal.proposals import proposed

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
GREENHOUSE = shown()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYWORDS = ("type", "properties", "required", "enum", "const", "anyOf", "allOf", "oneOf", "not", "items", "minimum")
KEYWORDS += ("pattern", "format", "default", "x-envelope", "x-accepts", "additionalProperties", "minLength", "if")
PLAN = {"$ref": "#/components/schemas/Plan"}
REFERENCES = st.sampled_from(["#", "#/components/schemas/ValveDone", "#/components/schemas/Plan", "x.json#/a", "%"])
SCHEMAS = st.recursive(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "integer", "object", "array", "null", "boolean"])})
    | st.fixed_dictionaries({"$ref": REFERENCES}),
    lambda inner: st.dictionaries(
        st.sampled_from(KEYWORDS), inner | JSON | st.lists(inner, max_size=2) | st.dictionaries(st.just("ok"), inner)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {"ok": None, "done": {"type": "boolean"}}, "required": ["done"]},
        {"required": None},
        {"properties": {"ok": {"minimum": 1}}},
        {"properties": None},
    ],
)
def test_keywords_replace_keywords(change: dict[str, Any]) -> None:
    """Each keyword replaces the one there, properties one by one, and null takes away: as if the document said so."""
    made = greenhouse()
    target = made["components"]["schemas"]["ValveDone"]
    if change.get("properties", 1) is None:
        del target["properties"]
    for name, value in (change.get("properties") or {}).items():
        target["properties"].pop(name, None)
        target["properties"] |= {} if value is None else {name: value}
    if "required" in change:
        target.pop("required")
        target |= {"required": change["required"]} if change["required"] else {}
    expected = report(build(Document(raw=greenhouse())), build(Document(raw=made)), names=("now", "proposed"))
    found = proposed(GREENHOUSE, GREENHOUSE.index.messages["ValveDone"], change)
    assert [(one.rule, one.message, one.hurt) for one in found.findings] == [
        (one.rule, one.message, one.hurt) for one in expected.findings
    ]
    assert found.findings


@pytest.mark.fuzz
@settings(max_examples=60 * max(1, FUZZ), deadline=None, derandomize=not FUZZ)
@given(change=SCHEMAS | JSON.filter(lambda value: isinstance(value, dict)), key=st.sampled_from(["ValveDone", "Plan"]))
@example(change={"additionalProperties": PLAN, "items": PLAN, "not": PLAN, "properties": {"a": PLAN}}, key="Plan")
def test_whatever_is_proposed_is_answered(change: dict[str, Any], key: str) -> None:
    """No change, however senseless, fails or leaves a trace in what is shown."""
    before = copy.deepcopy(GREENHOUSE.history.versions[0].read().document.raw)
    assert proposed(GREENHOUSE, GREENHOUSE.index.messages[key], change).verdict
    assert GREENHOUSE.history.versions[0].read().document.raw == before


@pytest.mark.parametrize(
    ("message", "body", "status", "said"),
    [
        ("ValveDone", b'{"required": []}', 200, ""),
        ("ValveDon", b"{}", 404, "There is no such thing in this version of the document."),
        ("ValveDone", b"[]", 400, "The body must be a JSON object."),
        ("ValveDone", b"{x}", 400, 'not JSON: names stand in double quotes (")'),
        ("ValveDone", b"[" * 60_000, 400, "nested deeper than the 64 levels that are checked here"),
        ("ValveDone", b" " * 70_000, 413, "That is more than the 64 KB that a change may have."),
    ],
)
def test_the_api_predicts(message: str, body: bytes, status: int, said: str) -> None:
    """The API answers with the view of a comparison, or says in a sentence why not."""
    answer = Client(shown()).post(f"/api/predict?message={message}", content=body)
    assert (answer.status_code, answer.json().get("error", "")) == (status, said)
    assert status != 200 or answer.json()["groups"][0]["level"] == "break"
