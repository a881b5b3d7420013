"""Hearing: what the robot understood, is about to understand, and how loud it was."""

from __future__ import annotations

from pydantic import Field
from tars.contracts.message import Message

TOPIC_STT_FINAL = "stt/final"
TOPIC_STT_PARTIAL = "stt/partial"
TOPIC_STT_AUDIO_FFT = "stt/audio_fft"


class FinalTranscript(Message):
    """One utterance, recognised to its end. Every conversation begins with this message."""

    text: str = Field(description="What was said.", examples=["How far is it to Saturn?"])
    lang: str = Field(default="en", description="Language that was recognised (ISO 639-1).", examples=["en"])
    confidence: float | None = Field(
        default=None, ge=0.0, le=1.0, description="How sure the recogniser is; 1 is certain.", examples=[0.93]
    )
    utt_id: str | None = Field(
        default=None,
        description="Names the utterance. All that follows from it carries the same value, down to the spoken reply.",
        examples=["utt-000042"],
    )
    is_final: bool = Field(default=True, description="Always true here; sets it apart from partial results in logs.")


class PartialTranscript(Message):
    """A guess at an utterance that is still going on; the next one replaces it."""

    text: str = Field(description="What has been understood so far.", examples=["how far is it to"])
    lang: str = Field(default="en", description="Language that was recognised (ISO 639-1).", examples=["en"])
    confidence: float | None = Field(
        default=None, ge=0.0, le=1.0, description="How sure the recogniser is; 1 is certain.", examples=[0.61]
    )
    utt_id: str | None = Field(
        default=None, description="The utterance that the final transcript will have.", examples=["utt-000042"]
    )
    is_final: bool = Field(default=False, description="Always false here.")


class AudioFFTData(Message):
    """The spectrum of the microphone at one moment, for the animated bars of the displays."""

    fft_data: list[float] = Field(
        description="Magnitude of each frequency band, low to high.", examples=[[0.02, 0.31, 0.77, 0.4, 0.08]]
    )
    sample_rate: int = Field(ge=1, description="Samples per second of the microphone.", examples=[16000])
