"""Components of a document: every schema that a message reaches, messages around them, envelopes composed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asyncapi.contracts.facts import Contracts, Model
from asyncapi.emit.operations import edges
from asyncapi.emit.plan import ACCEPTS, ENVELOPE, MessageUse, Plan
from asyncapi.emit.sources import Lines
from asyncapi.findings import Finding
from asyncapi.resolve import matching
from asyncapi.resolve.resolved import ResolvedSystem, ResolvedTopic
from asyncapi.schemas.conversion import convert
from asyncapi.schemas.samples import sample, valid

Json = dict[str, Any]
REF = "#/components/schemas/"
SENDER = frozenset(("source", "sender", "from", "origin", "producer", "publisher", "emitter", "issuer"))


class SchemaBook:
    """The schemas of one document: converted definitions, and compositions added as messages ask for them."""

    def __init__(self, system: ResolvedSystem, plan: Plan, lines: Lines) -> None:
        self.system, self.plan, self.lines = system, plan, lines
        self.findings: list[Finding] = []
        self.schemas: Json = {}
        self.models = {model.id: model for model in system.contracts.models}
        for identifier, key in plan.schemas.items():
            self.schemas[key] = self._definition(identifier, key, system.contracts.definitions[identifier])

    def payload(self, use: MessageUse) -> str:
        """Return the key of the schema that travels for a message, composing the envelope where there is one."""
        key = self.plan.schemas[use.model]
        if use.wire != "envelope" or self.plan.envelope is None:
            return key
        return self._composed(use, key, self.plan.schemas[self.plan.envelope.id], use.key + ENVELOPE)

    def accepted(self, use: MessageUse) -> str | None:
        """Return the key of what subscribers' models accept, where that is not what travels."""
        model, envelope = self.models[use.model], self.plan.envelope
        enveloped = use.wire == "envelope" and envelope is not None
        differs = model.accepts is not None or (enveloped and envelope is not None and envelope.accepts is not None)
        if not differs:
            return None
        key = self._acceptance(model)
        if not enveloped or envelope is None:
            return key
        return self._composed(use, key, self._acceptance(envelope), use.key + ENVELOPE + ACCEPTS)

    def referenced(self, roots: Json) -> Json:
        """Return the schemas that the document needs.

        The envelope model by itself, and what only it refers to, are left out unless something else refers to them.

        Each message has an envelope of its own.
        """
        kept = dict(self.schemas)
        pending = [] if self.plan.envelope is None else [self.plan.schemas[self.plan.envelope.id]]
        named = Counter(_references((kept, roots)))
        while pending:
            key = pending.pop()
            own = Counter(_references(kept.get(key)))
            if key in kept and named[REF + key] == own[REF + key]:
                named -= own
                pending += [target.removeprefix(REF) for target in own]
                del kept[key]
        return kept

    def _acceptance(self, model: Model) -> str:
        """Add the acceptance schema of a model, and of what it contains where that differs too; return its key."""
        key = self.plan.schemas[model.id]
        accepted = self.system.contracts.accepted
        if model.accepts is None or model.id not in accepted:
            return key
        self._accept(model.id)
        return key + ACCEPTS

    def _accept(self, identifier: str) -> str:
        key = self.plan.schemas[identifier]
        schema = self.system.contracts.accepted.get(identifier)
        if schema is None:
            return key
        if key + ACCEPTS not in self.schemas:
            self.schemas[key + ACCEPTS] = {}
            self.schemas[key + ACCEPTS] = self._definition(identifier, key + ACCEPTS, schema, rename=self._accept)
        return key + ACCEPTS

    def _definition(self, identifier: str, key: str, schema: Mapping[str, Any], rename: Any = None) -> Json:
        converted, findings = convert(schema, rename=rename or self.plan.schemas.__getitem__, path=f"{REF}{key}")
        self.findings += findings
        contracts = self.system.contracts
        if "description" in converted:
            described = matching.without_topic_lines(converted["description"])
            converted = {k: v for k, v in (converted | {"description": described}).items() if k != "description" or v}
        converted |= _enum_words(converted, contracts.members.get(identifier, {}))
        model, extra = self._settings(identifier)
        if model and extra and "properties" in converted:
            converted["x-extra"] = extra
            if model.kind == "typeddict" and set(converted["properties"]) - set(converted.get("required", ())):
                converted["x-partial"] = True
        if model and (inherited := _inherited(model, contracts)):
            converted["x-declared-by"] = inherited
        if source := contracts.symbols.get(identifier):
            converted["x-source"] = self.lines.ref(source)
        for field in model.fields if model else ():
            self.lines.ref(field.source)
        return converted

    def _settings(self, identifier: str) -> tuple[Model | None, str | None]:
        """Return the class of a definition and what it does with unknown fields; `Model-forbid` says that in its id."""
        base, _, extra = identifier.rpartition("-")
        if extra in ("forbid", "ignore", "allow") and base in self.models:
            return self.models[base], extra
        model = self.models.get(identifier)
        return model, model.extra if model else None

    def _composed(self, use: MessageUse, model_key: str, envelope_key: str, key: str) -> str:
        """Add the envelope around a model: `data` becomes the model, `type` the event type where one is known."""
        wire = self.system.settings.wire
        outer = self.schemas[envelope_key]
        properties = dict(outer.get("properties", {})) | {wire.data: {"$ref": REF + model_key}}
        if use.event_type and wire.type in properties:
            properties[wire.type] = _described(properties[wire.type], {"const": use.event_type, "type": "string"})
        composed = {k: v for k, v in outer.items() if k not in ("examples", "x-declared-by")}
        self.schemas[key] = composed | {
            "properties": properties,
            "x-envelope": {"data": wire.data, "model": model_key},
        }
        return key


def _references(value: Any) -> Iterator[str]:
    """Yield the target of every reference in a value, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def _described(old: Mapping[str, Any], new: Json) -> Json:
    return new | {key: old[key] for key in ("title", "description") if key in old}


def _inherited(model: Model, contracts: Contracts) -> Json:
    """Return property → declaring class for fields that the model does not declare itself."""
    return {
        field.name: source.ref
        for field in model.fields
        if field.declared_by != model.id and (source := contracts.symbols.get(field.declared_by))
    }


def _enum_words(schema: Mapping[str, Any], members: Mapping[str, str]) -> Json:
    """Return names and docstrings of enum members in the order of `enum`; `members` maps names to docstrings."""
    values = schema.get("enum")
    if not isinstance(values, list) or len(members) != len(values):
        return {}
    words: Json = {"x-enum-varnames": list(members)}
    if any(members.values()):
        words["x-enum-descriptions"] = list(members.values())
    return words


def messages(system: ResolvedSystem, plan: Plan, book: SchemaBook, lines: Lines) -> Json:
    """Return the message components in the order in which topics use them."""
    built: Json = {}
    topics = {topic.address: topic for topic in system.topics}
    senders: dict[str, list[str]] = {topic.address: [] for topic in system.topics}
    for edge in edges(system):
        if edge.action == "send":
            senders[edge.address].append(edge.service)
    for address, uses in plan.messages.items():
        for use in uses:
            if use.key not in built:
                topic = topics[address]
                built[use.key] = (
                    _plain(use, topic) if use.plain else _message(use, topic, book, lines, senders[address])
                )
    return built


PLAIN_PAYLOADS: Mapping[str, Json] = {
    "text": {"title": "Plain text", "contentType": "text/plain", "payload": {"type": "string"}},
    "number": {"title": "A number", "contentType": "application/json", "payload": {"type": "number"}},
    "bytes": {
        "title": "Bytes",
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
    },
}


def _plain(use: MessageUse, topic: ResolvedTopic) -> Json:
    """Return the message of a topic on which no model travels, with what services were seen to send."""
    examples = {"examples": list(topic.texts)} if topic.texts and use.plain == "text" else {}
    facts = PLAIN_PAYLOADS[use.plain]
    return {"name": use.plain, **facts, "payload": {**facts["payload"], **examples}}


def _message(use: MessageUse, topic: ResolvedTopic, book: SchemaBook, lines: Lines, senders: Sequence[str]) -> Json:
    model = book.models[use.model]
    doc = matching.without_topic_lines(model.doc)
    payload = book.payload(use)
    message: Json = {"name": model.name}
    if summary := first_line(doc):
        message["summary"] = summary
    if rest := after_first_line(doc):
        message["description"] = rest
    message["contentType"] = "application/json"
    message["payload"] = {"$ref": REF + payload}
    if use.correlation:
        message["correlationId"] = {"location": use.correlation}
    if example := _example(use, payload, topic, book, senders):
        message["examples"] = [example]
    if model.deprecated:
        message["x-state"] = "deprecated"
    message["x-source"] = lines.ref(model.source)
    if use.wire:
        message["x-wire"] = use.wire
    if payload != book.plan.schemas[use.model]:
        message["x-model"] = book.plan.schemas[use.model]
    if accepted := book.accepted(use):
        message["x-accepts"] = {"$ref": REF + accepted}
    return message


def _example(
    use: MessageUse, payload: str, topic: ResolvedTopic, book: SchemaBook, senders: Sequence[str]
) -> Json | None:
    value = sample({"$ref": REF + payload}, book.schemas, name=use.key)
    if value is None:
        book.findings.append(
            Finding(
                rule="example-not-found",
                severity="note",
                message=f"no example could be made for {use.key}",
                subject=use.key,
                remedy="give the model's fields examples",
                topics=(topic.address,),
            )
        )
        return None
    if not isinstance(value, dict):
        return None
    kind = book.system.settings.wire.type
    enveloped = payload != book.plan.schemas[use.model]
    if enveloped and topic.event_type and kind in value:  # the envelope's own example is of some other message
        value = value | {kind: topic.event_type}
    if enveloped and senders:
        value = value | _sent_by(senders, value, payload, book)
    return {"name": use.key, "payload": value}


def _sent_by(senders: Sequence[str], value: Json, payload: str, book: SchemaBook) -> Json:
    """Return corrections for the example of an envelope: a field such as `source` that names a service which does not
    send this message gets the name of one that does.
    """
    known = book.schemas[payload].get("properties", {})
    return {
        name: senders[0]
        for name, said in value.items()
        if name.lower() in SENDER
        and isinstance(said, str)
        and said in book.system.parties
        and said not in senders
        and not valid(senders[0], known.get(name, {}), book.schemas)
    }


def first_line(text: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def after_first_line(text: str) -> str:
    """Return what follows the first paragraph of a docstring."""
    return text.strip().partition("\n\n")[2].strip()
