"""The configuration file of the robot: a table of settings for each service."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Configuration:
    """What the file says, or why it says nothing."""

    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    error: str | None = None


def read(file: Path | None) -> Configuration:
    """Read the file; without one, every service has its own defaults."""
    if file is None:
        return Configuration()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return Configuration(error=str(error))
    if wrong := [name for name, table in content.items() if not isinstance(table, dict)]:
        return Configuration(error=f"not a table: {', '.join(sorted(wrong))}")
    return Configuration(services=content)
