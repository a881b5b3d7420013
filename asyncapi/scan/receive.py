"""Completing what is received: handler, model and wire form of each subscription, and what can be published from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncapi.scan.follow import reached
from asyncapi.scan.handlers import Dispatch, Dispatches, Region, dispatches, whole, words_of
from asyncapi.scan.harvest import Sighting
from asyncapi.scan.modules import Scope
from asyncapi.scan.reading import Reading, reading
from asyncapi.sites import Cause, WireForm
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


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
    words = {word for item in incoming for word in words_of(item.edge.spot, item.site.constant, item.site.topic)}
    found = dispatches(ev, words)
    return [_complete(ev, item, found) for item in incoming]


def _complete(ev: Evaluator, item: Sighting, known: Dispatches) -> Received:
    regions = _regions(item, known)
    read = reading(ev, regions) if regions else Reading((), "unknown")
    site = item.site
    model = site.model or (read.models[0] if len(read.models) == 1 else "")
    handler = site.handler or (regions[0].scope.qualname if regions else "")
    wire = read.wire if read.wire != "unknown" else _library_wire(ev, item)
    done = replace(item, site=replace(site, model=model, handler=handler, wire=wire))
    return Received(sighting=done, regions=tuple(regions))


def _regions(item: Sighting, known: Dispatches) -> list[Region]:
    if item.handler is not None:
        return [whole(item.handler)]
    found = _best(known.find(item.site.topic), item)
    if found:
        return found
    return list(known.catching) if len({region.scope.module.file for region in known.catching}) == 1 else []


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
    if owner is None or not item.site.model:
        return "unknown"
    regions = [whole(child) for child in owner.children if child.kind == "function"]
    return reading(ev, regions).wire


def causes(ev: Evaluator, incoming: list[Received], outgoing: list[Sighting]) -> list[Cause]:
    """Return what each subscription can lead to, by following calls from its handler to publish calls."""
    found: dict[tuple[str, str], Cause] = {}
    for item in incoming:
        reach = {id(spot.call) for region in item.regions for spot in reached(ev, region)}
        if not reach:
            continue
        for sent in outgoing:
            if sent.edge.implied or sent.site.implied or id(sent.edge.outer.call) not in reach:
                continue
            key = (item.sighting.site.topic, sent.site.topic)
            copies = _copies(sent, item.sighting.site.model)
            old = found.get(key)
            if old is not None:
                copies = tuple(dict.fromkeys((*old.copies, *copies)))
            found[key] = Cause(
                service=ev.view.service.name,
                received=key[0],
                sent=key[1],
                handler=old.handler if old is not None else _handler(item),
                copies=tuple(sorted(copies)),
            )
    return list(found.values())


def _handler(item: Received) -> Source:
    region = item.regions[0]
    return Source(file=region.scope.module.file, symbol=region.scope.qualname, line=region.first)


def _copies(sent: Sighting, model: str) -> tuple[tuple[str, str], ...]:
    return tuple((field, own) for origin, field, own in sent.copies if origin == "json" or not model or origin == model)
