"""contextlib and contextvars: what is entered and left, and variables of a context.

A context manager made of a generator is that generator: a `with` block runs inside of its `yield`. One that an
`ExitStack` enters runs up to its `yield`, and what stands behind it at once, for what it does outside alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, maybe_absent, present
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, given, later_run, make, row, rows, same
from asyncapi.machine.state import Activation
from asyncapi.machine.values import ABSENT, Class, Deferred, Instance, NativeCall, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Inside = Callable[[Value], bool]


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("contextlib", "contextvars")
    rows(library, "contextlib", ("contextmanager", "asynccontextmanager"), same)
    row(library, "contextlib.suppress", init=_keep).within = _suppress
    row(library, "contextlib.closing", "contextlib.aclosing", init=_keep).within = _closing
    for name in ("nullcontext", "redirect_stdout", "redirect_stderr", "chdir"):
        row(library, f"contextlib.{name}", init=_keep).within = lambda m, owner, inside, at, f: inside(_kept(owner))
    for name in ("AbstractContextManager", "AbstractAsyncContextManager", "ContextDecorator", "AsyncContextDecorator"):
        row(library, f"contextlib.{name}", methods={"__enter__": same, "__aenter__": same})
    methods: dict[str, NativeCall] = {
        "enter_context": _enter,
        "callback": _callback,
        "push": _push,
        "close": _close,
        "pop_all": _pop_all,
        "enter_async_context": later_run(_enter),
        "push_async_callback": _callback,
        "push_async_exit": _push,
        "aclose": later_run(_close),
        "__enter__": same,
        "__exit__": _close,
        "__aenter__": later_run(same),
        "__aexit__": later_run(_close),
    }
    row(library, "contextlib.ExitStack", "contextlib.AsyncExitStack", init=_stack, methods=methods).within = _with_stack
    row(library, "contextvars.ContextVar", init=_variable, methods={"get": _get, "set": _set, "reset": _reset})
    row(library, "contextvars.Token")
    run: dict[str, NativeCall] = {"run": lambda m, a, k, at: m.call(a[1], a[2:], k, at)}
    row(library, "contextvars.Context", methods=run)
    library.function("contextvars.copy_context")(lambda m, a, k, at: make(m, "contextvars.Context", at))


def _keep(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "_kept", Tup([*a, *k.values()]))


def _kept(owner: Instance) -> Value:
    held = owner.fields.get("_kept")
    return held.items[0] if held.__class__ is Tup and held.items else None


def _suppress(m: Machine, owner: Instance, inside: Inside, at: CallSite, f: Activation) -> bool:
    """`with suppress(Error)`: as `try` with an arm that does nothing."""
    handlers = [(lambda _: owner.fields["_kept"], None, lambda _: False)]
    return m.attempt(f, lambda: inside(None), lambda: False, handlers)


def _closing(m: Machine, owner: Instance, inside: Inside, at: CallSite, f: Activation) -> bool:
    ended = inside(_kept(owner))

    def close() -> Value:
        return m.awaited(m.call(m.attribute(_kept(owner), "close", at), [], {}, at), at)

    if ended:
        m.aside(close)
    else:
        close()
    return ended


# ExitStack: its calls for the end stand in a list, as (function, arguments, keywords).


def _stack(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "_calls", items.new_list(m, [], at))


def _later(m: Machine, owner: Instance, func: Value, a: Arguments, k: Named, at: CallSite) -> None:
    named = items.new_dict(m, at)
    named.fields.update(k)
    items.add(m, owner.fields["_calls"], Tup((func, Tup(a), named)))


def _callback(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    func = given(a, k, 1, "callback")
    _later(m, a[0], func, a[2:], k, at)
    return func


def _push(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    leave = given(a, k, 1, "exit")
    if isinstance(leave, Instance) and isinstance(leave.cls, Class):
        _leaving(m, a[0], leave, at)
    else:
        _later(m, a[0], leave, [None, None, None], {}, at)
    return leave


def _leaving(m: Machine, owner: Instance, item: Instance, at: CallSite) -> None:
    for name in ("__exit__", "__aexit__"):
        if isinstance(item.cls, Class) and m.class_attribute(item.cls, name) is not ABSENT:
            _later(m, owner, m.attribute(item, name, at), [None, None, None], {}, at)
            return


def _enter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Enter a context manager: a generator up to its `yield`, an object through its `__enter__`."""
    owner, context = a[0], given(a, k, 1, "cm")
    for item in each(context):
        if isinstance(item, Instance) and isinstance(item.cls, Class):
            for name in ("__enter__", "__aenter__"):
                func = m.class_attribute(item.cls, name)
                if func is not ABSENT:
                    value = m.awaited(m.call(func, [item], {}, at), at)
                    _leaving(m, owner, item, at)
                    return value
    return entered(m, context, at)


def entered(m: Machine, context: Value, at: CallSite) -> Value:
    """Return what entering gives, with all that was written until then; what leaving does is done aside."""
    found: list[Value] = []
    start = len(m.journal)
    writes = {}

    def inside(value: Value) -> bool:
        found.append(value)
        writes.update(m._written(start, len(m.journal)))
        return True

    if m.current is None:
        return context
    if isinstance(context, Deferred) and context.kind == "generator":
        m.consume(context, lambda value, _: inside(value))
    else:
        m.within(context, inside, at, m.current)
    for (cell, name), value in writes.items():
        m._put(cell, name, value)
    return found[0] if found else Opaque("what entering gives")


def _close(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    calls = a[0].fields["_calls"]
    found = items.listed(m, calls, at)
    items.replace(m, calls, [])
    for call, _ in reversed(found):
        if call.__class__ is Tup:
            func, arguments, named = call.items
            m.awaited(m.call(func, list(arguments.items), items.keywords(m, named), at), at)
    return None


def _pop_all(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = make(m, "contextlib.ExitStack", at)
    calls = a[0].fields["_calls"]
    made.fields["_calls"] = items.new_list(m, [call for call, _ in items.listed(m, calls, at)], at)
    items.replace(m, calls, [])
    return made


def _with_stack(m: Machine, owner: Instance, inside: Inside, at: CallSite, f: Activation) -> bool:
    ended = inside(owner)
    if ended:
        m.aside(lambda: _close(m, [owner], {}, at))
    else:
        _close(m, [owner], {}, at)
    return ended


# contextvars.


def _variable(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["name"] = given(a, k, 0, "name")
    if "default" in k:
        owner.fields["_default"] = k["default"]


def _get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    held = owner.fields.get("_value", ABSENT)
    default = given(a, k, 1, "default", owner.fields.get("_default", ABSENT))
    if not maybe_absent(held):
        return held
    if default is ABSENT:
        m.fails()
        name = owner.fields["name"]
        default = Opaque("a context variable that nobody sets", name=str(name) if isinstance(name, str) else "")
    return default if held is ABSENT else m.fork([lambda: present(held), lambda: default])


def _set(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    token = make(m, "contextvars.Token", at, old_value=a[0].fields.get("_value", ABSENT), var=a[0])
    m.write(a[0], "_value", given(a, k, 1, "value"))
    return token


def _reset(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for token in each(given(a, k, 1, "token")):
        old = token.fields.get("old_value", ABSENT) if isinstance(token, Instance) else ABSENT
        if old is ABSENT:
            m.erase(a[0], "_value")
        else:
            m.write(a[0], "_value", old)
    return None
