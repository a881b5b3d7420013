"""From a sink to the edges it makes: loops unrolled, wrappers followed to callers, objects to where they are made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.mqtt.sinks import Sink
from asyncapi.scan import bounds, enumerations, labels, makers, strings
from asyncapi.scan.callers import Caller, callers, carriers, surrounded
from asyncapi.scan.guards import reachable
from asyncapi.scan.modules import Scope
from asyncapi.scan.mutations import ADDING
from asyncapi.scan.objects import choices, self_of
from asyncapi.scan.openings import functions_around, keys, loops_around, parameters_of
from asyncapi.scan.queues import putters
from asyncapi.scan.spots import Spot
from asyncapi.scan.values import HOLE, Bindings, Frame, Given, Instance, Key, Sequence, Table, Text, Value, one

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

DEEPEST = 8
MOST = 400
SPENT = 1  # a function that is open to all of its callers may take too much, and each of them little
VIEWS = ("items", "keys", "values")


class State(NamedTuple):
    """How far a sink has been followed: calls outward, what is fixed, keys given up, the objects methods run on."""

    calls: tuple[Caller, ...] = ()
    fixed: tuple[tuple[Key, Given], ...] = ()
    closed: frozenset[Key] = frozenset()
    made: Spot | None = None
    row: tuple[str, int] | None = None
    elements: tuple[Value, ...] = ()
    shapes: tuple[frozenset[str], ...] = ()
    implied: bool = False
    objects: tuple[tuple[Key, Given], ...] = ()
    spent: int = 0


class Edge(NamedTuple):
    """One publish or subscribe as one caller makes it, with the frame in which its arguments mean something.

    `spent` tells that following it took too much, so that not all of it may be seen.
    """

    row: Sink
    spot: Spot
    frame: Frame
    outer: Spot
    calls: tuple[tuple[Caller, Frame], ...]
    confidence: float
    implied: bool
    place: tuple[str, int] | None
    elements: tuple[Value, ...]
    spent: bool


def edges(ev: Evaluator, row: Sink, spot: Spot, confidence: float) -> Iterator[Edge]:
    """Yield every edge a sink makes in the service."""
    pending = [State()]
    count = 0
    while pending and count < MOST:
        count += 1
        ev.refuel()
        state = pending.pop()
        frames = _frames(ev, spot, state)
        if not reachable(ev, [spot, *(caller.spot for caller in state.calls)], frames):
            continue
        following = _advance(ev, row, spot, state, frames)
        spent = state.spent + ev.spent
        if following is None or spent > SPENT:
            yield _edge(ev, row, spot, state._replace(spent=spent), frames, confidence)
        else:
            pending.extend(item._replace(spent=spent) for item in reversed(following))
    if pending:
        bounds.cut("callers and rounds of one call", count, count + len(pending), hides=(row.action,))


def _shape(topic: Value | None) -> frozenset[str]:
    """Return the texts a topic can be with their holes left unnamed; nothing while it is no text yet."""
    found = [item.datum for item in topic.alternatives] if topic is not None else []
    if not all(isinstance(datum, Text) for datum in found):
        return frozenset()
    return frozenset(HOLE.sub("{}", datum.text) for datum in found if isinstance(datum, Text))


def _outer(ev: Evaluator, row: Sink, spot: Spot, state: State, frames: list[Frame]) -> Spot:
    """Return the call that decides the topic: callers further out that only fill its holes do not count."""
    final = _shape(makers.topic(ev, row, spot.call, frames[0]))
    spots = [spot, *(caller.spot for caller in state.calls)]
    for level, shape in enumerate(state.shapes):
        if shape and shape == final and not spots[level].scope.module.library:
            return spots[level]
    return spots[-1]


def _edge(ev: Evaluator, row: Sink, spot: Spot, state: State, frames: list[Frame], confidence: float) -> Edge:
    outer = _outer(ev, row, spot, state, frames)
    made = state.made is not None and outer.scope.module.library
    if made and state.made is not None:
        outer = state.made
    place = state.row
    if state.implied and not made:
        made = True
        place = place or _birthplace(ev, state, frames)
    sure = min([confidence, *(caller.confidence for caller in state.calls)])
    frame = frames[0]._replace(open=frozenset())
    levels = tuple(zip(state.calls, frames[1:], strict=True))
    return Edge(row, spot, frame, outer, levels, sure, made, place, state.elements, state.spent > SPENT)


def _birthplace(ev: Evaluator, state: State, frames: list[Frame]) -> tuple[str, int] | None:
    """Return where the object that publishes by itself is made."""
    for level in range(len(state.calls), 0, -1):
        caller = state.calls[level - 1]
        func = caller.spot.call.func
        if not isinstance(func, ast.Attribute):
            continue
        for item in ev.value(func.value, frames[level]).alternatives:
            if isinstance(item.datum, Instance) and item.datum.known and item.datum.scope is not None:
                return item.datum.place
    return None


def _frames(ev: Evaluator, spot: Spot, state: State) -> list[Frame]:
    """Return the frame of the sink, then of each call outward; arguments are bound from the outside in."""
    own = dict(state.objects)
    bound = Bindings(dict(state.fixed), own) if state.fixed or own else ev.nothing
    spots = [spot, *(caller.spot for caller in state.calls)]
    opened = frozenset(key for item in spots for key in keys(ev, item)) - state.closed - frozenset(bound)
    opened = opened if ev.following else frozenset()
    frames: list[Frame] = []
    for caller in reversed(state.calls):
        frame = caller.frame(ev, opened, bound)
        frames.append(frame)
        bound = bound.also({**caller.bind(ev, frame).bound, **own})
    inner = Frame(spot.scope, spot.at, bound, opened, {})
    frames.append(surrounded(ev, spot, inner))
    return frames[::-1]


def _advance(ev: Evaluator, row: Sink, spot: Spot, state: State, frames: list[Frame]) -> list[State] | None:
    """Return the states that follow, or None when the sink's topic depends on nothing that is still open."""
    topic = makers.topic(ev, row, spot.call, frames[0])
    needs = topic.needs & frames[0].open if topic is not None else frozenset()
    spots = [spot, *(caller.spot for caller in state.calls)]
    outer = spots[-1]
    for key in topic.needs if topic is not None else ():
        if key in ev.queues and key not in state.closed and key not in frames[0].bound:
            return _put(ev, key, state) or [state._replace(closed=state.closed | {key})]
    for level, item in enumerate(spots):
        unrolled = _unroll(ev, item, frames[level], needs, state)
        if unrolled is not None:
            return unrolled
    functions = [
        item
        for item in functions_around(outer.scope)
        if any((id(item), key[1]) in needs for key in parameters_of(item))
    ]
    wanted = functions[0] if functions else None
    library = outer.scope.module.library and state.made is None
    implied = wanted is None and library
    if implied:
        wanted = next(iter(functions_around(outer.scope)), None)
    if wanted is not None and len(state.calls) < DEEPEST:
        further = state._replace(shapes=(*state.shapes, _shape(topic)), implied=implied or state.implied)
        found = _outward(ev, wanted, further) or _carried(ev, wanted, needs, further)
        if found:
            return found
        if library:
            return _made(ev, wanted, outer, state) if _runs_by_itself(wanted) else []
        return [state._replace(closed=state.closed | frozenset(parameters_of(wanted)))]
    if not library and (split := _objects(ev, spots, frames, state)) is not None:
        return split
    rest = needs - state.closed
    if rest:
        made = _constructors(ev, rest, spots, state)
        return made if made is not None else [state._replace(closed=state.closed | rest)]
    return [] if library else None


def _objects(ev: Evaluator, spots: list[Spot], frames: list[Frame], state: State) -> list[State] | None:
    """Return one state for each object on which the outermost method of a class with subclasses can run."""
    known = dict(state.objects)
    for spot, frame in zip(reversed(spots), reversed(frames), strict=True):
        found = choices(ev, spot.scope, frame)
        if found is not None and found[0] not in known and found[1]:
            return [
                _with_objects(state, {found[0]: one(datum)})
                for datum in bounds.first(found[1], 48, "objects that a method runs on")
            ]
    return None


def _with_objects(state: State, own: dict[Key, Value]) -> State:
    """Return a state in which methods run on known objects; loops can be looked at again."""
    closed = frozenset(key for key in state.closed if key[1] != "item")
    return state._replace(objects=(*state.objects, *own.items()), closed=closed)


def _unroll(ev: Evaluator, spot: Spot, frame: Frame, needs: frozenset[Key], state: State) -> list[State] | None:
    """Return one state for each round of the outermost loop that the topic depends on and that shows its items."""
    for node in reversed(loops_around(spot)):
        key = (id(node), "item")
        if key not in needs:
            continue
        at = next(i for i, record in enumerate(spot.scope.records) if record.node is node)
        value = enumerations.listed(ev, ev.value(node.iter, frame._replace(at=at)))
        if value.needs & frame.open:
            return None
        found = strings.elements(value)
        if not found and choices(ev, spot.scope, frame) is None and _stays_empty(ev, node.iter, value):
            return []
        if not found:
            return [state._replace(closed=state.closed | {key})]
        return [
            state._replace(
                fixed=(*state.fixed, (key, item)), row=_row(item) or state.row, elements=(*state.elements, item)
            )
            for item in bounds.first(found, 128, "rounds of a loop", ev.source(spot.scope, node.lineno))
        ]
    return None


def _stays_empty(ev: Evaluator, node: ast.expr, value: Value) -> bool:
    """Say whether a loop runs over something empty into which no line in sight puts anything."""
    if not value.alternatives or not all(isinstance(item.datum, Table | Sequence) for item in value.alternatives):
        return False
    views = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VIEWS
    name = labels.label(node.func.value if views else node)  # type: ignore[attr-defined]
    filling = re.compile(rf"\b{re.escape(name)}\b\s*(?:\[|[|+]=|\.(?:{'|'.join(ADDING)})\b)")
    return not any(filling.search(module.text) for module in ev.view.everything)


def _row(item: Value) -> tuple[str, int] | None:
    """Return where a loop's element is written when it is an object of its own, such as a row of a table."""
    for alternative in item.alternatives:
        datum = alternative.datum
        if isinstance(datum, Table) or (isinstance(datum, Instance) and datum.known and datum.place[1]):
            return datum.place
        if isinstance(datum, Sequence):
            for inner in datum.items:
                place = _row(inner)
                if place is not None:
                    return place
    return None


def _outward(ev: Evaluator, function: Scope, state: State) -> list[State]:
    seen = {id(caller.spot.call) for caller in state.calls}
    inside = {id(function), *(id(caller.target) for caller in state.calls)}
    return [
        state._replace(calls=(*state.calls, caller))
        for caller in callers(ev, function)
        if id(caller.spot.call) not in seen and id(caller.spot.scope) not in inside
    ]


def _carried(ev: Evaluator, function: Scope, needs: frozenset[Key], state: State) -> list[State]:
    """Return one state for each construction of an object that a bus carries to a function nobody in sight calls."""
    seen = {id(caller.spot.call) for caller in state.calls}
    wanted = [key for key in parameters_of(function) if key in needs]
    return [
        state._replace(calls=(*state.calls, caller))
        for key in wanted[:1]
        for caller in carriers(ev, function, key)
        if id(caller.spot.call) not in seen
    ]


def _put(ev: Evaluator, key: Key, state: State) -> list[State]:
    """Return one state for each call that puts something into the queue the topic is taken from."""
    seen = {id(caller.spot.call) for caller in state.calls}
    return [
        state._replace(calls=(*state.calls, caller)) for caller in putters(ev, key) if id(caller.spot.call) not in seen
    ]


def _runs_by_itself(function: Scope) -> bool:
    """Say whether a library's method runs without a call in sight: special methods, and those handed on as values."""
    if function.name.startswith("__") and function.name.endswith("__"):
        return True
    pattern = re.compile(rf"\b(?:self|cls)\.{re.escape(function.name)}\b(?!\s*\()")
    return pattern.search(function.module.text) is not None


def _made(ev: Evaluator, function: Scope, spot: Spot, state: State) -> list[State]:
    """Return a state for each place in the service that makes an object of the class around a library's method."""
    owner = next((s for s in (*_ancestors(function), *_ancestors(spot.scope)) if s.kind == "class"), None)
    if owner is None:
        return []
    init = ev.method(owner, "__init__")
    if init is None:
        return []
    made = [item for item in callers(ev, init) if not item.spot.scope.module.library]
    return [_on_made(ev, item, function, spot, _fixed(ev, item, state)) for item in made]


def _on_made(ev: Evaluator, caller: Caller, function: Scope, spot: Spot, state: State) -> State:
    """Let the methods of a class run on the object that a construction makes."""
    datum = caller.owner
    if not isinstance(datum, Instance) or not datum.known or datum.scope is None:
        return state
    classes = ev.chain(datum.scope)[0]
    found = [self_of(scope) for scope in (function, spot.scope)]
    own = {item[1]: one(datum) for item in found if item is not None and item[0].parent in classes}
    return _with_objects(state, own)


def _ancestors(scope: Scope) -> Iterator[Scope]:
    current: Scope | None = scope
    while current is not None:
        yield current
        current = current.parent


def _fixed(ev: Evaluator, caller: Caller, state: State) -> State:
    bound = caller.bind(ev).bound
    return state._replace(fixed=(*state.fixed, *bound.items()), made=caller.spot)


def _constructors(ev: Evaluator, needs: frozenset[Key], spots: list[Spot], state: State) -> list[State] | None:
    """Return one state for each construction of the class whose constructor parameters the topic depends on."""
    for spot in reversed(spots):
        for scope in _ancestors(spot.scope):
            if scope.kind != "class":
                continue
            for item in ev.chain(scope)[0]:
                init = item.child("__init__")
                if init is not None and any(key in needs for key in parameters_of(init)):
                    found = [_fixed(ev, caller, state) for caller in callers(ev, init) if _makes(ev, caller, scope)]
                    return found or [state._replace(closed=state.closed | frozenset(parameters_of(init)))]
    return None


def _makes(ev: Evaluator, caller: Caller, scope: Scope) -> bool:
    """Say whether a construction can make an object that has the methods of a class."""
    owner = caller.owner
    if not isinstance(owner, Instance) or owner.scope is None:
        return True
    return scope in ev.chain(owner.scope)[0]
