"""Conditions: true, false, or a fork that says what is known on either side of it.

Example: for a message of `lamp/+/set`, `if topic == "lamp/hall/set":` is a fork. On its true side the level is
`hall`, wherever the program looks at that topic; on its false side the topic is anything of the filter but that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from asyncapi.machine import items, operators, texts
from asyncapi.machine.code import Code
from asyncapi.machine.dispatch import compiled
from asyncapi.machine.forks import Answer, Assume, Fork, Place
from asyncapi.machine.lattice import Guards, alternatives, united
from asyncapi.machine.state import Activation, outer_frame
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Cell,
    External,
    HoledText,
    Instance,
    Opaque,
    Received,
    Tested,
    Value,
)

Test = Callable[[Activation], Answer]


def decided(answer: Answer) -> bool | None:
    """Return an answer that is known, else None."""
    return None if isinstance(answer, Fork) else answer


def condition(node: ast.expr, code: Code) -> Test:
    """Return an expression as a condition."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = condition(node.operand, code)

        def turned(f: Activation) -> Answer:
            answer = inner(f)
            return answer.turned() if isinstance(answer, Fork) else not answer

        return turned
    if isinstance(node, ast.BoolOp):
        return _all_or_any(node, code)
    if isinstance(node, ast.Compare):
        if len(node.ops) == 1:
            return _comparison(node.left, node.ops[0], node.comparators[0], code)
        links = [
            _comparison(a, op, b, code)
            for a, op, b in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
        ]
        return _conjunction(links)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("isinstance", "issubclass", "callable")
    ):
        return _instance(node, code)
    value, place = compiled(node, code), place_of(node, code)

    def true(f: Activation) -> Answer:
        found = value(f)
        if found.__class__ is Tested:
            fork = Fork()
            fork.yes, fork.no = found.yes, found.no
            return fork
        return sides(
            f, place(f), [(item, guards, operators.truth(f.m, item), None) for item, guards in alternatives(found)]
        )

    return true


def place_of(node: ast.expr, code: Code) -> Callable[[Activation], Place | None]:
    """Return where the value of a name or an attribute of one stands, for what a condition tells of it."""
    if isinstance(node, ast.NamedExpr):
        node = node.target
    if isinstance(node, ast.Name):
        name = node.id
        where, steps = code.find(name)
        if where == "global":
            return lambda f: (f.module, name) if name in f.module.fields else None
        return lambda f: (outer_frame(f, steps), name)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, attribute = compiled(node.value, code), node.attr

        def of_object(f: Activation) -> Place | None:
            found = owner(f)
            return (found, attribute) if isinstance(found, Instance) and attribute in found.fields else None

        return of_object
    return lambda f: None


Side = tuple[Value, Guards, "bool | None", "Assume | None"]


def sides(f: Activation, place: Place | None, answers: list[Side]) -> Answer:
    """Return the answer of a test that was put to each alternative of a value."""
    yes = [(item, guards) for item, guards, answer, _ in answers if answer is not False]
    no = [(item, guards) for item, guards, answer, _ in answers if answer is not True]
    if not no:
        return True
    if not yes:
        return False
    fork = Fork()
    if len(yes) == 1:
        fork.yes.update(f.m.meaning(yes[0][1]))
    if len(no) == 1:
        fork.no.update(f.m.meaning(no[0][1]))
    told = [assume for *_, answer, assume in answers if answer is None and assume is not None]
    if len(told) == 1 and len(yes) == 1:
        fork.yes.update(told[0])
    if place is not None and len(answers) > 1:
        fork.yes_places.append((*place, united(yes)))
        fork.no_places.append((*place, united(no)))
    return fork


def _all_or_any(node: ast.BoolOp, code: Code) -> Test:
    links = [condition(item, code) for item in node.values]
    if isinstance(node.op, ast.And):
        return _conjunction(links)
    every = _conjunction([_turn(link) for link in links])
    return _turn(every)


def _turn(test: Test) -> Test:
    def turned(f: Activation) -> Answer:
        answer = test(f)
        return answer.turned() if isinstance(answer, Fork) else not answer

    return turned


def _conjunction(links: list[Test]) -> Test:
    """Return the test that holds where all of its parts do; each part is put where the ones before it hold."""

    def every(f: Activation) -> Answer:
        fork: Fork | None = None
        m = f.m
        before = m.assumed
        undo: list[tuple[Cell, Any, Value]] = []
        try:
            for link in links:
                answer = link(f)
                if answer is False:
                    return False
                if answer is True:
                    continue
                if fork is None:
                    fork = Fork()
                    fork.no, fork.no_places = answer.no, answer.no_places
                else:
                    fork.no, fork.no_places = {}, []
                fork.yes = {**fork.yes, **answer.yes}
                fork.yes_places = [*fork.yes_places, *answer.yes_places]
                m.assumed = {**m.assumed, **answer.yes}
                for cell, name, value in answer.yes_places:
                    undo.append((cell, name, cell.fields.get(name, ABSENT)))
                    cell.fields[name] = value
        finally:
            m.assumed = before
            for cell, name, value in reversed(undo):
                if value is ABSENT:
                    cell.fields.pop(name, None)
                else:
                    cell.fields[name] = value
        return True if fork is None else fork

    return every


def _comparison(left: ast.expr, op: ast.cmpop, right: ast.expr, code: Code) -> Test:
    first, second, place, other = (
        compiled(left, code),
        compiled(right, code),
        place_of(left, code),
        place_of(right, code),
    )
    negative = isinstance(op, (ast.NotEq, ast.NotIn, ast.IsNot))
    kind = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is}.get(type(op), type(op))

    def compared(f: Activation) -> Answer:
        a, b = first(f), second(f)
        where = place(f)
        if kind is ast.Eq and a.__class__ in (str, int) and b.__class__ not in (str, int):
            a, b, where = b, a, other(f)
        answers: list[Side] = []
        for item, guards in alternatives(a):
            for against, chosen in alternatives(b):
                answer, assume = compare(f, kind, item, against)
                answers.append((item, guards | chosen, answer, assume))
        found = sides(f, where, answers)
        if isinstance(found, Fork) and len(answers) == 1 and kind in (ast.Eq, ast.In):
            excluded = f.m.exclusion(answers[0][0], b)
            found.no.update(excluded)
        if negative:
            return found.turned() if isinstance(found, Fork) else not found
        return found

    return compared


def compare(f: Activation, kind: type[ast.cmpop], a: Value, b: Value) -> tuple[bool | None, Assume | None]:
    """Say whether two single values compare so, and what may be assumed where they do and it was not known."""
    m = f.m
    if kind is ast.Eq:
        answer = operators.equal(m, a, b)
        return answer, (equation(a, b) if answer is None else None)
    if kind is ast.Is:
        if b is None or a is None or isinstance(b, bool):
            if (
                a.__class__ is Opaque
                or b.__class__ is Opaque
                or a.__class__ is Received
                or a.__class__ is Assumed
                or a.__class__ is External
            ):
                return None, None
            return (a is b), None
        if isinstance(a, Cell) and isinstance(b, Cell):
            return a is b, None
        return None, None
    if kind is ast.In:
        if isinstance(a, HoledText) or a.__class__ is Received:
            return _among(f, a, b)
        return items.contains(m, b, a), None
    numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
    if numbers or (isinstance(a, str) and isinstance(b, str)):
        run = {ast.Lt: "__lt__", ast.LtE: "__le__", ast.Gt: "__gt__", ast.GtE: "__ge__"}[kind]
        found = getattr(float(a) if numbers and isinstance(a, int) and abs(a) < 1 << 52 else a, run)(b)
        return (None if found is NotImplemented else found), None
    return None, None


def equation(a: Value, b: Value) -> Assume | None:
    """Return what holds where two values are equal: holes of a message's topic, or a part of its payload."""
    if isinstance(a, HoledText) and isinstance(b, str):
        return texts.matched(a, b)
    if isinstance(b, HoledText) and isinstance(a, str):
        return texts.matched(b, a)
    if a.__class__ is Received and isinstance(b, (str, int, Instance)):
        return {a.key: b}
    if b.__class__ is Received and isinstance(a, (str, int)):
        return {b.key: a}
    return None


def _among(f: Activation, a: Value, container: Value) -> tuple[bool | None, Assume | None]:
    """Say whether a received topic or field is one of the values of a container."""
    if isinstance(container, (str, HoledText)):
        return None, None
    held = (
        [value for value, _ in items.listed(f.m, container, None)]
        if not isinstance(container, (Opaque, Received, External))
        else []
    )
    may = [value for value in held if operators.equal(f.m, a, value) is not False]
    if held and not may:
        return False, None
    if len(may) == 1:
        return None, equation(a, may[0])
    return None, None


def _instance(node: ast.Call, code: Code) -> Test:
    assert isinstance(node.func, ast.Name)
    value, place = compiled(node.args[0], code), place_of(node.args[0], code)
    kinds = compiled(node.args[1], code) if len(node.args) > 1 else None
    function = node.func.id

    def tested(f: Activation) -> Answer:
        found, classes = value(f), kinds(f) if kinds is not None else None
        answers: list[Side] = []
        for item, guards in alternatives(found):
            if function == "callable":
                answer = f.m.callable_(item)
            else:
                answer = f.m.is_instance(item, classes) if function == "isinstance" else f.m.is_subclass(item, classes)
            answers.append((item, guards, answer, None))
        return sides(f, place(f), answers)

    return tested
