"""What several targets get of one value."""

from __future__ import annotations

from asyncapi.machine import items, lists
from asyncapi.machine.lattice import alternatives, join, united
from asyncapi.machine.state import Activation
from asyncapi.machine.values import (
    ABSENT,
    DictCell,
    Instance,
    ListCell,
    Opaque,
    SetCell,
    Tup,
    Union,
    Value,
)


def spread(f: Activation, value: Value, count: int, star: int | None, names: list[str]) -> list[Value]:
    """Return the values that `count` targets get of one value, the starred target a list."""
    if value.__class__ is Union:
        pairs = [(item, guards) for item, guards in alternatives(value) if _fits(f, item, count, star)]
        if len(pairs) < len(value.known) + (value.rest is not None):
            f.m.fails()
        columns = [(spread(f, item, count, star, names), guards) for item, guards in pairs]
        if columns:
            return [united([(column[i], guards) for column, guards in columns]) for i in range(count)]
    if value.__class__ is Tup or isinstance(value, ListCell):
        return _spread_sequence(f, value, count, star, names)
    pairs_ = items.listed(f.m, value, None)
    if pairs_ and all(c for _, c in pairs_) and (len(pairs_) == count if star is None else len(pairs_) >= count - 1):
        return _split([v for v, _ in pairs_], count, star, f)
    f.m.fails()
    one = join([v for v, _ in pairs_]) if pairs_ else Opaque("nothing to unpack")
    found = [
        items.item(f.m, value, i, f.m.place)
        if not isinstance(value, (Instance, Opaque, DictCell, SetCell, str)) and star is None and not pairs_
        else one
        for i in range(count)
    ]
    return [items.open_list(f.m, one) if i == star else renamed(v, names[i]) for i, v in enumerate(found)]


def _fits(f: Activation, value: Value, count: int, star: int | None) -> bool:
    """Say whether a value may be unpacked into so many targets."""
    if value is None or isinstance(value, (int, float)):
        return False
    held = lists.plain(value) if value.__class__ is Tup or isinstance(value, ListCell) else None
    return held is None or (len(held) == count if star is None else len(held) >= count - 1)


def _split(held: list[Value], count: int, star: int | None, f: Activation) -> list[Value]:
    if star is None:
        return held
    end = len(held) - (count - star - 1)
    return [*held[:star], items.new_list(f.m, held[star:end], f.m.at), *held[end:]]


def _spread_sequence(f: Activation, value: Value, count: int, star: int | None, names: list[str]) -> list[Value]:
    held = lists.plain(value)
    if held is not None and _fits(f, value, count, star):
        return _split(held, count, star, f)
    f.m.fails()
    found: list[Value] = []
    for number in range(count):
        if number == star:
            every = lists.everything(value)
            found.append(items.open_list(f.m, join(every) if every else Opaque("an element"), f.m.at))
            continue
        one = lists.at(f.m, value, number if star is None or number < star else number - count)
        found.append(Opaque("nothing to unpack", name=names[number]) if one is ABSENT else renamed(one, names[number]))
    return found


def renamed(value: Value, name: str) -> Value:
    """Return an unknown value under the name that it is unpacked into."""
    if value.__class__ is Opaque and name:
        return Opaque(value.reason, name=name, environment=value.environment, kind=value.kind)
    return value
