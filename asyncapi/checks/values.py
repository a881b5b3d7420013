"""Values that a document shows: examples and defaults that do not fit, and what looks like a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.checks.subject import Problem, Subject
from asyncapi.properties import properties
from asyncapi.registry import Message, Schema
from asyncapi.sources import Source

_UNUSABLE = "the schema cannot be used"
_JSON = re.compile(r"^(?:|.*[/+]json(?:;.*)?|.*\bjson\b.*)$", re.IGNORECASE)
_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|token|apikey|api_key|access_key|private_key|credentials?)$"
)
_SECRET_VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|glpat-[\w-]{20}|xox[abpr]-[\w-]{10,}|sk-[A-Za-z0-9_-]{16,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s:@]+@"
)
_HARMLESS = re.compile(r"^(?:|\*+|x+|<.*>|\$\{.*\}|\{.*\}|changeme|example|string|none|null)$", re.IGNORECASE)


def example_invalid(subject: Subject) -> Iterator[Problem]:
    """An example does not match the payload schema of its message."""
    for message in subject.registry.messages:
        for index, example in enumerate(message.examples if _is_json(message) else ()):
            if error := _error(example.payload, message.payload, subject):
                yield Problem(
                    message=f"an example of {message.name} is not valid: {error}",
                    remedy="correct the example, or the schema",
                    about=f"{message.name} {example.name or index}",
                    topics=message.topics,
                    source=message.source,
                    pointer=f"{message.pointer}/examples/{index}",
                )


def default_invalid(subject: Subject) -> Iterator[Problem]:
    """A default value does not match the schema of its own field."""
    for key, field, schema, source in _fields(subject):
        if "default" in schema and (error := _error(schema["default"], schema, subject)):
            yield Problem(
                message=f"the default of {key}.{field} is not valid: {error}",
                remedy="give a default inside the field's own constraints",
                about=f"{key}.{field}",
                source=source,
                pointer=f"/components/schemas/{key}/properties/{field}/default",
            )


def secret_in_contract(subject: Subject) -> Iterator[Problem]:
    """A default, an example or a constant value in a schema looks like a secret."""
    for key, field, schema, source in _fields(subject):
        examples = schema.get("examples")
        fixed = [schema.get("default"), schema.get("const")]
        shown = [*fixed, *(examples if isinstance(examples, list) else [])]
        if any(_is_secret(value) for value in shown) or (_names_secret(field) and any(map(_is_told, fixed))):
            yield Problem(
                message=f"{key}.{field} shows a value that looks like a secret",
                remedy="take it out of the contract, and change the secret",
                about=f"{key}.{field}",
                source=source,
                pointer=f"/components/schemas/{key}/properties/{field}",
            )
    for message in subject.registry.messages:
        for index, example in enumerate(message.examples):
            if any(_is_secret(value) for value in _texts(example.payload)):
                yield Problem(
                    message=f"an example of {message.name} shows a value that looks like a secret",
                    remedy="take it out of the contract, and change the secret",
                    about=f"{message.name} {example.name or index}",
                    topics=message.topics,
                    source=message.source,
                    pointer=f"{message.pointer}/examples/{index}",
                )


def _fields(subject: Subject) -> Iterator[tuple[str, str, Schema, Source | None]]:
    """Yield component key, name, schema and source of every field that a component declares itself."""
    for key, schema in subject.registry.schemas.items():
        if key.endswith(".accepts") or "x-envelope" in schema:
            continue
        for field, said in (properties(schema, subject.registry.schemas) or {}).items():
            if isinstance(said, Mapping):
                ref = schema.get("x-source")
                yield key, field, said, subject.source(f"{ref}.{field}") if isinstance(ref, str) else None


def _is_json(message: Message) -> bool:
    return message.payload is not None and _JSON.match(message.content_type) is not None


def _error(value: Any, schema: Schema | None, subject: Subject) -> str:
    """Return what is first wrong with a value; nothing where the schema is of a kind that no validator runs."""
    from asyncapi.samples import valid

    errors = valid(value, schema or {}, subject.registry.schemas)
    return errors[0] if errors and not errors[0].startswith(_UNUSABLE) else ""


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _is_secret(value: Any) -> bool:
    return isinstance(value, str) and _SECRET_VALUE.search(value) is not None


def _names_secret(field: str) -> bool:
    return _SECRET_WORDS.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).lower()) is not None


def _is_told(value: Any) -> bool:
    return isinstance(value, str) and not _HARMLESS.match(value)
