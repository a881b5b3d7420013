"""What is open at a call: parameters of the functions around it, constructor parameters, loop variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast

from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.spots import Spot
from asyncapi.scan.values import Key


def keys(ev: Evaluator, spot: Spot) -> list[Key]:
    """Return what is open at a spot: parameters of the functions around it, constructor parameters, loop variables."""
    found: list[Key] = []
    scope: Scope | None = spot.scope
    while scope is not None:
        if scope.kind == "function":
            found += parameters_of(scope)
        elif scope.kind == "class":
            for item in ev.chain(scope)[0]:
                init = item.child("__init__")
                found += parameters_of(init) if init is not None else []
        scope = scope.parent
    found += [(id(node), "item") for node in loops_around(spot)]
    found += [(id(node), "round") for node in spot.around if hasattr(node, "generators")]
    return found


def parameters_of(scope: Scope) -> list[Key]:
    from asyncapi.scan.functions import owner_of

    node = scope.node
    assert isinstance(node, FUNCTIONS)
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if owner_of(scope) is not None:
        names = names[1:]
    names += [a.arg for a in node.args.kwonlyargs]
    names += [a.arg for a in (node.args.vararg, node.args.kwarg) if a is not None]
    return [(id(scope), name) for name in names]


def loops_around(spot: Spot) -> list[ast.For | ast.AsyncFor]:
    found = []
    block = spot.scope.records[spot.at].block if spot.scope.records else None
    while block is not None:
        if isinstance(block.owner, ast.For | ast.AsyncFor) and block.arm == "body":
            found.append(block.owner)
        block = block.parent
    return found


def functions_around(scope: Scope) -> list[Scope]:
    found: list[Scope] = []
    current: Scope | None = scope
    while current is not None:
        if current.kind == "function":
            found.append(current)
        current = current.parent
    return found
