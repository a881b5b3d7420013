"""Which keywords of a schema have a value of the right type; the others are ignored, as validators do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _count(value: Any) -> bool:
    return _number(value) and value >= 0 and value == int(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _schema(value: Any) -> bool:
    return isinstance(value, (Mapping, bool))


def _schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_schema(item) for item in value)


def _named(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_schema(item) for item in value.values())


def _dependencies(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_schema(item) or _texts(item) for item in value.values())


CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(("minimum", "maximum"), _number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), lambda value: _number(value) or isinstance(value, bool)),
    "multipleOf": lambda value: _number(value) and value > 0,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count),
    **dict.fromkeys(("minContains", "maxContains"), _count),
    **dict.fromkeys(("pattern", "format", "$ref", "x-extra"), _text),
    "uniqueItems": lambda value: isinstance(value, bool),
    "type": lambda value: _text(value) or (_texts(value) and bool(value)),
    "enum": lambda value: isinstance(value, list),
    "required": _texts,
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _schemas),
    "items": lambda value: _schema(value) or (isinstance(value, list) and all(_schema(item) for item in value)),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _named),
    **dict.fromkeys(("additionalProperties", "additionalItems", "propertyNames", "contains", "not"), _schema),
    **dict.fromkeys(("if", "then", "else", "unevaluatedItems", "unevaluatedProperties"), _schema),
    "dependencies": _dependencies,
    "dependentRequired": lambda value: isinstance(value, Mapping) and all(_texts(item) for item in value.values()),
}


def malformed(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keywords of a schema whose value means nothing."""
    for word, value in schema.items():
        check = CHECKS.get(word)
        if check is not None and not check(value):
            yield word


def tidy(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema without the keywords that are malformed; the same object where there are none."""
    bad = set(malformed(schema))
    return {word: value for word, value in schema.items() if word not in bad} if bad else schema
