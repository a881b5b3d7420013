"""Words that several writers share."""

from __future__ import annotations

from collections.abc import Mapping

from asyncapi.compare.judgement import Counterexample, DiffFinding, Verdict
from asyncapi.compare.report import Report
from asyncapi.findings import Finding

VERDICTS: Mapping[Verdict, str] = {
    "ok": "ok",
    "risk": "risk",
    "undecided": "undecided",
    "lost": "lost silently",
    "breaks": "breaks",
}
LEVELS = {"break": "BREAKS", "risk": "RISK", "ok": "safe"}


def behind(finding: DiffFinding) -> str:
    """Return what new subscribers make of running publishers and of what is retained, in a word or two."""
    text = VERDICTS[finding.publishers]
    return f"{text}, retained too" if finding.retained not in (None, "ok") else text


def where(finding: DiffFinding, most: int = 3) -> str:
    """Return the topics of a finding: the address, or the first few and a count."""
    if len(finding.topics) <= 1:
        return "".join(finding.topics)
    if len(finding.topics) <= most:
        return ", ".join(finding.topics)
    return f"on {len(finding.topics)} topics: {', '.join(finding.topics[: most - 1])} …"


def what_happens(example: Counterexample) -> str:
    """Return a sentence that introduces an example message."""
    reader = "running subscribers" if example.reader == "old" else "upgraded subscribers"
    sender = "new publishers" if example.sender == "new" else "running publishers"
    verb = "reject" if example.verdict == "breaks" else "read without the field"
    return f"{sender} may send what {reader} {verb}"


def as_findings(report: Report) -> tuple[Finding, ...]:
    """Return the findings of a diff, and stale acceptances, as findings like all others; accepted ones are notes."""
    found = [
        Finding(
            rule=one.rule,
            severity=one.severity if one.accepted is None else "note",
            message=_sentence(one),
            subject=one.subject,
            remedy=one.remedies[0] if one.remedies else "",
            source=one.source.ref if one.source else "",
            line=one.source.line if one.source else None,
            pointer=one.new_pointer or one.old_pointer,
            topics=one.topics,
            services=one.hurt,
            owner=", ".join(one.owners),
        )
        for one in report.findings
    ]
    return (*report.incomplete, *found, *report.stale)


def _sentence(finding: DiffFinding) -> str:
    parts = [f"{where(finding)}: {finding.message}"]
    if finding.subscribers != "ok":
        parts.append(f"old subscribers: {VERDICTS[finding.subscribers]}")
    if finding.publishers != "ok":
        parts.append(f"old publishers: {behind(finding)}")
    if finding.accepted is not None:
        parts.append(f"accepted by {finding.accepted.owner} until {finding.accepted.expires}")
    return "; ".join(parts)
