"""Operations of a document and the services they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from asyncapi.delivery import Delivery
from asyncapi.documents.belonging import service_of
from asyncapi.documents.typed import flag, pairs, qos_of, share, table, tables, whole, word, words
from asyncapi.pointers import split
from asyncapi.topics import erase
from asyncapi.view.channels import Channel, Channels
from asyncapi.view.head import Head
from asyncapi.view.messages import Messages
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import declared_replies, extras, other_bindings
from asyncapi.view.registry import Call, Consequence, Operation, Reply, Service

BINDING_VERSIONS = ("0.1.0", "0.2.0", "latest")
Value = TypeVar("Value")


def operations(reader: Reader, head: Head, channels: Channels, messages: Messages) -> tuple[Operation, ...]:
    """Return the operations in document order; one without a known action is left out."""
    found = []
    for key, raw, pointer in reader.objects(reader.raw.get("operations"), "/operations"):
        if raw.get("action") in ("send", "receive"):
            found.append(_operation(reader, head, channels, messages, key, raw, pointer))
        else:
            reader.malformed(f"{pointer}/action", "the operation neither sends nor receives", "write send or receive")
    return tuple(found)


def _operation(
    reader: Reader, head: Head, channels: Channels, messages: Messages, key: str, raw: Json, pointer: str
) -> Operation:
    channel = channels.find(raw.get("channel"), f"{pointer}/channel")
    tags = head.tag_names(raw.get("tags"), pointer)
    binding, place = _mqtt(reader, raw, pointer)
    listed = messages.listed(raw.get("messages"), f"{pointer}/messages", channel)
    return Operation(
        key=key,
        action="send" if raw["action"] == "send" else "receive",
        service=service_of(raw, tags, head.title),
        topic=channels.address(channel),
        channel=channel.key if channel else "",
        pointer=pointer,
        messages=listed,
        delivery=_delivery(reader, binding, place),
        expiry=_checked(reader, binding, "messageExpiryInterval", whole, place),
        reply=_reply(reader, channels, messages, raw, pointer, channel, listed),
        title=reader.text(raw, "title", pointer),
        summary=reader.text(raw, "summary", pointer),
        description=reader.text(raw, "description", pointer),
        filter=word(raw.get("x-filter")),
        wire=word(raw.get("x-wire")),
        dump=_flags(raw.get("x-dump")),
        declared=raw.get("x-declared") is True,
        sites=tuple(site for item in tables(raw.get("x-sites")) if (site := _site(head, item))),
        causes=tuple(_cause(head, item) for item in tables(raw.get("x-causes"))),
        tags=tags,
        extras=(*extras(raw), *other_bindings(reader, raw, pointer)),
    )


def _mqtt(reader: Reader, raw: Json, pointer: str) -> tuple[Json, str]:
    bindings, where = reader.object(raw.get("bindings"), f"{pointer}/bindings")
    binding, place = reader.object(bindings.get("mqtt"), f"{where}/mqtt")
    version = binding.get("bindingVersion")
    if version is not None and version not in BINDING_VERSIONS:
        reader.malformed(
            f"{place}/bindingVersion", f"version {str(version)[:20]} of the MQTT binding is not known", "write 0.2.0"
        )
    return binding, place


def _delivery(reader: Reader, binding: Json, place: str) -> Delivery:
    qos = _checked(reader, binding, "qos", qos_of, place)
    return Delivery(qos=qos, retain=_checked(reader, binding, "retain", flag, place))


def _checked(reader: Reader, binding: Json, name: str, read: Callable[[Any], Value | None], place: str) -> Value | None:
    """Return what a binding says, and a finding where it says what MQTT does not know."""
    said = binding.get(name)
    found = read(said)
    if said is not None and found is None:
        remedy = "qos is 0, 1 or 2; retain is true or false; an expiry is a number of seconds"
        reader.malformed(f"{place}/{name}", f"MQTT knows no such {name}", remedy)
    return found


def _reply(
    reader: Reader,
    channels: Channels,
    messages: Messages,
    raw: Json,
    pointer: str,
    asked: Channel | None,
    questions: Sequence[str],
) -> Reply | None:
    said, where = reader.object(raw.get("reply"), f"{pointer}/reply")
    if not said:
        return None
    channel = channels.find(said.get("channel"), f"{where}/channel")
    address, place = reader.object(said.get("address"), f"{where}/address")
    topic = channels.address(channel)
    listed = messages.listed(said.get("messages"), f"{where}/messages", channel)
    field, answer_field = _ties(topic, asked, questions, listed, messages)
    return Reply(
        topic=topic,
        messages=listed,
        field=field,
        answer_field=answer_field,
        source=reader.text(address, "location", place),
    )


def _ties(
    topic: str | None, asked: Channel | None, questions: Sequence[str], answers: Sequence[str], messages: Messages
) -> tuple[str, str]:
    """Return the fields that tie question and answer: as the channel says, else where both have a correlation id."""
    for reply in declared_replies(asked.raw.get("x-replies")) if asked else ():
        if reply.topic and topic and erase(reply.topic) == erase(topic):
            return reply.field, reply.answer_field
    ends = [{messages.by_key[key].correlation for key in keys} for keys in (questions, answers)]
    if all(len(end) == 1 and "" not in end for end in ends):
        return split(ends[0].pop())[-1], split(ends[1].pop())[-1]
    return "", ""


def _site(head: Head, said: Json) -> Call | None:
    source = head.source(said.get("source"))
    if source is None:
        return None
    return Call(
        source=source,
        qos=qos_of(said.get("qos")),
        qos_from=word(said.get("qos_from")),
        retain=flag(said.get("retain")),
        retain_from=word(said.get("retain_from")),
        wire=word(said.get("wire")),
        model=word(said.get("model")),
        handler=word(said.get("handler")),
        literal=said.get("literal") is True,
        environment=word(said.get("environment")),
        dump=_flags(said.get("dump")),
        steps=words(said.get("steps")),
        confidence=share(said.get("confidence")),
    )


def _cause(head: Head, said: Json) -> Consequence:
    copies = tuple((left, right) for left, right in pairs(said.get("copies")) if isinstance(right, str))
    return Consequence(operation=word(said.get("operation")), copies=copies, source=head.source(said.get("source")))


def _flags(value: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((name, item) for name, item in pairs(value) if isinstance(item, bool))


def services(head: Head, found: Sequence[Operation]) -> tuple[Service, ...]:
    """Return the described services, then those that only operations name, each with what it sends and receives."""
    by_name: dict[str, Service] = {service.name: service for service in head.services()}
    edges: dict[str, Mapping[str, list[str]]] = {}
    for operation in found:
        by_name.setdefault(operation.service, Service(name=operation.service))
        edges.setdefault(operation.service, {"send": [], "receive": []})[operation.action].append(operation.key)
    nothing: Mapping[str, list[str]] = table(None)
    return tuple(
        replace(
            service,
            sends=tuple(edges.get(name, nothing).get("send", ())),
            receives=tuple(edges.get(name, nothing).get("receive", ())),
        )
        for name, service in by_name.items()
    )
