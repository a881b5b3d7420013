"""Where an assignment stores its value."""

from __future__ import annotations

import ast
from collections.abc import Callable

from asyncapi.machine import items
from asyncapi.machine.code import Code, hint
from asyncapi.machine.dispatch import compiled
from asyncapi.machine.state import Activation, outer_frame
from asyncapi.machine.unpacking import spread
from asyncapi.machine.values import ABSENT, Value

Store = Callable[[Activation, Value], None]


def target(node: ast.expr, code: Code) -> Store:
    """Return what stores a value where an assignment says."""
    if isinstance(node, ast.Name):
        return name_target(node.id, code, node.lineno)
    if isinstance(node, ast.Attribute):
        owner, name, at = compiled(node.value, code), node.attr, code.site(node)
        return lambda f, value: f.m.set_attribute(owner(f), name, value, at)
    if isinstance(node, ast.Subscript):
        container, index, at = compiled(node.value, code), compiled(node.slice, code), code.site(node)
        return lambda f, value: items.set_item(f.m, container(f), index(f), value, at)
    if isinstance(node, (ast.Tuple, ast.List)):
        return _unpacking(node, code)
    if isinstance(node, ast.Starred):
        return target(node.value, code)
    return lambda f, value: None


def name_target(name: str, code: Code, line: int, *, plain: bool = False) -> Store:
    """Return what gives a name its value; a text of a module or class learns the name, unless `plain`ly passed on."""
    where, steps = code.find(name)
    if code.kind == "comprehension" and name not in code.locals:
        where, steps = ("outer", 1) if code.parent and code.parent.kind != "module" else ("global", 0)
    if code.kind == "class" and where == "local":
        return lambda f, value: f.m.write(f, name, f.m.named(f.module, f"{code.qualname}.{name}", value, line))
    if where == "local":

        def local(f: Activation, value: Value) -> None:
            if f.birth < f.m.mark:
                f.m.journal.append((f, name, f.fields.get(name, ABSENT)))
            f.fields[name] = value

        return local
    if where == "outer":
        return lambda f, value: f.m.write(outer_frame(f, steps), name, value)
    if code.kind == "module" and not plain:
        return lambda f, value: f.m.write(f.module, name, f.m.named(f.module, name, value, line))
    return lambda f, value: f.m.write(f.module, name, value)


def _unpacking(node: ast.Tuple | ast.List, code: Code) -> Store:
    stores = [target(item, code) for item in node.elts]
    names = [hint(item) for item in node.elts]
    star = next((i for i, item in enumerate(node.elts) if isinstance(item, ast.Starred)), None)
    count = len(stores)

    def store(f: Activation, value: Value) -> None:
        for one, found in zip(stores, spread(f, value, count, star, names), strict=True):
            one(f, found)

    return store
