"""The form in which a topic is declared: one row that says all there is to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tars.contracts.message import Message


class Kind(StrEnum):
    """What a topic is for, which decides how its messages are delivered."""

    HEALTH = "health"
    """Whether a service is alive: QoS 1, retained."""
    STATE = "state"
    """A value of which late subscribers need the current one: QoS 1, retained."""
    COMMAND = "command"
    """An order: QoS 1, never retained, or it would be carried out again at the next start."""
    REQUEST = "request"
    """A question: QoS 1."""
    RESPONSE = "response"
    """The answer to one: QoS 1."""
    EVENT = "event"
    """A fact that must arrive: QoS 1."""
    STATUS = "status"
    """Progress that is only shown: QoS 0."""
    STREAM = "stream"
    """One of many that follow each other; losing one does no harm: QoS 0."""


class Wire(StrEnum):
    """How a message travels."""

    ENVELOPE = "envelope"
    """Inside an `Envelope`."""
    RAW = "raw"
    """As it is, for parties that have little memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Where the answer goes, which field of the question it repeats, and under which name if that differs."""

    topic: str
    field: str
    answer_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One topic: the models that travel on it, and what sender and receiver can rely on."""

    topic: str
    models: tuple[type[Message], ...]
    kind: Kind
    summary: str
    replies: tuple[Reply, ...] = ()
    correlation: tuple[str, ...]
    wire: Wire = Wire.ENVELOPE
