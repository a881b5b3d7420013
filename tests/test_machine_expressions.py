"""Every expression of Python, as the machine computes it: values known, partly known and unknown."""

from __future__ import annotations

import ast

import pytest
from support.machines import by_machine, told

from asyncapi.machine.dispatch import EXPRESSIONS

WITHOUT_VALUE = {"FormattedValue", "Interpolation"}
"""Parts of a text in braces, which are computed with the text around them."""

CASES = [
    ("1, 'a', b'b', 1.5, None, True, ..., 2j", "1, 'a', b'b', 1.5, None, True, Ellipsis, 2j"),
    ("1 + 2, 7 // 2, 7 % 4, 2 ** 3, 1 / 2, 5 & 3, 5 | 3, 5 ^ 3, 1 << 2, 8 >> 1", "3, 3, 3, 8, 0.5, 1, 7, 6, 4, 4"),
    ("-1, +1, ~1, not 1, -choose(2)", "-1, 1, -2, False, ?int"),
    ("'a' + 'b', 'a' * 3, [1] + [2], (1,) + (2,), [1] * 2, (0,) * 2", "'ab', 'aaa', [1, 2], (1, 2), [1, 1], (0, 0)"),
    ("{1, 2} & {2}, {1} | {2}, {1, 2} - {2}, {1, 2} ^ {2, 3}, {'a': 1} | {'a': 2}", "{2}, {1, 2}, {1}, {1, 3}, {'a': 2}"),
    ("2 ** 1000, 'a' * 10 ** 9, 1 << 999", "?, ?, ?int"),
    ("1 < 2 < 3, 3 > 2 > 2, 1 == True, 'a' != 'b', 'a' < 'b', None is None, 1 is not None", "True, False, True, True, True, True, True"),
    ("1 in [1], 2 not in (1,), 'b' in 'abc', 'k' in {'k': 1}, 3 in {1}", "True, True, True, True, False"),
    ("choose(2) == 1, choose(2) is None, choose(2) in [1], 1 < choose(2)", "?bool, ?bool, ?bool, ?bool"),
    ("1 and 2, 0 and 2, 0 or 'x', 'a' or 'b', choose(2) or 'd', choose(2) and 'd'", "2, 0, 'x', 'a', 'd'|?int, 'd'|?int"),
    ("1 if True else 2, 1 if 0 else 2, 'a' if choose(2) else 'b'", "1, 2, 'a'|'b'"),
    ("(x := 3), x + 1", "3, 4"),
    ("[1, *[2, 3], *(4,)], (0, *'ab'), {1, *[2]}, {'a': 1, **{'b': 2, 'a': 3}}", "[1, 2, 3, 4], (0, 'a', 'b'), {1, 2}, {'a': 3, 'b': 2}"),
    ("[x * y for x in range(3) if x for y in (1, 10)]", "[1, 10, 2, 20]"),
    ("{x: str(x) for x in (1, 2)}, {x % 2 for x in range(4)}, sum(x for x in (1, 2))", "{1: '1', 2: '2'}, {0, 1}, 3"),
    ("[x for x in (1, 2) if choose(2)], [x for x in choose(2)]", "[1?, 2?], [?*]"),
    ("(lambda a, b=2, *c, d=4, **e: (a, b, c, d, e))(1, d=5, f=6)", "(1, 2, (), 5, {'f': 6})"),
    ("[0, 1, 2][1], [0, 1, 2][-1], 'abc'[1:], [0, 1, 2][::-1], (0, 1, 2)[:2], b'ab'[0]", "1, 2, 'bc', [2, 1, 0], (0, 1), 97"),
    ("[0, 1][choose(2)], {'a': 1, 'b': 2}[str(choose(2))], 'ab'[choose(2)]", "0|1, 1|2, 'a'|'b'"),
    ("[0, 1, 2][choose(2):], [0, 1][5], {}['a']", "[0?, 1?, 2?], ?, ?"),
    ("f'{1}-{\"a\"!r}-{3:>3}-{2.5:.2f}', f'{1:{2}}', f'{choose(2)}/x'", "\"1-'a'-  3-2.50\", ' 1', {input}/x"),
    ("'%s/%d' % ('a', 1), '%(k)s' % {'k': 2}, '%05.1f|%x|%%' % (2.25, 255), '%s' % choose(2)", "'a/1', '2', '002.2|ff|%', {input}"),
    ("'{}/{}'.format(1, 2), '{0}{k}{0}'.format(1, k=2), '{a[b]}'.format(a={'b': 3}), '{:>3}'.format('x')", "'1/2', '121', '3', '  x'"),
    ("'/'.join(['a', 'b']), 'a/b'.split('/'), ' a '.strip(), 'aXa'.replace('X', '-'), 'ab'.upper()", "'a/b', ['a', 'b'], 'a', 'a-a', 'AB'"),
    ("'a'.startswith('a'), 'abc'.find('c'), 'a.b'.partition('.'), 'ab'.zfill(4), '1'.isdigit()", "True, 2, ('a', '.', 'b'), '00ab', True"),
    ("'/'.join(['a', str(choose(2))]), f'a/{choose(2)}/b'.split('/'), f'a/{choose(2)}'.upper()", "a/{input}, ['a', {input}, 'b'], A/{input}"),
    ("f'a/{choose(2)}'.startswith('a/'), f'a/{choose(2)}'.endswith('x'), f'a{choose(2)}' == 'b1'", "True, ?bool, False"),
    ("len('ab'), len([1]), len({1: 2}), len([x for x in (1, 2) if choose(2)])", "2, 1, 1, 0|1|2"),
    ("sorted([2, 1]), sorted(['b', 'a'], reverse=True), sorted([1, 2], key=lambda x: -x), max(1, 2), min([3, 2])", "[1, 2], ['b', 'a'], [2, 1], 2, 2"),
    ("list(zip('ab', (1, 2))), list(enumerate('ab', 1)), list(map(str, [1])), list(filter(None, [0, 1]))", "[('a', 1), ('b', 2)], [(1, 'a'), (2, 'b')], ['1'], [1]"),
    ("list(reversed([1, 2])), any([0, 1]), all([0, 1]), any([choose(2), 1]), sum([1, 2]), abs(-1), divmod(7, 2)", "[2, 1], True, False, True, 3, 1, (3, 1)"),
    ("isinstance(1, int), isinstance('a', (int, str)), isinstance(True, int), callable(len), isinstance(choose(2), str)", "True, True, True, True, False"),
    ("int('3'), float('1.5'), str(1), bool([]), list('ab'), tuple([1]), dict(a=1), set([1]), repr('a'), bytes(b'x')", "3, 1.5, '1', False, ['a', 'b'], (1,), {'a': 1}, {1}, \"'a'\", b'x'"),
    ("next(iter([1, 2])), next(iter([]), 'd'), getattr('a', 'upper')(), {'a': 1}.get('a'), {'a': 1}.get('b', 2)", "1, 'd', 'A', 1, 2"),
    ("list({'a': 1}), list({'a': 1}.items()), [*{'a': 1}.values()], {'a': 1}.get('a' if choose(2) else 'b')", "['a'], [('a', 1)], [1], 1|None"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_expressions(text: str, expected: str) -> None:
    """Each expression has the value that Python gives it, as far as that is known."""
    seen, machine = by_machine(f"from rec import choose, emit\nemit(1, {text})\n")
    assert (", ".join(map(told, seen[1][0])), machine.cuts) == (expected, {})


def test_every_expression_is_followed() -> None:
    """No kind of expression is missing, but those that have no value of their own."""
    kinds = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.expr)}
    old = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "expr"}
    assert {kind.__name__ for kind in kinds - EXPRESSIONS.keys()} - old - WITHOUT_VALUE == set()


NARROWING = [
    ("x = choose(3)\nif x == 1: emit(1, x)\nelse: emit(2, x)", {1: "?int", 2: "?int"}),
    ("x = 'a' if choose(2) else 'b'\nif x == 'a': emit(1, x)\nelse: emit(2, x)", {1: "'a'", 2: "'b'"}),
    ("x = None if choose(2) else 'b'\nif x: emit(1, x)\nelse: emit(2, x)", {1: "'b'", 2: "None"}),
    ("x = None if choose(2) else 'b'\nif x is not None and x != 'c': emit(1, x)", {1: "'b'"}),
    ("x = 1 if choose(2) else 'b'\nif isinstance(x, str): emit(1, x)\nelse: emit(2, x)", {1: "'b'", 2: "1"}),
    ("x = 1 if choose(2) else 2\ny = x\nif y in (1, 3): emit(1, y)", {1: "1"}),
    ("x, y = (1, 'a') if choose(2) else (2, 'b')\nif x == 1: emit(1, y)\nelse: emit(2, y)", {1: "'a'", 2: "'b'"}),
    ("x = 1 if choose(2) else 2\nif not (x == 1): emit(1, x)", {1: "2"}),
    ("x = 1 if choose(2) else 2\nassert x == 1\nemit(1, x)", {1: "1"}),
    ("x = 1 if choose(2) else 2\nwhile x == 1: x = 3\nemit(1, x)", {1: "2|3"}),
    ("x = 1 if choose(2) else 2\nmatch x:\n    case 1: emit(1, x)\n    case y: emit(2, y)", {1: "1", 2: "2"}),
    ("x = [1] if choose(2) else {'k': 2}\nmatch x:\n    case [y]: emit(1, y)\n    case {'k': y}: emit(2, y)", {1: "1", 2: "2"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NARROWING)
def test_conditions_narrow(text: str, expected: dict[int, str]) -> None:
    """On either side of a condition a value is what it can be there."""
    seen, _ = by_machine(f"from rec import choose, emit\n{text}\n")
    assert {label: ", ".join(map(told, rows[0])) for label, rows in seen.items()} == expected
