"""Patterns and formats of text, decided by a regular expression engine that cannot backtrack, within an allowance."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LONGEST_FORMATTED = 4_096  # no date, address or the like is longer
_LARGEST_PATTERN = 300_000  # bytes of the compiled program
_MOST_STATES = 5_000  # what one pattern counts at most against the allowance
_ALLOWANCE = 300_000_000  # states × characters, some two seconds at worst
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_NUMBER = r"[0-9]+(?:[.,][0-9]*)?"
_DURATION = re.compile(rf"[+-]?P(?=.*[0-9])(?:{_NUMBER}[YMWD])*(?:T(?:{_NUMBER}[HMS])*)?")


@dataclass(slots=True)
class Matching:
    """Decides on text; keeps what it has compiled, spends an allowance, and names what it could not check."""

    left: int = _ALLOWANCE
    compiled: dict[tuple[str, str], Any] = field(default_factory=dict)

    def fits(self, pattern: str, text: str) -> bool | None:
        """Say whether a pattern is found in a text; None when the pattern cannot be used or costs too much."""
        self.left -= (len(text) + 8) * _states(pattern)
        if self.left < 0:
            return None
        validator = self._compiled("pattern", pattern)
        return None if validator is None else bool(validator.is_valid(text))

    def has(self, form: str, text: str) -> bool | None:
        """Say whether a text has a format; formats that are not known here are never violated.

        Times without an offset count as times, as most languages write them.
        """
        if len(text) > _LONGEST_FORMATTED:
            return None
        if form == "duration":
            return _DURATION.fullmatch(text) is not None
        validator = self._compiled("format", form)
        if validator is None:
            return None
        return bool(validator.is_valid(text) or (form in ("date-time", "time") and validator.is_valid(f"{text}Z")))

    def _compiled(self, word: str, value: str) -> Any:
        if (word, value) not in self.compiled:
            self.compiled[word, value] = _validator(word, value)
        return self.compiled[word, value]


def validator(schema: Mapping[str, Any], *, formats: bool = False) -> Any:
    """Return a validator for a 2020-12 schema that retrieves nothing; ValueError when the schema cannot be used."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        validate_formats=formats,
        retriever=_refuse,
        pattern_options=jsonschema_rs.RegexOptions(size_limit=_LARGEST_PATTERN),
    )


def _validator(word: str, value: str) -> Any:
    try:
        return validator({word: value}, formats=True)
    except ValueError:
        return None


def _refuse(uri: str) -> Any:
    raise ValueError(f"reference {uri} leads out of the document")


def _states(pattern: str) -> int:
    """Return about how many states a pattern has, repetitions written out."""
    if "{" not in pattern:
        return len(pattern)
    product = 1
    for low, high in _COUNTED.findall(pattern):
        product = min(_MOST_STATES, product * max(1, int((high or low)[:6])))
    return min(_MOST_STATES, len(pattern) * product)
