"""Conditions on text that is known: `"+" if part.startswith("{") else part` has one answer for each part."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan.values import HOLE, Const, Frame, Table, Text, Value

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


UNSURE = object()
COMPARISONS = (ast.In, ast.NotIn, ast.Eq, ast.NotEq)


def certain(ev: Evaluator, test: ast.expr, frame: Frame) -> bool | None:
    """Return the answer of a test on text, or None where it depends on what is only known at run time."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = certain(ev, test.operand, frame)
        return None if inner is None else not inner
    if isinstance(test, ast.Name):
        found = _round(test, frame)
        return bool(found) if found is not UNSURE else _filled(ev.value(test, frame))
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot) and with_none(test):
        found = _round(test.left, frame)
        return None if found is UNSURE else (found is None) is isinstance(test.ops[0], ast.Is)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and len(test.args) == 1:
        name = test.func.attr
        if name not in ("startswith", "endswith") or test.keywords:
            return None
        text, part = (_known(ev.value(node, frame)) for node in (test.func.value, test.args[0]))
        if text is None or part is None:
            return None
        return text.startswith(part) if name == "startswith" else text.endswith(part)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], COMPARISONS):
        part, text = (_known(ev.value(node, frame)) for node in (test.left, test.comparators[0]))
        if text is None or part is None:
            return None
        if isinstance(test.ops[0], ast.Eq | ast.NotEq):
            return (part == text) is isinstance(test.ops[0], ast.Eq)
        return (part in text) is isinstance(test.ops[0], ast.In)
    return None


def with_none(test: ast.Compare) -> bool:
    """Say whether a comparison is one with None alone."""
    last = test.comparators[0]
    return len(test.ops) == 1 and isinstance(last, ast.Constant) and last.value is None


def _round(node: ast.expr, frame: Frame) -> object:
    """Return the text, number or None that the variable of a comprehension is in this round, else UNSURE."""
    if not isinstance(node, ast.Name) or node.id not in frame.inner:
        return UNSURE
    value = frame.inner[node.id]
    only = value.alternatives[0] if len(value.alternatives) == 1 and not value.needs else None
    if only is not None and isinstance(only.datum, Const) and not only.default:
        return only.datum.value
    text = _known(value)
    return UNSURE if text is None else text


def _filled(value: Value) -> bool | None:
    """Return that a dict with entries is true; an empty one may be filled later."""
    only = value.alternatives[0].datum if len(value.alternatives) == 1 and not value.needs else None
    return True if isinstance(only, Table) and only.pairs else None


def _known(value: Value) -> str | None:
    """Return the one text that a value is, whoever calls and whatever the environment says."""
    if len(value.alternatives) != 1 or value.needs:
        return None
    item = value.alternatives[0]
    sure = isinstance(item.datum, Text) and not item.environment and item.confidence == 1.0
    return item.datum.text if sure and isinstance(item.datum, Text) and not HOLE.search(item.datum.text) else None
