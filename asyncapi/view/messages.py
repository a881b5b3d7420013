"""Messages of a document: component messages by their key, inline ones as `<channelKey>.<messageKey>`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncapi.registry import Example, Message, Schema, Topic
from asyncapi.view.channels import Channel, Channels
from asyncapi.view.head import Head
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import extras, unique, word

SCHEMAS = "/components/schemas/"
COMPONENT = re.compile(r"/components/messages/([^/]+)")
JSON_SCHEMA = re.compile(r"application/(?:vnd\.aai\.asyncapi|schema)(?:[+;]|$)")
_PAYLOAD = re.compile(r"^\$message\.payload#(/.*)$")


class Messages:
    """Every message of a document once, found by the pointer at which its object stands."""

    def __init__(self, reader: Reader, head: Head, channels: Channels) -> None:
        self.reader, self.head = reader, head
        self.by_pointer: dict[str, Message] = {}
        self.of_channel: dict[str, list[str]] = {}
        components = reader.object(reader.raw.get("components"), "/components")[0]
        for key, raw, pointer in reader.objects(components.get("messages"), "/components/messages"):
            self._add(key, raw, pointer, key)
        for channel in channels.all:
            for key, raw, pointer in reader.objects(channel.raw.get("messages"), f"{channel.pointer}/messages"):
                component = COMPONENT.fullmatch(pointer)
                message = self._add(
                    _unescaped(component[1]) if component else f"{channel.key}.{key}", raw, pointer, key
                )
                self.by_pointer[f"{channel.pointer}/messages/{key}"] = message
                self.of_channel.setdefault(channel.key, []).append(message.key)

    def of(self, channel: Channel) -> tuple[str, ...]:
        """Return the keys of a channel's messages."""
        return unique(self.of_channel.get(channel.key, ()))

    def listed(self, value: Any, pointer: str, channel: Channel | None) -> tuple[str, ...]:
        """Return the keys of a list of message references; no list means all messages of the channel."""
        if value is None:
            return self.of(channel) if channel else ()
        found = []
        for index, item in enumerate(self.reader.items(value, pointer)):
            direct = item.get("$ref", "").removeprefix("#") if isinstance(item, Mapping) and _is_ref(item) else ""
            _, where = self.reader.object(item, f"{pointer}/{index}")
            message = self.by_pointer.get(where) or self.by_pointer.get(direct)
            if message is not None:
                found.append(message.key)
        return unique(found)

    def all(self, topics: Sequence[Topic]) -> tuple[Message, ...]:
        """Return all messages with the topics they travel on: in the order of topics, unused ones last."""
        on: dict[str, list[str]] = {}
        for topic in topics:
            for key in topic.messages:
                on.setdefault(key, []).append(topic.address if topic.address is not None else topic.key)
        known = {message.key: message for message in self.by_pointer.values()}
        order = unique((*on, *known))
        return tuple(replace(known[key], topics=unique(on.get(key, ()))) for key in order if key in known)

    def _add(self, key: str, raw: Json, pointer: str, name: str) -> Message:
        if pointer not in self.by_pointer:
            self.by_pointer[pointer] = self._message(key, self.reader.with_traits(raw, pointer), pointer, name)
        return self.by_pointer[pointer]

    def _message(self, key: str, raw: Json, pointer: str, name: str) -> Message:
        reader = self.reader
        payload, schema_format, opaque = self._schema(raw.get("payload"), f"{pointer}/payload")
        correlation, _ = reader.object(raw.get("correlationId"), f"{pointer}/correlationId")
        location = word(correlation.get("location"))
        inside = _PAYLOAD.match(location)
        model = word(raw.get("x-model"))
        return Message(
            key=key,
            name=reader.text(raw, "name", pointer) or name,
            pointer=pointer,
            title=reader.text(raw, "title", pointer),
            summary=reader.text(raw, "summary", pointer),
            description=reader.text(raw, "description", pointer),
            content_type=reader.text(raw, "contentType", pointer) or word(reader.raw.get("defaultContentType")),
            schema_format=schema_format,
            payload=payload,
            model={"$ref": f"#{SCHEMAS}{model}"} if model else None,
            model_key=model or _component(payload),
            accepts=self._schema(raw.get("x-accepts"), f"{pointer}/x-accepts")[0],
            headers=self._schema(raw.get("headers"), f"{pointer}/headers")[0],
            opaque=opaque,
            wire=word(raw.get("x-wire")),
            correlation=inside[1] if inside else "",
            correlation_description=word(correlation.get("description")) or ("" if inside else location),
            examples=self._examples(raw, pointer),
            state=word(raw.get("x-state")),
            replaced_by=word(raw.get("x-replaced-by")),
            remove_after=word(raw.get("x-remove-after")),
            deprecated=raw.get("deprecated") is True or word(raw.get("x-state")) == "deprecated",
            source=self.head.source(raw.get("x-source")),
            tags=self.head.tag_names(raw.get("tags"), pointer),
            extras=extras(raw),
        )

    def _schema(self, value: Any, pointer: str) -> tuple[Schema | None, str, Any]:
        """Return (JSON Schema or None, its format as said, what it is instead when it is no JSON Schema)."""
        if value is None:
            return None, "", None
        if isinstance(value, bool):
            return ({} if value else {"not": {}}), "", None
        found, where = self.reader.object(value, pointer)
        said = word(found.get("schemaFormat"))
        if said:
            if JSON_SCHEMA.match(said):
                return self._schema(found.get("schema"), f"{where}/schema")[0], said, None
            return None, said, found.get("schema")
        if (
            isinstance(value, Mapping)
            and _is_ref(value)
            and where.startswith(SCHEMAS)
            and "/" not in where[len(SCHEMAS) :]
        ):
            return {"$ref": f"#{where}"}, "", None
        return (found, "", None) if found or not _is_ref(value) else (None, "", None)

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


def schemas(reader: Reader) -> dict[str, Schema]:
    """Return the component schemas that are JSON Schema, by key; a component that refers to another is followed."""
    components = reader.object(reader.raw.get("components"), "/components")[0]
    raw = components.get("schemas")
    found: dict[str, Schema] = {}
    for key, value in raw.items() if isinstance(raw, Mapping) else ():
        if isinstance(value, bool):
            found[str(key)] = {} if value else {"not": {}}
        elif isinstance(value, Mapping):
            schema = value.get("schema") if JSON_SCHEMA.match(word(value.get("schemaFormat"))) else value
            if isinstance(schema, Mapping) and "schemaFormat" not in schema:
                found[str(key)] = schema
    return found


def _component(payload: Schema | None) -> str:
    target = payload.get("$ref") if payload else None
    return target.rpartition("/")[2] if isinstance(target, str) else ""


def _is_ref(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("$ref"), str)


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
