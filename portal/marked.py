"""Pieces of Markdown: words, code, blocks, quotations, tables and links, whatever marks the text itself holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from portal.addresses import encoded
from portal.pages.shown import Link

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_LINES = re.compile(r"[\r\n\u2028\u2029]+")
_BAR, _ESCAPED = re.compile(r"(?<!\\)\|"), r"\\|"


def plain(value: str) -> str:
    """Return text on one line in which Markdown marks stand for themselves."""
    return _SPECIAL.sub(r"\\\1", _LINES.sub(" ", value))


def code(value: str) -> str:
    """Return text as inline code, whatever backticks it holds."""
    value = _LINES.sub(" ", value)
    fence = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    pad = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def block(value: str, language: str) -> list[str]:
    """Return text as a fenced block."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    return ["", f"{fence}{language}", value.rstrip("\n"), fence, ""]


def quote(value: str) -> list[str]:
    """Return a description as a quotation, so that it cannot pass for a part of the page."""
    return ["", *(f"> {line}".rstrip() for line in value.strip().splitlines()), ""] if value.strip() else []


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; nothing when there are no rows."""
    lines = [f"| {' | '.join(_BAR.sub(_ESCAPED, cell) for cell in row)} |" for row in rows]
    return ["", f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines, ""] if lines else []


def names(links: Iterable[Link], root: str | None = None, mark: Callable[[str], str] = plain) -> str:
    """Return names separated by commas, with links where `root` leads to the root of the site."""
    return ", ".join(mark(link.name) if root is None else to(link, root, mark) for link in links)


def to(link: Link, root: str, mark: Callable[[str], str] = plain) -> str:
    """Return the link to a page's Markdown, or only its name when there is no such page."""
    return f"[{mark(link.name)}]({root}{target(link.path)}index.md)" if link.path else mark(link.name)


def target(path: str) -> str:
    """Return a path as the target of a link."""
    return encoded(path).replace("(", "%28").replace(")", "%29")


def joined(lines: Iterable[Any]) -> str:
    """Return lines as one text without gaps."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
