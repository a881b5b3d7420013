"""What the methods of a class assign to the attributes of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast

from asyncapi.scan import labels, strings
from asyncapi.scan.modules import Scope
from asyncapi.scan.values import Frame, Value, join


def assigned_value(ev: Evaluator, places: list[Place], frame: Frame) -> Value:
    """Return the union of what is assigned; `self.x += …` adds to everything assigned elsewhere."""
    plain = [place for place in places if place[4] != "augmented"]
    found = join(_assignment(ev, *place, frame) for place in plain)
    for function, expr, _, at, kind in places:
        if kind == "augmented":
            added = ev.value(expr, frame._replace(scope=function, at=at))
            grown = strings.binary(ast.Add(), found, added)
            sure = function.records[at].block.parent is None
            found = grown if sure and function.name == "__init__" else join([found, grown])
    return found


def _assignment(
    ev: Evaluator, function: Scope, expr: ast.expr, path: tuple[int, ...], at: int, kind: str, frame: Frame
) -> Value:
    inner = frame._replace(scope=function, at=at)
    found = ev.value(expr, inner)
    if kind == "item":
        found = strings.items(found, labels.label(expr))
    elif kind == "context":
        from asyncapi.scan.calls import entered

        found = entered(ev, found, inner)
    return strings.unpack(found, path, labels.label(expr))


Place = tuple[Scope, ast.expr, tuple[int, ...], int, str]


def assigned(ev: Evaluator, scope: Scope) -> dict[str, list[Place]]:
    """Return attribute → places where a method of the class assigns it on its first parameter."""
    key = ("assigned", id(scope))
    if key not in ev.memo:
        found: dict[str, list[Place]] = {}
        for child in scope.children:
            if child.kind == "function":
                _collect(child, found)
        ev.memo[key] = found
    return ev.memo[key]  # type: ignore[return-value]


def _collect(function: Scope, found: dict[str, list[Place]]) -> None:
    from asyncapi.scan.functions import first_parameter

    owner = first_parameter(function)
    for at, record in enumerate(function.records):
        node = record.node
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _attribute_targets(target, node.value, (), at, "value", owner, function, found)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            _attribute_targets(node.target, node.value, (), at, "value", owner, function, found)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            _attribute_targets(node.target, node.value, (), at, "augmented", owner, function, found)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars is not None:
                    _attribute_targets(item.optional_vars, item.context_expr, (), at, "context", owner, function, found)


def _attribute_targets(
    target: ast.expr,
    value: ast.expr,
    path: tuple[int, ...],
    at: int,
    kind: str,
    owner: str,
    function: Scope,
    found: dict[str, list[Place]],
) -> None:
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == owner:
        found.setdefault(target.attr, []).append((function, value, path, at, kind))
    elif isinstance(target, ast.Tuple):
        for index, item in enumerate(target.elts):
            _attribute_targets(item, value, (*path, index), at, kind, owner, function, found)
