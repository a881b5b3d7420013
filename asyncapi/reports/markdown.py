"""Findings as Markdown for a summary or a comment: a table for each severity, all text neutralised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncapi.findings import SEVERITIES, Finding
from asyncapi.reports.place import spelled

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~!@&])")


def write(findings: Sequence[Finding]) -> str:
    """Return the findings as Markdown tables, worst first."""
    if not findings:
        return "No findings.\n"
    parts = []
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        if group:
            heading = f"### {len(group)} {severity}{'s' if len(group) > 1 else ''}"
            rows = [f"| {neutral(f.rule)} | {neutral(f.message)} | {neutral(spelled(f))} |" for f in group]
            parts.append("\n".join([heading, "", "| rule | finding | where |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def neutral(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no mention, no link."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return escaped.replace("@", "@\u200b").replace("://", ":\u200b//")
