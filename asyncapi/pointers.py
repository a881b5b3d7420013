"""JSON pointers (RFC 6901) and the fragments of `$ref` that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote


def escape(key: str) -> str:
    """Return a key as a pointer spells it."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def unescape(step: str) -> str:
    """Return the key that a step of a pointer means."""
    return step.replace("~1", "/").replace("~0", "~") if "~" in step else step


def join(pointer: str, *steps: str | int) -> str:
    """Return the pointer of something inside of what `pointer` points to."""
    for step in steps:
        pointer = f"{pointer}/{escape(step) if isinstance(step, str) else step}"
    return pointer


def split(pointer: str) -> list[str]:
    """Return the keys of a pointer in order."""
    return [unescape(step) for step in pointer.split("/")[1:]]


def from_fragment(fragment: str) -> str:
    """Return the pointer in the part of a `$ref` after `#`, percent-encoding undone."""
    return unquote(fragment) if "%" in fragment else fragment


def look_up(value: Any, pointer: str) -> Any:
    """Return what a pointer points to; LookupError when that is nothing."""
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for step in split(pointer):
        value = inside(value, step)
    return value


def inside(value: Any, step: str) -> Any:
    """Return what stands under one key or index of a value; LookupError when that is nothing."""
    if isinstance(value, dict):
        return value[step]
    if isinstance(value, list) and step.isascii() and step.isdigit() and (step == "0" or step[0] != "0"):
        return value[int(step[:9])]
    raise LookupError(step)


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield everything inside of a value with its pointer, the value itself first; keys count as values too."""
    waiting = [(pointer, value)]
    while waiting:
        place, item = waiting.pop()
        yield place, item
        if isinstance(item, dict):
            waiting.extend((join(place, key), child) for key, child in reversed(item.items()))
            yield from ((place, key) for key in item)
        elif isinstance(item, list):
            waiting.extend((join(place, at), child) for at, child in reversed(list(enumerate(item))))
