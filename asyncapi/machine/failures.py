"""What happens on the way out of a block: `except` arms, `finally`, the ends of context managers.

A `raise` is an exit with its exception and its state. Anything else that may fail leaves a mark in the journal; the
state in which it fails is what places held at such marks, each place for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from asyncapi.machine import operators
from asyncapi.machine.code import CallSite
from asyncapi.machine.heap import Exit, Held, PathEnd, Region, Writes
from asyncapi.machine.lattice import each, join
from asyncapi.machine.state import Activation, Final, Handler
from asyncapi.machine.values import ABSENT, Class, Deferred, Instance, Opaque, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Final, Handler, Machine


class WatchedBlock:
    """A block that ran while its failures were watched: whether it ended, how it failed, what it wrote."""

    __slots__ = ("ended", "failed", "region", "writes")

    def __init__(self, region: Region, ended: bool, failed: Writes | None) -> None:
        self.region, self.ended, self.failed = region, ended, failed
        self.writes: Writes = {}


def watch(m: Machine, inside: Callable[[], bool], *, tries: int) -> WatchedBlock:
    """Run a block and watch where it may fail; its region stays open."""
    region = m.open()
    passed, m.passed = m.passed, {}
    m.tries += tries
    m.catching += 1
    try:
        ended = inside()
    finally:
        m.tries -= tries
        m.catching -= 1
        within, m.passed = m.passed, passed
    found, failed = m.held(region.start)
    return WatchedBlock(region, ended, _state(m, region, found, within) if failed else None)


def _state(m: Machine, region: Region, found: Held, passed: Held) -> Writes:
    """Return what places may hold where a block fails; what undone branches held is kept for blocks around, too."""
    written = {(cell, key) for cell, key, _ in m.journal[region.start :]}
    for place, values in passed.items():
        cell, key = place
        held = found.setdefault(place, [])
        held.extend(values)
        if place not in written:
            held.append(cell.fields.get(key, ABSENT))
        if m.catching:
            m.passed.setdefault(place, []).extend(values)
    return {place: join(values) for place, values in found.items()}


def attempt(
    m: Machine, f: Activation, inside: Callable[[], bool], orelse: Callable[[], bool], handlers: Sequence[Handler]
) -> bool:
    """Run the body of a `try`, then, each on a branch, the arms that may take up what failed in it."""
    assumed, conditions = m.assumed, m.conditions
    watched = watch(m, inside, tries=1)
    if watched.failed is None and not any(item.kind == "raise" for item in m.exits[watched.region.exits :]):
        m.commit(watched.region)
        return watched.ended or orelse()
    watched.writes = m.undo(watched.region)
    raised = m.taken(watched.region, "raise")
    m.assumed, m.conditions = assumed, conditions
    arms: list[Callable[[], Value]] = []
    if not watched.ended:
        arms.append(lambda: _goes_on(m, watched.writes, orelse))
    left = raised
    for kind, name, block in handlers:
        wanted = kind(f) if kind is not None else None
        answers = [(item, _catches(m, wanted, item.value)) for item in left]
        taken = [item for item, answer in answers if answer is not False]
        left = [item for item, answer in answers if answer is not True]
        if taken or watched.failed is not None:
            arms.append(_handler(m, f, watched, taken, name, block))
    if left and m.catching:
        arms.append(lambda: _onward(m, f, left))
    return _ended(m, arms)


def _ended(m: Machine, arms: list[Callable[[], Value]]) -> bool:
    """Run arms and say whether none of them goes on."""
    if not arms:
        return True
    try:
        m.fork(arms)
    except PathEnd:
        return True
    return False


def _goes_on(m: Machine, writes: Writes, orelse: Callable[[], bool]) -> Value:
    m.put_all(writes)
    if orelse():
        raise PathEnd
    return None


def _handler(
    m: Machine,
    f: Activation,
    watched: WatchedBlock,
    taken: list[Exit],
    name: str | None,
    block: Callable[[Activation], bool],
) -> Callable[[], Value]:
    def handle() -> Value:
        outcomes = [(item.value, item.writes) for item in taken]
        if watched.failed is not None:
            outcomes.append((Opaque("an exception", name=name or "error"), watched.failed))
        found = m.apply(outcomes)
        if name:
            m.write(f, name, found)
        if block(f):
            raise PathEnd
        return None

    return handle


def _onward(m: Machine, f: Activation, left: list[Exit]) -> Value:
    """Pass exceptions that no arm surely takes to the blocks around."""
    value = m.apply([(item.value, item.writes) for item in left])
    m.leave(f, "raise", value)
    raise PathEnd


def _catches(m: Machine, wanted: Value, value: Value) -> bool | None:
    if wanted is None:
        return True
    answers = [m.is_instance(item, wanted) for item in each(value)]
    return answers[0] if len(set(answers)) == 1 else None


def lastly(m: Machine, inside: Callable[[], bool], final: Final) -> bool:
    """Run a block, then `final` on every path out of it: those that go on, those that leave, those that fail.

    `final` is told whether the path fails, and says whether its own path ended and whether it takes the failure up.
    """
    assumed, conditions = m.assumed, m.conditions
    watched = watch(m, inside, tries=0)
    leaving = m.exits[watched.region.exits :]
    if watched.failed is None and not leaving:
        m.commit(watched.region)
        return watched.ended or final(False)[0]
    watched.writes = m.undo(watched.region)
    del m.exits[watched.region.exits :]
    m.assumed, m.conditions = assumed, conditions
    arms: list[Callable[[], Value]] = []
    if not watched.ended:
        arms.append(lambda: _goes_on(m, watched.writes, lambda: final(False)[0]))
    groups: dict[tuple[object, str], list[Exit]] = {}
    for item in leaving:
        groups.setdefault((item.frame, item.kind), []).append(item)
    arms.extend(_passing(m, frame, kind, group, final) for (frame, kind), group in groups.items())
    if watched.failed is not None:
        failure = Exit(None, "raise", Opaque("an exception", name="error"), 0, watched.failed)
        arms.append(_passing(m, None, "raise", [failure], final))
    return _ended(m, arms)


def _passing(m: Machine, frame: object, kind: str, group: list[Exit], final: Final) -> Callable[[], Value]:
    """Return the arm on which paths that leave a block run its end and then leave on."""

    def leave(value: Value) -> Value:
        if kind != "raise" or m.catching:
            m.leave(frame, kind, value)
        raise PathEnd

    def passing() -> Value:
        value = m.apply([(item.value, item.writes) for item in group])
        ended, takes = final(kind == "raise")
        if ended:
            raise PathEnd
        if kind != "raise" or takes is False:
            return leave(value)
        return None if takes else m.fork([lambda: None, lambda: leave(value)])

    return passing


def within(m: Machine, context: Value, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> bool:
    """Run a block inside a context manager; whether every path left the block."""
    if context.__class__ is Deferred and context.kind == "generator":
        ended = True

        def body(value: Value, certain: bool | None) -> bool:
            nonlocal ended
            ended = inside(value)
            return ended

        m.consume(context, body)
        return ended
    managers = [item for item in each(context) if isinstance(item, (Instance, Deferred))]
    if len(managers) > 1:
        return _ended(m, [partial(_one, m, item, inside, at, f) for item in managers])
    item = managers[0] if managers else context
    if isinstance(item, Instance):
        known = m.outside_of(item)
        if known is not None and known.within is not None:
            return known.within(m, item, inside, at, f)
    value = _entered(m, item, at)
    leave = _method(m, item, "__exit__", "__aexit__")
    if leave is ABSENT:
        return inside(value)

    def final(failing: bool) -> tuple[bool, bool | None]:
        told = [Opaque(f"the {what} of an exception") if failing else None for what in ("class", "value", "trace")]
        answer = m.awaited(m.call(leave, [item, *told], {}, at), at)
        answers = {operators.truth(m, one) for one in each(answer)}
        return False, answers.pop() if len(answers) == 1 else None

    return lastly(m, lambda: inside(value), final)


def _one(m: Machine, item: Value, inside: Callable[[Value], bool], at: CallSite, f: Activation) -> Value:
    if within(m, item, inside, at, f):
        raise PathEnd
    return None


def _method(m: Machine, item: Value, *names: str) -> Any:
    if isinstance(item, Instance) and isinstance(item.cls, Class):
        for name in names:
            found = m.class_attribute(item.cls, name)
            if found is not ABSENT:
                return found
    return ABSENT


def _entered(m: Machine, item: Value, at: CallSite) -> Value:
    enter = _method(m, item, "__enter__", "__aenter__")
    return item if enter is ABSENT else m.awaited(m.call(enter, [item], {}, at), at)
