"""Runs small programs on the machine and by Python itself, and shows what they gave to `rec.emit` in plain form."""

from __future__ import annotations

import ast
import sys
import textwrap
import types
from dataclasses import dataclass, field
from typing import Any

from asyncapi.machine.items import elements, key_value
from asyncapi.machine.lattice import each
from asyncapi.machine.library import standard
from asyncapi.machine.machine import Interpreter
from asyncapi.machine.values import (
    LENGTH,
    REST,
    REST_KEY,
    Assumed,
    Class,
    DictCell,
    Encoded,
    External,
    HoledText,
    Instance,
    ListCell,
    Opaque,
    Received,
    SetCell,
    Tup,
    Union,
)


@dataclass
class ProgramFile:
    """A program as the machine reads it."""

    text: str
    name: str = "main"
    file: str = "main.py"
    package: bool = False
    own: bool = True

    def tree(self) -> ast.Module:
        """Return the parsed program."""
        return ast.parse(self.text)


@dataclass
class Outcome:
    """What a program gave to `emit`, and which messages were held against which classes."""

    emitted: list[Any] = field(default_factory=list)
    validated: list[tuple[str, str, str]] = field(default_factory=list)
    machine: Any = None

    def emit(self, _m: Any, arguments: list[Any], _named: Any, _at: Any) -> None:
        """Stand for `rec.emit`."""
        self.emitted.append(tuple(map(shown, arguments)) if len(arguments) > 1 else shown(arguments[0]))


class Reading(Interpreter):
    """A machine that reads files of the program and remembers what messages were held against."""

    files: dict[str, str]
    outcome: Outcome

    def read_file(self, path: str) -> str | None:
        """Return the text of a file of the program."""
        return self.files.get(path)

    def remember(self, received: Received, cls: Any, _at: Any, how: str) -> None:
        """Remember which class a message was held against."""
        self.outcome.validated.append((shown(received), cls.name, how))


MESSAGE = object()


def run(program: str, files: dict[str, str] | None = None) -> Outcome:
    """Run a program on the machine; `rec.message` is a message's payload, `rec.data` the same as parsed JSON."""
    library = standard()
    outcome = Outcome()
    library.functions["rec.emit"] = outcome.emit
    library.constants["rec.message"] = Received(MESSAGE)
    library.constants["rec.data"] = Received(MESSAGE, (), "json")
    library.constants["rec.unknown"] = Opaque("nobody knows", name="thing")
    machine = Reading(lambda _name, _near: None, library)
    machine.files, machine.outcome, outcome.machine = files or {}, outcome, machine
    machine.validated = machine.remember
    machine.run_module(
        ProgramFile("from rec import emit, message, data, unknown\n" + textwrap.dedent(program)), "main", main=True
    )
    machine.wait()
    assert not machine.strange
    return outcome


def emitted(program: str, files: dict[str, str] | None = None) -> list[Any]:
    """Return what a program gives to `emit` on the machine."""
    return run(program, files).emitted


def by_python(program: str) -> list[Any]:
    """Return what a program gives to `emit` when Python runs it."""
    found: list[Any] = []
    module = types.ModuleType("rec")
    vars(module)["emit"] = lambda *a: found.append(tuple(map(plain, a)) if len(a) > 1 else plain(a[0]))
    main = types.ModuleType("main_of_test")
    before = {name: sys.modules.get(name) for name in ("rec", "main_of_test")}
    sys.modules["rec"], sys.modules["main_of_test"] = module, main
    try:
        exec("from rec import emit\n" + textwrap.dedent(program), vars(main))
    finally:
        for name, old in before.items():
            if old is None:
                del sys.modules[name]
            else:
                sys.modules[name] = old
    return found


def plain(value: Any) -> Any:
    """Return a value of Python as `shown` shows one of the machine."""
    import enum

    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, type):
        return f"class {value.__name__}"
    if hasattr(value, "__dict__") and not callable(value):
        return (type(value).__name__, {name: plain(item) for name, item in vars(value).items()})
    return value


def shown(value: Any) -> Any:
    """Return a value of the machine in plain form."""
    if isinstance(value, Union):
        return {"any of": [shown(item) for item in each(value)]}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, HoledText):
        return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in value.parts)
    if isinstance(value, Tup):
        return tuple(map(shown, value.items))
    if isinstance(value, ListCell):
        rest = ["*", shown(value.fields[REST])] if REST in value.fields else []
        assert isinstance(value.fields[LENGTH], int)
        return [*(shown(value.fields[place]) for place in range(value.fields[LENGTH])), *rest]
    if isinstance(value, SetCell):
        return sorted(shown(item) for item, _ in elements(value))
    if isinstance(value, DictCell):
        known = {shown(key_value(k)): shown(v) for k, v in value.fields.items() if k not in (REST, REST_KEY)}
        return known | ({"*": shown(value.fields[REST])} if REST in value.fields else {})
    if isinstance(value, Instance):
        if "_name_" in value.fields:
            return f"{value.cls.name}.{value.fields['_name_']}"
        return (value.cls.name, {name: shown(item) for name, item in value.fields.items() if isinstance(name, str)})
    if isinstance(value, Received):
        return f"<{'.'.join(['message', *map(str, value.path)])} as {value.form}>"
    if isinstance(value, Encoded):
        said = {name: shown(item) for name, item in value.options}
        return (f"{value.form} of", shown(value.value), said) if said else (f"{value.form} of", shown(value.value))
    if isinstance(value, Assumed):
        return f"{value.name}{':' if value.environment else ''}{value.environment}={shown(value.value)!r}"
    if isinstance(value, Opaque):
        return (
            f"?{value.name}{':' if value.environment else ''}{value.environment}{'/' if value.kind else ''}{value.kind}"
        )
    if isinstance(value, Class):
        return f"class {value.name}"
    if isinstance(value, External):
        return f"outside {value.path}"
    return value
