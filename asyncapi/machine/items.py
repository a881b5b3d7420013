"""Containers: made, written, read by key, looped over. Elements that are known stay apart; the rest is joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine import lists
from asyncapi.machine.code import CallSite
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.lattice import Guards, alternatives, join, made, maybe_absent, present, united
from asyncapi.machine.lattice import each as each_of
from asyncapi.machine.lattice import key as key_of
from asyncapi.machine.limits import ROUNDS
from asyncapi.machine.values import (
    ABSENT,
    ANY,
    LENGTH,
    REST,
    REST_KEY,
    Assumed,
    Beyond,
    Cell,
    Class,
    Deferred,
    DictCell,
    Encoded,
    External,
    HoledText,
    Instance,
    ListCell,
    Opaque,
    Received,
    SetCell,
    SliceOf,
    Spread,
    Tup,
    Union,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Each = Callable[[Value, "bool | None"], bool]
"""Takes an element and whether it comes: True surely, None at most once, False any number of times or not at all."""


class ContainerKey:
    """A dict key that is no plain constant: a tuple, an object, a text with holes; `value` is what it stands for."""

    __slots__ = ("_hash", "name", "value")

    def __init__(self, value: Value, name: object) -> None:
        self.value, self.name = value, name
        self._hash = hash(name)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContainerKey) and self.name == other.name


def as_key(value: Value) -> Any:
    """Return what a dict keeps a value under; None where the value is not known well enough (None itself is a Key)."""
    if isinstance(value, (str, int, float, bytes)):
        return value
    if value.__class__ in (Opaque, Beyond, Union, Received, Assumed, Encoded):
        return None
    return ContainerKey(value, key_of(value))


def key_value(key: Any) -> Value:
    """Return the value that a key stands for."""
    return key.value if isinstance(key, ContainerKey) else key


def lifted(m: Machine, value: Any, at: CallSite | None) -> Value:
    """Return plain Python data as a value: lists and dicts become cells, what has no word here is unknown."""
    if value is None or isinstance(value, (str, int, float, bytes, complex)):
        return value
    if isinstance(value, tuple):
        return Tup([lifted(m, item, at) for item in value])
    if isinstance(value, list):
        return new_list(m, [lifted(m, item, at) for item in value], at)
    if isinstance(value, dict):
        made = new_dict(m, at)
        for k, v in value.items():
            set_item(m, made, lifted(m, k, at), lifted(m, v, at), at)
        return made
    if isinstance(value, (set, frozenset)):
        return new_set(m, [lifted(m, item, at) for item in sorted(value, key=repr)], at)
    return Opaque(f"a {type(value).__name__}")


def new_list(m: Machine, values: Iterable[Value], at: Any = None) -> ListCell:
    """Return a new list; `Spread` among the values makes its length unknown."""
    made: ListCell = m.new(ListCell)
    made.made = at
    number = 0
    for value in values:
        if value.__class__ is Spread:
            more = element(m, value.value)
        elif REST in made.fields:
            more = value
        else:
            made.fields[number] = value
            number += 1
            continue
        made.fields[REST] = join([made.fields[REST], more]) if REST in made.fields else more
    made.fields[LENGTH] = number
    return made


def open_list(m: Machine, rest: Value, at: Any = None) -> ListCell:
    """Return a list of which only is known what its elements can be."""
    made = new_list(m, (), at)
    made.fields[REST] = rest
    return made


def new_set(m: Machine, values: Iterable[Value], at: Any = None) -> SetCell:
    """Return a new set."""
    made: SetCell = m.new(SetCell)
    made.made = at
    for value in values:
        add(m, made, element(m, value.value) if value.__class__ is Spread else value)
    return made


def new_dict(m: Machine, at: Any = None) -> DictCell:
    """Return a new dict."""
    made: DictCell = m.new(DictCell)
    made.made = at
    return made


def add(m: Machine, container: Cell, value: Value) -> None:
    """Append to a list, or add to a set."""
    if isinstance(container, ListCell):
        length = container.fields.get(LENGTH, 0)
        if REST in container.fields:
            m.write(container, REST, join([container.fields[REST], value]))
            return
        if not isinstance(length, int):
            length = max([item for item in each_of(length) if isinstance(item, int)], default=0)
        m.write(container, length, value)
        m.write(container, LENGTH, length + 1)
    else:
        choices = each_of(value)
        for item in choices:
            name = as_key(item)
            if name is None:
                m.write(container, REST, join([container.fields[REST], item]) if REST in container.fields else item)
            elif len(choices) == 1:
                m.write(container, name, item)
            else:
                m.write(container, name, join([container.fields.get(name, ABSENT), item]))


def add_maybe(m: Machine, container: Cell, value: Value, certain: bool | None) -> None:
    """Append or add something that comes surely (True), at most once (None), or any number of times (False)."""
    if certain:
        add(m, container, value)
    elif certain is None and isinstance(container, ListCell) and REST not in container.fields:
        add(m, container, lists.maybe(value))
    elif isinstance(container, ListCell):
        m.write(container, REST, join([container.fields[REST], value]) if REST in container.fields else value)
    else:
        for item in each_of(value):
            name = as_key(item)
            if name is None:
                m.write(container, REST, join([container.fields[REST], item]) if REST in container.fields else item)
            else:
                m.write(container, name, join([container.fields.get(name, ABSENT), item]))


def length(m: Machine, value: Value) -> Value:
    """Return the number of elements, or an unknown number."""
    found: list[tuple[Value, Guards]] = []
    for item, guards in alternatives(value):
        if isinstance(item, (str, bytes)):
            found.append((len(item), guards))
        elif item.__class__ is Tup:
            found.append((len(item.items), guards))
        elif isinstance(item, ListCell):
            found.append((lists.length(item), guards))
        elif isinstance(item, (DictCell, SetCell)) and REST not in item.fields:
            found.append((_size(item), guards))
        else:
            found.append((Opaque("a length", kind="int"), guards))
    return united(found)


def _size(cell: Cell) -> Value:
    """Return how many keys a dict or set has; a key with holes may be the same as another."""
    keys = list(cell.fields)
    missing = sum(map(maybe_absent, cell.fields.values()))
    if len(keys) > 1 and any(isinstance(key, ContainerKey) and key.value.__class__ is HoledText for key in keys):
        return Opaque("a length", kind="int")
    return lists.counted(len(keys) - missing, len(keys))


def elements(cell: Cell) -> Iterator[tuple[Value, bool | None]]:
    """Yield what a list, dict (its keys) or set holds, each with whether it comes (see `Each`); the rest comes last."""
    fields = cell.fields
    if isinstance(cell, ListCell):
        for value in lists.places(cell):
            yield present(value), None if maybe_absent(value) else True
        if REST in fields:
            yield present(fields[REST]), False
        return
    for name, value in list(fields.items()):
        if name is REST or name is REST_KEY:
            continue
        yield (key_value(name) if isinstance(cell, DictCell) else present(value)), None if maybe_absent(value) else True
    if REST in fields:
        rest = fields.get(REST_KEY, Opaque("a key")) if isinstance(cell, DictCell) else fields[REST]
        yield present(rest), False


def element(m: Machine, value: Value) -> Value:
    """Return what any element of an iterable can be."""
    found = [item for item, _ in listed(m, value, None)]
    return join(found) if found else Opaque("an element of something empty")


def listed(m: Machine, value: Value, at: CallSite | None) -> list[tuple[Value, bool | None]]:
    """Return what looping over something gives, each element with whether it comes (see `Each`)."""
    found: list[tuple[Value, bool | None]] = []
    if value.__class__ is Union:
        for item in each_of(value):
            found.extend((one, None if certain else certain) for one, certain in listed(m, item, at))
        return found

    if isinstance(value, Deferred) and value.kind == "generator":
        return list(elements(gathered(m, value, at)))

    def keep(item: Value, certain: bool | None) -> bool:
        found.append((item, certain))
        return len(found) > ROUNDS.most

    each(m, value, keep, at)
    return found


def unordered(value: Value) -> bool:
    """Say whether the order of what looping over something gives is not known."""
    if isinstance(value, ListCell):
        return value.shuffled
    if value.__class__ is Union:
        return any(map(unordered, value.known))
    return isinstance(value, SetCell) or (isinstance(value, DictCell) and REST in value.fields)


def gathered(m: Machine, value: Value, at: CallSite | None) -> ListCell:
    """Return what an iterable gives as a new list, made while it runs: what is yielded on a branch may be missing."""
    made = new_list(m, (), at)

    def keep(item: Value, certain: bool | None) -> bool:
        add_maybe(m, made, item, certain)
        return False

    each(m, value, keep, at)
    made.shuffled = unordered(value)
    return made


def each(m: Machine, value: Value, body: Each, at: CallSite | None) -> bool:
    """Run `body` for each element, told whether it surely comes; returns whether the body said to stop.

    A generator runs here, with the body inside of its `yield`.
    """
    if value.__class__ is Union:
        return _each_of_several(m, value, body, at)
    if value.__class__ is Tup:
        return any(body(item, True) for item in value.items)
    if isinstance(value, (ListCell, DictCell, SetCell)):
        for count, (item, certain) in enumerate(elements(value)):
            if count >= ROUNDS.most:
                m.cut(ROUNDS, at, len(value.fields), ROUNDS.most)
                return False
            if body(item, certain):
                return True
        return False
    if isinstance(value, (str, bytes)):
        if len(value) > ROUNDS.most:
            m.cut(ROUNDS, at, len(value), ROUNDS.most)
        return any(body(letter, True) for letter in value[: ROUNDS.most])
    if isinstance(value, Deferred) and value.kind == "generator":
        if value.kept is not None:
            return each(m, value.kept, body, at)
        return m.consume(value, body)
    if isinstance(value, Instance):
        return m.loop_over(value, body, at)
    if value.__class__ is Class:
        members = m.members_of(value)
        if members is not None:
            return any(body(item, True) for item in members)
    return body(one_of(m, value), False)


def _each_of_several(m: Machine, value: Union, body: Each, at: CallSite | None) -> bool:
    """Loop over each thing that an iterable can be on a branch of its own."""

    def arm(item: Value) -> Callable[[], Value]:
        def run() -> Value:
            if each(m, item, body, at):
                raise PathEnd
            return None

        return run

    pairs = [(item, guards) for item, guards in alternatives(value) if item is not None]
    if len(pairs) < len(value.known) + (value.rest is not None):
        m.fails()
    try:
        m.fork([arm(item) for item, _ in pairs], [m.meaning(guards) for _, guards in pairs])
    except PathEnd:
        return True
    return False


def one_of(m: Machine, value: Value) -> Value:
    """Return an element of something whose elements are not known."""
    if value.__class__ is Received:
        return Received(value.message, (*value.path, ANY), value.form)
    if value.__class__ is Assumed:
        inner = [item for item, _ in listed(m, value.value, None)]
        return join([*inner, Opaque(f"an element of {value.name}")])
    if value.__class__ is Opaque:
        return Opaque(f"an element of {value.name or 'something that is not known'}", name=_single(value.name))
    if value.__class__ is External:
        return Opaque(f"an element of {value.path}", name=_single(value.name))
    if value.__class__ is HoledText:
        return Opaque("a letter of a text", kind="str")
    return value if value.__class__ is Beyond else Opaque("an element of something that is not known")


def _single(name: str) -> str:
    """Return what one of several things is called: `ships` are looped over as `ship`."""
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def unpacked(m: Machine, value: Value, at: CallSite | None) -> list[Value]:
    """Return the elements that `*value` stands for; a `Spread` for those whose number is not known."""
    found: list[Value] = []
    rest: list[Value] = []
    shuffled = unordered(value)
    for item, certain in listed(m, value, at):
        if certain and not rest:
            found.append(item)
        else:
            rest.append(item)
    if shuffled and len(found) > 1:
        every = join([*found, *rest])
        found = [every] * len(found)
    if rest:
        made = new_list(m, (), at)
        made.fields[REST] = join(rest)
        found.append(Spread(made))
    return found


def keywords(m: Machine, value: Value) -> dict[str, Value]:
    """Return the keywords that `**value` stands for; what is not known of them stands under "**"."""
    found: dict[str, Value] = {}
    if value.__class__ is Union:
        sides = [keywords(m, item) for item in each_of(value)]
        names = dict.fromkeys(name for side in sides for name in side)
        return {name: join([side.get(name, ABSENT) for side in sides]) for name in names}
    for item in (value,):
        if isinstance(item, DictCell):
            for name, said in item.fields.items():
                if isinstance(name, str):
                    found[str(name)] = said if str(name) not in found else join([found[str(name)], said])
                elif name is REST:
                    found["**"] = said
        elif isinstance(item, Encoded) and item.form == "dump":
            dumped = m.fields_of(item.value)
            found.update(dumped if dumped is not None else {"**": item})
        else:
            found["**"] = Received(item.message, (*item.path, ANY), item.form) if item.__class__ is Received else item
    return found


def item(m: Machine, owner: Value, index: Value, at: CallSite) -> Value:
    """Return `owner[index]` for everything that both can be."""
    found = []
    for one, guards in alternatives(owner):
        for number, chosen in alternatives(index):
            found.append((_item(m, one, number, at), guards | chosen))
    return united(found) if found else Opaque("an element of nothing")


def _item(m: Machine, owner: Value, index: Value, at: CallSite) -> Value:
    kind = owner.__class__
    if kind is DictCell:
        return m.seen(_of_dict(m, owner, index, at))
    if kind is Tup or kind is ListCell:
        return m.seen(_of_sequence(m, owner, index, at))
    if isinstance(owner, (str, bytes)):
        return _of_text(m, owner, index)
    if kind is HoledText:
        return _of_holes(m, owner, index, at)
    if kind is Received:
        step = str(index) if isinstance(index, str) else index if isinstance(index, int) else ANY
        return m.seen(Received(owner.message, (*owner.path, step), owner.form))
    if kind is Encoded and owner.form == "dump":
        fields = m.fields_of(owner.value) or {}
        return fields.get(index, Opaque("a field of a dumped model")) if isinstance(index, str) else Opaque("a field")
    if kind is Assumed:
        inner = _item(m, owner.value, index, at)
        return (
            Assumed(inner, name=str(index) if isinstance(index, str) else owner.name, environment=owner.environment)
            if not isinstance(inner, (Opaque, Union))
            else inner
        )
    if isinstance(owner, Instance):
        return m.special(owner, "__getitem__", [index], at)
    if kind is Class:
        return m.subscripted(owner, index, at)
    if kind is External:
        return m.external_item(owner, index, at)
    name = index if isinstance(index, str) else _single(getattr(owner, "name", ""))
    return Opaque(
        f"an element of {getattr(owner, 'name', '') or 'something that is not known'}",
        name=str(name),
        environment=getattr(owner, "environment", ""),
    )


def _of_dict(m: Machine, owner: DictCell, index: Value, at: CallSite) -> Value:
    name = as_key(index.value if index.__class__ is Assumed else index)
    if name is not None and index.__class__ is not HoledText:
        value = owner.fields.get(name, ABSENT)
        others = _others(m, owner, name, index)
        if value is not ABSENT and not maybe_absent(value):
            return join([value, *others]) if others else value
        if owner.factory is not None:
            made = m.call(owner.factory, [], {}, at)
            made = join([*others, present(value), made]) if value is not ABSENT or others else made
            set_item(m, owner, index, made, at)
            return made
        m.fails()
        if value is not ABSENT or others:
            return join([*others, present(value)] if value is not ABSENT else others)
        shown_ = index if isinstance(index, str) else repr(index)
        return Opaque(f"the table has no key '{shown_}' in source", name=str(index) if isinstance(index, str) else "")
    m.fails()
    values = _fitting(m, owner, index)
    return join(values) if values else Opaque("the table is empty in source", name=getattr(index, "name", ""))


def found(m: Machine, owner: DictCell, index: Value, at: CallSite) -> Value:
    """Return what a dict holds under a single key, where it holds something; ABSENT where it does not."""
    name = as_key(index.value if index.__class__ is Assumed else index)
    values: list[Value] = []
    if name is not None and index.__class__ is not HoledText:
        values = [present(owner.fields.get(name, ABSENT)), *_others(m, owner, name, index)]
    else:
        values = _fitting(m, owner, index)
    return join([value for value in values if value is not ABSENT])


def _fitting(m: Machine, owner: DictCell, index: Value) -> list[Value]:
    """Return what stands under every key that an index which is not known may be."""
    values = [
        m.chosen(index, key_value(key), present(value))
        for key, value in owner.fields.items()
        if key is not REST and key is not REST_KEY and m.may_equal(index, key_value(key))
    ]
    return [*values, *([present(owner.fields[REST])] if REST in owner.fields else [])]


def _others(m: Machine, owner: DictCell, name: Any, index: Value) -> list[Value]:
    """Return what a dict may hold under a key besides what stands there: what was written under keys not known."""
    found = [
        present(value)
        for key, value in owner.fields.items()
        if isinstance(key, ContainerKey)
        and key.value.__class__ is HoledText
        and key != name
        and m.may_equal(key.value, index)
    ]
    if REST in owner.fields and m.may_equal(present(owner.fields.get(REST_KEY, Opaque("a key"))), index):
        found.append(present(owner.fields[REST]))
    return found


def _of_sequence(m: Machine, owner: Value, index: Value, at: CallSite) -> Value:
    if index.__class__ is Assumed:
        index = index.value
    if index.__class__ is SliceOf:
        return _sliced(m, owner, index, at)
    if isinstance(index, int):
        value = lists.at(m, owner, index)
        if value is ABSENT or not lists.surely(owner, index):
            m.fails()
        return Opaque("an index outside of the list", name="value") if value is ABSENT else value
    m.fails()
    found = lists.everything(owner)
    return join(found) if found else Opaque("an element of an empty list")


def _sliced(m: Machine, owner: Value, index: SliceOf, at: CallSite) -> Value:
    found = lists.cut(owner, index.start, index.stop, index.step)
    if owner.__class__ is Tup:
        if found is not None and not any(map(maybe_absent, found[0])):
            return Tup(found[0])
        return open_list(m, element(m, owner), at)
    if found is None:
        return open_list(m, element(m, owner), at)
    made = new_list(m, found[0], at)
    if found[1] is not ABSENT:
        made.fields[REST] = found[1]
    return made


def _of_text(m: Machine, owner: Any, index: Value) -> Value:
    kind = "str" if isinstance(owner, str) else "bytes" if index.__class__ is SliceOf else "int"
    try:
        if index.__class__ is SliceOf:
            bounds = (index.start, index.stop, index.step)
            if all(b is None or isinstance(b, int) for b in bounds):
                return owner[slice(*bounds)]
            return Opaque("a part of a text", kind=kind)
        if isinstance(index, int):
            return owner[index]
    except (IndexError, ValueError):
        pass
    if index.__class__ is not SliceOf:
        m.fails()
        if isinstance(index, Opaque) and 0 < len(owner) <= lists.FEW:
            return join(owner)
    return Opaque("a part of a text", kind=kind)


def _of_holes(m: Machine, owner: HoledText, index: Value, at: CallSite) -> Value:
    """Cut a text with holes where the cut lies in its fixed text."""
    if index.__class__ is SliceOf and index.step is None:
        first, last = owner.parts[0], owner.parts[-1]
        start, stop = index.start, index.stop
        if isinstance(start, int) and start >= 0 and stop is None and isinstance(first, str) and start <= len(first):
            return made([first[start:], *owner.parts[1:]])
        if isinstance(stop, int) and stop >= 0 and start in (None, 0) and isinstance(first, str) and stop <= len(first):
            return first[:stop]
        if isinstance(stop, int) and stop < 0 and start is None and isinstance(last, str) and -stop <= len(last):
            return made([*owner.parts[:-1], last[:stop]])
        if isinstance(start, int) and start < 0 and stop is None and isinstance(last, str) and -start <= len(last):
            return last[start:]
    if isinstance(index, int) and isinstance(owner.parts[0], str) and 0 <= index < len(owner.parts[0]):
        return owner.parts[0][index]
    return Opaque("a part of a text", kind="str")


def set_item(m: Machine, owner: Value, index: Value, value: Value, at: CallSite | None) -> None:
    """Run `owner[index] = value`; among several owners each may be the one that is written."""
    owners = each_of(owner)
    for one in owners:
        if isinstance(one, DictCell):
            _set_key(m, one, index, value, weak=len(owners) > 1)
        elif isinstance(one, ListCell):
            _set_index(m, one, index, value, weak=len(owners) > 1)
        elif isinstance(one, Instance):
            m.special(one, "__setitem__", [index, value], at)


def _set_key(m: Machine, owner: DictCell, index: Value, value: Value, *, weak: bool) -> None:
    choices = each_of(index.value if index.__class__ is Assumed else index)
    for choice in choices:
        name = as_key(choice)
        if name is None:
            m.write(owner, REST, join([owner.fields[REST], value]) if REST in owner.fields else value)
            m.write(owner, REST_KEY, join([owner.fields[REST_KEY], choice]) if REST_KEY in owner.fields else choice)
        elif weak or len(choices) > 1 or (choice.__class__ is HoledText and name in owner.fields):
            m.write(owner, name, join([owner.fields.get(name, ABSENT), value]))
        else:
            m.write(owner, name, value)


def _set_index(m: Machine, owner: ListCell, index: Value, value: Value, *, weak: bool) -> None:
    if index.__class__ is SliceOf:
        _set_slice(m, owner, index, value)
        return
    held = lists.plain(owner)
    if isinstance(index, int) and held is not None and -len(held) <= index < len(held):
        place = index + len(held) if index < 0 else index
        m.write(owner, place, join([owner.fields.get(place, ABSENT), value]) if weak else value)
        return
    m.fails()
    lists.replace(m, owner, [join([old, value]) for old in lists.places(owner)], lists.rest(owner))
    if REST in owner.fields:
        m.write(owner, REST, join([owner.fields[REST], value]))


def _set_slice(m: Machine, owner: ListCell, index: SliceOf, value: Value) -> None:
    """Run `owner[a:b] = values`."""
    bounds = (index.start, index.stop, index.step)
    new = listed(m, value, None)
    if bounds in ((None, None, None), (0, None, None)):
        lists.replace(m, owner, ())
        for item, certain in new:
            add_maybe(m, owner, item, certain)
        return
    held = lists.plain(owner)
    if held is not None and all(b is None or isinstance(b, int) for b in bounds) and all(c for _, c in new):
        try:
            held[slice(*bounds)] = [item for item, _ in new]
        except ValueError:
            m.fails()
        lists.replace(m, owner, held)
        return
    m.fails()
    lists.loosen(m, owner, *(item for item, _ in new))


def delete_item(m: Machine, owner: Value, index: Value) -> None:
    """Run `del owner[index]`."""
    owners = each_of(owner)
    for one in owners:
        if isinstance(one, (DictCell, SetCell)):
            discard(m, one, index, weak=len(owners) > 1)
        elif isinstance(one, ListCell) and index.__class__ is SliceOf:
            held = lists.plain(one)
            bounds = (index.start, index.stop, index.step)
            if held is not None and len(owners) == 1 and all(b is None or isinstance(b, int) for b in bounds):
                del held[slice(*bounds)]
                lists.replace(m, one, held)
            else:
                lists.replace(m, one, [lists.maybe(value) for value in lists.places(one)], lists.rest(one))
        elif isinstance(one, ListCell):
            if lists.pop(m, one, index if len(owners) == 1 else Opaque("an index")) is ABSENT or not isinstance(
                index, int
            ):
                m.fails()
        elif isinstance(one, Instance):
            m.special(one, "__delitem__", [index], m.place)


def discard(m: Machine, owner: Cell, index: Value, *, weak: bool = False) -> None:
    """Take a key out of a dict or set; where it can be several, each may be gone."""
    choices = each_of(index)
    for choice in choices:
        name = as_key(choice.value if choice.__class__ is Assumed else choice)
        if name is not None and choice.__class__ is not HoledText and name in owner.fields:
            m.put(owner, name, lists.maybe(owner.fields[name]) if weak or len(choices) > 1 else ABSENT)
            continue
        for key, held in list(owner.fields.items()):
            if key is not REST and key is not REST_KEY and m.may_equal(key_value(key), choice):
                m.write(owner, key, lists.maybe(held))


replace = lists.replace


def update(m: Machine, owner: DictCell, other: Value, at: CallSite | None) -> None:
    """Merge another mapping, or pairs, into a dict."""
    if other.__class__ is Union:
        m.fork([partial(update, m, owner, one, at) for one in each_of(other)])
        return
    for one in (other,):
        if isinstance(one, DictCell):
            for name, value in list(one.fields.items()):
                old = owner.fields.get(name, ABSENT)
                if name is REST or name is REST_KEY or maybe_absent(value):
                    value = join([present(value), old]) if old is not ABSENT else value
                m.write(owner, name, value)
        elif isinstance(one, (Opaque, Received, Beyond, External, Encoded)):
            for name, value in keywords(m, one).items():
                if name == "**":
                    m.write(owner, REST, join([owner.fields[REST], value]) if REST in owner.fields else value)
                    m.write(owner, REST_KEY, Opaque("a key"))
                else:
                    m.write(owner, name, value)
        elif isinstance(one, Instance):
            for name, value in keywords(m, m.special(one, "__dict_items__", [], at)).items():
                m.write(owner, name, value)
        else:
            for pair, certain in listed(m, one, at):
                for row in each_of(pair):
                    sides = [v for v, _ in listed(m, row, at)]
                    if len(sides) == 2 and certain and row is pair:
                        set_item(m, owner, sides[0], sides[1], at)
                    elif len(sides) == 2:
                        m.fork([partial(set_item, m, owner, sides[0], sides[1], at), lambda: None])


def contains(m: Machine, container: Value, value: Value) -> Any:
    """Say whether a container surely holds a value (True), surely not (False), or may (None)."""
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if isinstance(container, HoledText) and isinstance(value, str):
        return True if any(isinstance(p, str) and value in p for p in container.parts) else None
    if isinstance(container, (DictCell, SetCell)):
        name = as_key(value)
        if name is not None and value.__class__ is not HoledText:
            held = container.fields.get(name, ABSENT)
            if held is not ABSENT and not maybe_absent(held):
                return True
            rest = container.fields.get(REST if isinstance(container, SetCell) else REST_KEY, ABSENT)
            if held is not ABSENT or (rest is not ABSENT and m.may_equal(present(rest), value)):
                return None
            if REST in container.fields and rest is ABSENT:
                return None
            return None if any(_may_be(m, key, value) for key in container.fields) else False
    if isinstance(container, (DictCell, SetCell, ListCell)) or container.__class__ is Tup:
        pairs = elements(container) if isinstance(container, Cell) else ((v, True) for v in container.items)
        maybe = False
        for held, certain in pairs:
            answer = m.equal(held, value)
            if answer is True and certain:
                return True
            maybe = maybe or answer is not False
        return None if maybe else False
    return None


def _may_be(m: Machine, key: Any, value: Value) -> bool:
    """Say whether a key with holes may be a value."""
    return isinstance(key, ContainerKey) and key.value.__class__ is not Tup and m.may_equal(key.value, value)
