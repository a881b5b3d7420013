"""The map: services × topics, who publishes and who subscribes, for the whole system or one domain of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asyncapi.view.registry import Topic
from portal.addresses import paths
from portal.diagrams.matrix import Matrix, MatrixRow, matrix
from portal.index import Index
from portal.pages.shown import Link, service_link, topic_link

MOST_CELLS = 6_000  # bounds one table; a larger map is shown in parts
MOST_PAGES = 100
PATH = "map/"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """A topic with what each service does with it: send, receive, both or nothing, in the order of the services."""

    topic: Link
    uses: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The page of the map; where what is chosen is too large for a table, `parts` are what it can be narrowed to.

    `places` are the paths of parts that have a page of their own, `path` is the page's own.
    """

    domain: str
    domains: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, int], ...]
    services: tuple[Link, ...]
    rows: tuple[MapRow, ...]
    too_large: bool
    path: str = PATH
    places: Mapping[str, str] = field(default_factory=dict)


def places(index: Index) -> dict[str, str]:
    """Return the paths of the parts of a map that is too large for one table: domains, and parts of large domains."""
    found: list[str] = []
    waiting: list[tuple[str, Sequence[Topic]]] = [("", tuple(index.topics.values()))]
    while waiting and len(found) < MOST_PAGES:
        chosen, topics = waiting.pop(0)
        if not _is_large(index, topics):
            continue
        inside: dict[str, list[Topic]] = {}
        for topic in topics:
            inside.setdefault(index.domain(topic, len(chosen.split("/")) + bool(chosen)), []).append(topic)
        waiting += [(part, own) for part, own in inside.items() if part != chosen]
        found += [part for part in inside if part != chosen]
    return paths(PATH.rstrip("/"), found[:MOST_PAGES])


def _is_large(index: Index, topics: Sequence[Topic]) -> bool:
    services = {operation.service for topic in topics for operation in index.operations_of(topic)}
    return len(services) * len(topics) > MOST_CELLS


def view(index: Index, domain: str = "", *, path: str = PATH, known: Mapping[str, str] | None = None) -> MapView:
    """Return the map of a domain or a part of one, of everything when none is named; `known` are its `places`."""
    topics = index.topics.values()
    depth = len(domain.split("/"))
    chosen = domain if any(index.domain(topic, depth) == domain for topic in topics) else ""
    made = matrix(index.registry, lambda topic: not chosen or index.domain(topic, depth) == chosen)
    too_large = len(made.services) * len(made.rows) > MOST_CELLS
    inside = (topic for topic in topics if chosen and index.domain(topic, depth) == chosen)
    parts = Counter(index.domain(topic, depth + 1) for topic in inside) if too_large else Counter()
    return MapView(
        domain=chosen,
        domains=tuple(Counter(map(index.domain, topics)).items()),
        parts=tuple((part, count) for part, count in parts.items() if part != chosen),
        services=() if too_large else tuple(service_link(index, name) for name in made.services),
        rows=() if too_large else tuple(_row(index, made, row) for row in made.rows),
        too_large=too_large,
        path=path,
        places=known or {},
    )


def _row(index: Index, made: Matrix, row: MatrixRow) -> MapRow:
    return MapRow(
        topic=topic_link(index, index.topics[row.key]),
        uses=tuple(cell.use for cell in row.cells),
        words=tuple((made.services[at], cell.words) for at, cell in row.filled),
    )
