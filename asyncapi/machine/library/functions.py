"""functools: functions made of functions. What a cache gave once it gives again, so that one object stays one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join, key
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, given, make, nothing, row, same, unknown
from asyncapi.machine.values import (
    ABSENT,
    Beyond,
    Bound,
    Class,
    Func,
    Instance,
    Native,
    Opaque,
    Spread,
    Tup,
    Union,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

COPIED = ("__name__", "__qualname__", "__module__", "__doc__")
NO_KEYS = (Opaque, Beyond, Union, Spread)


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("functools")
    partial = row(library, "functools.partial", init=_partial)
    partial.called, partial.inner = _call_partial, lambda m, owner: owner.fields["func"]
    row(library, "functools.partialmethod", init=_partial).bound = _bound_partial
    library.function("functools.wraps")(_wraps)
    library.function("functools.update_wrapper")(
        lambda m, a, k, at: wrapped(m, given(a, k, 0, "wrapper"), given(a, k, 1, "wrapped"), at)
    )
    library.function("functools.lru_cache", "functools.cache")(_cache)
    methods = {"cache_clear": _clear, "cache_info": unknown("what a cache counts"), "cache_parameters": nothing}
    cached = row(library, "functools.cached", methods=methods)
    cached.called, cached.bound, cached.attribute = _call_cached, _bound_cached, _of_function
    cached.inner = lambda m, owner: owner.fields["func"]
    row(library, "functools.cached_property", init=_keep_function).bound = _cached_property
    library.function("functools.reduce")(_reduce)
    dispatch = row(
        library, "functools.singledispatch", init=_keep_function, methods={"register": _register, "dispatch": same}
    )
    dispatch.called, dispatch.attribute = _dispatch, _of_function
    method = row(library, "functools.singledispatchmethod", init=_keep_function, methods={"register": _register})
    method.bound = _bound_dispatch
    library.function("functools.total_ordering", "functools.cmp_to_key")(same)


def adopt(value: Instance, func: Value, owner: Value) -> None:
    """Tell a function that stands in a class inside of an object of ours which class that is, for its `super()`."""
    cls = owner.cls if isinstance(owner, Instance) else owner
    if isinstance(func, Func) and func.owner is None and isinstance(cls, Class):
        func.owner = next(
            (base for base in cls.mro if isinstance(base, Class) and any(v is value for v in base.fields.values())),
            None,
        )


# partial.


def _partial(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "func", given(a, k, 0, "func"))
    m.write(owner, "args", items.new_list(m, a[1:], at) if any(v.__class__ is Spread for v in a) else Tup(a[1:]))
    named = items.new_dict(m, at)
    named.fields.update({name: value for name, value in k.items() if name != "**"})
    if "**" in k:
        items.update(m, named, k["**"], at)
    m.write(owner, "keywords", named)


def _call_partial(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    first = items.unpacked(m, owner.fields["args"], at)
    return m.call(owner.fields["func"], [*first, *a], {**items.keywords(m, owner.fields["keywords"]), **k}, at)


def _bound_partial(m: Machine, value: Instance, owner: Value) -> Value:
    adopt(value, value.fields["func"], owner)

    def run(m_: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        first = items.unpacked(m_, value.fields["args"], at)
        return m_.call(
            value.fields["func"], [owner, *first, *a], {**items.keywords(m_, value.fields["keywords"]), **k}, at
        )

    return Native("partialmethod", run)


# wraps.


def wrapped(m: Machine, wrapper: Value, original: Value, at: CallSite) -> Value:
    """Give a function the names of the one it wraps, and return it."""
    for func in each(wrapper):
        if isinstance(func, (Func, Instance)):
            m.write(func, "__wrapped__", original)
            for name in COPIED if isinstance(original, (Func, Bound, Instance)) else ():
                value = m.attribute(original, name, at)
                if value.__class__ is not Opaque:
                    m.write(func, name, value)
    return wrapper


def _wraps(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    original = given(a, k, 0, "wrapped")
    return Native("wraps", lambda m_, a_, k_, at_: wrapped(m_, a_[0] if a_ else None, original, at_))


# Caches.


def _cache(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`cache` and `lru_cache`, as a decorator or as what makes one."""
    if a and not (a[0] is None or isinstance(a[0], (int, Opaque))):
        return make(m, "functools.cached", at, func=a[0])
    return Native("lru_cache", lambda m_, a_, k_, at_: make(m_, "functools.cached", at_, func=a_[0] if a_ else None))


def _call_cached(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    values = [*a, *k.values()]
    if any(value.__class__ in NO_KEYS for value in values):
        return m.call(owner.fields["func"], a, k, at)
    name = (
        "cached",
        tuple(key(value) for value in a),
        tuple(sorted((word, str(key(value))) for word, value in k.items())),
    )
    held = owner.fields.get(name, ABSENT)
    if held is ABSENT or held.__class__ is Union:
        held = m.call(owner.fields["func"], a, k, at)
        m.write(owner, name, held)
    return held


def _clear(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for name in [name for name in a[0].fields if isinstance(name, tuple)]:
        m.erase(a[0], name)
    return None


def _bound_cached(m: Machine, value: Instance, owner: Value) -> Value:
    adopt(value, value.fields["func"], owner)
    return Bound(Native("cached", lambda m_, a, k, at: _call_cached(m_, value, a, k, at)), owner)


def _of_function(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    return owner.fields["func"] if name == "__wrapped__" else m.attribute(owner.fields["func"], name, at)


def _keep_function(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["func"] = given(a, k, 0, "func")


def _cached_property(m: Machine, value: Instance, owner: Value) -> Value:
    func = value.fields["func"]
    adopt(value, func, owner)
    found = m.call(func, [owner], {}, m.at)
    if isinstance(owner, Instance) and isinstance(func, Func):
        m.write(owner, func.code.name, found)
    return found


def _reduce(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.listed(m, given(a, k, 1, "iterable"), at)
    if len(a) > 2 or "initial" in k:
        found.insert(0, (given(a, k, 2, "initial"), True))
    if not found:
        m.fails()
        return Opaque("a reduction of nothing")
    result = found[0][0]
    for value, certain in found[1:]:
        turn = m.call(a[0], [result, value], {}, at)
        result = turn if certain else join([result, turn])
    return result


# singledispatch: the rows of an object are under ("for", number) as (class, function).


def _register(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner, cls = a[0], given(a, k, 1, "cls")
    func = given(a, k, 2, "func", ABSENT)
    if func is not ABSENT:
        return _registered(m, owner, cls, func)
    if isinstance(cls, (Func, Bound)):
        annotated = items.listed(
            m,
            m.call(
                Native("values", m.library.functions["dict.values"]), [m.attribute(cls, "__annotations__", at)], {}, at
            ),
            at,
        )
        return _registered(m, owner, annotated[0][0] if annotated else Opaque("a class"), cls)
    return Native("register", lambda m_, a_, k_, at_: _registered(m_, owner, cls, a_[0]))


def _registered(m: Machine, owner: Instance, cls: Value, func: Value) -> Value:
    number = sum(isinstance(name, tuple) for name in owner.fields)
    m.write(owner, ("for", number), Tup((cls, func)))
    return func


def chosen(m: Machine, owner: Instance, value: Value) -> list[Value]:
    """Return the functions that may be called for a single value: that of its nearest class, else the general one."""
    sure: list[tuple[Value, Value]] = []
    maybe: list[Value] = []
    for name in [name for name in owner.fields if isinstance(name, tuple)]:
        for said in each(owner.fields[name]):
            if said.__class__ is Tup:
                answer = m.is_instance(value, said.items[0])
                if answer:
                    sure.append(said.items)
                elif answer is None:
                    maybe.append(said.items[1])
    nearest = [f for cls, f in sure if not any(other is not cls and m.is_subclass(other, cls) for other, _ in sure)]
    return nearest[-1:] if nearest else [*maybe, owner.fields["func"]]


def _call_chosen(m: Machine, owner: Instance, value: Value, call: Callable[[Value, Value], Value]) -> Value:
    arms = [(lambda f=f, v=v: call(f, v)) for v in each(value) for f in chosen(m, owner, v)]
    return arms[0]() if len(arms) == 1 else m.fork(list(arms))


def _dispatch(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    return _call_chosen(m, owner, a[0] if a else None, lambda func, value: m.call(func, [value, *a[1:]], k, at))


def _bound_dispatch(m: Machine, value: Instance, owner: Value) -> Value:
    def run(m_: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        first = a[0] if a else None
        return _call_chosen(m_, value, first, lambda func, chosen_: m_.call(func, [owner, chosen_, *a[1:]], k, at))

    return Native("singledispatchmethod", run)
