"""Publishing to a topic made from that of the message at hand: `message.topic + "/ack"`, once for each subscription."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan.labels import METHODS
from asyncapi.scan.values import EDIT, HOLE, Alternative, Text, Unknown, spelled
from asyncapi.topics import is_filter, unshared

if TYPE_CHECKING:
    from asyncapi.scan.edges import Edge
    from asyncapi.scan.evaluate import Evaluator
    from asyncapi.scan.receive import Received
    from asyncapi.sites import Unresolved

LEVEL = re.compile(r"(?<![^/])\+(?![^/])")


class Pending(NamedTuple):
    """A publish whose topic is made from a received one: it waits until the subscriptions are known."""

    edge: Edge
    item: Alternative
    unresolved: Unresolved


class Answer(NamedTuple):
    """A publish that waited, with the address that it has when a subscription delivers."""

    pending: Pending
    received: str
    address: str


def made_from_received(item: Alternative) -> bool:
    """Say whether an alternative is a topic made from that of a received message; one only handed on is not."""
    if isinstance(item.datum, Unknown):
        return bool(item.datum.incoming)
    return isinstance(item.datum, Text) and any(EDIT in hole for hole in HOLE.findall(item.datum.text))


def answers(ev: Evaluator, incoming: list[Received], pending: list[Pending]) -> Iterator[Answer]:
    """Yield the addresses of publishes that waited, for each subscription whose handling leads to them."""
    from asyncapi.scan.causes import NOWHERE, reach

    if not pending:
        return
    for item in incoming:
        topic = unshared(item.sighting.site.topic)
        for region in item.regions if "#" not in topic else ():
            reached = ev.attempt(partial(reach, ev, region), NOWHERE)
            for waiting in pending:
                if waiting.edge.outer.identity in reached or waiting.edge.spot.identity in reached:
                    address = _filled(waiting.item, _named(topic))
                    if address and not is_filter(address):
                        yield Answer(waiting, topic, address)


def _named(topic: str) -> str:
    """Return a topic with a name for each level that a filter leaves open."""
    count = topic.count("+")
    names = iter(["level", *(f"level{number}" for number in range(2, count + 1))])
    return LEVEL.sub(lambda _: "{" + next(names) + "}", topic)


def _filled(item: Alternative, topic: str) -> str:
    if isinstance(item.datum, Unknown):
        return _edited(item.datum.incoming or (), topic)
    assert isinstance(item.datum, Text)
    return spelled(HOLE.sub(lambda match: _hole(match, topic), item.datum.text))


def _hole(match: re.Match[str], topic: str) -> str:
    _, *edits = match[1].split(EDIT)
    return _edited([tuple(edit.split("\t")) for edit in edits if edit], topic) if edits else match[0]


def _edited(edits: list[tuple[str, ...]] | tuple[tuple[str, ...], ...], topic: str) -> str:
    for name, *words in edits:
        topic = METHODS[name](topic, *words)
    return topic
