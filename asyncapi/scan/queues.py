"""Queues inside a service: what is taken out is whatever some call puts in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncapi.scan import labels
from asyncapi.scan.spots import Spot, calls
from asyncapi.scan.values import Alternative, Frame, Instance, Key, Unknown, Value, join

if TYPE_CHECKING:
    from asyncapi.scan.callers import Caller
    from asyncapi.scan.evaluate import Evaluator

CLASSES = frozenset(["Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "JoinableQueue", "deque"])
PUTTING = re.compile("put|put_nowait|append|appendleft|sync_q|put_async")
TAKING = frozenset(["get", "get_nowait", "popleft", "pop", "get_async"])


def taken(ev: Evaluator, datum: Instance, method: str, label: str, frame: Frame) -> Value | None:
    """Return what `queue.get()` gives; None when the object is no queue."""
    if datum.scope is not None or datum.name.rpartition(".")[2] not in CLASSES or method not in TAKING:
        return None
    key = (hash(("queue", label)), "queued")
    if key in frame.bound:
        return ev.force(frame.bound[key])
    ev.queues[key] = label
    if key not in ev.closed:
        ev.closed[key] = Value(())
        found = [ev.force(caller.bind(ev).bound[key]) for caller in putters(ev, key)]
        ev.closed[key] = join(found)
    known = ev.closed[key].alternatives
    nothing = Unknown(label, f"nothing in sight is put into {label}")
    return Value(known or (Alternative(nothing),), frozenset({key}))


def putters(ev: Evaluator, key: Key) -> list[Caller]:
    """Return the calls that put something into a queue, told by the queue's last name."""
    from asyncapi.scan.callers import Caller

    label = ev.queues[key]
    found = []
    for module in ev.view.files:
        for spot in calls(module, module.mentions(label), PUTTING):
            if _receiver(spot) == label and spot.call.args:
                found.append(Caller(spot, spot.scope, None, 1.0, queue=key))
    return found


def _receiver(spot: Spot) -> str:

    func = spot.call.func
    return labels.label(func.value) if hasattr(func, "value") else ""
