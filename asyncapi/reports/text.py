"""Findings for a terminal: a line of coverage, then groups by severity, each finding with its place and its remedy."""

from __future__ import annotations

from collections.abc import Sequence

from asyncapi.findings import SEVERITIES, Finding, Severity
from asyncapi.registry import Registry
from asyncapi.reports.place import spelled

COLOURS: dict[Severity, str] = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}
RESET = "\x1b[0m"


def write(findings: Sequence[Finding], registry: Registry, *, known: int = 0, colour: bool = False) -> str:
    """Return the report; `known` counts findings that a baseline hides, `colour` is for terminals."""
    lines = [coverage(registry), ""]
    for severity in SEVERITIES:
        for finding in (item for item in findings if item.severity == severity):
            mark = f"{COLOURS[severity]}{severity}{RESET}" if colour else severity
            place = spelled(finding)
            lines.append(f"{mark}: {_printable(finding.message)} [{finding.rule}]")
            lines += [f"  at {_printable(place)}"] if place else []
            lines += [f"  → {_printable(finding.remedy)}"] if finding.remedy else []
    counts = ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s in SEVERITIES if (n := _count(findings, s)))
    hidden = f" ({known} more in the baseline)" if known else ""
    lines += ["", (counts or "no findings") + hidden]
    return "\n".join(lines) + "\n"


def coverage(registry: Registry) -> str:
    """Return in one line how much of the system is known: topics, models, senders, receivers, delivery."""
    topics = registry.topics
    sent = {operation.channel for operation in registry.operations if operation.action == "send"}
    heard = {operation.channel for operation in registry.operations if operation.action == "receive"}
    parts = [
        f"{len(topics)} topics",
        f"{sum(1 for topic in topics if topic.messages)} with a model",
    ]
    if registry.operations:
        parts += [
            f"{sum(1 for topic in topics if topic.key in sent)} published",
            f"{sum(1 for topic in topics if topic.key in heard)} subscribed",
        ]
    counts = dict(registry.coverage)
    if counts.get("files"):
        parts.append(f"{counts['sites']} calls in {counts['files']} files, {counts['unresolved']} unresolved")
    return f"{registry.title}: " + ", ".join(parts)


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(1 for finding in findings if finding.severity == severity)


def _printable(text: str) -> str:
    """Return text without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
