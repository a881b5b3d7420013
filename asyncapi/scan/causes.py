"""What follows from what: a handler that can publish, and the fields it carries over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import bounds, objects, passing
from asyncapi.scan.delivery import sent
from asyncapi.scan.follow import handing, reached, targets
from asyncapi.scan.handlers import Region, whole
from asyncapi.scan.harvest import Sighting
from asyncapi.scan.modules import Scope
from asyncapi.scan.receive import Received
from asyncapi.scan.receivers import handled
from asyncapi.scan.spots import Spot
from asyncapi.scan.values import Bindings, Frame, Given, Instance, Key, Klass
from asyncapi.sites import Cause
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

NOWHERE: frozenset[int] = frozenset()
MOST_PATHS = 12
DEEPEST = 5


class Reach(NamedTuple):
    """What the handling of a message can run: the calls, and for each function the calls that lead into it."""

    region: Region
    spots: frozenset[int]
    into: dict[int, list[Spot]]
    scopes: tuple[Scope, ...]


def causes(ev: Evaluator, incoming: list[Received], outgoing: list[Sighting]) -> list[Cause]:
    """Return what each subscription can lead to, by following calls from its handler to publish calls."""
    found: dict[tuple[str, str], Cause] = {}
    plain = [item for item in outgoing if not item.edge.implied and not item.site.implied]
    known: dict[Region, Reach] = {}
    for item in incoming:
        bounds.standing(item.sighting.site.source, topics=False)
        for region in item.regions:
            if region not in known:
                known[region] = ev.attempt(partial(_reach, ev, region), Reach(region, frozenset(), {}, ()))
            for sending in plain:
                if sending.answers not in ("", item.sighting.site.topic):
                    continue
                if objects.elsewhere(ev, region.scope, sending.edge.outer.scope, sending.edge.frame):
                    continue
                if _leads(known[region], sending):
                    ev.attempt(partial(_add, ev, found, item, known[region], sending), None)
    return list(found.values())


def reach(ev: Evaluator, region: Region) -> frozenset[int]:
    """Return what tells apart the calls that the handling of a message can run."""
    key = ("reach", id(region.scope), f"{region.first} {region.last} {region.without}")
    if key not in ev.memo:
        ev.memo[key] = frozenset(spot.identity for spot in reached(ev, region))
    return ev.memo[key]  # type: ignore[return-value]


def _reach(ev: Evaluator, region: Region) -> Reach:
    into: dict[int, list[Spot]] = {}
    scopes: dict[Scope, None] = {}
    spots = list(reached(ev, region))
    for spot in spots:
        for scope in targets(ev, spot):
            into.setdefault(id(scope), []).append(spot)
            scopes[scope] = None
    return Reach(region, frozenset(spot.identity for spot in spots), into, tuple(scopes))


def _leads(reach: Reach, sending: Sighting) -> bool:
    """Say whether the handling of a message makes a call, or returns to a decorator that sends what it is given."""
    edge = sending.edge
    below = handled(edge.spot) if edge.row.form == "decorator" else None
    if below is not None:
        return below is reach.region.scope or below in reach.scopes
    return edge.outer.identity in reach.spots or _written(sending, reach)


def _written(sending: Sighting, reach: Reach) -> bool:
    """Say whether the row or dict that a publish takes its topic from is written where the handling leads."""
    if sending.edge.place is None or not sending.edge.elements:
        return False
    file, line = sending.edge.place
    stretches = [reach.region, *(whole(scope) for scope in reach.scopes)]
    return any(item.scope.module.file == file and item.first <= line <= item.last for item in stretches)


def _add(ev: Evaluator, found: dict[tuple[str, str], Cause], item: Received, reach: Reach, sending: Sighting) -> None:
    key = (item.sighting.site.topic, sending.site.topic)
    copies = set(_copies(ev, item, reach, sending))
    old = found.get(key)
    if old is not None:
        copies.update(old.copies)
    scope = handing(ev, reach.region)
    first = reach.region.first if scope is reach.region.scope else scope.start
    place = Source(file=scope.module.file, symbol=scope.qualname, line=first)
    found[key] = Cause(
        service=ev.view.service.name,
        received=key[0],
        sent=key[1],
        handler=old.handler if old is not None else place,
        copies=tuple(sorted(copies)),
    )


def _copies(ev: Evaluator, item: Received, reach: Reach, sending: Sighting) -> list[tuple[str, str]]:
    """Return (field, own field) carried over, with arguments as the paths from the handler pass them."""
    model = item.sighting.site.model
    copied = list(sending.copies)
    paths = _paths(ev, reach, sending.edge.outer.scope, 0)
    if any(paths):
        copied = [entry for bound in paths for entry in _along(ev, sending, bound)]
    return [(field, own) for origin, field, own in copied if origin == "json" or not model or origin == model]


def _paths(ev: Evaluator, reach: Reach, scope: Scope, depth: int) -> list[dict[Key, Given]]:
    """Return what is bound in a function on each way that leads from the handler into it."""
    if scope is reach.region.scope or depth > DEEPEST:
        return [{}]
    found: list[dict[Key, Given]] = []
    for spot in reach.into.get(id(scope), []):
        for outer in _paths(ev, reach, spot.scope, depth + 1) if spot.scope is not scope else []:
            ev.refuel()
            frame = Frame(spot.scope, spot.at, Bindings(outer), frozenset(), {})
            found.append({**outer, **_passed(ev, spot, scope, frame)})
            if len(found) >= MOST_PATHS:
                bounds.cut("ways from a handler to a publish", MOST_PATHS, None, hides=bounds.NOTHING)
                return found
    return found or [{}]


def _passed(ev: Evaluator, spot: Spot, scope: Scope, frame: Frame) -> dict[Key, Given]:
    """Return the parameters of a function as one call fills them; nothing for a function that is only handed on."""
    for item in ev.value(spot.call.func, frame).alternatives:
        datum = item.datum
        if getattr(datum, "scope", None) is not scope:
            continue
        owner = getattr(datum, "owner", None)
        passed = passing.arguments(ev, spot.call, frame)
        kept = owner if isinstance(owner, Instance | Klass) else None
        runs_on, positional = passing.receiver(ev, scope, kept, passed.positional)
        return passing.bind(ev, scope, positional, passed.named, runs_on)
    return {}


def _along(ev: Evaluator, sending: Sighting, bound: dict[Key, Given]) -> list[tuple[str, str, str]]:
    """Return the copied fields of a publish when its function runs with these parameters."""
    ev.refuel()
    edge = sending.edge
    known = Bindings(bound)
    for caller, _ in reversed(edge.calls):
        known = known.also(caller.bind(ev, caller.frame(ev, bound=known)).bound)
    frame = edge.frame._replace(bound=edge.frame.bound.also(known))
    return [entry for _, _, _, copied in sent(ev, edge._replace(frame=frame), None) for entry in copied]
