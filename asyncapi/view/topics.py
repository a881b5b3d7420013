"""Channels of a document, and the topics they are: joined where the address is the same on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asyncapi.registry import Delivery, Evidence, Operation, Parameter, Topic
from asyncapi.view.channels import Channel, Channels
from asyncapi.view.head import Head
from asyncapi.view.messages import Messages
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import declared_replies, extras, flag, qos_of, table, tables, unique, word, words


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
    return tuple(replace(topic, operations=tuple(by_topic.get(key, ()))) for key, topic in found.items())


def _joined(first: Topic, second: Topic) -> Topic:
    return replace(
        first,
        messages=unique((*first.messages, *second.messages)),
        tags=unique((*first.tags, *second.tags)),
        summary=first.summary or second.summary,
        description=first.description or second.description,
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
        parameters=_parameters(reader, raw, pointer),
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
        extras=extras(raw),
    )


def _parameters(reader: Reader, raw: Json, pointer: str) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            name=name,
            description=reader.text(said, "description", where),
            enum=words(said.get("enum")),
            default=said["default"] if isinstance(said.get("default"), str) else None,
            examples=words(said.get("examples")),
        )
        for name, said, where in reader.objects(raw.get("parameters"), f"{pointer}/parameters")
    )


def _evidence(head: Head, said: Any) -> Evidence:
    confidence = said.get("confidence")
    return Evidence(
        fact=word(said.get("fact")),
        value=word(said.get("value")),
        by=word(said.get("by")),
        source=head.source(said.get("source")),
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.0,
        used=said.get("used") is True,
    )
