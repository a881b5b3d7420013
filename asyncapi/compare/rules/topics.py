"""Rules for a topic as a whole: its address, its parties, its correlation. Each looks at one pair of topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from asyncapi.compare.comparison import Comparison, OperationPair, TopicPair
from asyncapi.compare.judgement import DiffFinding, Verdict
from asyncapi.compare.rules.delivery import retained
from asyncapi.compare.rules.rule import Rule
from asyncapi.topics import overlaps
from asyncapi.view.registry import Registry


def _made(
    pair: TopicPair, message: str, before: Any, after: Any, subscribers: Verdict = "ok", publishers: Verdict = "ok"
) -> DiffFinding:
    return DiffFinding(
        rule="",
        message=message,
        subject=pair.name,
        subscribers=subscribers,
        publishers=publishers,
        before=before,
        after=after,
    )


def topic_added(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """There is a topic that was not there. Running subscribers of a filter that matches it get messages they may not
    know."""
    if pair.old is None and pair.new is not None:
        hears = _filters(comparison.old, pair.name)
        text = f"topic {pair.name} added"
        text += f"; {', '.join(sorted(hears))} will hear it by a filter" if hears else ""
        yield _made(pair, text, None, pair.name, subscribers="risk" if hears else "ok")


def _filters(registry: Registry, address: str) -> set[str]:
    found = {operation.service for operation in registry.operations if _hears(operation.filter, address)}
    return found | {service for service, spelled, _ in registry.undelivered if _hears(spelled, address)}


def _hears(spelled: str, address: str) -> bool:
    return bool(spelled) and overlaps(spelled, address)


def topic_removed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """A topic is gone. Running subscribers hear nothing, running publishers are heard by nobody. Where the document
    tells of a whole system and nobody of it subscribes, only somebody outside of it can miss the topic."""
    if pair.new is not None or pair.old is None:
        return
    text = f"topic {pair.old_name} removed"
    if any(one.action == "receive" for one in pair.before) or not comparison.old.knows_edges:
        yield _made(pair, text, pair.old_name, None, subscribers="breaks", publishers="breaks")
        return
    if count := sum("receive" in item.actions for item in comparison.old.unseen):
        text += "; nobody is seen to subscribe to it"
        found = _made(pair, text, pair.old_name, None, subscribers="undecided", publishers="undecided")
        places = "one place" if count == 1 else f"{count} places"
        yield replace(found, reasons=(f"what is subscribed to in {places} is not known",))
        return
    text += "; nobody subscribes to it"
    if stays := retained(pair):
        text += ", and its retained message stays on the broker"
    yield _made(pair, text, pair.old_name, None, subscribers="risk", publishers="risk" if stays else "ok")


def topic_renamed(pair: TopicPair, _comparison: Comparison) -> Iterator[DiffFinding]:
    """A topic has another address. Both sides go on without an error, and without a message."""
    if pair.renamed:
        text = f"topic {pair.old_name} renamed to {pair.name}"
        yield _made(pair, text, pair.old_name, pair.name, subscribers="breaks", publishers="breaks")


def operation_direction_changed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """A service that sent on a topic receives on it instead, or the other way round."""
    found = comparison.operations_of(pair)
    came = {(one.service, one.action) for one in found if one.old is None}
    for one in found:
        turned = (one.service, "receive" if one.action == "send" else "send")
        if one.new is None and turned in came and pair.new is not None:
            verb = {"send": "publishes", "receive": "subscribes"}
            text = f"{one.service} {verb[turned[1]]} where it {'published' if one.action == 'send' else 'subscribed'}"
            yield _made(pair, text, one.action, turned[1], subscribers="breaks", publishers="breaks")


def _parties(found: tuple[OperationPair, ...], action: str) -> tuple[set[str], set[str]]:
    old = {one.service for one in found if one.action == action and one.old is not None}
    new = {one.service for one in found if one.action == action and one.new is not None}
    return old, new


def _turned(found: tuple[OperationPair, ...]) -> set[str]:
    """Return services that changed direction; `operation-direction-changed` reports them, and no other rule does."""
    came = {(one.service, one.action) for one in found if one.old is None}
    gone = {(one.service, one.action) for one in found if one.new is None}
    return {service for service, action in gone if (service, "receive" if action == "send" else "send") in came}


def last_publisher_removed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """Nobody publishes on a topic any more that is still subscribed to."""
    found = comparison.operations_of(pair)
    old, new = _parties(found, "send")
    if pair.old and pair.new and old - _turned(found) and not new:
        text = f"nobody publishes {pair.name} any more; {', '.join(sorted(old))} did"
        yield _made(pair, text, sorted(old), None, subscribers="breaks", publishers="breaks")


def last_subscriber_removed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """Nobody listens to a topic any more. It breaks only who waits for an answer."""
    found = comparison.operations_of(pair)
    old, new = _parties(found, "receive")
    if pair.old and pair.new and old - _turned(found) and not new:
        asked = bool(pair.new.replies) or any(one.new is not None and one.new.reply is not None for one in found)
        verdict: Verdict = "breaks" if asked else "risk"
        text = f"nobody listens to {pair.name} any more" + (", and its requests go unanswered" if asked else "")
        yield _made(pair, text, sorted(old), None, subscribers=verdict, publishers="risk")


def publisher_added(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """One more service publishes on a topic."""
    yield from _changed(pair, comparison, "send", came=True)


def publisher_removed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """A service does not publish on a topic any more; others still do."""
    yield from _changed(pair, comparison, "send", came=False)


def subscriber_added(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """One more service subscribes to a topic."""
    yield from _changed(pair, comparison, "receive", came=True)


def subscriber_removed(pair: TopicPair, comparison: Comparison) -> Iterator[DiffFinding]:
    """A service does not subscribe to a topic any more; others still do."""
    yield from _changed(pair, comparison, "receive", came=False)


def _changed(pair: TopicPair, comparison: Comparison, action: str, *, came: bool) -> Iterator[DiffFinding]:
    found = comparison.operations_of(pair)
    old, new = _parties(found, action)
    if pair.old is None or pair.new is None or (not came and not new):
        return
    for service in sorted((new - old if came else old - new) - _turned(found)):
        verb = "publishes" if action == "send" else "subscribes to"
        text = f"{service} {verb} {pair.name}" if came else f"{service} no longer {verb} {pair.name}"
        yield _made(pair, text, None if came else service, service if came else None)


def correlation_changed(pair: TopicPair, _comparison: Comparison) -> Iterator[DiffFinding]:
    """Other fields tie the messages of a conversation together, or question and answer."""
    if pair.old is None or pair.new is None:
        return
    before = [*pair.old.correlation, *(f"{r.field} → {r.answer_field}" for r in pair.old.replies if r.field)]
    after = [*pair.new.correlation, *(f"{r.field} → {r.answer_field}" for r in pair.new.replies if r.field)]
    if before != after and before and after:
        text = f"correlation of {pair.name} is by {', '.join(after)}, was by {', '.join(before)}"
        yield _made(pair, text, before, after, subscribers="breaks", publishers="breaks")


def state_changed(pair: TopicPair, _comparison: Comparison) -> Iterator[DiffFinding]:
    """A topic was declared deprecated, or is no longer."""
    if pair.old is None or pair.new is None or (pair.old.state or "active") == (pair.new.state or "active"):
        return
    before, after = pair.old.state or "active", pair.new.state or "active"
    more = f"; use {pair.new.replaced_by}" if pair.new.replaced_by else ""
    yield _made(pair, f"{pair.name} is {after}, was {before}{more}", before, after)


def declared_qos_changed(pair: TopicPair, _comparison: Comparison) -> Iterator[DiffFinding]:
    """A topic is declared, or expected by its class, to have another QoS. What senders are seen to do, other rules
    say; where none is seen, the declaration is all that is known of them."""
    if pair.old and pair.new:
        before, after = pair.old.expected.qos, pair.new.expected.qos
        if before is not None and after is not None and before != after:
            said = all(one.delivery.qos is not None for one in (*pair.before, *pair.after))
            yield from _declared(pair, f"QoS {after}, was {before}", before, after, said=said, worse=after < before)


def declared_retain_changed(pair: TopicPair, _comparison: Comparison) -> Iterator[DiffFinding]:
    """A topic is declared, or expected by its class, to be retained, or not to be any more. What senders are seen to
    do, other rules say; where none is seen, the declaration is all that is known of them."""
    if pair.old and pair.new:
        before, after = pair.old.expected.retain, pair.new.expected.retain
        if before is not None and after is not None and before != after:
            sends = (one for one in (*pair.before, *pair.after) if one.action == "send")
            said = all(one.delivery.retain is not None for one in sends)
            text = "retained, was not" if after else "not retained, was retained"
            yield from _declared(pair, text, before, after, said=said, worse=True)


def _declared(
    pair: TopicPair, change: str, before: Any, after: Any, *, said: bool, worse: bool
) -> Iterator[DiffFinding]:
    """Yield a change of the expected delivery, unless an operation changed with it: then its own rule reports that."""
    unsent = not any(one.action == "send" for one in (*pair.before, *pair.after))
    if unsent or said:
        text = f"{pair.name} is declared {change}" + ("; nobody is seen to publish it" if unsent else "")
        yield _made(pair, text, before, after, subscribers="risk" if unsent and worse else "ok")


def _rule(says: Callable[[TopicPair, Comparison], Iterator[DiffFinding]], mirror: str) -> Rule:
    return Rule(id=says.__name__.replace("_", "-"), says=says, mirror=mirror)


TOPIC_RULES: tuple[Rule, ...] = (
    _rule(topic_added, "topic-removed"),
    _rule(topic_removed, "topic-added"),
    _rule(topic_renamed, "topic-renamed"),
    _rule(operation_direction_changed, "operation-direction-changed"),
    _rule(last_publisher_removed, "publisher-added"),
    _rule(last_subscriber_removed, "subscriber-added"),
    _rule(publisher_added, "publisher-removed"),
    _rule(publisher_removed, "publisher-added"),
    _rule(subscriber_added, "subscriber-removed"),
    _rule(subscriber_removed, "subscriber-added"),
    _rule(correlation_changed, "correlation-changed"),
    _rule(state_changed, "state-changed"),
    _rule(declared_qos_changed, "declared-qos-changed"),
    _rule(declared_retain_changed, "declared-retain-changed"),
)
