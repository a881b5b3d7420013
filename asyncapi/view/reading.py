"""Readings that several parts of the view need: tags, parameters, replies, what is left over."""

from __future__ import annotations

from typing import Any

from asyncapi.documents.typed import tables, word, words
from asyncapi.extensions import NAMES
from asyncapi.view.reader import Json, Reader
from asyncapi.view.registry import Extras, Parameter, Reply


def tag_names(reader: Reader, value: Any, pointer: str) -> tuple[str, ...]:
    """Return the names of a list of tags or references to them."""
    listed = reader.items(value, f"{pointer}/tags")
    found = (reader.object(item, f"{pointer}/tags/{at}")[0] for at, item in enumerate(listed))
    return tuple(name for tag in found if (name := word(tag.get("name"))))


def parameters(reader: Reader, value: Any, pointer: str) -> tuple[Parameter, ...]:
    """Return the parameters of an address, or the variables of a server."""
    return tuple(
        Parameter(
            name=name,
            description=reader.text(said, "description", where),
            enum=words(said.get("enum")),
            default=said["default"] if isinstance(said.get("default"), str) else None,
            examples=words(said.get("examples")),
        )
        for name, said, where in reader.objects(value, pointer)
    )


def extras(value: Json) -> Extras:
    """Return the `x-` fields that are not ours."""
    return tuple((key, item) for key, item in value.items() if key.startswith("x-") and key not in NAMES)


def other_bindings(reader: Reader, value: Json, pointer: str) -> Extras:
    """Return the bindings for protocols that the view has no fields for, as `bindings.<protocol>`."""
    said, where = reader.object(value.get("bindings"), f"{pointer}/bindings")
    return tuple(
        (f"bindings.{protocol}", reader.object(item, f"{where}/{protocol}")[0])
        for protocol, item in said.items()
        if protocol != "mqtt" and not protocol.startswith("x-")
    )


def declared_replies(value: Any) -> tuple[Reply, ...]:
    """Return the replies in `x-replies`."""
    return tuple(
        Reply(topic=word(item.get("topic")), field=word(item.get("field")), answer_field=word(item.get("answer_field")))
        for item in tables(value)
        if word(item.get("topic"))
    )
