"""What lies outside of the program, told in rows: functions, classes and constants of Python and of libraries.

One file for each part of the outside. A row of a function is a `NativeCall` under its dotted name; what a class of a
library does is an `Outside`. Methods of Python's own types stand under `list.append`, `dict.get`, `str.join` and so
on; `received.` holds what something out of a message can do, `encoded.` what an encoded value can.

To add a library, write a file with a `register(library)` function and name it in `PARTS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from asyncapi.machine.values import ABSENT, External, Native, NativeCall, Value

PARTS = (
    "builtins",
    "containers",
    "plain",
    "enums",
    "models",
    "dataclass",
    "structs",
    "tuples",
    "encoding",
    "files",
    "settings",
    "commandline",
    "concurrency",
    "queues",
    "threads",
    "functions",
    "contexts",
    "iterating",
    "reflection",
    "moments",
    "paths",
    "regexes",
    "frameworks",
    "inifiles",
    "configured",
    "commands",
)


@dataclass(slots=True, kw_only=True)
class Outside:
    """A class of a library: its methods, and what happens where Python would run code of it.

    Methods get the object as their first argument. `bases` are the dotted names of its own outside bases. Each hook
    may be left out: `init(m, object, arguments, named, at)` when an object is made, `made(m, cls, arguments, named,
    at)` to make it otherwise, `derived(m, cls)` when a class derives from it, `attribute(m, object, name, at)`
    (ABSENT for none), `setter(m, object, name, value, at)` (True when taken care of), `called`, `awaited`,
    `loop(m, object, body, at)`, `within(m, object, inside, at, frame)` for `with`, `bound(m, descriptor, owner)`,
    `text(m, object)` for `str()`, `default(m, object, at)` for what a parameter gets whose default is such an object,
    `inner(m, object)` for the function that it calls, where it is handed to code nobody reads.
    """

    bases: tuple[str, ...] = ()
    methods: dict[str, NativeCall] = field(default_factory=dict)
    class_methods: dict[str, NativeCall] = field(default_factory=dict)
    init: Callable[..., None] | None = None
    made: Callable[..., Value] | None = None
    derived: Callable[..., None] | None = None
    attribute: Callable[..., Value] | None = None
    class_attribute: Callable[..., Value] | None = None
    setter: Callable[..., bool] | None = None
    called: Callable[..., Value] | None = None
    awaited: Callable[..., Value] | None = None
    loop: Callable[..., bool] | None = None
    within: Callable[..., bool] | None = None
    bound: Callable[..., Value] | None = None
    text: Callable[..., Value] | None = None
    default: Callable[..., Value] | None = None
    inner: Callable[..., Value] | None = None


class Outsides:
    """All rows together. `owned` are modules that rows stand for, so that their source is never read."""

    def __init__(self) -> None:
        self.functions: dict[str, NativeCall] = {}
        self.classes: dict[str, Outside] = {}
        self.constants: dict[str, Value] = {}
        self.aliases: dict[str, str] = {}
        self.owned: set[str] = set()
        self.unknown_calls: list[Callable[..., None]] = []
        self.argument: Callable[..., Value] | None = None
        self._builtins: dict[str, Value] = {}

    def builtin(self, name: str) -> Value:
        """Return one of Python's own names, or ABSENT."""
        found = self._builtins.get(name)
        if found is None:
            path = f"builtins.{name}"
            if path in self.constants:
                found = self.constants[path]
            elif path in self.functions and path not in self.classes and not name[:1].isupper() and name not in TYPES:
                found = Native(name, self.functions[path])
            elif name in PYTHON_NAMES:
                found = External(path)
            else:
                return ABSENT
            self._builtins[name] = found
        return found

    def canonical(self, path: str) -> str:
        """Return the dotted name under which something stands in the rows: libraries name many things twice."""
        found = self.aliases.get(path)
        if found is not None:
            return found
        head, dot, last = path.rpartition(".")
        if dot:
            above = self.canonical(head)
            if above != head:
                return self.canonical(f"{above}.{last}")
        return path

    def owns(self, name: str) -> bool:
        """Say whether a module is told of in rows, and so is not read."""
        return name.partition(".")[0] in self.owned or name in self.owned

    def own(self, *names: str) -> None:
        """Say of modules that rows stand for them."""
        self.owned.update(names)

    def function(self, *paths: str) -> Callable[[NativeCall], NativeCall]:
        """Register the function below as what something outside does."""

        def register(run: NativeCall) -> NativeCall:
            for path in paths:
                self.functions[path] = run
            return run

        return register


TYPES = frozenset(
    [
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "bytearray",
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "object",
        "type",
        "property",
        "staticmethod",
        "classmethod",
        "complex",
        "memoryview",
        "range",
        "enumerate",
        "zip",
        "map",
        "filter",
        "reversed",
        "slice",
        "super",
    ]
)
PYTHON_NAMES = frozenset(dir(__import__("builtins")))


def standard(parts: Iterable[str] = PARTS) -> Outsides:
    """Return the rows of Python and of the libraries that this package knows."""
    library = Outsides()
    for part in parts:
        module: Any = importlib.import_module(f"asyncapi.machine.library.{part}")
        module.register(library)
    return library
