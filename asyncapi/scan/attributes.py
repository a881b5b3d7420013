"""Attributes and subscripts: what `object.name` and `table[key]` can be, from classes, assignments and defaults."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan import enumerations, labels
from asyncapi.scan.assignments import assigned, assigned_value
from asyncapi.scan.class_fields import class_level, default_of, given_value, is_class_constant, named_constant
from asyncapi.scan.modules import Scope
from asyncapi.scan.narrow import narrowed
from asyncapi.scan.parameters import typed
from asyncapi.scan.values import (
    ASKED,
    RESPONSE_TOPIC,
    Alternative,
    External,
    Frame,
    Instance,
    Klass,
    ModuleRef,
    Routine,
    Text,
    Unknown,
    Value,
    join,
    one,
    unknown,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def attribute(ev: Evaluator, item: Alternative, name: str, frame: Frame) -> Value:
    """Return what attribute `name` of one alternative can be; a response topic is what the request says it is."""
    found = _attribute(ev, item, name, frame)
    if name in RESPONSE_TOPIC and all(isinstance(given.datum, Unknown | External) for given in found.alternatives):
        return Value(one(Unknown(name, ASKED)).alternatives, found.needs)
    return found


def _attribute(ev: Evaluator, item: Alternative, name: str, frame: Frame) -> Value:
    datum = item.datum
    if item.member is not None and (found := enumerations.attribute(ev, item, name, frame)) is not None:
        return found
    if isinstance(datum, ModuleRef):
        return ev.member(datum.module, name)
    if isinstance(datum, External):
        return ev.outside(f"{datum.name}.{name}")
    if isinstance(datum, Klass) and name in ("__name__", "__qualname__"):
        return class_name(ev, datum)
    if isinstance(datum, Instance) and datum.scope is not None and name == "__class__":
        return one(Klass(datum.scope))
    if isinstance(datum, Klass):
        return of_class(ev, datum, name, frame)
    if isinstance(datum, Instance):
        if datum.scope is None:
            return of_foreign(ev, datum, name, frame)
        return of_object(ev, datum, name, frame)
    if isinstance(datum, Text) and name in ("value", "name"):
        return Value((item,))
    if isinstance(datum, Unknown) and datum.incoming is not None and name == "value":
        return Value((item,))
    if isinstance(datum, Unknown):
        origin = (datum.origin[0], name) if datum.origin[0] else ("", "")
        return one(Unknown(name, datum.reason, origin), environment=item.environment)
    return unknown(name, f"the attribute {name} of something only known at run time")


def class_name(ev: Evaluator, datum: Klass) -> Value:
    """Return the name of a class of which there can be objects; that of an abstract one is never seen."""
    from asyncapi.scan.objects import is_abstract

    if is_abstract(ev, datum.scope):
        return unknown(datum.scope.name, f"{datum.scope.qualname} is abstract: its name is that of a subclass")
    return one(Text(datum.scope.name))


def chain(ev: Evaluator, scope: Scope) -> tuple[tuple[Scope, ...], tuple[str, ...]]:
    """Return a class and its readable bases in order of look-up, and the dotted names of foreign ones."""
    found: list[Scope] = [scope]
    foreign: list[str] = []
    assert isinstance(scope.node, ast.ClassDef)
    outer = scope.parent
    for base in scope.node.bases:
        inner = base.value if isinstance(base, ast.Subscript) else base
        if outer is None or len(found) > 20:
            break
        for item in ev.value(inner, ev.frame(outer)).alternatives:
            if isinstance(item.datum, Klass):
                classes, names = ev.chain(item.datum.scope)
                found.extend(one for one in classes if one not in found)
                foreign.extend(names)
            elif isinstance(item.datum, External):
                foreign.append(item.datum.name)
            else:
                foreign.append(labels.label(inner))
    return tuple(found), tuple(foreign)


def of_class(ev: Evaluator, datum: Klass, name: str, frame: Frame) -> Value:
    """Return what an attribute of a class itself can be: a method, a nested class, a class variable."""
    classes, foreign = ev.chain(datum.scope)
    for scope in classes:
        child = scope.child(name)
        if child is not None and child.kind == "function":
            return one(Routine(child, datum))
        bindings = scope.bindings.get(name)
        if bindings:
            found = join(
                ev.bound(scope, name, binding, ev.frame(scope, frame)._replace(at=binding.at)) for binding in bindings
            )
            found = join([default_of(ev, binding.expr, scope, frame) or found for binding in bindings[-1:]])
            dotted = f"{scope.module.name}.{scope.qualname}.{name}"
            found = Value(
                tuple(named_constant(ev, item, dotted, scope, bindings[-1].at) for item in found.alternatives)
            )
            return enumerations.member(ev, datum.scope, found) if bindings[-1].kind == "value" else found
    if name in ("value", "name", "__members__") or not foreign:
        return unknown(name, f"{datum.scope.qualname} has no {name} in source")
    return one(External(f"{foreign[0]}.{name}"))


def of_foreign(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    """Return what an attribute of an object of a foreign class can be."""
    given = dict(datum.given)
    if name in given:
        return ev.force(given[name])
    if datum.name.endswith("Namespace") or datum.name.endswith("parse_args"):
        from asyncapi.scan.arguments import argument

        found = argument(ev, name, frame)
        if found is not None:
            return found
    if datum.received:
        return one(Unknown(name, f"{name} is read from a received message", (datum.name, name)))
    return one(External(f"{datum.name}().{name}")) if datum.name else unknown(name, "an attribute of a foreign object")


def of_object(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    """Return what an attribute of an object of a readable class can be."""
    scope = datum.scope
    assert scope is not None
    classes, foreign = ev.chain(scope)
    for item in classes:
        child = item.child(name)
        if child is not None and child.kind == "function":
            return _member_function(ev, child, datum, frame)
        if name in item.bindings:
            break
    if datum.itself is not None:
        return of_object(ev, datum.itself, name, frame)
    if datum.received and not is_class_constant(ev, scope, name):
        return _received(ev, datum, name, frame)
    found = given_value(ev, classes, datum, name)
    if found is not None:
        return found
    inner = _inside(ev, datum, frame)
    key = ("attribute", id(scope), name, inner.open)
    known = inner.bound.memo.get(key)
    if known is not None:
        return known  # type: ignore[return-value]
    active = (id(scope), hash(name), id(inner.bound))
    if active in ev.active:
        ev.cycles += 1
        return Value(())
    cycles = ev.cycles
    ev.active.add(active)
    try:
        found = _set(ev, scope, classes, foreign, name, inner)
    finally:
        ev.active.discard(active)
    if cycles == ev.cycles:
        inner.bound.memo[key] = found
    return found


def _set(
    ev: Evaluator, scope: Scope, classes: tuple[Scope, ...], foreign: tuple[str, ...], name: str, inner: Frame
) -> Value:
    """Return what the methods of a class, or its body, set an attribute to."""
    places = [place for item in classes for place in assigned(ev, item).get(name, [])]
    if places:
        return _grown(ev, classes, name, assigned_value(ev, places, inner), inner)
    for item in classes:
        bindings = item.bindings.get(name)
        if bindings:
            return class_level(ev, item, classes, name, inner)
    if name == "__dict__" or foreign or any(item.child("__getattr__") for item in classes):
        return unknown(name, f"{name} comes from a base class of {scope.qualname} that cannot be read")
    return unknown(name, f"{scope.qualname} never sets {name}")


def _received(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    scope = datum.scope
    assert scope is not None
    dotted = f"{scope.module.name}.{scope.qualname}"
    for item in ev.chain(scope)[0]:
        for binding in item.bindings.get(name, [])[-1:]:
            if isinstance(binding.extra, ast.expr):
                hint = typed(ev, binding.extra, ev.frame(item, frame), name)
                if any(isinstance(one.datum, Instance) for one in hint.alternatives):
                    return hint
    return one(Unknown(name, f"{name} is read from a received message", (dotted, name)))


def _member_function(ev: Evaluator, child: Scope, datum: Instance, frame: Frame) -> Value:
    from asyncapi.scan.calls import run
    from asyncapi.scan.functions import decorated

    routine = Routine(child, None if decorated(child, "staticmethod") else datum)
    if decorated(child, "property") or decorated(child, "cached_property") or decorated(child, "computed_field"):
        return run(ev, routine, [], {}, frame)
    return one(routine)


def _inside(ev: Evaluator, datum: Instance, frame: Frame) -> Frame:
    """Return a frame in which the constructor's parameters have the values the object was made with."""
    from asyncapi.scan.passing import constructed

    if not datum.known:
        assert datum.scope is not None
        bound, opened = narrowed(ev, frame, datum.scope)
        return Frame(frame.scope, frame.at, bound, opened, {})
    return Frame(frame.scope, frame.at, constructed(ev, datum), frozenset(), {})


def _grown(ev: Evaluator, classes: tuple[Scope, ...], name: str, found: Value, frame: Frame) -> Value:
    from asyncapi.scan.mutations import grown_attribute

    return grown_attribute(ev, classes, name, found, frame)
