"""Frozen values as plain data, without the fields that say nothing: what snapshots compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from asyncapi.view.registry import Registry


def said(value: Any) -> Any:
    """Return a value as JSON data; dataclass fields that hold their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: said(getattr(value, field.name))
            for field in fields(value)
            if field.repr and getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Mapping):
        return {str(key): said(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [said(item) for item in value]
    return value


def essentials(registry: Registry) -> dict[str, Any]:
    """Return a registry as data, things that have keys by their keys."""
    told: dict[str, Any] = said(registry)
    for name in ("servers", "messages", "operations"):
        told[name] = {item.pop("key"): item for item in told.get(name, ())}
    told["topics"] = {topic.pop("address") or f"({topic['key']})": topic for topic in told.get("topics", ())}
    told["findings"] = [f"{item['rule']}: {item['message']}" for item in told.get("findings", ())]
    return {name: value for name, value in told.items() if value not in ([], {})}


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else _Nothing


class _Nothing:
    """Equal to no value that a field can hold."""
