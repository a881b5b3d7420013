"""Calls: what a function, method or constructor gives back, and how arguments meet parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Sequence_
from typing import TYPE_CHECKING

from asyncapi.scan import bounds, builtin_calls, enumerations, guards, labels, makers, queues, strings, text_tests
from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.narrow import narrowed
from asyncapi.scan.parameters import typed
from asyncapi.scan.passing import Arguments, arguments, bind, receiver
from asyncapi.scan.values import (
    LIMIT,
    PARTIAL,
    Alternative,
    Const,
    External,
    Frame,
    Given,
    Instance,
    Klass,
    Lambda,
    Payload,
    Routine,
    Sequence,
    Unknown,
    Value,
    join,
    one,
    unknown,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

MOST_RETURNS = 24


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
    result = join(found) if found else unknown(labels.label(node), "nothing is known of what is called")
    named = labels.label(node)
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
    if item.member is not None and (found := enumerations.method(ev, item, func.attr, passed, frame)) is not None:
        return found
    own = isinstance(datum, Instance) and datum.scope is not None and ev.method(datum.scope, func.attr) is not None
    if not own:
        direct = builtin_calls.method(ev, item, func.attr, passed, labels.label(node))
        if direct is not None:
            return direct
    if isinstance(datum, Instance):
        holder = makers.held(datum, func.attr, passed)
        if holder is not None:
            return one(holder)
        queued = queues.taken(ev, datum, func.attr, labels.label(func.value), frame)
        if queued is not None:
            return queued
    if isinstance(datum, Unknown):
        return one(Unknown(labels.label(node), f"the result of {func.attr}() on something only known at run time"))
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
    if isinstance(datum, Instance) and datum.name == PARTIAL:
        passed = Arguments([*datum.positional[1:], *passed.positional], {**dict(datum.given), **passed.named})
        return join(_invoked(ev, inner, passed, frame, node) for inner in ev.force(datum.positional[0]).alternatives)
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
    for at, expr in _some(ev, scope, _results(scope)):
        if not guards.runs(ev, scope, at, inner):
            continue
        returned.append(ev.value(expr, inner._replace(at=at)))
    yielded = _yields(scope)
    if yielded:
        items = [ev.value(expr, inner._replace(at=at)) for at, expr in _some(ev, scope, yielded)]
        returned.append(
            Value((Alternative(Sequence(tuple(items))),), frozenset(k for item in items for k in item.needs))
        )
    if not returned:
        return one(Const(None))
    return join(returned)


def returned(ev: Evaluator, scope: Scope) -> Value:
    """Return what a readable function gives whoever calls it: an object of the annotated class where that is one."""
    frame = ev.frame(scope)
    found = join(ev.value(expr, frame._replace(at=at)) for at, expr in _some(ev, scope, _results(scope)))
    node = scope.node
    if isinstance(node, FUNCTIONS) and node.returns is not None and scope.parent is not None:
        hint = typed(ev, node.returns, ev.frame(scope.parent), "return")
        if not any(isinstance(item.datum, Instance | Payload) for item in found.alternatives):
            return hint
    return found


def _abstract(scope: Scope) -> bool:
    from asyncapi.scan.functions import decorated

    return decorated(scope, "abstractmethod")


def _some(ev: Evaluator, scope: Scope, said: list[tuple[int, ast.expr]]) -> Sequence_[tuple[int, ast.expr]]:
    return bounds.first(said, MOST_RETURNS, "results of a function", ev.source(scope, scope.start))


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


def loops(ev: Evaluator, generators: list[ast.comprehension], frame: Frame, over: Value) -> Iterator[Frame]:
    """Yield a frame for each round of a comprehension that its conditions let through, the first running `over`."""
    frames = [frame]
    for generator in generators:
        following: list[Frame] = []
        for current in frames:
            value = over if generator is generators[0] else enumerations.listed(ev, ev.value(generator.iter, current))
            rounds = strings.elements(value) or [strings.items(value, labels.label(generator.iter))]
            for element in rounds:
                inner = {**current.inner, **targets(generator.target, element, ())}
                round_ = current._replace(inner=inner)
                if not any(text_tests.certain(ev, test, round_) is False for test in generator.ifs):
                    following.append(round_)
        frames = list(bounds.first(following, LIMIT, "rounds of a comprehension"))
    yield from frames


def targets(target: ast.expr, element: Value, path: tuple[int, ...]) -> dict[str, Value]:
    if isinstance(target, ast.Name):
        return {target.id: strings.unpack(element, path, target.id)}
    found: dict[str, Value] = {}
    if isinstance(target, ast.Tuple | ast.List):
        for index, item in enumerate(target.elts):
            found.update(targets(item, element, (*path, index)))
    return found
