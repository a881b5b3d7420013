"""Subscripts: what `table[key]` can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.values import Alternative, Const

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast

from asyncapi.scan import labels, strings
from asyncapi.scan.attributes import of_class
from asyncapi.scan.modules import Scope
from asyncapi.scan.values import (
    External,
    Frame,
    Instance,
    Klass,
    Routine,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    join,
    missing_item,
    one,
    spelled,
    unknown,
)
from asyncapi.topics import overlaps


def subscript(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """Return what `value[key]` can be."""
    assert isinstance(node, ast.Subscript)
    base = ev.value(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        return base
    if (union := _union(base)) and (parts := node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]):
        return join(ev.value(part, frame) for part in (parts[:1] if union == "Annotated" else parts))
    key = ev.value(node.slice, frame)
    found = join(item_of(ev, item, key, labels.label(node), None) for item in base.alternatives)
    return Value(found.alternatives, found.needs | base.needs | key.needs)


def _union(base: Value) -> str:
    """Return the last name of what is subscripted when it stands for a choice of types."""
    names = {item.datum.name.rpartition(".")[2] for item in base.alternatives if isinstance(item.datum, External)}
    return next(iter(names)) if len(names) == 1 and names <= {"Annotated", "Union", "Optional"} else ""


def item_of(ev: Evaluator, item: Alternative, key: Value, name: str, default: Value | None) -> Value:
    """Return what a key of one alternative gives; an unknown key gives every value of the table."""
    datum = item.datum
    if isinstance(datum, External) and datum.name == "os.environ":
        from asyncapi.scan.builtin_calls import environment

        return environment(key, default, name)
    if isinstance(datum, Table):
        return _of_table(ev, datum, key, name, default)
    if isinstance(datum, Sequence):
        for choice in key.alternatives:
            if isinstance(choice.datum, Const) and isinstance(choice.datum.value, int):
                index = choice.datum.value
                if -len(datum.items) <= index < len(datum.items):
                    return datum.items[index]
        return join(datum.items) if datum.items else unknown(name, "the list is empty in source")
    if isinstance(datum, Instance) and datum.scope is not None:
        return _of_item_method(ev, datum, key, name)
    if isinstance(datum, Klass) and (texts := strings.key_of(key)):
        return of_class(ev, datum, texts, ev.frame(datum.scope))
    if isinstance(datum, Klass) and ev.is_model(datum.scope):
        return Value((item,))
    missing = one(missing_item(datum, strings.key_of(key), strings.key_of(key) or name))
    return join([missing, default]) if default is not None else missing


def _of_table(ev: Evaluator, datum: Table, key: Value, name: str, default: Value | None) -> Value:
    classes = {item.datum.scope for item in key.alternatives if isinstance(item.datum, Klass)}
    if classes and (found := [value for own, value in datum.pairs if classes & _classes(own)]):
        return join(found)
    wanted = {strings.key_of(Value((item,))) for item in key.alternatives if isinstance(item.datum, Text | Const)}
    exact = [value for own, value in datum.pairs if strings.key_of(own) in wanted and strings.key_of(own)]
    if exact:
        return join(exact[-1:] if len(wanted) == 1 else exact)
    if ev.topic and any(isinstance(i.datum, Unknown) and i.datum.incoming == () for i in key.alternatives):
        fitting = [value for own, value in datum.pairs if overlaps(spelled(strings.key_of(own)), ev.topic)]
        if fitting:
            return join(fitting)
    vague = any(isinstance(item.datum, Unknown | Instance) for item in key.alternatives) or not wanted
    if vague and datum.pairs:
        return join([*(value for _, value in datum.pairs), *([default] if default is not None else [])])
    types = [ev.event_types[word] for word in wanted if word in ev.event_types]
    if types:
        return Value(tuple(Alternative(Text(word), confidence=0.8) for word in types))
    if default is not None:
        return default
    shown = next(iter(sorted(wanted)), name)
    if not datum.whole:
        return unknown(name, f"the key {shown!r} is not among those that were read of the table, which is longer")
    return unknown(name, f"the table has no key {shown!r} in source")


def _classes(value: Value) -> set[Scope]:
    return {item.datum.scope for item in value.alternatives if isinstance(item.datum, Klass)}


def _of_item_method(ev: Evaluator, datum: Instance, key: Value, name: str) -> Value:
    from asyncapi.scan.calls import run

    assert datum.scope is not None
    method = ev.method(datum.scope, "__getitem__")
    if method is None:
        return unknown(name, f"{datum.scope.qualname} is read by key at run time")
    return run(ev, Routine(method, datum), [key], {}, ev.frame(datum.scope))
