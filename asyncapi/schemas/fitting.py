"""Making values fit without a validator: numbers within bounds, texts of a length, two schemas merged into one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from asyncapi.schemas import realistic

Schema = Mapping[str, Any]

NOTHING = object()
_SCALAR_WORDS = frozenset(
    (
        *("type", "title", "description", "default", "examples", "const", "enum", "minimum", "maximum"),
        *("exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "deprecated", "readOnly", "writeOnly"),
    )
)


ANNOTATIONS = frozenset(
    ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "definitions")
)


def kind_of(schema: Schema) -> str:
    """Return the type to make: the first that is not null, else the one that the keywords are about."""
    written = schema.get("type")
    if isinstance(written, list):
        return str(next((kind for kind in written if kind != "null"), "null"))
    if isinstance(written, str):
        return written
    hints = {
        "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties"),
        "array": ("items", "minItems", "contains", "uniqueItems"),
        "string": ("minLength", "maxLength", "pattern", "format"),
        "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
    return next((kind for kind, words in hints.items() if any(word in schema for word in words)), "")


def is_literal(schema: Schema) -> bool:
    return all(key in ("const", "enum", "type") or key in ANNOTATIONS or key[:2] == "x-" for key in schema)


def preferred(values: list[Any], arm: int) -> Any:
    usable = [value for value in values if value is not None] or values
    return usable[min(arm, len(usable) - 1)]


def only_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("const", 0) is None)


def interesting(schema: Any) -> bool:
    return isinstance(schema, Mapping) and not schema.get("deprecated")


def plainly_fits(value: Any, schema: Schema) -> bool | None:
    """Check a scalar against a schema of plain keywords; None where that takes a validator."""
    for key in schema:
        if key not in _SCALAR_WORDS:
            return None
    kind = schema.get("type")
    if not isinstance(kind, str) or kind in ("array", "object"):
        return None
    if not _has_type(value, kind):
        return False
    if "const" in schema and schema["const"] != value:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if kind == "string":
        return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", math.inf))
    return kind not in ("integer", "number") or _in_bounds(value, schema)


def _has_type(value: Any, kind: str) -> bool:
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    known: Mapping[str, Any] = {"string": str, "number": (int, float), "null": type(None)}
    return kind in known and isinstance(value, known[kind])


def _in_bounds(value: Any, schema: Schema) -> bool:
    return bool(
        schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf)
        and value > schema.get("exclusiveMinimum", -math.inf)
        and value < schema.get("exclusiveMaximum", math.inf)
    )


def number(schema: Schema, name: str, whole: bool) -> Any:
    """Return the plausible number if the bounds allow it, else one near a bound; `NOTHING` when they allow none."""
    step = schema.get("multipleOf")
    liked = realistic.number(name, whole)
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    offers = [liked, 1, 0]
    if low > -math.inf and high < math.inf:
        offers.append(low + (high - low) / 2)
    offers += [bound + shift for bound in (low, high) if math.isfinite(bound) for shift in (0, 1, -1)]
    for offer in offers:
        made = _stepped(offer, step, whole) if step is not None or whole else offer
        for value in made if isinstance(made, list) else [made]:
            if _in_bounds(value, schema):
                return value
    return NOTHING


def _stepped(value: float, step: Any, whole: bool) -> list[Any]:
    """Return the multiples of a step around a value, exactly: 0.3 is a multiple of 0.1."""
    if step is None:
        return [math.floor(value), math.floor(value) + 1, math.floor(value) - 1]
    from fractions import Fraction

    size = Fraction(str(step))
    if whole and size.denominator != 1:
        size = Fraction(size.numerator)
    turns = math.floor(Fraction(str(value)) / size)
    around = [size * turns, size * (turns + 1), size * (turns - 1)]
    return [int(item) if item.denominator == 1 and whole else float(item) for item in around]


def within(text: str, least: int, most: int) -> str:
    while len(text) < least:
        text = f"{text} {text}" if text else "text"
    if len(text) <= most:
        return text
    return text[: int(most)].strip() if len(text[: int(most)].strip()) >= least else text[: int(most)].replace(" ", "-")


def another(value: Any, schema: Schema, index: int) -> Any:
    """Return a value unlike those before it, for lists without repeats."""
    if isinstance(value, bool):
        return not value
    if schema.get("enum"):
        return schema["enum"][index % len(schema["enum"])]
    if isinstance(value, (int, float)):
        return value + index * schema.get("multipleOf", 1)
    return f"{value}{index + 1}" if isinstance(value, str) else value


def merge(left: Schema, right: Schema) -> dict[str, Any]:
    """Merge two schemas so that a value made for the result is likely to fit both."""
    out = dict(left)
    for key, value in right.items():
        if key not in out:
            out[key] = value
        elif key == "properties":
            shared = {name: merge(out[key][name], value[name]) for name in value if _both(out[key], value, name)}
            out[key] = {**out[key], **value, **shared}
        elif key == "required":
            out[key] = list(dict.fromkeys([*out[key], *value]))
        elif key == "allOf":
            known = set(map(_ref, out[key]))
            out[key] = [*out[key], *(arm for arm in value if not _ref(arm) or _ref(arm) not in known)]
        elif key in ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"):
            out[key] = max(out[key], value)
        elif key in ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"):
            out[key] = min(out[key], value)
        elif key == "enum":
            out[key] = [item for item in out[key] if item in value] or value
        elif key == "additionalProperties":
            out[key] = out[key] if value is True else value
        elif key not in ("title", "description", "examples", "default"):
            out[key] = value
    return out


def _ref(schema: Any) -> str:
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return ref if isinstance(ref, str) else ""


def _both(left: Mapping[str, Any], right: Mapping[str, Any], name: str) -> bool:
    return isinstance(left.get(name), Mapping) and isinstance(right.get(name), Mapping)
