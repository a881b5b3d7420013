"""The algebra that schemas are read into: interned terms, so that equal schemas are one object.

A keyword term says nothing about values of other types than its own, as in JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

TYPES = frozenset(("null", "boolean", "number", "string", "array", "object"))

OWNER: Mapping[str, str] = {
    **dict.fromkeys(("least", "most", "multiple"), "number"),
    **dict.fromkeys(("shortest", "longest", "pattern", "format"), "string"),
    **dict.fromkeys(("item", "rest", "fewest", "many", "unique", "contains"), "array"),
    **dict.fromkeys(("property", "matching", "other", "names", "required", "small", "large"), "object"),
}
"""Which type a keyword term speaks about; `type`, `enum` and the connectives speak about all."""


class Term:
    """A schema or a part of one. `kind` and `args` say what; equal terms of one `Terms` are identical."""

    __slots__ = ("args", "kind", "number")

    def __init__(self, number: int, kind: str, args: tuple[Any, ...]) -> None:
        self.number, self.kind, self.args = number, kind, args

    def __hash__(self) -> int:
        return self.number

    def __lt__(self, other: Term) -> bool:
        return self.number < other.number

    def __repr__(self) -> str:
        return f"{self.kind}{self.args}"


class Values:
    """A set of JSON values, equal by meaning: 1 is 1.0, true is not 1, the order of keys does not matter."""

    __slots__ = ("by_key",)

    def __init__(self, by_key: Mapping[str, Any]) -> None:
        self.by_key = by_key

    def __repr__(self) -> str:
        return f"({', '.join(self.by_key)})"


class Terms:
    """The table of all terms made so far, and of schemas without others inside that were read, by identity."""

    def __init__(self) -> None:
        self.leaves: dict[int, tuple[Mapping[str, Any], Term]] = {}
        self._table: dict[tuple[Any, ...], Term] = {}
        self.true = self.make("true")
        self.false = self.make("false")

    def make(self, kind: str, *args: Any) -> Term:
        """Return the term of this kind with these arguments; arguments are hashable and hold terms."""
        return self._interned((kind, *args), kind, args)

    def _interned(self, key: tuple[Any, ...], kind: str, args: tuple[Any, ...]) -> Term:
        term = self._table.get(key)
        if term is None:
            term = self._table[key] = Term(len(self._table), kind, args)
        return term

    def enum(self, values: Iterable[Any]) -> Term:
        """Return the term that admits exactly these values."""
        by_key = {key(value): value for value in values}
        if not by_key:
            return self.false
        return self._interned(("enum", frozenset(by_key)), "enum", (Values(by_key),))

    def all(self, terms: Iterable[Term]) -> Term:
        """Return the conjunction, flattened, in order of first mention."""
        parts = self._flat("and", terms, neutral=self.true)
        if self.false in parts:
            return self.false
        if not parts:
            return self.true
        return parts[0] if len(parts) == 1 else self._set("and", parts)

    def any(self, terms: Iterable[Term]) -> Term:
        """Return the disjunction, flattened; literal values of several arms become one set."""
        parts = self._flat("or", terms, neutral=self.false)
        if self.true in parts:
            return self.true
        values = [part for part in parts if part.kind == "enum"]
        if len(values) > 1:
            together = self.enum(value for part in values for value in part.args[0].by_key.values())
            parts = [together, *(part for part in parts if part.kind != "enum")]
        if not parts:
            return self.false
        return parts[0] if len(parts) == 1 else self._set("or", parts)

    def negate(self, term: Term) -> Term:
        """Return the complement."""
        if term.kind == "not":
            return term.args[0]  # type: ignore[no-any-return]
        if term is self.true or term is self.false:
            return self.false if term is self.true else self.true
        return self.make("not", term)

    def _set(self, kind: str, parts: list[Term]) -> Term:
        return self._interned((kind, frozenset(parts)), kind, (tuple(parts),))

    def _flat(self, kind: str, terms: Iterable[Term], *, neutral: Term) -> list[Term]:
        parts: dict[Term, None] = {}
        for term in terms:
            if term.kind == kind:
                parts.update(dict.fromkeys(term.args[0]))
            elif term is not neutral:
                parts[term] = None
        return list(parts)


def key(value: Any) -> str:
    """Return text that is equal exactly for equal JSON values."""
    if isinstance(value, str):
        return json.dumps(value)
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return str(fraction(value))
    if isinstance(value, list):
        return "[" + ",".join(key(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{json.dumps(name)}:{key(item)}" for name, item in value.items())) + "}"
    return repr(value)


def fraction(number: int | float) -> Fraction:
    """Return a number as it is written in decimal: 0.1 is one tenth."""
    if isinstance(number, int):
        return Fraction(number)
    text = repr(number)
    return Fraction(text) if text not in ("nan", "inf", "-inf") else Fraction(0)


def type_of(value: Any) -> str:
    """Return the JSON type of a value; whole numbers are `number`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"
