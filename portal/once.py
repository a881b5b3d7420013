"""Values that cost much, each made once however many threads ask at the same time, the least recently used dropped."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """At most `most` values by key; whoever asks for one that is being made waits for it. A failure is not kept."""

    def __init__(self, most: int) -> None:
        """Start empty."""
        self.most = most
        self._made: OrderedDict[Key, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many values are kept or being made."""
        return len(self._made)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made here when nobody has it or makes it; raises what making it raises."""
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
            else:
                mine = self._made[key] = Future()
                while len(self._made) > self.most:
                    self._made.popitem(last=False)
        return found.result() if found is not None else self._make(key, mine, make)

    def _make(self, key: Key, mine: Future[Value], make: Callable[[], Value]) -> Value:
        try:
            mine.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._made.get(key) is mine:
                    del self._made[key]
            mine.set_exception(error)
        return mine.result()


def once(make: Callable[[], Value]) -> Callable[[], Value]:
    """Return a function that calls another one when it is first called, and returns the same from then on."""
    kept: Once[None, Value] = Once(1)
    return lambda: kept.get(None, make)
