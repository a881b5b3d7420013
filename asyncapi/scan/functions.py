"""What can be told of a function from its own header."""

from __future__ import annotations

import ast

from asyncapi.scan import labels
from asyncapi.scan.modules import FUNCTIONS, Scope


def owner_of(scope: Scope) -> Scope | None:
    """Return the class a function is a method of (static methods have none)."""
    parent = scope.parent
    return parent if parent is not None and parent.kind == "class" and not decorated(scope, "staticmethod") else None


def first_parameter(scope: Scope) -> str:
    """Return the name of a function's first parameter, usually `self`."""
    assert isinstance(scope.node, FUNCTIONS)
    arguments = (*scope.node.args.posonlyargs, *scope.node.args.args)
    return arguments[0].arg if arguments else ""


def decorated(scope: Scope, name: str) -> bool:
    """Say whether a definition carries a decorator whose last name is `name`."""
    assert isinstance(scope.node, (*FUNCTIONS, ast.ClassDef))
    return any(labels.label(item) == name for item in scope.node.decorator_list)
