"""Being alive: how each service says that it is there."""

from __future__ import annotations

from pydantic import Field
from tars.contracts.message import Message

TOPIC_SYSTEM_HEALTH_PREFIX = "system/health/"
"""Completed with the name of the service."""


class HealthPing(Message):
    """A service is up, in trouble or gone. The last one of each service is kept by the broker.

    Services leave a message with `ok` set to false as their last will, so a crash shows as well.
    """

    ok: bool = Field(description="Whether the service does its work.")
    event: str | None = Field(default=None, description="What made it say so.", examples=["ready"])
    err: str | None = Field(default=None, description="What is wrong, when something is.", examples=["no microphone"])
