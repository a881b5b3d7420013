"""Names for what an expression shows: of holes, of receivers, of chains."""

from __future__ import annotations

import ast
from collections.abc import Callable

SAME = ("encode", "decode", "strip", "expandtabs", "copy", "__str__", "as_posix")


def label(node: ast.expr) -> str:
    """Return the name a hole gets from the expression that fills it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return label(node.value) if node.attr == "value" else node.attr
    if isinstance(node, ast.Subscript):
        inner = node.slice
        if isinstance(inner, ast.Constant) and isinstance(inner.value, int):
            return f"level{inner.value}"
        return str(inner.value) if isinstance(inner, ast.Constant) else label(node.value)
    if isinstance(node, ast.Call):
        return _call_label(node)
    if isinstance(node, ast.Await | ast.FormattedValue | ast.Starred | ast.NamedExpr):
        return label(node.value)
    if isinstance(node, ast.BoolOp):
        return label(node.values[0])
    if isinstance(node, ast.BinOp):
        return label(node.left)
    return "value"


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of names, with what is called or subscripted shown by its name alone."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Await | ast.Subscript):
            node = node.value
        else:
            parts.append(node.id if isinstance(node, ast.Name) else "…")
            return ".".join(reversed(parts))


def _call_label(node: ast.Call) -> str:
    name = label(node.func)
    inner = node.args[0] if node.args else None
    if name in ("str", "int", "repr", "quote", "slugify", "format", "hex") and inner is not None:
        return label(inner)
    if name in ("get", "getenv", "pop", "getattr"):
        key = node.args[1] if name == "getattr" and len(node.args) > 1 else inner
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value.lower()
    if isinstance(node.func, ast.Attribute) and (name in SAME or name in METHODS or name in ("join", "format")):
        return label(node.func.value)
    return name.removeprefix("get_").removeprefix("_")


METHODS: dict[str, Callable[..., str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "rstrip": str.rstrip,
    "lstrip": str.lstrip,
    "strip": str.strip,
    "title": str.title,
    "capitalize": str.capitalize,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "replace": str.replace,
}
