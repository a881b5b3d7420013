"""The methods of text: formatting, joining, replacing, trimming."""

from __future__ import annotations

import re
import string

from asyncapi.scan.labels import METHODS, SAME
from asyncapi.scan.strings import NOTHING, as_text, concatenate, key_of, levels, pairs, piece, run_time_name
from asyncapi.scan.values import Alternative, Const, Sequence, Text, Value, join, one, unknown


def formatted(item: Alternative, positional: list[Value], named: dict[str, Value]) -> Value:
    """Return `text.format(…)`; fields without a value become holes named like the field."""
    assert isinstance(item.datum, Text)
    parts: list[tuple[str, Value]] = []
    rest = iter(positional)
    try:
        fields = list(string.Formatter().parse(item.datum.text))
    except ValueError:
        return unknown("value", "the format string is malformed")
    for literal, name, _, _ in fields:
        if literal:
            parts.append(("", piece(item, literal)))
        if name is None:
            continue
        head = re.split(r"[.\[]", name, maxsplit=1)[0]
        if head == "":
            value = next(rest, unknown("value", "the format has more fields than values"))
        elif head.isdigit():
            value = positional[int(head)] if int(head) < len(positional) else unknown("value", "no such argument")
        else:
            value = named.get(head, unknown(head, "the field of the format is filled at run time"))
        plain = head == name
        shown = run_time_name(value) if head == "" or head.isdigit() else head
        parts.append((shown, value if plain else unknown(name.rpartition(".")[2], "an attribute inside a format")))
    return concatenate(parts or [("", piece(item, ""))])


def fields(item: Alternative) -> Value:
    """Return what `string.Formatter().parse(text)` gives: (literal, field, format, conversion) for each field."""
    if not isinstance(item.datum, Text):
        return unknown("text", "the fields of a format string only known at run time")
    try:
        found = list(string.Formatter().parse(item.datum.text))
    except ValueError:
        return unknown("text", "the format string is malformed")
    rows = [one(Sequence(tuple(one(Const(None) if part is None else Text(part)) for part in row))) for row in found]
    return one(Sequence(tuple(rows)))


def method(item: Alternative, name: str, arguments: list[Value], named: dict[str, Value]) -> Value | None:
    """Return what a method of text gives, or None when the method is not followed."""
    assert isinstance(item.datum, Text)
    if name in ("format", "format_map"):
        extra = {key_of(key): value for value in arguments for key, value in pairs(value)}
        return formatted(item, arguments, {**extra, **named})
    if name == "join" and arguments:
        return joined(item, arguments[0])
    if name == "joinpath":
        return levels([Value((item,)), *arguments])
    if name in METHODS:
        return _plain(item, name, arguments)
    if name in SAME:
        return Value((item,))
    if name in ("split", "rsplit"):
        cut = [one(Text(part)) for part in item.datum.text.split(_argument(arguments, "/"))]
        return one(Sequence(tuple(cut)))
    if name in ("startswith", "endswith", "isdigit"):
        return unknown(name, "a test on text")
    return None


def _argument(arguments: list[Value], fallback: str) -> str:
    for value in arguments[:1]:
        for item in value.alternatives:
            if isinstance(item.datum, Text):
                return item.datum.text
    return fallback


def _plain(item: Alternative, name: str, arguments: list[Value]) -> Value:
    assert isinstance(item.datum, Text)
    needs = frozenset(key for value in arguments for key in value.needs)
    words: list[str] = []
    for value in arguments[:2]:
        first = value.alternatives[0] if value.alternatives else NOTHING
        if isinstance(first.datum, Const):
            continue
        words.append(as_text(first, run_time_name(value)))
    try:
        text = METHODS[name](item.datum.text, *words)
    except TypeError:
        return unknown("value", f"{name}() with other arguments than text")
    return Value((item._replace(datum=Text(text)),), needs)


def joined(separator: Alternative, value: Value) -> Value:
    """Return `separator.join(value)`."""
    found = []
    for item in value.alternatives:
        if not isinstance(item.datum, Sequence) or not item.datum.ordered:
            found.append(unknown("value", "the joined parts are only known at run time"))
            continue
        parts: list[tuple[str, Value]] = []
        for index, part in enumerate(item.datum.items):
            if index:
                parts.append(("", Value((separator,))))
            parts.append((run_time_name(part), part))
        found.append(concatenate(parts) if parts else one(Text("")))
    return Value(join(found).alternatives, value.needs)
