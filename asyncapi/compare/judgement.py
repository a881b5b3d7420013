"""What a change means: for running subscribers, for running publishers, for retained messages, and for deployment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asyncapi.findings import Severity
from asyncapi.sources import Source
from asyncapi.topics import erase

Verdict = Literal["ok", "risk", "undecided", "lost", "breaks"]
VERDICTS: tuple[Verdict, ...] = ("ok", "risk", "undecided", "lost", "breaks")
Level = Literal["ok", "risk", "break"]
LEVELS: tuple[Level, ...] = ("ok", "risk", "break")
SEVERITY: Mapping[Level, Severity] = {"break": "error", "risk": "warning", "ok": "note"}
Order = Literal["any order", "subscribers first", "publishers first", "neither", "undecided"]
FailOn = Literal["error", "warning", "note", "never", "subscribers", "publishers", "retained", "risk"]
FAIL_ON: tuple[FailOn, ...] = ("error", "warning", "note", "never", "subscribers", "publishers", "retained", "risk")
HURTING = frozenset(("breaks", "lost", "undecided"))


def worst(*verdicts: Verdict) -> Verdict:
    """Return the worst of some verdicts, ok when there are none."""
    return max(verdicts, key=VERDICTS.index, default="ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A message that shows the change: who sends and who reads it, and what becomes of it."""

    payload: Any
    verdict: Verdict
    sender: Literal["old", "new"]
    reader: Literal["old", "new"]
    path: tuple[str, ...] = ()
    keyword: str = ""
    received: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A break that somebody answers for: the fingerprint of the change, why, who, and until when (`YYYY-MM-DD`)."""

    fingerprint: str
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffFinding:
    """One change with what it means.

    `subscribers`: running subscribers meet new publishers. `publishers`: upgraded subscribers meet running
    publishers. `retained`: what lies on the broker meets new subscribers; None where nothing does, or unknown.
    `subject` with `rule`, `before` and `after` makes the fingerprint; `identity` keeps it where those are masked.
    `old_pointer` and `new_pointer` lead into
    the documents; `hurt` and `senders` are services.
    """

    rule: str
    message: str
    subject: str
    subscribers: Verdict = "ok"
    publishers: Verdict = "ok"
    retained: Verdict | None = None
    level: Level = "ok"
    before: Any = None
    after: Any = None
    path: str = ""
    topics: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    examples: tuple[Counterexample, ...] = ()
    reasons: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    order: Order = "any order"
    source: Source | None = None
    old_pointer: str = ""
    new_pointer: str = ""
    owners: tuple[str, ...] = ()
    accepted: Acceptance | None = None
    identity: str = ""

    @property
    def fingerprint(self) -> str:
        """Return twelve hex digits that survive new wording, new names of parameters, other topics and new commits."""
        if self.identity:
            return self.identity
        subject = self.subject
        for topic in self.topics[:1]:
            subject = subject.replace(topic, erase(topic))
        parts = (self.rule, subject, _text(self.before), _text(self.after))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def severity(self) -> Severity:
        """Return the severity in the words of other findings."""
        return SEVERITY[self.level]

    @property
    def rollback(self) -> Order:
        """Return the order in which the change is taken back."""
        mirrored: Mapping[Order, Order] = {
            "subscribers first": "publishers first",
            "publishers first": "subscribers first",
        }
        return mirrored.get(self.order, self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSettings:
    """How changes are weighed: levels by rule id, accepted breaks, and the date on which these are looked at."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()
    today: str = ""


def fails(findings: tuple[DiffFinding, ...], threshold: FailOn) -> bool:
    """Say whether findings reach the threshold; accepted ones never do."""
    return any(_reaches(finding, threshold) for finding in findings if finding.accepted is None)


def _reaches(finding: DiffFinding, threshold: FailOn) -> bool:
    if threshold in ("error", "warning", "note"):
        return ("error", "warning", "note").index(finding.severity) <= ("error", "warning", "note").index(threshold)
    if threshold == "risk":
        return finding.level != "ok"
    if finding.level != "break":
        return False
    by = {"subscribers": finding.subscribers, "publishers": finding.publishers, "retained": finding.retained}
    return by.get(threshold) in HURTING


def order_of(subscribers: Verdict, publishers: Verdict, retained: Verdict | None) -> Order:
    """Return the deployment order that one change allows."""
    stored = retained in HURTING
    if "undecided" in (subscribers, publishers, retained):
        return "undecided"
    forward, backward = subscribers in HURTING, publishers in HURTING or stored
    if forward and backward:
        return "neither"
    if forward:
        return "subscribers first"
    if not backward:
        return "any order"
    return "neither" if stored else "publishers first"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
