"""Which objects a method can run on: where a class has subclasses, `self` is each of the objects that are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.scan.functions import decorated, first_parameter, owner_of
from asyncapi.scan.modules import Scope
from asyncapi.scan.openings import functions_around
from asyncapi.scan.values import Frame, Instance, Key

if TYPE_CHECKING:
    from asyncapi.scan.callers import Caller
    from asyncapi.scan.evaluate import Evaluator


def self_of(scope: Scope) -> tuple[Scope, Key] | None:
    """Return the method that code stands in, with the key of its `self`; None outside of methods."""
    for function in functions_around(scope):
        if owner_of(function) is not None and not decorated(function, "classmethod") and first_parameter(function):
            return function, (id(function), first_parameter(function))
    return None


def choices(ev: Evaluator, scope: Scope, frame: Frame) -> tuple[Key, list[Instance]] | None:
    """Return the `self` of the code in a scope and what it can be, where its class alone does not tell."""
    found = self_of(scope)
    if found is None:
        return None
    method, key = found
    owner = owner_of(method)
    given = frame.bound.get(key)
    for item in ev.force(given).alternatives if given is not None else ():
        if isinstance(item.datum, Instance) and item.datum.scope is not None:
            if item.datum.known or item.datum.name:
                return None
            owner = item.datum.scope
    if owner is None or not ev.view.derived.get(owner.name):
        return None
    return key, _objects(ev, owner, method)


def _objects(ev: Evaluator, owner: Scope, method: Scope) -> list[Instance]:
    """Return the objects of a class and its subclasses that are made in sight, else one of each subclass."""
    key = ("objects", id(owner), method.name)
    if key not in ev.memo:
        ev.memo[key] = []
        made = [item for item in _constructed(ev, owner) if _runs(ev, item, method)]
        kinds = [Instance(scope, "") for scope in _subclasses(ev, owner)]
        ev.memo[key] = made or [item for item in kinds if _runs(ev, item, method)]
    return ev.memo[key]  # type: ignore[return-value]


def _constructed(ev: Evaluator, owner: Scope) -> Iterator[Instance]:
    from asyncapi.scan.callers import constructions

    seen = set()
    for spot, made in constructions(ev, owner):
        place = (id(spot.call), id(made.scope))
        if place not in seen:
            seen.add(place)
            yield made


def _subclasses(ev: Evaluator, owner: Scope) -> Iterator[Scope]:
    """Yield the subclasses of a class that leave no method abstract."""
    names = ev.view.derived.get(owner.name, frozenset())
    for module in ev.view.everything:
        for scope in module.scope.children if module.scope is not None and _mentions(module.text, names) else ():
            if (
                scope.kind == "class"
                and scope.name in names
                and owner in ev.chain(scope)[0]
                and not is_abstract(ev, scope)
            ):
                yield scope


def _mentions(text: str, names: frozenset[str]) -> bool:
    return any(f"class {name}" in text for name in names)


def is_abstract(ev: Evaluator, scope: Scope) -> bool:
    """Say whether a class leaves an abstract method of a base unwritten, so that nobody can make objects of it."""
    classes = ev.chain(scope)[0]
    for at, item in enumerate(classes):
        for child in item.children:
            if child.kind == "function" and decorated(child, "abstractmethod"):
                nearer = [scope for scope in classes[:at] if child.name in scope.bindings or scope.child(child.name)]
                if not nearer:
                    return True
    return False


def _runs(ev: Evaluator, datum: Instance, method: Scope) -> bool:
    """Say whether a method runs on an object: it is the object's own, or the own one hands on to it."""
    assert datum.scope is not None
    own = ev.method(datum.scope, method.name)
    if own is method:
        return True
    lines = own.module.text.split("\n")[own.start - 1 : own.end] if own is not None else []
    return any(f"super().{method.name}(" in line for line in lines)


def known_self(ev: Evaluator, scope: Scope, frame: Frame) -> Instance | None:
    """Return the object that a method of a class with subclasses is known to run on."""
    owner = owner_of(scope)
    if owner is None or not ev.view.derived.get(owner.name):
        return None
    given = frame.bound.get((id(scope), first_parameter(scope)))
    for item in ev.force(given).alternatives if given is not None else ():
        if isinstance(item.datum, Instance) and item.datum.scope not in (None, owner):
            return item.datum
    return None


def fits(ev: Evaluator, caller: Caller, own: Instance) -> bool:
    """Say whether a call can be one on this object."""
    owner = caller.owner
    if not isinstance(owner, Instance) or owner.scope is None or own.scope is None:
        return True
    return owner.scope in ev.chain(own.scope)[0] or own.scope in ev.chain(owner.scope)[0]


def elsewhere(ev: Evaluator, handler: Scope, method: Scope, frame: Frame) -> bool:
    """Say whether a handler of one subclass cannot lead to what a method of their base does on another's object."""
    found, ours = self_of(method), self_of(handler)
    own = known_self(ev, found[0], frame) if found is not None else None
    mine = owner_of(ours[0]) if ours is not None else None
    base = owner_of(found[0]) if found is not None else None
    if own is None or own.scope is None or mine is None or base not in ev.chain(mine)[0]:
        return False
    return mine not in ev.chain(own.scope)[0] and own.scope not in ev.chain(mine)[0]
