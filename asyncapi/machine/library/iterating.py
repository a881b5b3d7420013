"""itertools, operator and collections: what is known to come is combined as Python does it, the rest is joined.

`count`, `cycle` and `repeat` have no end: a loop sees their first element and one that can be any other.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, operators
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join, together, united
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, flat, given, make, nothing, row
from asyncapi.machine.limits import ROUNDS
from asyncapi.machine.values import (
    ABSENT,
    LENGTH,
    DictCell,
    Instance,
    ListCell,
    Native,
    NativeCall,
    Opaque,
    SliceOf,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "truediv": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "and_": ast.BitAnd,
    "or_": ast.BitOr,
    "xor": ast.BitXor,
    "lshift": ast.LShift,
    "rshift": ast.RShift,
    "concat": ast.Add,
    "iadd": ast.Add,
    "ior": ast.BitOr,
}


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("itertools", "operator", "collections")
    library.functions.update({f"itertools.{name}": run for name, run in ITERTOOLS.items()})
    row(
        library, "itertools.endless", methods={"__next__": _next, "__iter__": lambda m, a, k, at: a[0]}
    ).loop = _endless_loop
    for name in ("zip", "map", "enumerate"):
        library.functions[f"builtins.{name}"] = _shortened(library.functions[f"builtins.{name}"])
    for name, kind in BINARY.items():
        library.functions[f"operator.{name}"] = _operator(kind)
    library.functions.update({f"operator.{name}": run for name, run in OPERATOR.items()})
    library.function("collections.Counter")(_counter)
    library.function("dict.most_common")(_most_common)
    library.function("dict.move_to_end")(nothing)
    library.function("collections.ChainMap")(_chain_map)
    for name in ("rotate",):
        library.functions.setdefault(f"list.{name}", nothing)
    _bases(library)


def sure(m: Machine, value: Value, at: CallSite) -> list[Value] | None:
    """Return the elements of something that are all known to come; None where that is not so."""
    found = items.listed(m, value, at)
    return [item for item, _ in found] if all(certain for _, certain in found) else None


def listed(m: Machine, values: Iterable[Value], at: CallSite) -> Value:
    """Return a list of combinations, no longer than a loop looks at."""
    found = list(itertools.islice(values, ROUNDS.most + 1))
    if len(found) > ROUNDS.most:
        m.cut(ROUNDS, at, len(found), ROUNDS.most)
        return items.new_list(m, found[: ROUNDS.most], at)
    return items.new_list(m, found, at)


def any_of(m: Machine, values: Iterable[Value], at: CallSite) -> Value:
    """Return a list of unknown length whose elements can be any of these."""
    found = list(values)
    return items.open_list(m, join(found) if found else Opaque("an element"), at)


def _combined(combine: Callable[..., Iterable[Any]], pairs: bool = True) -> NativeCall:
    """Return a row for what combines iterables without looking at their elements."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        numbers = [item for item in a if isinstance(item, int)]
        given_ = [item for item in flat(m, a) if not isinstance(item, int)]
        columns = [sure(m, item, at) for item in given_]
        plain = {name: value for name, value in k.items() if isinstance(value, (int, str, type(None)))}
        if all(column is not None for column in columns) and len(plain) == len(k):
            found = combine(*columns, *numbers, **plain)
            return listed(m, (Tup(item) if isinstance(item, tuple) else item for item in found), at)
        if not pairs or len(plain) < len(k):
            return any_of(
                m,
                [Tup([items.element(m, item) for item in given_])] if pairs else map(partial(items.element, m), given_),
                at,
            )
        held = [[value for value, _ in items.listed(m, item, at)] for item in given_]
        return any_of(m, map(Tup, itertools.islice(combine(*held, *numbers, **plain), ROUNDS.most)), at)

    return run


def _chain(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found: list[Value] = []
    for item in a:
        found.extend(items.unpacked(m, item.value if item.__class__.__name__ == "Spread" else item, at))
    return items.new_list(m, found, at)


def _chain_all(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _chain(m, items.unpacked(m, a[0], at) if a else [], k, at)


class Endless:
    """What is kept with an iterator without an end: its first elements, and any of the others."""

    __slots__ = ("any", "first")

    def __init__(self, first: Callable[[int], list[Value]], any_: Value) -> None:
        self.first, self.any = first, any_


def _endless(m: Machine, first: Callable[[int], list[Value]], any_: Value, at: CallSite) -> Value:
    made = make(m, "itertools.endless", at)
    made.extra = Endless(first, any_)
    return made


def _count(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    start, step = given(a, k, 0, "start", 0), given(a, k, 1, "step", 1)
    counted = Opaque("a count", name="count", kind="int")
    if not isinstance(start, (int, float)) or not isinstance(step, (int, float)):
        return _endless(m, lambda n: [counted] * n, counted, at)
    return _endless(m, lambda n: [start + step * i for i in range(n)], counted, at)


def _cycle(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    values = sure(m, a[0], at) if a else None
    any_ = items.element(m, a[0]) if a else Opaque("an element")
    if not values:
        return _endless(m, lambda n: [any_] * n, any_, at)
    return _endless(m, lambda n: [values[i % len(values)] for i in range(n)], any_, at)


def _repeat(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    value, times = given(a, k, 0, "object"), given(a, k, 1, "times")
    if isinstance(times, int) and times <= ROUNDS.most:
        return items.new_list(m, [value] * times, at)
    return _endless(m, lambda n: [value] * n, value, at)


def _next(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0].extra.any


def _endless_loop(m: Machine, owner: Instance, body: Callable[[Value, bool], bool], at: CallSite | None) -> bool:
    return body(owner.extra.first(1)[0], True) or body(owner.extra.any, False)


def _shortened(run: NativeCall) -> NativeCall:
    """Return `zip` or `map` so that an iterator without an end gives as many elements as the others have."""

    def shortened(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if not any(isinstance(item, Instance) and isinstance(item.extra, Endless) for item in a):
            return run(m, a, k, at)
        others = [items.length(m, v) for v in a if isinstance(v, (ListCell, DictCell, str)) or v.__class__ is Tup]
        sizes = [size for size in others if isinstance(size, int)]
        if not sizes:
            return run(m, a, k, at)
        first = [
            items.new_list(m, v.extra.first(min(sizes)), at)
            if isinstance(v, Instance) and isinstance(v.extra, Endless)
            else v
            for v in a
        ]
        return run(m, first, k, at)

    return shortened


def _islice(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    bounds = a[1:]
    if isinstance(a[0], Instance) and isinstance(a[0].extra, Endless):
        ends = [bound for bound in bounds[:2] if isinstance(bound, int)]
        values: Value = items.new_list(m, a[0].extra.first(min(max(ends, default=1), ROUNDS.most)), at)
    else:
        found = sure(m, a[0], at)
        values = a[0] if found is None else items.new_list(m, found, at)
    index = SliceOf(None, bounds[0], None) if len(bounds) == 1 else SliceOf(*[*bounds, None, None][:3])
    return items.item(m, values, index, at)


def _zip_longest(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    columns = [sure(m, item, at) for item in a]
    fill = k.get("fillvalue")
    if all(column is not None for column in columns):
        return listed(
            m, (Tup(row_) for row_ in itertools.zip_longest(*map(list, filter(None, columns)), fillvalue=fill)), at
        )
    return any_of(m, [Tup([join([items.element(m, item), fill]) for item in a])], at)


def _starmap(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, [], at)
    for arguments, certain in items.listed(m, a[1], at):
        value = m.call(a[0], items.unpacked(m, arguments, at), {}, at)
        _append(m, made, value, certain)
    return made


def _append(m: Machine, made: ListCell, value: Value, certain: bool | None) -> None:
    """Add an element to a list of ours, which may be there or surely is."""
    size = made.fields[LENGTH]
    made.fields[size] = value if certain else join([value, ABSENT])
    made.fields[LENGTH] = size + 1


def _tested(wanted: bool, *, until: bool = False, after: bool = False) -> NativeCall:
    """Return a row that keeps the elements whose test gives `wanted`: all, or those before or after the first other."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        made, going = items.new_list(m, [], at), True
        for value, certain in items.listed(m, a[1], at):
            answers = {
                operators.truth(m, item) for item in each(value if a[0] is None else m.call(a[0], [value], {}, at))
            }
            holds = None if len(answers) > 1 or None in answers else answers.pop() is wanted
            if after:
                if going and holds is True:
                    continue
                going = going and holds is None
                _append(m, made, value, certain and not going)
            elif holds is not False:
                _append(m, made, value, certain and holds is True and going)
                going = going and not (until and holds is None)
            elif until:
                break
        return made

    return run


def _accumulate(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    values = sure(m, a[0], at)
    func = given(a, k, 1, "func")
    if values is None:
        return items.open_list(m, Opaque("a running sum"), at)
    if k.get("initial") is not None:
        values.insert(0, k["initial"])
    found: list[Value] = []
    for value in values:
        if not found:
            found.append(value)
        elif func is None:
            found.append(operators.binary(m, ast.Add, found[-1], value, at, ("", "")))
        else:
            found.append(m.call(func, [found[-1], value], {}, at))
    return items.new_list(m, found, at)


def _groupby(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    values, func = sure(m, a[0], at), given(a, k, 1, "key")
    groups: list[tuple[Value, list[Value]]] = []
    for value in values or ():
        name = value if func is None else m.call(func, [value], {}, at)
        answer = m.equal(groups[-1][0], name) if groups else False
        if answer is None:
            values = None
            break
        if answer:
            groups[-1][1].append(value)
        else:
            groups.append((name, [value]))
    if values is None:
        element = items.element(m, a[0])
        name = element if func is None else m.call(func, [element], {}, at)
        return any_of(m, [Tup((name, items.open_list(m, element, at)))], at)
    return items.new_list(m, [Tup((name, items.new_list(m, group, at))) for name, group in groups], at)


def _tee(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    times = given(a, k, 1, "n", 2)
    values = items.unpacked(m, a[0], at)
    return Tup([items.new_list(m, values, at) for _ in range(times if isinstance(times, int) and times < 64 else 2)])


# operator.


def _operator(kind: type[ast.operator]) -> NativeCall:
    return lambda m, a, k, at: operators.binary(m, kind, a[0], a[1], at, ("", ""))


def _compared(compare: Callable[[Any, Any], bool]) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        plain = all(isinstance(item, (int, float)) for item in a) or all(isinstance(item, str) for item in a)
        return compare(*a) if plain and len(a) == 2 else Opaque("a comparison", kind="bool")

    return run


def _truth(answer: bool | None, turned: bool = False) -> Value:
    return Opaque("a test", kind="bool") if answer is None else answer is not turned


def _equal(turned: bool) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        return united((_truth(m.equal(*pair), turned), guards) for pair, guards in together(a[:2]))

    return run


def _attrgetter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    def one(m_: Machine, owner: Value, name: Value) -> Value:
        for step in str(name).split(".") if isinstance(name, str) else ():
            owner = m_.attribute(owner, step, at)
        return owner if isinstance(name, str) else Opaque("an attribute whose name is not known")

    return Native("attrgetter", lambda m_, a_, k_, at_: _one_or_all([one(m_, a_[0], name) for name in a]))


def _itemgetter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Native("itemgetter", lambda m_, a_, k_, at_: _one_or_all([items.item(m_, a_[0], name, at_) for name in a]))


def _methodcaller(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    name = str(a[0]) if a and isinstance(a[0], str) else ""
    return Native("methodcaller", lambda m_, a_, k_, at_: m_.call(m_.attribute(a_[0], name, at_), a[1:], k, at_))


def _one_or_all(values: list[Value]) -> Value:
    return values[0] if len(values) == 1 else Tup(values)


def _contains(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _truth(items.contains(m, a[0], a[1]))


def _set_item(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.set_item(m, a[0], a[1], a[2], at)
    return None


# collections.


def _counter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    made.factory = Native("zero", lambda m_, a_, k_, at_: 0)
    if a and isinstance(a[0], DictCell):
        items.update(m, made, a[0], at)
    else:
        for value, certain in items.listed(m, a[0], at) if a else ():
            old = made.fields.get(items.as_key(value), 0)
            number = old + 1 if certain and isinstance(old, int) else Opaque("a count", kind="int")
            items.set_item(m, made, value, number, at)
    made.fields.update({name: value for name, value in k.items() if name != "**"})
    return made


def _most_common(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    pairs = sure(m, m.library.functions["dict.items"](m, a[:1], {}, at), at)
    if pairs is not None and all(isinstance(pair.items[1], int) for pair in pairs):
        ordered = sorted(pairs, key=lambda pair: -pair.items[1])
        most = given(a, k, 1, "n")
        return items.new_list(m, ordered[: most if isinstance(most, int) else None], at)
    return any_of(m, pairs or (), at)


def _chain_map(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    for mapping in reversed(a):
        items.update(m, made, mapping, at)
    return made


def _bases(library: Outsides) -> None:
    """Add `UserDict` and `UserList` as bases: what the object holds is its `data`."""
    for base, kind, new in (("UserDict", "dict", "dict"), ("UserList", "list", "list")):
        methods: dict[str, NativeCall] = {}
        for name, run in list(library.functions.items()):
            if name.startswith(f"{kind}.") and name.partition(".")[2] != "fromkeys":
                methods[name.partition(".")[2]] = _of_data(run)
        methods["__len__"] = lambda m, a, k, at: items.length(m, a[0].fields.get("data"))
        methods["__dict_items__"] = lambda m, a, k, at: a[0].fields.get("data")
        known = row(library, f"collections.{base}", init=_data(library.functions[f"builtins.{new}"]), methods=methods)
        known.loop = lambda m, owner, body, at: items.each(m, owner.fields.get("data"), body, at)
        library.functions.pop(f"collections.{base}", None)


def _of_data(run: NativeCall) -> NativeCall:
    return lambda m, a, k, at: run(m, [a[0].fields.get("data"), *a[1:]], k, at)


def _data(new: NativeCall) -> Callable[..., None]:
    def init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
        m.write(owner, "data", new(m, a, k, at))

    return init


ITERTOOLS: dict[str, NativeCall] = {
    "chain": _chain,
    "chain.from_iterable": _chain_all,
    "product": _combined(itertools.product),
    "combinations": _combined(itertools.combinations),
    "combinations_with_replacement": _combined(itertools.combinations_with_replacement),
    "permutations": _combined(itertools.permutations),
    "pairwise": _combined(itertools.pairwise),
    "compress": _combined(
        lambda data, selectors: (d for d, s in zip(data, selectors, strict=False) if s is True), pairs=False
    ),
    "batched": _combined(lambda data, n: (tuple(data[i : i + n]) for i in range(0, len(data), max(n, 1)))),
    "zip_longest": _zip_longest,
    "count": _count,
    "cycle": _cycle,
    "repeat": _repeat,
    "islice": _islice,
    "starmap": _starmap,
    "takewhile": _tested(True, until=True),
    "dropwhile": _tested(True, after=True),
    "filterfalse": _tested(False),
    "accumulate": _accumulate,
    "groupby": _groupby,
    "tee": _tee,
}
OPERATOR: dict[str, NativeCall] = {
    "attrgetter": _attrgetter,
    "itemgetter": _itemgetter,
    "methodcaller": _methodcaller,
    "getitem": lambda m, a, k, at: items.item(m, a[0], a[1], at),
    "setitem": _set_item,
    "contains": _contains,
    "eq": _equal(False),
    "ne": _equal(True),
    "lt": _compared(lambda a, b: bool(a < b)),
    "le": _compared(lambda a, b: bool(a <= b)),
    "gt": _compared(lambda a, b: bool(a > b)),
    "ge": _compared(lambda a, b: bool(a >= b)),
    "is_": lambda m, a, k, at: _truth(True if a[0] is a[1] else None),
    "is_not": lambda m, a, k, at: _truth(False if a[0] is a[1] else None),
    "not_": lambda m, a, k, at: _truth(operators.truth(m, a[0]), turned=True),
    "truth": lambda m, a, k, at: _truth(operators.truth(m, a[0])),
    "neg": lambda m, a, k, at: operators.unary(m, ast.USub, a[0]),
    "index": lambda m, a, k, at: a[0],
    "call": lambda m, a, k, at: m.call(a[0], a[1:], k, at),
}
