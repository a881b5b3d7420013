"""Loops whose number of rounds is not known: rounds until another one would change nothing.

What still changes after a few rounds gets *open*: a number that counts becomes some number, a text that grows some
text, a list that grows one of which only is known what its elements can be. The round after that sees the open
values, so what the program does in its tenth round is covered by what the machine saw in its third.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, lists
from asyncapi.machine.heap import FAILED
from asyncapi.machine.lattice import each, join, key, present
from asyncapi.machine.limits import OPEN_ROUNDS, SETTLING
from asyncapi.machine.values import (
    ABSENT,
    LENGTH,
    Beyond,
    Bound,
    Cell,
    Class,
    External,
    Func,
    HoledText,
    Instance,
    ListCell,
    Module,
    Native,
    Opaque,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

DEPTH = 2
"""How deep two objects made at one place are compared before they count as the same."""


def until_stable(m: Machine, once: Callable[[], bool]) -> bool:
    """Run rounds until one changes nothing, or says by True that the loop is over; whether it said so."""
    for number in range(OPEN_ROUNDS.most + SETTLING.most):
        m.hold()
        start, born = len(m.journal), m.clock
        if once():
            return True
        before: dict[tuple[Cell, Any], Value] = {}
        for cell, name, old in m.journal[start:]:
            if cell is not FAILED and cell.birth < born:
                before.setdefault((cell, name), old)
        unstable = [
            (cell, name, old) for (cell, name), old in before.items() if not covered(old, cell.fields.get(name, ABSENT))
        ]
        if not unstable:
            return False
        if number >= OPEN_ROUNDS.most - 1:
            for cell, name, old in unstable:
                _open(m, cell, name, old)
    m.cut(SETTLING, None, OPEN_ROUNDS.most + SETTLING.most + 1, OPEN_ROUNDS.most + SETTLING.most)
    return False


def _open(m: Machine, cell: Cell, name: Any, old: Value) -> None:
    value = cell.fields.get(name, ABSENT)
    if isinstance(cell, ListCell) and (name is LENGTH or isinstance(name, int)):
        sizes = [name] if isinstance(name, int) else [item for item in each(old) if isinstance(item, int)]
        held = lists.places(cell)
        kept, loose = held[: min(sizes, default=0)], held[min(sizes, default=0) :]
        more = [*map(present, loose), *([] if lists.rest(cell) is ABSENT else [lists.rest(cell)])]
        lists.replace(m, cell, kept, opened(m, more[0], join(more), "") if more else ABSENT)
    elif old is not ABSENT:
        m.write(cell, name, opened(m, old, value, name if isinstance(name, str) else ""))


def opened(m: Machine, old: Value, new: Value, name: str) -> Value:
    """Return what covers a value that changes from round to round."""
    return join([old, *(_some(m, old, item, name) for item in _grown(old, new))])


def _some(m: Machine, old: Value, item: Value, name: str) -> Value:
    if isinstance(item, (bool, type(None), Func, Class, Module, External, Native, Opaque, Beyond)) or item is ABSENT:
        return item
    if isinstance(item, (int, float)):
        return Opaque("a number that a loop changes", name=name, kind=type(item).__name__)
    if isinstance(item, (str, HoledText)):
        return Opaque("a text that a loop changes", name=name, kind="str")
    if item.__class__ is Tup:
        like = next((one for one in each(old) if one.__class__ is Tup and len(one.items) == len(item.items)), None)
        if like is not None:
            return Tup([opened(m, a, b, name) for a, b in zip(like.items, item.items, strict=True)])
    if isinstance(item, ListCell):
        held = lists.everything(item)
        return items.open_list(m, opened(m, held[0], join(held), name), item.made) if held else item
    return Opaque("a value that a loop changes", name=name)


def covered(old: Value, new: Value) -> bool:
    """Say whether a value can be nothing that it could not be before."""
    return old is new or not _grown(old, new)


def _grown(old: Value, new: Value) -> list[Value]:
    """Return the alternatives of a value that it did not have before."""
    before = each(old)
    had = {_shape(item, DEPTH) for item in before}
    rest = next((item for item in before if item.__class__ is Opaque or item.__class__ is Beyond), None)
    found = []
    for item in each(new):
        if item.__class__ is Beyond:
            if rest.__class__ is not Beyond:
                found.append(item)
        elif _shape(item, DEPTH) not in had and not _within(item, rest):
            found.append(item)
    return found


KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (int, float), "bool": (bool,), "str": (str, HoledText), "bytes": (bytes,),
}  # fmt: skip


def _within(item: Value, rest: Opaque | Beyond | None) -> bool:
    if rest is None or item is ABSENT:
        return False
    kind = rest.kind if isinstance(rest, Opaque) else ""
    if not kind:
        return True
    return item.kind == kind if item.__class__ is Opaque else isinstance(item, KINDS.get(kind, ()))


def _shape(value: Value, depth: int) -> object:
    """Return what two values share that differ in nothing but the round in which they were made."""
    if value.__class__ is Tup:
        return (Tup, tuple(_shape(item, depth) for item in value.items))
    if isinstance(value, Bound):
        return (Bound, _shape(value.func, depth), _shape(value.owner, depth))
    if isinstance(value, Func):
        return (Func, value.code)
    if value.__class__ is Opaque:
        return (Opaque, value.kind, value.environment)
    if isinstance(value, Class) and value.code is not None:
        return (Class, value.code)
    if not isinstance(value, Cell) or isinstance(value, (Class, Module)) or value.made is None:
        return key(value)
    cls = _shape(value.cls, 0) if isinstance(value, Instance) else None
    place = (value.__class__, cls, id(value.made.node), value.made.line)
    if not depth:
        return place
    held = frozenset(
        (
            name if name.__class__ in (str, int) else key_of(name),
            frozenset(_shape(one, depth - 1) for one in each(item)),
        )
        for name, item in value.fields.items()
    )
    return (place, held)


def key_of(name: Any) -> object:
    """Return a key of a container as it can be compared."""
    return _shape(name.value, 0) if isinstance(name, items.ContainerKey) else name
