"""Settings of the worker, from the environment; topics can be redirected for a second robot on one broker."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tars.contracts.v1.llm import TOPIC_LLM_CANCEL, TOPIC_LLM_REQUEST, TOPIC_LLM_RESPONSE, TOPIC_LLM_STREAM


@dataclass(frozen=True)
class Topics:
    """Where requests come from and replies go."""

    request: str = field(default_factory=lambda: os.getenv("LLM_TOPIC_REQUEST", TOPIC_LLM_REQUEST))
    cancel: str = field(default_factory=lambda: os.getenv("LLM_TOPIC_CANCEL", TOPIC_LLM_CANCEL))
    response: str = field(default_factory=lambda: os.getenv("LLM_TOPIC_RESPONSE", TOPIC_LLM_RESPONSE))
    stream: str = field(default_factory=lambda: os.getenv("LLM_TOPIC_STREAM", TOPIC_LLM_STREAM))


@dataclass(frozen=True)
class Config:
    """How the worker thinks."""

    provider: str = field(default_factory=lambda: os.getenv("LLM_PROVIDER", "local"))
    model: str = field(default_factory=lambda: os.getenv("LLM_MODEL", "tars-rules"))
    seconds_per_word: float = field(default_factory=lambda: float(os.getenv("LLM_SECONDS_PER_WORD", "0.02")))
    answer_seconds: float = field(default_factory=lambda: float(os.getenv("LLM_ANSWER_SECONDS", "5")))
    rag: bool = field(default_factory=lambda: os.getenv("LLM_RAG", "on") == "on")
    topics: Topics = field(default_factory=Topics)
