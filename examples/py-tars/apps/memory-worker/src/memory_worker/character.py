"""The robot's character: read from a file once, changed by wishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tars.contracts.v1.memory import CharacterGetRequest, CharacterSection, CharacterSnapshot

DEFAULT: dict[str, Any] = {
    "name": "TARS",
    "description": "A former marine robot with a dry wit.",
    "systemprompt": "You are TARS. Be brief, and honest to ninety percent.",
    "traits": {"humour": 75, "honesty": 90, "patience": 60},
    "voice": {"voice": "tars-deep", "speed": 1.0},
}


class Character:
    """What the robot is like."""

    def __init__(self, file: Path | None = None) -> None:
        """Read the file; without one, be the usual robot."""
        self.original: dict[str, Any] = json.loads(file.read_text()) if file else DEFAULT
        self.traits: dict[str, Any] = dict(self.original.get("traits", {}))

    def set_trait(self, trait: str, value: int) -> None:
        """Make one trait weaker or stronger."""
        self.traits[trait] = value

    def reset(self) -> None:
        """Set all traits back."""
        self.traits = dict(self.original.get("traits", {}))

    def snapshot(self, request_id: str | None = None) -> CharacterSnapshot:
        """Return all of it."""
        return CharacterSnapshot.model_validate({**self.original, "traits": self.traits, "request_id": request_id})

    def answer(self, question: CharacterGetRequest) -> CharacterSnapshot | CharacterSection:
        """Return what was asked for."""
        if question.section is None:
            return self.snapshot(question.request_id)
        value = self.snapshot().model_dump().get(question.section)
        return CharacterSection(
            request_id=question.request_id,
            section=question.section,
            value=value if isinstance(value, dict | str) else None,
        )
