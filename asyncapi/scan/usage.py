"""Which constants of other packages a service names at all, whether or not a topic was found to come from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.scan.links import IMPORT
from asyncapi.scan.modules import Module
from asyncapi.scan.values import External, ModuleRef, Routine, Text

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

CAPITALS = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
WORD = re.compile(r"\w+")
DOTTED = re.compile(r"\b(\w+)\.([A-Z][A-Z0-9_]+)\b")


def named(ev: Evaluator) -> set[str]:
    """Return the dotted names of text constants that the service's files import or reach through a module."""
    found: set[str] = set()
    for module in ev.view.files:
        found |= ev.attempt(partial(_all, ev, module), NOTHING)
    return found


NOTHING: frozenset[str] = frozenset()


def _all(ev: Evaluator, module: Module) -> frozenset[str]:
    return frozenset(_named(ev, module))


def _named(ev: Evaluator, module: Module) -> Iterator[str]:
    functions = {name.rpartition(".")[2].removesuffix("()") for name in ev.constants if name.endswith("()")}
    for dots, origin, names, _ in IMPORT.findall(module.text):
        wanted = CAPITALS.findall(names)
        built = functions & set(WORD.findall(names))
        if wanted or built:
            absolute = ev.view.absolute(module, len(dots), origin)
            source = ev.view.find(absolute, module)
            for name in wanted:
                yield from _constants(ev, source, absolute, name)
            for name in built:
                yield from _functions(ev, source, name)
    brought = {word for _, _, names, plain in IMPORT.findall(module.text) for word in WORD.findall(f"{names} {plain}")}
    pairs = [pair for pair in dict.fromkeys(DOTTED.findall(module.text)) if pair[0] in brought]
    root = module.scope if pairs else None
    for owner, name in pairs if root is not None else ():
        for item in ev.member(module, owner).alternatives:
            if isinstance(item.datum, ModuleRef):
                yield from _constants(ev, item.datum.module, item.datum.module.name, name)
            elif isinstance(item.datum, External):
                yield from _constants(ev, None, item.datum.name, name)


def _functions(ev: Evaluator, source: Module | None, name: str) -> Iterator[str]:
    """Yield the constant that a function which builds a topic stands for."""
    for item in ev.member(source, name).alternatives if source is not None else ():
        if isinstance(item.datum, Routine):
            yield f"{item.datum.scope.module.name}.{item.datum.scope.qualname}()"


def _constants(ev: Evaluator, source: Module | None, package: str, name: str) -> Iterator[str]:
    if source is None:
        if f"{package}.{name}" in ev.constants:
            yield f"{package}.{name}"
        return
    for item in ev.member(source, name).alternatives:
        if isinstance(item.datum, Text) and item.constant:
            yield item.constant
