"""Queues: what was put in comes out again, in order, so that the rows of a table stay rows.

Taking from an empty queue waits. What still finds nothing goes no further, and is started anew when something is put
in later; a task that never gets anything is run once more at the end, on an element that is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.lattice import present
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, given, later_run, make, nothing, row, same, waits
from asyncapi.machine.limits import TAKEN
from asyncapi.machine.values import ABSENT, LENGTH, REST, Instance, ListCell, NativeCall, Opaque, Task, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

KINDS = {
    "Queue": "first",
    "LifoQueue": "last",
    "PriorityQueue": "least",
    "SimpleQueue": "first",
    "JoinableQueue": "first",
}
UNFILLED = "an element that nobody puts in"


class Line:
    """What is kept with a queue: which element comes `next`, what is raised where there is none, whether any was taken,
    and the tasks that found none."""

    __slots__ = ("empty", "next", "restarts", "starved", "taken", "unfilled")

    def __init__(self, next_: str, empty: str) -> None:
        self.next, self.empty, self.taken, self.unfilled, self.restarts = next_, empty, False, False, 0
        self.starved: list[Task] = []


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("queue", "multiprocessing")
    library.aliases["multiprocessing.queues"] = "multiprocessing"
    for name in ("Empty", "Full"):
        library.classes[f"queue.{name}"] = Outside(bases=("builtins.Exception",))
    for name, next_ in KINDS.items():
        for module in ("queue", "multiprocessing"):
            row(
                library,
                f"{module}.{name}",
                init=_init(next_, "queue.Empty"),
                methods={**SHARED, "put": put, "get": _get, "join": waits},
            )
        methods = {"put": later_run(put), "get": later_run(_get), "join": later_run(waits)}
        row(library, f"asyncio.{name}", init=_init(next_, "asyncio.QueueEmpty"), methods={**SHARED, **methods})
    sending = {
        "send": later_run(put),
        "send_nowait": put,
        "clone": same,
        "close": nothing,
        "aclose": later_run(nothing),
    }
    receiving = {
        "receive": later_run(_get),
        "receive_nowait": _get_now,
        "clone": same,
        "close": nothing,
        "aclose": later_run(nothing),
    }
    row(
        library, "anyio.MemoryStream", init=_init("first", "anyio.EndOfStream"), methods={**sending, **receiving}
    ).loop = _each_received
    library.function("anyio.create_memory_object_stream", "trio.open_memory_channel")(_stream)
    library.function("anyio.create_memory_object_stream.__getitem__")(
        lambda m, a, k, at: m.external("anyio.create_memory_object_stream")
    )


def _init(next_: str, empty: str) -> Callable[..., None]:
    def init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
        owner.extra = Line(next_, empty)
        m.write(owner, "_items", items.new_list(m, [], at))

    return init


def _stream(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = make(m, "anyio.MemoryStream", at)
    _init("first", "anyio.EndOfStream")(m, made, a, k, at)
    return Tup((made, made))


def _held(owner: Instance) -> ListCell | None:
    found = owner.fields.get("_items")
    return found if isinstance(found, ListCell) and isinstance(owner.extra, Line) else None


def put(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Put an element in, and let the tasks that found none begin anew."""
    held = _held(a[0])
    if held is None:
        return None
    items.add(m, held, given(a, k, 1, "item"))
    line: Line = a[0].extra
    waiting, line.starved = line.starved, []
    for task in waiting:
        if line.restarts < TAKEN.most and task.state == "done":
            line.restarts += 1
            _restart(m, task)
    return None


def _restart(m: Machine, task: Task) -> None:
    task.state = "new"
    m.tasks.append(task)


def _least(values: list[Value]) -> int:
    """Return the place of the least element; the first where they cannot be compared."""
    ranks = [value.items[0] if value.__class__ is Tup and value.items else value for value in values]
    for kind in ((int, float), str):
        if all(isinstance(rank, kind) for rank in ranks):
            return min(range(len(ranks)), key=lambda place: ranks[place])
    return 0


def _pop(m: Machine, owner: Instance) -> Value:
    """Return the next element, ABSENT where there is none; where it is not known how many there are, any of them."""
    held = _held(owner)
    if held is None:
        return Opaque(UNFILLED, name="item")
    size = held.fields.get(LENGTH, 0)
    if REST in held.fields or not isinstance(size, int):
        found = items.element(m, held)
        m.erase(held, REST)
        items.replace(m, held, [])
    elif size == 0:
        return ABSENT
    else:
        values = [held.fields.get(place, ABSENT) for place in range(size)]
        place = {"first": 0, "last": size - 1}.get(owner.extra.next)
        found = present(values.pop(_least(values) if place is None else place))
        items.replace(m, held, values)
    m.dequeued += 1
    owner.extra.taken = True
    return found


def _get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    block = given(a, k, 1, "block", True)
    timed = "timeout" in k or len(a) > 2
    return _take(m, a[0], at, wait=block is not False, raises=timed or block is False)


def _get_now(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return _take(m, a[0], at, wait=False, raises=True)


def _take(m: Machine, owner: Instance, at: CallSite, *, wait: bool, raises: bool) -> Value:
    found = _pop(m, owner)
    if found is ABSENT and wait:
        m.wait()
        found = _pop(m, owner)
    if found is not ABSENT:
        return found
    m.fails()
    line: Line = owner.extra
    if line.unfilled:
        return Opaque(UNFILLED, name="item")
    if m.task is not None and m.task not in line.starved:
        _starve(m, line, m.task)
    if raises and m.tries and m.current is not None:
        m.raised(m.current, make(m, line.empty, at))
        raise PathEnd
    if m.task is not None or line.taken:
        raise PathEnd
    return Opaque(UNFILLED, name="item")


def _starve(m: Machine, line: Line, task: Task) -> None:
    """Keep a task that found nothing; at the end, where it never got anything, it runs on an unknown element."""
    line.starved.append(task)

    def unfilled() -> None:
        if not line.taken and not line.unfilled:
            line.unfilled = True
            for waiting in line.starved:
                _restart(m, waiting)

    m.endings.append(unfilled)


def _each_received(m: Machine, owner: Instance, body: Callable[[Value, bool], bool], at: CallSite | None) -> bool:
    """Loop over what comes out of a stream until nothing comes any more."""
    for _ in range(TAKEN.most):
        found = _pop(m, owner)
        if found is ABSENT:
            m.wait()
            found = _pop(m, owner)
        if found is ABSENT:
            if m.task is not None and m.task not in owner.extra.starved:
                _starve(m, owner.extra, m.task)
            return body(Opaque(UNFILLED, name="item"), False) if owner.extra.unfilled else False
        if body(found, True):
            return True
    return False


def _empty(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    size = items.length(m, _held(a[0]))
    return size == 0 if isinstance(size, int) else Opaque("a test", kind="bool")


SHARED: dict[str, NativeCall] = {
    "put_nowait": put,
    "get_nowait": _get_now,
    "task_done": nothing,
    "empty": _empty,
    "qsize": lambda m, a, k, at: items.length(m, _held(a[0])),
    "full": lambda m, a, k, at: False,
    "close": nothing,
    "cancel_join_thread": nothing,
    "join_thread": nothing,
}
