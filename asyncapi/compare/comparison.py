"""A complete comparison of two registries: what is on both sides, what came, what went, and what is proven of it.

Matched by the wire: topics by address with parameter names erased, operations by service, action and topic,
messages by name and then by shape. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asyncapi.compare.field_change import FieldChange
from asyncapi.schemas.prover.answers import Answer, Departure
from asyncapi.view.registry import Message, Operation, Registry, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPair:
    """A topic on both sides or on one, with its operations; `renamed` when the address changed."""

    old: Topic | None
    new: Topic | None
    renamed: bool = False
    before: tuple[Operation, ...] = ()
    after: tuple[Operation, ...] = ()

    @property
    def name(self) -> str:
        """Return the address as it is, or was."""
        topic = self.new or self.old
        return (topic.address or topic.key) if topic else ""

    @property
    def old_name(self) -> str:
        """Return the address as it was, or is."""
        topic = self.old or self.new
        return (topic.address or topic.key) if topic else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPair:
    """What a service does on a topic, on both sides or on one."""

    topic: TopicPair
    service: str
    action: str
    old: Operation | None
    new: Operation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What was proven of one direction, and the causes that came with the change rather than before it."""

    answer: Answer
    causes: tuple[Departure, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePair:
    """A message of a topic on both sides or on one.

    `forward` is what old subscribers meet from new publishers, `backward` what new subscribers meet from old
    publishers, `inward` what new subscribers meet from new publishers; all are None where nothing that matters
    changed.
    """

    topic: TopicPair
    old: Message | None
    new: Message | None
    renamed: bool = False
    fields: tuple[FieldChange, ...] = ()
    forward: Direction | None = None
    backward: Direction | None = None
    inward: Direction | None = None

    @property
    def name(self) -> str:
        """Return the name as it is, or was."""
        message = self.new or self.old
        return message.name if message else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two registries, and what is the same beside it."""

    old: Registry
    new: Registry
    topics: tuple[TopicPair, ...]
    operations: tuple[OperationPair, ...]
    messages: tuple[MessagePair, ...]
    by_topic: Mapping[str, tuple[OperationPair, ...]] = field(default_factory=dict, repr=False)

    def operations_of(self, topic: TopicPair) -> tuple[OperationPair, ...]:
        """Return the pairs of operations on a topic."""
        return self.by_topic.get(topic.name, ())
