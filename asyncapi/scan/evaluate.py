"""The abstract evaluator: what a Python expression can be, found by following names, attributes and calls in source.

It answers for one service at a time and only what it is asked; effort is bounded, and what cannot be told
from source comes back as unknown with the construct at which it ended.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from asyncapi.scan import attributes, calls, enumerations, guards, labels, strings
from asyncapi.scan.bindings import origin_of, reaching
from asyncapi.scan.expressions import HANDLERS, constant
from asyncapi.scan.modules import Binding, Module, Scope
from asyncapi.scan.mutations import grown
from asyncapi.scan.parameters import parameter, typed
from asyncapi.scan.values import (
    Alternative,
    Bindings,
    Const,
    External,
    Frame,
    Given,
    Instance,
    Key,
    Klass,
    ModuleRef,
    Routine,
    Table,
    Text,
    Unknown,
    Value,
    join,
    one,
    texts,
    unknown,
)
from asyncapi.scan.world import View
from asyncapi.sites import Step
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.scan.callers import Caller

Answer = TypeVar("Answer")
FUEL = 8_000
SCARCE = 400
MOST = 250_000
DEPTH = 40
FIXED = (Text, Const, Klass, Routine, External, ModuleRef)


class Evaluator:
    """Evaluates expressions of one service against its own files and the libraries."""

    def __init__(
        self,
        view: View,
        constants: Mapping[str, str],
        event_types: Mapping[str, str],
        environment: tuple[str, ...] = (),
        envelopes: Mapping[str, str] | None = None,
        *,
        following: bool = True,
    ) -> None:
        """Start without knowledge; unless `following`, what callers pass is left open as known only at run time."""
        self.view = view
        self.constants = constants
        self.event_types = event_types
        self.environment = frozenset(environment)
        self.envelopes = envelopes or {}
        self.following = following
        self._near: Evaluator | None = None
        self.nothing = Bindings()
        self.annotations: dict[int, ast.expr | None] = {}
        self.fuel = self.granted = FUEL
        self.spent = False
        self.left = MOST
        self.depth = 0
        self.active: set[tuple[int, int, int]] = set()
        self.cycles = 0
        self.members: dict[tuple[int, str], Value] = {}
        self.closed: dict[Key, Value] = {}
        self.memo: dict[tuple[str, int] | tuple[str, int, str], object] = {}
        self.callers: dict[int, list[Caller]] = {}
        self.queues: dict[Key, str] = {}
        self.used: set[str] = set()
        self.topic = ""
        self.mappings = _mappings(constants)

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """Return what an expression can be."""
        if isinstance(node, ast.Constant):
            return constant(self, node, frame)
        memo = frame.bound.memo if not frame.inner else {}
        kept = (id(node), frame.at is None, frame.open)
        known = memo.get(kept)
        if known is not None:
            return known  # type: ignore[return-value]
        key = (id(node), id(frame.bound), id(frame.inner))
        self.fuel -= 1
        self.spent = self.spent or self.fuel < 0
        if key in self.active or self.depth > DEPTH or self.fuel < 0:
            self.cycles += 1
            return unknown(labels.label(node), "it depends on itself or on too much")
        handler = HANDLERS.get(type(node))
        if handler is None:
            return unknown(labels.label(node), f"{type(node).__name__} is not followed")
        self.active.add(key)
        self.depth += 1
        cycles = self.cycles
        try:
            found = handler(self, node, frame)
            if cycles == self.cycles:
                memo[kept] = found
            return found
        finally:
            self.active.discard(key)
            self.depth -= 1

    def refuel(self) -> None:
        """Allow the full effort again: called at the start of every question that stands for itself."""
        self.left -= max(0, self.granted - self.fuel)
        self.granted = FUEL if self.left > 0 else SCARCE
        self.fuel = self.granted
        self.spent = False

    @property
    def near(self) -> Evaluator:
        """Return an evaluator of the same service that does not look at callers: for what takes too much to follow."""
        if self._near is None:
            known = tuple(self.environment)
            self._near = Evaluator(self.view, self.constants, self.event_types, known, self.envelopes, following=False)
        return self._near

    def attempt(self, work: Callable[[], Answer], fallback: Answer) -> Answer:
        """Return the answer to a question, or the fallback when expressions are nested too deeply to follow."""
        self.refuel()
        try:
            return work()
        except RecursionError:
            self.active.clear()
            self.depth = 0
            return fallback

    def force(self, given: Given) -> Value:
        """Return the value of an argument, worked out when it is asked for."""
        return given if isinstance(given, Value) else self.value(given.node, given.frame)

    def source(self, scope: Scope, line: int | None) -> Source:
        """Return the place of a line in a scope."""
        return Source(file=scope.module.file, symbol=scope.qualname, line=line)

    def step(self, text: str, scope: Scope, line: int | None) -> Step:
        """Return one step of a derivation."""
        return Step(text=text, source=self.source(scope, line))

    # names

    def name(self, identifier: str, frame: Frame) -> Value:
        """Return what a name can be where the frame stands."""
        if identifier in frame.inner:
            return frame.inner[identifier]
        scope: Scope | None = frame.scope
        at = frame.at
        while scope is not None:
            if scope.kind != "class" or scope is frame.scope:
                found = self.local(scope, identifier, at, frame)
                if found is not None:
                    return found
            at, scope = None, scope.parent
        for binding in frame.scope.module.root.bindings.get("*", []) if frame.scope.module.root else []:
            found = self._star(binding, identifier, frame.scope.module)
            if found is not None:
                return found
        return one(External(f"builtins.{identifier}"))

    def local(self, scope: Scope, name: str, at: int | None, frame: Frame) -> Value | None:
        """Return what a name bound in this very scope can be, or None when it is not bound there."""
        bindings = scope.bindings.get(name)
        if not bindings:
            return None
        if scope.kind == "module" and at is None:
            return self.member(scope.module, name)
        reached = reaching(scope, bindings, at)
        if not reached and scope.kind != "function":
            return None
        inner = frame if scope is frame.scope else frame._replace(scope=scope, inner={})
        if len(reached) > 1 and scope.kind == "function":
            standing = [item for item in reached if item.at < 0 or guards.runs(self, scope, item.at, inner)]
            reached = standing or reached
        found = join(self.bound(scope, name, binding, inner._replace(at=binding.at)) for binding in reached)
        if scope.kind == "module" and reached and reached[-1].kind == "value":
            found = self._named_constant(found, f"{scope.module.name}.{name}", scope, reached)
        return grown(self, scope, name, found, inner)

    def member(self, module: Module, name: str) -> Value:
        """Return what `module.name` can be once the module has run."""
        key = (id(module), name)
        known = self.members.get(key) or self.view.library.members.get(key)
        if known is not None:
            return known  # type: ignore[return-value]
        cycles = self.cycles
        found = self._member(module, name)
        if cycles == self.cycles:
            fixed = module.library and all(isinstance(item.datum, FIXED) for item in found.alternatives)
            (self.view.library.members if fixed else self.members)[key] = found
        return found

    def _member(self, module: Module, name: str) -> Value:
        root = module.scope
        dotted = f"{module.name}.{name}"
        bindings = root.bindings.get(name) if root else None
        if root is None or not bindings:
            inner = self.view.find(dotted)
            if inner is not None:
                return one(ModuleRef(inner))
            for star in root.bindings.get("*", []) if root else []:
                found = self._star(star, name, module)
                if found is not None:
                    return found
            if root and root.child("__getattr__"):
                return unknown(name, f"{module.name} makes its attributes at run time")
            return self.outside(dotted)
        frame = self.frame(root)
        reached = reaching(root, bindings, None)
        found = join(self.bound(root, name, binding, frame._replace(at=binding.at)) for binding in reached)
        found = grown(self, root, name, found, frame)
        if not texts(found) and dotted in self.constants:
            return self.outside(dotted)
        if dotted in self.mappings and all(isinstance(item.datum, Unknown) for item in found.alternatives):
            return one(self.mappings[dotted])
        return self._named_constant(found, dotted, root, reached)

    def _named_constant(self, found: Value, dotted: str, scope: Scope, reached: list[Binding]) -> Value:
        alternatives = []
        for item in found.alternatives:
            if isinstance(item.datum, Text) and self.renames(item, dotted):
                line = scope.records[reached[-1].at].line if reached and reached[-1].at >= 0 else None
                steps = (self.step(f"constant {dotted}", scope, line), *item.steps)
                item = item._replace(constant=dotted, steps=steps, partly=False)
            alternatives.append(item)
        return Value(tuple(alternatives), found.needs)

    def renames(self, item: Alternative, dotted: str) -> bool:
        """Say whether a text goes by the name it is given now: one of the contracts in it comes before others."""
        return not item.constant or (item.partly and (item.constant not in self.constants or dotted in self.constants))

    def outside(self, dotted: str) -> Value:
        """Return what a name of a module that we cannot read is: a known constant, else just its name."""
        if dotted in self.constants:
            return one(Text(self.constants[dotted]), constant=dotted)
        return one(External(dotted))

    def _star(self, binding: Binding, name: str, module: Module) -> Value | None:
        level, origin, _ = origin_of(binding)
        absolute = self.view.absolute(module, level, origin)
        found = self.view.find(absolute, module)
        key = ("star", id(module))
        if name.startswith("_") or found is module or (key in self.memo and self.memo[key] == name):
            return None
        if found is None:
            dotted = f"{absolute}.{name}"
            return self.outside(dotted) if dotted in self.constants else None
        self.memo[key] = name
        try:
            value = self.member(found, name)
        finally:
            self.memo.pop(key, None)
        missing = all(isinstance(item.datum, External) for item in value.alternatives)
        declared = found.root is not None and name in found.root.bindings
        return None if missing and not declared else value

    def frame(self, scope: Scope, like: Frame | None = None) -> Frame:
        """Return a frame at the end of a scope, with nothing bound, or with what another frame has bound."""
        if like is None:
            return Frame(scope, None, self.nothing, frozenset(), {})
        return Frame(scope, None, like.bound, like.open, {})

    def bound(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> Value:
        """Return the value that one binding gives a name."""
        if binding.kind == "parameter":
            return parameter(self, scope, name, frame)
        if binding.kind == "scope":
            child = binding.extra
            assert isinstance(child, Scope)
            return one(Klass(child) if child.kind == "class" else Routine(child))
        if binding.kind == "import":
            return self.imported(scope, binding)
        if binding.kind == "elsewhere":
            inner, place = _elsewhere(binding)
            return self.bound(inner, name, place, frame._replace(scope=inner, at=place.at))
        if binding.kind == "declared":
            return typed(self, binding.extra, frame, name)  # type: ignore[arg-type]
        if binding.expr is None:
            return unknown(name, f"{name} is {binding.extra or 'bound at run time'}")
        if binding.kind == "item":
            key = (id(binding.extra), "item")
            if key in frame.bound:
                return strings.unpack(self.force(frame.bound[key]), binding.path, name)
            item = strings.items(enumerations.listed(self, self.value(binding.expr, frame)), name)
            if key in frame.open:
                item = Value(item.alternatives, item.needs | {key})
            return strings.unpack(item, binding.path, name)
        found = self.value(binding.expr, frame)
        if binding.kind == "augmented":
            return strings.binary(binding.extra, self._before(scope, name, binding, frame), found)  # type: ignore[arg-type]
        if binding.kind == "context":
            found = calls.entered(self, found, frame)
        return self._hint(strings.unpack(found, binding.path, name), binding, frame, name)

    def _before(self, scope: Scope, name: str, binding: Binding, frame: Frame) -> Value:
        """Return what a name was before `name += …`; what the same statement added in an earlier round is left out."""
        key = (id(binding), id(frame.bound), -1)
        if key in self.active:
            return Value(())
        self.active.add(key)
        try:
            return self.local(scope, name, binding.at, frame) or unknown(name, f"{name} is not set before")
        finally:
            self.active.discard(key)

    def _hint(self, found: Value, binding: Binding, frame: Frame, name: str) -> Value:
        if isinstance(binding.extra, ast.expr) and all(isinstance(a.datum, Unknown) for a in found.alternatives):
            hinted = typed(self, binding.extra, frame, name)
            if any(isinstance(item.datum, Instance) for item in hinted.alternatives):
                return Value(hinted.alternatives, found.needs)
        return found

    def imported(self, scope: Scope, binding: Binding) -> Value:
        """Return what an import brings in."""
        level, origin, name = origin_of(binding)
        absolute = self.view.absolute(scope.module, level, origin)
        found = self.view.find(absolute, scope.module)
        if not name:
            return one(ModuleRef(found)) if found else one(External(absolute))
        if found is None or found is scope.module:
            inner = self.view.find(f"{absolute}.{name}", scope.module)
            return one(ModuleRef(inner)) if inner else self.outside(f"{absolute}.{name}")
        value = self.member(found, name)
        self.used.update(item.constant for item in value.alternatives if item.constant)
        return value

    # classes

    def chain(self, scope: Scope) -> tuple[tuple[Scope, ...], tuple[str, ...]]:
        """Return a class with its readable bases in order of look-up, and the dotted names of foreign ones."""
        key = ("chain", id(scope))
        if key not in self.memo:
            self.memo[key] = ((scope,), ())
            self.memo[key] = attributes.chain(self, scope)
        return self.memo[key]  # type: ignore[return-value]

    def method(self, scope: Scope, name: str) -> Scope | None:
        """Return the function that `name` means on objects of a class."""
        for item in self.chain(scope)[0]:
            child = item.child(name)
            if child is not None and child.kind == "function":
                return child
        return None

    def is_model(self, scope: Scope) -> bool:
        """Say whether a class is a Pydantic model that is not a settings class."""
        foreign = [name.rpartition(".")[2] for name in self.chain(scope)[1]]
        return any(name in ("BaseModel", "RootModel", "GenericModel", "SQLModel") for name in foreign)


def _mappings(constants: Mapping[str, str]) -> dict[str, Table]:
    """Return the tables of which the contracts hold entries: `names.TOPICS[state]` is one of `names.TOPICS`."""
    found: dict[str, dict[tuple[str, ...], Value]] = {}
    for dotted, topic in constants.items():
        table, mark, keys = dotted.removesuffix("]").partition("[")
        if mark:
            found.setdefault(table, {})[tuple(keys.split("]["))] = one(Text(topic), constant=dotted)
    return {table: _table(entries) for table, entries in found.items()}


def _table(entries: Mapping[tuple[str, ...], Value]) -> Table:
    """Return a table of entries by their keys, one inside of the other."""
    plain = [(one(Text(keys[0])), value) for keys, value in entries.items() if len(keys) == 1]
    inner: dict[str, dict[tuple[str, ...], Value]] = {}
    for keys, value in entries.items():
        if len(keys) > 1:
            inner.setdefault(keys[0], {})[keys[1:]] = value
    return Table((*plain, *((one(Text(key)), one(_table(found))) for key, found in inner.items())))


def _elsewhere(binding: Binding) -> tuple[Scope, Binding]:
    """Return the function and binding that assign a global name."""
    place: tuple[Scope, Binding] = binding.extra  # type: ignore[assignment]
    return place
