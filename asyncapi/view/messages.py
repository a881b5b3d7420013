"""Messages of a document: component messages by their key, inline ones as `<channelKey>.<messageKey>`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncapi.documents.typed import unique, word
from asyncapi.pointers import split
from asyncapi.schemas import Schema
from asyncapi.view.channels import Channel, Channels, ref_steps
from asyncapi.view.head import Head
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import extras, other_bindings
from asyncapi.view.registry import Example, Message, Topic
from asyncapi.view.schemas import JSON_SCHEMA, Content, Schemas

_LOCATION = re.compile(r"\$message\.(?:payload|header)#(?P<pointer>/.*)", re.DOTALL)


class Messages:
    """Every message of a document once, found by the place at which its object stands."""

    def __init__(self, reader: Reader, head: Head, channels: Channels, schemas: Schemas) -> None:
        self.reader, self.head, self.schemas = reader, head, schemas
        self.by_pointer: dict[str, Message] = {}
        self.of_channel: dict[str, dict[str, str]] = {}
        self.by_key: dict[str, Message] = {}
        components, _ = reader.object(reader.raw.get("components"), "/components")
        for key, raw, pointer in reader.objects(components.get("messages"), "/components/messages"):
            stands = split(pointer)[-1] if pointer.startswith("/components/messages/") else key
            self._add(stands, raw, pointer, stands)
        for channel in channels.all:
            known = self.of_channel.setdefault(channel.key, {})
            for key, raw, pointer in reader.objects(channel.raw.get("messages"), f"{channel.pointer}/messages"):
                inline = pointer.startswith(f"{channel.pointer}/")
                told = f"{channel.key}.{key}" if inline else (split(pointer) or [key])[-1]
                known[key] = self._add(told, raw, pointer, key).key

    def of(self, channel: Channel) -> tuple[str, ...]:
        """Return the keys of a channel's messages."""
        return unique(self.of_channel.get(channel.key, {}).values())

    def listed(self, value: Any, pointer: str, channel: Channel | None) -> tuple[str, ...]:
        """Return the keys of a list of message references; no list means all messages of the channel."""
        if value is None:
            return self.of(channel) if channel else ()
        found = []
        for index, item in enumerate(self.reader.items(value, pointer)):
            key = self._referred(item, f"{pointer}/{index}")
            if key is not None:
                found.append(key)
        return unique(found)

    def _referred(self, item: Any, pointer: str) -> str | None:
        step = ref_steps(item)
        if len(step) == 4 and step[0] == "channels" and step[2] == "messages":
            key = self.of_channel.get(step[1], {}).get(step[3])
            if key is not None:
                return key
        found = self.reader.follow(item, pointer)
        message = self.by_pointer.get(found[1]) if found is not None else None
        if message is None and found is not None:
            self.reader.malformed(pointer, "this is no message of a channel", "refer to #/channels/…/messages/…")
        return message.key if message is not None else None

    def all(self, topics: Sequence[Topic]) -> tuple[Message, ...]:
        """Return all messages with the topics they travel on: in the order of topics, unused ones last."""
        on: dict[str, list[str]] = {}
        for topic in topics:
            for key in topic.messages:
                on.setdefault(key, []).append(topic.address if topic.address is not None else topic.key)
        return tuple(replace(self.by_key[key], topics=unique(on.get(key, ()))) for key in unique((*on, *self.by_key)))

    def _add(self, key: str, raw: Json, pointer: str, name: str) -> Message:
        if pointer not in self.by_pointer:
            taken, number = key, 1
            while taken in self.by_key:
                number += 1
                taken = f"{key}_{number}"
            self.by_key[taken] = self.by_pointer[pointer] = self._message(taken, raw, pointer, name)
        return self.by_pointer[pointer]

    def _message(self, key: str, raw: Json, pointer: str, name: str) -> Message:
        reader = self.reader
        content = self._payload(raw, pointer)
        inside, header, told = self._correlation(raw, pointer)
        model_key = word(raw.get("x-model")) or self._enveloped(content.schema)
        model = self.schemas.component(model_key) if model_key else None
        return Message(
            key=key,
            name=reader.text(raw, "name", pointer) or name,
            pointer=pointer,
            title=reader.text(raw, "title", pointer),
            summary=reader.text(raw, "summary", pointer),
            description=reader.text(raw, "description", pointer),
            content_type=reader.text(raw, "contentType", pointer) or word(reader.raw.get("defaultContentType")),
            schema_format=content.format,
            payload=content.schema,
            model=model,
            model_key=_component(model or content.schema),
            accepts=self.schemas.read(raw.get("x-accepts"), f"{pointer}/x-accepts").schema,
            headers=self.schemas.read(raw.get("headers"), f"{pointer}/headers").schema,
            opaque=content.opaque,
            wire=word(raw.get("x-wire")),
            correlation=inside,
            correlation_header=header,
            correlation_description=told,
            examples=self._examples(raw, pointer),
            state=word(raw.get("x-state")),
            replaced_by=word(raw.get("x-replaced-by")),
            remove_after=word(raw.get("x-remove-after")),
            deprecated=raw.get("deprecated") is True or word(raw.get("x-state")) == "deprecated",
            source=self.head.source(raw.get("x-source")),
            tags=self.head.tag_names(raw.get("tags"), pointer),
            extras=(*extras(raw), *other_bindings(reader, raw, pointer)),
        )

    def _payload(self, raw: Json, pointer: str) -> Content:
        """Return what travels. A format beside the payload is how AsyncAPI 2 said it; people still write it."""
        said = word(raw.get("schemaFormat"))
        if said and not JSON_SCHEMA.match(said):
            return Content(format=said, opaque=raw.get("payload"))
        return self.schemas.read(raw.get("payload"), f"{pointer}/payload")

    def _enveloped(self, payload: Schema | None) -> str:
        """Return the component key of the model inside of an envelope, as its schema says it."""
        schema = self.schemas.found.get(_component(payload), payload)
        marked = schema.get("x-envelope") if schema else None
        return word(marked.get("model")) if isinstance(marked, Mapping) else ""

    def _correlation(self, raw: Json, pointer: str) -> tuple[str, str, str]:
        """Return where the correlation id stands in the payload, or else in the headers, and what is said of it."""
        said, where = self.reader.object(raw.get("correlationId"), f"{pointer}/correlationId")
        location = self.reader.text(said, "location", where)
        found = _LOCATION.fullmatch(location)
        if location and not found:
            self.reader.malformed(
                f"{where}/location",
                f"{location[:80]} is no location",
                "write $message.payload#/… or $message.header#/…",
            )
        place = found["pointer"] if found else ""
        header = bool(found) and location.startswith("$message.header")
        return ("" if header else place), (place if header else ""), word(said.get("description"))

    def _examples(self, raw: Json, pointer: str) -> tuple[Example, ...]:
        found = []
        for index, item in enumerate(self.reader.items(raw.get("examples"), f"{pointer}/examples")):
            example, _ = self.reader.object(item, f"{pointer}/examples/{index}")
            if "payload" in example:
                found.append(
                    Example(
                        payload=example["payload"], name=word(example.get("name")), summary=word(example.get("summary"))
                    )
                )
        return tuple(found)


def _component(payload: Schema | None) -> str:
    target = payload.get("$ref") if payload else None
    return target.rpartition("/")[2] if isinstance(target, str) else ""
