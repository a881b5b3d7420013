"""Findings for a terminal: a line of coverage, then groups by severity and rule, each finding with place and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asyncapi.findings import SEVERITIES, Finding, Severity
from asyncapi.reports.place import spelled

COLOURS: dict[Severity, str] = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}
BOLD, FAINT, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def write(findings: Sequence[Finding], *, coverage: str = "", known: int = 0, colour: bool = False) -> str:
    """Return the report; `known` counts findings that a baseline hides, `colour` is for terminals."""
    lines = [_printable(coverage), ""] if coverage else []
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        for rule in dict.fromkeys(finding.rule for finding in group):
            lines.append(f"{_painted(severity, COLOURS[severity] + BOLD, colour)} {_printable(rule)}")
            for finding in group:
                if finding.rule == rule:
                    lines += _lines(finding, colour)
            lines.append("")
    counts = ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s in SEVERITIES if (n := _count(findings, s)))
    hidden = f" ({known} more in the baseline)" if known else ""
    return "\n".join([*lines, (counts or "no findings") + hidden]) + "\n"


def _lines(finding: Finding, colour: bool) -> Iterator[str]:
    yield f"  {_printable(finding.message)}"
    about = " · ".join(part for part in (spelled(finding), finding.owner) if part)
    if about:
        yield f"    {_painted(_printable(about), FAINT, colour)}"
    if finding.remedy:
        yield f"    → {_printable(finding.remedy)}"


def _painted(text: str, style: str, colour: bool) -> str:
    return f"{style}{text}{RESET}" if colour else text


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(1 for finding in findings if finding.severity == severity)


def _printable(text: str) -> str:
    """Return text without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
