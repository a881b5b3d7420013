"""Tests on one level of a received topic: `topic.split("/")[-1] == "photo"`, and names given to such a level."""

from __future__ import annotations

import ast
from typing import NamedTuple

from asyncapi.scan import labels
from asyncapi.scan.modules import Binding, Module, Scope
from asyncapi.scan.spots import last_name, statement

SPLITTING = ("split", "rsplit", "partition", "rpartition")
ENDING = "…"
MOST_NAMES = 8


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
    node = _meant(node, scope)
    if isinstance(node, ast.Name):
        return _unpacked(node, scope)
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


def _given(node: ast.Name, scope: Scope) -> Binding | None:
    """Return where a name gets its value, None where that is in several places or unknown."""
    places = scope.bindings.get(node.id, [])
    return places[0] if len(places) == 1 and places[0].kind == "value" and places[0].expr is not None else None


def _meant(node: ast.expr, scope: Scope) -> ast.expr:
    """Return what a name stands for, through a few other names; one that is unpacked from something is returned."""
    for _ in range(MOST_NAMES):
        place = _given(node, scope) if isinstance(node, ast.Name) else None
        if place is None or place.path or place.expr is None:
            break
        node = place.expr
    return node


def _unpacked(node: ast.Name, scope: Scope) -> Level | None:
    """Return the level that a name is given when a split topic is unpacked: `kind, room = topic.split("/")`."""
    place = _given(node, scope)
    if place is None or place.expr is None or len(place.path) != 1:
        return None
    assigned = scope.records[place.at].node
    targets = assigned.targets if isinstance(assigned, ast.Assign) else []
    lists = [target.elts for target in targets if isinstance(target, ast.Tuple | ast.List)]
    split = _split(place.expr, scope)
    if split is None or len(lists) != 1:
        return None
    items, index = lists[0], place.path[0]
    if isinstance(items[index], ast.Starred):
        return None
    starred = next((at for at, item in enumerate(items) if isinstance(item, ast.Starred)), None)
    if starred is not None or last_name(split.func) not in ("split", "rsplit") or len(split.args) > 1:
        return _level(split, index if starred is None or index < starred else index - len(items))
    return Level(index, len(items))


def _split(node: ast.expr, scope: Scope) -> ast.Call | None:
    """Return the call that splits a topic into levels, also under the name that its result has."""
    node = _meant(node, scope)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in SPLITTING:
        return None
    separator = node.args[0] if node.args else None
    slashed = isinstance(separator, ast.Constant) and separator.value in ("/", b"/")
    return node if slashed and "topic" in labels.label(node.func.value).lower() else None


def _number(node: ast.expr) -> int | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return sign * node.value
    return None
