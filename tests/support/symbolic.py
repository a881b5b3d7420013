"""Small programs, run by the machine and by Python, and what they hand to `rec.emit` in order."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import dedent
from typing import Any

from asyncapi.machine import items
from asyncapi.machine.lattice import each
from asyncapi.machine.library import Outsides, standard
from asyncapi.machine.machine import Interpreter
from asyncapi.machine.values import (
    ABSENT,
    LENGTH,
    REST,
    REST_KEY,
    Beyond,
    DictCell,
    Instance,
    ListCell,
    Opaque,
    SetCell,
    Tup,
    Union,
)


class Program:
    """A source file in memory."""

    package, own = False, True

    def __init__(self, name: str, text: str) -> None:
        self.name, self.file, self.text = name, f"{name}.py", text

    def tree(self) -> ast.Module:
        return ast.parse(self.text)


class Recorded:
    """What a program did on the machine: `emitted` holds the arguments of each `emit`, as `shown` writes them."""

    def __init__(self) -> None:
        self.emitted: list[Any] = []
        self.machine: Interpreter | None = None


def recording(text: str, *, library: Outsides | None = None, wait: bool = True, **files: str) -> Recorded:
    """Run a program on the machine, to its end, and return what it did."""
    rows, done = library or standard(), Recorded()

    def emit(_: Interpreter, a: list[Any], *__: object) -> None:
        values = [shown(value) for value in a]
        done.emitted.append(values[0] if len(values) == 1 else tuple(values))

    rows.functions["rec.emit"] = emit
    known = {name: Program(name, dedent(source)) for name, source in files.items()}
    done.machine = Interpreter(lambda name, _: known.get(name), rows)
    done.machine.run_module(Program("main", dedent(text)), "main", main=True)
    if wait:
        done.machine.end()
    return done


def emitted(text: str, **files: str) -> list[Any]:
    """Return what a program emits on the machine."""
    return recording(text, **files).emitted


def really(text: str) -> list[Any]:
    """Return what a program emits when Python runs it."""
    done: list[Any] = []
    with _module("rec", emit=lambda *a: done.append(a[0] if len(a) == 1 else a)), _module("main") as main:
        main.__dict__["__name__"] = "__main__"
        exec(compile(dedent(text), "main.py", "exec"), main.__dict__)
    return done


@contextmanager
def _module(name: str, **names: object) -> Iterator[types.ModuleType]:
    made = types.ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made
    try:
        yield made
    finally:
        del sys.modules[name]


def shown(value: Any) -> Any:
    """Return a value as Python has it; what is not known as `<name>`, a union as the set of its alternatives' texts."""
    if isinstance(value, Union):
        return " | ".join(sorted(str(shown(item)) for item in each(value)))
    if isinstance(value, Opaque):
        return f"<{value.name or value.kind}>"
    if value.__class__ is Tup:
        return tuple(shown(item) for item in value.items)
    if isinstance(value, ListCell):
        held = [shown(item) for item, certain in items.elements(value) if certain]
        maybe = [shown(item) for item, certain in items.elements(value) if not certain]
        return (
            [*held, *(["...", *maybe] if maybe else [])]
            if REST in value.fields or maybe or value.fields[LENGTH] == len(held)
            else [*held, "..."]
        )
    if isinstance(value, DictCell):
        return {
            shown(items.key_value(k)): shown(v) for k, v in value.fields.items() if k is not REST and k is not REST_KEY
        }
    if isinstance(value, SetCell):
        return {shown(item) for item, _ in items.elements(value)}
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (int, float, bytes)):
        return value
    if isinstance(value, Instance):
        return f"<{value.cls.name} object>"
    return "absent" if value is ABSENT else "cut" if isinstance(value, Beyond) else repr(value)
