"""The tools there are: what the language model is told of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tars.contracts.v1.llm import ToolSpec

CAMERA_CAPTURE = "camera_capture"
CLOCK = "clock"


def specifications() -> list[ToolSpec]:
    """Return the description of every tool."""
    return [
        _tool(CAMERA_CAPTURE, "Take a picture with the robot's camera.", {"purpose": {"type": "string"}}),
        _tool(CLOCK, "Tell date and time.", {}),
    ]


def read_clock() -> dict[str, Any]:
    """Return the time on the robot."""
    return {"summary": datetime.now().astimezone().isoformat(timespec="seconds")}


def _tool(name: str, description: str, properties: dict[str, Any]) -> ToolSpec:
    parameters = {"type": "object", "properties": properties}
    return ToolSpec(function={"name": name, "description": description, "parameters": parameters})
