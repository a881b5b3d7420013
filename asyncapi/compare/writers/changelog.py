"""A report as release notes: what breaks, what is new, what is gone, what else changed, topic by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asyncapi.compare.judgement import DiffFinding
from asyncapi.compare.report import Report
from asyncapi.compare.writers.markdown import plain
from asyncapi.compare.writers.words import where

ADDED = ("topic-added", "message-added", "publisher-added", "subscriber-added")
REMOVED = ("topic-removed", "message-removed", "publisher-removed", "subscriber-removed")
SECTIONS: tuple[tuple[str, Callable[[DiffFinding], bool]], ...] = (
    ("Breaking", lambda one: one.level == "break"),
    ("Deprecated", lambda one: one.rule == "state-changed" and one.after == "deprecated"),
    ("Added", lambda one: one.rule in ADDED or one.rule.endswith("-added")),
    ("Removed", lambda one: one.rule in REMOVED or one.rule.endswith("-removed")),
    ("Changed", lambda _: True),
)


def write(report: Report, *, title: str) -> str:
    """Return Markdown; a change stands in the first section that it fits."""
    lines = ["## " + plain(f"# {title}").partition(" ")[2], ""]  # a number with a dot is no list in a heading
    if not report.findings:
        return "\n".join([*lines, "Nothing changed that is on the wire.", ""])
    lines += [plain(report.deployment.sentence), ""]
    left = list(report.findings)
    for name, fits in SECTIONS:
        here = [one for one in left if fits(one)]
        left = [one for one in left if not fits(one)]
        if here:
            lines += [f"### {name}", "", *(line for one in here for line in _lines(one)), ""]
    return "\n".join(lines)


def _lines(finding: DiffFinding) -> Iterator[str]:
    place = where(finding)
    accepted = f" (accepted by {finding.accepted.owner}: {finding.accepted.reason})" if finding.accepted else ""
    yield f"- {f'**{plain(place)}**: ' if place else ''}{plain(finding.message + accepted)}"
    if finding.level == "break":
        if finding.hurt:
            yield f"  - who must act: {plain(', '.join(finding.hurt))}"
        if finding.remedies:
            yield f"  - {plain(finding.remedies[0])}"
