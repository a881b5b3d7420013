"""How a topic is delivered, as far as anybody says it: by its senders, its receivers, or only by the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from asyncapi.delivery import Delivery
from asyncapi.view.registry import Operation, Topic

Origin = Literal["said", "subscribed", "expected", "unknown"]
GUARANTEES = {0: "at most once", 1: "at least once", 2: "exactly once"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFact:
    """A fact about delivery: the value in words, the values behind it, who says it, and whether policy differs."""

    text: str
    values: tuple[int, ...] = ()
    origin: Origin = "unknown"
    against_policy: bool = False

    @property
    def word(self) -> str:
        """Return the text with what must be added so that nobody takes an expectation for a fact."""
        notes = {"expected": " expected", "subscribed": " subscribed"}
        return self.text + notes.get(self.origin, "")


UNKNOWN = ShownFact(text="unknown")


def qos(topic: Topic, operations: Iterable[Operation]) -> ShownFact:
    """Return the QoS of a topic: what its senders say, else its receivers, else what is expected."""
    operations = tuple(operations)
    sent = _values(operation.delivery.qos for operation in operations if operation.action == "send")
    received = _values(operation.delivery.qos for operation in operations if operation.action == "receive")
    return _shown(sent, received, topic.expected.qos, str)


def retain(topic: Topic, operations: Iterable[Operation]) -> ShownFact:
    """Return whether messages of a topic are retained: what its senders say, else what is expected."""
    sent = _values(operation.delivery.retain for operation in operations if operation.action == "send")
    return _shown(sent, (), topic.expected.retain, _retained)


def _retained(value: int) -> str:
    return "yes" if value else "no"


def _values(values: Iterable[int | bool | None]) -> tuple[int, ...]:
    return tuple(sorted({int(value) for value in values if value is not None}))


def _shown(
    sent: tuple[int, ...], received: tuple[int, ...], expected: int | None, spell: Callable[[int], str]
) -> ShownFact:
    said = sent or received
    if said:
        return ShownFact(
            text=" / ".join(spell(value) for value in said),
            values=said,
            origin="said" if sent else "subscribed",
            against_policy=expected is not None and bool(sent) and sent != (int(expected),),
        )
    if expected is not None:
        return ShownFact(text=spell(int(expected)), values=(int(expected),), origin="expected")
    return UNKNOWN


def in_words(delivery: Delivery) -> str:
    """Return one delivery as words: `QoS 1, retained`; empty when nothing is said."""
    parts = []
    if delivery.qos is not None:
        parts.append(f"QoS {delivery.qos}")
    if delivery.retain is not None:
        parts.append("retained" if delivery.retain else "not retained")
    return ", ".join(parts)
