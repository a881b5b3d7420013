"""Questions to other services that wait for their answers."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Questions(Generic[Answer]):
    """Open questions by the identifier that their answers repeat."""

    def __init__(self) -> None:
        """Start without any."""
        self._open: dict[str, asyncio.Future[Answer]] = {}

    def ask(self, identifier: str) -> asyncio.Future[Answer]:
        """Return what will hold the answer."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[identifier] = future
        future.add_done_callback(lambda _: self._open.pop(identifier, None))
        return future

    def answer(self, identifier: str | None, answer: Answer) -> bool:
        """Hand an answer to whoever waits for it; say whether anybody does."""
        future = self._open.get(identifier or "")
        if future is None or future.done():
            return False
        future.set_result(answer)
        return True
