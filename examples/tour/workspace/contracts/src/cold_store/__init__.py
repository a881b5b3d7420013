"""What the services of the cold store tell each other."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

TOPIC_READING = "store/reading"
TOPIC_STATUS = "store/status"
TOPIC_QUESTION = "store/question"
TOPIC_ANSWER = "store/answer"
TOPIC_ROLL_CALL = "store/roll_call"


class Message(BaseModel):
    """What all messages have in common."""

    model_config = ConfigDict(extra="forbid")


class Reading(Message):
    """A temperature, as it was measured."""

    number: int
    celsius: float


class Status(Message):
    """What the cooler does; the last word is kept for those who come later."""

    model_config = ConfigDict(extra="ignore")

    number: int
    state: Literal["idle", "cooling"]


class Question(Message):
    """Asks for the mean temperature."""

    request_id: str


class Answer(Message):
    """The mean temperature, for who asked."""

    request_id: str
    celsius: float


class RollCall(Message):
    """Every service says that it has heard all that came before."""

    number: int
