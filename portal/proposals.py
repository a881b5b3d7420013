"""A change that nobody has made yet → whom it would break: one message's schema is changed, and both versions compared.

Nothing is kept, and nothing is read but the document that is shown.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from asyncapi.documents.document import Document
from asyncapi.errors import PortalError
from asyncapi.pointers import escape, look_up, walk
from asyncapi.view.registry import Message
from portal.history import CURRENT
from portal.system import System

if TYPE_CHECKING:
    from asyncapi.compare.report import Report

MOST_HOPS: Final = 8
LARGEST: Final = 64 * 1024  # bytes; a change holds a few keywords of one model
DEEPEST: Final = 60

Json = dict[str, Any]


def proposed(system: System, message: Message, change: Mapping[str, Any]) -> Report:
    """Return what it would mean to change the schema of a message's model.

    `change` holds keywords of JSON Schema: each replaces the one there, and those of `properties` do so one by one;
    null takes a keyword or a property away.
    """
    from asyncapi.compare.judgement import DiffSettings
    from asyncapi.compare.report import report, without
    from asyncapi.documents.masking import masked
    from asyncapi.view import build

    if any(place.count("/") > DEEPEST for place, _ in walk(change)):
        raise PortalError(f"the change is nested deeper than {DEEPEST} levels")
    if len(json.dumps(change)) > LARGEST:
        raise PortalError(f"the change is larger than {LARGEST // 1024} KB")
    version = system.history.find(CURRENT)
    assert version is not None
    now = version.read()
    raw = copy.deepcopy(dict(now.document.raw))
    places = {id(place): place for place in _places(raw, message)}
    if not places:
        raise PortalError(f"{message.name} has no schema that can be changed here")
    for place in places.values():
        _change(place, change)
    settings = DiffSettings(levels=dict(now.registry.policy.diff_severity))
    found = report(now.registry, build(Document(raw=raw)), settings=settings, names=("now", "proposed"))
    return without(found, now.hidden, masked(raw))


def _places(raw: Json, message: Message) -> Iterator[Json]:
    """Yield the schemas of a message's model: what publishers send, and what subscribers take where that is another."""
    if message.model_key and isinstance(model := _at(raw, f"/components/schemas/{escape(message.model_key)}"), dict):
        yield model
    elif (payload := _schema(raw, _at(raw, f"{message.pointer}/payload"))) is not None:
        yield payload
    accepted = _schema(raw, _at(raw, f"{message.pointer}/x-accepts"))
    mark = accepted.get("x-envelope") if accepted else None
    if accepted and isinstance(mark, dict):
        accepted = _schema(raw, _at(accepted, f"/properties/{escape(str(mark.get('data')))}"))
    if accepted is not None:
        yield accepted


def _schema(raw: Json, found: Any) -> Json | None:
    """Return the schema that a place holds or refers to."""
    for _ in range(MOST_HOPS):
        if not isinstance(found, dict):
            return None
        if "schema" in found and "schemaFormat" in found:
            found = found["schema"]
        elif isinstance(target := found.get("$ref"), str):
            found = _at(raw, target.removeprefix("#")) if target.startswith("#/") else None
        else:
            return found
    return None


def _at(raw: Any, pointer: str) -> Any:
    try:
        return look_up(raw, pointer)
    except (LookupError, ValueError):
        return None


def _change(target: Json, change: Mapping[str, Any]) -> None:
    for name, value in change.items():
        if name == "properties" and isinstance(value, Mapping):
            inner = target.get(name)
            target[name] = dict(inner) if isinstance(inner, dict) else {}
            _change_each(target[name], value)
        else:
            _change_each(target, {name: value})


def _change_each(target: Json, change: Mapping[str, Any]) -> None:
    for name, value in change.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = copy.deepcopy(value)
