"""Following calls inside a service: everything a handler can reach, through methods, tasks, tables and queues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.scan import bounds, labels
from asyncapi.scan.guards import possible
from asyncapi.scan.handlers import Region, frame_of, whole
from asyncapi.scan.modules import Scope, headers
from asyncapi.scan.spots import COMPREHENSIONS, Spot, last_name
from asyncapi.scan.values import Bindings, Instance, Klass, Routine, Sequence, Table, Value

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

MOST = 150
HANDED = "functions in a list or a dict"
FOREIGN_NAMES = (
    "append add extend insert update setdefault get pop popleft remove clear items keys values copy join "
    "split strip format replace encode decode lower upper startswith endswith info debug warning error "
    "exception critical log print len str int float bool repr isinstance issubclass hasattr getattr "
    "setattr min max sum abs round range sorted reversed enumerate zip list dict set tuple type id iter "
    "next any all open sleep time monotonic dumps loads model_dump model_dump_json model_validate "
    "model_validate_json set_result set_exception cancel done "
)
FOREIGN = frozenset(FOREIGN_NAMES.split())
PUTTING = ("put", "put_nowait", "append", "appendleft", "send_nowait")
TAKING = ("get", "get_nowait", "popleft", "receive")


def direct(ev: Evaluator, region: Region) -> list[Spot]:
    """Return the calls that stand in a region."""
    key = (f"calls {region.first} {region.last} {region.without}", id(region.scope))
    if key not in ev.memo:
        ev.memo[key] = list(_direct(region))
    return ev.memo[key]  # type: ignore[return-value]


def _direct(region: Region) -> Iterator[Spot]:
    pending = [region.scope]
    while pending:
        scope = pending.pop()
        pending += [child for child in scope.children if child.kind == "function"]
        for at, record in enumerate(scope.records):
            if any(first <= record.line <= last and file == scope.module.file for file, first, last in region.without):
                continue
            if region.first <= record.line <= region.last and not isinstance(record.node, ast.ClassDef):
                for root in headers(record.node):
                    yield from _walk(root, scope, at, ())


def _walk(node: ast.AST, scope: Scope, at: int, around: tuple[ast.AST, ...]) -> Iterator[Spot]:
    if isinstance(node, ast.Call):
        yield Spot(node, scope, at, around)
    if isinstance(node, (*COMPREHENSIONS, ast.Lambda, ast.IfExp)):
        around = (*around, node)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, scope, at, around)


def targets(ev: Evaluator, spot: Spot) -> list[Scope]:
    """Return the readable functions a call may run: the callee, and functions handed on as arguments."""
    key = ("targets", id(spot.call))
    if key not in ev.memo:
        ev.memo[key] = []
        ev.memo[key] = _targets(ev, spot)
    return ev.memo[key]  # type: ignore[return-value]


def _targets(ev: Evaluator, spot: Spot) -> list[Scope]:
    ev.refuel()
    frame = frame_of(ev, spot)
    known = ev.view.defined
    name = last_name(spot.call.func)
    found = _functions(ev, ev.value(spot.call.func, frame)) if name in known or name not in FOREIGN else []
    for expr in (*spot.call.args, *(keyword.value for keyword in spot.call.keywords)):
        if isinstance(expr, ast.Name | ast.Attribute) and labels.label(expr) in known:
            found += [scope for scope in _functions(ev, ev.value(expr, frame)) if scope.kind == "function"]
    if last_name(spot.call.func) in PUTTING and isinstance(spot.call.func, ast.Attribute):
        found += _takers(ev, spot.call.func.value)
    return list(dict.fromkeys(found))


def _functions(ev: Evaluator, value: Value) -> list[Scope]:
    found: list[Scope] = []
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Routine):
            found.append(datum.scope)
        elif isinstance(datum, Klass):
            init = ev.method(datum.scope, "__init__")
            found += [init] if init is not None else []
        elif isinstance(datum, Instance) and datum.scope is not None:
            method = ev.method(datum.scope, "__call__")
            found += [method] if method is not None else []
        elif isinstance(datum, Sequence):
            items = bounds.first(datum.items, 32, HANDED, hides=bounds.NOTHING)
            found += [scope for inner in items for scope in _functions(ev, inner)]
        elif isinstance(datum, Table):
            pairs = bounds.first(datum.pairs, 64, HANDED, hides=bounds.NOTHING)
            found += [scope for _, inner in pairs for scope in _functions(ev, inner)]
    return found


def _takers(ev: Evaluator, queue: ast.expr) -> list[Scope]:
    """Return the functions that take out of a queue what is put into it here, told by the queue's last name."""
    name = queue.attr if isinstance(queue, ast.Attribute) else queue.id if isinstance(queue, ast.Name) else ""
    found = []
    for module in ev.view.files:
        root = module.scope
        if root is None or not name or name not in module.text:
            continue
        for line in module.mentions(name):
            scope = root.inner(line)
            text = module.text.splitlines()[line - 1]
            if scope.kind == "function" and any(f"{name}.{word}(" in text for word in TAKING):
                found.append(scope)
    return found


def levels(
    ev: Evaluator,
    region: Region,
    deep: int = 12,
    *,
    library: bool = False,
    bound: Bindings | None = None,
) -> Iterator[list[Spot]]:
    """Yield the calls that the handling in a region can reach: those in it, those one call further, and so on.

    Calls stay inside the service unless `library`; with `bound`, those that its values rule out are left out.
    """
    seen: set[int] = set()
    level = [region]
    count = 0
    for _ in range(deep):
        following: list[Region] = []
        found: list[Spot] = []
        for current in level:
            for spot in direct(ev, current):
                if bound and not possible(ev, spot, bound):
                    continue
                found.append(spot)
                for scope in targets(ev, spot):
                    count += 1
                    if id(scope) in seen or (scope.module.library and not library):
                        continue
                    if count >= MOST:
                        bounds.cut("functions that a handler runs", MOST, None, hides=bounds.NOTHING)
                    else:
                        seen.add(id(scope))
                        following.append(whole(scope)._replace(without=region.without))
        yield found
        if not following:
            return
        level = following


def reached(ev: Evaluator, region: Region) -> Iterator[Spot]:
    """Yield every call that the handling in a region can reach inside the service, nearest first."""
    for level in levels(ev, region):
        yield from level


def handing(ev: Evaluator, region: Region) -> Scope:
    """Return the function a branch hands the message to, where it is only one; else the function of the branch."""
    if region == whole(region.scope):
        return region.scope
    spots = direct(ev, region)
    inner = {id(node) for spot in spots for child in ast.iter_child_nodes(spot.call) for node in ast.walk(child)}
    outer = [spot for spot in spots if id(spot.call) not in inner]
    for choice in (outer, spots):
        found = dict.fromkeys(s for spot in choice for s in targets(ev, spot) if not s.module.library)
        if len(found) == 1:
            return next(iter(found))
    return region.scope
