"""Where requests wait for a thread: those that may wait long, until versions are compared, stand in nobody's way."""

from __future__ import annotations

from enum import Enum, unique

from anyio import CapacityLimiter


@unique
class Lane(Enum):
    """What making an answer may have to wait for; the value says how many are made at once."""

    VERSIONS = 4
    """Comparisons of any versions."""
    MARKED = 8
    """The comparison with the version before, of which it carries the marks."""
    PLAIN = 32
    """Nothing."""


class Lanes:
    """Limits on how many requests are worked on at once, kept apart by lane and, where they may wait, by site."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._limits: dict[tuple[str, Lane], CapacityLimiter] = {}

    def limit(self, base: str, lane: Lane) -> CapacityLimiter:
        """Return where a request waits; `base` is the directory of its site, one of those that are shown."""
        key = ("" if lane is Lane.PLAIN else base, lane)
        if key not in self._limits:
            self._limits[key] = CapacityLimiter(lane.value)
        return self._limits[key]
