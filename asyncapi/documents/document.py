"""Reads a document from a file or from bytes: JSON or YAML by content, bounded, AsyncAPI 3 only.

What comes out is plain JSON data beside where it came from; whether it makes sense is for
`asyncapi.documents.normalise` to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from asyncapi import pointers
from asyncapi.documents import yaml12
from asyncapi.errors import DocumentError, LimitError

Format = Literal["json", "yaml"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read: `size` in bytes, `depth` in levels, `nodes` in values with aliases counted at each use.

    `json_only` refuses YAML.
    """

    size: int = 32 * MEGABYTE
    depth: int = yaml12.MAX_DEPTH
    nodes: int = yaml12.MAX_NODES
    json_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An AsyncAPI 3 document as JSON data; nobody may change `raw`. `source` is the file's name as it was given."""

    raw: Mapping[str, Any] = field(repr=False)
    source: str = ""
    format: Format = "json"

    @property
    def specification(self) -> str:
        """Return the version of AsyncAPI that the document says it is written in."""
        return str(self.raw.get("asyncapi", ""))

    def get(self, pointer: str) -> Any:
        """Return the value at a JSON pointer; DocumentError when it points nowhere."""
        try:
            return pointers.look_up(self.raw, pointer)
        except LookupError as error:
            raise DocumentError("nothing is there", source=self.source, pointer=pointer) from error


def load(path: str | Path, *, limits: Limits | None = None) -> Document:
    """Read a document from a file; DocumentError names the file when it cannot be read as AsyncAPI 3."""
    return loads(read(path, limits=limits), source=str(path), limits=limits)


def loads(data: bytes | str, *, source: str = "", limits: Limits | None = None) -> Document:
    """Read a document from bytes or text; `source` names them in errors."""
    raw, spelled = parse(data, source=source, limits=limits)
    return Document(raw=_asyncapi_3(raw, source), source=source, format=spelled)


def read(path: str | Path, *, limits: Limits | None = None) -> bytes:
    """Return the content of a regular file that is not larger than the limits allow."""
    size, file = (limits or Limits()).size, Path(path)
    try:
        if not file.is_file():
            what = "is a folder" if file.is_dir() else "is not a file" if file.exists() else "does not exist"
            raise DocumentError(what, source=str(path), hint="name an AsyncAPI document, YAML or JSON")
        with file.open("rb") as stream:
            return stream.read(size + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DocumentError(f"cannot be read: {reason}", source=str(path)) from error


def parse(data: bytes | str, *, source: str, limits: Limits | None = None) -> tuple[Any, Format]:
    """Return any YAML or JSON as JSON data, within the limits, and which of the two it was.

    Raises LimitError when it is larger, deeper or more shared than allowed, and DocumentError when it is
    neither, has a key twice, holds a number that JSON does not have, or half a character.
    """
    bounds = limits or Limits()
    if len(data) > bounds.size:
        raise LimitError(f"larger than the {_size(bounds.size)} that are read", source=source)
    text = _decoded(data, source) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    value, spelled = _parsed(text, source, bounds)
    _bound(value, bounds, source)
    _refuse_what_json_cannot_say(value, source)
    return value, spelled


def _size(count: int) -> str:
    return f"{count // MEGABYTE} MB" if count >= MEGABYTE else f"{count // 1024} KB"


def _decoded(data: bytes, source: str) -> str:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig").upper()
        raise DocumentError(
            f"not {name} text", source=f"{source}:{line}" if source else "", hint="save the file as UTF-8"
        ) from error


def _parsed(text: str, source: str, bounds: Limits) -> tuple[Any, Format]:
    if text.lstrip()[:1] not in ("{", "[") and not bounds.json_only:
        return yaml12.loads(text, source=source, depth=bounds.depth, nodes=bounds.nodes), "yaml"
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant), "json"
    except RecursionError as error:
        raise LimitError(f"nested deeper than {bounds.depth} levels", source=source) from error
    except ValueError as error:
        if bounds.json_only or isinstance(error, _NotANumberError):
            raise _not_json(error, source) from error
        try:
            return yaml12.loads(text, source=source, depth=bounds.depth, nodes=bounds.nodes), "yaml"
        except DocumentError as refusal:
            telling = isinstance(refusal, LimitError) or not isinstance(error, json.JSONDecodeError)
            raise refusal if telling else _not_json(error, source) from error


def _not_json(error: ValueError, source: str) -> DocumentError:
    if isinstance(error, json.JSONDecodeError):
        return DocumentError(f"not JSON: {error.msg}", source=f"{source}:{error.lineno}" if source else "")
    return DocumentError(str(error), source=source)


class _NotANumberError(ValueError):
    """NaN or an infinity in JSON, which YAML would take for text."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _constant(name: str) -> Any:
    raise _NotANumberError(f"{name} is a number that JSON does not have")


def _bound(value: Any, bounds: Limits, source: str) -> None:
    """Refuse what is too deep or too much, level by level."""
    level, depth, count = [value], 0, 1
    while level:
        depth += 1
        inner = [item for item in level if isinstance(item, dict | list)]
        children: list[Any] = []
        for item in inner:
            children.extend(item.values() if isinstance(item, dict) else item)
            if count + len(children) > bounds.nodes:
                raise LimitError(f"more than {bounds.nodes} values", source=source)
        count += len(children)
        if depth > bounds.depth:
            raise LimitError(f"nested deeper than {bounds.depth} levels", source=source)
        level = children


def _refuse_what_json_cannot_say(value: Any, source: str) -> None:
    """Refuse NaN, infinities and lone surrogates, which would otherwise fail wherever the document is written."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        for pointer, item in pointers.walk(value):
            if isinstance(item, float) and not math.isfinite(item):
                raise DocumentError(
                    f"{item} is a number that JSON does not have", source=source, pointer=pointer
                ) from None
            if isinstance(item, str) and any("\ud800" <= letter <= "\udfff" for letter in item):
                raise DocumentError("text that holds half a character", source=source, pointer=pointer) from None
        raise


def _asyncapi_3(raw: Any, source: str) -> Mapping[str, Any]:
    """Return the document, or refuse what is not AsyncAPI 3 in one sentence."""
    if not isinstance(raw, dict):
        raise DocumentError(f"not an AsyncAPI document: it is {_kind(raw)}", source=source)
    version = raw.get("asyncapi")
    if version is not None:
        text = str(version)
        if text == "3" or text.startswith("3."):
            return raw
        if text.startswith(("1", "2")):
            hint = "convert it to AsyncAPI 3 first, for example with the converter of the AsyncAPI CLI"
            raise DocumentError(f"AsyncAPI {text[:20]} is not read, only AsyncAPI 3", source=source, hint=hint)
        raise DocumentError(f"AsyncAPI {text[:20]} is not known, only AsyncAPI 3 is read", source=source)
    for other, name in (("openapi", "OpenAPI"), ("swagger", "OpenAPI"), ("$schema", "JSON Schema")):
        if other in raw:
            raise DocumentError(f"not an AsyncAPI document but {name}", source=source)
    raise DocumentError(
        "not an AsyncAPI document: it has no `asyncapi` field", source=source, hint="it opens with `asyncapi: 3.1.0`"
    )


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    return "a list" if isinstance(value, list) else "a single value"
