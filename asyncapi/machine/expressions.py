"""Expressions as closures: one function for each kind of node, found by the node's type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from asyncapi.machine import items, operators, texts
from asyncapi.machine.code import COMPREHENSIONS, CallSite, Code, hint
from asyncapi.machine.conditions import condition, decided
from asyncapi.machine.dispatch import compiled, expression
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.lattice import filled, present, under
from asyncapi.machine.loops import until_stable
from asyncapi.machine.state import Activation, Machine, Run, look_up, outer_frame
from asyncapi.machine.targets import target
from asyncapi.machine.values import ABSENT, HoledText, ListCell, Opaque, SliceOf, Spread, Tup, Union, Value


@expression(ast.Constant)
def constant(node: ast.Constant, code: Code) -> Run:
    """A constant is itself."""
    value = node.value
    return lambda f: value


@expression(ast.Name)
def name(node: ast.Name, code: Code) -> Run:
    """A name: where it is looked up was settled when the code was compiled."""
    wanted = node.id
    where, steps = code.find(wanted)
    if where == "local" and code.kind != "class":

        def local(f: Activation) -> Value:
            value = f.fields.get(wanted, ABSENT)
            kind = value.__class__
            if kind is Union:
                value = present(value)
                if value is not f.fields[wanted]:
                    f.m.fails()
                if f.m.assumed:
                    value = under(value, f.m.assumed)
            elif kind is HoledText and f.m.assumed:
                value = filled(value, f.m.assumed)
            return _unset(f, wanted) if value is ABSENT else value

        return local
    if where == "local":

        def in_class(f: Activation) -> Value:
            value = f.fields.get(wanted, ABSENT)
            return seen(f, global_of(f, wanted) if value is ABSENT else value, wanted)

        return in_class
    if where == "outer":

        def outer(f: Activation) -> Value:
            return seen(f, outer_frame(f, steps).fields.get(wanted, ABSENT), wanted)

        return outer
    return lambda f: seen(f, look_up(f, wanted), wanted)


def global_of(f: Activation, wanted: str) -> Value:
    """Return a name that a class body does not have itself."""
    where, steps = f.code.parent.find(wanted) if f.code.parent is not None else ("global", 0)
    if where == "global":
        return look_up(f, wanted)
    return outer_frame(f, steps + 1).fields.get(wanted, ABSENT)


def seen(f: Activation, value: Value, wanted: str) -> Value:
    """Return a value as the present path sees it."""
    kind = value.__class__
    if kind is Union or kind is HoledText:
        there = present(value)
        if there is not value:
            f.m.fails()
        value = under(there, f.m.assumed)
    if value is ABSENT:
        f.m.fails()
        return Opaque(f"{wanted} is not defined in source", name=wanted)
    return value


def _unset(f: Activation, wanted: str) -> Value:
    f.m.fails()
    return Opaque(f"{wanted} is not set", name=wanted)


@expression(ast.Attribute)
def attribute(node: ast.Attribute, code: Code) -> Run:
    """An attribute of whatever the object can be."""
    owner, wanted, at = compiled(node.value, code), node.attr, code.site(node)
    return lambda f: f.m.attribute(owner(f), wanted, at)


@expression(ast.Subscript)
def subscript(node: ast.Subscript, code: Code) -> Run:
    """An element of whatever the container can be."""
    owner, index, at = compiled(node.value, code), compiled(node.slice, code), code.site(node)
    return lambda f: items.item(f.m, owner(f), index(f), at)


@expression(ast.Slice)
def slice_(node: ast.Slice, code: Code) -> Run:
    """A slice keeps its three values."""
    parts = [compiled(part, code) if part is not None else None for part in (node.lower, node.upper, node.step)]
    return lambda f: SliceOf(*(None if part is None else part(f) for part in parts))


@expression(ast.Call)
def call(node: ast.Call, code: Code) -> Run:
    """A call, with its arguments from left to right."""
    at = code.site(node)
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return lambda f: f.m.super_of(f)
    func = compiled(node.func, code)
    if not any(isinstance(item, ast.Starred) for item in node.args) and all(k.arg for k in node.keywords):
        positional = [compiled(item, code) for item in node.args]
        named = [(str(k.arg), compiled(k.value, code)) for k in node.keywords]
        if not named:
            return lambda f: f.m.call(func(f), [item(f) for item in positional], {}, at, f)
        return lambda f: f.m.call(func(f), [item(f) for item in positional], {n: item(f) for n, item in named}, at, f)
    arguments = [
        (isinstance(i, ast.Starred), compiled(i.value if isinstance(i, ast.Starred) else i, code)) for i in node.args
    ]
    keywords = [(k.arg, compiled(k.value, code)) for k in node.keywords]

    def spread(f: Activation) -> Value:
        callee = func(f)
        given: list[Value] = []
        for starred, item in arguments:
            value = item(f)
            given.extend(items.unpacked(f.m, value, at) if starred else [value])
        named: dict[str, Value] = {}
        for name_, item in keywords:
            value = item(f)
            if name_ is not None:
                named[name_] = value
            else:
                named.update(items.keywords(f.m, value))
        return f.m.call(callee, given, named, at, f)

    return spread


@expression(ast.BinOp)
def binary(node: ast.BinOp, code: Code) -> Run:
    """Both sides, then the operator on every combination that can stand together."""
    left, right, kind, at = compiled(node.left, code), compiled(node.right, code), type(node.op), code.site(node)
    names = (hint(node.left), hint(node.right))
    return lambda f: operators.binary(f.m, kind, left(f), right(f), at, names)


@expression(ast.UnaryOp)
def unary(node: ast.UnaryOp, code: Code) -> Run:
    """One side, then the operator."""
    if isinstance(node.op, ast.Not):
        test = condition(node.operand, code)

        def negated(f: Activation) -> Value:
            found = decided(test(f))
            return Opaque("a condition", kind="bool") if found is None else not found

        return negated
    operand, kind = compiled(node.operand, code), type(node.op)
    return lambda f: operators.unary(f.m, kind, operand(f))


@expression(ast.Compare)
def compare(node: ast.Compare, code: Code) -> Run:
    """A comparison is a condition whose outcome is used as a value."""
    test = condition(node, code)

    def compared(f: Activation) -> Value:
        found = decided(test(f))
        return Opaque("a comparison", kind="bool") if found is None else found

    return compared


@expression(ast.BoolOp)
def boolean(node: ast.BoolOp, code: Code) -> Run:
    """`and` and `or` give the value that decides; where none surely does, each that can."""
    values = [(compiled(item, code), hint(item)) for item in node.values]
    is_or = isinstance(node.op, ast.Or)

    def chosen(f: Activation, index: int = 0) -> Value:
        value = values[index][0](f)
        if index == len(values) - 1:
            return value
        stops, goes = operators.split_truth(value, f.m)
        if not is_or:
            stops, goes = goes, stops
        if goes is ABSENT:
            return stops
        if stops is ABSENT:
            return chosen(f, index + 1)
        return f.m.fork([lambda: stops, lambda: chosen(f, index + 1)])

    return chosen


@expression(ast.IfExp)
def conditional(node: ast.IfExp, code: Code) -> Run:
    """One of two values; both where the condition is not known."""
    test, body, orelse = condition(node.test, code), compiled(node.body, code), compiled(node.orelse, code)

    def either(f: Activation) -> Value:
        found = test(f)
        if found is True:
            return body(f)
        if found is False:
            return orelse(f)
        return f.m.branch(found, lambda: body(f), lambda: orelse(f), node.test)

    return either


@expression(ast.NamedExpr)
def named(node: ast.NamedExpr, code: Code) -> Run:
    """`name := value` gives the name its value and is the value."""
    value, store = compiled(node.value, code), target(node.target, code)

    def assigned(f: Activation) -> Value:
        found = value(f)
        store(f, found)
        return found

    return assigned


@expression(ast.JoinedStr)
def joined(node: ast.JoinedStr, code: Code) -> Run:
    """An f-string: its parts in order, unknown ones as holes named after their expression."""
    parts = [
        (item.value, "", None, -1)
        if isinstance(item, ast.Constant)
        else (
            compiled(item.value, code),
            hint(item.value),
            compiled(item.format_spec, code) if item.format_spec else None,
            item.conversion,
        )
        for item in node.values
        if isinstance(item, (ast.Constant, ast.FormattedValue))
    ]
    at = code.site(node)

    def text(f: Activation) -> Value:
        return texts.joined(
            f.m,
            [
                part
                if not callable(part)
                else texts.shown(f.m, part(f), said, spec(f) if spec else None, conversion, at)
                for part, said, spec, conversion in parts
            ],
        )

    return text


@expression(ast.Tuple)
def tuple_(node: ast.Tuple, code: Code) -> Run:
    """A tuple; unpacked parts whose length is not known make it an unknown one."""
    parts, at = elements(node.elts, code), code.site(node)

    def made(f: Activation) -> Value:
        found = gathered(f, parts, at)
        return Tup(found) if not any(item.__class__ is Spread for item in found) else items.new_list(f.m, found, at)

    return made


@expression(ast.List)
def list_(node: ast.List, code: Code) -> Run:
    """A new list."""
    parts, at = elements(node.elts, code), code.site(node)
    return lambda f: items.new_list(f.m, gathered(f, parts, at), at)


@expression(ast.Set)
def set_(node: ast.Set, code: Code) -> Run:
    """A new set."""
    parts, at = elements(node.elts, code), code.site(node)
    return lambda f: items.new_set(f.m, gathered(f, parts, at), at)


def elements(nodes: list[ast.expr], code: Code) -> list[tuple[bool, Run]]:
    """Return elements of a display as (is it unpacked, its value)."""
    return [
        (isinstance(item, ast.Starred), compiled(item.value if isinstance(item, ast.Starred) else item, code))
        for item in nodes
    ]


def gathered(f: Activation, parts: list[tuple[bool, Run]], at: Any) -> list[Value]:
    """Return the elements of a display, `*values` unpacked."""
    found: list[Value] = []
    for starred, part in parts:
        value = part(f)
        found.extend(items.unpacked(f.m, value, at) if starred else [value])
    return found


@expression(ast.Dict)
def dict_(node: ast.Dict, code: Code) -> Run:
    """A new dict, `**others` merged in at their place."""
    pairs = [
        (compiled(k, code) if k is not None else None, compiled(v, code))
        for k, v in zip(node.keys, node.values, strict=True)
    ]
    at = code.site(node)

    def made(f: Activation) -> Value:
        found = items.new_dict(f.m, at)
        for key, value in pairs:
            if key is None:
                items.update(f.m, found, value(f), at)
            else:
                items.set_item(f.m, found, key(f), value(f), at)
        return found

    return made


@expression(ast.Lambda)
def lambda_(node: ast.Lambda, code: Code) -> Run:
    """A function without a name."""
    inner = Code(node, "function", "<lambda>", code.file, code)
    defaults = [compiled(item, code) for item in node.args.defaults]
    keyword_defaults = [
        (k.arg, compiled(v, code))
        for k, v in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if v is not None
    ]
    return lambda f: f.m.function(f, inner, [d(f) for d in defaults], {n: d(f) for n, d in keyword_defaults})


@expression(*COMPREHENSIONS)
def comprehension(node: Any, code: Code) -> Run:
    """A comprehension runs its loops at once; what its conditions leave open may be among the elements or not."""
    inner = Code(node, "comprehension", f"<{type(node).__name__}>", code.file, code)
    at = code.site(node)
    loops = []
    for index, item in enumerate(node.generators):
        source = compiled(item.iter, inner if index else code)
        loops.append((source, target(item.target, inner), [(condition(test, inner), test) for test in item.ifs]))
    keyed = isinstance(node, ast.DictComp)
    value = compiled(node.value if keyed else node.elt, inner)
    key = compiled(node.key, inner) if keyed else None
    makers: dict[type[ast.expr], Callable[[Machine, CallSite], Value]] = {
        ast.DictComp: items.new_dict,
        ast.SetComp: lambda m, at: items.new_set(m, [], at),
    }
    make: Callable[[Machine, CallSite], Value] = makers.get(type(node), lambda m, at: items.new_list(m, [], at))

    def element(f: Activation, found: Value, many: bool) -> None:
        if key is not None:
            items.set_item(f.m, found, key(f), value(f), at)
        elif many:
            items.add_maybe(f.m, found, value(f), False)
        else:
            items.add(f.m, found, value(f))

    def turn(f: Activation, index: int, found: Value, many: bool) -> None:
        if index == len(loops):
            element(f, found, many)
            return
        source, store, tests = loops[index]
        iterable = source(f if index else outer_frame(f, 1))
        if isinstance(found, ListCell) and items.unordered(iterable):
            found.shuffled = True

        def each(item: Value, certain: bool | None) -> bool:
            def round_() -> Value:
                store(f, item)
                tested(0)
                return None

            def tested(number: int) -> Value:
                if number == len(tests):
                    turn(f, index + 1, found, many or certain is False)
                    return None
                answer = tests[number][0](f)
                if answer is True:
                    return tested(number + 1)
                if answer is not False:
                    f.m.branch(answer, lambda: tested(number + 1), lambda: None, tests[number][1])
                return None

            if certain:
                round_()
            else:
                f.m.fork([round_, lambda: None])
            return False

        items.each(f.m, iterable, each, at)

    def made(f: Activation) -> Value:
        found = make(f.m, at)
        frame = f.m.frame(inner, f.module, f)
        turn(frame, 0, found, False)
        return found

    return made


@expression(ast.Await)
def await_(node: ast.Await, code: Code) -> Run:
    """What is awaited runs here."""
    value, at = compiled(node.value, code), code.site(node)
    return lambda f: f.m.awaited(value(f), at)


@expression(ast.Yield)
def yield_(node: ast.Yield, code: Code) -> Run:
    """The consumer's code runs inside the `yield`; what is sent back is not known."""
    value = compiled(node.value, code) if node.value is not None else lambda f: None

    def given(f: Activation) -> Value:
        found = value(f)
        if f.consumer is not None and f.consumer(found):
            raise PathEnd
        return Opaque("what a generator is sent")

    return given


@expression(ast.YieldFrom)
def yield_from(node: ast.YieldFrom, code: Code) -> Run:
    """Every value of another iterable is yielded in turn."""
    value, at = compiled(node.value, code), code.site(node)

    def every(f: Activation) -> Value:
        def given(item: Value) -> Value:
            if f.consumer is not None and f.consumer(item):
                raise PathEnd
            return None

        def perhaps(item: Value) -> bool:
            f.m.fork([lambda: given(item), lambda: None])
            return False

        def pass_on(item: Value, certain: bool | None) -> bool:
            if certain:
                return f.consumer is not None and f.consumer(item)
            if certain is None:
                return perhaps(item)
            return until_stable(f.m, lambda: perhaps(item))

        source = value(f)
        if items.each(f.m, source, pass_on, at):
            raise PathEnd
        return getattr(source, "result", None)

    return every


@expression(ast.Starred)
def starred(node: ast.Starred, code: Code) -> Run:
    """`*values` alone, as in a subscript."""
    value = compiled(node.value, code)
    return lambda f: Spread(value(f))
