"""One message: its fields as rows, the envelope around it, examples and code, and the topics it travels on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asyncapi.schemas import Schema
from asyncapi.schemas.fields import Field, Shape, shape
from asyncapi.schemas.samples import sample
from asyncapi.view.registry import Extras, Message, Topic
from portal import delivery
from portal.delivery import ShownFact
from portal.index import Index
from portal.overlay import Mark
from portal.pages.rows import Branch, FieldRow, Value, branches, rows, values
from portal.pages.shown import Link, ShownFinding, SourceLink, message_link, place, problems, topic_link
from portal.snippets import Snippet, snippets


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A topic that carries the message."""

    topic: Link
    qos: ShownFact
    retain: ShownFact
    topic_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """The page of a message, and the part about it on the page of a topic."""

    message: Link
    key: str
    title: str
    summary: str
    description: str
    type: str
    marks: tuple[str, ...]
    values: tuple[Value, ...]
    rows: tuple[FieldRow, ...]
    branches: tuple[Branch, ...]
    truncated: bool
    extra: str
    envelope: tuple[FieldRow, ...]
    envelope_name: str
    data_name: str
    wire: str
    content_type: str
    schema_format: str
    opaque: Any
    headers: tuple[FieldRow, ...]
    accepts: tuple[FieldRow, ...]
    correlation: str
    correlation_description: str
    examples: tuple[tuple[str, Any], ...]
    made_up: bool
    snippets: tuple[Snippet, ...]
    state: str
    replaced_by: str
    remove_after: str
    place: SourceLink | None
    uses: tuple[Use, ...]
    problems: tuple[ShownFinding, ...]
    tags: tuple[str, ...]
    extras: Extras
    changed: Mark | None
    changes: Mapping[str, Mark]
    gone: tuple[tuple[str, Mark], ...]
    since: str
    diff: str

    @property
    def whole(self) -> bool:
        """Whether the payload as a whole has something to say besides its fields: a list, a map, a condition."""
        return bool(self.marks) or (self.type != "object" and not self.branches)

    @property
    def has_schema(self) -> bool:
        """Whether there is a JSON Schema to read and to download."""
        return not self.schema_format and self.opaque is None


def view(index: Index, message: Message, *, on: Topic | None = None) -> MessageView:
    """Return everything the document tells about a message; code is for topic `on`, else for its first one."""
    registry = index.registry
    schemas = registry.schemas
    outer, data_name, envelope_name = _envelope(message, schemas)
    inner = message.model if outer is not None and message.model is not None else message.payload
    inside: Shape = shape(inner if inner is not None else {}, schemas)
    topics = [topic for address in message.topics if (topic := index.find(address))]
    examples, made_up = _examples(message, schemas)
    topic = on or (topics[0] if topics else None)
    changes = _changes(index, message, data_name)
    prefix = "" if on is None else f"{index.message_paths[message.key].split('/')[1]}-"
    fields, arms = rows(inside.children, inside=prefix), branches(inside.arms, f"{prefix}b")
    known = {*_paths((*fields, *(row for arm in arms for row in arm.rows)))} if changes else set()
    return MessageView(
        message=message_link(index, message),
        key=message.key,
        title=message.title if message.title != message.name else "",
        summary=message.summary,
        description=message.description or inside.description,
        type=inside.type,
        marks=inside.constraints,
        values=values(inside.enum),
        rows=fields,
        branches=arms,
        truncated=inside.truncated,
        extra=inside.extra,
        envelope=rows(_around(outer, data_name), inside=f"{prefix}e-"),
        envelope_name=envelope_name,
        data_name=data_name,
        wire=message.wire,
        content_type=message.content_type,
        schema_format=message.schema_format,
        opaque=message.opaque,
        headers=rows(_fields(message.headers, schemas), inside=f"{prefix}h-"),
        accepts=rows(_fields(message.accepts, schemas), inside=f"{prefix}a-"),
        correlation=message.correlation,
        correlation_description=message.correlation_description,
        examples=examples,
        made_up=made_up,
        snippets=_snippets(index, message, topic, examples, data_name),
        state=message.state,
        replaced_by=message.replaced_by,
        remove_after=message.remove_after,
        place=place(registry, message.source),
        uses=tuple(_use(index, topic) for topic in topics),
        problems=problems(index, index.findings_of(message.key, message.name)),
        tags=message.tags,
        extras=message.extras,
        changed=index.overlay.messages.get(message.name),
        changes=changes,
        gone=tuple((path, mark) for path, mark in changes.items() if path not in known),
        since=index.overlay.since,
        diff=index.overlay.page,
    )


def _changes(index: Index, message: Message, data_name: str) -> dict[str, Mark]:
    """Return what changed by the path of a field in the model, inside of an envelope or not."""
    inside = f"{data_name}." if data_name else ""
    return {path.removeprefix(inside): mark for path, mark in index.overlay.fields.get(message.name, {}).items()}


def _paths(found: Iterable[FieldRow]) -> Iterator[str]:
    for row in found:
        yield row.path
        yield from _paths(row.rows)
        for branch in row.branches:
            yield from _paths(branch.rows)


def _envelope(message: Message, schemas: Mapping[str, Schema]) -> tuple[Shape | None, str, str]:
    """Return the envelope around the model: its shape, the property that holds the model, its name."""
    payload = message.payload
    name = ""
    while isinstance(payload, Mapping) and isinstance(payload.get("$ref"), str) and not name:
        name = payload["$ref"].rpartition("/")[2]
        payload = schemas.get(name)
    marked = payload.get("x-envelope") if isinstance(payload, Mapping) else None
    if not isinstance(marked, Mapping) or not isinstance(marked.get("data"), str) or message.model is None:
        return None, "", ""
    return shape(payload or {}, schemas), marked["data"], name


def _around(envelope: Shape | None, data_name: str) -> tuple[Field, ...]:
    return tuple(item for item in envelope.children if item.name != data_name) if envelope else ()


def _fields(schema: Schema | None, schemas: Mapping[str, Schema]) -> tuple[Field, ...]:
    return shape(schema, schemas).children if schema is not None else ()


def _examples(message: Message, schemas: Mapping[str, Schema]) -> tuple[tuple[tuple[str, Any], ...], bool]:
    """Return the examples of the document, else one made from the schema, and whether it was made."""
    given = tuple((example.name or example.summary, example.payload) for example in message.examples)
    if given or message.payload is None:
        return given, False
    made = sample(message.payload, schemas, name=message.name)
    return ((("", made),) if made is not None else ()), True


def _snippets(
    index: Index, message: Message, topic: Topic | None, examples: tuple[tuple[str, Any], ...], data_name: str
) -> tuple[Snippet, ...]:
    if not examples:
        return ()
    operations = index.operations_of(topic) if topic else ()
    payload = examples[0][1]
    return snippets(index.registry, message, payload, topic=topic, operations=operations, data_name=data_name)


def _use(index: Index, topic: Topic) -> Use:
    operations = index.operations_of(topic)
    return Use(
        topic=topic_link(index, topic),
        qos=delivery.qos(topic, operations),
        retain=delivery.retain(topic, operations),
        topic_class=topic.topic_class,
    )
