"""Tests on one level of a received topic: `topic.split("/")[-1] == "photo"`, and names given to such a level."""

from __future__ import annotations

import ast
from typing import NamedTuple

from asyncapi.scan import labels
from asyncapi.scan.modules import Module, Scope
from asyncapi.scan.spots import last_name, statement

SPLITTING = ("split", "rsplit", "partition", "rpartition")
ENDING = "…"


class Level(NamedTuple):
    """Where a level stands in a topic: counted from the front, or from the back (-1 is the last); `of` how many."""

    at: int
    of: int = 0

    def test(self, text: str) -> tuple[str, bool]:
        """Return the filter or ending that topics meet whose level is a text, and whether it is a filter."""
        if self.at < 0:
            return ENDING + "/".join(["", text, *["+"] * (-self.at - 1)]), False
        rest = ["#"] if not self.of else ["+"] * (self.of - self.at - 1)
        return "/".join(["+"] * self.at + [text, *rest]), True


def by_level(module: Module, line: int) -> bool:
    """Say whether the condition on a line compares a level of a received topic."""
    place = statement(module, line)
    node = place[0].records[place[1]].node if place is not None else None
    if place is None or not isinstance(node, ast.If | ast.While):
        return False
    compared = [item for item in ast.walk(node.test) if isinstance(item, ast.Compare)]
    return any(level(side, place[0]) is not None for item in compared for side in (item.left, *item.comparators))


def level(node: ast.expr, scope: Scope) -> Level | None:
    """Return which level of a received topic an expression is, None when it is something else."""
    if isinstance(node, ast.Name):
        found = _given(node, scope)
        return level(found[0], scope) if found is not None and found[1] is None else found and found[1]
    if not isinstance(node, ast.Subscript):
        return None
    index = _number(node.slice)
    split = _split(node.value, scope)
    return _level(split, index) if split is not None and index is not None else None


def _level(split: ast.Call, index: int) -> Level | None:
    """Return the level that an item of a split topic is."""
    name = last_name(split.func)
    if name in ("partition", "rpartition"):
        ends = {("partition", 0): Level(0), ("rpartition", 2): Level(-1), ("rpartition", -1): Level(-1)}
        return ends.get((name, index))
    most = _number(split.args[1]) if len(split.args) > 1 else None
    if most is None and (split.keywords or len(split.args) > 1):
        return None
    counted = most is None or (index < most if name == "split" and index >= 0 else name == "rsplit" and -index <= most)
    return Level(index) if counted and (index < 0 or name == "split") else None


def _given(node: ast.Name, scope: Scope) -> tuple[ast.expr, Level | None] | None:
    """Return the one expression that gives a name its value, and which level it is when a split topic is unpacked."""
    places = scope.bindings.get(node.id, [])
    if len(places) != 1 or places[0].kind != "value" or places[0].expr is None:
        return None
    place = places[0]
    assert place.expr is not None
    if not place.path:
        return place.expr, None
    statement = scope.records[place.at].node
    split = _split(place.expr, scope)
    targets = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if split is None or len(place.path) != 1 or not isinstance(targets, ast.Tuple | ast.List):
        return None
    found = _unpacked(targets.elts, place.path[0], split)
    return None if found is None else (place.expr, found)


def _unpacked(targets: list[ast.expr], index: int, split: ast.Call) -> Level | None:
    if isinstance(targets[index], ast.Starred):
        return None
    starred = next((at for at, item in enumerate(targets) if isinstance(item, ast.Starred)), None)
    if starred is not None or last_name(split.func) not in ("split", "rsplit") or len(split.args) > 1:
        return _level(split, index if starred is None or index < starred else index - len(targets))
    return Level(index, len(targets))


def _split(node: ast.expr, scope: Scope) -> ast.Call | None:
    """Return the call that splits a topic into levels, also under the name that its result has."""
    if isinstance(node, ast.Name):
        found = _given(node, scope)
        return _split(found[0], scope) if found is not None and found[1] is None else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in SPLITTING:
        return None
    first = node.args[0] if node.args else None
    by_level = isinstance(first, ast.Constant) and first.value in ("/", b"/")
    return node if by_level and "topic" in labels.label(node.func.value).lower() else None


def _number(node: ast.expr) -> int | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return sign * node.value
    return None
