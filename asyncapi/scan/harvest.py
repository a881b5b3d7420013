"""From edges to sites: topic, QoS, retain, model and wire form of every publish and subscribe of one service."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.findings import Finding
from asyncapi.mqtt.sinks import Sink, SinkTable
from asyncapi.scan import bounds, labels
from asyncapi.scan.addresses import NO_TEXT, addressed, topics_of
from asyncapi.scan.answering import Answer, Pending, made_from_received
from asyncapi.scan.delivery import LEVELS, plain, quality, retained, sent
from asyncapi.scan.edges import Edge, edges
from asyncapi.scan.modules import Module, Scope
from asyncapi.scan.prepared import prepared
from asyncapi.scan.receivers import handled, match, usable
from asyncapi.scan.rows import handler_and_models
from asyncapi.scan.spots import Spot, calls, carried, last_name
from asyncapi.scan.values import (
    ASKED,
    Alternative,
    Frame,
    Instance,
    Lambda,
    Routine,
    Table,
    Value,
)
from asyncapi.sites import Site, Unresolved
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

LEVELS |= {"QOS0": 0, "QOS1": 1, "QOS2": 2}
PREPARED = "the call is only prepared here, and nobody in sight makes it"
CALLBACK = re.compile(r"callback|handler|listener|^_?on_|func$|^cb$|observer", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A site with what later steps need: the edge it came from, the function it stands in, its handler.

    `answers` is the subscription from whose topic that of a publish is made.
    """

    site: Site
    edge: Edge
    scope: Scope
    handler: Scope | None = None
    models: tuple[str, ...] = ()
    copies: tuple[tuple[str, str, str], ...] = ()
    answers: str = ""


@dataclass(slots=True, kw_only=True)
class Harvest:
    """Everything found in one service so far."""

    sightings: list[Sighting]
    unresolved: list[Unresolved]
    findings: list[Finding]
    pending: list[Pending] = field(default_factory=list)


def passing(item: Sighting, *sites: Site) -> Sighting:
    """Return a sighting that stands for several sites: what they went through, it goes through as well."""
    through = dict.fromkeys(place for site in (item.site, *sites) for place in site.through)
    return replace(item, site=replace(item.site, through=tuple(through)))


def harvest(ev: Evaluator, table: SinkTable) -> Harvest:
    """Look at every call of one service, and of its libraries, that can be a sink."""
    found = Harvest(sightings=[], unresolved=[], findings=[])
    names = sorted({row.name for row in usable(ev, table)})
    if not names:
        return found
    mention = re.compile(r"\b(" + "|".join(map(re.escape, names)) + r")\s*([(,])")
    wanted = re.compile("|".join(map(re.escape, names)))
    for module in ev.view.everything:
        for spot in candidates(module, mention, wanted):
            _look(ev, spot, table, found)
    return found


def candidates(module: Module, mention: re.Pattern[str], wanted: re.Pattern[str]) -> Iterator[Spot]:
    """Yield the calls of a module whose name a sink has; files that do not mention one are not even parsed."""
    found = [(module.line(match.start()), match.group(2)) for match in mention.finditer(module.text)]
    called = tuple(dict.fromkeys(line for line, sign in found if sign == "("))
    if called:
        yield from calls(module, called, wanted)
    passed = tuple(dict.fromkeys(line for line, sign in found if sign == ","))
    if passed:
        yield from carried(module, passed, wanted)


def _look(ev: Evaluator, spot: Spot, table: SinkTable, found: Harvest) -> None:
    bounds.standing(ev.source(spot.scope, spot.line))
    if not ev.attempt(partial(_followed, ev, spot, table, found), False):
        action = "receive" if last_name(spot.call.func).startswith("sub") else "send"
        where = ev.source(spot.scope, spot.line)
        found.unresolved.append(_unresolved(ev, spot, action, where, "the expressions are nested too deeply"))


def _followed(ev: Evaluator, spot: Spot, table: SinkTable, found: Harvest) -> bool:
    matched = match(ev, spot, table)
    if matched.finding is not None and not spot.scope.module.library:
        found.findings.append(matched.finding)
    if matched.row is not None:
        for made in (not _has_topic(spot, matched.row) and prepared(ev, spot)) or [spot]:
            for edge in edges(ev, matched.row, made, matched.confidence):
                ev.refuel()
                sightings(ev, edge, found)
    return True


def _has_topic(spot: Spot, row: Sink) -> bool:
    """Say whether a call itself says its topic; one that is only prepared may leave that to whoever makes it."""
    position, name = row.topic
    return len(spot.call.args) > position >= 0 or any(keyword.arg in (name, None) for keyword in spot.call.keywords)


def _nearby(ev: Evaluator, edge: Edge, found: Harvest) -> None:
    """Add what can be told without looking at callers: parameters stay holes, and that is said as doubt."""
    before = len(found.sightings) + len(found.unresolved)
    if ev.following and not edge.spot.scope.module.library:
        near = ev.near
        near.refuel()
        for other in edges(near, edge.row, edge.spot, edge.confidence * 0.7):
            sightings(near, other, found)
        ev.used |= near.used
        bounds.cut("steps of work on one call", ev.granted, None, hides=(edge.row.action,))
    if len(found.sightings) + len(found.unresolved) == before:
        where = _place(ev, edge)
        lost = _unresolved(ev, edge.outer, edge.row.action, where, "it takes too much to follow")
        found.unresolved.append(replace(lost, through=_through(ev, edge)))


def _unresolved(ev: Evaluator, spot: Spot, action: str, where: Source, reason: str) -> Unresolved:
    shown = _shown(ev, spot)
    text = ast.get_source_segment(spot.scope.module.text, shown) or labels.dotted(shown)
    return Unresolved(
        service=ev.view.service.name,
        action=action,  # type: ignore[arg-type]
        source=where,
        expression=" ".join(text.split())[:200],
        reason=reason,
    )


def _shown(ev: Evaluator, spot: Spot) -> ast.expr:
    """Return the part of a call to show for its topic: the first argument that is no object, such as the client."""
    frame = Frame(spot.scope, spot.at, ev.nothing, frozenset(), {})
    plain = (node for node in spot.call.args if not _is_object(ev, node, frame))
    return next(plain, spot.call if spot.call.args else spot.call.func)


def _is_object(ev: Evaluator, node: ast.expr, frame: Frame) -> bool:
    ev.refuel()
    found = ev.value(node, frame).alternatives
    return bool(found) and all(isinstance(item.datum, Instance | Routine | Lambda) for item in found)


def sightings(ev: Evaluator, edge: Edge, found: Harvest) -> None:
    """Add the sites of one edge, or say why its topic is not known."""
    where = _place(ev, edge)
    topics = list(topics_of(ev, edge))
    if edge.spent or ev.spent:
        _nearby(ev, edge, found)
        return
    resolved = False
    reasons: list[str] = []
    waiting: list[Alternative] = []
    for topic, qos, extra in topics:
        for item in topic.alternatives:
            address, doubt = addressed(ev, item, edge)
            if address is None:
                reasons.append(doubt)
                waiting += [item] if edge.row.action == "send" and made_from_received(item) else []
                continue
            resolved = True
            found.sightings.extend(_sites(ev, edge, item, address, qos, extra, where))
    objects = edge.confidence < 1.0 and all(
        isinstance(item.datum, Instance | Routine | Lambda) for topic, _, _ in topics for item in topic.alternatives
    )
    if not topics and edge.row.implied:
        return
    if not resolved and edge.confidence >= 0.6 and not objects and not _calls_back(edge):
        reason = _reason(edge, reasons)
        shown = edge.spot if reason == ASKED else edge.outer
        lost = replace(_unresolved(ev, shown, edge.row.action, where, reason), through=_through(ev, edge))
        found.unresolved.append(lost)
        found.pending += [Pending(edge, item, lost) for item in waiting]


def _reason(edge: Edge, reasons: list[str]) -> str:
    """Return why a topic is not known: the most telling of the reasons why its alternatives are none."""
    if not reasons:
        return PREPARED if edge.spot.origin is not None else "no topic is passed"
    return next((reason for reason in reasons if reason != NO_TEXT), NO_TEXT)


def answer(ev: Evaluator, found: Answer) -> list[Sighting]:
    """Return the sites of a publish whose topic is known since the subscriptions are."""
    edge = found.pending.edge
    sites = _sites(ev, edge, found.pending.item, found.address, None, None, _place(ev, edge))
    return [replace(site, answers=found.received) for site in sites]


def _calls_back(edge: Edge) -> bool:
    """Say whether what is passed in place of a topic is plainly a function: then it is another kind of subscribe."""
    first = edge.outer.call.args[0] if edge.outer.call.args else None
    sure = edge.confidence >= 1.0 and edge.row.owners
    return first is not None and not sure and CALLBACK.search(labels.label(first)) is not None


def _place(ev: Evaluator, edge: Edge) -> Source:
    if edge.place is not None:
        file, line = edge.place
        for module in ev.view.files:
            if module.file == file and module.scope is not None:
                return ev.source(module.scope.inner(line), line)
    return ev.source(edge.outer.scope, edge.outer.line)


def _sites(
    ev: Evaluator,
    edge: Edge,
    item: Alternative,
    address: str,
    own_qos: Value | None,
    message: Table | None,
    where: Source,
) -> Iterator[Sighting]:
    qos, qos_from = quality(ev, edge, own_qos)
    retain, retain_from = retained(ev, edge, message)
    if item.constant:
        ev.used.add(item.constant)
    site = Site(
        service=ev.view.service.name,
        action=edge.row.action,
        topic=address,
        source=where,
        qos=qos,
        qos_from=qos_from,
        retain=retain,
        retain_from=retain_from,
        environment=", ".join(item.environment),
        constant=item.constant,
        implied=edge.implied or edge.row.implied,
        steps=item.steps,
        confidence=round(min(edge.confidence, item.confidence) * _partial(address), 2),
        through=_through(ev, edge),
    )
    if edge.row.action == "receive":
        yield _receiving(ev, edge, site)
        return
    with bounds.aside():
        found = list(_sending(ev, edge, site, message))
    yield from found


def _sending(ev: Evaluator, edge: Edge, site: Site, message: Table | None) -> Iterator[Sighting]:
    for model, wire, dump, copies in sent(ev, edge, message):
        kind, texts = ("", ()) if model or wire != "unknown" else plain(ev, edge, message)
        yield Sighting(
            site=replace(site, model=model, wire=wire, dump=dump, plain=kind, texts=texts),
            edge=edge,
            scope=edge.outer.scope,
            copies=copies,
        )


def _through(ev: Evaluator, edge: Edge) -> tuple[Source, ...]:
    """Return where the calls stand that lead to the client, its own first."""
    return tuple(ev.source(spot.scope, spot.line) for spot in (edge.spot, *(caller.spot for caller, _ in edge.calls)))


def _partial(address: str) -> float:
    """A template whose first level is only known at run time says less than one that starts with text."""
    return 0.6 if address.startswith("{") else 1.0


def _receiving(ev: Evaluator, edge: Edge, site: Site) -> Sighting:
    handler, models = handler_and_models(ev, edge)
    decorated = handled(edge.spot) if edge.row.form == "decorator" or not edge.row.owners else None
    handler = decorated or handler or (_applied(ev, edge.spot) if edge.row.decodes else None)
    if handler is not None:
        site = replace(site, handler=handler.qualname)
    return Sighting(site=site, edge=edge, scope=edge.outer.scope, handler=handler, models=models)


def _applied(ev: Evaluator, spot: Spot) -> Scope | None:
    """Return the function that what a call gives is called with: `subscriber("a/b")(handler)`."""
    statement = spot.scope.records[spot.at].node
    outer = [
        node for node in ast.walk(statement) if isinstance(node, ast.Call) and node.func is spot.call and node.args
    ]
    found = ev.value(outer[0].args[0], ev.frame(spot.scope)._replace(at=spot.at)).alternatives if outer else ()
    return next((item.datum.scope for item in found if isinstance(item.datum, Routine)), None)
