"""QoS and retained flags: what the code does against what is expected, and both ends against each other."""

from __future__ import annotations

from collections.abc import Iterator

from asyncapi.checks.subject import Problem, Subject, name, place
from asyncapi.registry import Operation, Topic

COMMANDS = frozenset(("command", "request"))
WORDS = {True: "retained", False: "not retained"}


def publisher_qos_differs(subject: Subject) -> Iterator[Problem]:
    """A publisher says another QoS than the policy of the topic's class, or the declaration, asks for."""
    for topic in subject.registry.topics:
        for operation in subject.senders(topic):
            asked, found = topic.expected.qos, operation.delivery.qos
            if asked is not None and found is not None and asked != found and not _defaulted(operation, asked):
                yield _delivery(topic, operation, f"QoS {found}", f"QoS {asked}", f"publish with qos={asked}")


def qos_left_to_default(subject: Subject) -> Iterator[Problem]:
    """A publisher or subscriber does not say its QoS, and the library's default is below what is expected."""
    for topic in subject.registry.topics:
        for operation in (*subject.senders(topic), *subject.receivers(topic)):
            asked, found = topic.expected.qos, operation.delivery.qos
            if asked is not None and found is not None and _defaulted(operation, asked):
                yield _delivery(
                    topic, operation, f"QoS {found} by default", f"QoS {asked}", f"say qos={asked} at the call"
                )


def subscriber_qos_below_publisher(subject: Subject) -> Iterator[Problem]:
    """A subscriber asks for a lower QoS than the topic is published with, so delivery is downgraded for it."""
    for topic in subject.registry.topics:
        sent = max((o.delivery.qos for o in subject.senders(topic) if o.delivery.qos is not None), default=None)
        for operation in subject.receivers(topic):
            found, asked = operation.delivery.qos, topic.expected.qos
            if sent is None or found is None or found >= sent or (asked is not None and found >= asked):
                continue
            if not _defaulted(operation, sent if asked is None else asked):
                yield _delivery(topic, operation, f"QoS {found}", f"QoS {sent} published", f"subscribe with qos={sent}")


def publisher_retain_differs(subject: Subject) -> Iterator[Problem]:
    """A publisher retains what should not be retained, or does not retain what late subscribers need."""
    for topic in subject.registry.topics:
        for operation in subject.senders(topic):
            asked, found = topic.expected.retain, operation.delivery.retain
            if asked is not None and found is not None and asked != found and not _retained_command(topic, operation):
                yield _delivery(topic, operation, WORDS[found], WORDS[asked], f"publish with retain={asked}")


def retained_command(subject: Subject) -> Iterator[Problem]:
    """A command or request is retained: every service that restarts obeys it again."""
    for topic in subject.registry.topics:
        for operation in subject.senders(topic):
            if _retained_command(topic, operation):
                yield _delivery(
                    topic, operation, f"a retained {topic.topic_class}", "not retained", "publish with retain=False"
                )


def publishers_disagree(subject: Subject) -> Iterator[Problem]:
    """Publishers of one topic use different QoS or retained flags, and nothing says which is right."""
    for topic in subject.registry.topics:
        senders = subject.senders(topic)
        for word, expected, said in (
            ("QoS", topic.expected.qos, {o.service: o.delivery.qos for o in senders}),
            ("retain", topic.expected.retain, {o.service: o.delivery.retain for o in senders}),
        ):
            known = {service: value for service, value in said.items() if value is not None}
            if expected is None and len(set(known.values())) > 1:
                listed = ", ".join(f"{service} {word} {value}" for service, value in known.items())
                yield Problem(
                    message=f"publishers of {name(topic)} disagree: {listed}",
                    remedy="agree on one, and give the topic a class or a declared delivery",
                    about=word,
                    topics=(name(topic),),
                    services=tuple(known),
                    source=topic.source,
                )


def _retained_command(topic: Topic, operation: Operation) -> bool:
    return operation.delivery.retain is True and topic.topic_class in COMMANDS and topic.expected.retain is not True


def _defaulted(operation: Operation, asked: int) -> bool:
    """Say whether every call leaves the QoS to a default, and that default is below what is asked."""
    below = operation.delivery.qos is not None and operation.delivery.qos < asked
    return below and bool(operation.sites) and all(site.qos_from == "default" for site in operation.sites)


def _delivery(topic: Topic, operation: Operation, found: str, asked: str, remedy: str) -> Problem:
    verb = "publishes" if operation.action == "send" else "subscribes to"
    return Problem(
        message=f"{operation.service} {verb} {name(topic)} with {found}; expected is {asked}",
        remedy=remedy,
        about=operation.action,
        topics=(name(topic),),
        services=(operation.service,),
        source=place(operation),
        pointer=operation.pointer,
    )
