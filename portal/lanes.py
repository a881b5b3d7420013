"""Where requests wait for a thread: those that may wait long, until versions are compared, stand in nobody's way."""

from __future__ import annotations

from anyio import CapacityLimiter

VERSIONS = frozenset(("changes", "diff", "history"))
MARKED = frozenset(("", "index.html", "index.json", "index.md", "topics", "messages"))
MOST_VERSIONS, MOST_MARKED, MOST_OTHERS = 4, 8, 32


class Lanes:
    """Limits on how many requests are worked on at once, kept apart by the site and by what its pages need."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._lanes: dict[tuple[str, int], CapacityLimiter] = {}

    def lane(self, base: str, path: str) -> CapacityLimiter:
        """Return where a request for a path waits; `base` is the directory of its site, one of those that are shown."""
        first = path.partition("/")[0]
        most = MOST_VERSIONS if first in VERSIONS else MOST_MARKED if first in MARKED else MOST_OTHERS
        key = ("" if most == MOST_OTHERS else base, most)
        if key not in self._lanes:
            self._lanes[key] = CapacityLimiter(most)
        return self._lanes[key]
