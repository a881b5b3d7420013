"""What an expression shows as it is written: lines of elements, names it is made from."""

from __future__ import annotations

import ast


def element_lines(node: ast.expr | None, count: int, line: int) -> list[int]:
    """Return the line of each element of a literal; the line of the whole where they cannot be told apart."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return element_lines(node.args[0], count, line)
    elements: list[ast.expr | None] = []
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        elements = list(node.elts)
    elif isinstance(node, ast.Dict):
        elements = list(node.keys)
    if len(elements) != count or any(item is None or isinstance(item, ast.Starred) for item in elements):
        return [line] * count
    return [item.lineno for item in elements if item is not None]


def is_reference(node: ast.expr | None) -> bool:
    """Say whether a value is another name and nothing more: a rebinding."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def name_parts(node: ast.expr | None) -> list[str]:
    """Return the last names that a built text is made from."""
    if node is None or isinstance(node, ast.Constant):
        return []
    found = [item.id for item in ast.walk(node) if isinstance(item, ast.Name)]
    return found + [item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)]


def source_of(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""
