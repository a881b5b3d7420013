"""Members of enumerations: their values, the methods and properties of their class, and a loop over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.functions import decorated
from asyncapi.scan.modules import Scope
from asyncapi.scan.values import Alternative, Frame, Instance, Klass, Routine, Sequence, Text, Value, join

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
    from asyncapi.scan.passing import Arguments

BASES = frozenset(["Enum", "StrEnum", "IntEnum", "Flag", "IntFlag", "ReprEnum"])


def is_enumeration(ev: Evaluator, scope: Scope) -> bool:
    """Say whether a class is an enumeration."""
    return any(name.rpartition(".")[2] in BASES for name in ev.chain(scope)[1])


def member(ev: Evaluator, scope: Scope, found: Value) -> Value:
    """Return the value of a class-level name as the member it is; one made from a tuple is an object."""
    if not is_enumeration(ev, scope):
        return found
    made = ev.method(scope, "__init__") is not None
    return Value(tuple(_member(item, scope, made) for item in found.alternatives), found.needs)


def _member(item: Alternative, scope: Scope, made: bool) -> Alternative:
    if isinstance(item.datum, Sequence) and made:
        return item._replace(datum=Instance(scope, "", item.datum.items, (), True))
    return item._replace(member=scope) if isinstance(item.datum, Text | Sequence) else item


def method(ev: Evaluator, item: Alternative, name: str, passed: Arguments, frame: Frame) -> Value | None:
    """Return what a method that an enumeration defines gives for one of its members."""
    from asyncapi.scan.calls import run

    own = ev.method(item.member, name) if item.member is not None else None
    if own is None or item.member is None:
        return None
    if decorated(own, "classmethod") or decorated(own, "staticmethod"):
        owner = None if decorated(own, "staticmethod") else Klass(item.member)
        return run(ev, Routine(own, owner), passed.positional, passed.named, frame)
    return run(ev, Routine(own), [Value((item,)), *passed.positional], passed.named, frame)


def attribute(ev: Evaluator, item: Alternative, name: str, frame: Frame) -> Value | None:
    """Return what a property that an enumeration defines gives for one of its members."""
    from asyncapi.scan.calls import run

    own = ev.method(item.member, name) if item.member is not None else None
    if own is not None and (decorated(own, "property") or decorated(own, "cached_property")):
        return run(ev, Routine(own), [Value((item,))], {}, frame)
    return Value((item,)) if name in ("value", "_value_") else None


def listed(ev: Evaluator, value: Value) -> Value:
    """Return what a loop runs over: of an enumeration, its members."""
    if not any(isinstance(item.datum, Klass) for item in value.alternatives):
        return value
    return Value(tuple(_listed(ev, item) for item in value.alternatives), value.needs)


def _listed(ev: Evaluator, item: Alternative) -> Alternative:
    from asyncapi.scan.attributes import of_class

    datum = item.datum
    if not isinstance(datum, Klass) or not is_enumeration(ev, datum.scope):
        return item
    frame = ev.frame(datum.scope)
    names = [
        name for name, bound in datum.scope.bindings.items() if bound[-1].kind == "value" and not name.startswith("_")
    ]
    return item._replace(datum=Sequence(tuple(join([of_class(ev, datum, name, frame)]) for name in names)))
