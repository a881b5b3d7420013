"""Small makers of rows that many files of the library share: an unknown value with a name, nothing, the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, cast

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.values import Deferred, External, Func, Instance, Native, NativeCall, Opaque, Spread, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Arguments = list[Value]
Named = dict[str, Value]
Init = Callable[["Machine", Instance, Arguments, Named, CallSite], None]


def nothing(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Do nothing, give None."""
    return None


def yes(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Give True."""
    return True


def same(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Give the first argument: for a method the object itself, for a decorator what it decorates."""
    return a[0] if a else None


def failing(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Do something outside that may fail, and give None."""
    m.fails()
    return None


def waits(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Wait: what runs beside the program runs, and messages come."""
    m.wait()
    return None


def unknown(reason: str, name: str = "", kind: str = "", *, fails: bool = False) -> NativeCall:
    """Return a row that gives an unknown value."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if fails:
            m.fails()
        return Opaque(reason, name=name, kind=kind)

    return run


def test(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Give a truth that only a run knows."""
    return Opaque("a test", kind="bool")


def given(a: Arguments, k: Named, place: int, name: str = "", default: Value = None) -> Value:
    """Return an argument by its place or its name; what is unpacked from something of unknown length is unknown."""
    if len(a) > place:
        return Opaque("an unpacked argument", name=name) if a[place].__class__ is Spread else a[place]
    return k.get(name, default)


def flat(m: Machine, a: Arguments) -> Arguments:
    """Return arguments with one element standing for those that are unpacked from something of unknown length."""
    return [items.element(m, item.value) if item.__class__ is Spread else item for item in a]


def make(m: Machine, path: str, at: CallSite | None, /, **fields: Value) -> Instance:
    """Return a new object of an outside class."""
    made = cast(Instance, m.bare(External(path), cast(CallSite, at)))
    made.fields.update(fields)
    return made


def coroutine(name: str, begin: Callable[[], Value]) -> Deferred:
    """Return what calling a library's `async def` gives: it runs where it is awaited."""
    return Deferred(cast(Func, Native(name, nothing)), "coroutine", begin)


def later_run(run: NativeCall, name: str = "") -> NativeCall:
    """Return a row as an `async def` has it: calling it gives a coroutine."""

    def begin(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        return coroutine(name, lambda: run(m, a, k, at))

    return begin


def row(
    library: Outsides, *paths: str, init: Init | None = None, methods: Mapping[str, NativeCall] | None = None
) -> Outside:
    """Register an outside class under its names; `init` runs also where a class of the program calls it by name."""
    known = Outside(init=init, methods=dict(methods or {}))
    if init is not None:
        known.methods["__init__"] = lambda m, a, k, at: init(m, a[0], a[1:], k, at) if a else None
    for path in paths:
        library.classes[path] = known
    return known


def rows(library: Outsides, module: str, names: Iterable[str], run: NativeCall) -> None:
    """Register one row under several names of a module."""
    for name in names:
        library.functions[f"{module}.{name}"] = run


def quiet(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Give a method that does nothing, whatever it is called: for objects whose every use is without meaning here."""
    return Native(name, nothing)
