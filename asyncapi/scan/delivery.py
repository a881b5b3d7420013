"""How and what a call publishes: QoS, retain flag, model, wire form, dump options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.edges import Edge
from asyncapi.scan.values import Alternative, Const

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
from asyncapi.scan import bounds, payloads, strings
from asyncapi.scan.calls import returned
from asyncapi.scan.makers import said
from asyncapi.scan.passing import argument
from asyncapi.scan.receivers import handled
from asyncapi.scan.values import HOLE, External, Instance, Payload, Table, Text, Unknown, Value
from asyncapi.sites import Plain, Said, WireForm

LONGEST = 60
MOST_TEXTS = 8
LEVELS = {"AT_MOST_ONCE": 0, "AT_LEAST_ONCE": 1, "EXACTLY_ONCE": 2, "QOS_0": 0, "QOS_1": 1, "QOS_2": 2}


def quality(ev: Evaluator, edge: Edge, own: Value | None) -> tuple[int | None, Said]:
    """Return the QoS of an edge and whether it was said, defaulted, or is unknown."""
    value = own if own is not None else said(ev, edge.row, edge.row.qos, edge.spot.call, edge.frame)
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
    value = _field(message, "retain") or said(ev, edge.row, edge.row.retain, edge.spot.call, edge.frame)
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
    value = _field(message, "payload") or _payload(ev, edge)
    found: dict[str, Sent] = {}
    for item in value.alternatives if value is not None else ():
        for payload in _payloads(ev, item):
            old = found.get(payload.model)
            wire = payload.wire if old is None or old[1] == payload.wire else "mixed"
            copies = payload.copies if old is None else tuple(dict.fromkeys((*old[3], *payload.copies)))
            found[payload.model] = (payload.model, wire, payload.dump, copies)  # type: ignore[assignment]
    named = [entry for model, entry in found.items() if model]
    return named or list(found.values()) or [("", "unknown", (), ())]


def _payload(ev: Evaluator, edge: Edge) -> Value | None:
    """Return what a call sends: an argument, or what the function below a decorator returns."""
    below = handled(edge.spot) if edge.row.form == "decorator" else None
    if below is not None:
        return returned(ev, below)
    return argument(ev, edge.row.payload, edge.spot.call, edge.frame)


def plain(ev: Evaluator, edge: Edge, message: Table | None) -> tuple[Plain, tuple[str, ...]]:
    """Return what is published where no model is (text, a number, bytes or unknown), and the texts that source spells.

    A text that begins like JSON counts as unknown, and so does an empty one, which only clears what is retained.
    """
    value = _field(message, "payload") or _payload(ev, edge)
    kinds = {_plain(item) for item in value.alternatives} if value is not None else set()
    kind = kinds.pop() if len(kinds) == 1 else ""
    # what was converted from a number only shows with which number it began
    sure = [item.datum for item in value.alternatives if not item.default] if value else []
    spelled = [datum.text for datum in sure if isinstance(datum, Text)]
    texts = dict.fromkeys(text for text in spelled if len(text) < LONGEST and not HOLE.search(text))
    if kind != "text":
        return kind, ()
    return kind, tuple(bounds.first(tuple(texts), MOST_TEXTS, "texts of one publish", hides=bounds.NOTHING))


def _plain(item: Alternative) -> Plain:
    datum = item.datum
    if isinstance(datum, Text):
        return "text" if datum.text and not datum.text.lstrip().startswith(("{", "[")) else ""
    if isinstance(datum, Const):
        return "number" if type(datum.value) in (int, float) else ""
    return datum.plain if isinstance(datum, Unknown) else ""


def _payloads(ev: Evaluator, item: Alternative) -> list[Payload]:
    datum = item.datum
    if isinstance(datum, Payload):
        return [datum]
    if isinstance(datum, Table):
        return payloads.of_table(ev, datum)
    if isinstance(datum, Instance) and (datum.scope is not None or datum.received):
        return payloads.payloads_of(ev, datum, ())
    return []
