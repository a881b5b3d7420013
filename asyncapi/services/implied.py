"""Edges that follow from making a library object that is not read, by the rows a team wrote about it."""

from __future__ import annotations

from collections.abc import Iterator

from asyncapi.machine import operators, texts
from asyncapi.machine.lattice import each
from asyncapi.machine.values import Assumed, Value
from asyncapi.mqtt.sinks import Implied
from asyncapi.services.running import ServiceRun
from asyncapi.services.topic_facts import topic_of
from asyncapi.sites import Site


def implied(run: ServiceRun, rows: tuple[Implied, ...], service: str) -> Iterator[Site]:
    """Yield the sites that constructors named in `rows` imply."""
    m = run.machine
    for constructor, arguments, named, at in run.bus.made:
        for row in rows:
            if row.constructor != constructor:
                continue
            given: dict[str, Value] = {**dict(row.defaults), **named}
            if not all(_truth(run, given.get(name)) is wanted for name, wanted in row.when):
                continue
            for value in each(texts.formatted(m, row.topic, list(arguments), given, at)):
                topic = topic_of(m, value)
                if topic.reason:
                    continue
                yield Site(
                    service=service,
                    action=row.action,
                    topic=topic.address,
                    source=at.source,
                    qos=row.qos,
                    qos_from="default" if row.qos is not None else "unknown",
                    retain=row.retain if row.action == "send" else None,
                    retain_from="default" if row.retain is not None and row.action == "send" else "unknown",
                    model=row.model,
                    environment=topic.environment,
                    constant=topic.origin.constant if topic.origin is not None else "",
                    implied=True,
                )


def _truth(run: ServiceRun, value: Value) -> bool | None:
    answers = {operators.truth(run.machine, one.value if one.__class__ is Assumed else one) for one in each(value)}
    return answers.pop() if len(answers) == 1 else None
