"""Findings as Markdown for a summary or a comment: a table for each severity, all text neutralised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncapi.findings import SEVERITIES, Finding
from asyncapi.reports.place import link, spelled

MOST = 200  # rows that a summary shows before it is cut by its host
_SPECIAL = re.compile(r"([!#$&()*+\-.<=>@\[\\\]^_`{|}~])")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]"
)
_LIVE = re.compile(r"(@|#|:(?=//)|\bwww(?=\\\.)|\bGH(?=\\-))", re.IGNORECASE)


def write(findings: Sequence[Finding], *, coverage: str = "", known: int = 0, source_url: str = "") -> str:
    """Return the findings as Markdown tables, worst first; `source_url` is a trusted template for links to lines."""
    parts = [neutral(coverage)] if coverage else []
    hidden = f" ({known} more in the baseline)" if known else ""
    if not findings:
        parts.append(f"No findings{hidden}.")
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        if group:
            rows = [_row(finding, source_url) for finding in group[:MOST]]
            rest = [f"| | {len(group) - MOST} more | |"] if len(group) > MOST else []
            heading = f"### {len(group)} {severity}{'s' if len(group) > 1 else ''}"
            parts.append("\n".join([heading, "", "| rule | finding | where |", "|---|---|---|", *rows, *rest]))
    if findings and hidden:
        parts.append(f"{known} more in the baseline.")
    return "\n\n".join(parts) + "\n"


def _row(finding: Finding, source_url: str) -> str:
    remedy = f"<br>{neutral(finding.remedy)}" if finding.remedy else ""
    target, where = link(finding, source_url), neutral(spelled(finding))
    owner = f" · {neutral(finding.owner)}" if finding.owner else ""
    shown = f"[{where}]({target})" if target and where else where
    return f"| {neutral(finding.rule)} | {neutral(finding.message)}{remedy} | {shown}{owner} |"


def neutral(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no mention, no link, no reference."""
    visible = _INVISIBLE.sub(" ", text)
    escaped = _SPECIAL.sub(r"\\\1", " ".join(visible.split()))
    # Hosts look for mentions, references and addresses in what the escapes leave; a space without width stops them.
    return _LIVE.sub("\\1\u200b", escaped)
