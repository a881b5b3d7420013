"""A registry and a payload in, a report out: the topics that accept it, those that nearly do, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from asyncapi import topics as addresses
from asyncapi.payload.forms import Reading, Readings
from asyncapi.payload.judging import MAX_PROBLEMS_OF_NEAR, counted, is_weak, notes, opaque, ranked, told, verdict
from asyncapi.payload.outline import unknown
from asyncapi.payload.report import Answer, Match, PayloadReport
from asyncapi.schemas import Schema
from asyncapi.schemas.dialects import closure, to_2020
from asyncapi.schemas.violations.explaining import MAX_STEPS, Explaining, Steps, TooInvolvedError
from asyncapi.schemas.violations.matching import Matching, validator
from asyncapi.schemas.violations.reading import MAX_SIZE, Fault, Payload, read_payload
from asyncapi.schemas.violations.spelling import announced
from asyncapi.schemas.violations.violation import one
from asyncapi.view.registry import Message, Registry, Topic

_STEPS = 300_000  # pairs of schema and value over all messages: twice what a single one may take
_MOST_NEAR, _MOST_OPINIONS, _MOST_COMPONENTS = 100, 60, 200
_SHOWN = 50  # matches that are listed; the counts tell of the others


def check_payload(
    registry: Registry, data: bytes | str | Payload, *, topic: str | None = None, wire: str | None = None
) -> PayloadReport:
    """Return which topics accept a payload; never raises for what was pasted.

    `topic` is an address, a template, a channel key or a concrete topic; None asks all. `wire` says that what
    was pasted is an `envelope` or a `raw` model; None finds out.
    """
    payload = data if isinstance(data, Payload) else read_payload(data)
    asked = (topic or "").strip()
    if not payload.readable and not isinstance(data, Payload):
        payload, asked = _printed(registry, data, asked) or (payload, asked)
    chosen = find(registry, asked) if asked else registry.topics
    report = PayloadReport(
        asked=asked,
        topics=tuple(_name(item) for item in chosen) if asked else (),
        near=_near(registry, asked) if asked and not chosen else (),
        faults=payload.faults,
        readable=payload.readable,
    )
    if not payload.readable or not chosen:
        return report
    check = _Check(registry, payload.value, wire or "")
    return check.chosen(report, chosen) if asked else check.all(report, chosen)


def _printed(registry: Registry, data: bytes | str, asked: str) -> tuple[Payload, str] | None:
    """Return the payload and the topic of a line that `mosquitto_sub -v` printed, where the topic is one of these."""
    text = data if isinstance(data, str) else data[: MAX_SIZE + 1].decode("utf-8", "replace")
    found = announced(text) if len(text) <= MAX_SIZE else None
    if found is None or not find(registry, found[0]):
        return None
    told = f"`{found[0]}` before the JSON is read as its topic"
    payload = read_payload(" " * (len(text) - len(found[1])) + found[1])
    fault = Fault(kind="topic", message=told, line=1, column=1)
    return replace(payload, faults=(fault, *payload.faults)) if payload.readable else payload, asked or found[0]


def find(registry: Registry, topic: str) -> tuple[Topic, ...]:
    """Return the topic of this name, else those whose template or filter fits it, the most telling first."""
    exact = registry.topic(topic)
    if exact is not None:
        return (exact,)
    fitting = [item for item in registry.topics if item.address and addresses.overlaps(item.address, topic)]
    return tuple(sorted(fitting, key=lambda item: len(addresses.parameters(item.address or ""))))[:_SHOWN]


def _name(topic: Topic) -> str:
    return topic.key if topic.address is None else topic.address


def _near(registry: Registry, topic: str) -> tuple[str, ...]:
    names = [name for name in map(_name, registry.topics[:1_000]) if len(name) <= 200]
    return tuple(difflib.get_close_matches(topic[:200], names, n=3, cutoff=0.6))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A message with the ways to read the payload for it."""

    message: Message
    wire: Any
    readings: tuple[Reading, ...]

    @property
    def rank(self) -> tuple[int, int]:
        return min(((reading.least, -reading.shared) for reading in self.readings), default=(0, 0))

    @property
    def is_near(self) -> bool:
        """Say whether a closer look can find it accepted, rejected for little, or undecided."""
        return not self.readings or any(
            reading.least == 0 or (reading.least <= MAX_PROBLEMS_OF_NEAR and reading.shared > 0)
            for reading in self.readings
        )


class _Check:
    """One payload, checked against the messages of one system within one allowance."""

    def __init__(self, registry: Registry, value: Any, wire: str) -> None:
        self.registry, self.value, self.wire = registry, value, wire
        self.readings = Readings(registry, value)
        self.matching = Matching()
        self.left = _STEPS
        self.opinions = _MOST_OPINIONS
        self.answers: dict[str, Match] = {}

    def chosen(self, report: PayloadReport, chosen: Iterable[Topic]) -> PayloadReport:
        """Return the report on some topics: every message of theirs in full."""
        matches = [
            self._match(topic, self._candidate(message)) for topic in chosen for message in self._messages(topic)
        ]
        return replace(counted(report, matches), matches=ranked(matches)[:_SHOWN])

    def all(self, report: PayloadReport, chosen: Iterable[Topic]) -> PayloadReport:
        """Return the report on all topics: matches, and the nearest others where there are none."""
        on: dict[str, list[Topic]] = {}
        for topic in chosen:
            for message in self._messages(topic):
                on.setdefault(message.key, []).append(topic)
        known = (self.registry.message(key) for key in on)
        candidates = sorted((self._candidate(message) for message in known if message), key=lambda one: one.rank)
        near = [candidate for candidate in candidates if candidate.is_near]
        sure = sum(candidate.rank[0] == 0 for candidate in near)
        looked, skipped = near[: sure + _MOST_NEAR], near[sure + _MOST_NEAR :]
        matches = [self._match(topic, candidate) for candidate in looked for topic in on[candidate.message.key]]
        good = [match for match in matches if match.verdict != "rejects"]
        if not good:
            others = [candidate for candidate in candidates if candidate.readings and not candidate.is_near][:3]
            matches += [self._match(on[other.message.key][0], other) for other in others]
        return replace(
            counted(report, good),
            matches=ranked(good)[:_SHOWN] or ranked(matches)[:3],
            rejected=len(candidates) - len({match.message for match in good}) - len(skipped),
            unlooked=len(skipped),
        )

    def _messages(self, topic: Topic) -> list[Message]:
        return [message for key in topic.messages if (message := self.registry.message(key)) is not None]

    def _candidate(self, message: Message) -> _Candidate:
        wire, readings = self.readings.of(message, self.wire)
        return _Candidate(message=message, wire=wire, readings=readings)

    def _match(self, topic: Topic, candidate: _Candidate) -> Match:
        known = self.answers.get(candidate.message.key)
        if known is None:
            known = self.answers[candidate.message.key] = self._judged(topic, candidate)
        return replace(known, topic=_name(topic), key=topic.key)

    def _judged(self, topic: Topic, candidate: _Candidate) -> Match:
        message = candidate.message
        match = Match(
            topic=_name(topic),
            key=topic.key,
            message=message.key,
            name=message.name,
            verdict="undecided",
            accepted=Answer(fits=None, reason=opaque(message)),
        )
        if not candidate.readings:
            return match
        reading, accepted, sent = self._read(candidate)
        ignored = unknown(reading.outlines, reading.value) if accepted.fits else ()
        wrong_form = reading.form != candidate.wire
        mistaken = bool(self.wire) and reading.form != self.wire
        formed = candidate.wire == "envelope" or wrong_form or mistaken
        return replace(
            match,
            verdict=verdict(reading, accepted, mistaken if self.wire else wrong_form),
            accepted=accepted,
            sent=sent if sent is not None and sent.fits != accepted.fits else None,
            form=reading.form if formed else "",
            wire=candidate.wire if formed else "",
            shared=reading.shared,
            ignored=ignored[:20],
            weak=bool(accepted.fits) and is_weak(reading),
            notes=tuple(notes(reading, candidate.wire, accepted, sent, ignored, mistaken)),
        )

    def _read(self, candidate: _Candidate) -> tuple[Reading, Answer, Answer | None]:
        """Return the reading that fits, else the one that comes nearest, with what subscribers and publishers say."""
        explaining = Explaining(self.registry.schemas, self.matching, Steps())
        tried = []
        for reading in candidate.readings:
            answer = self._answer(
                reading, reading.accepts if reading.accepts is not None else reading.schema, explaining
            )
            tried.append((reading, answer))
            if answer.fits and (reading.shared or reading is candidate.readings[-1]):
                break
        reading, accepted = min(tried, key=lambda item: (not item[1].fits, -item[0].shared, item[1].count))
        sent = self._answer(reading, reading.schema, explaining) if reading.accepts is not None else None
        return reading, accepted, sent

    def _answer(self, reading: Reading, schema: Schema, explaining: Explaining) -> Answer:
        explaining.steps = Steps(min(self.left, MAX_STEPS))
        explaining.unchecked.clear()
        allowed = explaining.steps.left
        try:
            found = explaining.found(schema, reading.value)
        except (TooInvolvedError, RecursionError):
            explaining.known.clear()
            self.left -= allowed - max(0, explaining.steps.left)
            return Answer(fits=None, reason="schema and payload together are too involved to be checked here")
        taken = allowed - explaining.steps.left
        self.left -= taken
        affordable = explaining.plain and found.weight <= 4 * taken + 1_000
        if not found.count and affordable and not self._admitted(schema, reading.value):
            found = one(rule="schema", message="a validator refuses this for a reason that is not told here")
        for part in reversed(reading.parts):
            found = found.under(part)
        return told(found, tuple(explaining.unchecked))

    def _admitted(self, schema: Schema, value: Any) -> bool:
        """Ask a JSON Schema validator as well; what it cannot use or what costs too much counts as admitted."""
        self.opinions -= 1
        if self.opinions < 0 or len(closure(schema, self.registry.schemas)) > _MOST_COMPONENTS:
            return True
        try:
            return bool(validator(to_2020(schema, self.registry.schemas)).is_valid(value))
        except (ValueError, RecursionError):
            return True
