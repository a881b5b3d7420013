"""Calls: arguments bound to parameters, functions run in a frame of their own, branches over what a callee can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite, Code
from asyncapi.machine.dispatch import body
from asyncapi.machine.heap import PathEnd, TooFar
from asyncapi.machine.lattice import alternatives, join, key, united
from asyncapi.machine.limits import DEPTH, FAR, FAR_STEPS, RECURSION, REPEATED
from asyncapi.machine.state import Activation
from asyncapi.machine.values import (
    REST,
    REST_KEY,
    Beyond,
    Bound,
    Class,
    Deferred,
    External,
    Func,
    HoledText,
    Instance,
    Native,
    Opaque,
    Origin,
    Spread,
    Str,
    Tup,
    Union,
    Value,
    Wrapped,
)
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def call(
    m: Machine,
    callee: Value,
    arguments: list[Value],
    named: dict[str, Value],
    at: CallSite,
    f: Activation | None = None,
) -> Value:
    """Return what a call gives; where the callee can be several things, each is called on a branch of its own."""
    kind = callee.__class__
    if kind is Union:
        pairs = [(item, guards) for item, guards in alternatives(callee) if item is not None or len(callee.known) < 2]
        if len(pairs) == 1:
            return call(m, pairs[0][0], arguments, named, at, f)
        arms = [partial(call, m, item, arguments, named, at, f) for item, _ in pairs]
        return m.fork(arms, [m.meaning(guards) for _, guards in pairs])
    before = m.at
    m.at = at
    try:
        if kind is Bound:
            func = callee.func
            if func.__class__ is Native:
                m.burn()
                return func.run(m, [callee.owner, *arguments], named, at)
            return call(m, func, [callee.owner, *arguments], named, at, f)
        if kind is Func:
            return run(m, callee, arguments, named, at, f)
        if kind is Native:
            m.burn()
            return callee.run(m, arguments, named, at)
        if kind is Class:
            return m.construct(callee, arguments, named, at, f)
        if kind is External:
            return m.call_outside(callee, arguments, named, at)
        if kind is Instance:
            return m.call_instance(callee, arguments, named, at, f)
        if kind is Wrapped:
            return call(m, callee.func, arguments, named, at, f)
        return m.call_unknown(callee, arguments, named, at)
    finally:
        m.at = before


def run(
    m: Machine, func: Func, arguments: list[Value], named: dict[str, Value], at: CallSite, caller: Activation | None
) -> Value:
    """Return what a function of the program gives; a generator or coroutine is only prepared."""
    code = func.code
    if code.active >= RECURSION.most:
        m.cut(RECURSION, at, code.active + 1, RECURSION.most)
        return Opaque(f"{code.qualname}() calls itself", name=code.name)
    if len(m.stack) >= DEPTH.most:
        m.cut(DEPTH, at, len(m.stack) + 1, DEPTH.most)
        return Beyond("calls that are nested too deeply")
    if not m.is_far(code):
        return started(m, func, arguments, named, at)
    name = (func, tuple(map(key, arguments)), tuple((n, key(v)) for n, v in named.items()))
    known = m.results.get(name)
    if known is not None and known[0] >= REPEATED.most:
        return known[1]
    if code.runs >= FAR.most:
        m.cut(FAR, at, code.runs + 1, FAR.most)
        return Opaque(f"the result of {code.qualname}(), which ran too often to be followed", name=code.name)
    result = started(m, func, arguments, named, at)
    if not isinstance(result, Deferred):
        m.results[name] = (1 if known is None else known[0] + 1, result)
    return result


def started(m: Machine, func: Func, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
    """Bind the arguments of a function and run it."""
    code = func.code
    frame = m.frame(code, func.module, func.outer)
    frame.owner, frame.at, frame.caller = func.owner, at, m.current
    bind(m, frame, func, arguments, named, at)
    m.reached.add(code)
    if m.watch is not None:
        m.watch(func, frame, at)
    if code.is_generator:
        stack = tuple(m.stack)

        def begin(consumer: Callable[[Value], bool]) -> Value:
            frame.consumer = consumer
            return execute(m, frame, stack)

        return Deferred(func, "generator", begin)
    if code.is_async:
        return Deferred(func, "coroutine", lambda: execute(m, frame))
    return execute(m, frame)


def execute(m: Machine, frame: Activation, stack: tuple[tuple[Code, CallSite | None], ...] | None = None) -> Value:
    """Run a frame's body; a function far from what is asked for, and what it calls, may only take so many steps."""
    code = frame.code
    if m.floor is not None or not m.is_far(code):
        return executed(m, frame, stack)
    if code in m.exhausted:
        return Opaque(f"the result of {code.qualname}(), which takes too many steps to be followed", name=code.name)
    depth, arms, tries, assumed, conditions = len(m.regions), m.arms, m.tries, m.assumed, m.conditions
    m.floor = m.fuel - FAR_STEPS.most
    try:
        return executed(m, frame, stack)
    except TooFar:
        m.unwind(depth)
        m.arms, m.tries, m.assumed, m.conditions = arms, tries, assumed, conditions
        m.exhausted.add(code)
        m.cut(FAR_STEPS, frame.at, FAR_STEPS.most + 1, FAR_STEPS.most)
        m.fails()
        return Opaque(f"the result of {code.qualname}(), which takes too many steps to be followed", name=code.name)
    finally:
        m.floor = None


def executed(m: Machine, frame: Activation, stack: tuple[tuple[Code, CallSite | None], ...] | None = None) -> Value:
    """Run a frame's body to its end and return the joined value of the paths that returned."""
    code = frame.code
    code.active += 1
    code.runs += 1
    m.stack.append((code, frame.at))
    assumed, conditions, current = m.assumed, m.conditions, m.current
    m.current = frame
    depth = len(m.regions)
    try:
        if code.branches:
            frame.region = m.open()
        ended = body(code)(frame)
        value: Value = frame.result if frame.returned else None
        alive = frame.returned or not ended
        if frame.region is not None:
            m.unwind(depth + 1)
            value, alive = m.settle(frame.region, frame, "return", value, alive)
            frame.region = None
        ended = not alive
        if ended:
            if m.arms or m.tries:
                raise PathEnd
            return Opaque(f"{code.qualname}() never returns", name=code.name)
        return value
    except PathEnd:
        m.unwind(depth)
        frame.region = None
        raise
    finally:
        code.active -= 1
        m.stack.pop()
        m.assumed, m.conditions, m.current = assumed, conditions, current


def bind(
    m: Machine, frame: Activation, func: Func, arguments: list[Value], named: dict[str, Value], at: CallSite
) -> None:
    """Give the parameters of a function their values."""
    code = func.code
    fields = frame.fields
    positional = code.positional
    given = dict(named)
    unknown = given.pop("**", None)
    rest: list[Value] = []
    index = 0
    spread: Value = None
    for value in arguments:
        if value.__class__ is Spread:
            spread = value.value
            continue
        if index < len(positional):
            fields[positional[index]] = value
            index += 1
        else:
            rest.append(value)
    for name in positional:
        if name in fields and name not in given:
            continue
        if name in given:
            fields[name] = given.pop(name)
    first_default = len(positional) - len(func.defaults)
    for number, name in enumerate(positional):
        if name in fields:
            continue
        if spread is not None or unknown is not None:
            element = items.element(m, spread) if spread is not None else items.one_of(m, unknown)
            default = [func.defaults[number - first_default]] if number >= first_default else []
            fields[name] = join([_called(element, name), *default])
        elif number >= first_default:
            fields[name] = defaulted(m, func, name, func.defaults[number - first_default])
        else:
            fields[name] = m.argument(func, name)
    for name in code.kwonly:
        if name in given:
            fields[name] = given.pop(name)
        elif name in func.keyword_defaults:
            fields[name] = defaulted(m, func, name, func.keyword_defaults[name])
        else:
            fields[name] = m.argument(func, name)
    if code.vararg:
        fields[code.vararg] = Tup(rest) if spread is None else items.new_list(m, [*rest, Spread(spread)], at)
    if code.kwarg:
        others = items.new_dict(m, at)
        others.fields.update(given)
        if unknown is not None:
            others.fields.update({REST: unknown, REST_KEY: Opaque("a key")})
        fields[code.kwarg] = others


def _called(value: Value, name: str) -> Value:
    return Opaque(value.reason, name=name) if value.__class__ is Opaque else value


def defaulted(m: Machine, func: Func, name: str, value: Value) -> Value:
    """Return a parameter's default; a text tells that it came from there, some objects stand for what they make."""
    if isinstance(value, Instance):
        known = m.outside_of(value)
        return known.default(m, value, m.at) if known is not None and known.default is not None else value
    if isinstance(value, (str, HoledText)):
        origin = Origin(
            f"default of {name} in {func.code.qualname}()",
            Source(file=func.code.file.file, symbol=func.code.qualname, line=func.code.line),
            getattr(value, "origin", None).constant if getattr(value, "origin", None) else "",  # type: ignore[union-attr]
            getattr(value, "origin", None),
        )
        return Str(value, origin) if isinstance(value, str) else HoledText(value.parts, origin)
    return value


def fork(m: Machine, arms: Sequence[Callable[[], Value]], assumes: list[dict[object, Value]] | None = None) -> Value:
    """Run several arms, each from the present state, and join what they wrote and gave.

    Where only one arm goes on, what was assumed on it holds from here on. Where none does, the path is over.
    """
    outcomes = []
    assumed, conditions = m.assumed, m.conditions
    last = assumed
    m.arms += 1
    try:
        for number, arm in enumerate(arms):
            region = m.open()
            depth = len(m.regions)
            if assumes is not None and assumes[number]:
                m.assumed = {**assumed, **assumes[number]}
            try:
                value = arm()
                alive = True
            except PathEnd:
                value, alive = None, False
            m.unwind(depth)
            if alive:
                last = m.assumed
            writes = m.undo(region)
            if alive:
                outcomes.append((value, writes))
            m.assumed, m.conditions = assumed, conditions
    finally:
        m.arms -= 1
    if not outcomes:
        raise PathEnd
    if len(outcomes) == 1:
        m.assumed = last
    elif assumes is not None and len(outcomes) == len(arms):
        token = m.branches + 1
        for number, assume in enumerate(assumes):
            if assume:
                m.meanings[token, number] = assume
    return m.apply(outcomes)


def consume(m: Machine, generator: Deferred, body: Callable[[Value, bool], bool]) -> bool:
    """Run a generator with the consumer's body inside of its `yield`; whether every path of the body left."""
    if generator.done:
        return False
    generator.done = True
    m.arms += 1
    try:
        generator.result = generator.begin(lambda value: body(value, True))
        return False
    except PathEnd:
        return True
    finally:
        m.arms -= 1


def awaited(m: Machine, value: Value, at: CallSite) -> Value:
    """Return what awaiting a value gives: a coroutine runs here, once."""
    found = []
    for item, guards in alternatives(value):
        if isinstance(item, Deferred) and item.kind == "coroutine":
            if not item.done:
                item.done = True
                item.result = item.begin()
            found.append((item.result, guards))
        elif isinstance(item, Instance):
            found.append((m.await_instance(item, at), guards))
        elif item.__class__ is Opaque:
            found.append((Opaque(item.reason, name=item.name, environment=item.environment, kind=item.kind), guards))
        else:
            found.append((item, guards))
    return united(found)
