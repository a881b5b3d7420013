"""From edges to sites: topic, QoS, retain, model and wire form of every publish and subscribe of one service."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from asyncapi.findings import Finding
from asyncapi.scan import payloads, strings
from asyncapi.scan.edges import Edge, argument, edges
from asyncapi.scan.modules import Module, Scope
from asyncapi.scan.receivers import handled, match, usable
from asyncapi.scan.sinks import SinkTable
from asyncapi.scan.spots import Spot, calls, carried, last_name
from asyncapi.scan.values import (
    HOLE,
    Alternative,
    Const,
    Datum,
    External,
    Frame,
    Instance,
    Klass,
    Lambda,
    Payload,
    Routine,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
    one,
    spelled,
    texts,
)
from asyncapi.sites import Said, Site, Unresolved, WireForm
from asyncapi.sources import Source
from asyncapi.topics import is_filter

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

LEVELS = {"AT_MOST_ONCE": 0, "AT_LEAST_ONCE": 1, "EXACTLY_ONCE": 2, "QOS_0": 0, "QOS_1": 1, "QOS_2": 2}
LEVELS |= {"QOS0": 0, "QOS1": 1, "QOS2": 2}
CALLBACK = re.compile(r"callback|handler|listener|^_?on_|func$|^cb$|observer", re.IGNORECASE)
BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A site with what later steps need: the edge it came from, the function it stands in, its handler."""

    site: Site
    edge: Edge
    scope: Scope
    handler: Scope | None = None
    models: tuple[str, ...] = ()
    copies: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Harvest:
    """Everything found in one service so far."""

    sightings: list[Sighting]
    unresolved: list[Unresolved]
    findings: list[Finding]


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
    if not ev.attempt(partial(_followed, ev, spot, table, found), False):
        action = "receive" if last_name(spot.call.func).startswith("sub") else "send"
        where = ev.source(spot.scope, spot.line)
        found.unresolved.append(_unresolved(ev, spot, action, where, "the expressions are nested too deeply"))


def _followed(ev: Evaluator, spot: Spot, table: SinkTable, found: Harvest) -> bool:
    matched = match(ev, spot, table)
    if matched.finding is not None and not spot.scope.module.library:
        found.findings.append(matched.finding)
    if matched.row is not None:
        for edge in edges(ev, matched.row, spot, matched.confidence):
            spent = ev.spent
            ev.refuel()
            sightings(ev, edge, found, spent=spent)
    return True


def _nearby(ev: Evaluator, edge: Edge, found: Harvest) -> None:
    """Add what can be told without looking at callers: parameters stay holes, and that is said as doubt."""
    if not ev.following or edge.spot.scope.module.library:
        where = _place(ev, edge)
        found.unresolved.append(_unresolved(ev, edge.outer, edge.row.action, where, "it takes too much to follow"))
        return
    near = ev.near
    near.refuel()
    for other in edges(near, edge.row, edge.spot, edge.confidence * 0.7):
        sightings(near, other, found)
    ev.used |= near.used


def _unresolved(ev: Evaluator, spot: Spot, action: str, where: Source, reason: str) -> Unresolved:
    shown = spot.call.args[0] if spot.call.args else spot.call.func
    text = ast.get_source_segment(spot.scope.module.text, shown) or strings.dotted(shown)
    return Unresolved(
        service=ev.view.service.name,
        action=action,  # type: ignore[arg-type]
        source=where,
        expression=" ".join(text.split())[:200],
        reason=reason,
    )


def sightings(ev: Evaluator, edge: Edge, found: Harvest, *, spent: bool = False) -> None:
    """Add the sites of one edge, or say why its topic is not known; `spent` tells that following it took too much."""
    where = _place(ev, edge)
    topics = list(topics_of(ev, edge))
    if spent or ev.spent:
        _nearby(ev, edge, found)
        return
    resolved = False
    reasons: list[str] = []
    for topic, qos, extra in topics:
        for item in topic.alternatives:
            address, doubt = addressed(ev, item, edge)
            if address is None:
                reasons.append(doubt)
                continue
            resolved = True
            found.sightings.extend(_sites(ev, edge, item, address, qos, extra, where))
    objects = edge.confidence < 1.0 and all(
        isinstance(item.datum, Instance | Routine | Lambda) for topic, _, _ in topics for item in topic.alternatives
    )
    if not resolved and edge.confidence >= 0.6 and not objects and not _calls_back(edge):
        reason = reasons[0] if reasons else "no topic is passed"
        found.unresolved.append(_unresolved(ev, edge.outer, edge.row.action, where, reason))


def _calls_back(edge: Edge) -> bool:
    """Say whether what is passed in place of a topic is plainly a function: then it is another kind of subscribe."""
    first = edge.outer.call.args[0] if edge.outer.call.args else None
    sure = edge.confidence >= 1.0 and edge.row.owners
    return first is not None and not sure and CALLBACK.search(strings.label(first)) is not None


def _place(ev: Evaluator, edge: Edge) -> Source:
    if edge.place is not None:
        file, line = edge.place
        for module in ev.view.files:
            if module.file == file and module.scope is not None:
                return ev.source(module.scope.inner(line), line)
    return ev.source(edge.outer.scope, edge.outer.line)


Topic = tuple[Value, Value | None, Table | None]


def topics_of(ev: Evaluator, edge: Edge) -> Iterator[Topic]:
    """Yield (topic, its own QoS, its own message) of a call: one, a tuple, a list of either, a dict."""
    call = edge.spot.call
    if edge.row.form == "decorator":
        for expr in call.args:
            yield from _spread(ev, ev.value(expr, edge.frame), many=True)
        return
    topic = argument(ev, edge.row.topic, call, edge.frame)
    if topic is None and edge.row.form != "constructor" and call.args:
        topic = ev.value(call.args[0], edge.frame)
    if topic is not None:
        yield from _spread(ev, topic, many=edge.row.many, send=edge.row.action == "send")


def _spread(ev: Evaluator, value: Value, *, many: bool, send: bool = False) -> Iterator[Topic]:
    plain = []
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Sequence) and many:
            if (
                send
                and len(datum.items) > 1
                and not any(isinstance(a.datum, Sequence | Table) for i in datum.items[:1] for a in i.alternatives)
            ):
                yield _message(datum)
            elif _is_pair(ev, datum):
                yield datum.items[0], datum.items[1], None
            else:
                for inner in datum.items:
                    yield from _spread(ev, inner, many=True, send=send)
        elif isinstance(datum, Table):
            fields = {strings.key_of(key): inner for key, inner in datum.pairs}
            if "topic" in fields:
                yield fields["topic"], fields.get("qos"), datum
            elif many:
                for key, inner in datum.pairs:
                    yield key, inner, None
        elif isinstance(datum, Instance):
            given = dict(datum.given)
            topic = given.get("topic") or (datum.positional[0] if datum.positional else None)
            if topic is not None and datum.scope is None:
                qos = given.get("qos") or (datum.positional[1] if len(datum.positional) > 1 else None)
                said = ev.force(qos) if qos is not None else Value((Alternative(Const(0), default=True),))
                yield ev.force(topic), said, None
            else:
                plain.append(item)
        else:
            plain.append(item)
    if plain:
        yield Value(tuple(plain)), None, None


def _message(datum: Sequence) -> Topic:
    """Return a message given as a tuple: topic, payload, QoS, retain."""
    names = ("topic", "payload", "qos", "retain")
    pairs = tuple((one(Text(name)), value) for name, value in zip(names, datum.items, strict=False))
    return datum.items[0], datum.items[2] if len(datum.items) > 2 else None, Table(pairs)


def _is_pair(ev: Evaluator, datum: Sequence) -> bool:
    if len(datum.items) < 2 or not texts(datum.items[0]):
        return False
    return any(
        isinstance(item.datum, Const) or level_of(ev, item) is not None for item in datum.items[1].alternatives
    ) and not texts(datum.items[1])


def addressed(ev: Evaluator, item: Alternative, edge: Edge) -> tuple[str | None, str]:
    """Return the address an alternative spells, or None and why it is none."""
    datum = item.datum
    if isinstance(datum, Unknown):
        return None, datum.reason
    if not isinstance(datum, Text):
        return None, "the topic is no text in source"
    text = spelled(datum.text)
    if not text:
        return None, "the topic is an empty text in source"
    bare = HOLE.sub("", datum.text)
    if not bare.strip("/+#$-_. "):
        if bare and ("+" in bare or "#" in bare) and "\ue000" not in datum.text:
            return text, ""
        return None, f"the whole topic is only known at run time ({text})"
    if "/" not in text and text in ev.event_types:
        return ev.event_types[text], ""
    if edge.confidence < 0.7 and (BLANK.search(text) or not re.search(r"[/#+]", text)):
        return None, "the text does not look like a topic"
    if edge.row.action == "send" and is_filter(text):
        return None, f"{text} holds a wildcard, which nobody can publish to"
    return text, ""


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
    )
    if edge.row.action == "receive":
        yield _receiving(ev, edge, site)
        return
    for model, wire, dump, copies in sent(ev, edge, message):
        yield Sighting(
            site=replace(site, model=model, wire=wire, dump=dump), edge=edge, scope=edge.outer.scope, copies=copies
        )


def _partial(address: str) -> float:
    """A template whose first level is only known at run time says less than one that starts with text."""
    return 0.6 if address.startswith("{") else 1.0


def quality(ev: Evaluator, edge: Edge, own: Value | None) -> tuple[int | None, Said]:
    """Return the QoS of an edge and whether it was said, defaulted, or is unknown."""
    value = own if own is not None else argument(ev, edge.row.qos, edge.spot.call, edge.frame)
    if value is None:
        return (edge.row.default_qos, "default") if edge.row.default_qos is not None else (None, "unknown")
    levels = {level_of(ev, item) for item in value.alternatives}
    if len(levels) != 1 or None in levels:
        return None, "unknown"
    defaulted = all(item.default for item in value.alternatives)
    return levels.pop(), "default" if defaulted else "said"


def level_of(ev: Evaluator, item: Alternative) -> int | None:
    """Return the QoS that an alternative spells."""
    datum = item.datum
    if isinstance(datum, Const) and type(datum.value) is int and datum.value in (0, 1, 2):
        return datum.value
    if isinstance(datum, External):
        return LEVELS.get(datum.name.rpartition(".")[2].upper())
    if isinstance(datum, Text) and datum.text in ("0", "1", "2"):
        return int(datum.text)
    if isinstance(datum, Instance) and datum.positional:
        return next((level_of(ev, inner) for inner in ev.force(datum.positional[0]).alternatives), None)
    return None


def retained(ev: Evaluator, edge: Edge, message: Table | None) -> tuple[bool | None, Said]:
    """Return the retain flag of an edge and whether it was said, defaulted, or is unknown."""
    if edge.row.action == "receive":
        return None, "unknown"
    value = _field(message, "retain") or argument(ev, edge.row.retain, edge.spot.call, edge.frame)
    if value is None:
        return (edge.row.default_retain, "default") if edge.row.default_retain is not None else (None, "unknown")
    flags = {bool(item.datum.value) if isinstance(item.datum, Const) else None for item in value.alternatives}
    if len(flags) != 1 or None in flags:
        return None, "unknown"
    return flags.pop(), "default" if all(item.default for item in value.alternatives) else "said"


def _field(message: Table | None, name: str) -> Value | None:
    if message is None:
        return None
    return next((value for key, value in message.pairs if strings.key_of(key) == name), None)


Sent = tuple[str, WireForm, tuple[tuple[str, bool], ...], tuple[tuple[str, str, str], ...]]


def sent(ev: Evaluator, edge: Edge, message: Table | None) -> list[Sent]:
    """Return (model, wire form, dump options, copied fields) of what is published, one entry for each model."""
    value = _field(message, "payload") or argument(ev, edge.row.payload, edge.spot.call, edge.frame)
    found: dict[str, Sent] = {}
    for item in value.alternatives if value is not None else ():
        for payload in _payloads(ev, item):
            old = found.get(payload.model)
            wire = payload.wire if old is None or old[1] == payload.wire else "mixed"
            copies = payload.copies if old is None else tuple(dict.fromkeys((*old[3], *payload.copies)))
            found[payload.model] = (payload.model, wire, payload.dump, copies)  # type: ignore[assignment]
    named = [entry for model, entry in found.items() if model]
    return named or list(found.values()) or [("", "unknown", (), ())]


def _payloads(ev: Evaluator, item: Alternative) -> list[Payload]:
    datum = item.datum
    if isinstance(datum, Payload):
        return [datum]
    if isinstance(datum, Table):
        return payloads.of_table(ev, datum)
    if isinstance(datum, Instance) and (datum.scope is not None or datum.received):
        return payloads.payloads_of(ev, datum, ())
    return []


def _receiving(ev: Evaluator, edge: Edge, site: Site) -> Sighting:
    handler, models = _passed(ev, edge)
    decorated = handled(edge.spot) if edge.row.form == "decorator" or not edge.row.owners else None
    handler = decorated or handler
    if handler is not None:
        site = replace(site, handler=handler.qualname)
    return Sighting(site=site, edge=edge, scope=edge.outer.scope, handler=handler, models=models)


def _passed(ev: Evaluator, edge: Edge) -> tuple[Scope | None, tuple[str, ...]]:
    """Return the handler and the models among the arguments of the subscribe call, its callers and its row."""
    handler: Scope | None = None
    models: dict[str, None] = {}
    for value in _reachable_values(ev, edge):
        found = [_model(ev, item.datum) for part in _parts(ev, value) for item in part.alternatives]
        if not models:
            models = dict.fromkeys(name for name in found if name)
        for item in value.alternatives:
            if isinstance(item.datum, Routine) and handler is None:
                handler = item.datum.scope
    return handler, tuple(models)


def _model(ev: Evaluator, datum: Datum) -> str:
    if isinstance(datum, Klass) and ev.chain(datum.scope)[1]:
        return payloads.class_name(datum)
    return datum.name if isinstance(datum, External) and _class_like(datum.name) else ""


def _class_like(name: str) -> bool:
    last = name.rpartition(".")[2]
    return "." in name and last[:1].isupper() and not last.isupper() and not name.startswith(("builtins.", "typing."))


def _reachable_values(ev: Evaluator, edge: Edge) -> Iterator[Value]:
    for element in edge.elements:
        yield from _arguments(ev, element)
    if edge.row.handler is not None:
        value = argument(ev, edge.row.handler, edge.spot.call, edge.frame)
        if value is not None:
            yield value
    frames: list[tuple[ast.Call, Frame]] = [(edge.spot.call, edge.frame)]
    frames += [(caller.spot.call, frame._replace(open=frozenset())) for caller, frame in edge.calls]
    for call, frame in frames:
        for expr in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(expr, ast.Name | ast.Attribute | ast.Call | ast.Lambda):
                yield ev.value(expr, frame)


def _arguments(ev: Evaluator, value: Value) -> Iterator[Value]:
    """Yield what a row is made of: items of a tuple, arguments of an object, values of a dict."""
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Sequence):
            yield from datum.items
        elif isinstance(datum, Instance):
            for inner in (*datum.positional, *(inner for _, inner in datum.given)):
                yield ev.force(inner)
        elif isinstance(datum, Table):
            yield from (inner for _, inner in datum.pairs)


def _parts(ev: Evaluator, value: Value) -> Iterator[Value]:
    """Yield a value's innermost parts: items of tuples, arguments of rows."""
    for item in value.alternatives:
        inner = list(_arguments(ev, Value((item,))))
        if isinstance(item.datum, Sequence | Instance | Table):
            for part in inner:
                yield from _parts(ev, part)
        else:
            yield one(item.datum)
