"""Findings as JUnit XML: a test case for every finding; notes pass, the rest fail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from asyncapi.findings import Finding
from asyncapi.reports.place import spelled

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(findings: Sequence[Finding]) -> str:
    """Return the findings as one test suite; a clean system has one passing case."""
    failures = sum(1 for finding in findings if finding.severity != "note")
    cases = "".join(_case(finding) for finding in findings) or '  <testcase classname="portal" name="no findings"/>\n'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuite name="portal" tests="{max(len(findings), 1)}" failures="{failures}">\n{cases}</testsuite>\n'
    )


def _case(finding: Finding) -> str:
    name = quoteattr(_clean(finding.message or finding.rule))
    head = f"  <testcase classname={quoteattr(_clean(finding.rule))} name={name}"
    if finding.severity == "note":
        return f"{head}/>\n"
    text = escape(_clean("\n".join(part for part in (spelled(finding), finding.remedy) if part)))
    kind, message = quoteattr(finding.severity), quoteattr(_clean(finding.message))
    return f"{head}>\n    <failure type={kind} message={message}>{text}</failure>\n  </testcase>\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
