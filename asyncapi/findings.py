"""Findings: what does not meet, where, why and how to mend it. Values only; rules make them, writers print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asyncapi.sources import Source, plain_symbol

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
Threshold = Literal["error", "warning", "note", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not meet.

    `rule` is a kebab-case id. `source` is `file#symbol` relative to the workspace, or a file; `line` counts
    from 1. `pointer` is a JSON pointer into the document. `subject` names what it is about on the wire (a
    topic address, a message, a service): with `rule` it makes the fingerprint, so that moved lines and
    reworded messages keep their identity.
    """

    rule: str
    severity: Severity
    message: str
    subject: str = ""
    remedy: str = ""
    source: str = ""
    line: int | None = None
    pointer: str = ""
    topics: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    owner: str = ""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that survive new lines, new wording and new commits."""
        import hashlib

        text = "\0".join((self.rule, self.subject, plain_symbol(self.source), *self.topics, *self.services))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def reaches(finding: Finding, threshold: Threshold) -> bool:
    """Say whether a finding is at or above the threshold; `never` is reached by none."""
    if threshold == "never":
        return False
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(threshold)


def finding(
    rule: str,
    severity: Severity,
    message: str,
    source: Source | None,
    *,
    subject: str = "",
    remedy: str = "",
    topic: str = "",
) -> Finding:
    """Return a finding of the export; its subject is the topic unless something else is named."""
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        subject=subject or topic,
        remedy=remedy,
        source=source.ref if source else "",
        line=source.line if source else None,
        topics=(topic,) if topic else (),
    )
