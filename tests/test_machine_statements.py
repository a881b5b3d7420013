"""Every statement of Python, as the machine runs it: programs with exactly what they are seen to emit."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from support.machines import by_machine, told

from asyncapi.machine import limits
from asyncapi.machine.dispatch import STATEMENTS

CASES = [
    ("x = y = 'a'\nemit(1, x, y)", {1: ["'a', 'a'"]}),
    ("x: int = 3\ny: str\nemit(1, x)", {1: ["3"]}),
    ("(a, *b), c = (1, 2, 3), 4\nemit(1, a, b, c)", {1: ["1, [2, 3], 4"]}),
    ("x = [1, 2]\nx[0], x[-1] = x[1], x[0]\nemit(1, x)", {1: ["[2, 1]"]}),
    ("x = y = [1]\nx += [2]\nemit(1, y)\nz = (1,)\nz += (2,)\nemit(2, z)", {1: ["[1, 2]"], 2: ["(1, 2)"]}),
    ("x = 2\nx **= 3\nx //= 3\nx <<= 2\nx ^= 1\nemit(1, x)", {1: ["9"]}),
    ("x = {1}\ny = x\ny |= {2}\nd = {'a': 1}\nd |= {'b': 2}\nemit(1, x, d)", {1: ["{1, 2}, {'a': 1, 'b': 2}"]}),
    ("x = [1, 2, 3]\ndel x[0], x[-1]\nd = {'a': 1, 'b': 2}\ndel d['a']\nemit(1, x, d)", {1: ["[2], {'b': 2}"]}),
    ("class A:\n    n = 1\na = A()\na.n = 2\ndel a.n\nemit(1, a.n)", {1: ["1"]}),
    ("x = 1\ndel x\nemit(1, x)", {1: ["?"]}),
    ("if 0: emit(1)\nelif 1: emit(2)\nelse: emit(3)", {2: [""]}),
    ("if choose(2): x = 1\nelif choose(2): x = 2\nelse: x = 3\nemit(1, x)", {1: ["1|2|3"]}),
    ("if choose(2): t, q = 'a', 1\nelse: t, q = 'b', 2\nemit(1, (t, q), f'{t}/{q}')", {1: ["('a'|'b', 1|2), 'a/1'|'b/2'"]}),
    (
        "class A: pass\na = A()\nif choose(2): a.t, a.q = 'a', 1\nelse: a.t, a.q = 'b', 2\nemit(1, f'{a.t}/{a.q}')",
        {1: ["'a/1'|'b/2'"]},
    ),
    ("x = 1\nif choose(2): x = 2\nemit(1, x)\nx = 3\nemit(2, x)", {1: ["1|2"], 2: ["3"]}),
    ("assert choose(2), 'no'\nemit(1)", {1: [""]}),
    ("for t, q in [('a', 1), ('b', 2)]: emit(1, t, q)\nelse: emit(2, t)", {1: ["'a', 1", "'b', 2"], 2: ["'b'"]}),
    ("for i in range(4):\n    if i == 1: continue\n    if i == 3: break\n    emit(1, i)\nelse: emit(2)", {1: ["0", "2"]}),
    (
        "for i in range(3):\n    if choose(2): continue\n    emit(1, i)\n    if choose(2): break\nelse: emit(2, i)\nemit(3, i)",
        {1: ["0", "1", "2"], 2: ["2"], 3: ["0|1|2"]},
    ),
    ("for i in range(2):\n    for j in 'ab': \n        if j == 'b': break\n    else: continue\n    emit(1, i, j)", {1: ["0, 'b'", "1, 'b'"]}),
    ("for i in []: emit(1)\nelse: emit(2)", {2: [""]}),
    ("n = 3\nwhile n: n -= 1\nelse: emit(1, n)", {1: ["0"]}),
    ("n = 0\nwhile True:\n    n += 1\n    if n == 3: break\nemit(1, n)", {1: ["3"]}),
    ("x = 'a'\nwhile choose(2): x = 'b'\nemit(1, x)", {1: ["'a'|'b'"]}),
    ("n = 0\nwhile choose(2):\n    emit(1, n)\n    n += 1\nemit(2, n)", {1: ["0", "0|1", "0|1|?int"], 2: ["0|1|2|?int"]}),
    ("rows = []\nwhile choose(2): rows.append('r')\nemit(1, rows)", {1: ["['r'*]"]}),
    ("while True: emit(1)\nemit(2)", {1: ["", ""]}),
    ("def f(a, /, b, c=3, *d, e=5, **g): emit(1, a, b, c, d, e, g)\nf(1, 2)\nf(1, b=2, e=4, h=6)\nf(*[1, 2, 3, 4], **{'k': 1})",
     {1: ["1, 2, 3, (), 5, {}", "1, 2, 3, (), 4, {'h': 6}", "1, 2, 3, (4,), 5, {'k': 1}"]}),
    ("def f(x=[]):\n    x.append(1)\n    return x\nf()\nemit(1, f())", {1: ["[1, 1]"]}),
    ("def f():\n    if choose(2): return 'a'\n    emit(1)\n    return 'b'\nemit(2, f())", {1: [""], 2: ["'a'|'b'"]}),
    ("def f(x):\n    if x == 1: return 'a'\n    return 'b'\nemit(1, f(1), f(2))", {1: ["'a', 'b'"]}),
    ("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g\nh = f()\nemit(1, h(), h())",
     {1: ["1, 2"]}),
    ("n = 0\ndef f():\n    global n\n    n += 1\nf()\nf()\nemit(1, n)", {1: ["2"]}),
    ("def d(f): return lambda x: f(x) + 1\n@d\n@d\ndef f(x): return x\nemit(1, f(1))", {1: ["3"]}),
    ("async def f(): return 1\nasync def g(): emit(1, await f())\nimport asyncio\nasyncio.run(g())", {1: ["1"]}),
    ("def g():\n    for t in ('a', 'b'):\n        yield t\n    return 3\nfor t in g(): emit(1, t)", {1: ["'a'", "'b'"]}),
    ("def g():\n    if choose(2): yield 1\n    yield 2\nemit(1, list(g()))", {1: ["[1?, 2]"]}),
    ("def g():\n    yield from (1, 2)\ndef h():\n    yield 0\n    yield from g()\nemit(1, [*h()])", {1: ["[0, 1, 2]"]}),
    ("def g():\n    yield 1\n    emit(2)\n    yield 2\nfor i in g():\n    emit(1, i)\n    break", {1: ["1"]}),
    ("class A:\n    x = 1\n    y = [x]\n    def f(self): return self.x\nclass B(A):\n    x = 2\n    def f(self): return super().f() + 10\n"
     "emit(1, B().f(), A.y, B.__name__)", {1: ["12, [1], 'B'"]}),
    ("class A:\n    @property\n    def t(self): return self._t\n    @t.setter\n    def t(self, v): self._t = v + '!'\na = A()\na.t = 'x'\n"
     "emit(1, a.t)", {1: ["'x!'"]}),
    ("class A:\n    @classmethod\n    def m(cls): return cls.n\n    @staticmethod\n    def s(x): return x\nclass B(A): n = 1\nemit(1, B.m(), B.s(2))",
     {1: ["1, 2"]}),
    ("class A: n = 1\nclass B(A): pass\nclass C(A): n = 3\nclass D(B, C): pass\nemit(1, D.n)", {1: ["3"]}),
    ("try: emit(1)\nexcept ValueError: emit(2)\nelse: emit(3)\nfinally: emit(4)", {1: [""], 3: [""], 4: [""]}),
    ("try:\n    emit(1)\n    raise ValueError('x')\n    emit(2)\nexcept KeyError: emit(3)\nexcept ValueError as e: emit(4)\nelse: emit(5)\nfinally: emit(6)",
     {1: [""], 4: [""], 6: [""]}),
    ("x = 0\ntry:\n    x = 1\n    int(str(choose(2)))\n    x = 2\nexcept ValueError: emit(1, x)\nemit(2, x)", {1: ["1"], 2: ["1|2"]}),
    ("def f():\n    try:\n        if choose(2): return 1\n        return 2\n    finally: emit(1)\nemit(2, f())", {1: [""], 2: ["1|2"]}),
    ("def f():\n    try: return 1\n    finally: return 2\nemit(1, f())", {1: ["2"]}),
    ("try:\n    try: raise KeyError\n    except ValueError: emit(1)\nexcept KeyError: emit(2)", {2: [""]}),
    ("try:\n    try: raise KeyError\n    finally: emit(1)\nexcept LookupError: emit(2)", {1: [""], 2: [""]}),
    ("class A:\n    def __enter__(self): return 'v'\n    def __exit__(self, *a): emit(1)\nwith A() as v, A(): emit(2, v)", {2: ["'v'"], 1: ["", ""]}),
    ("class A:\n    def __enter__(self): pass\n    def __exit__(self, *a): return True\nwith A():\n    raise ValueError\nemit(1)", {1: [""]}),
    ("match 3:\n    case 1 | 2: emit(1)\n    case int() as n if n > 2: emit(2, n)\n    case _: emit(3)", {2: ["3"]}),
    ("match ('a', 1):\n    case ('b', n): emit(1)\n    case (t, n): emit(2, t, n)", {2: ["'a', 1"]}),
    ("match [1, 2, 3]:\n    case [a, *b]: emit(1, a, b)", {1: ["1, [2, 3]"]}),
    ("match {'k': 1, 'm': 2}:\n    case {'k': v, **r}: emit(1, v, r)", {1: ["1, {'m': 2}"]}),
    ("class P:\n    __match_args__ = ('x',)\n    def __init__(self, x, y): self.x, self.y = x, y\nmatch P(1, 2):\n    case P(0): emit(1)\n    case P(x, y=y): emit(2, x, y)",
     {2: ["1, 2"]}),
    ("match choose(3):\n    case 0: emit(1)\n    case None: emit(2)\n    case n: emit(3, n)", {1: [""], 2: [""], 3: ["?int"]}),
    ("n = 5\nmatch choose(2):\n    case [n]: emit(1)\n    case 7: emit(2, n)", {1: [""], 2: ["5"]}),
    ("for i in (1,):\n    x = []\n    x.append(1)\n    if choose(2): break\n    x.append(2)\nemit(1, x)", {1: ["[1, 2?]"]}),
    ("x = 0\ntry:\n    if choose(2):\n        x = 1\n        int(str(choose(2)))\n        x = 2\n    x = 3\nexcept ValueError: emit(1, x)",
     {1: ["0|1"]}),
    ("x = 0\nfor i in range(choose(2)): x = x + 1\nemit(1, x)", {1: ["0|1|2|?int"]}),
    ("pass\n'text'\nemit(1)", {1: [""]}),
    ("raise ValueError\nemit(1)", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_statements(text: str, expected: dict[int, list[str]]) -> None:
    """Each statement runs as Python runs it; what is not known goes both ways."""
    assert emitted(text) == expected


def emitted(text: str) -> dict[int, list[str]]:
    """Return what a program is seen to emit, as text."""
    seen, machine = by_machine(f"from rec import choose, emit\n{dedent(text)}\n")
    assert machine.cuts == {}
    return {label: [", ".join(map(told, row)) for row in rows] for label, rows in seen.items()}


def test_every_statement_is_followed() -> None:
    """No kind of statement is missing, but those that Python does not write any more."""
    kinds = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.stmt)}
    assert {kind.__name__ for kind in kinds - {ast.stmt} - STATEMENTS.keys()} == set()


def looped(number: int) -> str:
    """Return a program that counts."""
    return f"n = {number}\nwhile n: n -= 1"


def nested(number: int) -> str:
    """Return a program of functions that call each other in a row."""
    names = [f"def f{i}(): return f{i + 1}()" for i in range(number)]
    return "\n".join([*names, f"def f{number}(): return 1", "f0()"])


def recursive(number: int) -> str:
    """Return a program of a function that calls itself."""
    return f"def f(n):\n    if n: f(n - 1)\nf({number})"


@pytest.mark.parametrize(
    ("limit", "program", "most"),
    [
        (limits.COUNTED, looped, limits.COUNTED.most),
        (limits.DEPTH, nested, limits.DEPTH.most - 2),
        (limits.RECURSION, recursive, limits.RECURSION.most - 1),
        (limits.ROUNDS, lambda n: f"x = [0] * {n}\nfor i in x: pass", limits.ROUNDS.most),
    ],
)
def test_each_bound_plus_one_is_cut(limit: limits.Limit, program: object, most: int) -> None:
    """What reaches a bound is run whole; one more is cut, and the cut is kept with its bound."""
    assert callable(program)
    for number, expected in ((most, set()), (most + 1, {limit.name})):
        _, machine = by_machine(program(number))
        assert {name for name, *_ in machine.cuts} == expected
