"""What calls are given through the object they are called on: topic, QoS, retain flag and prefix it was made with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.mqtt.sinks import HELD, Sink
from asyncapi.scan import strings
from asyncapi.scan.passing import argument
from asyncapi.scan.spots import calls
from asyncapi.scan.values import Frame, Instance, Value, join, one

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
    from asyncapi.scan.passing import Arguments

INCLUDING = re.compile("include_router")
MAKER = "*maker"


def held(datum: Instance, name: str, passed: Arguments) -> Instance | None:
    """Return the object that holds topic, QoS and retain flag for later calls: `router.publisher("a/b", qos=1)`."""
    dotted = f"{datum.name}.{name}"
    if datum.scope is not None or dotted not in HELD:
        return None
    return Instance(None, dotted, tuple(passed.positional), (*passed.named.items(), (MAKER, one(datum))), known=True)


def topic(ev: Evaluator, row: Sink, call: ast.Call, frame: Frame) -> Value | None:
    """Return the topic a sink is given, with the prefixes of routers before it; None when none is passed."""
    found = said(ev, row, row.topic, call, frame)
    if found is None or row.prefix is None:
        return found
    for prefix in _prefixes(ev, row, call, frame):
        found = strings.binary(ast.Add(), prefix, found)
    return found


def said(ev: Evaluator, row: Sink, place: tuple[int, str] | None, call: ast.Call, frame: Frame) -> Value | None:
    """Return one argument of a sink, from the call itself or from what made the object it is called on."""
    if not row.held:
        return argument(ev, place, call, frame)
    values = [_made_with(ev, datum, place) for datum in _receivers(ev, call, frame)] if place is not None else []
    found = [value for value in values if value is not None]
    return join(found) if found else None


def _receivers(ev: Evaluator, call: ast.Call, frame: Frame) -> Iterator[Instance]:
    if isinstance(call.func, ast.Attribute):
        for item in ev.value(call.func.value, frame).alternatives:
            if isinstance(item.datum, Instance) and item.datum.known and item.datum.scope is None:
                yield item.datum


def _made_with(ev: Evaluator, datum: Instance, place: tuple[int, str]) -> Value | None:
    position, name = place
    given = dict(datum.given)
    if name in given:
        return ev.force(given[name])
    return ev.force(datum.positional[position]) if 0 <= position < len(datum.positional) else None


def _prefixes(ev: Evaluator, row: Sink, call: ast.Call, frame: Frame) -> Iterator[Value]:
    """Yield what comes before the topics of a router: its own prefix, then the one under which it is included."""
    for datum in _receivers(ev, call, frame):
        made = ev.force(dict(datum.given)[MAKER]) if row.held else one(datum)
        for item in made.alternatives:
            if isinstance(item.datum, Instance) and row.prefix is not None:
                own, outer = _made_with(ev, item.datum, row.prefix), _included(ev, item.datum, row.prefix[1])
                yield from (prefix for prefix in (own, outer) if prefix is not None)


def _included(ev: Evaluator, router: Instance, name: str) -> Value | None:
    """Return the prefix under which a router is included in another, where a call in sight says one."""
    found = []
    for module in ev.view.everything:
        for spot in calls(module, module.mentions("include_router"), INCLUDING):
            prefix = next((item.value for item in spot.call.keywords if item.arg == name), None)
            if prefix is None or not spot.call.args:
                continue
            frame = Frame(spot.scope, spot.at, ev.nothing, frozenset(), {})
            included = [item.datum for item in ev.value(spot.call.args[0], frame).alternatives]
            if any(isinstance(datum, Instance) and datum.place == router.place for datum in included):
                found.append(ev.value(prefix, frame))
    return join(found) if found else None
