"""Replacing by regular expression in text that is known: `re.sub(r"\\{\\w+\\}", "+", address)`.

Patterns come from strangers' source, so that only those are tried whose time is bounded by the length of the text.
"""

from __future__ import annotations

import re

from asyncapi.scan.strings import key_of, run_time_name
from asyncapi.scan.values import HOLE, Alternative, Text, Value, join, unknown

LONGEST_TEXT = 128
LONGEST_PATTERN = 80
MOST_REPEATS = 2
MOST_CHOICES = 4
CHARACTER = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
REPEATED_GROUP = re.compile(r"\)[*+{]")
REPEAT = re.compile(r"(?:[*+]|\{\d*,?\d*\})\??")
CHOICE = re.compile(r"[?|]")


def substituted(pattern: Value, replacement: Value, text: Value) -> Value:
    """Return what `re.sub(pattern, replacement, text)` gives; parts known only at run time stay as they are."""
    needs = pattern.needs | replacement.needs | text.needs
    expression = _expression(key_of(pattern)) if _only_text(pattern) and _only_text(replacement) else None
    if expression is None:
        return Value(unknown(run_time_name(text), "the result of re.sub() with such a pattern").alternatives, needs)
    found = [_replaced(expression, key_of(replacement), item) for item in text.alternatives]
    return Value(join(found).alternatives, needs)


def _only_text(value: Value) -> bool:
    return len(value.alternatives) == 1 and isinstance(value.alternatives[0].datum, Text)


def _expression(pattern: str) -> re.Pattern[str] | None:
    plain = CHARACTER.sub("x", pattern)
    choices = CHOICE.findall(REPEAT.sub("", plain))
    few = len(REPEAT.findall(plain)) <= MOST_REPEATS and len(choices) <= MOST_CHOICES
    bounded = few and not REPEATED_GROUP.search(plain)
    if len(pattern) > LONGEST_PATTERN or not bounded or HOLE.search(pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _replaced(expression: re.Pattern[str], replacement: str, item: Alternative) -> Value:
    if not isinstance(item.datum, Text):
        return Value((item,))
    text = item.datum.text
    holes = [match.span() for match in HOLE.finditer(text)]
    matches = [match.span() for match in expression.finditer(text)] if len(text) <= LONGEST_TEXT else [(0, len(text))]
    crossed = any(first < end and start < last for first, last in matches for start, end in holes)
    if len(text) > LONGEST_TEXT or crossed:
        return unknown("value", "re.sub() in text that is known only at run time")
    try:
        return Value((item._replace(datum=Text(expression.sub(replacement, text))),))
    except (re.error, IndexError):
        return unknown("value", "the replacement of re.sub() is malformed")
