"""What rules look at and what they answer: a subject in, problems out; ids and severities are the runner's affair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from asyncapi.documents.masking import Masked
from asyncapi.schemas.properties import properties
from asyncapi.sources import Source, plain_symbol
from asyncapi.view.registry import Message, Operation, Registry, Topic, Unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that does not meet, before it has a rule id and a severity.

    `about` names it on the wire where the topics and services do not say enough; with them it is the identity
    of the finding. An `unsure` one accuses only as far as was seen: it is told as a note, whatever its rule is.
    """

    message: str
    remedy: str
    about: str = ""
    topics: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    source: Source | None = None
    pointer: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A system under check: its view, its document as it was read and without secrets, and the day of the check."""

    registry: Registry
    raw: Mapping[str, Any]
    today: date
    hidden: Masked

    @property
    def knows_edges(self) -> bool:
        """Say whether the document tells of a whole system; one application alone never has both ends."""
        return self.registry.knows_edges

    def senders(self, topic: Topic) -> tuple[Operation, ...]:
        """Return the operations that send on a topic."""
        return self._operations(topic, "send")

    def receivers(self, topic: Topic) -> tuple[Operation, ...]:
        """Return the operations that receive from a topic."""
        return self._operations(topic, "receive")

    def unseen(self, action: str, *services: str) -> tuple[Unseen, ...]:
        """Return what was not seen in a direction and may be the missing end; of these services where any are named."""
        return tuple(
            item
            for item in self.registry.unseen
            if action in item.actions and (not services or item.service in services)
        )

    def source(self, ref: str) -> Source | None:
        """Return the place that `file#symbol` names, with its line where the document knows it."""
        line = self.registry.lines.get(ref)
        return Source(file=ref.partition("#")[0], symbol=plain_symbol(ref), line=line) if ref else None

    def _operations(self, topic: Topic, action: str) -> tuple[Operation, ...]:
        found = (self.registry.operation(key) for key in topic.operations)
        return tuple(operation for operation in found if operation and operation.action == action)

    def messages(self, topic: Topic) -> tuple[Message, ...]:
        """Return the messages of a topic."""
        return tuple(message for key in topic.messages if (message := self.registry.message(key)))

    def models(self) -> Iterator[tuple[Message, tuple[str, ...]]]:
        """Yield each model once, as one of its messages, with all topics on which it travels in any form."""
        found: dict[str, list[Message]] = {}
        for message in self.registry.messages:
            found.setdefault(message.model_key or message.key, []).append(message)
        for group in found.values():
            yield group[0], tuple(dict.fromkeys(topic for message in group for topic in message.topics))

    def model_properties(self, message: Message) -> Mapping[str, Any] | None:
        """Return the properties of a message's model, or None when it is not an object schema we can read."""
        return properties(message.model or message.payload, self.registry.schemas)

    def past(self, day: str) -> bool:
        """Say whether a date (`YYYY-MM-DD`) is over; what is no date never is."""
        try:
            return date.fromisoformat(day) < self.today
        except ValueError:
            return False


Rule = Callable[[Subject], Iterator[Problem]]


def name(topic: Topic) -> str:
    """Return the address of a topic, or its key where the address is only known at run time."""
    return topic.address if topic.address is not None else topic.key


def place(operation: Operation) -> Source | None:
    """Return where the first call of an operation stands."""
    return operation.sites[0].source if operation.sites else None


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Return names as a sentence lists them, each once."""
    return ", ".join(dict.fromkeys(names))


_THINGS = {"cut": "cut-off list", "file": "unreadable file"}  # other kinds are calls


def not_seen(items: tuple[Unseen, ...]) -> str:
    """Return in brackets what was not seen, of whom: what a reader has to look at before believing the rest."""
    said = [
        f"{_counted(found, thing)} of {listed([item.service for item in found])}"
        for thing in ("call", *_THINGS.values())
        if (found := [item for item in items if _THINGS.get(item.kind, "call") == thing])
    ]
    return f" (not seen: {' and '.join(said)})" if said else ""


def _counted(items: list[Unseen], thing: str) -> str:
    return f"{len(items)} {thing}{'' if len(items) == 1 else 's'}"


def who(names: tuple[str, ...] | list[str], verb: str) -> str:
    """Return who does what: `router publishes`, `router, ui publish`."""
    ending = "es" if verb.endswith("sh") else "s"
    return f"{listed(names)} {verb}{ending if len(set(names)) == 1 else ''}"
