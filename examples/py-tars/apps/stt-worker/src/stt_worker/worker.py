"""What is heard becomes transcripts; what the robot itself is saying does not."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from tars.contracts.message import new_id
from tars.contracts.registry import EVENT_TYPE_STT_AUDIO_FFT, EVENT_TYPE_STT_FINAL, EVENT_TYPE_STT_PARTIAL
from tars.contracts.v1.stt import AudioFFTData, FinalTranscript, PartialTranscript
from tars.contracts.v1.tts import TtsSay, TtsStatus
from tars.contracts.v1.wake import WakeEvent, WakeMicCommand
from tars.mqtt import MQTTClient

from stt_worker.microphone import Microphone, spectrum
from stt_worker.settings import Settings

logger = logging.getLogger(__name__)


class SttWorker:
    """Listens while its ears are open."""

    def __init__(self, client: MQTTClient, settings: Settings, microphone: Microphone) -> None:
        """Start with open ears."""
        self.client = client
        self.settings = settings
        self.microphone = microphone
        self.own_words: deque[str] = deque(maxlen=4)
        self.open_ears = asyncio.Event()
        self.open_ears.set()
        self.reopening: asyncio.TimerHandle | None = None

    async def listen(self) -> None:
        """Recognise one utterance after the other."""
        while True:
            text = await self.microphone.hear()
            await self.open_ears.wait()
            if text in self.own_words:
                logger.info("heard myself")
            else:
                await self.recognise(text)

    async def recognise(self, text: str) -> None:
        """Publish what is understood word by word, and the whole at the end."""
        utt_id = f"utt-{new_id()[:8]}"
        words = text.split()
        for count in range(1, len(words)):
            guess = " ".join(words[:count])
            await self.publish_spectrum(guess)
            partial = PartialTranscript(text=guess, lang=self.settings.lang, confidence=0.6, utt_id=utt_id)
            await self.client.publish_event(EVENT_TYPE_STT_PARTIAL, partial, qos=0)
        final = FinalTranscript(text=text, lang=self.settings.lang, confidence=0.93, utt_id=utt_id)
        await self.client.publish_event(EVENT_TYPE_STT_FINAL, final, qos=1)

    async def publish_spectrum(self, text: str) -> None:
        """Publish how it sounded."""
        bands = spectrum(text, self.settings.bands)
        data = AudioFFTData(fft_data=bands, sample_rate=self.settings.sample_rate)
        await self.client.publish_event(EVENT_TYPE_STT_AUDIO_FFT, data, qos=0)

    async def on_say(self, message: TtsSay, _topic: str) -> None:
        """Remember what the robot is about to say, so as not to take it for an order."""
        self.own_words.append(message.text)

    async def on_status(self, message: TtsStatus, _topic: str) -> None:
        """Forget what was never said."""
        if message.event == "stopped" and message.text in self.own_words:
            self.own_words.remove(message.text)

    async def on_wake(self, message: WakeEvent, _topic: str) -> None:
        """Start afresh when somebody calls."""
        if message.type == "wake":
            self.own_words.clear()

    async def on_mic(self, message: WakeMicCommand, _topic: str) -> None:
        """Close the ears, for a while at most, or open them."""
        if self.reopening:
            self.reopening.cancel()
        if message.action == "unmute":
            self.open_ears.set()
            return
        self.open_ears.clear()
        if message.ttl_ms is not None:
            loop = asyncio.get_running_loop()
            self.reopening = loop.call_later(message.ttl_ms / 1000, self.open_ears.set)
