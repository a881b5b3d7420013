"""Where a finding stands, as programs want it: a file and a line."""

from __future__ import annotations

from asyncapi.findings import Finding


def file_of(finding: Finding) -> str:
    """Return the file of a finding, empty when it is about the document alone."""
    return finding.source.partition("#")[0]


def spelled(finding: Finding) -> str:
    """Return `file:line`, `file`, or the pointer into the document."""
    file = file_of(finding)
    return f"{file}:{finding.line}" if file and finding.line else file or finding.pointer
