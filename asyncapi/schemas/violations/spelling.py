"""A text that stops being JSON at some place → why, in the words of whoever wrote it."""

from __future__ import annotations

import json
import re
from typing import Final

_REASONS: Final = {
    "Extra data": "something stands after the end of the JSON",
    "Expecting value": "a value is expected here",
    "Unterminated string starting at": "a text starts here and does not end",
    "Expecting property name enclosed in double quotes": 'a property name in double quotes (") is expected here',
    "Invalid control character at": "a line break or control character stands inside of a text",
    "Expecting ',' delimiter": "a comma or the end is expected here",
    "Expecting ':' delimiter": "a colon is expected here",
    "Invalid \\escape": "a backslash stands before a character that needs none",
    "Invalid \\uXXXX escape": "four hexadecimal digits are expected after \\u",
}
_COMMA_BEFORE_END = re.compile(r",\s*[}\]]")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_OF_PYTHON: Final = {"True": "true", "False": "false", "None": "null"}


def reason(error: json.JSONDecodeError) -> tuple[str, int]:
    """Return why a text is not JSON, and where."""
    text, place = error.doc, error.pos
    before = len(text[:place].rstrip()) - 1
    for comma in (place, before):
        if comma >= 0 and _COMMA_BEFORE_END.match(text, comma):
            return "a comma stands after the last value", comma
    if error.msg == "Extra data":
        starts = text[place : place + 1] in ("{", "[")
        return ("a second message begins here; check one at a time" if starts else _REASONS[error.msg]), place
    return _mistaken(text, place, error.msg) or _REASONS.get(error.msg, error.msg[:1].lower() + error.msg[1:]), place


def _mistaken(text: str, place: int, message: str) -> str:
    if not message.startswith("Expecting"):
        return ""
    if text.startswith(("'", "‘", "“", "”", "„"), place):
        return 'texts and names stand in straight double quotes (")'
    if text.startswith(("//", "/*", "#"), place):
        return "JSON has no comments"
    word = _WORD.match(text, place)
    if word and word[0] in _OF_PYTHON:
        return f"`{word[0]}` is Python; in JSON it is `{_OF_PYTHON[word[0]]}`"
    if word and message.startswith("Expecting property name"):
        return 'names stand in double quotes (")'
    return ""


def announced(text: str) -> tuple[str, str] | None:
    """Return the word that stands before JSON on its first line, as `mosquitto_sub -v` prints a topic, and the rest."""
    first, gap, rest = text.lstrip("\ufeff").partition(" ")
    if not gap or not rest.lstrip()[:1] or rest.lstrip()[0] not in '{["' or not 0 < len(first) <= 1_000:
        return None
    return None if set(first) & set("{}[]\"'\n\r\t:,") else (first, rest)
