"""Completing what is received: handler, model and wire form of each subscription, and what can be published from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.scan import bounds
from asyncapi.scan.follow import handing
from asyncapi.scan.functions import first_parameter
from asyncapi.scan.handlers import Dispatch, Dispatches, Region, dispatches, whole, words_of
from asyncapi.scan.harvest import Sighting, passing
from asyncapi.scan.links import linked
from asyncapi.scan.modules import Scope
from asyncapi.scan.reading import Reading, reading
from asyncapi.scan.values import Bindings, Instance, Key, Value
from asyncapi.sites import WireForm
from asyncapi.topics import overlaps

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


MOST_MODELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A subscription with the stretches of code that handle it."""

    sighting: Sighting
    regions: tuple[Region, ...]


def received(ev: Evaluator, sightings: list[Sighting]) -> list[Received]:
    """Return the subscriptions with handlers, models and wire form filled in."""
    incoming = [item for item in sightings if item.site.action == "receive"]
    if not incoming:
        return []
    bounds.standing(incoming[0].site.source, topics=False)
    words = {word for item in incoming for word in words_of(item.edge.spot, item.site.constant, item.site.topic)}
    found = dispatches(ev, words)
    done: list[Received] = []
    for item in _settled(incoming):
        bounds.standing(item.site.source, topics=False)
        plain = [Received(sighting=item, regions=())]
        done += ev.attempt(partial(_complete, ev, item, found), plain)
    return done


def _settled(incoming: list[Sighting]) -> list[Sighting]:
    """Return the subscriptions; handlers for a part of one take its QoS, and go where it names the same topic."""
    subscribed = [item for item in incoming if not item.edge.row.within]
    found = list(subscribed)
    for item in incoming:
        if not item.edge.row.within:
            continue
        around = [other.site for other in subscribed if overlaps(other.site.topic, item.site.topic)]
        if any(other.topic == item.site.topic for other in around):
            found = [passing(other, item.site) if other.site.topic == item.site.topic else other for other in found]
            continue
        if around:
            item = replace(item, site=replace(item.site, qos=around[0].qos, qos_from=around[0].qos_from))
        found.append(item)
    return found


def _complete(ev: Evaluator, item: Sighting, known: Dispatches) -> list[Received]:
    """Return a subscription with what is known of its handling, once for each model it takes."""
    regions = _regions(ev, item, known)
    read = reading(ev, regions, topic=item.site.topic) if regions else Reading((), "unknown")
    site = item.site
    taken = bounds.first(read.models, MOST_MODELS, "models of one subscription", site.source, bounds.NOTHING)
    models = item.models or tuple(taken) or ("",)
    handler = site.handler or _handler_name(ev, regions, known)
    wire = _library_wire(ev, item) if item.models else "unknown"
    wire = wire if wire != "unknown" else read.wire
    wire = "raw" if wire == "unknown" and item.edge.row.decodes and models != ("",) else wire
    whole_site = replace(site, handler=handler, wire=wire)
    return [
        Received(sighting=replace(item, site=replace(whole_site, model=model)), regions=tuple(regions))
        for model in models
    ]


def _regions(ev: Evaluator, item: Sighting, known: Dispatches) -> list[Region]:
    if item.handler is not None:
        return [whole(item.handler)]
    if item.edge.row.handler is not None and _says_handler(item):
        return []
    together = linked(ev, item.site.source.file)
    entries = [entry for entry in known.find(item.site.topic) if entry.region.scope.module.file in together]
    near = [region for region in known.catching if region.scope.module.file == item.site.source.file]
    if near:
        entries = [entry for entry in entries if entry.exact or entry.region.scope.module is near[0].scope.module]
    found = _best(entries, item)
    if found:
        return found
    return [_for_others(region, item.site.topic, known) for region in near or _elsewhere(ev, item, known)]


def _elsewhere(ev: Evaluator, item: Sighting, known: Dispatches) -> tuple[Region, ...]:
    """Return what gets every message in another file, where it is only one and belongs to this one."""
    files = {region.scope.module.file for region in known.catching}
    if len(files) != 1 or item.site.source.file not in linked(ev, files.pop()):
        return ()
    return known.catching


def _says_handler(item: Sighting) -> bool:
    """Say whether the subscribe call itself is given a handler, even one that cannot be read."""
    place = item.edge.row.handler
    call = item.edge.spot.call
    named = any(keyword.arg == place[1] for keyword in call.keywords) if place is not None else False
    return named or (place is not None and 0 <= place[0] < len(call.args))


def _for_others(region: Region, topic: str, known: Dispatches) -> Region:
    """Return a region that gets every message without the branches that are for other topics."""
    own = known.find(topic)
    kept = {entry.region for entry in own}
    without = tuple(
        (entry.region.scope.module.file, entry.region.first, entry.region.last)
        for entry in known.entries
        if entry not in own and entry.region not in kept and _branch(entry.region, region)
    )
    return region._replace(without=tuple(dict.fromkeys(without)))


def _branch(part: Region, region: Region) -> bool:
    """Say whether a region is a branch of a function: of that of the other region, or of one that it may call."""
    return part != region and (part.scope is region.scope or part != whole(part.scope))


def _handler_name(ev: Evaluator, regions: list[Region], known: Dispatches) -> str:
    if len(regions) > 1 and len(known.catching) == 1:
        return known.catching[0].scope.qualname
    return handing(ev, regions[0]).qualname if regions else ""


def _best(found: list[Dispatch], item: Sighting) -> list[Region]:
    """Return the regions of dispatch entries that are not the subscription itself."""
    line, file = item.site.source.line, item.site.source.file
    regions = [
        entry.region
        for entry in found
        if not (entry.region.scope.module.file == file and entry.region.first == line == entry.region.last)
    ]
    return list(dict.fromkeys(regions))


def _library_wire(ev: Evaluator, item: Sighting) -> WireForm:
    """Return the wire form that a library's own dispatch accepts, where the subscribe call stands in one."""
    scope = item.edge.spot.scope
    owner: Scope | None = scope
    while owner is not None and owner.kind != "class":
        owner = owner.parent
    if owner is None:
        return "unknown"
    bound = _row_bound(ev, item)
    key = ("wire", id(owner))
    if bound is None and key in ev.memo:
        return ev.memo[key]  # type: ignore[return-value]
    regions = [whole(child) for child in owner.children if child.kind == "function" and _reads(child)]
    wire = reading(ev, regions, bound).wire
    if bound is None:
        ev.memo[key] = wire
    return wire


def _reads(scope: Scope) -> bool:
    """Say whether a method of a client's class deals with what comes in, by the words in it."""
    lines = scope.module.text.split("\n")[scope.start - 1 : scope.end]
    return any("messages" in line or "payload" in line for line in lines)


def _row_bound(ev: Evaluator, item: Sighting) -> Bindings | None:
    """Return the row of a subscription as `self` of its own methods."""
    found: dict[Key, Value] = {}
    for element in item.edge.elements:
        for choice in element.alternatives:
            datum = choice.datum
            if not isinstance(datum, Instance) or datum.scope is None:
                continue
            for scope in ev.chain(datum.scope)[0]:
                methods = [child for child in scope.children if child.kind == "function"]
                found.update({(id(child), first_parameter(child)): element for child in methods})
    return Bindings(found) if found else None
