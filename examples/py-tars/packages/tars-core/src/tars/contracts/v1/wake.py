"""Waking: the robot heard its name, or stopped waiting for an order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from tars.contracts.message import Message

TOPIC_WAKE_EVENT = "wake/event"
TOPIC_WAKE_MIC = "wake/mic"


class WakeEvent(Message):
    """The robot started or stopped to pay attention."""

    type: str = Field(description="What happened, for example `wake`, `timeout` or `interrupt`.", examples=["wake"])
    tts_id: str | None = Field(
        default=None,
        description="What the robot was saying when it was interrupted.",
        examples=["utt-000041"],
    )
    confidence: float | None = Field(
        default=None, ge=0.0, le=1.0, description="How sure the detector is; 1 is certain.", examples=[0.88]
    )
    energy: float | None = Field(default=None, ge=0.0, description="Loudness of the wake word.", examples=[0.034])
    cause: str | None = Field(default=None, description="What set it off.", examples=["wake word"])


class WakeMicCommand(Message):
    """Close or open the ears of speech recognition."""

    action: Literal["mute", "unmute"] = Field(description="What to do.")
    reason: str = Field(default="wake", description="Why, for the logs.", examples=["wake"])
    ttl_ms: int | None = Field(
        default=None,
        ge=0,
        description="Open the ears again after so many milliseconds, should no other order come.",
        examples=[5000],
    )
