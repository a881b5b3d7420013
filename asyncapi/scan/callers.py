"""Who calls a function: found by name in text, confirmed by what the name means there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import calls, labels, passing, strings
from asyncapi.scan.functions import owner_of
from asyncapi.scan.modules import FUNCTIONS, Module, Scope
from asyncapi.scan.parameters import hinted
from asyncapi.scan.spots import CARRIERS, COMPREHENSIONS, Spot
from asyncapi.scan.spots import calls as spots
from asyncapi.scan.values import (
    Bindings,
    Frame,
    Given,
    Instance,
    Key,
    Klass,
    Lazy,
    Routine,
    Unknown,
    Value,
    one,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

COMMON = frozenset(
    [
        "publish",
        "subscribe",
        "send",
        "get",
        "put",
        "run",
        "start",
        "stop",
        "close",
        "connect",
        "emit",
        "on",
        "add",
        "register",
        "set",
        "write",
    ]
)


class Bound(NamedTuple):
    """A call with its arguments evaluated into the callee's parameters."""

    bound: dict[Key, Given]
    frame: Frame
    confidence: float


class Caller(NamedTuple):
    """One call of a function: the spot, the object it is called on, and how sure that is."""

    spot: Spot
    target: Scope
    owner: Instance | Klass | None
    confidence: float
    skip: int = 0
    queue: Key | None = None
    carried: Key | None = None
    given: tuple[tuple[str, Value], ...] = ()

    def frame(self, ev: Evaluator, opened: frozenset[Key] = frozenset(), bound: Bindings | None = None) -> Frame:
        """Return the frame in which the call's arguments are evaluated."""
        frame = Frame(self.spot.scope, self.spot.at, bound if bound is not None else ev.nothing, opened, {})
        return surrounded(ev, self.spot, frame)

    def bind(self, ev: Evaluator, frame: Frame | None = None) -> Bound:
        """Return the callee's parameters as this call fills them."""
        inner = frame if frame is not None else self.frame(ev)
        if self.queue is not None:
            return Bound({self.queue: Lazy(self.spot.call.args[-1], inner)}, inner, self.confidence)
        if self.carried is not None:
            return Bound({self.carried: Lazy(self.spot.call, inner)}, inner, self.confidence)
        passed = passing.arguments(ev, self.spot.call, inner)
        before = [value for name, value in self.given if name.startswith("*")]
        named = {**{name: value for name, value in self.given if not name.startswith("*")}, **passed.named}
        positional: list[Given] = [*before, *passed.positional[self.skip :]]
        owner, rest = passing.receiver(ev, self.target, self._receiver(ev, inner), positional)
        bound = passing.bind(ev, self.target, rest, named, owner)
        return Bound(bound, inner, self.confidence)

    def _receiver(self, ev: Evaluator, frame: Frame) -> Instance | Klass | None:
        """Return the object the function is called on, as the frame knows it."""
        func = self.spot.call.func
        if not isinstance(self.owner, Instance) or self.owner.known or not isinstance(func, ast.Attribute):
            return self.owner
        found = [
            item.datum
            for item in ev.value(func.value, frame).alternatives
            if isinstance(item.datum, Instance) and item.datum.known and _is_own(ev, item.datum, self.target)
        ]
        return found[0] if len(found) == 1 else self.owner


def surrounded(ev: Evaluator, spot: Spot, frame: Frame) -> Frame:
    """Return the frame inside the comprehensions around a spot, with their variables as any round has them."""
    inner = dict(frame.inner)
    for node in spot.around:
        current = frame._replace(inner=inner)
        if isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                value = strings.items(ev.value(generator.iter, current), labels.label(generator.iter))
                inner = {**inner, **calls.targets(generator.target, value, ())}
                current = frame._replace(inner=inner)
        elif isinstance(node, ast.Lambda):
            for argument in node.args.args:
                inner = {**inner, argument.arg: one(Unknown(argument.arg, "a lambda's parameter"))}
    return frame._replace(inner=inner)


def callers(ev: Evaluator, scope: Scope) -> list[Caller]:
    """Return the calls of a function in the service and its libraries, in file order."""
    if id(scope) not in ev.callers:
        ev.callers[id(scope)] = []
        ev.callers[id(scope)] = list(_search(ev, scope))
    return ev.callers[id(scope)]


def _search(ev: Evaluator, scope: Scope) -> list[Caller]:
    owner = owner_of(scope)
    if owner is not None and scope.name in ("__init__", "__post_init__", "__new__"):
        return _constructions(ev, scope, owner)
    if not isinstance(scope.node, FUNCTIONS):
        return []
    found = []
    name = scope.name
    objects = _objects_named(ev, owner) if owner is not None and name == "__call__" else ()
    for module in _candidates(ev, scope):
        for word in (*_aliases(module, name), *_prepared(ev, name), *objects):
            lines = module.mentions(word)
            for spot in spots(module, lines, re.compile(re.escape(word))):
                caller = _confirm(ev, scope, owner, spot)
                if caller is not None:
                    found.append(caller)
            found.extend(_carried(ev, scope, module, word, lines))
            found.extend(_started(ev, scope, owner, module, word, lines))
    return found


def _candidates(ev: Evaluator, scope: Scope) -> list[Module]:
    """Return the modules that can call a function; what lies in one service's file is not called by libraries."""
    return ev.view.everything if scope.module.library else ev.view.files


def _aliases(module: Module, name: str) -> list[str]:
    """Return the names under which a module may know a function: its own, and `import … as` others."""
    found = [name]
    if f"{name} as " in module.text:
        found += re.findall(rf"\b{re.escape(name)} as (\w+)", module.text)
    return found


def _prepared(ev: Evaluator, name: str) -> tuple[str, ...]:
    """Return the names given to a function with some of its arguments: `send_state = partial(send, qos=1)`."""
    key = ("prepared", 0, name)
    if key not in ev.memo:
        pattern = re.compile(rf"\b(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)?partial\(\s*(?:\w+\.)*{re.escape(name)}\b")
        found = [
            word for module in ev.view.everything if "partial(" in module.text for word in pattern.findall(module.text)
        ]
        ev.memo[key] = tuple(dict.fromkeys(word for word in found if word != name))
    return ev.memo[key]  # type: ignore[return-value]


def _objects_named(ev: Evaluator, owner: Scope) -> tuple[str, ...]:
    """Return the names given to objects of a class, by which they are called: `publish = Publisher("pumps")`."""
    found: dict[str, None] = {}
    for spot, _ in constructions(ev, owner):
        node = spot.scope.records[spot.at].node
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found.update(dict.fromkeys(labels.label(target) for target in targets))
    return tuple(found)


def _confirm(ev: Evaluator, scope: Scope, owner: Scope | None, spot: Spot) -> Caller | None:
    func = spot.call.func
    frame = surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing, frozenset(), {}))
    if isinstance(func, ast.Attribute) and owner is not None and func.attr == scope.name:
        return _on_object(ev, scope, owner, spot, ev.value(func.value, frame))
    for item in ev.value(func, frame).alternatives:
        if scope.name == "__call__" and _is_own(ev, item.datum, scope) and isinstance(item.datum, Instance):
            return Caller(spot, scope, item.datum, item.confidence)
        if isinstance(item.datum, Routine) and item.datum.scope is scope:
            bound = item.datum.owner
            known = bound if isinstance(bound, Instance | Klass) else None
            return Caller(spot, scope, known, item.confidence, given=item.datum.given)
    return None


def _on_object(ev: Evaluator, scope: Scope, owner: Scope, spot: Spot, value: Value) -> Caller | None:
    vague = False
    own = [item for item in value.alternatives if _is_own(ev, item.datum, scope)]
    if len(own) > 1:
        return Caller(spot, scope, Instance(owner, ""), min(item.confidence for item in own))
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Instance | Klass) and datum.scope is not None:
            classes = ev.chain(datum.scope)[0]
            if item in own:
                return Caller(spot, scope, datum, item.confidence)
            if owner in classes and datum.scope is not owner:
                continue
            if _abstract_base(ev, datum.scope, owner, scope.name):
                return Caller(spot, scope, Instance(owner, ""), min(item.confidence, 0.8))
        elif isinstance(datum, Unknown) or (
            isinstance(datum, Instance) and datum.name.rpartition(".")[2] in (owner.name, "Any", "Protocol")
        ):
            vague = True
    if vague and _distinctive(ev, scope, spot):
        return Caller(spot, scope, Instance(owner, ""), 0.7)
    return None


def _is_own(ev: Evaluator, datum: object, scope: Scope) -> bool:
    """Say whether a function is a method of an object or class."""
    return (
        isinstance(datum, Instance | Klass) and datum.scope is not None and ev.method(datum.scope, scope.name) is scope
    )


def _abstract_base(ev: Evaluator, declared: Scope, owner: Scope, name: str) -> bool:
    """Say whether a class declares a method that `owner` implements: a base class or a protocol."""
    if declared is owner:
        return False
    method = ev.method(declared, name)
    if method is None:
        return False
    protocol = any(item.endswith("Protocol") for item in ev.chain(declared)[1])
    return declared in ev.chain(owner)[0] or (protocol and ev.method(owner, name) is not None)


def _distinctive(ev: Evaluator, scope: Scope, spot: Spot) -> bool:
    """Say whether a method's name alone tells which method is meant."""
    func = spot.call.func
    assert isinstance(func, ast.Attribute)
    receiver = labels.label(func.value).lower()
    if scope.name in COMMON:
        return "mqtt" in receiver or receiver.lstrip("_") == (scope.parent.name.lower() if scope.parent else "")
    key = ("defined", hash(scope.name))
    if key not in ev.memo:
        pattern = re.compile(rf"^[ \t]+(?:async )?def {re.escape(scope.name)}\b", re.MULTILINE)
        ev.memo[key] = sum(len(pattern.findall(module.text)) for module in ev.view.everything)
    return ev.memo[key] == 1


def _carried(ev: Evaluator, scope: Scope, module: Module, word: str, lines: tuple[int, ...]) -> list[Caller]:
    """Return calls that pass the function on with its arguments: `partial(f, x)`, `call_soon(f, x)`, `to_thread`."""
    found = []
    for spot in spots(module, lines, re.compile("|".join(CARRIERS))):
        place = CARRIERS.get(labels.label(spot.call.func))
        if place is None or len(spot.call.args) <= place or _called_later(ev, spot):
            continue
        target = spot.call.args[place]
        if not isinstance(target, ast.Name | ast.Attribute) or labels.label(target) != word:
            continue
        frame = surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing, frozenset(), {}))
        for item in ev.value(target, frame).alternatives:
            if isinstance(item.datum, Routine) and item.datum.scope is scope:
                owner = item.datum.owner
                bound = owner if isinstance(owner, Instance | Klass) else None
                found.append(Caller(spot, scope, bound, item.confidence, place + 1))
    return found


STARTING = re.compile("Thread|Process")


def _started(
    ev: Evaluator, scope: Scope, owner: Scope | None, module: Module, word: str, lines: tuple[int, ...]
) -> list[Caller]:
    """Return the calls that a thread or process will make: `Thread(target=f, args=(x,))`."""
    found = []
    for spot in spots(module, lines, STARTING):
        named = {keyword.arg: keyword.value for keyword in spot.call.keywords}
        target, passed = named.get("target"), named.get("args", ast.Tuple(elts=[]))
        if target is None or labels.label(target) != word or not isinstance(passed, ast.Tuple | ast.List):
            continue
        call = ast.copy_location(ast.Call(func=target, args=passed.elts, keywords=[]), spot.call)
        caller = _confirm(ev, scope, owner, spot._replace(call=call, origin=spot.call))
        if caller is not None:
            found.append(caller)
    return found


def _called_later(ev: Evaluator, spot: Spot) -> bool:
    """Say whether a prepared function gets a name by which others call it: then those are the calls."""
    node = spot.scope.records[spot.at].node
    if not isinstance(node, ast.Assign) or node.value is not spot.call:
        return False
    names = [re.escape(labels.label(target)) for target in node.targets]
    called = re.compile(rf"\b(?:{'|'.join(names)})\(")
    return any(called.search(module.text) for module in ev.view.everything)


def _constructions(ev: Evaluator, scope: Scope, owner: Scope) -> list[Caller]:
    """Return the places that make objects of a class, or of a subclass that leaves the constructor to it."""
    found = []
    for spot, made in constructions(ev, owner):
        init = ev.method(made.scope, "__init__") if made.scope is not None else None
        if init is scope or (scope.name != "__init__" and made.scope is not None):
            found.append(Caller(spot, scope, made, 1.0))
    for module in _candidates(ev, scope):
        found.extend(_super_calls(ev, scope, owner, module))
    return found


def constructions(ev: Evaluator, owner: Scope) -> list[tuple[Spot, Instance]]:
    """Return the calls that make objects of a class or of a class below it, with what they make."""
    names = {owner.name, *ev.view.derived.get(owner.name, ())}
    return [item for module in _candidates(ev, owner) for item in _made(ev, module, owner, names)]


def carriers(ev: Evaluator, function: Scope, key: Key) -> list[Caller]:
    """Return the constructions of what a function is handed that nobody in sight calls, by its annotation.

    A bus inside the program hands objects such as `Outgoing(topic, payload)` from where they are made to a listener.
    """
    hint = hinted(ev, function, key[1], ev.frame(function))
    classes = [item.datum.scope for item in hint.alternatives if isinstance(item.datum, Instance) and item.datum.scope]
    return [Caller(spot, function, None, 0.8, carried=key) for scope in classes for spot, _ in constructions(ev, scope)]


def _made(ev: Evaluator, module: Module, owner: Scope, names: set[str]) -> list[tuple[Spot, Instance]]:
    found = []
    for word in {word for name in names for word in _aliases(module, name)} | {"cls"}:
        if word == "cls" and module is not owner.module:
            continue
        for spot in spots(module, module.mentions(word), re.compile(re.escape(word))):
            frame = surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing, frozenset(), {}))
            for item in ev.value(spot.call, frame).alternatives:
                datum = item.datum
                if not isinstance(datum, Instance) or not datum.known or datum.scope is None:
                    continue
                if owner in ev.chain(datum.scope)[0]:
                    found.append((spot, datum))
                    break
    return found


def _super_calls(ev: Evaluator, scope: Scope, owner: Scope, module: Module) -> list[Caller]:
    if "super(" not in module.text or scope.name != "__init__":
        return []
    found = []
    for spot in spots(module, module.mentions("super"), re.compile("__init__")):
        child = spot.scope.parent
        if child is None or child.kind != "class" or child is owner:
            continue
        classes = ev.chain(child)[0]
        if owner in classes and next_constructor(classes) is scope:
            found.append(Caller(spot, scope, Instance(child, ""), 1.0))
    return found


def next_constructor(classes: tuple[Scope, ...]) -> Scope | None:
    """Return the constructor that `super().__init__` of a class means."""
    for item in classes[1:]:
        init = item.child("__init__")
        if init is not None:
            return init
    return None
