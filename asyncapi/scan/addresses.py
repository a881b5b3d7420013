"""Which topics a call is given: one, tuples with QoS, lists, dicts; and whether a text is a topic at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.edges import Edge
from asyncapi.scan.values import Alternative, Const

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import re
from collections.abc import Iterator

from asyncapi.scan import makers, strings
from asyncapi.scan.answering import made_from_received
from asyncapi.scan.delivery import level_of
from asyncapi.scan.values import CLOSE, HOLE, OPEN, Instance, Sequence, Table, Text, Unknown, Value, one, spelled, texts
from asyncapi.topics import is_filter

NO_TEXT = "the topic is no text in source"
ANOTHER = re.compile(f"{OPEN}topic{CLOSE}/")
BLANK = re.compile(r"\s")


Topic = tuple[Value, Value | None, Table | None]


def topics_of(ev: Evaluator, edge: Edge) -> Iterator[Topic]:
    """Yield (topic, its own QoS, its own message) of a call: one, a tuple, a list of either, a dict."""
    call = edge.spot.call
    if edge.row.form == "decorator" and edge.row.many:
        for expr in call.args:
            yield from _spread(ev, ev.value(expr, edge.frame), many=True)
        return
    topic = makers.topic(ev, edge.row, call, edge.frame)
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
        return None, NO_TEXT
    text = spelled(datum.text)
    if not text:
        return None, "the topic is an empty text in source"
    bare = HOLE.sub("", datum.text)
    if not bare.strip("/+#$-_. "):
        if bare and ("+" in bare or "#" in bare) and "\ue000" not in datum.text:
            return text, ""
        return None, f"the whole topic is only known at run time ({text})"
    if ANOTHER.match(datum.text) or made_from_received(item):
        return None, f"it is made from another topic, which is only known at run time ({text})"
    if "/" not in text and text in ev.event_types:
        return ev.event_types[text], ""
    if edge.confidence < 0.7 and (BLANK.search(text) or not re.search(r"[/#+]", text)):
        return None, "the text does not look like a topic"
    if edge.row.action == "send" and is_filter(text):
        return None, f"{text} holds a wildcard, which nobody can publish to"
    return text, ""
