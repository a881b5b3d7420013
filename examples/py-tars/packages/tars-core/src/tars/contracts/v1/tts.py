"""Speaking: what to say, how it is going, and how to interrupt it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from tars.contracts.message import Message

TOPIC_TTS_SAY = "tts/say"
TOPIC_TTS_STATUS = "tts/status"
TOPIC_TTS_CONTROL = "tts/control"


class TtsSay(Message):
    """Say this aloud. Texts are spoken in the order of their arrival."""

    text: str = Field(description="The words to speak.", examples=["About one and a half billion kilometres."])
    voice: str | None = Field(
        default=None, description="Voice to speak with; without one, the robot's own.", examples=["tars-deep"]
    )
    lang: str | None = Field(default=None, description="Language of the text (ISO 639-1).", examples=["en"])
    utt_id: str | None = Field(default=None, description="The utterance that this answers.", examples=["utt-000042"])
    style: str | None = Field(default=None, description="Manner of speaking.", examples=["dry"])
    stt_ts: float | None = Field(
        default=None,
        description="Timestamp of the transcript that this answers: the time to first word is measured from it.",
        examples=[1735689600.25],
    )
    wake_ack: bool | None = Field(
        default=None, description="True for the short sound that confirms the wake word; microphones stay open."
    )
    system_announce: bool | None = Field(
        default=None, description="True for what the robot says on its own account, such as a low battery."
    )


class TtsStatus(Message):
    """What the voice is doing. Published at the start and the end of every text, and when it is interrupted."""

    event: Literal["speaking_start", "speaking_end", "paused", "resumed", "stopped"] = Field(
        description="What just happened."
    )
    text: str = Field(
        default="", description="The text it happened to.", examples=["About one and a half billion kilometres."]
    )
    utt_id: str | None = Field(
        default=None, description="The utterance that is being answered.", examples=["utt-000042"]
    )
    reason: str | None = Field(default=None, description="Why it was paused or stopped.", examples=["wake word"])
    wake_ack: bool | None = Field(default=None, description="As in the request to speak.")
    system_announce: bool | None = Field(default=None, description="As in the request to speak.")


class TtsControlCommand(Message):
    """Interrupt the voice, or let it go on."""

    action: Literal["pause", "resume", "stop", "mute", "unmute"] = Field(description="What to do.")
    reason: str | None = Field(default=None, description="Why, for the logs.", examples=["wake word"])
    utt_id: str | None = Field(
        default=None,
        description="Act only while this utterance is being answered; without one, act at once.",
        examples=["utt-000042"],
    )
