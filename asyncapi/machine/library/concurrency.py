"""asyncio and its likes: coroutines run where they are awaited, tasks while the program waits.

A task is an object of `asyncio.Task` whose `extra` is the machine's task. Locks never block. What an event says is not
known, so that both sides of a test of it run; waiting for one is waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, each, present, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.shorthand import (
    Arguments,
    Named,
    coroutine,
    failing,
    given,
    later_run,
    make,
    nothing,
    row,
    rows,
    same,
    test,
    unknown,
    waits,
    yes,
)
from asyncapi.machine.state import Activation
from asyncapi.machine.values import (
    ABSENT,
    REST,
    Bound,
    Deferred,
    External,
    Func,
    Instance,
    Native,
    NativeCall,
    Opaque,
    Spread,
    Task,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

LOOP = "asyncio.AbstractEventLoop"
TASKS = ("asyncio.Task", "asyncio.Future", "concurrent.futures.Future", "multiprocessing.pool.AsyncResult")


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("asyncio", "concurrent", "uvloop", "nest_asyncio", "async_timeout")
    for name in ("queues", "tasks", "events", "locks", "futures", "runners", "timeouts", "exceptions"):
        library.aliases[f"asyncio.{name}"] = "asyncio"
    library.aliases.update({"asyncio.TimeoutError": "builtins.TimeoutError", "asyncio.Timeout": "asyncio.timeout"})
    library.aliases.update({"uvloop.run": "asyncio.run", "uvloop.new_event_loop": "asyncio.new_event_loop"})
    library.aliases["uasyncio"] = "asyncio"
    for name in ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"):
        library.constants[f"asyncio.{name}"] = library.constants[f"concurrent.futures.{name}"] = name
    for name in ("CancelledError", "InvalidStateError", "QueueEmpty", "QueueFull", "IncompleteReadError"):
        base = "builtins.BaseException" if name == "CancelledError" else "builtins.Exception"
        library.classes[f"asyncio.{name}"] = Outside(bases=(base,))
    library.functions.update({f"asyncio.{name}": run for name, run in FUNCTIONS.items()})
    rows(library, "asyncio", ("get_event_loop", "get_running_loop", "new_event_loop", "SelectorEventLoop"), _loop)
    rows(library, "asyncio", ("set_event_loop", "set_event_loop_policy"), nothing)
    rows(library, "nest_asyncio", ("apply",), nothing)
    rows(library, "uvloop", ("install",), nothing)
    _classes(library)


def _classes(library: Outsides) -> None:
    row(library, LOOP, methods=LOOPS)
    for path in TASKS:
        bases = () if path == "asyncio.Future" else ("asyncio.Future",)
        library.classes[path] = Outside(bases=bases, methods=FUTURES, awaited=_result)
    row(
        library,
        "asyncio.Handle",
        methods={"cancel": nothing, "cancelled": test, "when": unknown("a time", "timestamp", "float")},
    )
    row(library, "asyncio.TaskGroup", init=_group, methods={"create_task": _in_group}).within = _with_group
    row(
        library,
        "asyncio.Runner",
        methods={"run": lambda m, a, k, at: run(m, a[1:], k, at), "get_loop": _loop, "close": nothing},
    )
    _locks(library)
    _streams(library)


def _locks(library: Outsides) -> None:
    row(
        library, "asyncio.Event", methods={"wait": later_run(_waited), "is_set": test, "set": nothing, "clear": nothing}
    )
    for name in ("Lock", "Semaphore", "BoundedSemaphore", "Condition"):
        row(
            library,
            f"asyncio.{name}",
            methods={**LOCKS, "acquire": later_run(yes), "wait": later_run(_waited), "wait_for": later_run(_predicate)},
        )
    row(library, "asyncio.Barrier", methods={"wait": later_run(_waited)})
    for path in ("asyncio.timeout", "asyncio.timeout_at", "async_timeout.timeout"):
        row(library, path, methods={"reschedule": nothing, "expired": test}).within = limited


def _streams(library: Outsides) -> None:
    row(
        library,
        "asyncio.Server",
        methods={"serve_forever": later_run(waits), "close": nothing, "wait_closed": later_run(nothing)},
    )
    row(
        library,
        "asyncio.StreamReader",
        methods=dict.fromkeys(("read", "readline", "readexactly", "readuntil"), later_run(_read)),
    )
    row(
        library,
        "asyncio.StreamWriter",
        methods={
            "write": failing,
            "drain": later_run(failing),
            "close": nothing,
            "wait_closed": later_run(nothing),
            "get_extra_info": unknown("what is known of a connection"),
        },
    )
    for name in ("Protocol", "DatagramProtocol", "BaseProtocol"):
        row(
            library,
            f"asyncio.{name}",
            methods=dict.fromkeys(
                (
                    "connection_made",
                    "connection_lost",
                    "data_received",
                    "datagram_received",
                    "error_received",
                    "eof_received",
                ),
                nothing,
            ),
        )


def beside(
    m: Machine, begin: Callable[[], Value], at: CallSite, *, start: bool = True, path: str = "asyncio.Task"
) -> Instance:
    """Return a task that runs when the program waits, under what is assumed where it was made."""
    assumed, conditions = m.assumed, m.conditions

    def begun() -> Value:
        m.assumed, m.conditions = assumed, conditions
        return begin()

    made = make(m, path, at)
    made.extra = m.later(begun, at) if start else Task(begun, at)
    return made


def started(m: Machine, value: Value, at: CallSite) -> Value:
    """Return a coroutine as a task; a task stays itself."""
    found = []
    for item, guards in alternatives(value):
        if isinstance(item, Instance) and item.cls.__class__ is External and item.cls.path in TASKS:
            found.append((item, guards))
        else:
            found.append((beside(m, _again(m, item, at), at), guards))
    return united(found)


def _again(m: Machine, value: Value, at: CallSite) -> Callable[[], Value]:
    """Return what runs a coroutine: a task that is started anew, because its queue was filled, runs it anew."""

    def begin() -> Value:
        if isinstance(value, Deferred) and value.kind == "coroutine":
            value.done = False
        return m.awaited(value, at)

    return begin


def _result(m: Machine, owner: Instance, at: CallSite) -> Value:
    """Return the result of a task, or the one that a future is given while the program waits for it."""
    m.wait()
    if isinstance(owner.extra, Task):
        running = owner.extra.state == "running"
        return Opaque("the result of a task that still runs") if running else m.finish(owner.extra)
    value = present(owner.fields.get("_result", ABSENT))
    return Opaque("a result that nobody sets", name="result") if value is ABSENT else value


def _result_now(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _result(m, a[0], at)


def _set_result(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    m.write(owner, "_result", given(a, k, 1, "result"))
    for callbacks in each(owner.fields.get("_after", Tup(()))):
        for callback in callbacks.items if callbacks.__class__ is Tup else ():
            m.later(partial(m.call, callback, [owner], {}, at), at)
    return None


def _after(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner, callback = a[0], given(a, k, 1, "fn")
    task = owner.extra
    if not isinstance(task, Task):
        old = owner.fields.get("_after", Tup(()))
        m.write(owner, "_after", Tup((*(old.items if old.__class__ is Tup else ()), callback)))
    elif task.state == "done":
        m.later(lambda: m.call(callback, [owner], {}, at), at)
    else:
        task.after.append(lambda result: m.call(callback, [owner], {}, at))
    return None


def _loop(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return make(m, LOOP, at)


def _create(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return started(m, given(a, k, 0, "coro"), at)


def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`asyncio.run`: the coroutine here; tasks that it left get their beginning before the loop is closed."""
    found = m.awaited(given(a, k, 0, "main", given(a, k, 0, "future")), at)
    while m.tasks:
        m.finish(m.tasks[0])
    return found


def _gather(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    tasks = [
        Spread(started(m, items.element(m, v.value), at)) if v.__class__ is Spread else started(m, v, at) for v in a
    ]

    def begin() -> Value:
        m.wait()
        done = items.new_list(m, [m.awaited(task, at) for task in tasks if task.__class__ is not Spread], at)
        for task in tasks:
            if task.__class__ is Spread:
                done.fields[REST] = m.awaited(task.value, at)
        return done

    return coroutine("asyncio.gather", begin)


def _wait(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    tasks = [(started(m, value, at), certain) for value, certain in items.listed(m, given(a, k, 0, "fs"), at)]
    for task, _ in tasks:
        m.awaited(task, at)
    done = items.new_set(m, [task for task, _ in tasks], at)
    early = "timeout" in k or "return_when" in k or len(a) > 1
    return Tup((done, items.new_set(m, [task for task, _ in tasks] if early else [], at)))


def _wait_for(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    return m.awaited(given(a, k, 0, "fut"), at)


def _as_completed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.unpacked(m, given(a, k, 0, "fs"), at)
    return items.new_list(
        m,
        [
            Spread(items.open_list(m, started(m, items.element(m, v.value), at)))
            if v.__class__ is Spread
            else started(m, v, at)
            for v in found
        ],
        at,
    )


def _shield(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return started(m, given(a, k, 0, "arg"), at)


def _sleep(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return given(a, k, 1, "result")


def _waited(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return True


def _predicate(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return m.call(given(a, k, 1, "predicate"), [], {}, at)


def _read(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return Opaque("what is read from a connection", name="data", kind="bytes")


def _to_thread(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return coroutine(
        "asyncio.to_thread",
        lambda: m.call(given(a, k, 0, "func"), a[1:], {n: v for n, v in k.items() if n != "func"}, at),
    )


def _is_async(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return answer(is_async(value) for value in each(given(a, k, 0, "func")))


def answer(found: object) -> Value:
    """Return one truth for several alternatives, unknown where they differ."""
    answers = set(found)  # type: ignore[call-overload]
    return answers.pop() if len(answers) == 1 and None not in answers else Opaque("a test", kind="bool")


def is_async(value: Value) -> bool | None:
    """Say whether calling something gives a coroutine."""
    func = value.func if isinstance(value, Bound) else value
    if isinstance(func, Func):
        return func.code.is_async and not func.code.is_generator
    return None if isinstance(func, (Opaque, External, Native, Instance)) else False


def _is_coroutine(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return answer(is_awaitable(value) for value in each(given(a, k, 0, "obj")))


def is_awaitable(value: Value) -> bool | None:
    """Say whether something can be awaited."""
    if isinstance(value, Deferred):
        return value.kind == "coroutine"
    if isinstance(value, Instance):
        return True if isinstance(value.cls, External) and value.cls.path in TASKS else None
    return None if isinstance(value, (Opaque, External)) else False


def _group(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.extra = []


def _in_group(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = started(m, given(a, k, 1, "coro"), at)
    a[0].extra.append(made)
    return made


def _with_group(m: Machine, owner: Instance, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> bool:
    ended = inside(owner)

    def close() -> None:
        m.wait()
        for task in owner.extra:
            m.awaited(task, at)

    if ended:
        m.aside(close)
    else:
        close()
    return ended


def limited(m: Machine, owner: Instance, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> bool:
    """A block with a time limit: it may fail."""
    m.fails()
    return inside(owner)


def _call_soon(skip: int) -> NativeCall:
    """Return a row that runs its callback beside the program; `skip` arguments stand in front of the callback."""

    def call(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        callback, arguments = given(a, k, skip, "callback"), a[skip + 1 :]
        beside(m, lambda: m.call(callback, arguments, {}, at), at)
        return make(m, "asyncio.Handle", at)

    return call


def _on_signal(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    callback, arguments = given(a, k, 2, "callback"), a[3:]
    m.endings.append(lambda: (m.apart(lambda: m.call(callback, arguments, {}, at)), None)[1])
    return None


def _in_executor(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    func, arguments = given(a, k, 2, "func"), a[3:]
    return beside(m, lambda: m.call(func, arguments, {}, at), at, path="asyncio.Future")


def _served(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.escaping([*a, *k.values()], at)
    return coroutine("asyncio.start_server", lambda: make(m, "asyncio.Server", at))


def _connected(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    m.escaping([*a, *k.values()], at)
    return Tup((make(m, "asyncio.StreamReader", at), make(m, "asyncio.StreamWriter", at)))


def _escapes(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.escaping(a[1:], at)
    return None


FUNCTIONS: dict[str, NativeCall] = {
    "run": run,
    "create_task": _create,
    "ensure_future": _create,
    "async": _create,
    "run_coroutine_threadsafe": _create,
    "gather": _gather,
    "wait": later_run(_wait, "asyncio.wait"),
    "wait_for": later_run(_wait_for, "asyncio.wait_for"),
    "as_completed": _as_completed,
    "shield": _shield,
    "sleep": later_run(_sleep, "asyncio.sleep"),
    "sleep_ms": later_run(_sleep, "asyncio.sleep_ms"),
    "to_thread": _to_thread,
    "wrap_future": same,
    "iscoroutinefunction": _is_async,
    "iscoroutine": _is_coroutine,
    "isfuture": test,
    "current_task": unknown("the present task", "task"),
    "all_tasks": lambda m, a, k, at: items.open_list(m, Opaque("a task", name="task"), at),
    "start_server": _served,
    "start_unix_server": _served,
    "open_connection": later_run(_connected),
    "open_unix_connection": later_run(_connected),
    "create_subprocess_exec": later_run(unknown("a process", "process", fails=True)),
    "create_subprocess_shell": later_run(unknown("a process", "process", fails=True)),
}
FUTURES: dict[str, NativeCall] = {
    "result": _result_now,
    "get": _result_now,
    "set_result": _set_result,
    "set_exception": failing,
    "exception": unknown("the exception of a task, or none", "error"),
    "add_done_callback": _after,
    "remove_done_callback": nothing,
    "cancel": yes,
    "done": test,
    "cancelled": test,
    "cancelling": unknown("a count", kind="int"),
    "running": test,
    "wait": waits,
    "ready": test,
    "get_name": unknown("the name of a task", "task", "str"),
    "set_name": nothing,
    "get_loop": _loop,
}
LOCKS: dict[str, NativeCall] = {
    "release": nothing,
    "locked": test,
    "notify": nothing,
    "notify_all": nothing,
}
LOOPS: dict[str, NativeCall] = {
    "run_until_complete": lambda m, a, k, at: run(m, a[1:], k, at),
    "run_forever": waits,
    "create_task": lambda m, a, k, at: _create(m, a[1:], k, at),
    "create_future": lambda m, a, k, at: make(m, "asyncio.Future", at),
    "call_soon": _call_soon(1),
    "call_soon_threadsafe": _call_soon(1),
    "call_later": _call_soon(2),
    "call_at": _call_soon(2),
    "add_reader": _call_soon(2),
    "add_writer": _call_soon(2),
    "add_signal_handler": _on_signal,
    "remove_signal_handler": nothing,
    "run_in_executor": _in_executor,
    "create_server": later_run(_escapes),
    "create_connection": later_run(
        lambda m, a, k, at: (_escapes(m, a, k, at), Tup((Opaque("a connection"), Opaque("its protocol"))))[1]
    ),
    "create_datagram_endpoint": later_run(
        lambda m, a, k, at: (_escapes(m, a, k, at), Tup((Opaque("a connection"), Opaque("its protocol"))))[1]
    ),
    "set_exception_handler": _escapes,
    "set_default_executor": nothing,
    "set_debug": nothing,
    "shutdown_asyncgens": later_run(nothing),
    "shutdown_default_executor": later_run(nothing),
    "stop": nothing,
    "close": nothing,
    "is_running": test,
    "is_closed": test,
    "time": unknown("a time", "timestamp", "float"),
}
