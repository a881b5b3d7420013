"""The voice: says one text after the other, and can be interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Literal

from tars.contracts.registry import EVENT_TYPE_TTS_STATUS
from tars.contracts.v1.tts import TtsControlCommand, TtsSay, TtsStatus
from tars.mqtt import MQTTClient
from tars.mqtt.logs import about

logger = logging.getLogger(__name__)

Event = Literal["speaking_start", "speaking_end", "paused", "resumed", "stopped"]


class Voice:
    """Says what is asked of it, in order; the loudspeaker of the bench is a pause per word."""

    def __init__(self, client: MQTTClient, seconds_per_word: float) -> None:
        """Start in silence."""
        self.client = client
        self.seconds_per_word = seconds_per_word
        self.waiting: deque[TtsSay] = deque()
        self.something = asyncio.Event()
        self.playing = asyncio.Event()
        self.playing.set()
        self.saying: TtsSay | None = None
        self.cut = False
        self.mute = False

    async def speak(self) -> None:
        """Say what waits, for ever."""
        while True:
            await self.something.wait()
            while self.waiting:
                self.saying = self.waiting.popleft()
                await self.say(self.saying)
                self.saying = None
            self.something.clear()

    async def say(self, message: TtsSay) -> None:
        """Say one text to its end, or until it is cut."""
        self.cut = False
        await self.report("speaking_start", message)
        for _ in message.text.split():
            await self.playing.wait()
            if self.cut:
                return
            await asyncio.sleep(0 if self.mute else self.seconds_per_word)
        await self.report("speaking_end", message)

    async def on_say(self, message: TtsSay, _topic: str) -> None:
        """Queue a text."""
        self.waiting.append(message)
        self.something.set()

    async def on_control(self, command: TtsControlCommand, topic: str) -> None:
        """Do as told, unless it was meant for another text."""
        saying = self.saying
        if saying is None or (command.utt_id and command.utt_id != saying.utt_id):
            logger.info("nothing to control", extra=about(topic, command))
        elif command.action == "pause":
            self.playing.clear()
            await self.report("paused", saying, command.reason)
        elif command.action == "resume":
            self.playing.set()
            await self.report("resumed", saying, command.reason)
        elif command.action == "stop":
            self.cut = True
            self.playing.set()
            await self.report("stopped", saying, command.reason)
        else:
            self.mute = command.action == "mute"

    async def report(self, event: Event, message: TtsSay, reason: str | None = None) -> None:
        """Publish what the voice is doing."""
        status = TtsStatus(
            event=event,
            text=message.text,
            utt_id=message.utt_id,
            reason=reason,
            wake_ack=message.wake_ack,
            system_announce=message.system_announce,
        )
        await self.client.publish_event(EVENT_TYPE_TTS_STATUS, status, qos=0)
