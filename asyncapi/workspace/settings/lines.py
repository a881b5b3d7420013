"""Where keys stand in TOML text: `tomllib` forgets lines, errors need them."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_TEXTS = (
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}',
    r"'''(?:[^']|'{1,2}(?!'))*'{3,5}",
    r'"(?:[^"\\\n]|\\.)*"',
    r"'[^'\n]*'",
)
_TEXT = re.compile("|".join(_TEXTS), re.DOTALL)


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, key and element of a list (lists count from 0).

    The text must be TOML: it has been read by `tomllib` before.
    """
    locator = _Locator(text)
    locator.document()
    return locator.found


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Return the line of a key, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


class _Locator:
    """Reads TOML once from start to end and notes where each path begins."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.skip(_BLANK) < len(self.text):
            start = self.at
            if self.text[start] == "[":
                table = self.header(start)
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def note(self, path: Path, start: int) -> None:
        """Note the line of a path, and of the tables that it creates: `a.b = 1` also begins the table `a`."""
        line = bisect_right(self.breaks, start - 1) + 1
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)

    def header(self, start: int) -> Path:
        """Read `[table]` or `[[list of tables]]`; what it leads to is the newest element of each list on the way."""
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        *outer, last = self.key()
        self.at += brackets
        table: Path = ()
        for part in outer:
            table = self.newest((*table, part))
        table = (*table, last)
        if brackets == 2:
            self.arrays[table] = self.arrays.get(table, -1) + 1
        table = self.newest(table)
        self.note(table, start)
        return table

    def newest(self, path: Path) -> Path:
        return (*path, self.arrays[path]) if path in self.arrays else path

    def pair(self, table: Path) -> None:
        """Read `key = value`."""
        start = self.at
        path = (*table, *self.key())
        self.note(path, start)
        self.at += 1
        self.value(path)

    def key(self) -> Path:
        """Read a dotted key up to what follows it."""
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            match = _BARE_KEY.match(self.text, self.at) or _TEXT.match(self.text, self.at)
            assert match is not None
            parts.append(match[0] if match[0][0] not in "\"'" else tomllib.loads(f"key = {match[0]}")["key"])
            self.at = match.end()
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def value(self, path: Path) -> None:
        """Pass over a value and note what is in it."""
        self.skip(_SPACE)
        first = self.text[self.at]
        if first == "[":
            self.elements(path, "]")
        elif first == "{":
            self.elements(path, "}")
        elif first in "\"'":
            self.skip(_TEXT)
        else:
            self.skip(_SCALAR)

    def elements(self, path: Path, end: str) -> None:
        """Read a list or an inline table."""
        self.at += 1
        index = 0
        while self.text[self.skip(_BLANK)] != end:
            if end == "}":
                self.pair(path)
            else:
                self.note((*path, index), self.at)
                self.value((*path, index))
            index += 1
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
