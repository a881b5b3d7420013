"""Where a fact stands in somebody's source tree, and what makes us believe it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place in a workspace: `file` relative to its root with `/`, `symbol` inside it, `line` from 1 or unknown."""

    file: str
    symbol: str = ""
    line: int | None = None

    @property
    def ref(self) -> str:
        """Return `file#symbol`: the spelling that documents carry, free of line numbers."""
        return f"{self.file}#{self.symbol}" if self.symbol else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason to believe a fact about a topic; `used` marks the one that won."""

    fact: str
    value: str
    by: str
    source: Source | None
    confidence: float
    used: bool


def plain_symbol(ref: str) -> str:
    """Return the symbol of `file#symbol` without the number (`~2`) that tells several lines of it apart."""
    symbol = ref.partition("#")[2]
    head, mark, number = symbol.rpartition("~")
    return head if mark and number.isdigit() else symbol


def is_text(name: str) -> bool:
    """Say whether a file's name is text, as everything in a document must be; POSIX takes any bytes for one."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
