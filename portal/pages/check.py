"""The payload check: which topics accept what was pasted, and what is wrong beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from asyncapi.payload import MAX_SIZE, Answer, Fault, PayloadReport, has_envelope
from portal.index import Index
from portal.pages.shown import Link, address_link

SHOWN = 12
FORMS = {"": "find out", "envelope": "the envelope", "raw": "the bare model"}
AROUND = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong: where, what stands there, and what was expected."""

    path: str
    found: str
    expected: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The place at which a text stops being JSON: its line, before, at and after the character."""

    before: str
    at: str
    after: str


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
class CheckView:
    """The page of the payload check; `payload` is what was pasted, for the form only.

    `forms` are the ways to read it, by value, where the system has an envelope; `wire` is the one chosen.
    """

    addresses: tuple[str, ...]
    topic: str = ""
    payload: str = ""
    checked: bool = False
    summary: str = ""
    faults: tuple[Fault, ...] = ()
    excerpt: Excerpt | None = None
    matches: tuple[Matched, ...] = ()
    near: tuple[Link, ...] = ()
    limit: int = MAX_SIZE
    wire: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)


def empty(index: Index, topic: str = "") -> CheckView:
    """Return the page before anything was pasted."""
    addresses = tuple(item.address for item in index.topics.values() if item.address)[:2_000]
    return CheckView(topic=topic, addresses=addresses, forms=FORMS if has_envelope(index.registry) else {})


def view(index: Index, report: PayloadReport, payload: bytes, wire: str = "") -> CheckView:
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
            notes=tuple(note for note in match.notes if note != match.why.removeprefix(": ")),
        )
        for match in report.matches[:SHOWN]
    )
    near = tuple(address_link(index, address) for address in report.near[:8])
    text = payload.decode("utf-8", "replace") if len(payload) <= MAX_SIZE else ""
    return replace(
        empty(index, report.asked),
        payload=text,
        wire=wire,
        checked=True,
        summary=report.summary if report.topics else report.summary[:1].upper() + report.summary[1:],
        faults=tuple(fault for fault in report.faults if fault is not report.refusal),
        excerpt=_excerpt(text, report.refusal) if report.refusal else None,
        matches=matches,
        near=near,
    )


def _wrong(answer: Answer) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(
            path=item.path,
            found="missing" if item.message.startswith("is missing") else (item.found or item.message).replace("`", ""),
            expected=item.expected or item.constraint,
            hint=item.hint or item.message.partition("is missing: ")[2].removeprefix(f"expected {item.expected}"),
        )
        for item in answer.problems
    )


def _excerpt(text: str, fault: Fault) -> Excerpt | None:
    lines = text.split("\n")
    if fault.kind != "syntax" or fault.line > len(lines):
        return None
    line, at = lines[fault.line - 1].rstrip("\r"), fault.column - 1
    start, end = max(0, at - AROUND), at + 1 + AROUND
    return Excerpt(
        before=("…" if start else "") + line[start:at],
        at=line[at : at + 1] or " ",
        after=line[at + 1 : end] + ("…" if len(line) > end else ""),
    )
