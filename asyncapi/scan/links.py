"""Which files of a service belong together: those that import one another, directly or through others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.scan.modules import Module

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
NAME = re.compile(r"\w+")


def linked(ev: Evaluator, file: str) -> frozenset[str]:
    """Return the files connected with a file by imports, itself included."""
    key = ("linked", 0)
    if key not in ev.memo:
        ev.memo[key] = _groups(ev)
    groups: list[frozenset[str]] = ev.memo[key]  # type: ignore[assignment]
    return next((group for group in groups if file in group), frozenset({file}))


def _groups(ev: Evaluator) -> list[frozenset[str]]:
    around: dict[str, set[str]] = {module.file: set() for module in ev.view.files}
    for module in ev.view.files:
        for dotted in _imported(ev, module):
            found = ev.view.find(dotted, module)
            if found is not None and found.file in around:
                around[module.file].add(found.file)
                around[found.file].add(module.file)
    return _components(around)


def _imported(ev: Evaluator, module: Module) -> Iterator[str]:
    """Yield the dotted names a file imports, read from its text: no tree is needed for that."""
    for dots, origin, names, plain in IMPORT.findall(module.text):
        if plain:
            yield from (part.split()[0] for part in plain.split(",") if part.split())
            continue
        absolute = ev.view.absolute(module, len(dots), origin)
        yield absolute
        yield from (f"{absolute}.{name}" for name in NAME.findall(names))


def _components(around: dict[str, set[str]]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    left = set(around)
    while left:
        pending = [left.pop()]
        group = set(pending)
        while pending:
            for other in around[pending.pop()] - group:
                group.add(other)
                pending.append(other)
        left -= group
        found.append(frozenset(group))
    return found
