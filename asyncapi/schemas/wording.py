"""Constraints of a schema as a person would say them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.schemas.merged import is_number

_AMOUNTS = (
    ("minLength", "maxLength", "character", "characters"),
    ("minItems", "maxItems", "item", "items"),
    ("minProperties", "maxProperties", "entry", "entries"),
)
_LIMITS: Mapping[str, str] = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "multiple_of": "a multiple of {}",
    "max_digits": "digits: at most {}",
    "decimal_places": "digits after the point: at most {}",
    "offset": "offset {}",
    "now": "in the {}",
}
_CONDITIONS = ("if", "not", "dependentSchemas")


def constraints(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the keywords of one schema ask of a value, besides its type."""
    yield from _range(words)
    for low, high, one, many in _AMOUNTS:
        yield from _amount(words.get(low), words.get(high), one, many)
    if is_number(words.get("multipleOf")):
        yield f"a multiple of {number(words['multipleOf'])}"
    if isinstance(words.get("pattern"), str):
        yield f"matches {words['pattern']}"
    names = words.get("propertyNames")
    if isinstance(names, Mapping) and isinstance(names.get("pattern"), str):
        yield f"keys match {names['pattern']}"
    yield from limits(words)
    if words.get("uniqueItems") is True:
        yield "no value twice"
    yield from _conditions(words)


def limits(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what `x-limits` asks of a decimal, a date, a time or a duration."""
    said = words.get("x-limits")
    if isinstance(said, Mapping):
        yield from (_LIMITS[word].format(said[word]) for word in _LIMITS if isinstance(said.get(word), str | int))


def _range(words: Mapping[str, Any]) -> Iterator[str]:
    low, above = _bound(words, "minimum", "exclusiveMinimum")
    high, below = _bound(words, "maximum", "exclusiveMaximum")
    if is_number(low) and is_number(high):
        yield f"{number(low)} to {number(high)}"
        low = high = None
    for value, said in ((low, "at least"), (above, "greater than"), (high, "at most"), (below, "less than")):
        if is_number(value):
            yield f"{said} {number(value)}"


def _bound(words: Mapping[str, Any], name: str, exclusive: str) -> tuple[Any, Any]:
    """Return the inclusive and the exclusive bound; `true` as exclusive is how draft 4 said it."""
    if words.get(exclusive) is True:
        return None, words.get(name)
    return words.get(name), words.get(exclusive)


def _amount(low: Any, high: Any, one: str, many: str) -> Iterator[str]:
    low, high = (value if isinstance(value, int) and not isinstance(value, bool) else None for value in (low, high))
    low = None if low == 0 else low
    if low is not None and low == high:
        yield f"exactly {low} {one if low == 1 else many}"
    elif low is not None and high is not None:
        yield f"{low} to {high} {many}"
    elif low is not None:
        yield f"at least {low} {one if low == 1 else many}"
    elif high is not None:
        yield f"at most {high} {one if high == 1 else many}"


def _conditions(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield which fields need which, and say that there is more where there is more."""
    more = any(isinstance(words.get(name), Mapping) and words[name] for name in _CONDITIONS)
    for name in ("dependentRequired", "dependencies"):
        needed = words.get(name)
        for field, others in list(needed.items())[:20] if isinstance(needed, Mapping) else ():
            if isinstance(others, list):
                yield f"{field} needs {', '.join(str(other) for other in others[:20])}"
            else:
                more = True
    if more:
        yield "further conditions"


def number(value: Any) -> str:
    """Return a number as people write it: 5.0 is 5."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def as_json(value: Any) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def text(value: Any) -> str:
    """Return a text; anything else is empty."""
    return value if isinstance(value, str) else ""
