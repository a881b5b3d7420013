"""Methods of lists, dicts, sets and tuples, of deques and default dicts."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, lists, operators
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join, maybe_absent, present
from asyncapi.machine.library import Outsides
from asyncapi.machine.values import (
    ABSENT,
    ANY,
    LENGTH,
    REST,
    REST_KEY,
    DictCell,
    Encoded,
    ListCell,
    Native,
    NativeCall,
    Opaque,
    Received,
    SetCell,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Arguments = list[Value]
Named = dict[str, Value]


def register(library: Outsides) -> None:
    """Add the rows of containers."""
    for name, run in METHODS.items():
        library.functions[name] = run
    for shared in (
        "get",
        "items",
        "keys",
        "values",
        "copy",
        "pop",
        "setdefault",
        "update",
        "__getitem__",
        "__contains__",
    ):
        library.functions.setdefault(
            f"received.{shared}",
            RECEIVED.get(shared, METHODS.get(f"dict.{shared}", _nothing)),
        )
        library.functions.setdefault(f"encoded.{shared}", ENCODED.get(shared, _nothing))
    library.own("collections", "collections.abc", "itertools", "operator", "copy")
    library.function("collections.deque")(
        lambda m, a, k, at: items.new_list(m, items.unpacked(m, a[0], at) if a else [], at)
    )
    library.function("collections.defaultdict")(default_dict)
    library.function("collections.OrderedDict", "collections.UserDict")(
        lambda m, a, k, at: m.call(Native("dict", library.functions["builtins.dict"]), a, k, at)
    )
    library.function("copy.copy", "copy.deepcopy")(copied)


def _nothing(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Opaque("what a method gives")


def default_dict(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`defaultdict(factory, ...)`."""
    made = items.new_dict(m, at)
    made.factory = a[0] if a else None
    if len(a) > 1:
        items.update(m, made, a[1], at)
    return made


def copied(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """A shallow copy of a container; what is no container stays."""
    owner = a[0] if a else None
    if isinstance(owner, ListCell):
        made: Any = items.new_list(m, (), at)
    elif isinstance(owner, DictCell):
        made = items.new_dict(m, at)
        made.factory = owner.factory
    elif isinstance(owner, SetCell):
        made = items.new_set(m, [], at)
    else:
        return owner
    made.fields.update(owner.fields)
    if isinstance(owner, ListCell):
        made.shuffled = owner.shuffled
    return made


def _append(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) > 1:
        items.add(m, a[0], a[1])
    return None


def _appendleft(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _insert(m, [a[0], 0, *a[1:]], k, at)


def _insert(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) == 3:
        lists.insert(m, a[0], a[1], a[2])
    return None


def _extend(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    for value, certain in items.listed(m, a[1], at) if len(a) > 1 else ():
        items.add_maybe(m, owner, value, certain)
    if len(a) > 1 and isinstance(a[1], ListCell) and a[1].shuffled:
        lists.loosen(m, owner)
    return None


def _extendleft(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for value, certain in items.listed(m, a[1], at) if len(a) > 1 else ():
        lists.insert(m, a[0], 0 if certain else Opaque("an index"), value)
    return None


def _list_pop(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner, index = a[0], a[1] if len(a) > 1 else -1
    if not isinstance(index, int) or not lists.surely(owner, index):
        m.fails()
    taken = lists.pop(m, owner, index)
    return Opaque("an element of an empty list") if taken is ABSENT else taken


def _popleft(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _list_pop(m, [a[0], 0], k, at)


def _list_remove(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    kept: list[Value] = []
    sure = True
    done = False
    for value in lists.places(owner):
        found = {m.equal(one, two) for one in each(present(value)) for two in each(a[1])}
        if done or found == {False}:
            kept.append(value)
        elif found == {True}:
            if not sure:
                kept.append(lists.maybe(value))
            done = not maybe_absent(value)
            sure = sure and done
        else:
            kept.append(lists.maybe(value))
            sure = False
    if not done:
        m.fails()
    lists.replace(m, owner, kept, lists.rest(owner))
    return None


def _clear(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    for name in list(owner.fields):
        if name is not LENGTH:
            m.erase(owner, name)
    if isinstance(owner, ListCell):
        m.write(owner, LENGTH, 0)
    return None


def _reverse(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    lists.reverse(m, a[0])
    return None


def _sort(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`list.sort`: in order where that is known, else each element may stand everywhere."""
    owner = a[0]
    found = ordered(m, lists.plain(owner), k, at)
    if found is not None:
        lists.replace(m, owner, found)
        return None
    values = lists.places(owner)
    if len(values) > 1 or REST in owner.fields:
        m.fails()
        if REST in owner.fields or any(map(maybe_absent, values)):
            lists.loosen(m, owner)
        else:
            every = join(values)
            lists.replace(m, owner, [every] * len(values))
    return None


def ordered(m: Machine, values: list[Value] | None, named: Named, at: CallSite) -> list[Value] | None:
    """Return values in the order in which `sorted` puts them; None where that is not known."""
    if values is None or set(named) - {"key", "reverse"} or not isinstance(named.get("reverse", False), bool):
        return None
    key = named.get("key")
    keys = [plain_value(value if key is None else m.call(key, [value], {}, at)) for value in values]
    if any(item is Opaque for item in keys):
        return None
    try:
        order = sorted(range(len(values)), key=lambda place: keys[place], reverse=named.get("reverse", False))
    except TypeError:
        m.fails()
        return None
    return [values[place] for place in order]


def plain_value(value: Value) -> Any:
    """Return a constant or tuple of constants as Python has it; the class `Opaque` for anything else."""
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if value.__class__ is Tup:
        found = tuple(plain_value(item) for item in value.items)
        return Opaque if any(item is Opaque for item in found) else found
    return Opaque


def _index(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if isinstance(a[0], ListCell) and a[0].shuffled:
        m.fails()
        return Opaque("a place in a list", kind="int")
    for place, (value, certain) in enumerate(items.listed(m, a[0], at)):
        answer = _equal(m, value, a[1])
        if answer is True and certain:
            return place
        if answer is None or not certain:
            break
    m.fails()
    return Opaque("a place in a list", kind="int")


def _count(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = [(_equal(m, value, a[1]), certain) for value, certain in items.listed(m, a[0], at)]
    unsure = any(answer is None or (answer and not certain) for answer, certain in answers)
    return Opaque("a count", kind="int") if unsure else sum(answer is True for answer, _ in answers)


def _equal(m: Machine, one: Value, other: Value) -> bool | None:
    found = {m.equal(a, b) for a in each(one) for b in each(other)}
    return found.pop() if len(found) == 1 else None


def _same_list(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return None


def _get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner, index = a[0], a[1] if len(a) > 1 else None
    default = a[2] if len(a) > 2 else k.get("default")
    found = []
    for one in each(index):
        held = items.contains(m, owner, one)
        if held is False:
            found.append(default)
        elif held is True:
            found.append(items.item(m, owner, one, at))
        else:
            value = items.found(m, owner, one, at)
            found.append(default if value is ABSENT else join([value, default]))
    return join(found)


def _setdefault(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner, index, default = a[0], a[1], a[2] if len(a) > 2 else None
    sure = [items.contains(m, owner, one) for one in each(index)]
    if sure != [True]:
        value = _get(m, [owner, index, default], {}, at)
        items.set_item(m, owner, index, value, at)
        return value
    return items.item(m, owner, index, at)


def _dict_pop(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) < 2:
        return Opaque("what pop() takes")
    found = _get(m, [a[0], a[1], *a[2:]], {}, at) if len(a) > 2 else items.item(m, a[0], a[1], at)
    items.delete_item(m, a[0], a[1])
    return found


def _popitem(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    pairs = _pairs(m, a, k, at)
    if not lists.surely(pairs, -1):
        m.fails()
    found = lists.at(m, pairs, -1)
    if found is ABSENT:
        return Opaque("a pair of an empty dict")
    last = next((name for name in reversed(list(owner.fields)) if name is not REST and name is not REST_KEY), ABSENT)
    if last is not ABSENT and REST not in owner.fields and not maybe_absent(owner.fields[last]):
        m.erase(owner, last)
        return found
    for name, value in list(owner.fields.items()):
        if name is not REST and name is not REST_KEY:
            m.write(owner, name, lists.maybe(value))
    return found


def _pairs(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    made = items.new_list(m, (), at)
    number = 0
    for name, value in owner.fields.items():
        if name is REST or name is REST_KEY:
            continue
        pair = Tup((items.key_value(name), present(value)))
        made.fields[number] = lists.maybe(pair) if maybe_absent(value) else pair
        number += 1
    made.fields[LENGTH] = number
    if REST in owner.fields:
        made.shuffled = True
        made.fields[REST] = Tup((present(owner.fields.get(REST_KEY, Opaque("a key"))), present(owner.fields[REST])))
    return made


def _keys(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _part(m, a[0], at, keys=True)


def _values(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _part(m, a[0], at, keys=False)


def _part(m: Machine, owner: Any, at: CallSite, *, keys: bool) -> Value:
    made = items.new_list(m, (), at)
    number = 0
    for name, value in owner.fields.items():
        if name is REST or name is REST_KEY:
            continue
        part = items.key_value(name) if keys else present(value)
        made.fields[number] = lists.maybe(part) if maybe_absent(value) else part
        number += 1
    made.fields[LENGTH] = number
    if REST in owner.fields:
        made.shuffled = True
        made.fields[REST] = owner.fields.get(REST_KEY, Opaque("a key")) if keys else owner.fields[REST]
    return made


def _update(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for other in a[1:]:
        items.update(m, a[0], other, at)
    for name, value in k.items():
        if name == "**":
            items.update(m, a[0], value, at)
        else:
            m.write(a[0], name, value)
    return None


def _fromkeys(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    for value, certain in items.listed(m, a[-2] if len(a) > 2 else a[-1], at):
        put = partial(items.set_item, m, made, value, a[-1] if len(a) > 2 else None, at)
        if certain:
            put()
        else:
            m.fork([put, lambda: None])
    return made


def _set_add(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.add(m, a[0], a[1])
    return None


def _set_update(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for other in a[1:]:
        for value, certain in items.listed(m, other, at):
            items.add_maybe(m, a[0], value, certain)
    return None


def _discard(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.discard(m, a[0], a[1])
    return None


def _remove(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if [items.contains(m, a[0], one) for one in each(a[1])] != [True]:
        m.fails()
    items.discard(m, a[0], a[1])
    return None


def _union(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_set(m, [], at)
    _set_update(m, [made, *a], {}, at)
    return made


def _set_operation(kind: type[ast.operator]) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        found = a[0]
        for other in a[1:]:
            found = operators.sets(m, kind, found, other, at)
        return found

    return run


def _set_pop(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if not operators.truth(m, a[0]):
        m.fails()
    found = items.element(m, a[0])
    for name, value in list(a[0].fields.items()):
        if name is not REST:
            m.write(a[0], name, lists.maybe(value))
    return found


def _contains(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = {items.contains(m, a[0], one) for one in each(a[1])}
    answer = answers.pop() if len(answers) == 1 else None
    return Opaque("whether something is in a container", kind="bool") if answer is None else answer


def _item(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return items.item(m, a[0], a[1], at)


def _set_item(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.set_item(m, a[0], a[1], a[2], at)
    return None


METHODS = {
    "list.append": _append,
    "list.appendleft": _appendleft,
    "list.insert": _insert,
    "list.extend": _extend,
    "list.extendleft": _extendleft,
    "list.pop": _list_pop,
    "list.popleft": _popleft,
    "list.remove": _list_remove,
    "list.clear": _clear,
    "list.reverse": _reverse,
    "list.sort": _sort,
    "list.index": _index,
    "list.count": _count,
    "list.copy": copied,
    "list.__contains__": _contains,
    "list.__getitem__": _item,
    "list.__setitem__": _set_item,
    "tuple.index": _index,
    "tuple.count": _count,
    "dict.get": _get,
    "dict.setdefault": _setdefault,
    "dict.pop": _dict_pop,
    "dict.popitem": _popitem,
    "dict.items": _pairs,
    "dict.keys": _keys,
    "dict.values": _values,
    "dict.update": _update,
    "dict.clear": _clear,
    "dict.copy": copied,
    "dict.fromkeys": _fromkeys,
    "dict.__contains__": _contains,
    "dict.__getitem__": _item,
    "dict.__setitem__": _set_item,
    "set.add": _set_add,
    "set.update": _set_update,
    "set.discard": _discard,
    "set.remove": _remove,
    "set.clear": _clear,
    "set.copy": copied,
    "set.union": _union,
    "set.pop": _set_pop,
    "set.__contains__": _contains,
    "set.difference": _set_operation(ast.Sub),
    "set.intersection": _set_operation(ast.BitAnd),
    "set.symmetric_difference": _set_operation(ast.BitXor),
}


def _received_get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    found = items.item(m, owner, a[1] if len(a) > 1 else ANY, at)
    default = a[2] if len(a) > 2 else k.get("default")
    return (
        found
        if default is None and found.__class__ is Received
        else join([found, default])
        if found.__class__ is Received
        else found
    )


def _received_items(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    return items.open_list(
        m,
        Tup(
            (
                Opaque("a key of the message", name="key", kind="str"),
                Received(owner.message, (*owner.path, ANY), owner.form),
            )
        ),
        at,
    )


def _received_keys(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return items.open_list(m, Opaque("a key of the message", name="key", kind="str"), at)


def _received_values(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    return items.open_list(m, Received(owner.message, (*owner.path, ANY), owner.form), at)


def _same(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0]


RECEIVED = {
    "get": _received_get,
    "pop": _received_get,
    "setdefault": _received_get,
    "__getitem__": _item,
    "items": _received_items,
    "keys": _received_keys,
    "values": _received_values,
    "copy": _same,
    "update": _same_list,
    "__contains__": lambda m, a, k, at: Opaque("whether a message has a field", kind="bool"),
}


def _encoded_get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner: Encoded = a[0]
    fields = m.fields_of(owner.value) or {}
    name = a[1] if len(a) > 1 else None
    if isinstance(name, str) and name in fields:
        return fields[name]
    return a[2] if len(a) > 2 else Opaque("a field of a dumped model", name=str(name))


def _encoded_items(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    fields = m.fields_of(a[0].value) or {}
    return items.new_list(m, [Tup((name, value)) for name, value in fields.items()], at)


ENCODED = {
    "get": _encoded_get,
    "pop": _encoded_get,
    "setdefault": _encoded_get,
    "items": _encoded_items,
    "copy": _same,
    "update": _same_list,
    "__getitem__": _item,
}
