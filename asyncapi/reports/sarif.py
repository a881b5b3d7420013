"""Findings as SARIF 2.1.0 (OASIS), which code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from asyncapi.findings import Finding
from asyncapi.reports.place import file_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(findings: Sequence[Finding]) -> str:
    """Return the findings as one SARIF run."""
    rules = sorted({finding.rule for finding in findings})
    run = {
        "tool": {"driver": {"name": "portal", "rules": [{"id": rule} for rule in rules]}},
        "results": [_result(finding) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding) -> dict[str, Any]:
    remedy = f" ({finding.remedy})" if finding.remedy else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": finding.message + remedy},
        "partialFingerprints": {"portal/v1": finding.fingerprint},
    }
    if file := file_of(finding):
        place: dict[str, Any] = {"artifactLocation": {"uri": file}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": place}]
    return result
