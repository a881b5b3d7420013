"""Patterns of `match`: whether a value has the shape, and the names that take its parts."""

from __future__ import annotations

import ast
from collections.abc import Callable

from asyncapi.machine import items, lists
from asyncapi.machine.code import Code
from asyncapi.machine.conditions import compare, sides
from asyncapi.machine.dispatch import compiled
from asyncapi.machine.forks import Answer, Fork
from asyncapi.machine.heap import Writes
from asyncapi.machine.lattice import alternatives, each, maybe_absent
from asyncapi.machine.state import Activation, Run
from asyncapi.machine.targets import target
from asyncapi.machine.unpacking import spread
from asyncapi.machine.values import (
    ABSENT,
    REST,
    Class,
    DictCell,
    External,
    HoledText,
    Instance,
    ListCell,
    Opaque,
    SetCell,
    Tup,
    Value,
)

Matching = Callable[[Activation, Value], Answer]


def matching(node: ast.pattern, code: Code) -> Matching:
    """Return a pattern as a test that also gives its names their values."""
    if isinstance(node, (ast.MatchValue, ast.MatchSingleton)):
        wanted = compiled(node.value, code) if isinstance(node, ast.MatchValue) else (lambda f, v=node.value: v)
        kind = ast.Eq if isinstance(node, ast.MatchValue) else ast.Is

        def value(f: Activation, found: Value) -> Answer:
            against = wanted(f)
            answers = [(item, guards, *compare(f, kind, item, against)) for item, guards in alternatives(found)]
            answer = sides(f, None, answers)
            if isinstance(answer, Fork) and len(answers) == 1:
                answer.no.update(f.m.exclusion(found, against))
            return answer

        return value
    if isinstance(node, ast.MatchOr):
        return _alternatives([matching(item, code) for item in node.patterns])
    if isinstance(node, ast.MatchAs):
        return _named(node, code)
    if isinstance(node, ast.MatchSequence):
        return _sequence(node, code)
    if isinstance(node, ast.MatchMapping):
        return _mapping(node, code)
    if isinstance(node, ast.MatchClass):
        return _class(node, code)
    return lambda f, found: Fork()


def _alternatives(tests: list[Matching]) -> Matching:
    def any_(f: Activation, found: Value) -> Answer:
        answers: list[Answer] = []
        written: list[Writes] = []
        for test in tests:
            region = f.m.open()
            answers.append(test(f, found))
            writes = f.m.undo(region)
            if answers[-1] is not False:
                written.append(writes)
            if answers[-1] is True:
                break
        if written:
            f.m.apply([(None, writes) for writes in written])
        if any(answer is True for answer in answers):
            return True
        forks = [answer for answer in answers if isinstance(answer, Fork)]
        if not forks:
            return False
        if len(forks) == 1:
            return forks[0]
        fork = Fork()
        for one in forks:
            fork.no.update(one.no)
        return fork

    return any_


def _named(node: ast.MatchAs, code: Code) -> Matching:
    inner = matching(node.pattern, code) if node.pattern is not None else None
    store = (
        target(ast.Name(id=node.name, ctx=ast.Store(), lineno=node.lineno, col_offset=0), code) if node.name else None
    )

    def named(f: Activation, found: Value) -> Answer:
        answer = inner(f, found) if inner is not None else True
        if answer is not False and store is not None:
            store(f, found)
        return answer

    return named


def _all(answers: list[Answer]) -> Answer:
    if any(answer is False for answer in answers):
        return False
    forks = [answer for answer in answers if isinstance(answer, Fork)]
    if not forks:
        return True
    fork = Fork()
    for one in forks:
        fork.yes.update(one.yes)
        fork.yes_places.extend(one.yes_places)
    if len(forks) == 1:
        fork.no = forks[0].no
    return fork


def _sequence(node: ast.MatchSequence, code: Code) -> Matching:
    star = next((i for i, item in enumerate(node.patterns) if isinstance(item, ast.MatchStar)), None)
    tests: list[Matching] = []
    for item in node.patterns:
        if isinstance(item, ast.MatchStar):
            if item.name:
                store = target(ast.Name(id=item.name, ctx=ast.Store(), lineno=item.lineno, col_offset=0), code)
                tests.append(lambda f, v, s=store: (s(f, v), True)[1])  # type: ignore[misc]
            else:
                tests.append(lambda f, v: True)
        else:
            tests.append(matching(item, code))

    def sequence(f: Activation, found: Value) -> Answer:
        answers: list[Answer] = []
        for one in each(found):
            if isinstance(one, (str, HoledText, bytes, DictCell, SetCell, int, float)) or one is None:
                answers.append(False)
                continue
            held = None
            if one.__class__ is Tup:
                held = len(one.items)
            elif isinstance(one, ListCell):
                size = lists.length(one)
                held = size if isinstance(size, int) else None
                sizes = [n for n in each(size) if isinstance(n, int)]
                if sizes and REST not in one.fields and not any(_right(n, len(tests), star) for n in sizes):
                    answers.append(False)
                    continue
                if REST in one.fields and star is None and _least(one) > len(tests):
                    answers.append(False)
                    continue
            if held is not None and not _right(held, len(tests), star):
                answers.append(False)
                continue
            parts = spread(f, one, len(tests), star, [""] * len(tests))
            inner = _all([test(f, part) for test, part in zip(tests, parts, strict=True)])
            answers.append(inner if held is not None or inner is False or isinstance(inner, Fork) else Fork())
        if len(answers) == 1:
            return answers[0]
        return False if all(a is False for a in answers) else True if all(a is True for a in answers) else Fork()

    return sequence


def _right(number: int, tests: int, star: int | None) -> bool:
    """Say whether so many elements fit so many patterns."""
    return number == tests if star is None else number >= tests - 1


def _least(value: ListCell) -> int:
    return sum(not maybe_absent(item) for item in lists.places(value))


def _mapping(node: ast.MatchMapping, code: Code) -> Matching:
    keys = [compiled(key, code) for key in node.keys]
    tests = [matching(item, code) for item in node.patterns]
    rest = (
        target(ast.Name(id=node.rest, ctx=ast.Store(), lineno=node.lineno, col_offset=0), code) if node.rest else None
    )

    def mapping(f: Activation, found: Value) -> Answer:
        answers: list[Answer] = []
        for one in each(found):
            if isinstance(one, (str, HoledText, bytes, int, float, ListCell, SetCell, Tup)) or one is None:
                answers.append(False)
                continue
            inner: list[Answer] = [] if isinstance(one, DictCell) else [Fork()]
            for key, test in zip(keys, tests, strict=True):
                wanted = key(f)
                if isinstance(one, DictCell):
                    held = items.contains(f.m, one, wanted)
                    if held is False:
                        inner.append(False)
                        break
                    if held is None:
                        inner.append(Fork())
                else:
                    inner.append(Fork())
                inner.append(test(f, items.item(f.m, one, wanted, f.m.place)))
            if rest is not None:
                rest(f, _others(f, one, keys))
            answers.append(_all(inner))
        if len(answers) == 1:
            return answers[0]
        return False if all(a is False for a in answers) else Fork()

    return mapping


def _others(f: Activation, value: Value, keys: list[Run]) -> Value:
    """Return a mapping without some keys."""
    made = items.new_dict(f.m, f.at)
    items.update(f.m, made, value, f.at)
    for key in keys:
        items.discard(f.m, made, key(f))
    return made


def _class(node: ast.MatchClass, code: Code) -> Matching:
    cls = compiled(node.cls, code)
    positional = [matching(item, code) for item in node.patterns]
    named = [(name, matching(item, code)) for name, item in zip(node.kwd_attrs, node.kwd_patterns, strict=True)]

    def instance(f: Activation, found: Value) -> Answer:
        wanted = cls(f)
        answers: list[Answer] = []
        for one in each(found):
            known = f.m.is_instance(one, wanted)
            if known is False:
                answers.append(False)
                continue
            inner: list[Answer] = [True if known else Fork()]
            order = _match_args(f, one, wanted)
            for index, test in enumerate(positional):
                name = order[index] if index < len(order) else ""
                part = (
                    f.m.attribute(one, name, f.m.place)
                    if name
                    else one
                    if index == 0 and isinstance(wanted, External)
                    else Opaque("a part of an object")
                )
                inner.append(test(f, part))
            for name, test in named:
                inner.append(test(f, f.m.attribute(one, name, f.m.place)))
            answers.append(_all(inner))
        if len(answers) == 1:
            return answers[0]
        return False if all(a is False for a in answers) else True if all(a is True for a in answers) else Fork()

    return instance


def _match_args(f: Activation, value: Value, wanted: Value) -> list[str]:
    """Return the attributes that positional patterns stand for."""
    cls = wanted if isinstance(wanted, Class) else value.cls if isinstance(value, Instance) else None
    if not isinstance(cls, Class):
        return []
    said = f.m.class_attribute(cls, "__match_args__")
    if said is not ABSENT:
        return [str(v) for v, _ in items.listed(f.m, said, None)]
    return list(f.m.annotations_of(cls))
