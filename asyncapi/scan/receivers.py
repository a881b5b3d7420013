"""Is this call a sink? Decided by what the receiver is, and by its name only where that cannot be told."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.findings import Finding
from asyncapi.mqtt.sinks import Sink, SinkTable
from asyncapi.scan import labels
from asyncapi.scan.assignments import assigned
from asyncapi.scan.modules import FUNCTIONS, Module, Scope
from asyncapi.scan.spots import Spot, last_name
from asyncapi.scan.values import External, Instance, Klass, ModuleRef, Routine, Unknown, Value

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

MQTT = re.compile("mqtt", re.IGNORECASE)
PLAIN = re.compile(
    r"_*(client|cli|c|mq|m|broker|conn|connection|mqttc|clt|publisher|subscriber|transport)\d*|.*_client"
)
OTHER = re.compile(
    r"redis|bus\b|kafka|nats|channel|producer|pubsub|pub_sub|socket|sock\b|emitter|signal|log|queue|zmq|sns|rabbit|amqp"
    r"|event|observ|subject|store|stream|rx|hub|graphql|webhook|sse|feed|notifier|dispatcher|session|nc\b|js\b|ros\b|node"
    r"|registry|loop|slack|telegram|mail|blog|post|article|package|repo",
    re.IGNORECASE,
)
FOREIGN = re.compile(
    r"^\s*(?:import|from)\s+(?:redis|aioredis|nats|kafka|aiokafka|confluent_kafka|pika|aio_pika|zmq|kombu|celery|rclpy|rospy"
    r"|google\.cloud|boto3|faust|pulsar|socketio|dbus|reactivex|rx)\b",
    re.MULTILINE,
)


class Match(NamedTuple):
    """A call taken for a sink: by which row, how surely; or a finding in its place."""

    row: Sink | None
    confidence: float = 1.0
    finding: Finding | None = None


NONE = Match(None, 0.0)


def match(ev: Evaluator, spot: Spot, table: SinkTable) -> Match:
    """Return the row by which a call publishes or subscribes, a finding when its class lacks the method, or nothing."""
    name = last_name(spot.call.func)
    rows = [row for row in usable(ev, table) if row.name == name]
    if not rows:
        return NONE
    func = spot.call.func
    from asyncapi.scan.callers import surrounded
    from asyncapi.scan.values import Frame

    frame = surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing, frozenset(), {}))
    if isinstance(func, ast.Name):
        return _function(ev.value(func, frame), rows)
    assert isinstance(func, ast.Attribute)
    receiver = ev.value(func.value, frame)
    return _method(ev, receiver, name, rows, spot)


def usable(ev: Evaluator, table: SinkTable) -> tuple[Sink, ...]:
    """Return the rows that can matter: rows of a library only where some file in sight names the library."""
    key = ("rows", id(table))
    if key not in ev.memo:
        texts = [module.text for module in ev.view.everything]
        mentioned = {
            top: any(top in text for text in texts)
            for top in {owner.partition(".")[0] for row in table.sinks for owner in row.owners}
        }
        speaks = any(MQTT.search(text) for text in texts)
        ev.memo[key] = tuple(
            row
            for row in table.sinks
            if any(mentioned[owner.partition(".")[0]] for owner in row.owners) or (speaks and not row.owners)
        )
    return ev.memo[key]  # type: ignore[return-value]


def _function(value: Value, rows: list[Sink]) -> Match:
    for item in value.alternatives:
        if isinstance(item.datum, External):
            owner = item.datum.name.rpartition(".")[0]
            for row in rows:
                if owner in row.owners or item.datum.name in row.owners:
                    return Match(row, item.confidence)
    return NONE


def _method(ev: Evaluator, receiver: Value, name: str, rows: list[Sink], spot: Spot) -> Match:
    vague = False
    finding: Finding | None = None
    for item in receiver.alternatives:
        datum = item.datum
        if isinstance(datum, Instance | Klass) and datum.scope is not None:
            found = _on_class(ev, datum.scope, name, rows, spot)
            if found.row is not None:
                return found
            finding = finding or found.finding
        elif isinstance(datum, Instance | External):
            row = _on_foreign(datum.name, rows, spot)
            if row is not None:
                return Match(row, item.confidence if row.owners else 0.6)
            vague = vague or (isinstance(datum, External) and datum.name.startswith("builtins."))
            vague = vague or datum.name.rpartition(".")[2] in ("Any", "object", "Protocol")
        elif isinstance(datum, Unknown):
            vague = True
        elif isinstance(datum, ModuleRef | Routine):
            continue
    if finding is not None and not vague and len(receiver.alternatives) == 1:
        return Match(None, 0.0, finding)
    return _by_name(rows, spot) if vague else NONE


def _decorates(spot: Spot) -> bool:
    node = spot.scope.records[spot.at].node
    return isinstance(node, FUNCTIONS) and any(spot.call is item for item in node.decorator_list)


def fitting(rows: list[Sink], spot: Spot) -> list[Sink]:
    """Return the rows whose form agrees with how the call is written."""
    decorator = _decorates(spot)
    return [row for row in rows if (row.form == "decorator") == decorator or not row.owners]


def _on_class(ev: Evaluator, scope: Scope, name: str, rows: list[Sink], spot: Spot) -> Match:
    classes, foreign = ev.chain(scope)
    if any(item.child(name) for item in classes):
        return NONE
    for base in foreign:
        for row in fitting(rows, spot):
            if base in row.owners:
                return Match(row)
    if any(MQTT.search(base) for base in foreign):
        return _generic(rows, spot, 0.6)
    module = scope.module
    body = "\n".join(module.text.split("\n")[scope.start - 1 : scope.end])
    if not (MQTT.search(module.text) and WRAPPING.search(body)) or "setattr" in body:
        return NONE
    known = any(name in item.bindings or name in assigned(ev, item) for item in classes)
    dynamic = any(item.child("__getattr__") or item.child("__getattribute__") for item in classes)
    plain = all(base.rpartition(".")[2] in PLAIN_BASES for base in foreign)
    if known or dynamic or not plain:
        return NONE
    where = ev.source(spot.scope, spot.line)
    offered = sorted({child.name for item in classes for child in item.children if not child.name.startswith("_")})
    return Match(
        None,
        0.0,
        Finding(
            rule="method-does-not-exist",
            severity="error",
            message=f"{name}() is called, but {scope.name} has no {name}()",
            subject=f"{scope.name}.{name}",
            remedy=f"call one of its methods ({', '.join(offered[:8])})" if offered else "give the class the method",
            source=where.ref,
            line=where.line,
            services=(ev.view.service.name,),
        ),
    )


WRAPPING = re.compile(r"publish|subscribe")
PLAIN_BASES = frozenset(
    [
        "object",
        "ABC",
        "BaseModel",
        "BaseSettings",
        "NamedTuple",
        "Enum",
        "Generic",
        "Protocol",
        "Thread",
        "IntEnum",
        "StrEnum",
    ]
)


def _on_foreign(name: str, rows: list[Sink], spot: Spot) -> Sink | None:
    for row in fitting(rows, spot):
        if name in row.owners:
            return row
    last = name.rpartition(".")[2]
    named = last[:1].isupper() or "()" in name or MQTT.search(last) is not None
    if MQTT.search(name) and not name.startswith("builtins.") and named:
        return _generic(rows, spot, 0.6).row
    return None


def _generic(rows: list[Sink], spot: Spot, confidence: float) -> Match:
    for row in fitting(rows, spot):
        if not row.owners:
            return Match(row, confidence)
    return NONE


def _by_name(rows: list[Sink], spot: Spot) -> Match:
    func = spot.call.func
    assert isinstance(func, ast.Attribute)
    name = labels.label(func.value)
    module = spot.scope.module
    speaks = _speaks(module)
    if MQTT.search(name):
        return _generic(rows, spot, 0.7)
    if OTHER.search(name) or (FOREIGN.search(module.text) and not speaks):
        return NONE
    if PLAIN.fullmatch(name) and speaks:
        return _generic(rows, spot, 0.6)
    if speaks and last_name(func) in ("publish", "will_set", "message_callback_add"):
        return _generic(rows, spot, 0.5)
    return NONE


def _speaks(module: Module) -> bool:
    return MQTT.search(module.text) is not None


def handled(spot: Spot) -> Scope | None:
    """Return the function a decorator stands on."""
    node = spot.scope.records[spot.at].node
    if not _decorates(spot):
        return None
    return next((child for child in spot.scope.children if child.node is node), None)
