"""Values that code and documents share: delivery as said or expected, and reasons to believe a fact."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """QoS (0, 1, 2) and retain flag as said or expected; None means not said."""

    qos: int | None = None
    retain: bool | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason to believe a fact about a topic; `used` marks the one that won."""

    fact: str
    value: str
    by: str
    source: Source | None
    confidence: float
    used: bool
