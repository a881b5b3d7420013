"""Operations on values that need no look-up: concatenation, formatting, unpacking and the methods of text."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterable

from asyncapi.scan import bounds
from asyncapi.scan.values import (
    LIMIT,
    Alternative,
    Const,
    Instance,
    Klass,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    hole,
    join,
    one,
    received_hole,
    unknown,
)

PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*[\d.*]*([sdrixfgc%])")


def as_text(item: Alternative, name: str) -> str:
    """Return the text of one alternative; what is known only at run time becomes a hole."""
    datum = item.datum
    if isinstance(datum, Text):
        return datum.text
    if isinstance(datum, Const) and datum.value is not None:
        return str(datum.value)
    if isinstance(datum, Unknown) and datum.incoming is not None:
        return received_hole(datum.name, datum.incoming)
    if isinstance(datum, Unknown):
        return hole(name if name not in ("", "value", "result") else datum.name)
    return hole(name or "value")


def concatenate(parts: list[tuple[str, Value]]) -> Value:
    """Return the strings made by putting parts (name, value) together, in every combination up to the bound."""
    needs = frozenset(key for _, value in parts for key in value.needs)
    found: dict[tuple[str, str], Alternative] = {}
    choices = [[(name, item) for item in _spellable(value)] or [(name, NOTHING)] for name, value in parts]
    if (ways := math.prod(map(len, choices))) > LIMIT:
        bounds.cut_value("texts that one expression can be", LIMIT, ways)
    for combination in itertools.islice(itertools.product(*choices), LIMIT):
        items = [item for _, item in combination]
        text = "".join(as_text(item, name) for name, item in combination)
        constant = next((item.constant for item in items if item.constant), "")
        found.setdefault((text, constant), _merge(text, items, constant))
    return Value(tuple(found.values()), needs)


def levels(parts: list[Value]) -> Value:
    """Return parts put together with slashes, as `PurePosixPath(a, b)` and `posixpath.join(a, b)` do."""
    named = [(run_time_name(part), part) for part in parts]
    return concatenate([item for part in named for item in (("", one(Text("/"))), part)][1:])


def _spellable(value: Value) -> list[Alternative]:
    """Return the alternatives that can be part of a text: booleans and None go where something else is known."""
    found = [i for i in value.alternatives if not isinstance(i.datum, Const) or type(i.datum.value) in (int, float)]
    return found or list(value.alternatives)


NOTHING = Alternative(Unknown("value", "nothing is known of it"))


def _merge(text: str, items: list[Alternative], constant: str) -> Alternative:
    return Alternative(
        Text(text),
        steps=tuple(step for item in items for step in item.steps)[:12],
        environment=tuple(dict.fromkeys(name for item in items for name in item.environment)),
        constant=constant,
        confidence=min((item.confidence for item in items), default=1.0),
        default=any(item.default for item in items),
        partly=not any(item.constant == constant and item.datum == Text(text) and not item.partly for item in items),
    )


def binary(operator: ast.operator, left: Value, right: Value, names: list[str] | None = None) -> Value:
    """Return what `left <operator> right` can be: joined text, joined lists, `%` formatting, merged dicts."""
    needs = left.needs | right.needs
    shown = names or [run_time_name(left), run_time_name(right)]
    if isinstance(operator, ast.Mod):
        return Value(percent(left, right, shown[1:]).alternatives, needs)
    if isinstance(operator, ast.Add):
        if any(isinstance(item.datum, Sequence) for item in (*left.alternatives, *right.alternatives)):
            return Value((Alternative(Sequence((*elements(left), *elements(right)))),), needs)
        if any(isinstance(item.datum, Text) for item in (*left.alternatives, *right.alternatives)):
            return concatenate([(shown[0], left), (shown[1], right)])
        if any(isinstance(item.datum, Unknown | Instance) for item in (*left.alternatives, *right.alternatives)):
            return Value(
                unknown(run_time_name(left), "both sides of the addition are only known at run time").alternatives,
                needs,
            )
    if isinstance(operator, ast.BitOr):
        tables = (*pairs(left), *pairs(right))
        if tables:
            return Value((Alternative(Table(tables)),), needs)
        if any(isinstance(item.datum, Klass) for item in (*left.alternatives, *right.alternatives)):
            return join([left, right])
    if isinstance(operator, ast.Div):
        slash = one(Text("/"))
        if any(isinstance(item.datum, Text) for item in (*left.alternatives, *right.alternatives)):
            return concatenate([(shown[0], left), ("", slash), (shown[1], right)])
    return Value(one(Unknown("value", "the result of arithmetic", plain="number")).alternatives, needs)


def run_time_name(value: Value) -> str:
    for item in value.alternatives:
        if isinstance(item.datum, Unknown):
            return item.datum.name
    return "value"


def percent(left: Value, right: Value, names: list[str]) -> Value:
    """Return `left % right` for text on the left."""
    arguments = elements(right) or [right]
    named = {key_of(key): value for key, value in pairs(right)}
    found = []
    for item in left.alternatives:
        if not isinstance(item.datum, Text):
            continue
        parts: list[tuple[str, Value]] = []
        rest = iter(arguments)
        shown = iter(names if len(names) == len(arguments) else [run_time_name(value) for value in arguments])
        place = 0
        for match in PERCENT.finditer(item.datum.text):
            parts.append(("", piece(item, item.datum.text[place : match.start()])))
            place = match.end()
            if match.group(2) == "%":
                parts.append(("", one(Text("%"))))
            elif match.group(1):
                name = match.group(1)
                parts.append((name, named.get(name, unknown(name, "not among the values of the format"))))
            else:
                value = next(rest, unknown("value", "the format has more fields than values"))
                parts.append((next(shown, run_time_name(value)), value))
        parts.append(("", piece(item, item.datum.text[place:])))
        found.append(concatenate(parts))
    return join(found) if found else unknown(run_time_name(left), "the format string is only known at run time")


def piece(item: Alternative, text: str) -> Value:
    return Value((item._replace(datum=Text(text)),))


def elements(value: Value) -> list[Value]:
    """Return the items of every list or tuple among the alternatives; dicts give their keys."""
    found: list[Value] = []
    for item in value.alternatives:
        if isinstance(item.datum, Sequence):
            found.extend(item.datum.items)
        elif isinstance(item.datum, Table):
            found.extend(key for key, _ in item.datum.pairs)
    return found


def items(value: Value, name: str) -> Value:
    """Return one item of a list, whichever."""
    found = elements(value)
    if found:
        return Value(join(found).alternatives, value.needs)
    element = one(Unknown("value", f"the loop over {name} runs over something only known at run time", _origin(value)))
    return Value(element.alternatives, value.needs)


def _origin(value: Value) -> tuple[str, str]:
    for item in value.alternatives:
        if isinstance(item.datum, Unknown) and item.datum.origin != ("", ""):
            return item.datum.origin
    return ("", "")


def pairs(value: Value) -> tuple[tuple[Value, Value], ...]:
    """Return the pairs of every dict among the alternatives."""
    return tuple(pair for item in value.alternatives if isinstance(item.datum, Table) for pair in item.datum.pairs)


def key_of(value: Value) -> str:
    """Return the text of a key, or an empty string."""
    for item in value.alternatives:
        if isinstance(item.datum, Text):
            return item.datum.text
        if isinstance(item.datum, Const):
            return str(item.datum.value)
    return ""


def unpack(value: Value, path: Iterable[int], name: str) -> Value:
    """Follow a path of positions into tuples: `a, (b, c) = value`."""
    for index in path:
        found = [
            item.datum.items[index]
            for item in value.alternatives
            if isinstance(item.datum, Sequence) and index < len(item.datum.items)
        ]
        inner = join(found) if found else unknown(name, f"{name} is unpacked from something only known at run time")
        value = Value(inner.alternatives, inner.needs | value.needs)
    return value
