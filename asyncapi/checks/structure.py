"""The document itself: mistakes that the official tools let pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.checks.subject import Problem, Subject
from asyncapi.properties import properties
from asyncapi.registry import Message, Schema
from asyncapi.topics import erase, parameters


def address_duplicated(subject: Subject) -> Iterator[Problem]:
    """Two channels of the document have the same address, parameter names aside."""
    addresses = {
        key: channel["address"]
        for key, channel in _objects(subject.raw.get("channels"))
        if isinstance(channel.get("address"), str)
    }
    counts = Counter(erase(address) for address in addresses.values())
    for identity, count in counts.items():
        if count > 1:
            keys = [key for key, address in addresses.items() if erase(address) == identity]
            yield Problem(
                message=f"{count} channels have the address {addresses[keys[0]]}: {', '.join(keys)}",
                remedy="make them one channel with several messages",
                about=identity,
                topics=(addresses[keys[0]],),
                pointer=f"/channels/{keys[1]}",
            )


def parameter_missing(subject: Subject) -> Iterator[Problem]:
    """An address has a parameter that its channel does not describe."""
    for key, channel in _objects(subject.raw.get("channels")):
        address, described = channel.get("address"), channel.get("parameters")
        if isinstance(address, str):
            known = described if isinstance(described, Mapping) else {}
            for missing in (name for name in parameters(address) if name not in known):
                yield Problem(
                    message=f"parameter {missing} of {address} is not described",
                    remedy=f"add parameters.{missing} to the channel",
                    about=missing,
                    topics=(address,),
                    pointer=f"/channels/{key}",
                )


def reply_from_other_channel(subject: Subject) -> Iterator[Problem]:
    """A reply lists messages that do not belong to the reply's channel."""
    for key, operation in _objects(subject.raw.get("operations")):
        reply = operation.get("reply")
        channel = _ref(reply.get("channel")) if isinstance(reply, Mapping) else None
        listed = reply.get("messages") if isinstance(reply, Mapping) else None
        for message in listed if channel and isinstance(listed, list) else ():
            target = _ref(message)
            if target and not target.startswith(f"{channel}/messages/"):
                yield Problem(
                    message=f"the reply of {key} names {target}, which is not a message of {channel}",
                    remedy=f"refer to {channel}/messages/…",
                    about=key,
                    pointer=f"/operations/{key}/reply",
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


def correlation_field_missing(subject: Subject) -> Iterator[Problem]:
    """A field that ties question and answer is missing on one of the two sides."""
    for topic in subject.registry.topics:
        for reply in topic.replies:
            answer = subject.registry.topic(reply.topic) if reply.topic else None
            sides = ((topic, reply.field), *(((answer, reply.answer_field),) if answer else ()))
            for side, field in sides:
                for message in subject.messages(side) if field else ():
                    found = subject.model_properties(message)
                    if found is not None and field not in found:
                        yield Problem(
                            message=f"{message.name} on {side.address} has no {field}, which ties "
                            f"{topic.address} to {reply.topic}",
                            remedy=f"add {field} to {message.name}, or name the right field in the reply",
                            about=f"{message.name}.{field}",
                            topics=tuple(item for item in (side.address,) if item),
                            source=message.source,
                            pointer=message.pointer,
                        )


def _reaches(message: Message, schemas: Mapping[str, Schema]) -> bool:
    """Follow the location through objects as far as they can be read; what cannot be read may be right."""
    schema: Schema | None = message.payload
    for step in message.correlation.strip("/").split("/"):
        known = properties(schema, schemas)
        if known is None:
            return True
        if step not in known:
            return False
        found = known[step]
        schema = found if isinstance(found, Mapping) else None
    return True


def _ref(value: Any) -> str | None:
    target = value.get("$ref") if isinstance(value, Mapping) else None
    return target if isinstance(target, str) else None


def _objects(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, item in value.items() if isinstance(value, Mapping) else ():
        if isinstance(item, Mapping):
            yield str(key), item
