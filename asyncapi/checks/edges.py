"""Who sends and who listens: ends that do not meet."""

from __future__ import annotations

from collections.abc import Iterator

from asyncapi.checks.subject import Problem, Subject, name, place
from asyncapi.registry import Topic


def topic_without_publisher(subject: Subject) -> Iterator[Problem]:
    """A topic that somebody subscribes to, or that is declared, is sent by nobody."""
    for topic in subject.registry.topics if subject.knows_edges else ():
        if not subject.senders(topic):
            listeners = tuple(operation.service for operation in subject.receivers(topic))
            waiting = f"; {_list(listeners)} would wait forever" if listeners else ""
            yield Problem(
                message=f"nobody publishes {name(topic)}{waiting}",
                remedy="publish it, declare the party that does in portal.toml, or mark the topic deprecated",
                topics=(name(topic),),
                services=listeners,
                source=topic.source,
                pointer=topic.pointer,
            )


def topic_without_subscriber(subject: Subject) -> Iterator[Problem]:
    """A topic that somebody publishes is received by nobody."""
    for topic in subject.registry.topics if subject.knows_edges else ():
        senders = subject.senders(topic)
        if senders and not subject.receivers(topic):
            services = tuple(operation.service for operation in senders)
            yield Problem(
                message=f"nobody subscribes to {name(topic)}, which {_list(services)} publishes",
                remedy="subscribe, declare the party that does in portal.toml, or stop publishing",
                topics=(name(topic),),
                services=services,
                source=place(senders[0]) or topic.source,
                pointer=topic.pointer,
            )


def subscription_meets_nothing(subject: Subject) -> Iterator[Problem]:
    """A subscription's filter matches no topic of the system."""
    for service, pattern, where in subject.registry.undelivered:
        yield Problem(
            message=f"{service} subscribes to {pattern}, which matches no known topic",
            remedy="put the filter right, or declare the topics it is meant for",
            about=pattern,
            services=(service,),
            source=subject.source(where),
        )


def request_never_answered(subject: Subject) -> Iterator[Problem]:
    """A request names an answer that nobody sends, or that the asking service does not listen to."""
    for topic in subject.registry.topics if subject.knows_edges else ():
        for reply in topic.replies:
            answer = subject.registry.topic(reply.topic) if reply.topic else None
            if answer is not None and subject.senders(topic):
                yield from _unanswered(subject, topic, answer)


def _unanswered(subject: Subject, topic: Topic, answer: Topic) -> Iterator[Problem]:
    askers = [operation.service for operation in subject.senders(topic)]
    if not subject.senders(answer):
        yield Problem(
            message=f"{name(topic)} is never answered: nobody publishes {name(answer)}",
            remedy="publish the answer, or take the reply out of the declaration",
            about=name(answer),
            topics=(name(topic),),
            services=tuple(askers),
            source=topic.source,
        )
    listeners = {operation.service for operation in subject.receivers(answer)}
    if topic.topic_class in ("", "request") and not listeners & set(askers):
        yield Problem(
            message=f"{_list(askers)} publishes {name(topic)} but nobody who asks listens to the answer {name(answer)}",
            remedy=f"subscribe to {name(answer)} where the request is sent",
            about=f"{name(answer)} unheard",
            topics=(name(topic),),
            services=tuple(askers),
            source=topic.source,
        )


def deprecated_topic_in_use(subject: Subject) -> Iterator[Problem]:
    """A deprecated topic is still published after the day on which it was to be removed."""
    for topic in subject.registry.topics:
        senders = subject.senders(topic)
        if topic.state == "deprecated" and senders and topic.remove_after and topic.remove_after < f"{subject.today}":
            services = tuple(operation.service for operation in senders)
            instead = f"; {topic.replaced_by} replaces it" if topic.replaced_by else ""
            yield Problem(
                message=f"{name(topic)} was to be gone after {topic.remove_after}, "
                f"{_list(services)} still publishes it{instead}",
                remedy="move the publishers, or set a later date",
                topics=(name(topic),),
                services=services,
                source=place(senders[0]) or topic.source,
            )


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)
