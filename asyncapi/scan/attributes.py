"""Attributes and subscripts: what `object.name` and `table[key]` can be, from classes, assignments and defaults."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncapi.scan import strings
from asyncapi.scan.modules import Scope
from asyncapi.scan.narrow import narrowed
from asyncapi.scan.values import (
    Alternative,
    Const,
    External,
    Frame,
    Instance,
    Klass,
    ModuleRef,
    Routine,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    join,
    one,
    unknown,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def attribute(ev: Evaluator, item: Alternative, name: str, frame: Frame) -> Value:
    """Return what attribute `name` of one alternative can be."""
    datum = item.datum
    if isinstance(datum, ModuleRef):
        return ev.member(datum.module, name)
    if isinstance(datum, External):
        return ev.outside(f"{datum.name}.{name}")
    if isinstance(datum, Klass):
        return of_class(ev, datum, name, frame)
    if isinstance(datum, Instance):
        if datum.scope is None:
            return of_foreign(ev, datum, name, frame)
        return of_object(ev, datum, name, frame)
    if isinstance(datum, Text) and name in ("value", "name"):
        return Value((item,))
    if isinstance(datum, Unknown):
        origin = (datum.origin[0], name) if datum.origin[0] else ("", "")
        return one(Unknown(name, datum.reason, origin), environment=item.environment)
    return unknown(name, f"the attribute {name} of something only known at run time")


def chain(ev: Evaluator, scope: Scope) -> tuple[tuple[Scope, ...], tuple[str, ...]]:
    """Return a class and its readable bases in order of look-up, and the dotted names of foreign ones."""
    found: list[Scope] = [scope]
    foreign: list[str] = []
    assert isinstance(scope.node, ast.ClassDef)
    outer = scope.parent
    for base in scope.node.bases:
        inner = base.value if isinstance(base, ast.Subscript) else base
        if outer is None or len(found) > 20:
            break
        for item in ev.value(inner, ev.frame(outer)).alternatives:
            if isinstance(item.datum, Klass):
                classes, names = ev.chain(item.datum.scope)
                found.extend(one for one in classes if one not in found)
                foreign.extend(names)
            elif isinstance(item.datum, External):
                foreign.append(item.datum.name)
            else:
                foreign.append(strings.label(inner))
    return tuple(found), tuple(foreign)


def of_class(ev: Evaluator, datum: Klass, name: str, frame: Frame) -> Value:
    """Return what an attribute of a class itself can be: a method, a nested class, a class variable."""
    classes, foreign = ev.chain(datum.scope)
    for scope in classes:
        child = scope.child(name)
        if child is not None and child.kind == "function":
            return one(Routine(child, datum))
        bindings = scope.bindings.get(name)
        if bindings:
            found = join(
                ev.bound(scope, name, binding, ev.frame(scope, frame)._replace(at=binding.at)) for binding in bindings
            )
            found = join([default_of(ev, binding.expr, scope, frame) or found for binding in bindings[-1:]])
            dotted = f"{scope.module.name}.{scope.qualname}.{name}"
            return Value(tuple(_named(ev, item, dotted, scope, bindings[-1].at) for item in found.alternatives))
    if name in ("value", "name", "__members__") or not foreign:
        return unknown(name, f"{datum.scope.qualname} has no {name} in source")
    return one(External(f"{foreign[0]}.{name}"))


def _named(ev: Evaluator, item: Alternative, dotted: str, scope: Scope, at: int) -> Alternative:
    if not isinstance(item.datum, Text) or item.constant:
        return item
    line = scope.records[at].line if at >= 0 else None
    return item._replace(constant=dotted, steps=(ev.step(f"constant {dotted}", scope, line), *item.steps))


def of_foreign(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    """Return what an attribute of an object of a foreign class can be."""
    given = dict(datum.given)
    if name in given:
        return ev.force(given[name])
    if datum.name.endswith("Namespace") or datum.name.endswith("parse_args"):
        from asyncapi.scan.arguments import argument

        found = argument(ev, name, frame)
        if found is not None:
            return found
    if datum.received:
        return one(Unknown(name, f"{name} is read from a received message", (datum.name, name)))
    return one(External(f"{datum.name}().{name}")) if datum.name else unknown(name, "an attribute of a foreign object")


def of_object(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    """Return what an attribute of an object of a readable class can be."""
    scope = datum.scope
    assert scope is not None
    classes, foreign = ev.chain(scope)
    for item in classes:
        child = item.child(name)
        if child is not None and child.kind == "function":
            return _member_function(ev, child, datum, frame)
    if datum.received:
        return _received(ev, datum, name, frame)
    found = _given(ev, classes, datum, name)
    if found is not None:
        return found
    inner = _inside(ev, datum, frame)
    key = ("attribute", id(scope), name, inner.open)
    known = inner.bound.memo.get(key)
    if known is not None:
        return known  # type: ignore[return-value]
    cycles = ev.cycles
    found = _set(ev, scope, classes, foreign, name, inner)
    if cycles == ev.cycles:
        inner.bound.memo[key] = found
    return found


def _set(
    ev: Evaluator, scope: Scope, classes: tuple[Scope, ...], foreign: tuple[str, ...], name: str, inner: Frame
) -> Value:
    """Return what the methods of a class, or its body, set an attribute to."""
    assigned = [place for item in classes for place in ev_assigned(ev, item).get(name, [])]
    if assigned:
        return _grown(ev, classes, name, _assignments(ev, assigned, inner), inner)
    for item in classes:
        bindings = item.bindings.get(name)
        if bindings:
            return _class_level(ev, item, classes, name, inner)
    if name == "__dict__" or foreign or any(item.child("__getattr__") for item in classes):
        return unknown(name, f"{name} comes from a base class of {scope.qualname} that cannot be read")
    return unknown(name, f"{scope.qualname} never sets {name}")


def _received(ev: Evaluator, datum: Instance, name: str, frame: Frame) -> Value:
    scope = datum.scope
    assert scope is not None
    dotted = f"{scope.module.name}.{scope.qualname}"
    for item in ev.chain(scope)[0]:
        for binding in item.bindings.get(name, [])[-1:]:
            if isinstance(binding.extra, ast.expr):
                hint = ev.typed(binding.extra, ev.frame(item, frame), name)
                if any(isinstance(one.datum, Instance) for one in hint.alternatives):
                    return hint
    return one(Unknown(name, f"{name} is read from a received message", (dotted, name)))


def _member_function(ev: Evaluator, child: Scope, datum: Instance, frame: Frame) -> Value:
    from asyncapi.scan.calls import run
    from asyncapi.scan.evaluate import decorated

    routine = Routine(child, None if decorated(child, "staticmethod") else datum)
    if decorated(child, "property") or decorated(child, "cached_property") or decorated(child, "computed_field"):
        return run(ev, routine, [], {}, frame)
    return one(routine)


def _inside(ev: Evaluator, datum: Instance, frame: Frame) -> Frame:
    """Return a frame in which the constructor's parameters have the values the object was made with."""
    from asyncapi.scan.calls import constructed

    if not datum.known:
        assert datum.scope is not None
        bound, opened = narrowed(ev, frame, datum.scope)
        return Frame(frame.scope, frame.at, bound, opened, {})
    return Frame(frame.scope, frame.at, constructed(ev, datum), frozenset(), {})


def _assignments(ev: Evaluator, places: list[Place], frame: Frame) -> Value:
    """Return the union of what is assigned; `self.x += …` adds to everything assigned elsewhere."""
    plain = [place for place in places if place[4] != "augmented"]
    found = join(_assignment(ev, *place, frame) for place in plain)
    for function, expr, _, at, kind in places:
        if kind == "augmented":
            added = ev.value(expr, frame._replace(scope=function, at=at))
            grown = strings.binary(ast.Add(), found, added)
            sure = function.records[at].block.parent is None
            found = grown if sure and function.name == "__init__" else join([found, grown])
    return found


def _assignment(
    ev: Evaluator, function: Scope, expr: ast.expr, path: tuple[int, ...], at: int, kind: str, frame: Frame
) -> Value:
    inner = frame._replace(scope=function, at=at)
    found = ev.value(expr, inner)
    if kind == "item":
        found = strings.items(found, strings.label(expr))
    elif kind == "context":
        from asyncapi.scan.calls import entered

        found = entered(ev, found, inner)
    return strings.unpack(found, path, strings.label(expr))


Place = tuple[Scope, ast.expr, tuple[int, ...], int, str]


def ev_assigned(ev: Evaluator, scope: Scope) -> dict[str, list[Place]]:
    """Return attribute → places where a method of the class assigns it on its first parameter."""
    key = ("assigned", id(scope))
    if key not in ev.memo:
        found: dict[str, list[Place]] = {}
        for child in scope.children:
            if child.kind == "function":
                _assigned(child, found)
        ev.memo[key] = found
    return ev.memo[key]  # type: ignore[return-value]


def _assigned(function: Scope, found: dict[str, list[Place]]) -> None:
    from asyncapi.scan.evaluate import first_parameter

    owner = first_parameter(function)
    for at, record in enumerate(function.records):
        node = record.node
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _attribute_targets(target, node.value, (), at, "value", owner, function, found)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            _attribute_targets(node.target, node.value, (), at, "value", owner, function, found)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            _attribute_targets(node.target, node.value, (), at, "augmented", owner, function, found)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars is not None:
                    _attribute_targets(item.optional_vars, item.context_expr, (), at, "context", owner, function, found)


def _attribute_targets(
    target: ast.expr,
    value: ast.expr,
    path: tuple[int, ...],
    at: int,
    kind: str,
    owner: str,
    function: Scope,
    found: dict[str, list[Place]],
) -> None:
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == owner:
        found.setdefault(target.attr, []).append((function, value, path, at, kind))
    elif isinstance(target, ast.Tuple):
        for index, item in enumerate(target.elts):
            _attribute_targets(item, value, (*path, index), at, kind, owner, function, found)


def _grown(ev: Evaluator, classes: tuple[Scope, ...], name: str, found: Value, frame: Frame) -> Value:
    from asyncapi.scan.mutations import grown_attribute

    return grown_attribute(ev, classes, name, found, frame)


def fields(classes: tuple[Scope, ...]) -> list[str]:
    """Return the names of annotated class-level fields in the order a generated constructor takes them."""
    found: list[str] = []
    for scope in reversed(classes):
        for record in scope.records:
            node = record.node
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id not in found:
                found.append(node.target.id)
    return found


def _given(ev: Evaluator, classes: tuple[Scope, ...], datum: Instance, name: str) -> Value | None:
    if any(scope.child("__init__") for scope in classes):
        return None
    given = dict(datum.given)
    if name in given:
        return ev.force(given[name])
    if datum.positional:
        order = fields(classes)
        if name in order and order.index(name) < len(datum.positional):
            return ev.force(datum.positional[order.index(name)])
    return None


def _class_level(ev: Evaluator, scope: Scope, classes: tuple[Scope, ...], name: str, frame: Frame) -> Value:
    binding = scope.bindings[name][-1]
    inner = ev.frame(scope, frame)._replace(at=binding.at)
    found = default_of(ev, binding.expr, scope, frame)
    if found is None:
        found = ev.bound(scope, name, binding, inner)
        dotted = f"{scope.module.name}.{scope.qualname}.{name}"
        found = Value(tuple(_named(ev, item, dotted, scope, binding.at) for item in found.alternatives), found.needs)
    variable = _variable(ev, classes, name, binding.expr)
    line = scope.records[binding.at].line if binding.at >= 0 else None
    step = ev.step(f"default of {scope.name}.{name}", scope, line)
    return Value(
        tuple(
            item._replace(
                environment=tuple(dict.fromkeys((*item.environment, *variable))), steps=(step, *item.steps)[:12]
            )
            for item in found.alternatives
        ),
        found.needs,
    )


FIELDS = ("Field", "field", "ib", "attrib", "Factory")


def default_of(ev: Evaluator, expr: ast.expr | None, scope: Scope, frame: Frame) -> Value | None:
    """Return the default inside `Field(…)` or `field(…)`; None for any other expression."""
    if not isinstance(expr, ast.Call) or strings.label(expr.func) not in FIELDS:
        return None
    inner = ev.frame(scope, frame)
    named = {item.arg: item.value for item in expr.keywords}
    if "default" in named:
        return ev.value(named["default"], inner)
    factory = named.get("default_factory") or named.get("factory")
    if factory is not None:
        from asyncapi.scan.calls import invoke

        return join(invoke(ev, item, [], {}, inner) for item in ev.value(factory, inner).alternatives)
    if expr.args and not (isinstance(expr.args[0], ast.Constant) and expr.args[0].value is Ellipsis):
        return ev.value(expr.args[0], inner)
    return unknown("value", "the field has no default")


def _variable(ev: Evaluator, classes: tuple[Scope, ...], name: str, expr: ast.expr | None) -> tuple[str, ...]:
    """Return the environment variable that fills a field of a settings class."""
    foreign = [item.rpartition(".")[2] for item in ev.chain(classes[0])[1]]
    if "BaseSettings" not in foreign:
        return ()
    if isinstance(expr, ast.Call):
        for keyword in expr.keywords:
            if keyword.arg in ("env", "validation_alias", "alias") and isinstance(keyword.value, ast.Constant):
                return (str(keyword.value.value),)
    prefix = ""
    for item in classes:
        prefix = _prefix(ev, item) or prefix
    return (f"{prefix}{name}".upper(),)


def _prefix(ev: Evaluator, scope: Scope) -> str:
    places = [(scope, binding.expr) for binding in scope.bindings.get("model_config", [])]
    config = scope.child("Config")
    if config is not None:
        for binding in config.bindings.get("env_prefix", []):
            if binding.expr is not None:
                return strings.key_of(ev.value(binding.expr, ev.frame(config)))
    for place, expr in places:
        if isinstance(expr, ast.Call):
            for keyword in expr.keywords:
                if keyword.arg == "env_prefix":
                    return strings.key_of(ev.value(keyword.value, ev.frame(place)))
        elif expr is not None:
            for key, value in strings.pairs(ev.value(expr, ev.frame(place))):
                if strings.key_of(key) == "env_prefix":
                    return strings.key_of(value)
    return ""


def subscript(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """Return what `value[key]` can be."""
    assert isinstance(node, ast.Subscript)
    base = ev.value(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        return base
    key = ev.value(node.slice, frame)
    found = join(item_of(ev, item, key, strings.label(node), None) for item in base.alternatives)
    return Value(found.alternatives, found.needs | base.needs | key.needs)


def item_of(ev: Evaluator, item: Alternative, key: Value, name: str, default: Value | None) -> Value:
    """Return what a key of one alternative gives; an unknown key gives every value of the table."""
    datum = item.datum
    if isinstance(datum, External) and datum.name == "os.environ":
        from asyncapi.scan.builtin_calls import environment

        return environment(key, default, name)
    if isinstance(datum, Table):
        return _of_table(ev, datum, key, name, default)
    if isinstance(datum, Sequence):
        for choice in key.alternatives:
            if isinstance(choice.datum, Const) and isinstance(choice.datum.value, int):
                index = choice.datum.value
                if -len(datum.items) <= index < len(datum.items):
                    return datum.items[index]
        return join(datum.items) if datum.items else unknown(name, "the list is empty in source")
    if isinstance(datum, Instance) and datum.scope is not None:
        return _of_item_method(ev, datum, key, name)
    if isinstance(datum, Klass) and (texts := strings.key_of(key)):
        return of_class(ev, datum, texts, ev.frame(datum.scope))
    origin = (datum.origin[0], strings.key_of(key)) if isinstance(datum, Unknown) and datum.origin[0] else ("", "")
    shown = strings.key_of(key) or name
    missing = one(Unknown(shown, f"[{shown}] of something only known at run time", origin))
    return join([missing, default]) if default is not None else missing


def _of_table(ev: Evaluator, datum: Table, key: Value, name: str, default: Value | None) -> Value:
    wanted = {strings.key_of(Value((item,))) for item in key.alternatives if isinstance(item.datum, Text | Const)}
    exact = [value for own, value in datum.pairs if strings.key_of(own) in wanted and strings.key_of(own)]
    if exact:
        return join(exact[-1:] if len(wanted) == 1 else exact)
    vague = any(isinstance(item.datum, Unknown | Instance) for item in key.alternatives) or not wanted
    if vague and datum.pairs:
        return join([*(value for _, value in datum.pairs), *([default] if default is not None else [])])
    types = [ev.event_types[word] for word in wanted if word in ev.event_types]
    if types:
        return Value(tuple(Alternative(Text(word), confidence=0.8) for word in types))
    if default is not None:
        return default
    shown = next(iter(sorted(wanted)), name)
    return unknown(name, f"the table has no key {shown!r} in source")


def _of_item_method(ev: Evaluator, datum: Instance, key: Value, name: str) -> Value:
    from asyncapi.scan.calls import run

    assert datum.scope is not None
    method = ev.method(datum.scope, "__getitem__")
    if method is None:
        return unknown(name, f"{datum.scope.qualname} is read by key at run time")
    return run(ev, Routine(method, datum), [key], {}, ev.frame(datum.scope))
