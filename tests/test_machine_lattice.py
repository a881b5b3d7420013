"""The laws of the join, on random values and across its bound."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from asyncapi.machine.lattice import NO_GUARDS, each, join, key, maybe_absent, present, together, united
from asyncapi.machine.limits import ALTERNATIVES, OBJECTS
from asyncapi.machine.values import ABSENT, Beyond, External, Hole, HoledText, Instance, Opaque, Tup, Union

CELLS = [Instance(0, number, External("x.Y")) for number in range(3)]


def simple(source: random.Random) -> Any:
    """Return a random value that is one thing."""
    return source.choice(
        [
            ABSENT, None, True, False, 0, 1, 1.0, "a", "b", b"a", "",
            HoledText((Hole("x"),)), HoledText(("a/", Hole("x"))), HoledText(("a/", Hole("y"))), Tup((1, "a")), Tup(()),
            Opaque("one"), Opaque("other", name="n"), Opaque("a number", kind="int"), Opaque("one", kind="str"),
            Opaque("set by the environment", environment="HOST"), Beyond("too many"), Beyond("too deep"), *CELLS,
        ]
    )  # fmt: skip


def value(source: random.Random) -> Any:
    """Return a random value; half of them can be several things."""
    if source.random() < 0.5:
        return simple(source)
    return join([simple(source) for _ in range(source.randint(1, 4))])


def many(source: random.Random) -> Any:
    """Return a value that can be as many things as may be told apart, or one less."""
    first, less = source.randrange(3), source.randrange(3)
    if source.random() < 0.5:
        return join(range(first, first + OBJECTS.most - less))
    return join([f"t{number}" for number in range(first, first + ALTERNATIVES.most - less)])


def meaning(one: Any) -> tuple[frozenset[object], object]:
    """Return what a value can be: its alternatives, and what stands for the others."""
    known = frozenset(key(item) for item in each(one) if not _is_rest(item))
    rest = [item for item in each(one) if _is_rest(item)]
    return known, key(rest[0]) if rest else None


def _is_rest(one: Any) -> bool:
    return one.__class__ is Beyond or (one.__class__ is Opaque and not one.environment)


SOURCES = [value, value, value, many]


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(40))
def test_join_is_lawful(seed: int) -> None:
    """A join does not depend on order, grouping or repetition, also beyond the bound of alternatives."""
    source = random.Random(seed)
    for _ in range(50 if seed % 4 else 4):
        kinds = SOURCES if seed % 4 == 0 else [value]
        a, b, c = (source.choice(kinds)(source) for _ in range(3))
        expected = meaning(join([a, b, c]))
        assert {
            *(meaning(join(order)) for order in itertools.permutations([a, b, c])),
            meaning(join([join([a, b]), c])),
            meaning(join([a, join([b, c])])),
            meaning(join([a, b, c, a])),
            meaning(join([join([a, b, c]), join([c, a])])),
        } == {expected}
        assert meaning(join([a, a])) == meaning(a) == meaning(join([a]))


@pytest.mark.parametrize(
    ("kind", "number", "rest"),
    [
        (str, ALTERNATIVES.most, type(None)),
        (str, ALTERNATIVES.most + 1, Beyond),
        (str, ALTERNATIVES.most + 9, Beyond),
        (int, OBJECTS.most, type(None)),
        (int, OBJECTS.most + 1, Beyond),
    ],
)
def test_a_join_beyond_the_bound_is_cut(kind: type, number: int, rest: type) -> None:
    """One alternative more than the bound makes a cut, and it stays one whatever is joined to it."""
    found = join(map(kind, range(number)))
    assert type(getattr(found, "rest", found)) is rest
    assert join([found, kind(9_999)]).__class__ is join([kind(9_999), found, kind(9_998)]).__class__ is Beyond


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [(("int", "int"), "int"), (("int", "str"), ""), (("int", ""), ""), (("str", "str", "int"), "")],
)
def test_unknown_values_keep_a_kind_they_share(kinds: tuple[str, ...], expected: str) -> None:
    """Two values that are not known, of different kinds, are of no kind together."""
    assert join([Opaque(f"reason {n}", kind=kind) for n, kind in enumerate(kinds)]).kind == expected


def test_absent_is_an_alternative() -> None:
    """A place that was written on one branch only holds the value or nothing."""
    found = join([1, ABSENT])
    assert (maybe_absent(found), present(found), present(ABSENT), maybe_absent(1)) == (True, 1, ABSENT, False)


def test_what_was_written_together_stays_together() -> None:
    """Values that were chosen on the arms of one branch are combined arm by arm only."""
    topics, numbers = join(["a", "b"], 7), join([1, 2], 7)
    free = join(["x", "y"])
    assert [items for items, _ in together([topics, numbers])] == [("a", 1), ("b", 2)]
    assert len(list(together([topics, numbers, free]))) == 4
    assert isinstance(united([(1, NO_GUARDS), (2, NO_GUARDS)]), Union)


def test_combinations_beyond_the_bound_are_cut() -> None:
    """More combinations than may be told apart end in one that says so."""
    found = [items for items, _ in together([join(range(40)), join(range(40))])]
    assert (len(found), {item.__class__ for item in found[-1]}) == (ALTERNATIVES.most + 1, {Beyond})
