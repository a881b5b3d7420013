"""Versions of one system, and what changed between any two of them; read and compared when asked for, each once."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.documents.document import Document, loads
from asyncapi.documents.masking import Masked, masked
from asyncapi.errors import DocumentError, PortalError
from asyncapi.topics import erase
from asyncapi.view.registry import Registry
from portal.addresses import segment
from portal.once import Once, once

if TYPE_CHECKING:
    from asyncapi.compare.judgement import Acceptance, DiffFinding
    from asyncapi.compare.report import Report

CURRENT = "current"
FEED = "feed.atom"
MOST_READ = 4  # whole documents in memory
MOST_KNOWN = 100  # only names and hashes of topics
MOST_COMPARED = 64  # reports of pairs that people have asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An older document that is read when a page needs it; another `identity` means another content.

    `content` raises PortalError when it cannot be had any more.
    """

    identity: str
    source: str
    content: Callable[[], bytes]


Older = tuple[str, str, Document | Stored]
"""Name, date and document of a version that is not shown any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document with its view, as they were written, and what of it is not told."""

    document: Document
    registry: Registry
    hidden: Masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of a document that was read: its topics with parameters erased, or why it cannot be read."""

    topics: frozenset[str] = frozenset()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a system's document; `date` is ISO 8601, `identity` is another for another content.

    `read` raises PortalError when the document cannot be read.
    """

    id: str
    name: str
    identity: str
    read: Callable[[], Read]
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What became of each topic, by its address with parameters erased.

    `changed` are the versions that changed it, the newest first, with what they changed; `since` is the oldest known.
    """

    changed: Mapping[str, tuple[tuple[Version, tuple[DiffFinding, ...]], ...]]
    since: Mapping[str, Version]


class Shelf:
    """Documents that were read last and what was compared, by content, so that it outlasts what is shown."""

    def __init__(self) -> None:
        """Start empty."""
        self.read: Once[str, Read] = Once(MOST_READ)
        self.known: Once[str, Known] = Once(MOST_KNOWN)
        self.reports: Once[tuple[object, ...], Report] = Once(MOST_COMPARED)


@dataclass(frozen=True, kw_only=True)
class History:
    """Versions, the newest first; what is shown at present is the first of them, under the id `current`.

    `told` is what it changed against the one before it, where that was compared already, with other settings maybe.
    `accepted` are breaks that somebody answers for, until the day that a version was made, or `today`.
    """

    versions: tuple[Version, ...]
    told: Report | None = None
    accepted: tuple[Acceptance, ...] = ()
    today: str = ""
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)
    story: Callable[[], Story] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make room for what is known of each version and what it changed, whatever else is compared."""
        for kept in (self.shelf.reports, self.shelf.known):
            kept.most = max(kept.most, 2 * len(self.versions))
        object.__setattr__(self, "story", once(self._story))

    def find(self, ident: str) -> Version | None:
        """Return a version by its id."""
        return next((version for version in self.versions if version.id == ident), None)

    def before(self, ident: str) -> Version | None:
        """Return the version that a version replaced, as far as they can be read; None when it cannot be itself."""
        version = self.find(ident)
        if version is None or self.known(version).problem:
            return None
        later = self.versions[self.versions.index(version) + 1 :]
        return next((one for one in later if not self.known(one).problem), None)

    def known(self, version: Version) -> Known:
        """Return what is remembered of a version; it is read for that when it is the first time."""
        try:
            return self.shelf.known.get(version.identity, partial(_known, version))
        except PortalError as error:
            return Known(problem=str(error))

    def compared(self, old: str, new: str) -> Report | None:
        """Return what changed between two versions; None when one is not there or cannot be read."""
        before, after = self.find(old), self.find(new)
        if before is None or after is None or self.known(before).problem or self.known(after).problem:
            return None
        if self.told and new == CURRENT and before is self.before(CURRENT):
            return self.told
        key = (before.identity, before.name, after.identity, after.name, self.accepted, self._day(after))
        return self.shelf.reports.get(key, partial(self._compared, before, after))

    def _day(self, after: Version) -> str:
        return self.today if after.id == CURRENT else after.date[:10] or self.today

    def _compared(self, before: Version, after: Version) -> Report:
        from asyncapi.compare.judgement import DiffSettings
        from asyncapi.compare.report import report, without

        past, present = before.read(), after.read()
        levels = dict(past.registry.policy.diff_severity)
        settings = DiffSettings(levels=levels, accepted=self.accepted, today=self._day(after))
        found = report(past.registry, present.registry, settings=settings, names=(before.name, after.name))
        # An entry that meets no change here may belong to another pair: only one that ran out is worth a word.
        stale = [one for one in found.stale if one.rule == "acceptance-expired" and after.id == CURRENT]
        return without(replace(found, stale=tuple(stale)), past.hidden, present.hidden)

    def _story(self) -> Story:
        changed: dict[str, list[tuple[Version, tuple[DiffFinding, ...]]]] = {}
        since: dict[str, Version] = {}
        for version in self.versions:
            since |= dict.fromkeys(self.known(version).topics, version)
            before = self.before(version.id)
            report = self.compared(before.id, version.id) if before else None
            found: dict[str, list[DiffFinding]] = {}
            for finding in report.findings if report else ():
                for topic in dict.fromkeys(map(erase, finding.topics)):
                    found.setdefault(topic, []).append(finding)
            for topic, findings in found.items():
                changed.setdefault(topic, []).append((version, tuple(findings)))
        return Story(changed={topic: tuple(steps) for topic, steps in changed.items()}, since=since)


def history(
    current: Read,
    older: Sequence[Older],
    *,
    name: str = "",
    told: Report | None = None,
    accepted: tuple[Acceptance, ...] = (),
    today: date | None = None,
    shelf: Shelf | None = None,
) -> History:
    """Return the history of a system, the newest of the older versions first.

    `current` is what is shown, `name` what it is called, `told` its comparison if made. `shelf` keeps what was read.
    """
    shelf = shelf or Shelf()
    taken = {CURRENT, FEED}
    shown = name or "what is shown here"
    versions = [Version(id=CURRENT, name=shown, identity=_identity(current.document), read=lambda: current)]
    for said, day, past in older:
        ident = segment(said)
        while ident in taken:
            ident += "-"
        taken.add(ident)
        identity = past.identity if isinstance(past, Stored) else _identity(past)
        read = partial(shelf.read.get, identity, partial(_read, past))
        versions.append(Version(id=ident, name=said, date=day, identity=identity, read=read))
    return History(
        versions=tuple(versions),
        told=told,
        accepted=accepted,
        today=(today or date.today()).isoformat(),
        shelf=shelf,
    )


def _identity(document: Document) -> str:
    told = json.dumps(document.raw, default=str).encode("utf-8", "backslashreplace")
    return hashlib.sha256(told).hexdigest()


def _read(past: Document | Stored) -> Read:
    from asyncapi.view import build

    document = loads(past.content(), source=past.source) if isinstance(past, Stored) else past
    return Read(document=document, registry=build(document), hidden=masked(document.raw))


def _known(version: Version) -> Known:
    """Return what is worth remembering of a version; that it is no document stays so, other trouble may pass."""
    try:
        topics = version.read().registry.topics
    except DocumentError as error:
        return Known(problem=str(error))
    return Known(topics=frozenset(sys.intern(erase(topic.address)) for topic in topics if topic.address is not None))
