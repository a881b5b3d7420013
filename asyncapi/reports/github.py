"""Findings as GitHub workflow commands, which show as annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from asyncapi.findings import Finding
from asyncapi.reports.place import file_of

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
MOST = 10  # GitHub shows ten annotations of each level for a step


def write(findings: Sequence[Finding]) -> str:
    """Return at most ten commands of each level (more are not shown), with a last line that counts the rest."""
    lines = []
    for severity, level in LEVELS.items():
        group = [finding for finding in findings if finding.severity == severity]
        shown = group if len(group) <= MOST else group[: MOST - 1]
        lines += [_command(level, finding) for finding in shown]
        if len(shown) < len(group):
            lines.append(f"::{level}::{len(group) - len(shown)} more findings of this level are in the report")
    return "".join(f"{line}\n" for line in lines)


def _command(level: str, finding: Finding) -> str:
    said = {"file": file_of(finding), "line": str(finding.line or ""), "title": finding.rule}
    properties = ",".join(f"{key}={_property(value)}" for key, value in said.items() if value)
    remedy = f"\n{finding.remedy}" if finding.remedy else ""
    return f"::{level} {properties}::{_data(finding.message + remedy)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
