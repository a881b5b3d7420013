"""Versions of one system, and what changed between any two of them; compared when asked for, each pair once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.document import Document
from asyncapi.registry import Registry
from portal.addresses import segment

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

CURRENT = "current"
FEED = "feed.atom"
MOST_COMPARED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a system's document; `date` is ISO 8601, `registry` reads it when it is first needed.

    Both are as they were written, secrets included: reports are told without.
    """

    id: str
    name: str
    document: Document
    registry: Callable[[], Registry]
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """Versions, the newest first; what is shown at present is the first of them, under the id `current`.

    `told` is what it changed against the one before it, where that was compared already, with other settings maybe.
    """

    versions: tuple[Version, ...]
    told: Report | None = None
    compared: Callable[[str, str], Report | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the reports that were asked for last, at least what each version changed."""
        most = max(MOST_COMPARED, 2 * len(self.versions))
        object.__setattr__(self, "compared", functools.lru_cache(maxsize=most)(self._compared))

    def find(self, ident: str) -> Version | None:
        """Return a version by its id."""
        return next((version for version in self.versions if version.id == ident), None)

    def before(self, ident: str) -> Version | None:
        """Return the version that a version replaced."""
        ids = [version.id for version in self.versions]
        at = ids.index(ident) + 1 if ident in ids else len(ids)
        return self.versions[at] if at < len(ids) else None

    def _compared(self, old: str, new: str) -> Report | None:
        from asyncapi.compare.judgement import DiffSettings
        from asyncapi.compare.report import report, without_secrets

        before, after = self.find(old), self.find(new)
        if self.told and new == CURRENT and before is self.before(CURRENT):
            return self.told
        if before is None or after is None:
            return None
        past = before.registry()
        settings = DiffSettings(levels=dict(past.policy.diff_severity))
        found = report(past, after.registry(), settings=settings, names=(before.name, after.name))
        return without_secrets(found, before.document.raw, after.document.raw)


Older = tuple[str, str, Document]
"""Name, date and document of a version that is not shown any more."""


def history(
    document: Document, current: Registry, older: Sequence[Older], name: str = "", told: Report | None = None
) -> History:
    """Return the history of a system, the newest of the older versions first.

    `current` is the view of the document that is shown, `name` what it is called, `told` its comparison if made.
    """
    taken = {CURRENT, FEED}
    shown = name or "what is shown here"
    versions = [Version(id=CURRENT, name=shown, document=document, registry=lambda: current)]
    for said, date, past in older:
        ident = segment(said)
        while ident in taken:
            ident += "-"
        taken.add(ident)
        registry = functools.cache(partial(_built, past))
        versions.append(Version(id=ident, name=said, date=date, document=past, registry=registry))
    return History(versions=tuple(versions), told=told)


def _built(document: Document) -> Registry:
    from asyncapi.view import build

    return build(document)
