"""Names: topics against the convention, messages that share a name, topics nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asyncapi.checks.subject import Problem, Subject, name, place
from asyncapi.registry import Message
from asyncapi.topics import PARAMETER, erase, is_filter


def topic_name_breaks_convention(subject: Subject) -> Iterator[Problem]:
    """A topic is not named as the policy's pattern asks, and no exception says why."""
    pattern = subject.registry.policy.topic_name
    exceptions = {erase(address) for address, _ in subject.registry.policy.exceptions}
    for topic in subject.registry.topics if pattern else ():
        if topic.address is None or erase(topic.address) in exceptions:
            continue
        if not re.fullmatch(pattern, PARAMETER.sub("x", topic.address)):
            yield Problem(
                message=f"{topic.address} is not named as the convention {pattern} asks",
                remedy="rename it, or add it to [policy.exceptions] with a reason",
                topics=(topic.address,),
                source=topic.source,
                pointer=topic.pointer,
            )


def wildcard_in_address(subject: Subject) -> Iterator[Problem]:
    """A channel's address holds a wildcard, so nothing can be published on it."""
    for topic in subject.registry.topics:
        if topic.address is not None and is_filter(topic.address):
            yield Problem(
                message=f"{topic.address} is a filter, not an address",
                remedy="use a parameter in place of the wildcard, and subscribe with the filter",
                topics=(topic.address,),
                source=topic.source,
                pointer=topic.pointer,
            )


def topic_undeclared(subject: Subject) -> Iterator[Problem]:
    """Service code uses a topic that the contracts do not know."""
    for topic in subject.registry.topics:
        if topic.state == "undeclared":
            operations = (*subject.senders(topic), *subject.receivers(topic))
            yield Problem(
                message=f"{name(topic)} is used but not declared in the contracts",
                remedy="add a constant and a model to the contracts, or correct the topic",
                topics=(name(topic),),
                services=tuple(dict.fromkeys(operation.service for operation in operations)),
                source=next((place(operation) for operation in operations), topic.source),
            )


def hard_coded_topic(subject: Subject) -> Iterator[Problem]:
    """Service code spells out a topic for which the contracts have a constant."""
    for topic in subject.registry.topics:
        if topic.state == "undeclared" or topic.source is None:
            continue
        for operation in (*subject.senders(topic), *subject.receivers(topic)):
            for site in operation.sites:
                if site.literal:
                    yield Problem(
                        message=f"{operation.service} spells {name(topic)} out",
                        remedy=f"import {topic.source.symbol or 'the constant'} from the contracts",
                        about=site.source.symbol,
                        topics=(name(topic),),
                        services=(operation.service,),
                        source=site.source,
                    )


def messages_share_a_name(subject: Subject) -> Iterator[Problem]:
    """Two different models have the same class name."""
    by_name: dict[str, list[Message]] = {}
    for message in subject.registry.messages:
        by_name.setdefault(message.name, []).append(message)
    for shared, messages in by_name.items():
        sources = {message.source.ref if message.source else message.key: message for message in messages}
        if len(sources) > 1:
            yield Problem(
                message=f"{len(sources)} different messages are called {shared}: {', '.join(sources)}",
                remedy="give one of them another name",
                about=shared,
                topics=tuple(dict.fromkeys(topic for message in messages for topic in message.topics)),
                source=messages[-1].source,
            )
