"""Views as JSON: every dataclass an object with its fields, in order; "not said" stays null."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any


def as_data(value: Any) -> Any:
    """Return a view as plain JSON data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_data(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


def dumps(value: Any) -> bytes:
    """Return JSON data as UTF-8; halves of surrogate pairs stay escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return text.encode("utf-8", "backslashreplace") + b"\n"
