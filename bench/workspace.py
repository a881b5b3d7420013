"""Contracts packages of any size to measure with, deterministic and as plain as most people write them."""

from __future__ import annotations

from pathlib import Path

IN_MODULE = 25

HEAD = '''"""Contracts of area {area}."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
'''

CONSTANT = 'TOPIC_{upper} = "area{area}/{name}/state"'

MODEL = '''

class {camel}(BaseModel):
    """State of {name}.

    Published to: area{area}/{name}/state
    """

    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(min_length=1, description="Unique for each message")
    timestamp: datetime
    source: str | None = None
    level: int = Field(0, ge=0, le=100)
    ratio: float = Field(0.5, ge=0.0, le=1.0)
    mode: Literal["auto", "manual", "off"] = "auto"
    tags: list[str] = Field(default_factory=list, max_length=16)
    readings: dict[str, float] = Field(default_factory=dict)
'''


def write(root: Path, models: int) -> str:
    """Write a package with `models` models, each on a topic of its own, below `root`; return its name."""
    package = root / "measured"
    package.mkdir()
    (package / "__init__.py").write_text('"""Contracts to measure with."""\n', encoding="utf-8")
    for start in range(0, models, IN_MODULE):
        numbers = range(start, min(start + IN_MODULE, models))
        area = start // IN_MODULE
        words = [{"area": area, "name": f"device{n}", "upper": f"DEVICE{n}", "camel": f"Device{n}"} for n in numbers]
        text = HEAD.format(area=area) + "\n" + "\n".join(CONSTANT.format(**word) for word in words) + "\n"
        text += "".join(MODEL.format(**word) for word in words)
        (package / f"area{area}.py").write_text(text, encoding="utf-8")
    return package.name
