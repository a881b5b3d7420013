"""References between definitions: their spelling, who refers to whom, keys and titles that are dropped."""

from __future__ import annotations

import re
import typing

from .pipe import Json


def plain_reference(reference: str) -> str:
    """Return a core reference without the object ids in it, spelled as `class_id` spells it."""
    plain = re.sub(r":\d+(?=[\[\],]|$)", "", reference)
    return re.sub(r",\s*", ", ", re.sub(r"(?<![\w.])builtins\.", "", plain))


def definition_reference(identity: str) -> str:
    return "#/$defs/" + identity.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def referenced(schema: typing.Any) -> list[str]:
    """Return the definition ids that a schema refers to."""
    return [
        unescaped(text[8:])
        for text in find_key(schema, "$ref")
        if isinstance(text, str) and text.startswith("#/$defs/")
    ]


def find_key(schema: typing.Any, key: str) -> list[typing.Any]:
    found, todo = [], [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if key in part and not isinstance(part[key], dict):
                found.append(part[key])
            todo += part.values()
        elif isinstance(part, list):
            todo += part
    return found


def drop_key(schema: typing.Any, key: str) -> None:
    todo = [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            part.pop(key, None)
            todo += part.values()
        elif isinstance(part, list):
            todo += part


def closure(definitions: dict[str, Json], roots: list[str]) -> dict[str, Json]:
    wanted, todo = set(), list(roots)
    while todo:
        current = todo.pop()
        if current not in wanted:
            wanted.add(current)
            todo += referenced(definitions.get(current))
    return {identity: schema for identity, schema in definitions.items() if identity in wanted}


def drop_titles(definitions: dict[str, Json]) -> None:
    """Drop the titles that repeat the class name."""
    for identity, schema in definitions.items():
        if isinstance(schema, dict) and isinstance(schema.get("title"), str):
            plain, _, arguments = identity.partition("[")
            name = plain.rpartition(".")[2]
            if schema["title"] == name or (arguments and schema["title"].startswith(name + "[")):
                del schema["title"]
