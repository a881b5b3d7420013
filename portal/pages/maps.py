"""The map: services × topics, who publishes and who subscribes, for the whole system or one domain of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from portal.diagrams.matrix import Matrix, matrix
from portal.diagrams.matrix import Row as MatrixRow
from portal.index import Index
from portal.pages.shown import Link, service_link, topic_link

MOST_CELLS = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A topic with what each service does with it: send, receive, both or nothing, in the order of the services."""

    topic: Link
    uses: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page of the map; where what is chosen is too large for a table, `parts` are what it can be narrowed to."""

    domain: str
    domains: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, int], ...]
    services: tuple[Link, ...]
    rows: tuple[Row, ...]
    too_large: bool


def view(index: Index, domain: str = "") -> View:
    """Return the map of a domain or a part of one, of everything when none is named."""
    topics = index.topics.values()
    depth = len(domain.split("/"))
    chosen = domain if any(index.domain(topic, depth) == domain for topic in topics) else ""
    made = matrix(index.registry, lambda topic: not chosen or index.domain(topic, depth) == chosen)
    too_large = len(made.services) * len(made.rows) > MOST_CELLS
    inside = (topic for topic in topics if chosen and index.domain(topic, depth) == chosen)
    parts = Counter(index.domain(topic, depth + 1) for topic in inside) if too_large else Counter()
    return View(
        domain=chosen,
        domains=tuple(Counter(map(index.domain, topics)).items()),
        parts=tuple((part, count) for part, count in parts.items() if part != chosen),
        services=() if too_large else tuple(service_link(index, name) for name in made.services),
        rows=() if too_large else tuple(_row(index, made, row) for row in made.rows),
        too_large=too_large,
    )


def _row(index: Index, made: Matrix, row: MatrixRow) -> Row:
    return Row(
        topic=topic_link(index, index.topics[row.key]),
        uses=tuple(cell.use for cell in row.cells),
        words=tuple((made.services[at], cell.words) for at, cell in row.filled),
    )
