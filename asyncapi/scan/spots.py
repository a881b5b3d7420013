"""Calls found by name: text first, tree only where a line mentions the name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from asyncapi.scan.modules import Module, Scope, headers

CARRIERS: dict[str, int] = {
    "partial": 0,
    "call_soon": 0,
    "call_soon_threadsafe": 0,
    "call_later": 1,
    "call_at": 1,
    "run_in_executor": 1,
    "to_thread": 0,
    "submit": 0,
    "add_job": 0,
    "create_task": 0,
    "run_coroutine_threadsafe": 0,
    "async_add_job": 0,
    "async_add_executor_job": 0,
    "add_callback": 0,
    "spawn": 0,
    "apply_async": 0,
    "start_soon": 0,
}
CARRYING = re.compile("|".join(CARRIERS))
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Spot(NamedTuple):
    """One call: where it stands, and the comprehensions and lambdas around it inside its statement."""

    call: ast.Call
    scope: Scope
    at: int
    around: tuple[ast.AST, ...]
    origin: ast.Call | None = None

    @property
    def identity(self) -> int:
        """Return what tells this call from others, also where it was read out of `partial(f, x)`."""
        return id(self.origin if self.origin is not None else self.call)

    @property
    def line(self) -> int:
        """Return the line on which the call starts."""
        return self.call.lineno


def statement(module: Module, line: int) -> tuple[Scope, int] | None:
    """Return the scope and index of the statement on a line."""
    root = module.scope
    if root is None:
        return None
    scope = root.inner(line)
    at = scope.record_at(line)
    while at is None and scope.parent is not None:
        scope = scope.parent
        at = scope.record_at(line)
    return None if at is None else (scope, at)


def calls(module: Module, lines: Iterator[int] | tuple[int, ...], wanted: re.Pattern[str]) -> Iterator[Spot]:
    """Yield the calls on these lines whose function's last name matches."""
    seen: set[int] = set()
    for line in lines:
        place = statement(module, line)
        if place is None:
            continue
        scope, at = place
        for root in headers(scope.records[at].node):
            for call, around in _inside(root, line, ()):
                if id(call) not in seen and wanted.fullmatch(last_name(call.func)):
                    seen.add(id(call))
                    yield Spot(call, scope, at, around)


def carried(module: Module, lines: tuple[int, ...], wanted: re.Pattern[str]) -> Iterator[Spot]:
    """Yield the calls that another function will make: `partial(client.publish, topic)`, `to_thread(f, x)` …"""
    for spot in calls(module, lines, CARRYING):
        place = CARRIERS[last_name(spot.call.func)]
        if len(spot.call.args) <= place:
            continue
        target = spot.call.args[place]
        if isinstance(target, ast.Attribute) and wanted.fullmatch(target.attr):
            call = ast.Call(func=target, args=spot.call.args[place + 1 :], keywords=spot.call.keywords)
            yield spot._replace(call=ast.copy_location(call, spot.call), origin=spot.call)


def last_name(func: ast.expr) -> str:
    """Return the last name of what is called: `a.b.c(…)` → `c`."""
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _inside(node: ast.AST, line: int, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    start = getattr(node, "lineno", None)
    if start is not None and not start <= line <= (getattr(node, "end_lineno", None) or start):
        return
    if isinstance(node, ast.Call):
        yield node, around
    if isinstance(node, (*COMPREHENSIONS, ast.Lambda, ast.IfExp)):
        around = (*around, node)
    for child in ast.iter_child_nodes(node):
        yield from _inside(child, line, around)
