"""Finished answers, kept: rendered on first request, compressed once, the least recently used dropped."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_WORTH_IT = 512  # bytes; smaller bodies fit into one packet anyhow


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent for an address: bytes, compressed bytes (empty when not worth it), type, tag and more headers."""

    raw: bytes
    gzipped: bytes
    content_type: str
    etag: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200

    @property
    def size(self) -> int:
        """Bytes this takes in memory, roughly."""
        return len(self.raw) + len(self.gzipped) + 400


def body(
    raw: bytes, content_type: str, *, headers: tuple[tuple[str, str], ...] = (), status: int = 200, level: int = 6
) -> Body:
    """Return a body with its compressed form and a tag made from its content."""
    gzipped = gzip.compress(raw, level, mtime=0) if len(raw) >= _WORTH_IT else b""
    return Body(
        raw=raw,
        gzipped=gzipped if len(gzipped) < len(raw) else b"",
        content_type=content_type,
        etag=hashlib.sha256(raw).hexdigest()[:20],
        headers=headers,
        status=status,
    )


class Cache:
    """Bodies by key up to `limit` bytes; asks `make` for a missing one. Safe to use from several threads."""

    def __init__(self, limit: int = 64 * 1024 * 1024) -> None:
        """Start empty."""
        self.limit = limit
        self.size = 0
        self._bodies: OrderedDict[str, Body] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Body | None:
        """Return the body kept under this key and remember that it was used."""
        found = self._bodies.get(key)
        if found is not None:
            with self._lock:
                if key in self._bodies:
                    self._bodies.move_to_end(key)
        return found

    def get_or_make(self, key: str, make: Callable[[], Body]) -> Body:
        """Return the body kept under this key, made first when it is missing."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def put(self, key: str, value: Body) -> None:
        """Keep a body and drop the least recently used when it gets too much; one that is too large is not kept."""
        if value.size > self.limit:
            return
        with self._lock:
            old = self._bodies.pop(key, None)
            self.size += value.size - (old.size if old else 0)
            self._bodies[key] = value
            while self.size > self.limit:
                self.size -= self._bodies.popitem(last=False)[1].size
