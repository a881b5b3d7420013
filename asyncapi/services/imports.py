"""Which modules importing a module brings in, directly and in the end."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from asyncapi.services.files import ServiceFiles
from asyncapi.services.modules import SourceFile


def imported(item: SourceFile, files: ServiceFiles) -> Iterator[SourceFile]:
    """Yield the files that a file imports anywhere in it, packages first; not what only type checkers import."""
    tree = item.tree()
    names = [*_around(item.name), *(_names(tree, item, files) if tree is not None else ())]
    for name in dict.fromkeys(names):
        found = files.find(name, item)
        if found is not None and found is not item:
            yield found


def reached(starts: Iterable[SourceFile], files: ServiceFiles) -> frozenset[SourceFile]:
    """Return the files that importing some brings in, themselves included; installed packages are not looked into."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    while waiting:
        item = waiting.pop()
        if files.is_installed(item):
            continue
        fresh = [other for other in imported(item, files) if other not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return frozenset(found)


def _names(tree: ast.Module, item: SourceFile, files: ServiceFiles) -> Iterator[str]:
    """Yield the dotted names that may be modules, outer packages first."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from (*_around(alias.name), alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = files.absolute(item, node.level, node.module or "")
            yield from (*_around(base), base)
            yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")
        elif isinstance(node, ast.Call) and node.args and _is_importing(node.func):
            said = node.args[0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield from (*_around(said.value), said.value)
        waiting += node.orelse if isinstance(node, ast.If) and _is_for_types(node.test) else ast.iter_child_nodes(node)


def _around(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _is_importing(node: ast.expr) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) in (
        "import_module",
        "__import__",
    )


def _is_for_types(node: ast.expr) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) == "TYPE_CHECKING"
