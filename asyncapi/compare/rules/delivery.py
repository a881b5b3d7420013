"""Rules for one service on one topic: QoS, retained flag, direction, reply. Each looks at one pair of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncapi.compare.comparison import OperationPair, TopicPair
from asyncapi.compare.judgement import DiffFinding, Verdict
from asyncapi.compare.rules.rule import Rule
from asyncapi.view.registry import Operation, Topic


def qos(operation: Operation | None, topic: Topic | None) -> int | None:
    """Return the QoS of an operation, else the one that its topic is expected to have; None when neither is said."""
    if operation is None:
        return None
    if operation.delivery.qos is not None or topic is None:
        return operation.delivery.qos
    return topic.expected.qos


def retain(operation: Operation | None, topic: Topic | None) -> bool | None:
    """Return the retained flag of an operation, else the one that its topic is expected to have."""
    if operation is None:
        return None
    if operation.delivery.retain is not None or topic is None:
        return operation.delivery.retain
    return topic.expected.retain


def retained(topic: TopicPair) -> bool:
    """Say whether messages of the old version lie on the broker."""
    if topic.old is None:
        return False
    sends = [one for one in topic.before if one.action == "send"]
    said = [retain(one, topic.old) for one in sends] or [topic.old.expected.retain]
    return True in said


def _qos(pair: OperationPair) -> tuple[int, int] | None:
    before = qos(pair.old, pair.topic.old)
    after = qos(pair.new, pair.topic.new)
    return None if before is None or after is None else (before, after)


def _made(
    pair: OperationPair, message: str, before: Any, after: Any, subscribers: Verdict = "ok", publishers: Verdict = "ok"
) -> DiffFinding:
    return DiffFinding(
        rule="",
        message=message,
        subject=f"{pair.service} {pair.action} {pair.topic.name}",
        subscribers=subscribers,
        publishers=publishers,
        before=before,
        after=after,
    )


def publisher_qos_lowered(pair: OperationPair) -> DiffFinding | None:
    """A publisher sends with less certainty: messages can be lost on the way to any subscriber."""
    values = _qos(pair)
    if pair.action != "send" or values is None or values[1] >= values[0]:
        return None
    return _made(pair, f"{pair.service} publishes with QoS {values[1]}, was {values[0]}", *values, subscribers="risk")


def publisher_qos_raised(pair: OperationPair) -> DiffFinding | None:
    """A publisher sends with more certainty: with QoS 1, messages can arrive twice."""
    values = _qos(pair)
    if pair.action != "send" or values is None or values[1] <= values[0]:
        return None
    verdict: Verdict = "risk" if values[1] == 1 else "ok"
    return _made(pair, f"{pair.service} publishes with QoS {values[1]}, was {values[0]}", *values, subscribers=verdict)


def subscriber_qos_lowered(pair: OperationPair) -> DiffFinding | None:
    """A subscriber asks for less certainty: it can lose messages."""
    values = _qos(pair)
    if pair.action != "receive" or values is None or values[1] >= values[0]:
        return None
    return _made(pair, f"{pair.service} subscribes with QoS {values[1]}, was {values[0]}", *values, subscribers="risk")


def subscriber_qos_raised(pair: OperationPair) -> DiffFinding | None:
    """A subscriber asks for more certainty."""
    values = _qos(pair)
    if pair.action != "receive" or values is None or values[1] <= values[0]:
        return None
    return _made(pair, f"{pair.service} subscribes with QoS {values[1]}, was {values[0]}", *values)


def retain_removed(pair: OperationPair) -> DiffFinding | None:
    """A publisher does not leave its last message on the broker any more: late subscribers get nothing, or a stale
    value that nobody replaces."""
    before, after = retain(pair.old, pair.topic.old), retain(pair.new, pair.topic.new)
    if pair.action != "send" or before is not True or after is not False:
        return None
    return _made(pair, f"{pair.service} does not retain any more", before, after, subscribers="risk")


def retain_added(pair: OperationPair) -> DiffFinding | None:
    """A publisher leaves its last message on the broker: it is replayed to every late subscriber. A command is then
    carried out again."""
    before, after = retain(pair.old, pair.topic.old), retain(pair.new, pair.topic.new)
    if pair.action != "send" or before is not False or after is not True:
        return None
    verdict: Verdict = "breaks" if _is_command(pair.topic.new) else "risk"
    return _made(pair, f"{pair.service} retains its messages", before, after, subscribers=verdict)


def _is_command(topic: Topic | None) -> bool:
    return topic is not None and topic.topic_class.lower() in ("command", "commands", "request", "requests", "rpc")


def reply_topic_changed(pair: OperationPair) -> DiffFinding | None:
    """Answers are sent to another topic: who asked waits on the old one."""
    if pair.old is None or pair.new is None or pair.old.reply is None or pair.new.reply is None:
        return None
    before, after = pair.old.reply.topic, pair.new.reply.topic
    if before == after:
        return None
    text = f"answers to {pair.topic.name} go to {after or 'another topic'}, went to {before or 'another topic'}"
    return _made(pair, text, before, after, subscribers="breaks", publishers="breaks")


def message_expiry_changed(pair: OperationPair) -> DiffFinding | None:
    """Messages are kept for another time for subscribers that are away."""
    if pair.old is None or pair.new is None or pair.old.expiry == pair.new.expiry:
        return None
    before, after = pair.old.expiry, pair.new.expiry
    shorter = after is not None and (before is None or after < before)
    words = ["never expire" if value is None else f"expire after {value} s" for value in (after, before)]
    text = f"messages of {pair.service} {words[0]}; before, they {words[1]}"
    return _made(pair, text, before, after, subscribers="risk" if shorter else "ok")


def dump_options_changed(pair: OperationPair) -> DiffFinding | None:
    """A publisher leaves out other fields than before. What that breaks is proven with the message."""
    if pair.action != "send" or pair.old is None or pair.new is None or pair.old.dump == pair.new.dump:
        return None
    before, after = dict(pair.old.dump), dict(pair.new.dump)
    return _made(pair, f"{pair.service} dumps with {_options(after)}, was {_options(before)}", before, after)


def _options(options: dict[str, bool]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items()) or "no options"


def _rule(says: Callable[[OperationPair], DiffFinding | None], mirror: str = "", waiver: str = "") -> Rule:
    return Rule(id=says.__name__.replace("_", "-"), says=says, mirror=mirror, waiver=waiver)


DELIVERY_RULES: tuple[Rule, ...] = (
    _rule(publisher_qos_lowered, "publisher-qos-raised"),
    _rule(publisher_qos_raised, "publisher-qos-lowered"),
    _rule(subscriber_qos_lowered, "subscriber-qos-raised"),
    _rule(subscriber_qos_raised, "subscriber-qos-lowered"),
    _rule(retain_removed, "retain-added"),
    _rule(retain_added, "retain-removed"),
    _rule(reply_topic_changed, "reply-topic-changed"),
    _rule(message_expiry_changed, "message-expiry-changed"),
    _rule(dump_options_changed, "dump-options-changed"),
)
