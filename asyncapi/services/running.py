"""One service run on symbols: its roots first, then what no root reached, messages delivered until nothing is new."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from asyncapi.machine.code import ProgramSource
from asyncapi.machine.library import frameworks, standard
from asyncapi.machine.machine import Interpreter
from asyncapi.machine.state import Machine, OutOfFuel
from asyncapi.machine.values import (
    ABSENT,
    Bound,
    Class,
    External,
    Func,
    Opaque,
    Origin,
    Received,
    Str,
    Value,
)
from asyncapi.mqtt.bus import Bus
from asyncapi.mqtt.clients import add_clients
from asyncapi.mqtt.sinks import BUILTIN, SinkTable
from asyncapi.mqtt.styles import STYLES
from asyncapi.services.files import ServiceFiles
from asyncapi.services.modules import SourceFile
from asyncapi.services.roots import Root, importers, roots
from asyncapi.sources import Source

ROUNDS = 3
"""Rounds of running what no root reached: what one round defines (inner functions) runs in the next."""


@dataclass(slots=True, kw_only=True)
class ServiceRun:
    """What running a service left: the machine, what was done to clients, and whether it came to its end."""

    machine: Interpreter
    bus: Bus
    roots: tuple[Root, ...]
    out_of_fuel: bool = False
    reached: set[Any] = field(default_factory=set)


class Running:
    """Runs one service."""

    def __init__(self, files: ServiceFiles, sinks: SinkTable, constants: Mapping[str, str]) -> None:
        self.files = files
        self.bus = Bus()
        library = standard()
        add_clients(library, sinks, self.bus)
        self.given = library.argument
        library.argument = self._argument
        for name, value in constants.items():
            library.constants.setdefault(
                name, Str(value, Origin(f"constant {name}", Source(file="", symbol=name), name))
            )
        self.machine = Interpreter(self._find, library)
        self.machine.waits.append(lambda: self.bus.deliver(self.machine))
        self.machine.validated = self._validated
        self.machine.watch = lambda func, frame, at: self.bus.watched(self.machine, func, frame, at)
        calls = called_names(files)
        self.names = near(calls, STEPS)
        leading = near(calls, None, ANYTHING)
        self.machine.far = lambda code: (
            code.kind == "function" and code.name in calls and code.name not in leading and code.name != "<lambda>"
        )
        self.made: dict[tuple[object, int], Value] = {}

    def _find(self, name: str, near: ProgramSource | None) -> ProgramSource | None:
        found = self.files.find(name, near if isinstance(near, SourceFile) else None)
        if found is not None and self.files.is_installed(found) and not self._reaches(found, name):
            return None
        return found

    def _reaches(self, found: SourceFile, name: str) -> bool:
        """Say whether an installed package has to do with MQTT: one of its files imports a client library."""
        depth = name.count(".") + (1 if found.package else 0)
        folder = found.path.parents[max(depth - 1, 0)] if depth else found.path
        return self.files.shared.once(("reaches", folder), lambda: _imports_client(folder))

    def _validated(self, received: Received, cls: Value, _: object, how: str) -> None:
        self.bus.validated(received, cls, how, self.machine.assumed)

    def run(self) -> ServiceRun:
        """Run every root, then what none of them reached."""
        m = self.machine
        found = roots(self.files.service, self.files)
        done = ServiceRun(machine=m, bus=self.bus, roots=found)
        try:
            for root in found:
                self._root(root)
            for root in importers(self.files):
                self._import(root.file)
            m.wait()
            m.end()
            self._rest()
        except (OutOfFuel, RecursionError):
            done.out_of_fuel = True
        return done

    def _source(self, file: str) -> SourceFile | None:
        return next((item for item in self.files.files if item.file == file), None)

    def _import(self, file: str) -> None:
        source = self._source(file)
        if source is not None and not any(module.file == file for module in self.machine.modules.values()):
            self.machine.apart(lambda: self.machine.run_module(source, source.name or "__main__", main=False))

    def _root(self, root: Root) -> None:
        m = self.machine
        source = self._source(root.file)
        if source is None:
            return
        if root.main:
            m.apart(lambda: m.run_module(source, "__main__", main=True))
            m.modules.pop("__main__", None)
        else:
            m.apart(lambda: m.run_module(source, source.name, main=False))
        if root.call:
            module = m.modules.get(source.name) or m.modules.get(root.module)
            if module is not None:
                m.apart(lambda: self._start(module, root))
        m.wait()

    def _start(self, module: Value, root: Root) -> Value:
        m = self.machine
        value = module
        for part in root.call.split("."):
            value = m.attribute(value, part, m.place)
        if root.kind == "asgi" and not root.factory:
            return frameworks.started(m, value, m.place)
        made = m.awaited(m.call(value, [], {}, m.place), m.place)
        if root.factory:
            return frameworks.started(m, made, m.place)
        return made

    # What no root reached.

    def _rest(self) -> None:
        m = self.machine
        self.bus.root = "assumed"
        done: set[object] = set()
        for _ in range(ROUNDS):
            waiting = [
                func
                for func in m.functions
                if func.code not in m.reached
                and func.code not in done
                and func.code.file.own
                and func.code.name in self.names
            ]
            if not waiting:
                return
            for func in waiting:
                if func.code in m.reached or func.code in done:
                    continue
                done.add(func.code)
                m.assuming += 1
                try:
                    m.apart(lambda func=func: self._suppose(func))  # type: ignore[misc]
                    m.wait()
                finally:
                    m.assuming -= 1

    def _suppose(self, func: Func) -> Value:
        """Run a function on arguments made from its annotations; a method on an object of its class."""
        m = self.machine
        if func.owner is not None and func.code.positional:
            kind = func.owner.fields.get(func.code.name)
            if getattr(kind, "kind", "") == "static":
                return m.awaited(m.call(func, [], {}, m.place), m.place)
            if getattr(kind, "kind", "") == "class":
                return m.awaited(m.call(func, [func.owner], {}, m.place), m.place)
            return m.awaited(m.call(Bound(func, self.example(func.owner)), [], {}, m.place), m.place)
        found = m.call(func, [], {}, m.place)
        if getattr(found, "kind", "") == "generator":
            m.consume(found, lambda *_: False)
            return None
        return m.awaited(found, m.place)

    def example(self, cls: Class) -> Value:
        """Return an object of a class: one that the program made, else one made with supposed arguments."""
        m = self.machine
        for known, objects in m.instances.items():
            if objects and cls in known.mro:
                return objects[0]
        name = (cls, 0)
        if name not in self.made:
            self.made[name] = Opaque(f"an object of {cls.name}", name=cls.name.lower())
            self.made[name] = m.call(cls, [], {}, m.place)
        return self.made[name]

    def _argument(self, m: Machine, func: Func, name: str) -> Value:
        """Return what a parameter is supposed to be that nobody passes: an object of the class it is annotated with."""
        if self.given is not None:
            found = self.given(m, func, name)
            if found is not ABSENT:
                return found
        args = func.code.args
        if args is None:
            return ABSENT
        node = next((a.annotation for a in (*args.posonlyargs, *args.args, *args.kwonlyargs) if a.arg == name), None)
        if node is None:
            return ABSENT
        kind = m.annotation(node, func)
        for one in getattr(kind, "items", None) or (kind,):
            if isinstance(one, Class) and m.members_of(one) is None:
                return self.example(one)
            if isinstance(one, External) and one.path in m.library.classes and not one.path.startswith("builtins."):
                for client in self.bus.clients:
                    if isinstance(client.cls, External) and client.cls.path == one.path:
                        return client
                made = (one.path, 0)
                if made not in self.made:
                    self.made[made] = m.call(one, [], {}, m.place)
                return self.made[made]
        return ABSENT


MOST_LOOKED_AT = 400
"""Files of an installed package that are looked at for imports of a client: larger packages are frameworks."""


def _imports_client(folder: Path) -> bool:
    """Say whether a file below a folder imports a client library that rows stand for."""
    names = "|".join(re.escape(name) for style in STYLES for name in style.owned)
    wanted = re.compile(rf"^\s*(?:from|import)\s+(?:{names})\b".encode(), re.MULTILINE)
    files = [folder] if folder.is_file() else islice(sorted(folder.rglob("*.py")), MOST_LOOKED_AT)
    for file in files:
        try:
            if wanted.search(file.read_bytes()):
                return True
        except OSError:
            continue
    return False


STEPS = 3
"""How many calls away from a client's call a function still counts as near it, by the names of what is called."""


def called_names(files: ServiceFiles) -> dict[str, set[str]]:
    """Return, for each name of a function in sight, the names that functions of that name use."""
    calls: dict[str, set[str]] = {}
    for item in (*files.files, *files.libraries):
        tree = item.tree()
        if tree is not None:
            _collect(tree, calls)
    return calls


def near(calls: dict[str, set[str]], steps: int | None, *more_names: str) -> frozenset[str]:
    """Return the names of functions that may lead to a client's call within some calls, judged by names alone."""
    wanted = {row.name for row in BUILTIN.sinks} | {*more_names}
    found: set[str] = set()
    while steps is None or steps > 0:
        more = {name for name, used in calls.items() if used & wanted} - found
        if not more:
            break
        found |= more
        wanted = more
        steps = None if steps is None else steps - 1
    return frozenset(found)


ANYTHING = "*"
"""Stands among the names that a function uses where it calls what it was given, which may be anything."""


def _collect(tree: ast.Module, calls: dict[str, set[str]]) -> None:
    """Add, for each function of a file, the names that it and the functions inside of it use.

    A function that calls one of its own names (a handler it was given, one of a list) may lead anywhere.
    """
    pending: list[tuple[ast.AST, tuple[tuple[set[str], set[str], set[str]], ...]]] = [(tree, ())]
    seen: list[tuple[set[str], set[str], set[str]]] = []
    while pending:
        node, inside = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = (calls.setdefault(node.name, set()), set[str](), set[str]())
            seen.append(own)
            inside = (*inside, own)
            args = node.args
            own[1].update(item.arg for item in (*args.posonlyargs, *args.args, *args.kwonlyargs))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for _, _, called in inside:
                called.add(node.func.id)
        for name in node._fields:
            value = getattr(node, name, None)
            for child in value if value.__class__ is list else (value,):
                if isinstance(child, ast.Name):
                    for used, bound, _ in inside:
                        (used if isinstance(child.ctx, ast.Load) else bound).add(child.id)
                elif isinstance(child, ast.AST) and not isinstance(child, LEAVES):
                    if isinstance(child, ast.Attribute):
                        for used, _, _ in inside:
                            used.add(child.attr)
                    pending.append((child, inside))
    for used, bound, called in seen:
        if bound & called:
            used.add(ANYTHING)


LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.alias)
