"""QoS and retained flags: what the code does against what is expected, and both ends against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asyncapi.checks.subject import Problem, Subject, name, place
from asyncapi.sources import Source
from asyncapi.view.registry import Operation, Topic

COMMANDS = frozenset(("command", "request"))
RETAINED_WORDS = {True: "retained", False: "not retained"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One delivery that a service uses on a topic, with where: a single call, or all calls of it where they agree."""

    operation: Operation
    qos: int | None
    retain: bool | None
    defaulted: bool
    source: Source | None


def _calls(operations: Iterable[Operation]) -> Iterator[_Call]:
    """Yield the delivery of each operation: once where all its calls agree, else once for each call."""
    for operation in operations:
        qos, retain = operation.delivery.qos, operation.delivery.retain
        differing = [site for site in operation.sites if (site.qos, site.retain) != (None, None)]
        for site in differing:
            yield _Call(
                operation=operation,
                qos=qos if site.qos is None else site.qos,
                retain=retain if site.retain is None else site.retain,
                defaulted=site.qos_from == "default",
                source=site.source,
            )
        if not differing:
            defaulted = bool(operation.sites) and all(site.qos_from == "default" for site in operation.sites)
            yield _Call(operation=operation, qos=qos, retain=retain, defaulted=defaulted, source=place(operation))


def _effective(operations: Iterable[Operation]) -> Iterator[_Call]:
    """Yield the QoS that each subscriber ends up with.

    Several filters of one service can match a topic, each with a QoS of its own; the broker delivers with the highest,
    which the operation then states. Calls with a lower QoS do not count beside that.
    """
    for call in _calls(operations):
        said = call.operation.delivery.qos
        if said is None or call.qos is None or call.qos >= said:
            yield call


def publisher_qos_differs(subject: Subject) -> Iterator[Problem]:
    """A publisher says another QoS than the policy of the topic's class, or the declaration, asks for."""
    for topic in subject.registry.topics:
        asked = topic.expected.qos
        for call in _calls(subject.senders(topic)):
            if asked is not None and call.qos is not None and asked != call.qos and not _below(call, asked):
                yield _delivery(topic, call, f"with QoS {call.qos}", f"QoS {asked}", f"publish with qos={asked}")


def qos_left_to_default(subject: Subject) -> Iterator[Problem]:
    """A publisher or subscriber does not say its QoS, and the library's default is below what is expected."""
    seen: set[tuple[str, str]] = set()
    for topic in subject.registry.topics:
        asked = topic.expected.qos
        for call in _calls((*subject.senders(topic), *subject.receivers(topic))):
            if asked is not None and _below(call, asked) and not _again(call, seen):
                found, remedy = f"with QoS {call.qos} by default", f"say qos={asked} at the call"
                yield _delivery(topic, call, found, f"QoS {asked}", remedy)


def subscriber_qos_below_publisher(subject: Subject) -> Iterator[Problem]:
    """A subscriber asks for a lower QoS than the topic is published with, so delivery is downgraded for it."""
    seen: set[tuple[str, str]] = set()
    for topic in subject.registry.topics:
        sent = max((call.qos for call in _calls(subject.senders(topic)) if call.qos is not None), default=None)
        for call in _effective(subject.receivers(topic)):
            asked = sent if topic.expected.qos is None else min(sent or 0, topic.expected.qos)
            if sent is None or asked is None or call.qos is None or call.qos >= asked:
                continue
            if not (topic.expected.qos is not None and _below(call, topic.expected.qos)) and not _again(call, seen):
                yield _delivery(topic, call, f"with QoS {call.qos}", f"QoS {asked}", f"subscribe with qos={asked}")


def publisher_retain_differs(subject: Subject) -> Iterator[Problem]:
    """A publisher retains what should not be retained, or does not retain what late subscribers need."""
    for topic in subject.registry.topics:
        asked = topic.expected.retain
        for call in _calls(subject.senders(topic)):
            known = asked is not None and call.retain is not None and not _is_retained_command(topic, call)
            if known and asked != call.retain:
                found, wanted = RETAINED_WORDS[call.retain is True], RETAINED_WORDS[asked is True]
                yield _delivery(topic, call, found, wanted, f"publish with retain={asked}")


def retained_command(subject: Subject) -> Iterator[Problem]:
    """A command or request is retained: every service that restarts obeys it again."""
    for topic in subject.registry.topics:
        for call in _calls(subject.senders(topic)):
            if _is_retained_command(topic, call):
                wanted = f"not retained, since it is a {topic.topic_class}"
                yield _delivery(topic, call, RETAINED_WORDS[True], wanted, "publish with retain=False")


def publishers_disagree(subject: Subject) -> Iterator[Problem]:
    """Publishers of one topic use different QoS or retained flags, and nothing says which is right."""
    for topic in subject.registry.topics:
        calls = list(_calls(subject.senders(topic)))
        for word, expected, said in (
            ("QoS", topic.expected.qos, [(call, call.qos) for call in calls]),
            ("retain", topic.expected.retain, [(call, call.retain) for call in calls]),
        ):
            known = dict.fromkeys((call.operation.service, value) for call, value in said if value is not None)
            if expected is None and len({value for _, value in known}) > 1:
                told = ", ".join(f"{service} {_spelled(value)}" for service, value in known)
                yield Problem(
                    message=f"publishers of {name(topic)} disagree: {told}",
                    remedy="agree on one, and give the topic a class or a declared delivery",
                    about=word,
                    topics=(name(topic),),
                    services=tuple(dict.fromkeys(service for service, _ in known)),
                    source=topic.source,
                    pointer=topic.pointer,
                )


def _spelled(value: int | bool | None) -> str:
    return RETAINED_WORDS[value] if isinstance(value, bool) else f"QoS {value}"


def _is_retained_command(topic: Topic, call: _Call) -> bool:
    return call.retain is True and topic.topic_class in COMMANDS and topic.expected.retain is not True


def _below(call: _Call, asked: int) -> bool:
    """Say whether a call leaves its QoS to a default, and that default is below what is asked."""
    return call.qos is not None and call.qos < asked and call.defaulted


def _again(call: _Call, seen: set[tuple[str, str]]) -> bool:
    """Say whether this wildcard subscription was reported before: it is one finding, however many topics it matches."""
    key = call.operation.service, call.operation.filter
    known = bool(call.operation.filter) and key in seen
    seen.add(key)
    return known


def _delivery(topic: Topic, call: _Call, found: str, asked: str, remedy: str) -> Problem:
    operation = call.operation
    verb = "publishes" if operation.action == "send" else "subscribes to"
    told = f"{name(topic)} by {operation.filter}" if operation.filter else name(topic)
    return Problem(
        message=f"{operation.service} {verb} {told} {found}; expected is {asked}",
        remedy=remedy,
        about=operation.filter or f"{name(topic)} {operation.action}",
        topics=(name(topic),),
        services=(operation.service,),
        source=call.source,
        pointer=operation.pointer,
    )
