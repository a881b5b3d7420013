"""Rules for a message as a whole. What the change of a message breaks is proven, unless the rule says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asyncapi.compare.comparison import MessagePair
from asyncapi.compare.judgement import DiffFinding, Verdict
from asyncapi.compare.rules.rule import Rule


def _made(
    pair: MessagePair, message: str, before: Any, after: Any, subscribers: Verdict = "ok", publishers: Verdict = "ok"
) -> DiffFinding:
    return DiffFinding(
        rule="",
        message=message,
        subject=f"{pair.topic.name} {pair.name}",
        subscribers=subscribers,
        publishers=publishers,
        before=before,
        after=after,
    )


def message_added(pair: MessagePair) -> Iterator[DiffFinding]:
    """A topic carries one more message. Running subscribers must understand it as one of those they know."""
    if pair.old is None and pair.topic.old is not None:
        yield _made(pair, f"message {pair.name} added to {pair.topic.name}", None, pair.name)


def message_removed(pair: MessagePair) -> Iterator[DiffFinding]:
    """A topic does not carry a message any more. Running publishers may still send it."""
    if pair.new is None and pair.topic.new is not None:
        yield _made(pair, f"message {pair.name} removed from {pair.topic.name}", pair.name, None)


def message_renamed(pair: MessagePair) -> Iterator[DiffFinding]:
    """A message has another name. Names of messages are not on the wire."""
    if pair.renamed and pair.old and pair.new:
        yield _made(pair, f"message {pair.old.name} renamed to {pair.new.name}", pair.old.name, pair.new.name)


def content_type_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """A message is written in another form."""
    if pair.old and pair.new and pair.old.content_type and pair.new.content_type:
        before, after = pair.old.content_type, pair.new.content_type
        if before.split(";")[0].strip().lower() != after.split(";")[0].strip().lower():
            text = f"content type of {pair.name} is {after}, was {before}"
            yield _made(pair, text, before, after, subscribers="breaks", publishers="breaks")


def wire_form_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """A message travels inside an envelope that travelled bare, or the other way round."""
    if pair.old and pair.new and pair.old.wire and pair.new.wire and pair.old.wire != pair.new.wire:
        before, after = pair.old.wire, pair.new.wire
        text = f"{pair.name} travels {_form(after)}, travelled {_form(before)}"
        yield _made(pair, text, before, after, subscribers="breaks", publishers="breaks")


def _form(wire: str) -> str:
    return {"raw": "bare", "envelope": "inside an envelope"}.get(wire, wire)


def correlation_id_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """The field by which answers are matched stands somewhere else."""
    if pair.old and pair.new and pair.old.correlation and pair.new.correlation:
        before, after = pair.old.correlation, pair.new.correlation
        if before != after:
            text = f"correlation id of {pair.name} is at {after}, was at {before}"
            yield _made(pair, text, before, after, subscribers="breaks", publishers="breaks")


def payload_opaque_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """A payload that is not described by JSON Schema changed; what that breaks cannot be decided."""
    if pair.old and pair.new and (pair.old.payload is None or pair.new.payload is None):
        before, after = pair.old.schema_format, pair.new.schema_format
        if (
            before != after
            or pair.old.opaque != pair.new.opaque
            or (pair.old.payload is None) != (pair.new.payload is None)
        ):
            text = f"payload of {pair.name}, which is no JSON Schema, changed"
            yield _made(pair, text, before, after, subscribers="undecided", publishers="undecided")


def headers_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """The headers of a message changed. They are compared, but not proven."""
    if pair.old and pair.new and pair.old.headers != pair.new.headers:
        yield _made(pair, f"headers of {pair.name} changed", None, None, subscribers="risk", publishers="risk")


def payload_incompatible(pair: MessagePair) -> Iterator[DiffFinding]:
    """A payload is not understood any more, for a reason that no other rule names."""
    yield _made(pair, f"payload of {pair.name} changed", None, None)


def payload_undecided(pair: MessagePair) -> Iterator[DiffFinding]:
    """Whether a payload is still understood could not be decided; it counts as a break."""
    yield _made(pair, f"payload of {pair.name} changed in a way that could not be decided", None, None)


def model_rejects_itself(pair: MessagePair) -> Iterator[DiffFinding]:
    """What new publishers send, new subscribers reject, and it was not so before. No deployment order helps."""
    if pair.inward is not None and pair.inward.causes:
        places = ", ".join(dict.fromkeys(f"{'.'.join(cause.path)} ({cause.keyword})" for cause in pair.inward.causes))
        text = f"new subscribers reject {pair.name} as new publishers send it: {places}"
        yield _made(pair, text, None, places, publishers="breaks")


def message_words_changed(pair: MessagePair) -> Iterator[DiffFinding]:
    """Summary, description or title of a message changed. Nothing on the wire does."""
    if pair.old and pair.new:
        one, two = pair.old, pair.new
        if (one.title, one.summary, one.description) != (two.title, two.summary, two.description):
            yield _made(pair, f"description of {pair.name} changed", None, None)


def _rule(says: Callable[[MessagePair], Iterator[DiffFinding]], mirror: str = "", waiver: str = "") -> Rule:
    return Rule(id=says.__name__.replace("_", "-"), says=says, mirror=mirror, waiver=waiver)


MESSAGE_RULES: tuple[Rule, ...] = (
    _rule(message_added, "message-removed"),
    _rule(message_removed, "message-added"),
    _rule(message_renamed, "message-renamed"),
    _rule(content_type_changed, "content-type-changed"),
    _rule(wire_form_changed, "wire-form-changed"),
    _rule(correlation_id_changed, "correlation-id-changed"),
    _rule(payload_opaque_changed, "payload-opaque-changed"),
    _rule(headers_changed, "headers-changed"),
    _rule(
        payload_incompatible,
        waiver="the rest that no rule names; taken back, it may be nothing or a change with a name",
    ),
    _rule(payload_undecided, "payload-undecided"),
    _rule(model_rejects_itself, waiver="taken back, the model accepts again what it sends: nothing to say"),
    _rule(message_words_changed, "message-words-changed"),
)
