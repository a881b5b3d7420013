"""What each kind of expression can be, by the values of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.scan.values import Alternative, Const

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast
from collections.abc import Iterator, Mapping

from asyncapi.scan import attributes, bounds, calls, enumerations, guards, labels, strings, subscripts, text_tests
from asyncapi.scan.values import (
    External,
    Frame,
    Instance,
    Key,
    Lambda,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    derived,
    join,
    one,
    unknown,
)


def constant(_: Evaluator, node: ast.expr, __: Frame) -> Value:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, str):
        return one(Text(node.value))
    if isinstance(node.value, bytes):
        return one(Text(node.value.decode("utf-8", "replace")))
    if node.value is None or isinstance(node.value, bool | int | float):
        return one(Const(node.value))
    return unknown("value", "the literal is no text")


def _name(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Name)
    return _renamed(ev.name(node.id, frame), node.id)


def _renamed(found: Value, name: str) -> Value:
    """Name what is only known at run time after the variable that holds it."""
    if not any(isinstance(item.datum, Unknown) for item in found.alternatives):
        return found
    renamed = tuple(
        item._replace(datum=item.datum._replace(name=name)) if isinstance(item.datum, Unknown) else item
        for item in found.alternatives
    )
    return Value(renamed, found.needs)


LONGEST = 512  # items of one display: longer ones are data, and each item is evaluated anew for each frame


def _sequence(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    found: list[Value] = []
    for item in bounds.first(node.elts, LONGEST, "items of a list", ev.source(frame.scope, node.lineno)):
        if isinstance(item, ast.Starred):
            found.extend(strings.elements(ev.value(item.value, frame)))
        else:
            found.append(ev.value(item, frame))
    return Value((Alternative(Sequence(tuple(found))),), frozenset().union(*(item.needs for item in found)))


def _dict(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Dict)
    pairs: list[tuple[Value, Value]] = []
    place = ev.source(frame.scope, node.lineno)
    whole = len(node.keys) <= LONGEST
    for key, item in bounds.first(list(zip(node.keys, node.values, strict=True)), LONGEST, "entries of a dict", place):
        if key is None:
            spread = ev.value(item, frame)
            pairs.extend(strings.pairs(spread))
            whole = whole and all(not isinstance(part.datum, Table) or part.datum.whole for part in spread.alternatives)
        else:
            pairs.append((ev.value(key, frame), ev.value(item, frame)))
    needs: frozenset[Key] = frozenset().union(*(value.needs for pair in pairs for value in pair))
    table = Table(tuple(pairs), (frame.scope.module.file, node.lineno), whole)
    return Value((Alternative(table),), needs)


def _comprehension(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """Return what a comprehension makes: a list of its own for each list that it can run over."""
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp)
    over = enumerations.listed(ev, ev.value(node.generators[0].iter, frame))
    lists = [Value((item,), over.needs) for item in over.alternatives if isinstance(item.datum, Sequence)]
    return join(_made(ev, node, frame, choice) for choice in (lists if len(lists) > 1 else [over]))


def _made(
    ev: Evaluator, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame, over: Value
) -> Value:
    found: list[Value] = []
    pairs: list[tuple[Value, Value]] = []
    for inner in calls.loops(ev, node.generators, frame, over):
        if isinstance(node, ast.DictComp):
            pairs.append((ev.value(node.key, inner), ev.value(node.value, inner)))
        else:
            found.append(ev.value(node.elt, inner))
    flat = [*found, *(value for pair in pairs for value in pair)]
    needs: frozenset[Key] = frozenset().union(*(value.needs for value in flat))
    datum = Table(tuple(pairs)) if isinstance(node, ast.DictComp) else Sequence(tuple(found))
    return Value((Alternative(datum),), needs)


def _choice(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    if isinstance(node, ast.BoolOp):
        return join(ev.value(item, frame) for item in _deciding(ev, node, frame))
    assert isinstance(node, ast.IfExp)
    certain = (guards.truth if frame.bound else text_tests.certain)(ev, node.test, frame)
    if certain is not None:
        return ev.value(node.body if certain else node.orelse, frame)
    return join([ev.value(node.body, frame), ev.value(node.orelse, frame)])


def _deciding(ev: Evaluator, node: ast.BoolOp, frame: Frame) -> Iterator[ast.expr]:
    """Yield the operands that `a or b`, `a and b` can give: not those that hand on, none after one that ends it."""
    stop = isinstance(node.op, ast.Or)
    for item in node.values[:-1]:
        verdict = guards.truth(ev, item, frame) if frame.bound else None
        if verdict is not None and verdict is not stop:
            continue
        yield item
        if verdict is stop:
            return
    yield node.values[-1]


def _inner(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Await | ast.NamedExpr | ast.Starred | ast.FormattedValue)
    return ev.value(node.value, frame)


def _binary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.BinOp)
    right = node.right.elts if isinstance(node.op, ast.Mod) and isinstance(node.right, ast.Tuple) else [node.right]
    names = [labels.label(item) for item in (node.left, *right)]
    return strings.binary(node.op, ev.value(node.left, frame), ev.value(node.right, frame), names)


def _joined(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.JoinedStr)
    parts = [
        (labels.label(item.value), ev.value(item.value, frame))
        if isinstance(item, ast.FormattedValue)
        else ("", ev.value(item, frame))
        for item in node.values
    ]
    return strings.concatenate(parts)


def _lambda(_: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Lambda)
    return one(Lambda(node, frame))


def _attribute(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Attribute)
    base = ev.value(node.value, frame)
    found = join(attributes.attribute(ev, item, node.attr, frame) for item in base.alternatives)
    found = _renamed(Value(found.alternatives, found.needs | base.needs), node.attr)
    if node.attr == "topic" and all(_foreign(item) for item in base.alternatives):
        found = Value(tuple(map(_received_topic, found.alternatives)), found.needs)
    if any(isinstance(item.datum, Text) and item.steps for item in found.alternatives):
        return derived(found, ev.step(labels.dotted(node), frame.scope, node.lineno))
    return found


def _foreign(item: Alternative) -> bool:
    datum = item.datum
    return isinstance(datum, Unknown) or (isinstance(datum, Instance) and datum.scope is None)


def _received_topic(item: Alternative) -> Alternative:
    """Mark what nobody can tell of the `topic` of an object that is none of ours as the topic of a message."""
    if isinstance(item.datum, Unknown):
        return item._replace(datum=item.datum._replace(incoming=()))
    if isinstance(item.datum, External):
        return item._replace(datum=Unknown("topic", f"{item.datum.name} is only known at run time", incoming=()))
    return item


HANDLERS: Mapping[type, Callable[[Evaluator, ast.expr, Frame], Value]] = {
    ast.Constant: constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.BoolOp: _choice,
    ast.IfExp: _choice,
    ast.Await: _inner,
    ast.NamedExpr: _inner,
    ast.Starred: _inner,
    ast.BinOp: _binary,
    ast.JoinedStr: _joined,
    ast.Lambda: _lambda,
    ast.Subscript: subscripts.subscript,
    ast.Call: calls.call,
}
