"""What changed since another version, laid over the pages: a mark for topics, messages and fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncapi.compare.judgement import LEVELS, DiffFinding

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

LEVEL_WORDS = {"break": "breaking", "risk": "risky", "ok": "changed"}
NEW = ("topic-added", "message-added")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What changed at one place: the worst level of what nobody accepted, and each change in words."""

    level: str
    says: tuple[str, ...]
    new: bool = False
    accepted: bool = False

    @property
    def word(self) -> str:
        """Return the mark in a word."""
        return "new" if self.new else "accepted" if self.accepted else LEVEL_WORDS[self.level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Marks by topic address, by message name, and by message name and path of a field.

    `since` names the other version, `page` leads to the comparison, `gone` are topics that are not there any more.
    """

    since: str = ""
    page: str = ""
    verdict: str = ""
    topics: Mapping[str, Mark] = field(default_factory=dict)
    messages: Mapping[str, Mark] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


NOTHING = Overlay()


def overlay(report: Report, *, page: str) -> Overlay:
    """Return the marks of a comparison; `page` is where it is shown."""
    topics: dict[str, list[DiffFinding]] = {}
    messages: dict[str, list[DiffFinding]] = {}
    fields: dict[str, dict[str, list[DiffFinding]]] = {}
    for finding in report.findings:
        for name in finding.topics:
            topics.setdefault(name, []).append(finding)
        for name in finding.messages:
            messages.setdefault(name, []).append(finding)
            if finding.path:
                fields.setdefault(name, {}).setdefault(finding.path, []).append(finding)
    gone = [name for one in report.findings if one.rule == "topic-removed" for name in one.topics]
    return Overlay(
        since=report.old_name,
        page=page,
        verdict=report.verdict,
        topics={name: _mark(found) for name, found in topics.items()},
        messages={name: _mark(found) for name, found in messages.items()},
        fields={name: {path: _mark(found) for path, found in paths.items()} for name, paths in fields.items()},
        gone=tuple(dict.fromkeys(gone)),
    )


def _mark(findings: list[DiffFinding]) -> Mark:
    left = [finding.level for finding in findings if finding.accepted is None]
    return Mark(
        level=max(left, key=LEVELS.index, default="ok"),
        says=tuple(dict.fromkeys(map(_said, findings))),
        new=any(finding.rule in NEW for finding in findings),
        accepted=not left,
    )


def _said(finding: DiffFinding) -> str:
    accepted = finding.accepted
    return f"{finding.message} (accepted by {accepted.owner} until {accepted.expires})" if accepted else finding.message
