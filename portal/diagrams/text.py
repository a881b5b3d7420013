"""Text in drawings: about how wide it is, where it may be wrapped, and how it is written so that it stays text."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

LONGEST: Final = 160
_MONO = 0.615  # width of a character of the monospaced fonts we name, in ems
_SANS = {
    **dict.fromkeys("iIjl '|.,:;", 0.36),
    **dict.fromkeys('ftr-/\\()[]!"J', 0.46),
    **dict.fromkeys("mMW@%", 1.01),
    **dict.fromkeys("<>=+^~#&wDGHNOQ", 0.84),
    **dict.fromkeys("ABCEFJKLPRSTUVXYZ", 0.74),
}
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Return text in which characters that turn, hide or break the text around them are spelled out."""
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def escaped(text: str) -> str:
    """Return text as it stands in XML, between tags or in double quotes."""
    return html.escape(visible(text)).replace("&#x27;", "&#39;")


def short(text: str, longest: int = LONGEST) -> str:
    """Return text that is worth drawing: with an ellipsis in the place of what is too long."""
    text = visible(text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def width(text: str, size: float, *, mono: bool = False, bold: bool = False) -> float:
    """Return about how wide a line is, in the units of `size`; rather too much than too little."""
    total = sum(_mono(char) if mono else _sans(char) for char in text)
    return total * size * (1.13 if bold else 1.0)


def wrap(
    text: str, limit: float, size: float, *, mono: bool = False, bold: bool = False, after: str = "/"
) -> list[str]:
    """Return lines no wider than `limit`, broken after one of the characters `after`, elsewhere only where none is."""
    lines: list[str] = []
    line = ""
    for piece in re.findall(f"[^{re.escape(after)}]*[{re.escape(after)}]+|[^{re.escape(after)}]+$", text):
        if line and width((line + piece).rstrip(), size, mono=mono, bold=bold) > limit:
            lines.append(line)
            line = ""
        line += piece
        while width(line.rstrip(), size, mono=mono, bold=bold) > limit and len(line) > 1:
            cut = _fitting(line, limit, size, mono, bold)
            lines.append(line[:cut])
            line = line[cut:]
    return [shown for part in (*lines, line) if (shown := part.rstrip())] or [text.strip() or " "]


def _fitting(line: str, limit: float, size: float, mono: bool, bold: bool) -> int:
    """Return how many characters fit, at least one, without taking a mark from the letter that it stands on."""
    total, cut = 0.0, 0
    for char in line:
        total += width(char, size, mono=mono, bold=bold)
        if total > limit and cut and not unicodedata.combining(char):
            break
        cut += 1
    return min(cut, len(line))


def _mono(char: str) -> float:
    if char.isascii():
        return _MONO
    if unicodedata.combining(char):
        return 0.0
    return 1.25 if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF else 0.75


def _sans(char: str) -> float:
    return _SANS.get(char, 0.64) if char.isascii() else _mono(char)
