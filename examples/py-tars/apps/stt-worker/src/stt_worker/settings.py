"""Settings of speech recognition, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """What can be set without touching the code."""

    lang: str = field(default_factory=lambda: os.getenv("STT_LANG", "en"))
    sample_rate: int = field(default_factory=lambda: int(os.getenv("STT_SAMPLE_RATE", "16000")))
    bands: int = 8
