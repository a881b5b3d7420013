"""The questions that programs ask about changes: what a version changed, and what a change would break.

Knows no protocol, like `portal.tools`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from asyncapi.errors import PortalError
from asyncapi.view.registry import Message
from portal.answering import Json, meant, named, no_such, said, systems_of
from portal.history import CURRENT
from portal.library import Library
from portal.system import System

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

MOST_CHANGES: Final = 30  # what a language model takes in with one answer
LONGEST_EXAMPLE: Final = 2_000
MOST_VERSIONS: Final = 50  # what a language model takes in with one answer


def predict_change(library: Library, message: str, change: Mapping[str, Any], *, system: str = "") -> Json:
    """Return whom a change to a message would break; `change` holds keywords of its model's JSON Schema.

    The message is named by its name or by a topic that carries no other.
    """
    from portal.proposals import proposed

    chosen = systems_of(library, system)
    found = [(one, item) for one in chosen for item in _messages(one, message)]
    if not found:
        raise no_such("message", message, (item.name for one in chosen for item in one.index.messages.values()))
    names = sorted({item.name for _, item in found})
    if len(names) > 1:
        raise PortalError("several messages are meant", hint=f"one of {', '.join(names[:20])}")
    return {
        "predictions": [
            named(library, one, {"message": item.name, **_changes(proposed(one, item, change))}) for one, item in found
        ]
    }


def list_changes(library: Library, old: str = "", new: str = "", *, system: str = "") -> Json:
    """Return what changed between two versions, unless said the last one and the one before; or which there are."""
    return {"changes": [named(library, one, _between(one, old, new)) for one in systems_of(library, system)]}


def _messages(system: System, name: str) -> Iterator[Message]:
    """Yield the messages of this name or key, else those of the topic that is meant."""
    known = [item for item in system.index.messages.values() if name in (item.name, item.key)]
    yield from known or (item for topic in meant(system, name) for item in system.index.messages_of(topic))


def _between(system: System, old: str, new: str) -> Json:
    history = system.history
    new = new or CURRENT
    before = history.before(new)
    old = old or (before.id if before else "")
    report = history.compared(old, new) if old else None
    if report is None:
        unknown = [name for name in (old, new) if name and history.find(name) is None]
        told = f"there is no version {unknown[0]}" if unknown else "there is no earlier version"
        return {"verdict": told, "versions": [version.id for version in history.versions[:MOST_VERSIONS]]}
    return {"old": old, "new": new, **_changes(report)}


def _changes(report: Report) -> Json:
    """Return changes, the worst first, each with whom it breaks, a message that shows it, and ways out."""
    from asyncapi.compare.writers.words import VERDICTS, behind, what_happens

    shown = [
        said(
            {
                "level": one.level,
                "rule": one.rule,
                "change": one.message,
                "topics": list(one.topics),
                "breaks": list(one.hurt),
                "running_subscribers": VERDICTS[one.subscribers] if one.level != "ok" else "",
                "upgraded_subscribers": behind(one) if one.level != "ok" else "",
                "shown_by": [
                    {"payload": example.payload, "outcome": what_happens(example)}
                    for example in one.examples[:1]
                    if len(json.dumps(example.payload, default=str)) <= LONGEST_EXAMPLE
                ],
                "reasons": list(one.reasons),
                "remedies": list(one.remedies),
            }
        )
        for one in report.findings[:MOST_CHANGES]
    ]
    more = len(report.findings) - len(shown)
    order = report.deployment.sentence if report.findings else ""
    return {"verdict": report.verdict, **said({"order": order, "changes": shown, "more": more or None})}
