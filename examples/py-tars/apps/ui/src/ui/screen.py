"""The display of the robot: a line for every change, on the terminal of the bench."""

from __future__ import annotations

import sys

from tars.contracts.v1 import (
    TOPIC_SYSTEM_HEALTH_PREFIX,
    AudioFFTData,
    CharacterSnapshot,
    FinalTranscript,
    HealthPing,
    LLMResponse,
    PartialTranscript,
    TtsStatus,
    WakeEvent,
)

BARS = " ▁▂▃▄▅▆▇█"


class Screen:
    """Shows what is said, heard and felt."""

    def __init__(self) -> None:
        """Start empty."""
        self.name = "TARS"
        self.bars = ""

    def show(self, text: str) -> None:
        """Print a line."""
        print(text, file=sys.stdout, flush=True)

    def on_transcript(self, transcript: FinalTranscript, _topic: str) -> None:
        """Show what was said."""
        self.show(f"you: {transcript.text}")

    def on_partial(self, partial: PartialTranscript, _topic: str) -> None:
        """Show what is being said."""
        self.show(f"you … {partial.text} {self.bars}")

    def on_spectrum(self, data: AudioFFTData, _topic: str) -> None:
        """Keep the bars for the next line."""
        self.bars = "".join(BARS[min(int(abs(value) * 8), 8)] for value in data.fft_data)

    def on_response(self, response: LLMResponse, _topic: str) -> None:
        """Show the reply."""
        self.show(f"{self.name}: {response.reply or response.error}")

    def on_tts_status(self, status: TtsStatus, _topic: str) -> None:
        """Show what the voice is doing."""
        self.show(f"({status.event.replace('_', ' ')})")

    def on_wake(self, event: WakeEvent, _topic: str) -> None:
        """Show that the robot pays attention."""
        self.show(f"({event.type})")

    def on_character(self, snapshot: CharacterSnapshot, _topic: str) -> None:
        """Take over the robot's name."""
        self.name = snapshot.name

    def on_health(self, ping: HealthPing, topic: str) -> None:
        """Show who is well and who is not."""
        service = topic.removeprefix(TOPIC_SYSTEM_HEALTH_PREFIX)
        self.show(f"{'+' if ping.ok else '-'} {service} {ping.err or ping.event or ''}")
