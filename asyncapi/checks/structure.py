"""The document itself: mistakes that the official tools let pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asyncapi import pointers
from asyncapi.checks.subject import Problem, Subject, listed, name
from asyncapi.schemas import Schema
from asyncapi.schemas.properties import properties
from asyncapi.topics import erase, parameters
from asyncapi.view.registry import Message, Reply, Topic


def address_duplicated(subject: Subject) -> Iterator[Problem]:
    """Two channels of the document have the same address on the same server, parameter names aside."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key, channel in _objects(subject.raw.get("channels"), subject.raw):
        address = channel.get("address")
        if isinstance(address, str):
            groups.setdefault((erase(address), repr(channel.get("servers"))), []).append((key, address))
    for (identity, _), channels in groups.items():
        if len(channels) > 1:
            yield Problem(
                message=f"{len(channels)} channels have the address {channels[0][1]}: "
                f"{listed([key for key, _ in channels])}",
                remedy="make them one channel with several messages",
                about=identity,
                topics=(channels[0][1],),
                pointer=pointers.join("/channels", channels[1][0]),
            )


def parameter_missing(subject: Subject) -> Iterator[Problem]:
    """An address has a parameter that its channel does not describe."""
    for key, channel in _objects(subject.raw.get("channels"), subject.raw):
        address, described = channel.get("address"), channel.get("parameters")
        known = _target(described, subject.raw)
        for missing in parameters(address) if isinstance(address, str) else ():
            if not isinstance(known, Mapping) or missing not in known:
                yield Problem(
                    message=f"parameter {missing} of {address} is not described",
                    remedy=f"add parameters.{missing} to the channel",
                    about=missing,
                    topics=(str(address),),
                    pointer=pointers.join("/channels", key),
                )


def reply_from_other_channel(subject: Subject) -> Iterator[Problem]:
    """A reply lists messages that do not belong to the reply's channel."""
    for key, operation in _objects(subject.raw.get("operations"), subject.raw):
        reply = _target(operation.get("reply"), subject.raw)
        channel = _ref(reply.get("channel")) if isinstance(reply, Mapping) else None
        messages = reply.get("messages") if isinstance(reply, Mapping) else None
        for message in messages if channel and isinstance(messages, list) else ():
            target = _ref(message)
            if target and not target.startswith(f"{channel}/messages/"):
                yield Problem(
                    message=f"the reply of {key} names {target}, which is not a message of {channel}",
                    remedy=f"refer to {channel}/messages/…",
                    about=f"{key} {target}",
                    pointer=pointers.join("/operations", key, "reply"),
                )


def correlation_points_nowhere(subject: Subject) -> Iterator[Problem]:
    """A correlation id's location names a field that the payload does not have."""
    for message in subject.registry.messages:
        if message.correlation and message.payload is not None and not _reaches(message, subject.registry.schemas):
            yield Problem(
                message=f"the correlation id of {message.name} is said to be at {message.correlation}, "
                "where the payload has no field",
                remedy="correct the location, or add the field",
                about=message.key,
                topics=message.topics,
                source=message.source,
                pointer=message.pointer,
            )


def _reaches(message: Message, schemas: Mapping[str, Schema]) -> bool:
    """Say whether a location such as `/data/request_id` leads to a field; yes where a schema on the way is unknown."""
    schema: Schema | None = message.payload
    for step in pointers.split(message.correlation):
        known = properties(schema, schemas)
        if not known:
            return True
        if step not in known:
            return False
        found = known[step]
        schema = found if isinstance(found, Mapping) else None
    return True


def correlation_field_missing(subject: Subject) -> Iterator[Problem]:
    """A field that ties question and answer, or that the topic is declared to correlate by, is not in the message."""
    seen: set[tuple[str, str]] = set()
    for topic in subject.registry.topics:
        for side, field, why, messages in _ties(subject, topic):
            for message in _lacking(subject, messages, field):
                if (message.name, field) not in seen:
                    seen.add((message.name, field))
                    yield Problem(
                        message=f"{message.name} on {name(side)} has no {field}, {why}",
                        remedy=f"add {field} to {message.name}, or correct the declaration",
                        about=f"{message.name}.{field}",
                        topics=(name(side),),
                        source=message.source,
                        pointer=message.pointer,
                    )


def _ties(subject: Subject, topic: Topic) -> Iterator[tuple[Topic, str, str, tuple[Message, ...]]]:
    """Yield (topic, field, why, messages) of every field that these messages on the topic are to have."""
    for reply in topic.replies:
        answer = subject.registry.topic(reply.topic) if reply.topic else None
        why = f"which ties {name(topic)} to {reply.topic}"
        if reply.field:
            yield topic, reply.field, why, _questions(subject, topic, reply)
        if reply.answer_field and answer is not None:
            listed = tuple(message for key in reply.messages if (message := subject.registry.message(key)))
            yield answer, reply.answer_field, why, listed or subject.messages(answer)
    for field in topic.correlation:
        yield topic, field, "by which the topic is declared to correlate", subject.messages(topic)


def _questions(subject: Subject, topic: Topic, reply: Reply) -> tuple[Message, ...]:
    """Return the messages that a reply answers: those of the operations that name the reply, else all of the topic."""
    asking = [one for key in topic.operations if (one := subject.registry.operation(key)) and one.reply == reply]
    keys = dict.fromkeys(key for operation in asking for key in operation.messages)
    return tuple(message for key in keys if (message := subject.registry.message(key))) or subject.messages(topic)


def _lacking(subject: Subject, messages: Iterable[Message], field: str) -> Iterator[Message]:
    for message in messages:
        found = subject.model_properties(message)
        if found and field not in found:
            yield message


def _ref(value: Any) -> str | None:
    target = value.get("$ref") if isinstance(value, Mapping) else None
    return target if isinstance(target, str) else None


def _target(value: Any, raw: Mapping[str, Any]) -> Any:
    """Return what a local reference leads to in one step, or the value itself."""
    target = _ref(value)
    if target is None or not target.startswith("#"):
        return value
    try:
        return pointers.look_up(raw, pointers.from_fragment(target[1:]))
    except LookupError:
        return None


def _objects(value: Any, raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, item in value.items() if isinstance(value, Mapping) else ():
        found = _target(item, raw)
        if isinstance(found, Mapping):
            yield str(key), found
