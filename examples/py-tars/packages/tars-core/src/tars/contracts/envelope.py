"""The wrapping in which most messages travel: who sent what kind of message, around the message itself."""

from __future__ import annotations

import time
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from tars.contracts.message import Message, new_id

Model = TypeVar("Model", bound=BaseModel)


class Envelope(BaseModel):
    """A message with a label on it, so that logs and bridges can sort messages without knowing their models."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        default_factory=new_id,
        description="Identity of the envelope; a message that is sent again gets a new one.",
        examples=["c0a8012f6b7d4e2f9d1c3b5a7e9f1024"],
    )
    type: str = Field(description="Event type of the message inside.", examples=["stt.final"])
    ts: float = Field(
        default_factory=time.time,
        description="When the envelope was sealed, in seconds since 1970 (UTC).",
        examples=[1735689600.3],
    )
    source: str = Field(default="router", description="Name of the service that sealed it.", examples=["stt-worker"])
    data: dict[str, Any] = Field(description="The message, as its own model writes it.")


def seal(event_type: str, message: Message, source: str) -> Envelope:
    """Put a message into an envelope."""
    return Envelope(type=event_type, source=source, data=message.model_dump(mode="json"))


def unseal(payload: bytes | str, model: type[Model]) -> Model:
    """Return the message inside an envelope; raises ValidationError when either is malformed."""
    return model.model_validate(Envelope.model_validate_json(payload).data)
