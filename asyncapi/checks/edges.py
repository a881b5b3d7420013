"""Who sends and who listens: ends that do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asyncapi.checks.subject import Problem, Subject, listed, name, not_seen, place, who
from asyncapi.topics import is_filter, unshared
from asyncapi.view.registry import FlowStep, Message, Operation, Topic, Unseen

ASKING = frozenset(("request", ""))
"""Classes of topics whose sender waits for the answer; what follows from a command may be for others to see."""
IN_SIGHT = " in sight"


def topic_without_publisher(subject: Subject) -> Iterator[Problem]:
    """A topic that somebody subscribes to, or that is declared, is sent by nobody."""
    unused = {topic for item in subject.registry.findings if item.rule == "constant-unused" for topic in item.topics}
    awaited = _awaited(subject)
    for topic in subject.registry.topics if subject.knows_edges else ():
        if subject.senders(topic) or topic.state == "deprecated" or name(topic) in unused or topic.key in awaited:
            continue
        listeners = tuple(operation.service for operation in subject.receivers(topic))
        unseen = subject.unseen("send")
        wait = "may" if unseen else "would"
        waiting = f"; {listed(listeners)} {wait} wait forever" if listeners else ", and nobody subscribes to it"
        yield Problem(
            message=f"nobody{IN_SIGHT if unseen else ''} publishes {name(topic)}{waiting}{not_seen(unseen)}",
            unsure=bool(unseen),
            remedy="publish it, declare the party that does in portal.toml, or mark the topic deprecated",
            topics=(name(topic),),
            services=listeners,
            source=topic.source,
            pointer=topic.pointer,
        )


def topic_without_subscriber(subject: Subject) -> Iterator[Problem]:
    """A topic that somebody publishes is received by nobody."""
    awaited = _awaited(subject, ASKING)
    for topic in subject.registry.topics if subject.knows_edges else ():
        senders = subject.senders(topic)
        if senders and not subject.receivers(topic) and topic.state != "deprecated" and topic.key not in awaited:
            services = tuple(operation.service for operation in senders)
            unseen = subject.unseen("receive")
            yield Problem(
                message=f"nobody{IN_SIGHT if unseen else ''} subscribes to {name(topic)}, "
                f"published by {listed(services)}{not_seen(unseen)}",
                unsure=bool(unseen),
                remedy="subscribe, declare the party that does in portal.toml, or stop publishing",
                topics=(name(topic),),
                services=services,
                source=place(senders[0]) or topic.source,
                pointer=topic.pointer,
            )


def _awaited(subject: Subject, classes: frozenset[str] | None = None) -> frozenset[str]:
    """Return the keys of topics that carry answers to requests: `request_never_answered` reports those."""
    return frozenset(
        answer.key
        for topic in subject.registry.topics
        for reply in topic.replies
        if (classes is None or topic.topic_class in classes) and subject.senders(topic) and reply.topic
        if (answer := subject.registry.topic(reply.topic)) is not None
    )


def subscription_meets_nothing(subject: Subject) -> Iterator[Problem]:
    """A subscription's filter matches no topic of the system."""
    places: dict[tuple[str, str], str] = {}
    for service, pattern, where in subject.registry.undelivered:
        places.setdefault((service, pattern), where)
    unseen = subject.unseen("send")
    for (service, pattern), where in places.items():
        yield Problem(
            message=f"{service} subscribes to {pattern}, which matches no "
            f"{f'topic{IN_SIGHT}' if unseen else 'known topic'}{not_seen(unseen)}",
            unsure=bool(unseen),
            remedy="put the filter right, or declare the topics it is meant for",
            about=pattern,
            services=(service,),
            source=subject.source(where),
        )


def request_never_answered(subject: Subject) -> Iterator[Problem]:
    """A request names an answer that nobody sends, or that no asking service listens to."""
    for topic in subject.registry.topics if subject.knows_edges else ():
        for reply in topic.replies:
            answer = subject.registry.topic(reply.topic) if reply.topic else None
            if answer is not None and subject.senders(topic):
                yield from _unanswered(subject, topic, answer)


def _unanswered(subject: Subject, topic: Topic, answer: Topic) -> Iterator[Problem]:
    askers = tuple(operation.service for operation in subject.senders(topic))
    listeners = {operation.service for operation in subject.receivers(answer)}
    if not subject.senders(answer) and not _may_answer(subject, topic):
        unseen = subject.unseen("send")
        yield Problem(
            message=f"{name(topic)} is {'not seen to be' if unseen else 'never'} answered: "
            f"nobody{IN_SIGHT if unseen else ''} publishes {name(answer)}{not_seen(unseen)}",
            unsure=bool(unseen),
            remedy="publish the answer, or take the reply out of the declaration",
            about=name(answer),
            topics=(name(topic),),
            services=askers,
            source=topic.source,
            pointer=topic.pointer,
        )
    elif subject.senders(answer) and topic.topic_class in ASKING and not listeners & set(askers):
        unseen = subject.unseen("receive", *askers)
        yield Problem(
            message=f"{who(askers, 'publish')} {name(topic)}, but nobody who asks "
            f"{'is seen to listen' if unseen else 'listens'} to {name(answer)}{not_seen(unseen)}",
            unsure=bool(unseen),
            remedy=f"subscribe to {name(answer)} where the request is sent",
            about=f"{name(answer)} unheard",
            topics=(name(topic),),
            services=askers,
            source=topic.source,
            pointer=topic.pointer,
        )


def _may_answer(subject: Subject, topic: Topic) -> bool:
    """Say whether a service that hears the request sends what was not seen, as to a response topic."""
    hearing = tuple(operation.service for operation in subject.receivers(topic))
    return bool(hearing) and bool(subject.unseen("send", *hearing))


def request_without_answer(subject: Subject) -> Iterator[Problem]:
    """A topic of the class `request` does not say where its answers go."""
    for topic in subject.registry.topics:
        if topic.topic_class == "request" and not topic.replies:
            yield Problem(
                message=f"{name(topic)} is a request, but nothing says where its answers go",
                remedy="declare the reply beside the topic or under [[topic.….replies]], or give it another class",
                topics=(name(topic),),
                source=topic.source,
                pointer=topic.pointer,
            )


def deprecated_topic_in_use(subject: Subject) -> Iterator[Problem]:
    """A deprecated topic is still published or subscribed to after the day on which it was to be removed."""
    for topic in subject.registry.topics:
        users = _users(subject, topic)
        services = tuple(dict.fromkeys(user.service for user in users))
        if topic.state == "deprecated" and users and subject.past(topic.remove_after):
            yield Problem(
                message=f"{name(topic)} was to be gone after {topic.remove_after}, "
                f"but {who(services, 'use')} it still{_instead(topic.replaced_by)}",
                remedy="move its publishers and subscribers, or set a later date",
                topics=(name(topic),),
                services=services,
                source=place(users[0]) or topic.source,
            )


def deprecated_message_in_use(subject: Subject) -> Iterator[Problem]:
    """A deprecated message, or a field of one, is still sent after the day on which it was to be removed."""
    for topic in subject.registry.topics:
        senders = subject.senders(topic)
        for message in subject.messages(topic) if senders else ():
            for about, day, instead in _dated(subject, message):
                if subject.past(day):
                    services = tuple(operation.service for operation in senders)
                    yield Problem(
                        message=f"{about} was to be gone after {day}, "
                        f"but {who(services, 'send')} it still on {name(topic)}{_instead(instead)}",
                        remedy="stop sending it, or set a later date",
                        about=about,
                        topics=(name(topic),),
                        services=services,
                        source=message.source,
                        pointer=message.pointer,
                    )


def _dated(subject: Subject, message: Message) -> Iterator[tuple[str, str, str]]:
    """Yield name, last day and replacement of what is deprecated in a message."""
    if message.state == "deprecated":
        yield message.name, message.remove_after, message.replaced_by
    for field, schema in (subject.model_properties(message) or {}).items():
        if isinstance(schema, Mapping) and schema.get("deprecated") is True:
            yield f"{message.name}.{field}", str(schema.get("x-remove-after")), str(schema.get("x-replaced-by") or "")


def _users(subject: Subject, topic: Topic) -> tuple[Operation, ...]:
    named = tuple(operation for operation in subject.receivers(topic) if not is_filter(unshared(operation.filter)))
    return (*subject.senders(topic), *named)


def _instead(replacement: str) -> str:
    return f"; {replacement} replaces it" if replacement else ""


def flow_broken(subject: Subject) -> Iterator[Problem]:
    """A flow that the team declared has a step that the code does not take, or that loses what the flow carries."""
    from asyncapi.view.flows import checked

    for flow in subject.registry.flows if subject.knows_edges else ():
        for step in checked(flow, subject.registry).steps:
            if step.broken:
                topic = subject.registry.topic(step.topic)
                unseen = _unseen_in_step(subject, step)
                yield Problem(
                    message=f"the flow {flow.name} {'may break' if unseen else 'breaks'}: {step.broken}"
                    f"{not_seen(unseen)}",
                    unsure=bool(unseen),
                    remedy="correct the code, or the flow in portal.toml",
                    about=f"{flow.name} {step.broken}",
                    topics=(name(topic) if topic else step.topic,),
                    source=topic.source if topic else None,
                    pointer=f"/info/x-flows/{flow.name}",
                )


def _unseen_in_step(subject: Subject, step: FlowStep) -> tuple[Unseen, ...]:
    """Return what was not seen of the service that a step of a flow misses."""
    topic = subject.registry.topic(step.topic)
    if topic is None or step.sender not in {operation.service for operation in subject.senders(topic)}:
        return subject.unseen("send", step.sender)
    heard = step.receiver in {operation.service for operation in subject.receivers(topic)}
    return () if heard else subject.unseen("receive", step.receiver)
