"""Calls prepared by `partial(client.publish, qos=1)`: where what they give is called, with all arguments together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.scan import bounds, labels
from asyncapi.scan.callers import surrounded
from asyncapi.scan.modules import FUNCTIONS, Module, Scope, headers
from asyncapi.scan.spots import CARRIERS, Spot, calls, last_name, statement
from asyncapi.scan.values import PARTIAL, Const, Frame, Instance, Klass, Routine, Text, Value

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

MOST_NAMES = 16
UNCLEAR = ast.Name("prepared elsewhere", ast.Load())


def prepared(ev: Evaluator, spot: Spot) -> list[Spot]:
    """Return the calls of what a `partial` gives, or nothing where that is called by no name in sight."""
    origin = spot.origin
    if origin is None or last_name(origin.func) != "partial":
        return []
    place = (spot.scope.module.file, origin.lineno)
    found: dict[int, Spot] = {}
    for word in _names(ev, spot, origin):
        for module in ev.view.everything:
            for called in calls(module, module.mentions(word), re.compile(re.escape(word))):
                if _is_prepared(ev, called, place):
                    found.setdefault(id(called.call), _together(ev, spot, called))
    return list(found.values())


def _is_prepared(ev: Evaluator, called: Spot, place: tuple[str, int]) -> bool:
    ev.refuel()
    frame = surrounded(ev, called, Frame(called.scope, called.at, ev.nothing, frozenset(), {}))
    data = [item.datum for item in ev.value(called.call.func, frame).alternatives]
    return any(isinstance(datum, Instance) and datum.name == PARTIAL and datum.place == place for datum in data)


def _together(ev: Evaluator, spot: Spot, called: Spot) -> Spot:
    """Return a call with the arguments of its preparation in front; those it names itself replace prepared ones."""
    own = {keyword.arg for keyword in called.call.keywords}
    before = [keyword for keyword in spot.call.keywords if keyword.arg not in own]
    call = ast.Call(
        func=called.call.func,
        args=[*(_fixed(ev, spot, item) for item in spot.call.args), *called.call.args],
        keywords=[
            *(ast.keyword(keyword.arg, _fixed(ev, spot, keyword.value)) for keyword in before),
            *called.call.keywords,
        ],
    )
    return called._replace(call=ast.copy_location(call, called.call), origin=called.call)


def _fixed(ev: Evaluator, spot: Spot, node: ast.expr) -> ast.expr:
    """Return an argument so that it means the same elsewhere: the one text or number that it is."""
    value = ev.value(node, surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing, frozenset(), {})))
    only = value.alternatives[0].datum if len(value.alternatives) == 1 and not value.needs else None
    if not isinstance(only, Const | Text):
        return UNCLEAR
    return ast.copy_location(ast.Constant(only.value if isinstance(only, Const) else only.text), node)


def _names(ev: Evaluator, spot: Spot, origin: ast.Call) -> list[str]:
    """Return the names by which a prepared call goes: assigned, returned, and as parameters that it is passed for."""
    found = dict.fromkeys(_named(ev, spot.scope, spot.at, origin))
    pending = list(found)
    while pending and len(found) < MOST_NAMES:
        word = pending.pop(0)
        fresh = [name for module in ev.view.everything for name in _onward(ev, module, word) if name not in found]
        found.update(dict.fromkeys(fresh))
        pending += fresh
    if pending:
        bounds.cut("names of a prepared call", len(found), None)
    return list(found)


def _onward(ev: Evaluator, module: Module, word: str) -> Iterator[str]:
    for line in module.mentions(word):
        place = statement(module, line)
        if place is None:
            continue
        scope, at = place
        for node in (inner for root in headers(scope.records[at].node) for inner in ast.walk(root)):
            if (isinstance(node, ast.Name | ast.Attribute) and labels.label(node) == word) or (
                isinstance(node, ast.Call) and last_name(node.func) == word
            ):
                yield from _named(ev, scope, at, node)


def _named(ev: Evaluator, scope: Scope, at: int, value: ast.expr) -> Iterator[str]:
    """Yield the names that a value gets in a statement."""
    node = scope.records[at].node
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is value:
        yield from (labels.label(item) for item in (node.targets if isinstance(node, ast.Assign) else [node.target]))
    elif isinstance(node, ast.Return) and node.value is value:
        yield scope.name
    for call in (item for root in headers(node) for item in ast.walk(root) if isinstance(item, ast.Call)):
        yield from (keyword.arg for keyword in call.keywords if keyword.value is value and keyword.arg)
        if value in call.args:
            yield from _parameter(ev, call, call.args.index(value), Frame(scope, at, ev.nothing, frozenset(), {}))


def _parameter(ev: Evaluator, call: ast.Call, position: int, frame: Frame) -> Iterator[str]:
    """Yield the name of the parameter for which a call passes its argument at a position."""
    skipped = CARRIERS.get(last_name(call.func))
    func = call.func if skipped is None else call.args[skipped] if skipped < position else None
    position -= 0 if skipped is None else skipped + 1
    for item in (ev.value(func, frame) if func is not None else Value(())).alternatives:
        datum = item.datum
        scope = ev.method(datum.scope, "__init__") if isinstance(datum, Klass) else None
        scope = datum.scope if isinstance(datum, Routine) else scope
        if scope is None or not isinstance(scope.node, FUNCTIONS):
            continue
        names = [argument.arg for argument in (*scope.node.args.posonlyargs, *scope.node.args.args)]
        names = names[1:] if scope.parent is not None and scope.parent.kind == "class" else names
        yield from names[position : position + 1]
