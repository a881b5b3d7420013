"""Finds the wake word in what was said."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = re.compile(r"\b(?:hey |ok )?(tars|cars|stars)\b", re.IGNORECASE)
EXACT = "tars"


@dataclass(frozen=True)
class Call:
    """Somebody called: how sure that is."""

    confidence: float


def find_call(text: str) -> Call | None:
    """Return the call in a transcript; names that only sound like the robot's are less certain."""
    found = NAMES.search(text)
    if found is None:
        return None
    return Call(confidence=0.95 if found[1].lower() == EXACT else 0.55)
