"""One system at one version of its document: the look-ups and the texts from which its site is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from asyncapi.documents.document import Document
from asyncapi.documents.masking import Masked, masked
from asyncapi.view.registry import Registry
from portal.history import CURRENT, History, Older, Read, Shelf, history
from portal.index import Index
from portal.index import build as build_index
from portal.once import once
from portal.overlay import NOTHING, Overlay, overlay
from portal.pages import topics
from portal.search import Entry, entries

if TYPE_CHECKING:
    from asyncapi.compare.judgement import Acceptance
    from asyncapi.compare.report import Report
    from asyncapi.payload import PayloadReport


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What a site is drawn from. `raw` is the document as data, without what looks like a secret, as everything
    here; `version` changes when anything shown changes.

    `rows` is the table of topics and `entries` what can be searched for, each made once when asked for; `key` names
    the system among several in addresses. `check` says which topics accept a payload, given a topic and the form
    of what was pasted, or "": it is judged by the document as it is, and told without its secrets.
    """

    name: str
    index: Index
    rows: Callable[[], tuple[topics.TopicRow, ...]]
    raw: Mapping[str, Any]
    version: str
    entries: Callable[[], tuple[Entry, ...]]
    check: Callable[[bytes, str, str], PayloadReport]
    history: History
    key: str = ""
    commit: str = ""
    error: str = ""

    @property
    def registry(self) -> Registry:
        """Return the view of the document."""
        return self.index.registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One of several systems that could not be read, and why."""

    name: str
    error: str
    key: str = ""

    @property
    def version(self) -> str:
        """Return what changes when anything of this changes."""
        return f"{self.name}\0{self.error}"


def system(
    document: Document,
    *,
    name: str = "",
    key: str = "",
    commit: str = "",
    error: str = "",
    today: date | None = None,
    older: Sequence[Older] = (),
    current: str = "",
    told: Report | None = None,
    accepted: tuple[Acceptance, ...] = (),
    shelf: Shelf | None = None,
) -> System:
    """Return the system that a document describes, its rules checked and its flows found.

    `commit` fills links to the source, `error` is shown on top, `today` is what dates are compared with. `older`
    are versions before this one, the newest first; what changed since the newest is laid over the pages when the
    first of them is asked for. `current` names this version, `told` is what it changed against that one, where they
    were compared already, `accepted` which breaks somebody answers for; `shelf` keeps what was read of versions.
    """
    shown, original = masked(document.raw), _built(document)
    today = today or date.today()
    registry = _complete(original, document, shown, commit, today)
    written = Read(document=document, registry=original, hidden=shown)
    past = history(written, older, name=current, told=told, accepted=accepted, today=today, shelf=shelf)
    index = replace(build_index(registry), marks=once(lambda: _overlay(past)))
    said = [(version.name, version.date, version.identity) for version in past.versions]
    facts = repr((commit, error, registry.findings, said, accepted, told))
    return System(
        name=name or registry.title,
        index=index,
        rows=once(lambda: topics.rows(index)),
        raw=shown.raw,
        version=hashlib.sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()[:16],
        entries=once(lambda: entries(index)),
        history=past,
        key=key,
        check=lambda payload, topic, wire: _checked(original, shown, payload, topic, wire),
        commit=commit,
        error=error,
    )


def _overlay(past: History) -> Overlay:
    """Return what changed since the newest of the older versions."""
    before = past.before(CURRENT)
    report = past.compared(before.id, CURRENT) if before else None
    return overlay(report, page=f"changes/{CURRENT}/") if report else NOTHING


def _complete(original: Registry, document: Document, shown: Masked, commit: str, today: date) -> Registry:
    """Return the view of what is shown of a document, with all that can be found out from the original alone."""
    from asyncapi.checks import check
    from asyncapi.view.flows import flows

    registry = original if shown.raw is document.raw else _built(replace(document, raw=shown.raw))
    url = registry.source_url.replace("{commit}", commit.removesuffix("-dirty")) if commit else registry.source_url
    findings = check(original, document.raw, today=today, hidden=shown)
    return replace(registry, flows=flows(registry), findings=findings, source_url=url)


def _built(document: Document) -> Registry:
    from asyncapi.view import build

    return build(document)


def _checked(original: Registry, shown: Masked, payload: bytes, topic: str, wire: str) -> PayloadReport:
    from asyncapi.payload import check_payload

    return shown.told(check_payload(original, payload, topic=topic or None, wire=wire or None))
