"""What all messages have in common: an identity, a moment, and no tolerance for unknown fields."""

from __future__ import annotations

import time
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


def new_id() -> str:
    """Return a fresh identifier: 32 hexadecimal digits."""
    return uuid4().hex


class Record(BaseModel):
    """A value inside a message. Fields that are not listed are refused."""

    model_config = ConfigDict(extra="forbid")


class Message(Record):
    """Something a service publishes."""

    message_id: str = Field(
        default_factory=new_id,
        description="Identity of this one message, never used twice.",
        examples=["5f0c4d2e9a7b4c1f8e3d6a5b2c9f0e1d"],
    )
    timestamp: float = Field(
        default_factory=time.time,
        description="When the message was made, in seconds since 1970 (UTC).",
        examples=[1735689600.25],
    )
