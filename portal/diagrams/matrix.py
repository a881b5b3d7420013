"""Services × topics: who sends and who receives what, as a view model for a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from asyncapi.view.registry import Operation, Registry, Topic

Use = Literal["", "send", "receive", "both"]
_WORDS: dict[str, str] = {"": "", "send": "publishes", "receive": "subscribes", "both": "publishes and subscribes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """What a service does with a topic; `declared` when that was written down and not seen in source."""

    use: Use = ""
    declared: bool = False

    @property
    def words(self) -> str:
        """Return it in words; empty where the service has nothing to do with the topic."""
        return _WORDS[self.use] + (" (declared)" if self.declared and self.use else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A topic: its key, its name, and one cell for each service of the matrix."""

    key: str
    topic: str
    cells: tuple[MatrixCell, ...]

    @property
    def filled(self) -> tuple[tuple[int, MatrixCell], ...]:
        """Return only the cells that say something, with the index of their service."""
        return tuple((index, cell) for index, cell in enumerate(self.cells) if cell.use)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole: services as columns, topics as rows, both in document order. Services without a cell are left out."""

    services: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


NOTHING = MatrixCell()


def matrix(registry: Registry, keep: Callable[[Topic], bool] | None = None) -> Matrix:
    """Return services × topics, of the topics that `keep` keeps."""
    uses = {
        topic.key: _uses([operation for key in topic.operations if (operation := registry.operation(key))])
        for topic in registry.topics
        if keep is None or keep(topic)
    }
    seen = {service for cells in uses.values() for service in cells}
    order = dict.fromkeys((*(service.name for service in registry.services), *sorted(seen)))
    services = tuple(name for name in order if name in seen)
    rows = tuple(
        MatrixRow(
            key=topic.key,
            topic=topic.key if topic.address is None else topic.address,
            cells=tuple(uses[topic.key].get(service, NOTHING) for service in services),
        )
        for topic in registry.topics
        if topic.key in uses
    )
    return Matrix(services=services, rows=rows)


def _uses(operations: list[Operation]) -> dict[str, MatrixCell]:
    found: dict[str, list[Operation]] = {}
    for operation in operations:
        found.setdefault(operation.service, []).append(operation)
    return {service: _cell(own) for service, own in found.items()}


def _cell(operations: list[Operation]) -> MatrixCell:
    actions = {operation.action for operation in operations}
    use: Use = "both" if len(actions) == 2 else next(iter(actions))
    return MatrixCell(use=use, declared=all(operation.declared for operation in operations))
