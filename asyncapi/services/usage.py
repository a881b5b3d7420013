"""Which names of other modules a service uses at all, whether or not a topic was found to come from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncapi.services.files import ServiceFiles
from asyncapi.services.modules import SourceFile


def used_names(files: ServiceFiles) -> frozenset[str]:
    """Return the dotted names that a service's files import or reach through imports: `plant.topics.DOOR`."""
    return frozenset(name for item in files.files for name in _of_file(item, files))


def _of_file(item: SourceFile, files: ServiceFiles) -> Iterator[str]:
    tree = item.tree()
    if tree is None:
        return
    brought: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                brought[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            module = files.absolute(item, node.level, node.module or "")
            for name in node.names:
                brought[name.asname or name.name] = f"{module}.{name.name}"
                yield f"{module}.{name.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node, brought)
            if dotted:
                yield dotted


def _dotted(node: ast.Attribute, brought: dict[str, str]) -> str:
    names = [node.attr]
    value = node.value
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    if not isinstance(value, ast.Name) or value.id not in brought:
        return ""
    return ".".join([brought[value.id], *reversed(names)])
