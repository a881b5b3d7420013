"""What cannot happen: statements behind conditions that are plainly false for the object at hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan import labels, text_tests
from asyncapi.scan.class_fields import is_class_constant
from asyncapi.scan.modules import ENDINGS, Block, Scope
from asyncapi.scan.spots import Spot
from asyncapi.scan.values import HOLE, Alternative, Bindings, Const, Frame, Instance, Klass, Sequence, Table, Text

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def reachable(ev: Evaluator, spots: list[Spot], frames: list[Frame]) -> bool:
    """Say whether no condition around a chain of calls is plainly false."""
    return all(runs(ev, spot.scope, spot.at, frame) for spot, frame in zip(spots, frames, strict=True))


def runs(ev: Evaluator, scope: Scope, at: int, frame: Frame) -> bool:
    """Say whether no condition around a statement of a scope, and none that leaves before it, keeps it from running."""
    records = scope.records
    if not records or not frame.bound:
        return True
    block: Block | None = records[at].block
    around = []
    while block is not None:
        if isinstance(block.owner, ast.If):
            verdict = truth(ev, block.owner.test, frame._replace(open=frozenset()))
            if (verdict is False and block.arm == "body") or (verdict is True and block.arm == "else"):
                return False
        around.append(block)
        block = block.parent
    line = records[at].node.lineno
    for record in records[:at]:
        node = record.node
        leaves = isinstance(node, ast.If) and record.block in around and isinstance(node.body[-1], ENDINGS[:2])
        if not isinstance(node, ast.If) or not leaves or node.lineno <= line <= (node.end_lineno or node.lineno):
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
    return runs(ev, spot.scope, spot.at, frame)


def _holds(node: ast.expr, call: ast.Call) -> bool:
    return any(inner is call for inner in ast.walk(node))


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
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
        verdict = _is_none(ev, test, frame)
        return text_tests.certain(ev, test, frame) if verdict is None else verdict
    if not isinstance(test, ast.Name | ast.Attribute):
        return text_tests.certain(ev, test, frame)
    settled = _settled(ev, test, frame)
    found = {_said(item, settled=settled) for item in ev.value(test, frame).alternatives}
    verdict = found.pop() if len(found) == 1 else None
    return text_tests.certain(ev, test, frame) if verdict is None else verdict


def _is_none(ev: Evaluator, test: ast.Compare, frame: Frame) -> bool | None:
    """Return what `x is None` and `x is not None` give for an attribute that no object has otherwise."""
    if not text_tests.with_none(test) or not _settled(ev, test.left, frame):
        return None
    found = {
        item.datum == Const(None) if isinstance(item.datum, Const | Text) else None
        for item in ev.value(test.left, frame).alternatives
    }
    verdict = found.pop() if len(found) == 1 else None
    return verdict if verdict is None or isinstance(test.ops[0], ast.Is) else not verdict


def _said(item: Alternative, *, settled: bool) -> bool | None:
    """Return whether a value counts as true; other than of bools that is told of settled ones only."""
    datum = item.datum
    if isinstance(datum, Const) and (settled or isinstance(datum.value, bool)):
        return bool(datum.value)
    if not settled or not isinstance(datum, Text) or item.environment:
        return None
    return True if HOLE.sub("", datum.text) else None if datum.text else False


def _settled(ev: Evaluator, test: ast.expr, frame: Frame) -> bool:
    """Say whether an expression is what a call passed, or an attribute that classes alone set, in their bodies."""
    if isinstance(test, ast.Name):
        own = (id(frame.scope), test.id) in frame.bound
        return own and len(frame.scope.bindings.get(test.id, ())) == 1
    if not isinstance(test, ast.Attribute):
        return False
    kinds = [item.datum for item in ev.value(test.value, frame).alternatives]
    return bool(kinds) and all(
        isinstance(kind, Instance | Klass) and kind.scope is not None and is_class_constant(ev, kind.scope, test.attr)
        for kind in kinds
    )
