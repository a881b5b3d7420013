"""What changed between two versions: whom it breaks, a message that shows it, ways out, and the order of deployment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asyncapi.compare.judgement import Counterexample, DiffFinding
from asyncapi.topics import erase
from portal.history import CURRENT, History, Version
from portal.index import Index
from portal.pages.shown import Link, SourceLink, address_link, place, service_link

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

LONGEST_VALUE = 400  # characters of a value in a row of changes
LONGEST_EXAMPLE = 20_000
MOST_LINES = 60
MOST_SHOWN = 400  # changes on one page; the worst come first
ALONE = (
    "No older version is known here. Commit the document and tag releases, let `portal history` export the tags at "
    "which none was committed, or name older documents with `--old v1=old.yaml` for `portal serve` and `portal build`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message that shows a change: who sends it to whom, the message as JSON, and where it goes wrong."""

    sentence: str
    before: str
    wrong: str
    after: str
    where: str
    received: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change with what it means for both sides."""

    level: str
    rule: str
    message: str
    fingerprint: str
    subscribers: str
    publishers: str
    before: str
    after: str
    hurt: tuple[Link, ...]
    owners: tuple[str, ...]
    examples: tuple[ShownMessage, ...]
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    place: SourceLink | None
    accepted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """The changes on one topic, or on the same topics together, the worst first."""

    topics: tuple[Link, ...]
    level: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChoice:
    """A version that can be compared."""

    id: str
    name: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """The comparison of two versions; without a report when nothing, or nothing known, was chosen.

    Of very many changes the worst are shown; `left_out` counts the others.
    """

    old: VersionChoice | None
    new: VersionChoice | None
    choices: tuple[VersionChoice, ...]
    verdict: str = ""
    level: str = ""
    order: str = ""
    stages: tuple[tuple[Link, ...], ...] = ()
    rollback: tuple[tuple[Link, ...], ...] = ()
    groups: tuple[ChangeGroup, ...] = ()
    safe: tuple[ChangeGroup, ...] = ()
    stale: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    blind_spots: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStep:
    """One version in the list: what it changed against the one before it."""

    version: VersionChoice
    page: Link
    verdict: str
    level: str
    order: str
    topics: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """All versions, the newest first; `hint` says how to get older ones while there are none."""

    steps: tuple[VersionStep, ...]
    comparable: bool
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStep:
    """What one version changed on a topic."""

    version: VersionChoice
    page: Link
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHistoryView:
    """The history of one topic: the versions that changed it, the newest first, and since when it is known."""

    topic: Link
    steps: tuple[TopicStep, ...]
    since: VersionChoice | None


def version_path(version: Version) -> str:
    """Return the directory of the page on what a version changed."""
    return f"changes/{version.id}/"


def history_path(topic_path: str) -> str:
    """Return the directory of a topic's history."""
    return f"history/{topic_path.removeprefix('topics/')}"


def compared(index: Index, history: History, old: str, new: str) -> ComparisonView:
    """Return the comparison of two versions by their ids; unknown ids are named, never read from anywhere."""
    choices = tuple(_choice(version) for version in history.versions)
    before, after = history.find(old), history.find(new)
    unread = tuple(_unread(version, history) for version in (before, after) if version)
    report = history.compared(old, new)
    if report is None or before is None or after is None:
        unknown = tuple(ident[:100] for ident, found in ((old, before), (new, after)) if ident and found is None)
        return ComparisonView(
            old=_choice(before) if before else None,
            new=_choice(after) if after else None,
            choices=choices,
            unknown=unknown,
            unread=tuple(filter(None, unread)),
        )
    return replace(told(index, report), old=_choice(before), new=_choice(after), choices=choices)


def told(index: Index, report: Report) -> ComparisonView:
    """Return what a report tells, whatever was compared."""
    open_ones = [one for one in report.findings if one.level != "ok" and one.accepted is None]
    rest = [one for one in report.findings if one.level == "ok" or one.accepted is not None]
    return ComparisonView(
        old=None,
        new=None,
        choices=(),
        verdict=report.verdict,
        level=level(report),
        order=report.deployment.sentence if report.findings else "",
        stages=_linked(index, report.deployment.stages),
        rollback=_linked(index, report.deployment.rollback),
        groups=groups(index, open_ones[:MOST_SHOWN]),
        safe=groups(index, rest[:MOST_SHOWN]),
        left_out=max(0, len(open_ones) - MOST_SHOWN) + max(0, len(rest) - MOST_SHOWN),
        stale=tuple(one.message for one in report.stale),
        incomplete=tuple(one.message for one in report.incomplete),
        blind_spots=report.blind_spots if report.findings else (),
    )


def level(report: Report) -> str:
    """Return the worst level of changes that nobody accepted, `accepted` for none, nothing where nothing changed."""
    levels = {"accepted" if one.accepted else one.level for one in report.findings}
    return next((one for one in ("break", "risk", "ok", "accepted") if one in levels), "")


def groups(index: Index, findings: Iterable[DiffFinding]) -> tuple[ChangeGroup, ...]:
    """Return changes grouped by the topics they are on, in the order of the worst of each group."""
    found: dict[tuple[str, ...], list[DiffFinding]] = {}
    for finding in findings:
        found.setdefault(finding.topics, []).append(finding)
    return tuple(
        ChangeGroup(
            topics=tuple(address_link(index, name) for name in topics),
            level=changes[0].level,
            changes=tuple(change(index, one) for one in changes),
        )
        for topics, changes in found.items()
    )


def change(index: Index, finding: DiffFinding) -> Change:
    """Return one change with links."""
    from asyncapi.compare.writers.words import VERDICTS, behind

    accepted = finding.accepted
    return Change(
        level=finding.level,
        rule=finding.rule,
        message=finding.message,
        fingerprint=finding.fingerprint,
        subscribers=VERDICTS[finding.subscribers],
        publishers=behind(finding),
        before=_value(finding.before),
        after=_value(finding.after),
        hurt=tuple(service_link(index, name) for name in finding.hurt),
        owners=finding.owners,
        examples=tuple(map(_shown, finding.examples)),
        reasons=finding.reasons,
        remedies=finding.remedies,
        place=place(index.registry, finding.source),
        accepted=f"accepted by {accepted.owner} until {accepted.expires}: {accepted.reason}" if accepted else "",
    )


def list_view(index: Index, history: History) -> ChangesView:
    """Return what each version changed."""
    steps = []
    for version in history.versions:
        before = history.before(version.id)
        report = history.compared(before.id, version.id) if before else None
        names = dict.fromkeys(name for one in report.findings for name in one.topics) if report else {}
        steps.append(
            VersionStep(
                version=_choice(version),
                page=Link(name=version.name, path=version_path(version) if before else ""),
                verdict=report.verdict if report else _unread(version, history) or "The first version that is known.",
                level=level(report) if report else "",
                order=report.deployment.sentence if report and report.findings else "",
                topics=tuple(address_link(index, name) for name in list(names)[:12]),
            )
        )
    comparable = len(history.versions) > 1
    return ChangesView(steps=tuple(steps), comparable=comparable, hint="" if comparable else ALONE)


def topic_view(index: Index, history: History, topic: Link) -> TopicHistoryView:
    """Return the versions that changed a topic, whatever its parameters were called in them."""
    story, name = history.story(), erase(topic.name)
    steps = tuple(
        TopicStep(
            version=_choice(version),
            page=Link(name=version.name, path=version_path(version)),
            changes=tuple(change(index, one) for one in found),
        )
        for version, found in story.changed.get(name, ())
    )
    oldest = story.since.get(name)
    return TopicHistoryView(topic=topic, steps=steps, since=_choice(oldest) if oldest else None)


def choice_default(history: History) -> tuple[str, str]:
    """Return the ids that are compared when nobody chose: what is shown, with the version before it."""
    before = history.before(CURRENT)
    return (before.id if before else "", CURRENT)


def version_view(index: Index, history: History, version: Version) -> ComparisonView:
    """Return what a version changed against the one before it that can be read."""
    before = history.before(version.id)
    return compared(index, history, before.id if before else "", version.id)


def _unread(version: Version, history: History) -> str:
    """Say why a version cannot be read; nothing where it can."""
    problem = history.known(version).problem
    return f"{version.name} cannot be compared: {problem}" if problem else ""


def _choice(version: Version) -> VersionChoice:
    return VersionChoice(id=version.id, name=version.name, date=version.date[:10])


def _linked(index: Index, stages: Sequence[Sequence[str]]) -> tuple[tuple[Link, ...], ...]:
    return tuple(tuple(service_link(index, name) for name in stage) for stage in stages)


def _value(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _shown(example: Counterexample) -> ShownMessage:
    """Return an example with the line at which it goes wrong set apart."""
    from asyncapi.compare.writers.words import what_happens

    text = json.dumps(example.payload, ensure_ascii=False, indent=2, default=str)[:LONGEST_EXAMPLE]
    lines = text.split("\n")
    at = _line(lines, example.path)
    if len(lines) > MOST_LINES:
        start = max(0, (at or 0) - MOST_LINES // 2)
        cut = lines[start : start + MOST_LINES]
        lines = [*(["…"] if start else []), *cut, *(["…"] if start + MOST_LINES < len(lines) else [])]
        at = None if at is None else at - start + bool(start)
    split = len(lines) if at is None else at
    where = ".".join(example.path)
    return ShownMessage(
        sentence=what_happens(example).capitalize(),
        before="\n".join(lines[:split]),
        wrong="" if at is None else lines[at],
        after="\n".join(lines[split + 1 :]),
        where=f"{where}: {example.keyword}" if where and example.keyword else where or example.keyword,
        received=json.dumps(example.received, ensure_ascii=False, indent=2, default=str)[:LONGEST_EXAMPLE]
        if example.verdict == "lost"
        else "",
    )


def _line(lines: Sequence[str], path: Sequence[str]) -> int | None:
    """Return the line of indented JSON on which a path of property names ends; None where it cannot be told."""
    if not path or any(step in ("[]", "{}") for step in path):
        return None
    at = 0
    for depth, name in enumerate(path, 1):
        wanted = "  " * depth + json.dumps(name, ensure_ascii=False) + ":"
        while at < len(lines) and not lines[at].startswith(wanted):
            at += 1
        if at == len(lines):
            return None
    return at
