"""Data → literals of other languages. Whatever a text holds, it stays inside its quotes and can be seen there."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any

_WIDTH = 88
_SAFE_INTEGER = 2**53 - 1  # above it a number in JavaScript is not exact


def pretty(value: Any) -> str:
    """Return JSON data as indented JSON; characters that cannot be seen are escaped."""
    return _seen(json.dumps(value, ensure_ascii=False, indent=2))


def compact(value: Any) -> str:
    """Return JSON data as JSON on one line; characters that cannot be seen are escaped."""
    return _seen(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def javascript(value: Any, indent: int = 0) -> str:
    """Return JSON data as an expression of JavaScript, whose further lines are indented."""
    return pretty(value).replace("\n", "\n" + " " * indent)


def python(value: Any, indent: int = 0) -> str:
    """Return JSON data as a literal of Python, whose further lines are indented."""
    flat = _python(value)
    if len(flat) + indent <= _WIDTH or not value or not isinstance(value, Mapping | list):
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, Mapping):
        lines = (f"{inner}{python_text(key)}: {python(item, indent + 4)},\n" for key, item in value.items())
        return "{\n" + "".join(lines) + " " * indent + "}"
    return "[\n" + "".join(f"{inner}{python(item, indent + 4)},\n" for item in value) + " " * indent + "]"


def _python(value: Any) -> str:
    if isinstance(value, str):
        return python_text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{python_text(key)}: {_python(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    return repr(value)


def python_text(text: str) -> str:
    """Return a text as a literal of Python, in double quotes where that needs no backslash."""
    literal = repr(text)
    return literal if literal[0] == '"' or '"' in text else f'"{literal[1:-1]}"'


def shell(text: str) -> str:
    """Return a text as one word of a shell; one with characters that cannot be seen needs bash, zsh or ksh."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(map(_shell, text)) + "'"


def _shell(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    return letter if letter.isprintable() else "".join(f"\\x{byte:02x}" for byte in letter.encode())


def comment(text: str, mark: str) -> str:
    """Return a sentence as one line of comment."""
    return f"{mark} {_seen(text.replace(chr(10), ' '))}\n"


def survives_javascript(value: Any) -> bool:
    """Say whether JSON data written as an expression of JavaScript is the same when it is sent."""
    return _all(value, lambda item: not isinstance(item, int) or abs(item) <= _SAFE_INTEGER, forbidden="__proto__")


def survives_single_precision(value: Any) -> bool:
    """Say whether the numbers of JSON data keep their digits where floats have four bytes, as on controllers."""
    return _all(value, lambda item: not isinstance(item, float) or float(f"{item:.6g}") == item)


def _all(value: Any, fits: Callable[[Any], bool], forbidden: str | None = None) -> bool:
    if isinstance(value, Mapping):
        return forbidden not in value and all(_all(item, fits, forbidden) for item in value.values())
    if isinstance(value, list):
        return all(_all(item, fits, forbidden) for item in value)
    return fits(value)


def _seen(text: str) -> str:
    """Escape what cannot be seen, as JSON and JavaScript spell it; line breaks stay."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(letter if letter == "\n" or letter.isprintable() else _units(letter) for letter in text)


def _units(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
