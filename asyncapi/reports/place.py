"""Where a finding stands: as programs want it, as people read it, as a link."""

from __future__ import annotations

from urllib.parse import quote

from asyncapi.findings import Finding


def file_of(finding: Finding) -> str:
    """Return the file of a finding, empty when it is about the document alone."""
    return finding.source.partition("#")[0]


def spelled(finding: Finding) -> str:
    """Return `file:line`, `file`, or the pointer into the document."""
    file = file_of(finding)
    return f"{file}:{finding.line}" if file and finding.line else file or finding.pointer


def link(finding: Finding, template: str) -> str:
    """Return the address of a finding's line by a template with `{file}` and `{line}`; http and https only.

    Empty where there is no file, or where something in the template is not filled in.
    """
    file = file_of(finding)
    if not file or not template.startswith(("https://", "http://")) or "{file}" not in template:
        return ""
    filled = template.replace("{file}", quote(file, errors="replace")).replace("{line}", str(finding.line or 1))
    return "" if set(filled) & set("{}<>()[]| \t\n\\\"'`") else filled
