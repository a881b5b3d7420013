"""Which calls cannot happen: conditions around them that are plainly false for the object at hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan import labels
from asyncapi.scan.modules import ENDINGS, Block
from asyncapi.scan.spots import Spot
from asyncapi.scan.values import Bindings, Const, Frame, Sequence, Table, Text

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def reachable(ev: Evaluator, spots: list[Spot], frames: list[Frame]) -> bool:
    """Say whether no condition around a chain of calls is plainly false."""
    return all(_reachable(ev, spot, frame) for spot, frame in zip(spots, frames, strict=True))


def _reachable(ev: Evaluator, spot: Spot, frame: Frame) -> bool:
    records = spot.scope.records
    if not records or not frame.bound:
        return True
    block: Block | None = records[spot.at].block
    around = []
    while block is not None:
        if isinstance(block.owner, ast.If):
            verdict = truth(ev, block.owner.test, frame._replace(open=frozenset()))
            if (verdict is False and block.arm == "body") or (verdict is True and block.arm == "else"):
                return False
        around.append(block)
        block = block.parent
    for record in records[: spot.at]:
        node = record.node
        leaves = isinstance(node, ast.If) and record.block in around and isinstance(node.body[-1], ENDINGS[:2])
        if not isinstance(node, ast.If) or not leaves or _inside(spot, node):
            continue
        if truth(ev, node.test, frame._replace(open=frozenset())) is True:
            return False
    return True


def possible(ev: Evaluator, spot: Spot, bound: Bindings) -> bool:
    """Say whether the conditions around a call, `x if test else y` included, leave it possible with these values."""
    if not any(key[0] == id(spot.scope) for key in bound):
        return True
    ev.refuel()
    frame = Frame(spot.scope, spot.at, bound, frozenset(), {})
    for node in spot.around:
        if isinstance(node, ast.IfExp):
            verdict = truth(ev, node.test, frame)
            if verdict is not None and _holds(node.orelse if verdict else node.body, spot.call):
                return False
    return _reachable(ev, spot, frame)


def _holds(node: ast.expr, call: ast.Call) -> bool:
    return any(inner is call for inner in ast.walk(node))


def _inside(spot: Spot, node: ast.If) -> bool:
    return node.lineno <= spot.line <= (node.end_lineno or node.lineno)


KINDS = {"str": Text, "bytes": Text, "list": Sequence, "tuple": Sequence, "set": Sequence, "dict": Table}


def _is_a(ev: Evaluator, node: ast.expr, kind: ast.expr, frame: Frame) -> bool | None:
    """Return what `isinstance(x, str)` and the like give for a value that can only be of one built-in kind."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    wanted = {KINDS.get(labels.label(item)) for item in kinds}
    found = {type(item.datum) for item in ev.value(node, frame).alternatives}
    if None in wanted or len(found) != 1 or not found <= {Text, Sequence, Table}:
        return None
    return found <= wanted if found != {Sequence} or not found & wanted else None


def truth(ev: Evaluator, test: ast.expr, frame: Frame) -> bool | None:
    """Return what a plain test on a name or an attribute gives when it can be only one thing."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(ev, test.operand, frame)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [truth(ev, item, frame) for item in test.values]
        stop = isinstance(test.op, ast.Or)
        if stop in parts:
            return stop
        return None if None in parts else not stop
    if isinstance(test, ast.Call) and len(test.args) == 2 and labels.label(test.func) == "isinstance":
        return _is_a(ev, test.args[0], test.args[1], frame)
    if not isinstance(test, ast.Name | ast.Attribute):
        return None
    found = {
        item.datum.value if isinstance(item.datum, Const) and isinstance(item.datum.value, bool) else None
        for item in ev.value(test, frame).alternatives
    }
    return found.pop() if len(found) == 1 else None
