"""The schemas of a document by key, with every reference spelled so that it leads to one of them.

A reference may lead anywhere in a document; here each target becomes an entry of one map.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asyncapi.documents.references import HOLDING_NAMES, Spot, is_data
from asyncapi.documents.typed import word
from asyncapi.pointers import join, split
from asyncapi.schemas import Schema
from asyncapi.view.reader import Reader

COMPONENTS = "/components/schemas"
REFERENCE = "#/components/schemas/"
JSON_SCHEMA = re.compile(r"application/(?:vnd\.aai\.asyncapi|vnd\.oai\.openapi|schema|json|yaml)(?:[+;]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a schema object holds: JSON Schema, or with `format` something else (`opaque`)."""

    schema: Schema | None = None
    format: str = ""
    opaque: Any = None


NOTHING = Content()


class Schemas:
    """All schemas of a document. `found` maps keys to schemas, components first, in document order."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.found: dict[str, Schema] = {}
        self._keys: dict[Spot, str] = {}
        self._as_written: set[str] = set()
        self._waiting: list[tuple[str, Any, Spot]] = []
        components, _ = reader.object(reader.raw.get("components"), "/components")
        listed, where = reader.object(components.get("schemas"), COMPONENTS)
        for key, value in listed.items():
            self._component(key, value, Spot.of(where).inside(key))
        self._drain()

    def read(self, value: Any, pointer: str) -> Content:
        """Return what a payload, headers or accepted schema is; references in it lead into `found`."""
        content = self._content(value, Spot.of(pointer))
        self._drain()
        return content

    def component(self, key: str) -> Schema | None:
        """Return the reference to a component schema, None when there is none of that name."""
        name = self._keys.get(Spot(join(COMPONENTS, key)))
        return {"$ref": REFERENCE + name} if name in self.found else None

    def _component(self, key: str, value: Any, spot: Spot) -> None:
        if _other_format(value) or not isinstance(value, Mapping | bool):
            return
        name = self._keys[spot] = self._unique(re.sub(r"[/~%#]", "_", key))
        if name == key:
            self._as_written.add(REFERENCE + key)
        self.found[name] = {}
        self._waiting.append((name, value, spot))

    def _drain(self) -> None:
        while self._waiting:
            name, value, spot = self._waiting.pop()
            self.found[name] = self._rewritten(*_unwrapped(value, spot))

    def _content(self, value: Any, spot: Spot) -> Content:
        if value is None:
            return NOTHING
        found = self.reader.follow(value, str(spot))
        if found is None:
            return Content(opaque=value)
        target, place = found[0], Spot.of(found[1])
        if isinstance(target, bool):
            return Content(schema=_boolean(target))
        if not isinstance(target, Mapping):
            self.reader.wrong_type(str(place), "a schema", target)
            return NOTHING
        if said := _other_format(target):
            return Content(format=said, opaque=target.get("schema"))
        if "schemaFormat" in target and isinstance(target.get("schema"), Mapping):
            return self._content(target["schema"], place.inside("schema"))
        return Content(schema=self._rewritten(value, spot))

    def _rewritten(self, value: Any, spot: Spot) -> Schema:
        if isinstance(value, bool):
            return _boolean(value)
        found = self._spelled(value, spot.file, named=False)
        if found is value and isinstance(value.get("$ref"), str) and str(value["$ref"]).startswith("#"):
            # An alias of an alias of itself would send every reader in circles.
            return value if value["$ref"] in self._as_written and self._leads_somewhere(value, spot) else {}
        return found if isinstance(found, Mapping) else {}

    def _leads_somewhere(self, value: Any, spot: Spot) -> bool:
        return self.reader.follow(value, str(spot)) is not None

    def _spelled(self, value: Any, file: str, *, named: bool) -> Any:
        """Return a schema whose references lead to keys of `found`; the same object where nothing changes."""
        if isinstance(value, list):
            items = [self._spelled(item, file, named=False) for item in value]
            return value if all(map(_is, items, value)) else items
        if not isinstance(value, Mapping):
            return value
        if not named and isinstance(value.get("$ref"), str):
            return self._reference(value, file)
        changed = {}
        for key, item in value.items():
            if isinstance(item, dict | list) and (named or not is_data(key)):
                spelled = self._spelled(item, file, named=not named and key in HOLDING_NAMES)
                if spelled is not item:
                    changed[key] = spelled
        return {**value, **changed} if changed else value

    def _reference(self, value: Mapping[str, Any], file: str) -> Any:
        target = value["$ref"]
        if not file and target in self._as_written:
            return value
        found = self.reader.normalised.follow({"$ref": target}, Spot("", file))
        if found is None or not isinstance(found[0], Mapping | bool) or _other_format(found[0]):
            return value
        name = self._keys.get(found[1])
        if name is None:
            name = self._keys[found[1]] = self._unique(_name(found[1]))
            self.found[name] = {}
            self._waiting.append((name, *found))
        return value if target == REFERENCE + name else {"$ref": REFERENCE + name}

    def _unique(self, name: str) -> str:
        taken, number = name, 1
        while taken in self.found:
            number += 1
            taken = f"{name}_{number}"
        return taken


def _is(left: Any, right: Any) -> bool:
    return left is right


def _boolean(value: bool) -> Schema:
    return {} if value else {"not": {}}


def _other_format(value: Any) -> str:
    """Return the format of a multi-format schema that is not JSON Schema."""
    said = word(value.get("schemaFormat")) if isinstance(value, Mapping) else ""
    inside = value.get("schema") if said else None
    return said if said and (not JSON_SCHEMA.match(said) or isinstance(inside, str)) else ""


def _unwrapped(value: Any, spot: Spot) -> tuple[Any, Spot]:
    if isinstance(value, Mapping) and isinstance(value.get("schemaFormat"), str) and "schema" in value:
        return (value["schema"], spot.inside("schema")) if isinstance(value["schema"], Mapping | bool) else ({}, spot)
    return value, spot


_WORDS = HOLDING_NAMES | {"components", "items", "allOf", "anyOf", "oneOf", "payload", "schema"}


def _name(spot: Spot) -> str:
    """Return a key for a schema that stands elsewhere, from the names on the way to it."""
    names = [step for step in split(spot.pointer) if step not in _WORDS and not step.isdigit()]
    told = ".".join(names[-3:]) or spot.file.rpartition("/")[2].partition(".")[0] or "schema"
    return re.sub(r"[^\w.-]", "_", told)
