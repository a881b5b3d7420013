"""Where keys stand in TOML text: `tomllib` forgets lines, errors need them."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*(?:\.|$)""")
_ASSIGNED = re.compile(
    r"""^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_INLINE = re.compile(r"""[{,]\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table and key; elements of arrays of tables count from 0.

    Keys of inline tables get the line of the assignment they stand in. Text inside multi-line strings is
    passed over.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    arrays: dict[Path, int] = {}
    quoted = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted:
            quoted = "" if quoted in line else quoted
            continue
        if header := _HEADER.match(line):
            table = _table(_parts(header[2]), header[1] == "[[", arrays)
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif assigned := _ASSIGNED.match(line):
            key = (*table, *_parts(assigned[1]))
            found.setdefault(key, number)
            for inline in _INLINE.finditer(line, assigned.end()):
                found.setdefault((*key, _unquoted(inline[1])), number)
            rest = line[assigned.end() :]
            quoted = next((mark for mark in ('"""', "'''") if rest.count(mark) % 2), "")
    return found


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Return the line of a key, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _table(parts: Path, is_array: bool, arrays: dict[Path, int]) -> Path:
    resolved: Path = ()
    for part in parts[:-1] if is_array else parts:
        resolved = (*resolved, part)
        if resolved in arrays:
            resolved = (*resolved, arrays[resolved])
    if is_array:
        resolved = (*resolved, parts[-1])
        arrays[resolved] = arrays.get(resolved, -1) + 1
        resolved = (*resolved, arrays[resolved])
    return resolved


def _parts(dotted: str) -> Path:
    return tuple(_unquoted(part) for part in _PART.findall(dotted))


def _unquoted(part: str) -> str:
    if part[:1] == '"':
        return part[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return part[1:-1] if part[:1] == "'" else part
