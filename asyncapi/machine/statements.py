"""Statements as closures: each runs, and says whether every path has left (by return, raise, break or continue)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from asyncapi.machine import items, operators
from asyncapi.machine.code import Code, hint
from asyncapi.machine.conditions import condition
from asyncapi.machine.dispatch import STATEMENTS, block, compiled, leave_with, statement
from asyncapi.machine.forks import Fork
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.lattice import Guards, alternatives, present, united
from asyncapi.machine.lattice import each as each_of
from asyncapi.machine.limits import COUNTED, TAKEN
from asyncapi.machine.loops import until_stable
from asyncapi.machine.patterns import matching
from asyncapi.machine.state import Activation, Block
from asyncapi.machine.targets import name_target, target
from asyncapi.machine.unpacking import renamed
from asyncapi.machine.values import (
    ABSENT,
    Class,
    DictCell,
    External,
    Instance,
    ListCell,
    Opaque,
    SetCell,
    Spread,
    Union,
    Value,
)


@statement(ast.Expr)
def expression(node: ast.Expr, code: Code) -> Block:
    """An expression for what it does; a call that stands alone hands on what it is given."""
    inner = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(inner, ast.Call):
        code.handing.add(inner)
    value = compiled(node.value, code)

    def run(f: Activation) -> bool:
        value(f)
        return False

    return run


@statement(ast.Pass, ast.Global, ast.Nonlocal)
def nothing(node: ast.stmt, code: Code) -> Block:
    """Statements that do nothing when they run."""
    return lambda f: False


@statement(ast.Return)
def returns(node: ast.Return, code: Code) -> Block:
    """`return` leaves the function with a value."""
    inner = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(inner, ast.Call):
        code.handing.add(inner)
    value = compiled(node.value, code) if node.value is not None else (lambda f: None)
    return lambda f: leave_with(f, value(f))


@statement(ast.Break, ast.Continue)
def jumps(node: ast.stmt, code: Code) -> Block:
    """`break` and `continue` leave the round of the loop."""
    kind = "break" if isinstance(node, ast.Break) else "continue"

    def run(f: Activation) -> bool:
        f.m.leave(f, kind)
        return True

    return run


@statement(ast.Raise)
def raises(node: ast.Raise, code: Code) -> Block:
    """`raise` ends the path; a `try` around it takes it up."""
    value = compiled(node.exc, code) if node.exc is not None else (lambda f: Opaque("the exception raised before"))

    def run(f: Activation) -> bool:
        found = value(f)
        if isinstance(found, (Class, External)):
            found = f.m.call(found, [], {}, code.site(node), f)
        f.m.raised(f, found)
        return True

    return run


@statement(ast.Assert)
def asserts(node: ast.Assert, code: Code) -> Block:
    """After an `assert`, its condition holds."""
    test = condition(node.test, code)

    def run(f: Activation) -> bool:
        answer = test(f)
        if isinstance(answer, Fork):
            f.m.suppose(answer.yes, answer.yes_places)
        return False

    return run


@statement(ast.Delete)
def deletes(node: ast.Delete, code: Code) -> Block:
    """`del` of names, attributes and elements."""
    steps: list[Callable[[Activation], None]] = []
    for item in node.targets:
        if isinstance(item, ast.Name):
            steps.append(lambda f, n=item.id: f.m.erase(f if n in f.fields else f.module, n))  # type: ignore[misc]
        elif isinstance(item, ast.Attribute):
            owner = compiled(item.value, code)
            steps.append(lambda f, o=owner, n=item.attr: f.m.delete_attribute(o(f), n))  # type: ignore[misc]
        elif isinstance(item, ast.Subscript):
            container, index = compiled(item.value, code), compiled(item.slice, code)
            steps.append(lambda f, c=container, i=index: items.delete_item(f.m, c(f), i(f)))  # type: ignore[misc]

    def run(f: Activation) -> bool:
        for step in steps:
            step(f)
        return False

    return run


@statement(ast.Assign)
def assigns(node: ast.Assign, code: Code) -> Block:
    """`a = b = value`."""
    value, stores = compiled(node.value, code), [target(item, code) for item in node.targets]
    name = hint(node.targets[0]) if isinstance(node.targets[0], ast.Name) else ""
    if len(stores) == 1:
        store = stores[0]

        def run_one(f: Activation) -> bool:
            found = value(f)
            store(f, renamed(found, name) if found.__class__ is Opaque and not found.name else found)
            return False

        return run_one

    def run(f: Activation) -> bool:
        found = value(f)
        for store in stores:
            store(f, found)
        return False

    return run


@statement(ast.AnnAssign)
def annotated(node: ast.AnnAssign, code: Code) -> Block:
    """`name: kind = value`; in a class the annotation is kept, in the order of the fields."""
    value = compiled(node.value, code) if node.value is not None else None
    store = target(node.target, code)
    keep = code.kind == "class" and isinstance(node.target, ast.Name)

    def run(f: Activation) -> bool:
        if keep and f.owner is not None:
            f.owner.annotations[node.target.id] = node.annotation  # type: ignore[union-attr]
        if value is not None:
            found = value(f)
            store(f, found)
        return False

    return run


@statement(ast.AugAssign)
def augmented(node: ast.AugAssign, code: Code) -> Block:
    """`place += value`; a list is changed in place."""
    load = compiled(_loaded(node.target), code)
    value, store, kind, at = compiled(node.value, code), target(node.target, code), type(node.op), code.site(node)
    names = (hint(node.target), hint(node.value))

    def run(f: Activation) -> bool:
        m = f.m
        old, new = load(f), value(f)
        kept: list[tuple[Value, Guards]] = []
        changing = [item for item in each_of(old) if isinstance(item, (ListCell, SetCell, DictCell, Instance))]
        if not changing:
            store(f, operators.binary(m, kind, old, new, at, names))
            return False
        for item, guards in alternatives(old):
            if len(each_of(old)) == 1:
                found = operators.in_place(m, kind, item, new, at)
            else:
                found = m.fork([partial(operators.in_place, m, kind, item, new, at), lambda: ABSENT])
                found = present(found)
            kept.append((operators.binary(m, kind, item, new, at, names) if found is ABSENT else found, guards))
        store(f, united(kept))
        return False

    return run


def _loaded(node: ast.expr) -> ast.expr:
    """Return the target of an augmented assignment as an expression that is read."""
    made: Any = type(node)(**{name: getattr(node, name) for name in node._fields})
    made.ctx = ast.Load()
    loaded: ast.expr = ast.copy_location(made, node)
    return loaded


@statement(ast.If)
def if_(node: ast.If, code: Code) -> Block:
    """One arm where the condition is known; else both, each undone and their states joined."""
    test, then, orelse = condition(node.test, code), block(node.body, code), block(node.orelse, code)

    def run(f: Activation) -> bool:
        answer = test(f)
        if not isinstance(answer, Fork):
            m, before = f.m, f.m.conditions
            m.conditions = (*before, (node.test, answer))
            ended = then(f) if answer else orelse(f)
            m.conditions = before
            return ended
        f.m.ensure(f)
        f.m.branch(answer, lambda: _path(then(f)), lambda: _path(orelse(f)), node.test)
        return False

    return run


def _path(ended: bool) -> None:
    if ended:
        raise PathEnd


def _is_simple(pattern: ast.pattern) -> bool:
    """Say whether a pattern looks at a value as a whole: a constant, or a name for everything."""
    if isinstance(pattern, ast.MatchOr):
        return all(_is_simple(item) for item in pattern.patterns)
    return isinstance(pattern, (ast.MatchValue, ast.MatchSingleton)) or (
        isinstance(pattern, ast.MatchAs) and pattern.pattern is None
    )


@statement(ast.Match)
def match(node: ast.Match, code: Code) -> Block:
    """Cases in order: each is tried where those before it did not surely match."""
    subject = compiled(node.subject, code)
    cases = [
        (
            matching(case.pattern, code),
            condition(case.guard, code) if case.guard is not None else None,
            block(case.body, code),
            case,
        )
        for case in node.cases
    ]

    structured = any(not _is_simple(case.pattern) for case in node.cases)

    def run(f: Activation) -> bool:
        found = subject(f)
        m = f.m
        m.ensure(f)

        def tried(number: int, found: Value) -> None:
            if number == len(cases):
                return
            pattern, guard, then, case = cases[number]
            region = m.open()
            answer = pattern(f, found)
            writes = m.undo(region)
            if answer is False:
                tried(number + 1, found)
                return

            def arm() -> None:
                m.put_all(writes)
                held = True if guard is None else guard(f)
                if held is True:
                    _path(then(f))
                elif held is False:
                    tried(number + 1, found)
                else:
                    m.branch(held, lambda: _path(then(f)), lambda: tried(number + 1, found), case.guard)

            if answer is True:
                arm()
            else:
                m.branch(answer, arm, lambda: tried(number + 1, found), node.subject)

        if structured and found.__class__ is Union:
            pairs = list(alternatives(found))
            m.fork([partial(tried, 0, item) for item, _ in pairs], [m.meaning(guards) for _, guards in pairs])
        else:
            tried(0, found)
        return False

    return run


@statement(ast.For, ast.AsyncFor)
def for_(node: Any, code: Code) -> Block:
    """A loop over what is known runs with the values of each round; over what is not, to a small fixed point."""
    iterable, store, at = compiled(node.iter, code), target(node.target, code), code.site(node)
    inside, orelse = block(node.body, code), block(node.orelse, code)
    names = hint(node.target)

    def run(f: Activation) -> bool:
        m = f.m
        source = iterable(f)
        m.ensure(f)
        loop = m.open()
        assumed, conditions = m.assumed, m.conditions

        def one_round(value: Value) -> bool:
            """Run the body once; whether every path left the loop."""
            region = m.open()
            store(f, renamed(value, names))
            ended = inside(f)
            _, alive = m.settle(region, f, "continue", None, not ended)
            m.assumed, m.conditions = assumed, conditions
            return not alive

        def perhaps(value: Value) -> bool:
            m.fork([lambda: _path(one_round(value)), lambda: None])
            return False

        def each(value: Value, certain: bool | None) -> bool:
            if certain:
                return one_round(value)
            if certain is None:
                return perhaps(value)
            until_stable(m, lambda: perhaps(value))
            return False

        ended = m.looping(source, each, at, f)
        broken = m.relabel(loop, f, "break")
        if not ended and node.orelse:
            ended = orelse(f)
        _, alive = m.settle(loop, f, broken, None, not ended)
        m.assumed, m.conditions = assumed, conditions
        return not alive

    return run


@statement(ast.While)
def while_(node: ast.While, code: Code) -> Block:
    """A loop with a condition: rounds as long as it is known, then to a small fixed point; counters get open."""
    test, inside, orelse = condition(node.test, code), block(node.body, code), block(node.orelse, code)
    at = code.site(node)

    def run(f: Activation) -> bool:
        m = f.m
        m.ensure(f)
        loop = m.open()
        assumed, conditions = m.assumed, m.conditions

        def one_round() -> bool:
            region = m.open()
            ended = inside(f)
            _, alive = m.settle(region, f, "continue", None, not ended)
            m.assumed, m.conditions = assumed, conditions
            return not alive

        ended = False
        rounds, emptied = 0, 0
        while True:
            answer = test(f)
            if answer is False:
                break
            drained = m.dequeued
            if endless and emptied < TAKEN.most:
                emptied += 1
                ended = one_round()
                if ended or m.dequeued > drained:
                    if ended:
                        break
                    continue
                m.rested(f)
            if isinstance(answer, Fork) or endless or rounds >= COUNTED.most:
                if rounds >= COUNTED.most:
                    m.cut(COUNTED, at, rounds + 1, COUNTED.most)
                ended = open_rounds(f, answer, one_round)
                break
            rounds += 1
            ended = one_round()
            if ended:
                break
        broken = m.relabel(loop, f, "break")
        if not ended and node.orelse:
            ended = orelse(f)
        _, alive = m.settle(loop, f, broken, None, not ended)
        m.assumed, m.conditions = assumed, conditions
        return not alive

    endless = isinstance(node.test, ast.Constant)

    def open_rounds(f: Activation, answer: bool | Fork, one_round: Callable[[], bool]) -> bool:
        """Run rounds of which nobody knows how many there are; whether every path left the loop."""
        m = f.m
        first = [answer]
        ended = over = False

        def once() -> bool:
            nonlocal ended, over
            answer = first.pop() if first else test(f)
            if isinstance(answer, Fork):
                m.branch(answer, lambda: _path(one_round()), lambda: None, node.test)
                return False
            over = not answer
            if over:
                return True
            ended = one_round()
            if endless and not ended:
                m.rested(f)
            return ended

        until_stable(m, once)
        if ended or over:
            return ended
        answer = True if endless else test(f)
        if isinstance(answer, Fork):
            m.suppose(answer.no, answer.no_places)
            return False
        m.fails()
        return answer

    return run


@statement(ast.With, ast.AsyncWith)
def with_(node: Any, code: Code) -> Block:
    """Context managers enter in order; a generator's body runs around the block, which runs inside its `yield`."""
    entries = [
        (
            compiled(item.context_expr, code),
            target(item.optional_vars, code) if item.optional_vars else None,
            code.site(item.context_expr),
        )
        for item in node.items
    ]
    inside = block(node.body, code)

    def run(f: Activation) -> bool:
        f.m.ensure(f)

        def entered(number: int) -> bool:
            if number == len(entries):
                return inside(f)
            context, store, at = entries[number]

            def inner(value: Value) -> bool:
                if store is not None:
                    store(f, value)
                return entered(number + 1)

            return f.m.within(context(f), inner, at, f)

        return entered(0)

    return run


@statement(ast.Try, ast.TryStar)
def try_(node: ast.Try, code: Code) -> Block:
    """`except` arms run where something in the body could fail: a `raise`, or a call that nobody looks into."""
    inside, orelse, final = block(node.body, code), block(node.orelse, code), block(node.finalbody, code)
    handlers = [
        (compiled(item.type, code) if item.type is not None else None, item.name, block(item.body, code))
        for item in node.handlers
    ]

    def attempted(f: Activation) -> bool:
        if not handlers:
            return inside(f)
        return f.m.attempt(f, lambda: inside(f), lambda: orelse(f), handlers)

    def run(f: Activation) -> bool:
        f.m.ensure(f)
        if not node.finalbody:
            return attempted(f)
        return f.m.lastly(lambda: attempted(f), lambda failing: (final(f), False))

    return run


@statement(ast.FunctionDef, ast.AsyncFunctionDef)
def function(node: Any, code: Code) -> Block:
    """A function: its defaults are computed, then its decorators run from the inside out."""
    inner = Code(node, "function", node.name, code.file, code)
    defaults = [compiled(item, code) for item in node.args.defaults]
    keyword_defaults = [
        (k.arg, compiled(v, code))
        for k, v in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if v is not None
    ]
    decorators = [(compiled(item, code), code.site(item)) for item in reversed(node.decorator_list)]
    store = name_target(node.name, code, node.lineno)

    def run(f: Activation) -> bool:
        made: Value = f.m.function(f, inner, [d(f) for d in defaults], {n: d(f) for n, d in keyword_defaults})
        for decorator, at in decorators:
            made = f.m.decorated(decorator(f), made, at, f)
        store(f, made)
        return False

    return run


@statement(ast.ClassDef)
def class_(node: ast.ClassDef, code: Code) -> Block:
    """A class: its bases, then its body as a block of its own, then its decorators."""
    inner = Code(node, "class", node.name, code.file, code)
    bases = [compiled(item, code) for item in node.bases]
    keywords = [(k.arg or "**", compiled(k.value, code)) for k in node.keywords]
    decorators = [(compiled(item, code), code.site(item)) for item in reversed(node.decorator_list)]
    store = name_target(node.name, code, node.lineno)

    def run(f: Activation) -> bool:
        given: list[Value] = []
        for base in bases:
            value = base(f)
            given.extend(items.unpacked(f.m, value.value, None) if value.__class__ is Spread else [value])
        made: Value = f.m.class_(f, inner, given, {n: k(f) for n, k in keywords})
        for decorator, at in decorators:
            made = f.m.decorated(decorator(f), made, at, f)
        store(f, made)
        return False

    return run


@statement(ast.Import)
def import_(node: ast.Import, code: Code) -> Block:
    """`import a.b as c`."""
    names = [
        (
            item.name,
            item.asname,
            target(
                ast.Name(
                    id=item.asname or item.name.partition(".")[0], ctx=ast.Store(), lineno=node.lineno, col_offset=0
                ),
                code,
            ),
        )
        for item in node.names
    ]

    def run(f: Activation) -> bool:
        for name, alias, store in names:
            found = f.m.import_(name, f.module)
            store(f, found if alias else f.m.import_(name.partition(".")[0], f.module))
        return False

    return run


@statement(ast.ImportFrom)
def import_from(node: ast.ImportFrom, code: Code) -> Block:
    """`from a import b as c`, and all names of a module for `*`; what is imported was named elsewhere."""
    names = [
        (
            item.name,
            name_target(item.asname or item.name, code, node.lineno, plain=True),
        )
        for item in node.names
        if item.name != "*"
    ]
    everything = any(item.name == "*" for item in node.names)

    def run(f: Activation) -> bool:
        module = f.m.absolute(f.module, node.level, node.module or "")
        for name, store in names:
            store(f, f.m.import_name(module, name, f.module))
        if everything:
            f.m.import_all(module, f)
        return False

    return run


def type_alias(node: Any, code: Code) -> Block:
    """`type Name = value` (Python 3.12)."""
    value, store = compiled(node.value, code), target(node.name, code)

    def run(f: Activation) -> bool:
        store(f, value(f))
        return False

    return run


if hasattr(ast, "TypeAlias"):
    STATEMENTS[ast.TypeAlias] = type_alias
