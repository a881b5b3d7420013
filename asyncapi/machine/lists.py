"""Lists: elements in order, some of them perhaps missing, behind them what else the list may hold.

The element under place i is the i-th of those that may be there. Where one in front of it may be missing (it holds
ABSENT among other things), it can stand at several indices; `at` says what an index can give.
"""

from __future__ import annotations

from collections.abc import Sequence

from asyncapi.machine.heap import Heap
from asyncapi.machine.lattice import each, join, maybe_absent, present
from asyncapi.machine.values import ABSENT, LENGTH, REST, ListCell, Opaque, Tup, Value


def places(owner: Value) -> list[Value]:
    """Return the elements of a list or tuple as they are kept: with ABSENT where one may be missing."""
    if owner.__class__ is Tup:
        return list(owner.items)
    fields = owner.fields
    size = fields.get(LENGTH, 0)
    if size.__class__ is int:
        return [value for value in (fields.get(i, ABSENT) for i in range(size)) if value is not ABSENT]
    numbers = [item for item in each(size) if isinstance(item, int)]
    least = min(numbers, default=0)
    found: list[Value] = []
    for place in range(max(numbers, default=0)):
        value = fields.get(place, ABSENT)
        if value is not ABSENT:
            found.append(value if place < least or maybe_absent(value) else join([value, ABSENT]))
    return found


def rest(owner: Value) -> Value:
    """Return what a list may hold behind its elements; ABSENT for nothing."""
    return present(owner.fields.get(REST, ABSENT)) if isinstance(owner, ListCell) else ABSENT


def plain(owner: Value) -> list[Value] | None:
    """Return the elements of a list whose elements are all there and are all it holds, in their order; else None."""
    if owner.__class__ is Tup:
        return list(owner.items)
    if REST in owner.fields or owner.shuffled:
        return None
    found = places(owner)
    return None if any(map(maybe_absent, found)) else found


def maybe(value: Value) -> Value:
    """Return an element as one that may be missing."""
    return value if maybe_absent(value) else join([value, ABSENT])


def everything(owner: Value) -> list[Value]:
    """Return all that any element can be."""
    more = rest(owner)
    return [*map(present, places(owner)), *([] if more is ABSENT else [more])]


def at(m: Heap, owner: Value, index: int) -> Value:
    """Return what stands at an index; ABSENT where nothing can."""
    values = places(owner)
    more = rest(owner)
    if isinstance(owner, ListCell) and owner.shuffled:
        found = everything(owner)
        return join(found) if found else ABSENT
    if more is ABSENT and not any(map(maybe_absent, values)):
        return values[index] if -len(values) <= index < len(values) else ABSENT
    backwards = index < 0
    wanted = -index - 1 if backwards else index
    candidates: list[Value] = []
    sure = 0
    if backwards and more is not ABSENT:
        candidates.append(more)
    for number, value in enumerate(reversed(values) if backwards else values):
        if sure <= wanted and (wanted <= number or (backwards and more is not ABSENT)):
            candidates.append(present(value))
        sure += not maybe_absent(value)
    if not backwards and more is not ABSENT and sure <= wanted:
        candidates.append(more)
    return join(candidates) if candidates else ABSENT


def surely(owner: Value, index: int) -> bool:
    """Say whether a list surely has an element at an index."""
    sure = sum(not maybe_absent(value) for value in places(owner))
    return -sure <= index < sure


def replace(m: Heap, owner: ListCell, values: Sequence[Value], more: Value = ABSENT) -> None:
    """Give a list other elements, and something else behind them."""
    for place in [k for k in owner.fields if isinstance(k, int) and k >= len(values)]:
        m.erase(owner, place)
    for place, value in enumerate(values):
        if owner.fields.get(place, ABSENT) is not value:
            m.write(owner, place, value)
    m.write(owner, LENGTH, len(values))
    m.put(owner, REST, more)


def loosen(m: Heap, owner: ListCell, *more: Value) -> None:
    """Forget the order and number of a list's elements; others may be among them."""
    found = [*everything(owner), *more]
    replace(m, owner, (), join(found) if found else ABSENT)


def insert(m: Heap, owner: ListCell, index: Value, value: Value) -> None:
    """Put a value before an index."""
    values = places(owner)
    front = isinstance(index, int) and index >= 0 and not any(map(maybe_absent, values[:index]))
    if isinstance(index, int) and not owner.shuffled:
        if plain(owner) is not None:
            values.insert(index, value)
            replace(m, owner, values)
            return
        if front and index <= len(values):
            values.insert(index, value)
            replace(m, owner, values, rest(owner))
            return
    loosen(m, owner, value)


def pop(m: Heap, owner: ListCell, index: Value) -> Value:
    """Take the element at an index out and return it; ABSENT where there is none."""
    values = places(owner)
    if isinstance(index, int) and plain(owner) is not None:
        if not -len(values) <= index < len(values):
            return ABSENT
        taken = values.pop(index)
        replace(m, owner, values)
        return taken
    if not isinstance(index, int):
        found = everything(owner)
        replace(m, owner, [maybe(value) for value in values], rest(owner))
        return join(found) if found else ABSENT
    taken = at(m, owner, index)
    replace(m, owner, _without(owner, values, index), rest(owner))
    return taken


def _without(owner: ListCell, values: list[Value], index: int) -> list[Value]:
    """Return elements of which one is gone: the first or last that is there may still be, if one nearer was not."""
    if owner.shuffled or index not in (0, -1) or (index == -1 and REST in owner.fields):
        return [maybe(value) for value in values]
    order = range(len(values)) if index == 0 else range(len(values) - 1, -1, -1)
    for number, place in enumerate(order):
        if not maybe_absent(values[place]):
            if number:
                values[place] = maybe(values[place])
            else:
                del values[place]
            break
    return values


def reverse(m: Heap, owner: ListCell) -> None:
    """Turn a list around."""
    if REST in owner.fields:
        loosen(m, owner)
    else:
        replace(m, owner, places(owner)[::-1])


def cut(owner: Value, start: Value, stop: Value, step: Value) -> tuple[list[Value], Value] | None:
    """Return the elements and the rest of a slice; None where nothing is known but what they can be."""
    values, more = places(owner), rest(owner)
    if isinstance(owner, ListCell) and owner.shuffled:
        return None
    known = all(bound is None or isinstance(bound, int) for bound in (start, stop, step)) and step != 0
    if known and plain(owner) is not None:
        return values[start:stop:step], ABSENT
    if known and more is ABSENT and start is None and stop is None and step == -1:
        return values[::-1], ABSENT
    if step not in (None, 1):
        return None
    if (
        known
        and stop is None
        and (start is None or (start >= 0 and not any(map(maybe_absent, values[:start]))))
        and (start is None or start <= len(values))
    ):
        return values[start:], more
    if (
        known
        and not start
        and stop is not None
        and 0 <= stop <= len(values)
        and not any(map(maybe_absent, values[:stop]))
    ):
        return values[:stop], ABSENT
    return [maybe(value) for value in values], more


def length(owner: Value) -> Value:
    """Return how many elements a list has."""
    if REST in owner.fields:
        return Opaque("a length", kind="int")
    size = owner.fields.get(LENGTH, 0)
    numbers = [item for item in each(size) if isinstance(item, int)]
    missing = [maybe_absent(owner.fields.get(i, ABSENT)) for i in range(max(numbers, default=0))]
    if not any(missing[: min(numbers, default=0)]) and (len(numbers) > 1 or not any(missing)):
        return size
    values = places(owner)
    return counted(sum(not maybe_absent(v) for v in values), len(values))


FEW = 8
"""Lengths between bounds this near are told apart; of more, only a kind is known."""


def counted(least: int, most: int) -> Value:
    """Return a number between two bounds."""
    return join(range(least, most + 1)) if most - least < FEW else Opaque("a length", kind="int")
