"""The services: what each publishes, subscribes to and answers, and whom it talks with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from asyncapi.view.registry import Operation, Service
from portal import delivery
from portal.delivery import ShownFact
from portal.index import Index
from portal.pages.shown import (
    Link,
    ShownFinding,
    SourceLink,
    address_link,
    message_link,
    nobody,
    place,
    problems,
    service_link,
    topic_link,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOperation:
    """One operation of a service: the topic, what it carries, how it is delivered, and the other side."""

    topic: Link
    messages: tuple[Link, ...]
    topic_class: str
    qos: int | None
    retain: bool | None
    topic_qos: ShownFact
    others: tuple[Link, ...]
    filter: str
    answers: tuple[Link, ...]
    places: tuple[SourceLink, ...]
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A service on the other side of shared topics: how many go there, how many come from there."""

    service: Link
    to: int
    back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """The page of a service."""

    service: Link
    summary: str
    owner: str
    contact: str
    repository: str
    place: SourceLink | None
    declared: bool
    sends: tuple[ServiceOperation, ...]
    receives: tuple[ServiceOperation, ...]
    nobody: str
    neighbours: tuple[Neighbour, ...]
    undelivered: tuple[str, ...]
    problems: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """A service in the list of all."""

    service: Link
    summary: str
    owner: str
    sends: int
    receives: int
    findings: int
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesView:
    """The page of all services."""

    services: tuple[ServiceEntry, ...]


def list_view(index: Index) -> ServicesView:
    """Return all services with how much they send and receive."""
    return ServicesView(
        services=tuple(
            ServiceEntry(
                service=service_link(index, service.name),
                summary=service.summary,
                owner=service.owner,
                sends=len(service.sends),
                receives=len(service.receives),
                findings=len(index.findings_of(service.name)),
                declared=service.declared,
            )
            for service in index.registry.services
        )
    )


def view(index: Index, service: Service) -> ServiceView:
    """Return everything the document tells about a service."""
    sends = [index.operations[key] for key in service.sends if key in index.operations]
    receives = [index.operations[key] for key in service.receives if key in index.operations]
    return ServiceView(
        service=service_link(index, service.name),
        summary=service.summary,
        owner=service.owner,
        contact=service.contact,
        repository=service.repository if service.repository.startswith(("https://", "http://")) else "",
        place=place(index.registry, service.source),
        declared=service.declared,
        sends=tuple(_part(index, operation) for operation in sends),
        receives=tuple(_part(index, operation) for operation in receives),
        nobody=nobody(index.registry),
        neighbours=_neighbours(index, service, sends, receives),
        undelivered=tuple(address for name, address, _ in index.registry.undelivered if name == service.name),
        problems=problems(index, index.findings_of(service.name)),
    )


def _part(index: Index, operation: Operation) -> ServiceOperation:
    topic = index.find(operation.topic)
    operations = index.operations_of(topic) if topic else ()
    places = (place(index.registry, site.source) for site in operation.sites)
    return ServiceOperation(
        topic=topic_link(index, topic) if topic else address_link(index, operation.topic),
        messages=tuple(message_link(index, index.messages[key]) for key in operation.messages if key in index.messages),
        topic_class=topic.topic_class if topic else "",
        qos=operation.delivery.qos,
        retain=operation.delivery.retain,
        topic_qos=delivery.qos(topic, operations) if topic else delivery.UNKNOWN,
        others=tuple(service_link(index, name) for name in _others(operations, operation)),
        filter=operation.filter,
        answers=tuple(dict.fromkeys(address_link(index, reply.topic) for reply in topic.replies)) if topic else (),
        places=tuple(item for item in places if item),
        declared=operation.declared,
    )


def _others(operations: Iterable[Operation], operation: Operation) -> dict[str, None]:
    return dict.fromkeys(other.service for other in operations if other.action != operation.action)


def _neighbours(
    index: Index, service: Service, sends: Iterable[Operation], receives: Iterable[Operation]
) -> tuple[Neighbour, ...]:
    to, back = (
        Counter(
            name
            for operation in operations
            if (topic := index.find(operation.topic))
            for name in _others(index.operations_of(topic), operation)
        )
        for operations in (sends, receives)
    )
    names = sorted({*to, *back} - {service.name}, key=lambda name: (-to[name] - back[name], name))
    return tuple(Neighbour(service=service_link(index, name), to=to[name], back=back[name]) for name in names)
