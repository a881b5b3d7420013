"""Raw values of a document as the type they should have; whatever has another type is empty, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

Json = Mapping[str, Any]
Value = TypeVar("Value")


def words(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; anything else is empty."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def word(value: Any) -> str:
    """Return a text; anything else is empty."""
    return value if isinstance(value, str) else ""


def table(value: Any) -> Json:
    """Return an object; anything else is empty."""
    return value if isinstance(value, Mapping) else {}


def tables(value: Any) -> tuple[Json, ...]:
    """Return the objects of a list; anything else is empty."""
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def qos_of(value: Any) -> int | None:
    """Return a QoS that MQTT has, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1, 2) else None


def whole(value: Any) -> int | None:
    """Return a number without a fraction that is not negative, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def share(value: Any) -> float:
    """Return a number as a float, zero for anything else."""
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else 0.0


def flag(value: Any) -> bool | None:
    """Return a boolean, or None."""
    return value if isinstance(value, bool) else None


def pairs(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return an object as pairs in its order."""
    return tuple((str(key), item) for key, item in table(value).items())


def unique(items: Iterable[Value]) -> tuple[Value, ...]:
    """Return values in order of first appearance, each once."""
    return tuple(dict.fromkeys(items))
