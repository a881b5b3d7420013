"""What travels: fields every message has, extras, wire forms, models of handlers, defaults, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.checks.subject import Problem, Subject, name
from asyncapi.properties import properties
from asyncapi.registry import Message, Operation, Schema, Topic

_SECRET_NAME = re.compile(r"(?:^|_)(?:password|passwd|secret|token|api_?key|private_?key|credentials?)$", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|sk-[A-Za-z0-9]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.|-----BEGIN "
)
_HARMLESS = re.compile(r"^(?:|\*+|x+|<.*>|\$\{.*\}|\{.*\}|changeme|example|string|none|null)$", re.IGNORECASE)


def required_field_missing(subject: Subject) -> Iterator[Problem]:
    """A message lacks a field that the policy wants on every message."""
    wanted = subject.registry.policy.required_fields
    for message in subject.registry.messages if wanted else ():
        found = subject.model_properties(message)
        missing = [field for field in wanted if found is not None and field not in found]
        if missing:
            yield Problem(
                message=f"{message.name} has no {' and no '.join(missing)}",
                remedy="inherit the base model that has the fields of every message",
                about=message.name,
                topics=message.topics,
                source=message.source,
                pointer=message.pointer,
            )


def extras_not_forbidden(subject: Subject) -> Iterator[Problem]:
    """A model ignores or keeps unknown fields, while most models of the system forbid them."""
    schemas = {message.name: _model(subject, message) for message in subject.registry.messages}
    said = {known: schema["x-extra"] for known, schema in schemas.items() if schema and "x-extra" in schema}
    if sum(1 for extra in said.values() if extra == "forbid") * 2 <= len(said):
        return
    for message in subject.registry.messages:
        if said.get(message.name, "forbid") != "forbid":
            yield Problem(
                message=f"{message.name} does not forbid unknown fields (extra = {said[message.name]})",
                remedy='set model_config = ConfigDict(extra="forbid"), or say in the policy that extras are wanted',
                about=message.name,
                topics=message.topics,
                source=message.source,
                pointer=message.pointer,
            )


def _model(subject: Subject, message: Message) -> Schema | None:
    schema = message.model or message.payload
    target = schema.get("$ref") if schema else None
    return subject.registry.schemas.get(target.rpartition("/")[2]) if isinstance(target, str) else schema


def wire_form_mismatch(subject: Subject) -> Iterator[Problem]:
    """A topic is sent bare and read as an envelope, or the other way round."""
    for topic in subject.registry.topics:
        sent = {o.service: o.wire for o in subject.senders(topic) if o.wire in ("raw", "envelope")}
        forms = set(sent.values())
        for operation in subject.receivers(topic):
            if operation.wire in ("raw", "envelope") and forms - {operation.wire}:
                others = tuple(service for service, wire in sent.items() if wire != operation.wire)
                yield Problem(
                    message=f"{operation.service} reads {name(topic)} as {operation.wire}, "
                    f"but {', '.join(others)} sends it as {sent[others[0]]}",
                    remedy="send and read the form that the contract names, or accept both",
                    topics=(name(topic),),
                    services=(operation.service, *others),
                    source=operation.sites[0].source if operation.sites else None,
                    pointer=operation.pointer,
                )


def wire_form_not_as_declared(subject: Subject) -> Iterator[Problem]:
    """A service sends a topic in another form than the contract declares."""
    for topic in subject.registry.topics:
        declared = {message.wire for message in subject.messages(topic)} & {"raw", "envelope"}
        by_code = any(item.fact == "wire" and item.used and item.by == "service code" for item in topic.evidence)
        for operation in subject.senders(topic) if declared and not by_code else ():
            if operation.wire in ("raw", "envelope", "mixed") and operation.wire not in declared:
                yield Problem(
                    message=f"{operation.service} sends {name(topic)} as {operation.wire}; "
                    f"declared is {' or '.join(sorted(declared))}",
                    remedy="send the declared form, or correct the declaration",
                    topics=(name(topic),),
                    services=(operation.service,),
                    source=operation.sites[0].source if operation.sites else None,
                    pointer=operation.pointer,
                )


def other_model_at_call(subject: Subject) -> Iterator[Problem]:
    """A call sends, or a handler validates, another model than the contract of the topic names."""
    for topic in subject.registry.topics:
        wanted = {message.name for message in subject.messages(topic)}
        for operation in (*subject.senders(topic), *subject.receivers(topic)) if wanted else ():
            if operation.filter:
                continue
            yield from _other_models(topic, operation, wanted)


def _other_models(topic: Topic, operation: Operation, wanted: set[str]) -> Iterator[Problem]:
    for site in operation.sites:
        model = site.model.rpartition(".")[2]
        if model and model not in wanted:
            verb = "sends" if operation.action == "send" else "validates"
            yield Problem(
                message=f"{operation.service} {verb} {model} on {name(topic)}; "
                f"the contract is {', '.join(sorted(wanted))}",
                remedy="use the contract's model, or correct the contract",
                about=model,
                topics=(name(topic),),
                services=(operation.service,),
                source=site.source,
                pointer=operation.pointer,
            )


def several_models_undeclared(subject: Subject) -> Iterator[Problem]:
    """A topic carries several models, but nobody declared that it should."""
    for topic in subject.registry.topics:
        by = {item.by for item in topic.evidence if item.fact == "model" and item.used}
        if len(topic.messages) > 1 and by and not by & {"portal.toml", "declared"}:
            names = [message.name for message in subject.messages(topic)]
            yield Problem(
                message=f"{name(topic)} carries {len(names)} models: {', '.join(names)}",
                remedy="declare all of them on the topic, or keep one",
                topics=(name(topic),),
                source=topic.source,
                pointer=topic.pointer,
            )


def example_invalid(subject: Subject) -> Iterator[Problem]:
    """An example does not match the payload schema of its message."""
    from asyncapi.samples import valid

    for message in subject.registry.messages:
        schema = message.payload
        for example in message.examples if schema is not None else ():
            errors = valid(example.payload, schema or {}, subject.registry.schemas)
            if errors:
                yield Problem(
                    message=f"an example of {message.name} is not valid: {errors[0]}",
                    remedy="correct the example, or the schema",
                    about=example.name or message.name,
                    topics=message.topics,
                    source=message.source,
                    pointer=message.pointer,
                )


def default_invalid(subject: Subject) -> Iterator[Problem]:
    """A default value does not match the schema of its own field."""
    from asyncapi.samples import valid

    for key, schema in subject.registry.schemas.items():
        for field, said in (properties(schema, subject.registry.schemas) or {}).items():
            if isinstance(said, Mapping) and "default" in said:
                errors = valid(said["default"], said, subject.registry.schemas)
                if errors:
                    yield Problem(
                        message=f"the default of {key}.{field} is not valid: {errors[0]}",
                        remedy="give a default inside the field's own constraints",
                        about=f"{key}.{field}",
                        source=subject.source(f"{schema.get('x-source', '')}.{field}")
                        if "x-source" in schema
                        else None,
                        pointer=f"/components/schemas/{key}/properties/{field}/default",
                    )


def secret_in_contract(subject: Subject) -> Iterator[Problem]:
    """A default, an example or a constant value in a schema looks like a secret."""
    for key, schema in subject.registry.schemas.items():
        for field, said in (properties(schema, subject.registry.schemas) or {}).items():
            values = _shown(said)
            if any(_looks_secret(field, value) for value in values):
                yield Problem(
                    message=f"{key}.{field} shows a value that looks like a secret",
                    remedy="take it out of the contract, and change the secret",
                    about=f"{key}.{field}",
                    source=subject.source(f"{schema.get('x-source', '')}.{field}") if "x-source" in schema else None,
                    pointer=f"/components/schemas/{key}/properties/{field}",
                )


def _shown(schema: Any) -> list[Any]:
    if not isinstance(schema, Mapping):
        return []
    examples = schema.get("examples")
    return [schema.get("default"), schema.get("const"), *(examples if isinstance(examples, list) else [])]


def _looks_secret(field: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return bool(_SECRET_VALUE.search(value) or (_SECRET_NAME.search(field) and not _HARMLESS.match(value)))
