"""A document as it is: raw JSON data from YAML or JSON, read within bounds; what is not AsyncAPI 3 is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from asyncapi.errors import DocumentError, LimitError
from asyncapi.yaml12 import MAX_DEPTH, MAX_NODES
from asyncapi.yaml12 import loads as read_yaml

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a stranger's document is read: bytes, levels, values; `json_only` refuses YAML."""

    size: int = 32 * MEGABYTE
    depth: int = MAX_DEPTH
    nodes: int = MAX_NODES
    json_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An AsyncAPI 3 document: `raw` JSON data nobody changes, and `source`, the file or name it came from."""

    raw: Mapping[str, Any]
    source: str = ""

    def get(self, pointer: str) -> Any:
        """Return what a JSON pointer (RFC 6901, `#` in front allowed) points at; raises KeyError when nothing does."""
        return follow(self.raw, pointer)


def follow(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer points at inside JSON data; raises KeyError when nothing does."""
    for step in pointer.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and re.fullmatch(r"0|[1-9][0-9]{0,8}", name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise KeyError(pointer)
    return value


def load(path: Path, *, limits: Limits = Limits()) -> Document:
    """Return the document in a file.

    Raises LimitError when it is larger or deeper than agreed, DocumentError when it cannot be read as AsyncAPI 3.
    """
    try:
        size = path.stat().st_size
        if size > limits.size:
            _too_large(size, limits.size, str(path))
        with path.open("rb") as stream:
            data = stream.read(limits.size + 1)
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", source=str(path)) from error
    return loads(data, source=str(path), limits=limits)


def loads(data: bytes | str, *, source: str = "", limits: Limits = Limits()) -> Document:
    """Return the document in bytes or text, JSON or YAML by its content; errors as for `load`."""
    size = len(data)
    if size > limits.size:
        _too_large(size, limits.size, source)
    start = data[:64].lstrip()[:1]
    if start in (b"{", "{"):
        raw = _json(data, source, limits)
    elif limits.json_only:
        raise DocumentError("only JSON is accepted here", source=source, hint="export with --format json")
    else:
        raw = read_yaml(data, source=source, depth=limits.depth, nodes=limits.nodes)
    return Document(raw=asyncapi3(raw, source), source=source)


def asyncapi3(raw: Any, source: str) -> Mapping[str, Any]:
    """Return the data if it claims to be AsyncAPI 3; raises DocumentError saying what it is instead."""
    if not isinstance(raw, dict):
        raise DocumentError("not an AsyncAPI document: the top level is not an object", source=source)
    version = raw.get("asyncapi")
    if isinstance(version, str) and re.match(r"3\.\d+(?:\.|$)", version):
        return raw
    if version is not None:
        shown = str(version)[:20]
        raise DocumentError(
            f"AsyncAPI {shown} is not supported, only 3.x is",
            source=source,
            pointer="/asyncapi",
            hint="convert it with `asyncapi convert --target-version 3.0.0`",
        )
    other = next((name for name in ("openapi", "swagger", "$schema") if name in raw), None)
    kind = {"openapi": "an OpenAPI document", "swagger": "a Swagger document", "$schema": "a JSON Schema"}.get(
        other or ""
    )
    raise DocumentError(
        f"this is {kind}, not AsyncAPI 3" if kind else "not an AsyncAPI document: the field `asyncapi` is missing",
        source=source,
    )


def _too_large(size: int, limit: int, source: str) -> NoReturn:
    raise LimitError(
        f"{size / MEGABYTE:.0f} MB is more than the {limit / MEGABYTE:.3g} MB that are read", source=source
    )


def _json(data: bytes | str, source: str, limits: Limits) -> Any:
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8 text: {error.reason}", source=source) from error
    if _too_deep(text, limits.depth):
        raise LimitError(f"nested deeper than {limits.depth} levels", source=source)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        # A flow mapping of YAML also starts with a brace.
        if limits.json_only:
            raise DocumentError(f"not JSON: {error.msg}", source=f"{source}:{error.lineno}") from error
        return read_yaml(text, source=source, depth=limits.depth, nodes=limits.nodes)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"not JSON: {error}", source=source) from error


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]')


def _too_deep(text: str, depth: int) -> bool:
    level = 0
    for match in _TOKENS.finditer(text):
        mark = match[0]
        if mark in ("{", "["):
            level += 1
            if level > depth:
                return True
        elif mark in ("}", "]"):
            level -= 1
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice[:80]} stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
