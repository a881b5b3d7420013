"""The payload check: which topics accept what was pasted, and what is wrong beside each field."""

from __future__ import annotations

from dataclasses import dataclass, replace

from asyncapi.payload import MAX_SIZE, Answer, Fault, PayloadReport
from portal.index import Index
from portal.pages.shown import Link, address_link

SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong: where, what, and what was expected."""

    path: str
    message: str
    expected: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A message on a topic beside the payload: accepts, nearly, rejects or undecided, and why."""

    topic: Link
    message: Link
    verdict: str
    why: str
    form: str
    wrong: tuple[Wrong, ...]
    more: int
    sent_differs: bool
    ignored: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page of the payload check; `payload` is what was pasted, for the form only."""

    addresses: tuple[str, ...]
    topic: str = ""
    payload: str = ""
    checked: bool = False
    summary: str = ""
    faults: tuple[Fault, ...] = ()
    matches: tuple[Matched, ...] = ()
    near: tuple[Link, ...] = ()
    limit: int = MAX_SIZE


def empty(index: Index, topic: str = "") -> View:
    """Return the page before anything was pasted."""
    addresses = tuple(item.address for item in index.topics.values() if item.address)[:2_000]
    return View(topic=topic, addresses=addresses)


def view(index: Index, report: PayloadReport, payload: bytes, topic: str = "") -> View:
    """Return what was found out about a payload; nothing of it is kept."""
    matches = tuple(
        Matched(
            topic=address_link(index, match.topic),
            message=Link(name=match.name, path=index.message_paths.get(match.message, "")),
            verdict=match.verdict,
            why=match.why.removeprefix(": "),
            form=match.form,
            wrong=_wrong(match.accepted),
            more=max(0, match.accepted.count - len(match.accepted.problems)),
            sent_differs=match.sent is not None,
            ignored=match.ignored,
            notes=match.notes,
        )
        for match in report.matches[:SHOWN]
    )
    near = tuple(address_link(index, address) for address in report.near[:8])
    text = payload.decode("utf-8", "replace") if len(payload) <= MAX_SIZE else ""
    return replace(
        empty(index, topic),
        payload=text,
        checked=True,
        summary=report.summary,
        faults=report.faults,
        matches=matches,
        near=near,
    )


def _wrong(answer: Answer) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(path=item.path, message=item.message, expected=item.expected or item.constraint, hint=item.hint)
        for item in answer.problems
    )
