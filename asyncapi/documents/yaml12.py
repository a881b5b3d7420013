"""YAML by the core rules of YAML 1.2, on PyYAML's C parser and emitter: safe, bounded, exact both ways.

Only `true` and `false` are booleans; dates, sexagesimals and leading-zero octals are text. What is written is
quoted wherever a 1.1 or a 1.2 reader would otherwise take it for something else.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import events

from asyncapi.errors import DocumentError, LimitError

MAX_DEPTH = 64  # levels; far above what documents need, far below where recursion in Python ends
MAX_NODES = 2_000_000  # values with aliases written out, which can multiply without end

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+])?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CORE = "tag:yaml.org,2002:"
_COLLECTION_TAGS = (None, "!", _CORE + "map", _CORE + "seq")
_LONGEST_NUMBER = 3000  # Python refuses to write integers of more than 4,300 digits.
_NUMBER_START = frozenset("-+.0123456789")

# Text that is safe without quotes in a block: starts as a word or a path, holds no `: ` and no ` #`, ends in no space.
_PLAIN = re.compile(
    r"[A-Za-z_$/](?:[!-\"$-9;-~ \u00a1-\u1fff\u2010-\u2027\u2030-\u2fff\u3001-\ud7ff]|:(?=[^\s])|(?<! )#)*(?<! )"
)
_KNOWN_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def loads(data: str | bytes, *, source: str = "", depth: int = MAX_DEPTH, nodes: int = MAX_NODES) -> Any:
    """Return the one document in YAML text as JSON data; keys become text.

    Raises LimitError above `depth` levels or `nodes` nodes (aliases counted as often as they are used), and
    DocumentError for anything that is not YAML, for duplicate keys, and for more than one document.
    """
    text = _decoded(data, source)
    try:
        return _Builder(source, depth, nodes).document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise DocumentError(f"not YAML: {_reason(error)}", source=_at(source, error, text)) from error
    except (RecursionError, ValueError) as error:
        raise DocumentError(f"not YAML: {error}", source=source) from error


def _decoded(data: str | bytes, source: str) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"not {encoding.removesuffix('-sig').upper()} text: {error.reason}", source=source
        ) from error


def _reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return f"{error.reason} (U+{error.character:04X})"
    parts = (getattr(error, "problem", None), getattr(error, "context", None))
    return ", ".join(str(part) for part in parts if part) or str(error)


def _at(source: str, error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 0
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode()[: error.position].count(b"\n") + 1
    return f"{source}:{line}" if line and source else source


class _Builder:
    """Builds JSON data from parser events, counting as it goes."""

    def __init__(self, source: str, depth: int, nodes: int) -> None:
        self.source, self.depth, self.left = source, depth, nodes
        self.anchors: dict[str, tuple[Any, int]] = {}

    def document(self, stream: Iterator[Any]) -> Any:
        self.stream = stream
        next(stream)
        start = next(stream)
        if isinstance(start, events.StreamEndEvent):
            return None
        value = self.node(next(stream), 1)
        next(stream)
        following = next(stream)
        if not isinstance(following, events.StreamEndEvent):
            self.fail(DocumentError, "more than one document in the file", following)
        return value

    def fail(self, kind: type[DocumentError], message: str, event: Any) -> Any:
        place = f"{self.source}:{event.start_mark.line + 1}" if self.source and event.start_mark else self.source
        raise kind(message, source=place)

    def count(self, amount: int, event: Any) -> None:
        self.left -= amount
        if self.left < 0:
            self.fail(LimitError, "too many values, aliases counted as often as they are used", event)

    def node(self, event: Any, depth: int) -> Any:
        if depth > self.depth:
            self.fail(LimitError, f"nested deeper than {self.depth} levels", event)
        if isinstance(event, events.AliasEvent):
            if str(event.anchor) not in self.anchors:
                self.fail(DocumentError, f"alias *{event.anchor} names nothing, or contains itself", event)
            value, size = self.anchors[str(event.anchor)]
            self.count(size, event)
            return value
        before = self.left
        self.count(1, event)
        value = self.value(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, before - self.left)
        return value

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, events.ScalarEvent):
            return self.scalar(event)
        if event.tag not in _COLLECTION_TAGS:
            self.fail(DocumentError, f"tag {_tag(event)} is not supported here", event)
        if isinstance(event, events.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.stream), events.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return items
        return self.mapping(depth)

    def mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not isinstance(event := next(self.stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                self.fail(DocumentError, "a key is not text", event)
            key = event.value
            self.count(1, event)
            if key == "<<" and not event.style:
                merged = self.merge(merged, next(self.stream), depth)
                continue
            if key in found:
                self.fail(DocumentError, f"key {key[:80]} stands twice", event)
            found[key] = self.node(next(self.stream), depth + 1)
        return {**merged, **found} if merged else found

    def merge(self, known: dict[str, Any], event: Any, depth: int) -> dict[str, Any]:
        """Return the keys that `<<` brings in; YAML 1.1 has it, and people who write 1.2 go on using it."""
        value = self.node(event, depth + 1)
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                self.fail(DocumentError, "a merge key (<<) takes a mapping or a list of mappings", event)
            known = {**source, **known}
        return known

    def scalar(self, event: Any) -> Any:
        if event.tag not in (None, "!", _CORE + "str"):
            return self.tagged(event)
        if event.style or event.tag is not None:
            return event.value
        return resolve(event.value)

    def tagged(self, event: Any) -> Any:
        kind = str(event.tag).removeprefix(_CORE)
        value = resolve(event.value)
        wanted = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}.get(kind)
        if wanted is None or not isinstance(value, wanted):  # type: ignore[arg-type]
            self.fail(DocumentError, f"tag {_tag(event)} is not supported here", event)
        return float(value) if kind == "float" else value


def _tag(event: Any) -> str:
    return str(event.tag).replace(_CORE, "!!")[:80]


def resolve(text: str) -> Any:
    """Return what a plain scalar means by the YAML 1.2 core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in _NUMBER_START or len(text) > _LONGEST_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        return (
            math.nan
            if "n" in text.lower()[-3:] and "inf" not in text.lower()
            else math.inf * (-1 if special[1] == "-" else 1)
        )
    return text


def dumps(value: Any) -> str:
    """Return JSON data as one YAML document in the order given, UTF-8 text with a newline at the end.

    Half a character (a lone surrogate), which UTF-8 cannot hold, becomes `?`. Raises ValueError for values that are
    not JSON data.
    """
    stream = io.StringIO()
    emitter = yaml.CSafeDumper(stream, width=1 << 16, allow_unicode=True)
    try:
        for event in _Writer().document(value):
            emitter.emit(event)
    finally:
        emitter.dispose()
    return stream.getvalue()


class _Writer:
    """Turns JSON data into emitter events; each distinct text is looked at once."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.map_start = events.MappingStartEvent(None, None, True, flow_style=False)
        self.map_empty = events.MappingStartEvent(None, None, True, flow_style=True)
        self.map_end = events.MappingEndEvent()
        self.list_start = events.SequenceStartEvent(None, None, True, flow_style=False)
        self.list_empty = events.SequenceStartEvent(None, None, True, flow_style=True)
        self.list_end = events.SequenceEndEvent()

    def document(self, value: Any) -> Iterator[Any]:
        yield events.StreamStartEvent()
        yield events.DocumentStartEvent(explicit=False)
        yield from self.node(value)
        yield events.DocumentEndEvent(explicit=False)
        yield events.StreamEndEvent()

    def node(self, value: Any) -> list[Any]:
        out: list[Any] = []
        self.add(value, out.append)
        return out

    def add(self, value: Any, put: Any) -> None:
        if isinstance(value, str):
            put(self.known.get(value) or self.text(value))
        elif isinstance(value, dict):
            put(self.map_start if value else self.map_empty)
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ValueError(f"key {key!r} is not text")
                put(self.known.get(key) or self.text(key))
                self.add(item, put)
            put(self.map_end)
        elif isinstance(value, list | tuple):
            put(self.list_start if value else self.list_empty)
            for item in value:
                self.add(item, put)
            put(self.list_end)
        else:
            put(_scalar(_number(value), None))

    def text(self, value: str) -> Any:
        written = value if value.isascii() else value.encode("utf-8", "replace").decode()
        event = self.known[value] = _scalar(written, _style(written))
        return event


def _scalar(text: str, style: str | None) -> Any:
    return events.ScalarEvent(None, None, (style is None, style is not None), text, style=style)


def _style(text: str) -> str | None:
    """Return None for plain, `|` for lines of prose, else the quote to use."""
    if _PLAIN.fullmatch(text) and text.lower() not in _KNOWN_WORDS:
        return None
    if "\n" in text and _is_prose(text):
        return "|"
    return "'" if text.isprintable() else '"'


def _is_prose(text: str) -> bool:
    lines = text.split("\n")
    return (
        bool(lines[0])
        and not lines[0][0].isspace()
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _number(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    raise ValueError(f"{type(value).__name__} is not JSON data")


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text.replace("e", ".0e", 1) if "e" in text and "." not in text else text
