"""Operations of a document and the services they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncapi.registry import CauseView, Delivery, Operation, Reply, Service, SiteView
from asyncapi.view.channels import Channel, Channels
from asyncapi.view.head import Head
from asyncapi.view.messages import Messages
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import extras, flag, pairs, qos_of, table, tables, word, words

SERVICE_TAG = "service:"


def operations(reader: Reader, head: Head, channels: Channels, messages: Messages) -> tuple[Operation, ...]:
    """Return the operations in document order, traits applied; one without a known action is left out."""
    found = []
    for key, plain, pointer in reader.objects(reader.raw.get("operations"), "/operations"):
        raw = reader.with_traits(plain, pointer)
        action = raw.get("action")
        if action in ("send", "receive"):
            found.append(_operation(reader, head, channels, messages, key, raw, pointer))
        else:
            reader.find(
                "document-malformed",
                "warning",
                f"operation {key} neither sends nor receives",
                pointer,
                "say its action",
            )
    return tuple(found)


def service_of(raw: Json, tags: Sequence[str], title: str) -> str:
    """Return the service an operation belongs to: as said, else by its tag, else the application of the document."""
    tagged = (tag.removeprefix(SERVICE_TAG) for tag in tags if tag.startswith(SERVICE_TAG))
    return word(raw.get("x-service")) or next(tagged, "") or title


def _operation(
    reader: Reader, head: Head, channels: Channels, messages: Messages, key: str, raw: Json, pointer: str
) -> Operation:
    _, where = reader.object(raw.get("channel"), f"{pointer}/channel")
    channel = channels.by_pointer.get(where)
    tags = head.tag_names(raw.get("tags"), pointer)
    binding = _mqtt(reader, raw, pointer)
    return Operation(
        key=key,
        action="send" if raw["action"] == "send" else "receive",
        service=service_of(raw, tags, head.title),
        topic=channel.address if channel else None,
        channel=channel.key if channel else "",
        pointer=pointer,
        messages=messages.listed(raw.get("messages"), f"{pointer}/messages", channel),
        delivery=_delivery(reader, binding, pointer),
        expiry=_whole(binding.get("messageExpiryInterval")),
        reply=_reply(reader, channels, messages, raw, pointer),
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
        extras=extras(raw),
    )


def _mqtt(reader: Reader, raw: Json, pointer: str) -> Json:
    bindings, where = reader.object(raw.get("bindings"), f"{pointer}/bindings")
    return reader.object(bindings.get("mqtt"), f"{where}/mqtt")[0]


def _delivery(reader: Reader, binding: Json, pointer: str) -> Delivery:
    qos, retain = qos_of(binding.get("qos")), flag(binding.get("retain"))
    for name, said, read in (("qos", binding.get("qos"), qos), ("retain", binding.get("retain"), retain)):
        if said is not None and read is None:
            reader.find(
                "document-malformed",
                "warning",
                f"the MQTT binding's {name} has a value that MQTT does not know",
                f"{pointer}/bindings/mqtt/{name}",
                "qos is 0, 1 or 2; retain is true or false",
            )
    return Delivery(qos=qos, retain=retain)


def _reply(reader: Reader, channels: Channels, messages: Messages, raw: Json, pointer: str) -> Reply | None:
    if raw.get("reply") is None:
        return None
    said, where = reader.object(raw["reply"], f"{pointer}/reply")
    _, place = reader.object(said.get("channel"), f"{where}/channel")
    channel: Channel | None = channels.by_pointer.get(place)
    address, _ = reader.object(said.get("address"), f"{where}/address")
    return Reply(
        topic=channel.address if channel else None,
        messages=messages.listed(said.get("messages"), f"{where}/messages", channel),
        source=word(address.get("location")),
    )


def _site(head: Head, said: Json) -> SiteView | None:
    source = head.source(said.get("source"))
    confidence = said.get("confidence")
    if source is None:
        return None
    return SiteView(
        source=source,
        qos_from=word(said.get("qos_from")),
        retain_from=word(said.get("retain_from")),
        wire=word(said.get("wire")),
        model=word(said.get("model")),
        handler=word(said.get("handler")),
        literal=said.get("literal") is True,
        environment=word(said.get("environment")),
        dump=_flags(said.get("dump")),
        steps=words(said.get("steps")),
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.0,
    )


def _cause(head: Head, said: Json) -> CauseView:
    copies = tuple((left, right) for left, right in pairs(said.get("copies")) if isinstance(right, str))
    return CauseView(operation=word(said.get("operation")), copies=copies, source=head.source(said.get("source")))


def _flags(value: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((name, item) for name, item in pairs(value) if isinstance(item, bool))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


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
