"""Channels of a document, and the topics they are: joined where the address is the same on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncapi.delivery import Delivery
from asyncapi.documents.typed import flag, qos_of, share, table, tables, unique, word, words
from asyncapi.sources import Evidence
from asyncapi.view.channels import Channel, Channels
from asyncapi.view.head import Head
from asyncapi.view.messages import Messages
from asyncapi.view.reader import Reader
from asyncapi.view.reading import declared_replies, extras, other_bindings, parameters
from asyncapi.view.registry import Operation, Reply, Topic


def topics(
    reader: Reader, head: Head, channels: Channels, messages: Messages, operations: Sequence[Operation]
) -> tuple[Topic, ...]:
    """Return the topics in document order; several channels with one address are one topic."""
    identities = {channel.key: channel.identity for channel in channels.all}
    by_topic: dict[str, list[str]] = {}
    for operation in operations:
        by_topic.setdefault(identities.get(operation.channel, ""), []).append(operation.key)
    found: dict[str, Topic] = {}
    for channel in channels.all:
        topic = _topic(reader, head, channel, messages)
        first = found.get(channel.identity)
        found[channel.identity] = topic if first is None else _joined(first, topic)
    answers = _answers(operations, identities)
    return tuple(
        replace(topic, operations=tuple(by_topic.get(key, ())), replies=topic.replies or unique(answers.get(key, ())))
        for key, topic in found.items()
    )


def _answers(operations: Sequence[Operation], identities: Mapping[str, str]) -> dict[str, list[Reply]]:
    """Return the replies that operations ask for, by topic."""
    found: dict[str, list[Reply]] = {}
    for operation in operations:
        if operation.reply is not None and operation.channel:
            found.setdefault(identities[operation.channel], []).append(operation.reply)
    return found


def _joined(first: Topic, second: Topic) -> Topic:
    return replace(
        first,
        messages=unique((*first.messages, *second.messages)),
        parameters=first.parameters or second.parameters,
        replies=unique((*first.replies, *second.replies)),
        correlation=unique((*first.correlation, *second.correlation)),
        evidence=unique((*first.evidence, *second.evidence)),
        tags=unique((*first.tags, *second.tags)),
        title=first.title or second.title,
        summary=first.summary or second.summary,
        description=first.description or second.description,
        topic_class=first.topic_class or second.topic_class,
        expected=first.expected if first.expected != Delivery() else second.expected,
        owner=first.owner or second.owner,
        contact=first.contact or second.contact,
        source=first.source or second.source,
        extras=(*first.extras, *(extra for extra in second.extras if extra[0] not in dict(first.extras))),
    )


def _topic(reader: Reader, head: Head, channel: Channel, messages: Messages) -> Topic:
    raw, pointer = channel.raw, channel.pointer
    expected = table(raw.get("x-expected"))
    return Topic(
        key=channel.key,
        address=channel.address,
        pointer=pointer,
        title=reader.text(raw, "title", pointer),
        summary=reader.text(raw, "summary", pointer),
        description=reader.text(raw, "description", pointer),
        parameters=parameters(reader, raw.get("parameters"), f"{pointer}/parameters"),
        messages=messages.of(channel),
        topic_class=word(raw.get("x-class")),
        expected=Delivery(
            qos=qos_of(expected.get("qos")), retain=flag(expected.get("retain")), source=word(expected.get("source"))
        ),
        replies=declared_replies(raw.get("x-replies")),
        correlation=words(raw.get("x-correlation")),
        event_type=word(raw.get("x-event-type")),
        evidence=tuple(_evidence(head, item) for item in tables(raw.get("x-evidence"))),
        state=word(raw.get("x-state")),
        replaced_by=word(raw.get("x-replaced-by")),
        remove_after=word(raw.get("x-remove-after")),
        owner=word(raw.get("x-owner")),
        contact=word(raw.get("x-contact")),
        source=head.source(raw.get("x-source")),
        tags=head.tag_names(raw.get("tags"), pointer),
        extras=(*extras(raw), *other_bindings(reader, raw, pointer)),
    )


def _evidence(head: Head, said: Any) -> Evidence:
    return Evidence(
        fact=word(said.get("fact")),
        value=word(said.get("value")),
        by=word(said.get("by")),
        source=head.source(said.get("source")),
        confidence=share(said.get("confidence")),
        used=said.get("used") is True,
    )
