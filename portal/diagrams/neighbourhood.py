"""A topic or a service with what is around it → a layered graph as SVG, never more than can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from asyncapi.view.registry import Operation, Registry, Topic
from portal.diagrams.layers import Layer, LayerEdge, Node, drawing
from portal.diagrams.shapes import Drawing
from portal.diagrams.text import short

MAX_NODES: Final = 24

Href = Callable[[str], str]
Link = tuple[str, str, bool]  # from, to, certain


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPart:
    """One layer in full: what it is in words, and the names in it; `kind` says what they are."""

    title: str
    kind: Literal["topic", "service"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """What is around something, from left to right. `centre` is the index of its own layer.

    `links[i]` join names of part i with names of part i + 1; those that are not certain are only possible.
    """

    name: str
    centre: int
    parts: tuple[LayerPart, ...]
    links: tuple[tuple[Link, ...], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the whole neighbourhood in words, also what a drawing leaves out."""
        return tuple(
            f"{part.title}: {', '.join(part.names) or 'none known'}"
            for index, part in enumerate(self.parts)
            if index != self.centre
        )

    @property
    def has_guesses(self) -> bool:
        """Say whether some links are only possible."""
        return any(not certain for links in self.links for _, _, certain in links)


def around_topic(registry: Registry, topic: Topic) -> Neighbourhood:
    """Return publishers → topic → subscribers → the topics that follow.

    A topic follows when the code that receives this one sends it; where that is not known of a subscriber, all
    topics it sends are possible.
    """
    name = _name(topic)
    senders = _unique(operation.service for operation in _operations(registry, topic, "send"))
    heard = _operations(registry, topic, "receive")
    receivers = _unique(operation.service for operation in heard)
    after = tuple(dict.fromkeys(link for operation in heard for link in _following(registry, operation, topic)))
    return Neighbourhood(
        name=name,
        centre=1,
        parts=(
            LayerPart(title="Publishers", kind="service", names=senders),
            LayerPart(title="Topic", kind="topic", names=(name,)),
            LayerPart(title="Subscribers", kind="service", names=receivers),
            LayerPart(title="What can follow", kind="topic", names=_unique(link[1] for link in after)),
        ),
        links=(
            tuple((sender, name, True) for sender in senders),
            tuple((name, receiver, True) for receiver in receivers),
            _certain_first(after),
        ),
    )


def around_service(registry: Registry, name: str) -> Neighbourhood:
    """Return who publishes → what the service receives → the service → what it sends → who subscribes."""
    received, sent = _of_service(registry, name, "receive"), _of_service(registry, name, "send")
    before = tuple(
        (operation.service, _name(topic), True)
        for topic in received
        for operation in _operations(registry, topic, "send")
        if operation.service != name
    )
    after = tuple(
        (_name(topic), operation.service, True)
        for topic in sent
        for operation in _operations(registry, topic, "receive")
        if operation.service != name
    )
    heard, said = tuple(map(_name, received)), tuple(map(_name, sent))
    return Neighbourhood(
        name=name,
        centre=2,
        parts=(
            LayerPart(title="Publishers", kind="service", names=_unique(link[0] for link in before)),
            LayerPart(title="Subscribes to", kind="topic", names=heard),
            LayerPart(title="Service", kind="service", names=(name,)),
            LayerPart(title="Publishes", kind="topic", names=said),
            LayerPart(title="Subscribers", kind="service", names=_unique(link[1] for link in after)),
        ),
        links=(
            tuple(dict.fromkeys(before)),
            tuple((topic, name, True) for topic in heard),
            tuple((name, topic, True) for topic in said),
            tuple(dict.fromkeys(after)),
        ),
    )


def neighbourhood_svg(
    around: Neighbourhood, *, topic_href: Href, service_href: Href, ident: str = "neighbourhood"
) -> str:
    """Return the graph of a neighbourhood, at most 24 nodes; what is left out is counted at the end of its layer.

    The functions return the link to a topic or a service, empty where there is no page.
    """
    return graph(around, topic_href=topic_href, service_href=service_href).svg(ident)


def graph(around: Neighbourhood, *, topic_href: Href, service_href: Href) -> Drawing:
    """Return the graph of a neighbourhood as shapes."""
    hrefs: Mapping[str, Href] = {"topic": topic_href, "service": service_href}
    shown = _chosen(around)
    layers = tuple(
        Layer(
            title=part.title,
            more=len(part.names) - len(names),
            empty="none known" if abs(index - around.centre) == 1 else "",
            nodes=tuple(
                Node(
                    name=name,
                    kind=part.kind,
                    href="" if index == around.centre else hrefs[part.kind](name),
                    here=index == around.centre,
                )
                for name in names
            ),
        )
        for index, (part, names) in enumerate(zip(around.parts, shown, strict=True))
    )
    edges = tuple(
        tuple(
            LayerEdge(start=shown[index].index(left), end=shown[index + 1].index(right), certain=certain)
            for left, right, certain in links
            if left in shown[index] and right in shown[index + 1]
        )
        for index, links in enumerate(around.links)
    )
    return drawing(
        layers,
        edges,
        title=f"Around {short(around.name)}",
        description=". ".join(around.sentences)[:10_000],
        legend="Dashed: the subscriber sends it, not known whether because of this" if around.has_guesses else "",
    )


def _chosen(around: Neighbourhood) -> list[tuple[str, ...]]:
    """Return the names to show in each layer: those linked to what is shown nearer to the centre, evenly cut."""
    rooms = [min(len(part.names), MAX_NODES) for part in around.parts]
    while sum(room + (room < len(part.names)) for room, part in zip(rooms, around.parts, strict=True)) > MAX_NODES:
        largest = max(range(len(rooms)), key=lambda index: (rooms[index], abs(index - around.centre)))
        rooms[largest] -= 1
    shown: list[tuple[str, ...]] = [part.names for part in around.parts]
    for index in sorted(range(len(rooms)), key=lambda index: abs(index - around.centre)):
        names = around.parts[index].names
        if index != around.centre:
            inner = index + 1 if index < around.centre else index - 1
            near: dict[str, set[str]] = {}
            for left, right, _ in around.links[min(index, inner)]:
                outside, inside = (left, right) if index < inner else (right, left)
                if inside in shown[inner]:
                    near.setdefault(outside, set()).add(inside)
            names = _covering(names, near, rooms[index])
        shown[index] = names
    return shown


def _covering(names: tuple[str, ...], near: Mapping[str, set[str]], room: int) -> tuple[str, ...]:
    """Return as many names as there is room for: those first that leave nothing nearer to the centre alone."""
    waiting = [name for name in names if name in near]
    uncovered = set().union(*near.values()) if near else set()
    chosen: list[str] = []
    while waiting and len(chosen) < room:
        best = max(waiting, key=lambda name: len(near[name] & uncovered))
        waiting.remove(best)
        chosen.append(best)
        uncovered -= near[best]
    return tuple(name for name in names if name in chosen)


def _following(registry: Registry, operation: Operation, topic: Topic) -> Iterable[Link]:
    """Yield the topics that a subscriber sends because of a topic, or may send."""
    caused = [registry.operation(cause.operation) for cause in operation.causes]
    if known := [sending for sending in caused if sending is not None]:
        for sending in known:
            if (found := _topic_of(registry, sending)) is not None:
                yield operation.service, _name(found), True
        return
    for other in _of_service(registry, operation.service, "send"):
        if other.key != topic.key:
            yield operation.service, _name(other), False


def _certain_first(links: tuple[Link, ...]) -> tuple[Link, ...]:
    sure = {link[:2] for link in links if link[2]}
    return tuple(link for link in links if link[2] or link[:2] not in sure)


def _of_service(registry: Registry, name: str, action: str) -> tuple[Topic, ...]:
    service = registry.service(name)
    keys = (service.sends if action == "send" else service.receives) if service else ()
    operations = (registry.operation(key) for key in keys)
    topics = (_topic_of(registry, operation) for operation in operations if operation is not None)
    return tuple({topic.key: topic for topic in topics if topic is not None}.values())


def _operations(registry: Registry, topic: Topic, action: str) -> list[Operation]:
    found = (registry.operation(key) for key in topic.operations)
    return [operation for operation in found if operation is not None and operation.action == action]


def _topic_of(registry: Registry, operation: Operation) -> Topic | None:
    return registry.topic(operation.topic if operation.topic is not None else operation.channel)


def _name(topic: Topic) -> str:
    return topic.key if topic.address is None else topic.address


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
