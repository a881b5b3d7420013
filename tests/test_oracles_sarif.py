"""Findings as SARIF satisfy the schema that its makers publish, whatever findings hold."""

from __future__ import annotations

import json
import os
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.oracles import MODULES

from asyncapi.findings import SEVERITIES, Finding
from asyncapi.reports import sarif

pytestmark = pytest.mark.node

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
TEXT = st.text(max_size=30) | st.sampled_from(["../a b.py#x", "C:\\x.py", "http://x/%", "\x00\ud800", "a:b?c#d"])
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    severity=st.sampled_from(SEVERITIES),
    message=TEXT,
    remedy=TEXT,
    source=TEXT,
    line=st.none() | st.integers(1, 10**6),
    pointer=TEXT,
)


@pytest.fixture(scope="module")
def schema() -> Any:
    """Return a validator of the schema of SARIF 2.1.0, formats checked; one pattern in it is no regular expression."""
    file = MODULES / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    for part in ("run", "toolComponent"):
        del said["definitions"][part]["properties"]["language"]["pattern"]
    return jsonschema_rs.Draft7Validator(said, validate_formats=True)


@settings(max_examples=200 * max(FUZZ, 1), derandomize=not FUZZ, deadline=None)
@given(found=st.lists(FINDINGS, max_size=5))
def test_the_schema_accepts_every_report(schema: Any, found: list[Finding]) -> None:
    """No text in a finding can make a log that the schema refuses."""
    log = json.loads(
        sarif.write(found, {finding.rule: finding.message for finding in found}).encode("utf-8", "replace")
    )
    assert [f"{error.instance_path}: {error.message}" for error in schema.iter_errors(log)] == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda log: log.update(version="2.0.0"), ["version"]),
        (lambda log: log["runs"][0]["results"][0].update(level="fatal"), ["runs", 0, "results", 0, "level"]),
        (
            lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].update(
                uri="a b"
            ),
            ["runs", 0, "results", 0, "locations", 0, "physicalLocation", "artifactLocation", "uri"],
        ),
    ],
)
def test_the_schema_refuses_what_is_wrong(schema: Any, change: Any, place: list[Any]) -> None:
    """The oracle complains about faults that we put in."""
    log = json.loads(sarif.write([Finding(rule="r", severity="error", message="m", source="a.py#x", line=1)], {}))
    change(log)
    assert [error.instance_path for error in schema.iter_errors(log)] == [place]
