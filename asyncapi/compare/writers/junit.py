"""A report as JUnit XML: a test case for every change."""

from __future__ import annotations

from asyncapi.compare.report import Report
from asyncapi.compare.writers.words import as_findings
from asyncapi.reports import junit


def write(report: Report) -> str:
    """Return one test suite; safe and accepted changes pass."""
    return junit.write(as_findings(report))
