"""Findings as JSON: `{coverage, known, findings: [{rule, severity, message, …, fingerprint}]}`, no empty parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asyncapi.findings import Finding


def write(findings: Sequence[Finding], *, coverage: str = "", known: int = 0) -> str:
    """Return the findings as JSON text; `known` counts those that a baseline hides."""
    head = {"coverage": coverage, "known": known} if coverage else {}
    data = head | {"findings": [as_data(finding) for finding in findings]}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data without its empty parts."""
    said = asdict(finding) | {"fingerprint": finding.fingerprint}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in said.items()
        if value not in ("", None, ())
    }
