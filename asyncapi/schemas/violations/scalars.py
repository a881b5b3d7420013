"""Keywords of JSON Schema that ask something of one value by itself: its kind, its literal, text and numbers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeGuard

from asyncapi.schemas import Schema, fields
from asyncapi.schemas.violations.matching import Matching
from asyncapi.schemas.violations.violation import Violations, one, told

_RANGE = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
    "number": (int, float),
}
_MOST_VALUES, _FEW_VALUES = 24, 5
_MOST_COMPARED, _LONGEST_NAME = 60, 60


def is_number(value: Any) -> TypeGuard[int | float]:
    """Say whether a value is a number of JSON; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_kind(value: Any, kind: Any) -> bool:
    """Say whether a value is of a type as JSON Schema names it; types that do not exist admit everything."""
    if kind == "integer":
        return is_number(value) and (isinstance(value, int) or value.is_integer())
    if kind == "number":
        return is_number(value)
    known = _KINDS.get(kind) if isinstance(kind, str) else None
    return known is None or isinstance(value, known)


def same(left: Any, right: Any) -> bool:
    """Say whether two values are equal in JSON, where 1 is 1.0 and not true."""
    if is_number(left) and is_number(right):
        return bool(left == right)
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    return bool(left == right)


def canonical(value: Any) -> Any:
    """Return something hashable that is equal for equal values."""
    if isinstance(value, list):
        return ("list", tuple(map(canonical, value)))
    if isinstance(value, dict):
        return ("object", frozenset((name, canonical(item)) for name, item in value.items()))
    return (isinstance(value, bool), value)


def is_of_type(schema: Schema, value: Any) -> bool:
    """Say whether a value has the type that a schema asks for."""
    wanted = schema.get("type")
    if isinstance(wanted, str):
        return is_kind(value, wanted)
    return wanted is None or any(is_kind(value, item) for item in (wanted if isinstance(wanted, list) else [wanted]))


def wrong_type(expected: str, value: Any) -> Violations:
    """Return the problem that a value is of another type than expected."""
    found = told(value)
    return one(rule="type", message=f"expected {expected}, found {found}", expected=expected, found=found)


def literal(schema: Schema, value: Any, *, hints: bool = True) -> Iterator[Violations]:
    """Yield the problem that a value is none of those allowed; with `hints`, the one it may have meant."""
    if "const" in schema and not same(schema["const"], value):
        constraint = f"always {told(schema['const'])}"
        yield _violated("const", constraint, value, constraint)
    allowed = schema.get("enum")
    if isinstance(allowed, list) and not any(same(item, value) for item in allowed):
        yield _none_of(allowed, value, _meant(allowed, value) if hints else "")


def _none_of(allowed: list[Any], value: Any, hint: str) -> Violations:
    values = ", ".join(told(item) for item in allowed[:_MOST_VALUES])
    more = f" or {len(allowed) - _MOST_VALUES} more" if len(allowed) > _MOST_VALUES else ""
    constraint = f"one of {values}{more}" if len(allowed) != 1 else f"always {values}"
    briefly = constraint if len(allowed) <= _FEW_VALUES else f"one of {len(allowed)} values"
    message = f"expected {briefly}, found {told(value)}" + (f"; {hint}" if hint else "")
    return one(rule="enum", message=message, constraint=constraint, expected=constraint, found=told(value), hint=hint)


def _meant(allowed: list[Any], value: Any) -> str:
    if not isinstance(value, str):
        return ""
    names = [item for item in allowed[:_MOST_COMPARED] if isinstance(item, str) and len(item) <= _LONGEST_NAME]
    lower = {name.lower(): name for name in reversed(names)}
    near = difflib.get_close_matches(value[:_LONGEST_NAME].lower(), lower, n=1)
    return f"did you mean {told(lower[near[0]])}?" if near else ""


def text(schema: Schema, value: str, matching: Matching, unchecked: dict[str, None]) -> Iterator[Violations]:
    """Yield what a text violates: length, pattern, format."""
    if _outside(len(value), schema.get("minLength"), schema.get("maxLength")):
        amount = f"{told(value)} ({len(value)} characters)" if len(value) <= 60 else told(value)
        constraint = ", ".join(fields.words(_only(schema, ("minLength", "maxLength")), {})[1])
        yield _violated("length", constraint, value, _whole(schema), amount)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        fits = matching.fits(pattern, value)
        if fits is None:
            unchecked[f"the pattern {pattern[:120]}"] = None
        elif not fits:
            yield _violated("pattern", f"text that matches {pattern}", value, _whole(schema))
    form = schema.get("format")
    if isinstance(form, str):
        has = matching.has(form, value)
        if has is None:
            unchecked[f"the format {form[:60]}"] = None
        elif not has:
            yield _violated("format", f"text with the format {form}", value, _whole(schema))
        elif "x-limits" in schema:
            yield from _limits(schema, value, unchecked)


def number(schema: Schema, value: float, unchecked: dict[str, None]) -> Iterator[Violations]:
    """Yield what a number violates: its range, the step between values, its digits."""
    low, high, above, below = (
        schema.get(word) for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    )
    if (
        (is_number(low) and value < low)
        or (is_number(high) and value > high)
        or (is_number(above) and value <= above)
        or (is_number(below) and value >= below)
    ):
        constraint = ", ".join(fields.words(_only(schema, _RANGE), {})[1])
        yield _violated("range", constraint, value, f"{schema.get('type', 'number')}, {constraint}")
    step = schema.get("multipleOf")
    if is_number(step) and step > 0 and (Fraction(repr(value)) / Fraction(repr(step))).denominator != 1:
        constraint = ", ".join(fields.words({"multipleOf": step}, {})[1])
        yield _violated("multipleOf", constraint, value, constraint)
    if "x-limits" in schema:
        yield from _limits(schema, value, unchecked)


def _limits(schema: Schema, value: str | float, unchecked: dict[str, None]) -> Iterator[Violations]:
    """Yield the problem that a value does not keep to the limits for which JSON Schema has no keyword."""
    from asyncapi.schemas.limits import keeps

    said = schema["x-limits"]
    kept = keeps(schema.get("format"), said, value) if isinstance(said, Mapping) else True
    constraint = ", ".join(fields.words(_only(schema, ("x-limits",)), {})[1])
    if kept is None:
        unchecked[f"limits: {constraint[:100]}"] = None
    elif not kept:
        yield _violated("x-limits", constraint, value, _whole(schema))


def amount(schema: Schema, count: int, words: tuple[str, str], value: Any) -> Iterator[Violations]:
    """Yield the problem that a list or an object has too many or too few of what is inside."""
    if _outside(count, schema.get(words[0]), schema.get(words[1])):
        constraint = ", ".join(fields.words(_only(schema, words), {})[1])
        yield _violated(words[0][3:].lower(), constraint, value, constraint, told(value))


def _whole(schema: Schema) -> str:
    kind, constraints = fields.words(_only(schema, ("type", "format", "minLength", "maxLength", "x-limits")), {})
    return ", ".join((kind, *constraints))


def _violated(rule: str, constraint: str, value: Any, expected: str, found: str = "") -> Violations:
    found = found or told(value)
    return one(
        rule=rule,
        message=f"expected {constraint}, found {found}",
        constraint=constraint,
        expected=expected,
        found=found,
    )


def _only(schema: Schema, words: tuple[str, ...]) -> dict[str, Any]:
    return {word: schema[word] for word in words if word in schema}


def _outside(count: int, low: Any, high: Any) -> bool:
    return (is_number(low) and count < low) or (is_number(high) and count > high)
