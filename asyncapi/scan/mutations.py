"""What is put into lists and dicts after they are made: append, extend, update, `table[key] = value`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.scan import bounds, strings
from asyncapi.scan.modules import FUNCTIONS, Block, Module, Scope
from asyncapi.scan.spots import statement
from asyncapi.scan.values import Frame, Given, Key, Klass, Routine, Sequence, Table, Text, Value, one

if TYPE_CHECKING:
    from asyncapi.scan.callers import Caller
    from asyncapi.scan.evaluate import Evaluator

ADDING = frozenset(["append", "add", "appendleft", "insert", "extend", "update", "setdefault"])
MOST = 256
WAYS = "ways in which a statement runs"
Place = tuple[Scope, int, ast.stmt]


def grown(ev: Evaluator, scope: Scope, name: str, found: Value, frame: Frame) -> Value:
    """Return the value of a name with everything that is put into it where the name is in sight."""
    if not _container(found) or scope.kind == "class":
        return found
    places = _named(ev, scope, name)
    return _with(ev, ("grown", id(scope), name), found, places, frame)


def grown_attribute(ev: Evaluator, classes: tuple[Scope, ...], name: str, found: Value, frame: Frame) -> Value:
    """Return the value of `self.name` with everything that methods of the class put into it."""
    if not _container(found):
        return found
    places = [place for scope in classes for place in _attributed(scope, name)]
    return _with(ev, ("grown", id(classes[0]), name), found, places, frame)


def _container(found: Value) -> bool:
    return any(isinstance(item.datum, Sequence | Table) for item in found.alternatives)


def _with(ev: Evaluator, key: tuple[str, int, str], found: Value, places: list[Place], frame: Frame) -> Value:
    if not places or key in ev.memo:
        return found
    ev.memo[key] = True
    try:
        items: list[Value] = []
        pairs: list[tuple[Value, Value]] = []
        for scope, at, node in places:
            for inner in contexts(ev, scope, at, node, frame):
                _apply(ev, node, key[2], inner, items, pairs)
    finally:
        del ev.memo[key]
    turns = len(places) > 1 and any(_looped(scope, at) for scope, at, _ in places)
    return _extended(found, items, pairs, ordered=not turns)


def _looped(scope: Scope, at: int) -> bool:
    """Say whether a statement runs in a loop, so that several of them take turns."""
    block: Block | None = scope.records[at].block
    while block is not None and not isinstance(block.owner, ast.For | ast.AsyncFor | ast.While):
        block = block.parent
    return block is not None


def _extended(found: Value, items: list[Value], pairs: list[tuple[Value, Value]], *, ordered: bool) -> Value:
    alternatives = []
    for item in found.alternatives:
        if isinstance(item.datum, Sequence) and items:
            item = item._replace(datum=Sequence((*item.datum.items, *items), ordered))
        elif isinstance(item.datum, Table) and pairs:
            item = item._replace(datum=Table((*item.datum.pairs, *pairs), whole=item.datum.whole))
        alternatives.append(item)
    needs: frozenset[Key] = frozenset(key for value in items for key in value.needs)
    needs |= frozenset(key for pair in pairs for value in pair for key in value.needs)
    return Value(tuple(alternatives), found.needs | needs)


def _lines(module: Module, name: str, scope: Scope) -> Iterator[tuple[Scope, int, ast.stmt]]:
    for line in module.mentions(name):
        if scope.start <= line <= scope.end:
            place = statement(module, line)
            if place is not None:
                inner, at = place
                yield inner, at, inner.records[at].node


def _named(ev: Evaluator, scope: Scope, name: str) -> list[Place]:
    key = ("named", id(scope), name)
    if key not in ev.memo:
        found = [place for place in _lines(scope.module, name, scope) if _target(place[2], name, "")]
        found = [place for place in found if place[0] is scope or name not in place[0].bindings]
        if scope.kind == "module":
            found += _importing(ev, scope, name)
        ev.memo[key] = found
    return ev.memo[key]  # type: ignore[return-value]


def _importing(ev: Evaluator, scope: Scope, name: str) -> list[Place]:
    """Return the places in other modules that put something into `module.name`."""
    found: list[Place] = []
    for module in ev.view.everything:
        if module is scope.module or name not in module.text:
            continue
        root = module.scope
        if root is None:
            continue
        imported = any(binding.kind == "import" for binding in root.bindings.get(name, []))
        if imported or (f".{name}" in module.text and scope.module.name.rpartition(".")[2] in module.text):
            found += [place for place in _lines(module, name, root) if _target(place[2], name, None)]
    return found


def _attributed(scope: Scope, name: str) -> list[Place]:
    from asyncapi.scan.functions import first_parameter

    found = []
    for inner, at, node in _lines(scope.module, name, scope):
        function = inner
        while function.parent is not None and function.parent is not scope:
            function = function.parent
        method = function.parent is scope and isinstance(function.node, FUNCTIONS)
        if method and _target(node, name, first_parameter(function)):
            found.append((inner, at, node))
    return found


def _is(node: ast.expr, name: str, owner: str | None) -> bool:
    """Say whether an expression is the container: the bare name (owner ""), `owner.name`, or either (None)."""
    if isinstance(node, ast.Name):
        return node.id == name and owner in ("", None)
    if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name):
        return owner is None or node.value.id == owner
    return False


def _target(node: ast.stmt, name: str, owner: str | None) -> bool:
    if isinstance(node, ast.Assign):
        return any(_is(target.value, name, owner) for target, _ in _subscripts(node))
    if isinstance(node, ast.AugAssign):
        return owner != "" and _is(node.target, name, owner)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if not isinstance(func, ast.Attribute) or func.attr not in ADDING:
            return False
        entry = _entry(func.value)
        return _is(entry[0] if entry is not None else func.value, name, owner)
    return False


def _entry(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Return table and key of what holds lists under keys: `table[key]`, `table.setdefault(key, [])`."""
    if isinstance(node, ast.Subscript):
        return node.value, node.slice
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"
    return (node.func.value, node.args[0]) if call and node.args else None  # type: ignore[attr-defined]


def contexts(ev: Evaluator, scope: Scope, at: int, node: ast.AST, frame: Frame, depth: int = 0) -> list[Frame]:
    """Return the frames in which something in a function runs: one for each caller and each round of its loops."""
    base = Frame(scope, at, frame.bound, frame.open, {})
    names = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    found: list[Frame] = []
    for outer in functions(scope) if scope is not frame.scope and depth < 4 else []:
        if any(key[0] == id(outer) for key in (*frame.bound, *frame.open)) or not names & _parameters(outer):
            continue
        for caller in bounds.first(callers_of(ev, outer), 64, "callers of a function", ev.source(outer, outer.start)):
            spot = caller.spot
            around = Frame(spot.scope, spot.at, ev.nothing, frozenset(), {})
            for inner in contexts(ev, spot.scope, spot.at, spot.call, around, depth + 1):
                bound = frame.bound.also(caller.bind(ev, caller.frame(ev, bound=inner.bound)).bound)
                found.append(base._replace(bound=bound.also(_decorated(scope, outer, caller))))
        break
    place = ev.source(scope, getattr(node, "lineno", scope.start))
    around_it = bounds.first(found, MOST, WAYS, place) or [base]
    return list(bounds.first([inner for item in around_it for inner in rounds(ev, item, names)], MOST, WAYS, place))


def _decorated(scope: Scope, outer: Scope, caller: Caller) -> dict[Key, Given]:
    """Return what a decorator's inner function is given: the class or function on which the call of `outer` stands."""
    inner = next((item for item in functions(scope) if item.parent is outer), None)
    spot = caller.spot
    node = spot.scope.records[spot.at].node if spot.scope.records else None
    if inner is None or not isinstance(node, (*FUNCTIONS, ast.ClassDef)) or spot.call not in node.decorator_list:
        return {}
    child = next((item for item in spot.scope.children if item.node is node), None)
    assert isinstance(inner.node, FUNCTIONS)
    names = [argument.arg for argument in (*inner.node.args.posonlyargs, *inner.node.args.args)]
    if child is None or not names:
        return {}
    return {(id(inner), names[0]): one(Klass(child) if child.kind == "class" else Routine(child))}


def rounds(ev: Evaluator, frame: Frame, names: set[str]) -> list[Frame]:
    """Return a frame for each round of the loops around a statement whose variables matter."""
    frames = [frame]
    scope = frame.scope
    block = scope.records[frame.at].block if frame.at is not None and scope.records else None
    loops = []
    while block is not None:
        if isinstance(block.owner, ast.For | ast.AsyncFor) and block.arm == "body":
            loops.append(block.owner)
        block = block.parent
    for node in reversed(loops):
        targets = {item.id for item in ast.walk(node.target) if isinstance(item, ast.Name)}
        if not targets & names:
            continue
        at = next(i for i, record in enumerate(scope.records) if record.node is node)
        following = []
        for current in frames:
            found = strings.elements(ev.value(node.iter, current._replace(at=at)))
            key = (id(node), "item")
            place = ev.source(scope, node.lineno)
            taken = bounds.first(found, MOST, "rounds of a loop", place)
            following += [current._replace(bound=current.bound.also({key: item})) for item in taken] or [current]
        frames = list(bounds.first(following, MOST, "rounds of a loop", ev.source(scope, node.lineno)))
    return frames


def callers_of(ev: Evaluator, scope: Scope) -> list[Caller]:
    """Return the calls of a function."""
    from asyncapi.scan.callers import callers

    return callers(ev, scope)


def _parameters(scope: Scope) -> set[str]:
    found = {name for name, places in scope.bindings.items() if any(b.kind == "parameter" for b in places)}
    return found - {"self", "cls"}


def functions(scope: Scope) -> list[Scope]:
    """Return the functions around a scope, the outermost first."""
    found: list[Scope] = []
    current: Scope | None = scope
    while current is not None:
        if current.kind == "function":
            found.append(current)
        current = current.parent
    return found[::-1]


def _subscripts(node: ast.Assign) -> Iterator[tuple[ast.Subscript, ast.expr]]:
    """Yield what is put under which key: `a[k] = v`, and each of `a[k], b[v] = v, k`."""
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            yield target, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for inner, value in zip(target.elts, node.value.elts, strict=False):
                if isinstance(inner, ast.Subscript):
                    yield inner, value


def _apply(
    ev: Evaluator, node: ast.stmt, name: str, frame: Frame, items: list[Value], pairs: list[tuple[Value, Value]]
) -> None:
    if isinstance(node, ast.Assign):
        for target, value in _subscripts(node):
            if _is(target.value, name, None):
                pairs.append((ev.value(target.slice, frame), ev.value(value, frame)))
        return
    if isinstance(node, ast.AugAssign):
        items.extend(strings.elements(ev.value(node.value, frame)))
        return
    assert isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    call = node.value
    assert isinstance(call.func, ast.Attribute)
    passed = [ev.value(item, frame) for item in call.args]
    if (entry := _entry(call.func.value)) is not None:
        added = strings.elements(passed[0]) if passed and call.func.attr in ("extend", "update") else passed[-1:]
        pairs.append((ev.value(entry[1], frame), one(Sequence(tuple(added)))))
        return
    if call.func.attr in ("append", "add", "appendleft", "insert"):
        items.extend(passed[-1:])
    elif call.func.attr == "extend":
        items.extend(strings.elements(passed[0]) if passed else [])
    elif call.func.attr == "update":
        items.extend(element for value in passed for element in strings.elements(value))
        pairs.extend(pair for value in passed for pair in strings.pairs(value))
        for keyword in call.keywords:
            if keyword.arg is not None:
                pairs.append((one(Text(keyword.arg)), ev.value(keyword.value, frame)))
    elif len(passed) > 1:
        pairs.append((passed[0], passed[1]))
