"""Findings as JSON: `{"findings": [{rule, severity, message, …, fingerprint}]}`, empty parts left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asyncapi.findings import Finding


def write(findings: Sequence[Finding]) -> str:
    """Return the findings as JSON text."""
    return json.dumps({"findings": [as_data(finding) for finding in findings]}, ensure_ascii=False, indent=2) + "\n"


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data without its empty parts."""
    said = asdict(finding) | {"fingerprint": finding.fingerprint}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in said.items()
        if value not in ("", None, ())
    }
