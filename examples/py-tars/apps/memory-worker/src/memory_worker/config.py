"""Settings of the memory, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tars.contracts.v1.memory import TOPIC_MEMORY_QUERY, TOPIC_MEMORY_RESULTS


@dataclass(frozen=True, kw_only=True)
class MemoryConfig:
    """Where memories come from and go to."""

    query_topic: str
    results_topic: str
    character_file: Path | None
    capacity: int

    @classmethod
    def from_env(cls) -> MemoryConfig:
        """Read the environment; all of it has defaults."""
        file = os.getenv("MEMORY_CHARACTER_FILE")
        return cls(
            query_topic=os.getenv("MEMORY_TOPIC_QUERY", TOPIC_MEMORY_QUERY),
            results_topic=os.getenv("MEMORY_TOPIC_RESULTS", TOPIC_MEMORY_RESULTS),
            character_file=Path(file) if file else None,
            capacity=int(os.getenv("MEMORY_CAPACITY", "1000")),
        )
