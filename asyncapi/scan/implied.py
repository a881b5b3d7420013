"""Edges that follow from making a library object we cannot read, by the rows a team wrote about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncapi.mqtt.sinks import Implied
from asyncapi.scan import text_methods
from asyncapi.scan.handlers import frame_of
from asyncapi.scan.spots import calls
from asyncapi.scan.values import Alternative, Const, Instance, Text, Value, one, spelled, texts
from asyncapi.sites import Site
from asyncapi.sources import Source

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def implied(ev: Evaluator, rows: tuple[Implied, ...]) -> Iterator[Site]:
    """Yield the sites that constructors named in `rows` imply."""
    for row in rows:
        name = row.constructor.rpartition(".")[2]
        for module in ev.view.files:
            for spot in calls(module, module.mentions(name), re.compile(re.escape(name))):
                ev.refuel()
                for item in ev.value(spot.call, frame_of(ev, spot)).alternatives:
                    datum = item.datum
                    if not isinstance(datum, Instance) or datum.name != row.constructor:
                        continue
                    given = _arguments(ev, datum, row)
                    if all(_truth(given.get(key)) is wanted for key, wanted in row.when):
                        where = ev.source(spot.scope, spot.line)
                        for topic in _topics(row, [ev.force(value) for value in datum.positional], given):
                            yield _site(ev, row, topic, where)


def _arguments(ev: Evaluator, datum: Instance, row: Implied) -> dict[str, Value]:
    found = {key: one(Text(value) if isinstance(value, str) else Const(value)) for key, value in row.defaults}
    found.update({key: ev.force(value) for key, value in datum.given})
    return found


def _truth(value: Value | None) -> bool | None:
    known = {item.datum.value for item in value.alternatives if isinstance(item.datum, Const)} if value else {False}
    return bool(known.pop()) if len(known) == 1 else None


def _topics(row: Implied, positional: list[Value], given: dict[str, Value]) -> tuple[Alternative, ...]:
    return texts(text_methods.formatted(Alternative(Text(row.topic)), positional, given))


def _site(ev: Evaluator, row: Implied, topic: Alternative, where: Source) -> Site:
    assert isinstance(topic.datum, Text)
    return Site(
        service=ev.view.service.name,
        action=row.action,
        topic=spelled(topic.datum.text),
        source=where,
        qos=row.qos,
        qos_from="default" if row.qos is not None else "unknown",
        retain=row.retain if row.action == "send" else None,
        retain_from="default" if row.retain is not None and row.action == "send" else "unknown",
        model=row.model,
        environment=", ".join(topic.environment),
        constant=topic.constant,
        implied=True,
        steps=topic.steps,
        confidence=topic.confidence,
    )
