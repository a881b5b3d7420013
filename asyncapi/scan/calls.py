"""Calls: what a function, method or constructor gives back, and how arguments meet parameters."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Sequence_
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import builtin_calls, queues, strings
from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.narrow import narrowed
from asyncapi.scan.values import (
    LIMIT,
    Alternative,
    Bindings,
    Const,
    External,
    Frame,
    Given,
    Instance,
    Key,
    Klass,
    Lambda,
    Lazy,
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

MOST_RETURNS = 24


class Arguments(NamedTuple):
    """The arguments of one call, plain ones not yet evaluated; `open` tells that more may follow than can be seen."""

    positional: list[Given]
    named: dict[str, Given]
    open: bool = False
    needs: frozenset[Key] = frozenset()

    def forced(self, ev: Evaluator) -> tuple[list[Value], dict[str, Value]]:
        """Return the arguments with every value worked out."""
        positional = [ev.force(item) for item in self.positional]
        return positional, {key: ev.force(item) for key, item in self.named.items()}


def arguments(ev: Evaluator, node: ast.Call, frame: Frame) -> Arguments:
    """Return the arguments of a call; `*items` and `**table` are spread where source shows what they hold."""
    positional: list[Given] = []
    named: dict[str, Given] = {}
    vague = False
    needs: frozenset[Key] = frozenset()
    for item in node.args:
        if isinstance(item, ast.Starred):
            spread = ev.value(item.value, frame)
            needs |= spread.needs
            known = [one.datum for one in spread.alternatives if isinstance(one.datum, Sequence)]
            vague = vague or len(known) != 1
            positional.extend(known[0].items if len(known) == 1 else [])
        else:
            positional.append(Lazy(item, frame))
    for keyword in node.keywords:
        if keyword.arg is not None:
            named[keyword.arg] = Lazy(keyword.value, frame)
            continue
        value = ev.value(keyword.value, frame)
        needs |= value.needs
        found = strings.pairs(value)
        vague = vague or not any(isinstance(item.datum, Table) for item in value.alternatives)
        named.update({strings.key_of(key): inner for key, inner in found})
    return Arguments(positional, named, vague, needs)


def call(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """Return what a call gives back."""
    assert isinstance(node, ast.Call)
    special = builtin_calls.special(ev, node, frame)
    if special is not None:
        return special
    passed = arguments(ev, node, frame)
    func = node.func
    found: list[Value] = []
    needs = passed.needs
    if isinstance(func, ast.Attribute):
        base = ev.value(func.value, frame)
        needs |= base.needs
        for item in base.alternatives:
            found.append(_method(ev, item, node, passed, frame))
    else:
        base = ev.value(func, frame)
        needs |= base.needs
        for item in base.alternatives:
            found.append(_invoked(ev, item, passed, frame, node))
    result = join(found) if found else unknown(strings.label(node), "nothing is known of what is called")
    named = strings.label(node)
    settled = tuple(
        item._replace(datum=item.datum._replace(name=named))
        if isinstance(item.datum, Unknown) and item.datum.name in ("value", "result")
        else item
        for item in result.alternatives
    )
    return Value(settled, result.needs | needs)


def _method(ev: Evaluator, item: Alternative, node: ast.Call, passed: Arguments, frame: Frame) -> Value:
    from asyncapi.scan.attributes import attribute

    func = node.func
    assert isinstance(func, ast.Attribute)
    datum = item.datum
    own = isinstance(datum, Instance) and datum.scope is not None and ev.method(datum.scope, func.attr) is not None
    if not own:
        direct = builtin_calls.method(ev, item, func.attr, passed, strings.label(node))
        if direct is not None:
            return direct
    if isinstance(datum, Instance):
        queued = queues.taken(ev, datum, func.attr, strings.label(func.value), frame)
        if queued is not None:
            return queued
    if isinstance(datum, Unknown):
        return one(Unknown(strings.label(node), f"the result of {func.attr}() on something only known at run time"))
    target = attribute(ev, item, func.attr, frame)
    return join([_invoked(ev, choice, passed, frame, node) for choice in target.alternatives])


def _invoked(ev: Evaluator, item: Alternative, passed: Arguments, frame: Frame, node: ast.Call) -> Value:
    datum = item.datum
    if isinstance(datum, Routine) and not datum.given:
        return run(ev, datum, passed.positional, passed.named, frame)
    if isinstance(datum, Klass):
        place = (frame.scope.module.file, node.lineno)
        given = tuple(passed.named.items())
        return one(Instance(datum.scope, "", tuple(passed.positional), given, True, place=place))
    if isinstance(datum, External):
        return builtin_calls.external(ev, datum, passed, frame, node)
    positional, named = passed.forced(ev)
    return invoke(ev, item, positional, named, frame)


def invoke(ev: Evaluator, item: Alternative, positional: list[Value], named: dict[str, Value], frame: Frame) -> Value:
    """Return what calling one alternative with these values gives."""
    datum = item.datum
    if isinstance(datum, Routine):
        named = {**{key: ev.force(value) for key, value in datum.given}, **named}
        positional = [value for key, value in named.items() if key.startswith("*")] + positional
        named = {key: value for key, value in named.items() if not key.startswith("*")}
        return run(ev, datum, positional, named, frame)
    if isinstance(datum, Klass):
        place = (datum.scope.module.file, datum.scope.start)
        return one(Instance(datum.scope, "", tuple(positional), tuple(named.items()), True, place=place))
    if isinstance(datum, Lambda):
        return _apply(ev, datum, positional, frame)
    if isinstance(datum, External):
        return builtin_calls.external(ev, datum, Arguments(list(positional), dict(named)), frame, None)
    if isinstance(datum, Instance) and datum.scope is not None:
        method = ev.method(datum.scope, "__call__")
        if method is not None:
            return run(ev, Routine(method, datum), positional, named, frame)
    return unknown("value", "the result of calling something only known at run time")


def _apply(ev: Evaluator, datum: Lambda, positional: list[Value], frame: Frame) -> Value:
    names = [argument.arg for argument in datum.node.args.args]
    inner = dict(datum.frame.inner)
    inner.update(zip(names, positional, strict=False))
    return ev.value(datum.node.body, datum.frame._replace(inner=inner, bound=frame.bound, open=frame.open))


def run(
    ev: Evaluator, routine: Routine, positional: Sequence_[Given], named: Mapping[str, Given], frame: Frame
) -> Value:
    """Return what a readable function gives back: every `return`, or every `yield` as a list."""
    scope = routine.scope
    owner, positional = receiver(ev, scope, routine.owner, positional)
    if _abstract(scope):
        return unknown(scope.name, f"{scope.qualname}() is not implemented in source")
    bound, opened = narrowed(ev, frame, scope)
    bound = bound.also(bind(ev, scope, positional, named, owner))
    if any(key[0] == id(scope) for key in opened):
        opened = frozenset(key for key in opened if key[0] != id(scope))
    inner = Frame(scope, None, bound, opened, {})
    returned: list[Value] = []
    for at, expr in _results(scope)[:MOST_RETURNS]:
        returned.append(ev.value(expr, inner._replace(at=at)))
    yielded = _yields(scope)
    if yielded:
        items = [ev.value(expr, inner._replace(at=at)) for at, expr in yielded[:MOST_RETURNS]]
        returned.append(
            Value((Alternative(Sequence(tuple(items))),), frozenset(k for item in items for k in item.needs))
        )
    if not returned:
        return one(Const(None))
    return join(returned)


def receiver(
    ev: Evaluator, scope: Scope, owner: object, positional: Sequence_[Given]
) -> tuple[object, Sequence_[Given]]:
    """Return the object a method runs on; for `Class.method(obj, …)` it is the first argument."""
    from asyncapi.scan.evaluate import decorated

    if not isinstance(owner, Klass) or decorated(scope, "classmethod") or not positional:
        return owner, positional
    if decorated(scope, "staticmethod"):
        return None, positional
    found = [item.datum for item in ev.force(positional[0]).alternatives if isinstance(item.datum, Instance)]
    return (found[0] if found else Instance(owner.scope, "")), positional[1:]


def _abstract(scope: Scope) -> bool:
    from asyncapi.scan.evaluate import decorated

    return decorated(scope, "abstractmethod")


def _results(scope: Scope) -> list[tuple[int, ast.expr]]:
    return [
        (at, record.node.value)
        for at, record in enumerate(scope.records)
        if isinstance(record.node, ast.Return) and record.node.value is not None
    ]


def _yields(scope: Scope) -> list[tuple[int, ast.expr]]:
    return [
        (at, record.node.value.value)
        for at, record in enumerate(scope.records)
        if isinstance(record.node, ast.Expr)
        and isinstance(record.node.value, ast.Yield)
        and record.node.value.value is not None
    ]


def entered(ev: Evaluator, value: Value, frame: Frame) -> Value:
    """Return what `with value as name` binds: the object, what `__enter__` returns, or what a generator yields."""
    found: list[Value] = []
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Sequence):
            found.extend(datum.items)
        elif isinstance(datum, Instance) and datum.scope is not None:
            method = ev.method(datum.scope, "__aenter__") or ev.method(datum.scope, "__enter__")
            result = run(ev, Routine(method, datum), [], {}, frame) if method is not None else Value((item,))
            found.append(Value((item,)) if _nothing(result) else result)
        else:
            found.append(Value((item,)))
    return Value(join(found).alternatives, value.needs)


def _nothing(value: Value) -> bool:
    return all(isinstance(item.datum, Const | Unknown) for item in value.alternatives)


def loops(ev: Evaluator, generators: list[ast.comprehension], frame: Frame) -> Iterator[Frame]:
    """Yield a frame for every round of a comprehension's loops, bounded."""
    frames = [frame]
    for generator in generators:
        following: list[Frame] = []
        for current in frames:
            value = ev.value(generator.iter, current)
            rounds = strings.elements(value) or [strings.items(value, strings.label(generator.iter))]
            for element in rounds:
                inner = {**current.inner, **_targets(generator.target, element, ())}
                following.append(current._replace(inner=inner))
        frames = following[:LIMIT]
    yield from frames


def _targets(target: ast.expr, element: Value, path: tuple[int, ...]) -> dict[str, Value]:
    if isinstance(target, ast.Name):
        return {target.id: strings.unpack(element, path, target.id)}
    found: dict[str, Value] = {}
    if isinstance(target, ast.Tuple | ast.List):
        for index, item in enumerate(target.elts):
            found.update(_targets(item, element, (*path, index)))
    return found


def bind(
    ev: Evaluator,
    scope: Scope,
    positional: Sequence_[Given],
    named: Mapping[str, Given],
    owner: object,
) -> dict[Key, Given]:
    """Return parameter → value for a call of a readable function; what is not passed has its default."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    found: dict[Key, Given] = {}
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if owner is not None and names:
        found[(id(scope), names[0])] = one(owner)  # type: ignore[arg-type]
        names = names[1:]
    for name, value in zip(names, positional, strict=False):
        found[(id(scope), name)] = value
    if node.args.vararg is not None:
        found[(id(scope), node.args.vararg.arg)] = one(
            Sequence(tuple(ev.force(item) for item in positional[len(names) :]))
        )
    wanted = {*names, *(argument.arg for argument in node.args.kwonlyargs)}
    rest = []
    for name, value in named.items():
        if name in wanted:
            found[(id(scope), name)] = value
        else:
            rest.append((name, value))
    if node.args.kwarg is not None:
        found[(id(scope), node.args.kwarg.arg)] = one(
            Table(tuple((one(Text(name)), ev.force(value)) for name, value in rest))
        )
    for name in itertools.chain(wanted):
        if (id(scope), name) not in found:
            value_or_none = default(ev, scope, name)
            if value_or_none is not None:
                found[(id(scope), name)] = value_or_none
    return found


def default(ev: Evaluator, scope: Scope, name: str) -> Value | None:
    """Return the default of a parameter, marked as such."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    plain = [*node.args.posonlyargs, *node.args.args]
    pairs = list(zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
    for argument, expr in pairs:
        if argument.arg == name and scope.parent is not None:
            found = ev.value(expr, ev.frame(scope.parent))
            step = ev.step(f"default of {name} in {scope.qualname}()", scope, argument.lineno)
            marked = tuple(i._replace(default=True, steps=(step, *i.steps)[:12]) for i in found.alternatives)
            return Value(marked, found.needs)
    return None


def constructed(ev: Evaluator, datum: Instance) -> Bindings:
    """Return what is bound inside the methods of an object: its constructor's parameters, through `super()` too."""
    known = ev.nothing.memo.get(("made", id(datum)))
    if known is None:
        known = (datum, _constructed(ev, datum))
        ev.nothing.memo["made", id(datum)] = known
    return known[1]  # type: ignore[index,no-any-return]


def _constructed(ev: Evaluator, datum: Instance) -> Bindings:
    assert datum.scope is not None
    found = Bindings()
    classes = ev.chain(datum.scope)[0]
    positional: list[Given] = list(datum.positional)
    named: dict[str, Given] = dict(datum.given)
    for scope in classes:
        init = scope.child("__init__")
        if init is None:
            continue
        found.update(bind(ev, init, positional, named, datum))
        upward = _super_call(init)
        if upward is None:
            break
        at, node = upward
        passed = arguments(ev, node, Frame(init, at, found, frozenset(), {}))
        positional, named = passed.positional, passed.named
    return found


def _super_call(init: Scope) -> tuple[int, ast.Call] | None:
    for at, record in enumerate(init.records):
        node = record.node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            func = node.value.func
            if (
                isinstance(func, ast.Attribute)
                and func.attr == "__init__"
                and isinstance(func.value, ast.Call)
                and strings.label(func.value.func) == "super"
            ):
                return at, node.value
    return None
