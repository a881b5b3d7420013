"""A report as SARIF 2.1.0 (OASIS), with the texts of the rules and the fingerprints of the changes."""

from __future__ import annotations

import json
from typing import Any

from asyncapi.compare.report import Report
from asyncapi.compare.rules import RULES
from asyncapi.compare.writers.words import as_findings
from asyncapi.reports import sarif


def write(report: Report) -> str:
    """Return the report as one SARIF run; accepted changes are suppressed, not left out."""
    log: dict[str, Any] = json.loads(sarif.write(as_findings(report), {rule.id: rule.text for rule in RULES}))
    run = log["runs"][0]
    for result, finding in zip(run["results"], report.findings, strict=False):
        result["partialFingerprints"] = {"portal/diff/v1": finding.fingerprint}
        if finding.accepted is not None:
            result["suppressions"] = [{"kind": "external", "justification": finding.accepted.reason}]
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"
