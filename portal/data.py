"""Views as JSON: every dataclass an object with its fields, in order; "not said" stays null."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any


def as_data(value: Any) -> Any:
    """Return a view as plain JSON data."""
    kind: Any = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    names = _fields(kind)
    if names is not None:
        return {name: as_data(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_data(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


@functools.cache
def _fields(kind: Any) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields, None for any other type."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def dumps(value: Any) -> bytes:
    """Return JSON data as UTF-8; halves of surrogate pairs stay escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "backslashreplace") + b"\n"
