"""How messages of a topic travel, in words that code and documents share: delivery, wire form, where answers go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Wire = Literal["raw", "envelope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """QoS (0, 1, 2) and retain flag as said or expected; None means not said."""

    qos: int | None = None
    retain: bool | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredReply:
    """Where an answer to a message goes and which fields tie it: `field` of the question → `answer_field`."""

    topic: str
    field: str = ""
    answer_field: str = ""
