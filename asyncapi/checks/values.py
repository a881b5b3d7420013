"""Values that a document shows: examples and defaults that do not fit, and what looks like a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.checks.subject import Problem, Subject
from asyncapi.documents.masking import Path
from asyncapi.pointers import join
from asyncapi.schemas import Schema
from asyncapi.schemas.properties import properties
from asyncapi.sources import Source
from asyncapi.view.registry import Message

_UNUSABLE = "the schema cannot be used"
_JSON = re.compile(r"^(?:|.*[/+]json(?:;.*)?|.*\bjson\b.*)$", re.IGNORECASE)


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
    """A default, an example, a description or an address in the document looks like a secret; pages show it masked."""
    spots = subject.hidden.spots
    of_fields = {secret for path, secret in spots if _is_of_field(path)}
    seen: set[str] = set()
    for path, secret in spots:
        if secret in of_fields and not _is_of_field(path) and path[:1] == ("components",):
            continue
        problem = _shown_secret(subject, path)
        if problem.about not in seen:
            seen.add(problem.about)
            yield problem


def _is_of_field(path: Path) -> bool:
    return path[:2] == ("components", "schemas") and "properties" in path


def _shown_secret(subject: Subject, path: Path) -> Problem:
    if _is_of_field(path):
        return _secret_of_field(subject, path)
    if len(path) > 2 and "examples" in path and "messages" in path:
        end = path.index("examples") + 2
        message = next((item for item in subject.registry.messages if item.pointer == join("", *path[: end - 2])), None)
        if message is not None:
            example = message.examples[int(path[end - 1])] if int(path[end - 1]) < len(message.examples) else None
            return _secret(
                f"an example of {message.name} shows a value",
                about=f"{message.name} {(example.name if example else '') or path[end - 1]}",
                topics=message.topics,
                source=message.source,
                pointer=join("", *path[:end]),
            )
    pointer = join("", *path)
    host = path[:1] == ("servers",) and path[2:] in (("host",), ("pathname",))
    what = f"the address of the broker {path[1]} holds something" if host else f"{pointer} shows a value"
    return _secret(what, about=pointer, pointer=pointer)


def _secret_of_field(subject: Subject, path: Path) -> Problem:
    """Return the problem of a value that a component says of one of its fields, however deep."""
    last = len(path) - path[::-1].index("properties") + 1
    fields = [path[i + 1] for i in range(3, last - 1) if path[i] == "properties"]
    key, field = path[2].removesuffix(".accepts"), ".".join(fields)
    schema = subject.registry.schemas.get(path[2])
    ref = schema.get("x-source") if isinstance(schema, Mapping) else None
    return _secret(
        f"{key}.{field} shows a value",
        about=f"{key}.{field}",
        source=subject.source(f"{ref}.{field}") if isinstance(ref, str) else None,
        pointer=join("", *path[:last]),
    )


def _secret(shows: str, **place: Any) -> Problem:
    remedy = "take it out of the contract, and change the secret"
    return Problem(message=f"{shows} that looks like a secret", remedy=remedy, **place)


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
    from asyncapi.schemas.samples import valid

    errors = valid(value, schema or {}, subject.registry.schemas)
    if not errors or errors[0].startswith(_UNUSABLE):
        return ""
    return _in_words(value, schema, subject) or errors[0]


def _in_words(value: Any, schema: Schema | None, subject: Subject) -> str:
    """Return what is wrong as a person says it, of a union's alternatives the nearest; nothing when none is found."""
    from asyncapi.payload.report import briefly
    from asyncapi.schemas.violations.explaining import Explaining, Steps, TooInvolvedError
    from asyncapi.schemas.violations.matching import Matching

    try:
        found = Explaining(subject.registry.schemas, Matching(), Steps()).found(schema, value)
    except (TooInvolvedError, RecursionError):
        return ""
    return briefly(found.problems, found.count)
