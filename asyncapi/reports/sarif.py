"""Findings as SARIF 2.1.0 (OASIS), which code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from asyncapi.findings import Finding
from asyncapi.reports.place import file_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(findings: Sequence[Finding], texts: Mapping[str, str], *, fallback: str = "portal.toml") -> str:
    """Return the findings as one SARIF run; `texts` says what rules are about, by their ids.

    Every result has a file, as readers demand: `fallback` for those about the document alone.
    """
    rules = [_rule(rule, texts.get(rule, "")) for rule in _rules(findings)]
    run = {
        "tool": {"driver": {"name": "portal", "rules": rules}},
        "results": [_result(finding, fallback) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rules(findings: Sequence[Finding]) -> list[str]:
    return sorted({finding.rule for finding in findings})


def _rule(rule: str, text: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": text}} if text else {"id": rule}


def _result(finding: Finding, fallback: str) -> dict[str, Any]:
    remedy = f" ({finding.remedy})" if finding.remedy else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file_of(finding) or fallback, errors="replace")}}
    if finding.line and file_of(finding):
        place["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.pointer}]
    return {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": finding.message + remedy},
        "partialFingerprints": {"portal/v1": finding.fingerprint},
        "locations": [location],
    }
