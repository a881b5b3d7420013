"""Bytes as somebody pasted them → JSON data, or what keeps them from being JSON: nothing raises, everything is told."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from asyncapi.schemas.violations.spelling import reason

MAX_SIZE: Final = 256 * 1024  # bytes; far larger than messages on a broker are
MAX_DEPTH: Final = 64  # levels; readers on microcontrollers give up much earlier
_MOST_FAULTS = 20  # more are not read
_LONGEST_NUMBER = 400  # digits; a double ends at 309

FaultKind = Literal["empty", "size", "encoding", "mark", "syntax", "number", "depth", "duplicate", "surrogate", "topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why bytes are not the JSON that travels; `line` and `column` from 1, 0 where only `path` tells the place."""

    kind: FaultKind
    message: str
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.line else f"at `{self.path}`" if self.path else ""
        return f"{self.message} ({place})" if place else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """JSON data with the faults of its spelling; `readable` says whether there is a value to check at all."""

    value: Any = None
    readable: bool = False
    size: int = 0
    faults: tuple[Fault, ...] = ()


def read_payload(data: bytes | str) -> Payload:
    """Return what bytes hold, at most 256 KB of UTF-8 and 64 levels.

    A byte order mark, another Unicode encoding and keys that stand twice are faults of a payload that can still
    be read; of keys that stand twice the last counts, as in most readers.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError:
        return _refused(len(data), Fault(kind="surrogate", message="the text holds half a character"))
    if len(raw) > MAX_SIZE:
        told = f"larger than the {MAX_SIZE // 1024} KB that are checked here"
        return _refused(len(raw), Fault(kind="size", message=told))
    text, faults = _decoded(raw)
    if text is None:
        return _refused(len(raw), *faults)
    if not text.strip():
        return _refused(len(raw), Fault(kind="empty", message="there is nothing to check: the payload is empty"))
    return _read(text, len(raw), faults)


def at(parts: tuple[str | int, ...]) -> str:
    """Return a path as a reader writes it: `data.items[3].id`."""
    out = ""
    for part in parts:
        if isinstance(part, int):
            out += f"[{part}]"
        elif part.isprintable() and part and not set(part) & set(" .[]\"'"):
            out += f".{part}" if out else part
        else:
            out += f"[{json.dumps(part, ensure_ascii=True)}]"
    return out


def _refused(size: int, *faults: Fault) -> Payload:
    return Payload(size=size, faults=faults)


def _decoded(raw: bytes) -> tuple[str | None, tuple[Fault, ...]]:
    encoding = json.detect_encoding(raw)
    name = encoding.removesuffix("-sig")
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        told = f"not {name.upper()} text: byte {error.start + 1} cannot be read; JSON travels as UTF-8"
        return None, (Fault(kind="encoding", message=told, line=line, column=column),)
    faults: tuple[Fault, ...] = ()
    if name != "utf-8":
        faults += (Fault(kind="encoding", message=f"this is {name.upper()}; JSON travels as UTF-8"),)
    if text.startswith("\ufeff"):
        told = "a byte order mark stands before the JSON; many readers refuse it"
        faults += (Fault(kind="mark", message=told, line=1, column=1),)
    return text.removeprefix("\ufeff"), faults


@dataclass(slots=True)
class _Marks:
    """What the parser saw and plain data does not show, by ids of values; these are kept so that no id is reused."""

    twice: dict[int, tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=dict)
    words: dict[int, tuple[float, str]] = field(default_factory=dict)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            names = [name for name, _ in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
            self.twice[id(found)] = (found, tuple(dict.fromkeys(names)))
        return found

    def constant(self, name: str) -> float:
        value = float(name)
        self.words[id(value)] = (value, f"{name} is not JSON")
        return value

    def real(self, text: str) -> float:
        value = float(text)
        if math.isinf(value):
            self.words[id(value)] = (value, "the number is larger than any that most readers can hold")
        return value

    def whole(self, text: str) -> int | float:
        if len(text) <= _LONGEST_NUMBER:
            return int(text)
        return self.real(text + "e0")


def _read(text: str, size: int, faults: tuple[Fault, ...]) -> Payload:
    marks = _Marks()
    try:
        value = json.loads(
            text,
            object_pairs_hook=marks.pairs,
            parse_constant=marks.constant,
            parse_float=marks.real,
            parse_int=marks.whole,
        )
    except json.JSONDecodeError as error:
        return _refused(size, *faults, _syntax(error))
    except RecursionError:
        return _refused(size, *faults, _too_deep())
    found, deep = _walked(value, marks)
    if deep:
        return _refused(size, *faults, _too_deep())
    readable = not any(fault.kind in ("number", "surrogate") for fault in found)
    return Payload(value=value if readable else None, readable=readable, size=size, faults=(*faults, *found))


def _syntax(error: json.JSONDecodeError) -> Fault:
    why, place = reason(error)
    line = error.doc.count("\n", 0, place) + 1
    column = place - error.doc.rfind("\n", 0, place)
    return Fault(kind="syntax", message=f"not JSON: {why}", line=line, column=column)


def _too_deep() -> Fault:
    return Fault(kind="depth", message=f"nested deeper than the {MAX_DEPTH} levels that are checked here")


def _walked(value: Any, marks: _Marks) -> tuple[list[Fault], bool]:
    """Return faults inside of the data with their paths, and whether it is too deep."""
    faults: list[Fault] = []
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        item, parts = waiting.pop()
        if len(parts) >= MAX_DEPTH and isinstance(item, dict | list):
            return [], True
        if len(faults) < _MOST_FAULTS:
            faults += _own(item, parts, marks)
        if isinstance(item, dict):
            waiting.extend((child, (*parts, name)) for name, child in reversed(item.items()))
        elif isinstance(item, list):
            waiting.extend((item[index], (*parts, index)) for index in range(len(item) - 1, -1, -1))
    return faults[:_MOST_FAULTS], False


def _own(item: Any, parts: tuple[str | int, ...], marks: _Marks) -> list[Fault]:
    if isinstance(item, float):
        return [] if math.isfinite(item) else [Fault(kind="number", message=marks.words[id(item)][1], path=at(parts))]
    if isinstance(item, str):
        return [_half(parts)] if _is_broken(item) else []
    if not isinstance(item, dict):
        return []
    names = marks.twice[id(item)][1] if id(item) in marks.twice else ()
    found = [
        Fault(
            kind="duplicate",
            message=f"`{at((*parts, name))}` stands twice; the last one counts",
            path=at((*parts, name)),
        )
        for name in names
    ]
    return found + [_half((*parts, name)) for name in item if _is_broken(name)]


def _is_broken(text: str) -> bool:
    if text.isascii():
        return False
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _half(parts: tuple[str | int, ...]) -> Fault:
    return Fault(kind="surrogate", message="the text holds half a character (a lone surrogate)", path=at(parts))
