"""What was said, found again by the words that two texts share."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

from tars.contracts.v1.memory import MemoryQuery, MemoryResult, MemoryResults

COMMON = frozenset(
    {"a", "an", "and", "are", "at", "do", "i", "in", "is", "it", "me", "my", "of", "on", "or", "say", "said", "that"}
    | {"the", "to", "tell", "was", "what", "who", "you", "your"}
)


@dataclass(frozen=True)
class Memory:
    """One text, when it was said, and the words to find it by."""

    text: str
    at: float
    words: frozenset[str]


class Store:
    """The last so many memories."""

    def __init__(self, capacity: int) -> None:
        """Start empty."""
        self.memories: deque[Memory] = deque(maxlen=capacity)

    def keep(self, text: str, at: float) -> None:
        """Add a text, unless it was the last one already."""
        if not self.memories or self.memories[-1].text != text:
            self.memories.append(Memory(text, at, words(text)))

    def search(self, query: MemoryQuery) -> MemoryResults:
        """Return the memories that share most words with the query; the query's own text is none."""
        wanted = words(query.text)
        scored = [
            (len(memory.words & wanted) / len(wanted), memory)
            for memory in self.memories
            if wanted & memory.words and memory.text != query.text
        ]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].at))
        found: list[MemoryResult] = []
        total, truncated = 0, False
        for score, memory in scored[: query.top_k]:
            tokens = len(memory.text.split())
            if query.max_tokens is not None and total + tokens > query.max_tokens:
                truncated = True
                break
            total += tokens
            found.append(
                MemoryResult(
                    document=memory.text,
                    score=round(score, 3),
                    timestamp=datetime.fromtimestamp(memory.at, UTC).isoformat(),
                    token_count=tokens,
                )
            )
        return MemoryResults(
            request_id=query.request_id,
            query=query.text,
            k=query.top_k,
            results=found,
            total_tokens=total,
            strategy_used="words",
            truncated=truncated,
            utt_id=query.utt_id,
        )


def words(text: str) -> frozenset[str]:
    """Return the words that say what a text is about."""
    return frozenset(re.findall(r"[a-z]+", text.lower())) - COMMON
