"""Threads, processes, executors, nurseries, timers and schedulers: what they are given runs while the program waits.

What is kept for the end of the program (`atexit`, signal handlers) goes to the machine's `endings`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.concurrency import LOCKS, beside, limited
from asyncapi.machine.library.shorthand import (
    Arguments,
    Named,
    coroutine,
    given,
    later_run,
    make,
    nothing,
    quiet,
    row,
    rows,
    test,
    unknown,
    waits,
    yes,
)
from asyncapi.machine.state import Activation
from asyncapi.machine.values import ABSENT, Bound, External, Instance, Native, NativeCall, Opaque, Task, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("threading", "signal", "sched", "atexit", "schedule", "apscheduler", "anyio", "trio")
    library.aliases.update({"multiprocessing.context": "multiprocessing", "multiprocessing.process": "multiprocessing"})
    _threads(library)
    _executors(library)
    _structured(library)
    _schedulers(library)
    library.function("atexit.register")(_at_exit)
    library.function("signal.signal")(_on_signal)
    rows(library, "signal", ("pause", "sigwait", "sigtimedwait"), waits)
    rows(library, "signal", ("alarm", "setitimer", "siginterrupt", "pthread_sigmask"), nothing)
    library.function("gevent.spawn")(lambda m, a, k, at: beside(m, _calls(m, a[0], a[1:], k, at), at))
    rows(library, "gevent", ("sleep", "wait", "joinall"), waits)


def _calls(m: Machine, func: Value, a: Arguments, k: Named, at: CallSite) -> Callable[[], Value]:
    """Return what calls a function, and awaits what it gives."""
    return lambda: m.awaited(m.call(func, a, k, at), at)


# Threads and processes.


def _threads(library: Outsides) -> None:
    methods: dict[str, NativeCall] = {
        "start": _start,
        "run": _run_target,
        "join": _join,
        "is_alive": test,
        "terminate": nothing,
        "kill": nothing,
        "close": nothing,
        "setDaemon": nothing,
        "setName": nothing,
        "getName": unknown("the name of a thread", "thread", "str"),
    }
    row(library, "threading.Thread", "multiprocessing.Process", init=_thread, methods=methods)
    row(library, "threading.Timer", init=_timer, methods={**methods, "cancel": nothing}).bases = ("threading.Thread",)
    waiting: dict[str, NativeCall] = {
        "wait": _wait_event,
        "is_set": test,
        "isSet": test,
        "set": nothing,
        "clear": nothing,
    }
    row(library, "threading.Event", "multiprocessing.Event", methods=waiting)
    lock: dict[str, NativeCall] = {**LOCKS, "acquire": yes, "wait": _wait_event, "wait_for": _wait_event}
    for name in ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"):
        row(library, f"threading.{name}", f"multiprocessing.{name}", methods=lock)
    row(library, "threading.Barrier", methods={"wait": waits})
    row(library, "threading.local")
    library.function("threading.current_thread", "threading.main_thread", "multiprocessing.current_process")(
        lambda m, a, k, at: make(
            m, "threading.Thread", at, name=Opaque("the name of a thread", name="thread", kind="str")
        )
    )
    rows(
        library,
        "threading",
        ("get_ident", "get_native_id", "active_count"),
        unknown("the number of a thread", "thread", "int"),
    )
    library.function("threading.enumerate")(lambda m, a, k, at: items.open_list(m, make(m, "threading.Thread", at), at))
    rows(library, "multiprocessing", ("set_start_method", "freeze_support"), nothing)
    library.function("multiprocessing.get_context")(lambda m, a, k, at: External("multiprocessing"))


def _thread(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "_target", given(a, k, 1, "target"))
    m.write(owner, "_args", given(a, k, 3, "args", Tup(())))
    m.write(owner, "_kwargs", given(a, k, 4, "kwargs"))
    m.write(owner, "name", given(a, k, 2, "name", Opaque("the name of a thread", name="thread", kind="str")))
    m.write(owner, "daemon", k.get("daemon", False))


def _timer(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "_target", given(a, k, 1, "function"))
    m.write(owner, "_args", given(a, k, 2, "args") or Tup(()))
    m.write(owner, "_kwargs", given(a, k, 3, "kwargs"))


def _start(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    owner.extra = beside(m, lambda: m.call(m.attribute(owner, "run", at), [], {}, at), at).extra
    return None


def _run_target(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    target = owner.fields.get("_target", ABSENT)
    if target is ABSENT or target is None:
        return None
    named = owner.fields.get("_kwargs")
    given_ = items.keywords(m, named) if named is not None else {}
    return m.call(target, items.unpacked(m, owner.fields.get("_args", Tup(())), at), given_, at)


def _join(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    if isinstance(a[0].extra, Task):
        m.finish(a[0].extra)
    return None


def _wait_event(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Wait for an event: with a time limit, only a run knows whether it came."""
    m.wait()
    return Opaque("whether something came in time", kind="bool") if len(a) > 1 or "timeout" in k else True


# Executors.


def _executors(library: Outsides) -> None:
    methods: dict[str, NativeCall] = {
        "submit": lambda m, a, k, at: _submitted(m, given(a, k, 1, "fn"), a[2:], k, at),
        "map": lambda m, a, k, at: m.call(Native("map", library.functions["builtins.map"]), a[1:], {}, at),
        "shutdown": waits,
        "apply_async": _applied,
        "apply": lambda m, a, k, at: m.call(a[1], items.unpacked(m, a[2], at) if len(a) > 2 else [], {}, at),
        "close": nothing,
        "terminate": nothing,
        "join": waits,
    }
    for name in ("map_async", "imap", "imap_unordered"):
        methods[name] = methods["map"]
    paths = (
        "concurrent.futures.ThreadPoolExecutor",
        "concurrent.futures.ProcessPoolExecutor",
        "multiprocessing.Pool",
        "multiprocessing.pool.ThreadPool",
    )
    row(library, *paths, methods=methods).within = _pool
    library.aliases["concurrent.futures.thread"] = library.aliases["concurrent.futures.process"] = "concurrent.futures"
    library.function("concurrent.futures.as_completed")(library.functions["asyncio.as_completed"])
    library.function("concurrent.futures.wait")(
        lambda m, a, k, at: m.awaited(library.functions["asyncio.wait"](m, a, k, at), at)
    )


def _submitted(m: Machine, func: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    return beside(m, lambda: m.call(func, a, k, at), at, path="concurrent.futures.Future")


def _applied(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    arguments = items.unpacked(m, given(a, k, 2, "args", Tup(())), at)
    named = items.keywords(m, k["kwds"]) if "kwds" in k else {}
    return _submitted(m, given(a, k, 1, "func"), arguments, named, at)


def _pool(m: Machine, owner: Instance, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> bool:
    ended = inside(owner)
    if ended:
        m.aside(m.wait)
    else:
        m.wait()
    return ended


# anyio and trio.


def _structured(library: Outsides) -> None:
    for module in ("anyio", "trio"):
        library.function(f"{module}.run")(lambda m, a, k, at: m.awaited(m.call(a[0], a[1:], {}, at), at))
        rows(library, module, ("sleep", "sleep_until", "lowlevel.checkpoint"), later_run(waits))
        library.function(f"{module}.sleep_forever")(later_run(waits))
        library.function(f"{module}.to_thread.run_sync")(_in_thread)
        library.function(f"{module}.from_thread.run", f"{module}.from_thread.run_sync")(
            lambda m, a, k, at: m.awaited(m.call(a[0], a[1:], {}, at), at)
        )
        row(library, f"{module}.Event", methods={"wait": later_run(waits), "is_set": test, "set": nothing})
        for name in ("Lock", "Semaphore", "Condition", "CapacityLimiter"):
            row(library, f"{module}.{name}", methods={**LOCKS, "acquire": later_run(yes), "wait": later_run(waits)})
        for name in ("move_on_after", "fail_after", "CancelScope", "move_on_at", "fail_at"):
            row(library, f"{module}.{name}", methods={"cancel": nothing}).within = limited
    row(library, "anyio.TaskGroup", methods={"start_soon": _start_soon, "start": later_run(_start_soon)}).within = _pool
    row(library, "anyio.CancelScope").attribute = quiet
    library.function("anyio.create_task_group", "trio.open_nursery")(
        lambda m, a, k, at: make(m, "anyio.TaskGroup", at, cancel_scope=make(m, "anyio.CancelScope", at))
    )


def _in_thread(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return coroutine("to_thread.run_sync", lambda: m.call(a[0], a[1:], {}, at))


def _start_soon(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    beside(m, _calls(m, given(a, k, 1, "func"), a[2:], {}, at), at)
    return None


# Schedulers, signals, the end.


def _schedulers(library: Outsides) -> None:
    library.function("schedule.every")(lambda m, a, k, at: make(m, "schedule.Job", at))
    row(
        library,
        "schedule.Scheduler",
        methods={"every": lambda m, a, k, at: make(m, "schedule.Job", at), "run_pending": waits},
    )
    row(library, "schedule.Job", methods={"do": _do}).attribute = _job
    rows(library, "schedule", ("run_pending", "run_all"), waits)
    rows(library, "schedule", ("clear", "cancel_job"), nothing)
    library.function("schedule.repeat")(lambda m, a, k, at: Native("schedule.repeat", _repeated))
    jobs: dict[str, NativeCall] = {
        "add_job": _add_job,
        "scheduled_job": lambda m, a, k, at: Native("scheduled_job", _repeated),
        "shutdown": nothing,
        "start": nothing,
        "remove_job": nothing,
        "get_job": unknown("a job, or none", "job"),
    }
    for name in ("background.BackgroundScheduler", "asyncio.AsyncIOScheduler"):
        row(library, f"apscheduler.schedulers.{name}", methods=jobs)
    row(library, "apscheduler.schedulers.blocking.BlockingScheduler", methods={**jobs, "start": waits})
    timed: dict[str, NativeCall] = {"enter": _enter, "enterabs": _enter, "run": waits, "cancel": nothing, "empty": test}
    row(library, "sched.scheduler", methods=timed)


def _job(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return the job itself for a unit of time, and a method that gives it for anything else (`at`, `tag`, `to`)."""
    if name in ("at", "tag", "to", "until"):
        return Bound(Native(name, lambda m_, a, k, at_: a[0]), owner)
    return owner


def _do(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    beside(m, _calls(m, given(a, k, 1, "job_func"), a[2:], k, at), at)
    return a[0]


def _repeated(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    beside(m, _calls(m, a[0], [], {}, at), at)
    return a[0]


def _add_job(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    arguments = items.unpacked(m, k["args"], at) if k.get("args") is not None else []
    named = items.keywords(m, k["kwargs"]) if k.get("kwargs") is not None else {}
    beside(m, _calls(m, given(a, k, 1, "func"), arguments, named, at), at)
    return Opaque("a job", name="job")


def _enter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    arguments = items.unpacked(m, given(a, k, 4, "argument", Tup(())), at)
    named = items.keywords(m, given(a, k, 5, "kwargs")) if given(a, k, 5, "kwargs") is not None else {}
    beside(m, _calls(m, given(a, k, 3, "action"), arguments, named, at), at)
    return Opaque("an event of a scheduler")


def at_end(m: Machine, func: Value, a: Arguments, k: Named, at: CallSite) -> None:
    """Keep a call for the end of the program."""
    m.endings.insert(0, lambda: (m.apart(_calls(m, func, a, k, at)), None)[1])


def _at_exit(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    func = given(a, k, 0, "func")
    at_end(m, func, a[1:], k, at)
    return func


def _on_signal(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    handler = given(a, k, 1, "handler")
    if m.callable_(handler):
        number = Opaque("the number of a signal", name="signum", kind="int")
        m.endings.append(lambda: (m.apart(_calls(m, handler, [number, None], {}, at)), None)[1])
    return Opaque("the handler before", name="handler")
