"""Whatever a document holds, a check ends without an exception and says the same twice."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.checking import TODAY

from asyncapi import pointers
from asyncapi.checks import check
from asyncapi.documents.document import Document, load
from asyncapi.view import build

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
FIXTURES = sorted((Path(__file__).parent / "fixtures" / "checks").glob("*/bad.yaml"))
DOCUMENTS = [load(file).raw for file in FIXTURES]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["(a+)+$", "grain/level", "#", "{x}/{x}", "\ud800", "2026-13-45", "#/components/schemas/Level", "~"]
    ),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"$ref": "#/components/schemas/Level"}),
    st.just({"$ref": 5}),
    st.just({"a": {"b": ["c"]}}),
)


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one of the bad documents with up to four of its values replaced by something else."""
    raw: dict[str, Any] = copy.deepcopy(dict(draw(st.sampled_from(DOCUMENTS))))
    for _ in range(draw(st.integers(1, 4))):
        places = sorted({place for place, _ in pointers.walk(raw) if place.count("/") > 1})
        if places:
            place = draw(st.sampled_from(places))
            parent, key = pointers.look_up(raw, place.rpartition("/")[0]), pointers.split(place)[-1]
            parent[int(key) if isinstance(parent, list) else key] = copy.deepcopy(draw(JUNK))
    return raw


@settings(max_examples=250 * max(FUZZ, 1), derandomize=not FUZZ, deadline=None)
@given(spoiled())
def test_no_document_breaks_a_check(raw: dict[str, Any]) -> None:
    """A document with wrong values anywhere is checked to the end, and its findings have rule, text and severity."""
    registry = build(Document(raw=raw, source="spoiled.yaml"))
    found = check(registry, raw, today=TODAY)
    assert all(item.rule and item.severity in ("error", "warning", "note") for item in found)
    assert check(registry, raw, today=TODAY) == found
