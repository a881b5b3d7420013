"""A report as GitHub workflow commands: annotations on the lines of the Python fields that changed."""

from __future__ import annotations

from asyncapi.compare.report import Report
from asyncapi.compare.writers.words import as_findings
from asyncapi.reports import github


def write(report: Report) -> str:
    """Return at most ten commands of each level, the worst first."""
    return github.write(as_findings(report))
