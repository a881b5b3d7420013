"""Decides what a call means: attention while all is quiet, an interruption while the robot speaks."""

from __future__ import annotations

import logging

import aiomqtt
from pydantic import ValidationError
from tars.contracts.envelope import seal, unseal
from tars.contracts.registry import EVENT_TYPE_TTS_CONTROL, EVENT_TYPE_WAKE_EVENT, EVENT_TYPE_WAKE_MIC
from tars.contracts.v1.health import TOPIC_SYSTEM_HEALTH_PREFIX, HealthPing
from tars.contracts.v1.stt import TOPIC_STT_FINAL, FinalTranscript
from tars.contracts.v1.tts import TOPIC_TTS_CONTROL, TOPIC_TTS_STATUS, TtsControlCommand, TtsStatus
from tars.contracts.v1.wake import TOPIC_WAKE_EVENT, TOPIC_WAKE_MIC, WakeEvent, WakeMicCommand
from tars.mqtt.logs import about

from wake_activation.detector import find_call

SERVICE = "wake-activation"
TOPIC_HEALTH = f"{TOPIC_SYSTEM_HEALTH_PREFIX}{SERVICE}"
BEEP_MS = 150

logger = logging.getLogger(__name__)


class Activation:
    """Knows whether the robot is speaking, and about what."""

    def __init__(self, client: aiomqtt.Client) -> None:
        """Start in silence."""
        self.client = client
        self.speaking: str | None = None

    async def serve(self) -> None:
        """Subscribe, say that all is well, and take one message after the other."""
        await self.client.subscribe(TOPIC_STT_FINAL, qos=1)
        await self.client.subscribe(TOPIC_TTS_STATUS, qos=0)
        ready = HealthPing(ok=True, event="ready")
        await self.client.publish(TOPIC_HEALTH, ready.model_dump_json(), qos=1, retain=True)
        async for message in self.client.messages:
            try:
                await self.take(message.topic.value, bytes(message.payload))
            except ValidationError as error:
                logger.warning(
                    "skipped a malformed message", extra=about(str(message.topic), errors=error.error_count())
                )

    async def take(self, topic: str, payload: bytes) -> None:
        """Read a message by its topic."""
        if topic == TOPIC_STT_FINAL:
            await self.on_transcript(unseal(payload, FinalTranscript))
        elif topic == TOPIC_TTS_STATUS:
            self.on_status(unseal(payload, TtsStatus))

    def on_status(self, status: TtsStatus) -> None:
        """Keep in mind what is being said."""
        logger.info("received", extra=about(TOPIC_TTS_STATUS, status))
        self.speaking = status.utt_id if status.event in ("speaking_start", "resumed") else None

    async def on_transcript(self, transcript: FinalTranscript) -> None:
        """Act when the robot was called."""
        logger.info("received", extra=about(TOPIC_STT_FINAL, transcript))
        call = find_call(transcript.text)
        if call is None:
            return
        if self.speaking:
            await self.interrupt(self.speaking, call.confidence)
        else:
            await self.wake(call.confidence)

    async def wake(self, confidence: float) -> None:
        """Tell everybody, and keep the beep out of the transcript."""
        event = WakeEvent(type="wake", confidence=confidence, cause="wake word")
        await self.publish_event(event)
        mute = WakeMicCommand(action="mute", reason="beep", ttl_ms=BEEP_MS)
        sealed = seal(EVENT_TYPE_WAKE_MIC, mute, SERVICE)
        await self.client.publish(TOPIC_WAKE_MIC, sealed.model_dump_json(), qos=1, retain=False)
        logger.info("sent", extra=about(TOPIC_WAKE_MIC, mute))

    async def interrupt(self, utt_id: str, confidence: float) -> None:
        """Silence the voice."""
        command = TtsControlCommand(action="stop", reason="wake word", utt_id=utt_id)
        sealed = seal(EVENT_TYPE_TTS_CONTROL, command, SERVICE)
        await self.client.publish(TOPIC_TTS_CONTROL, sealed.model_dump_json(), qos=1)
        logger.info("sent", extra=about(TOPIC_TTS_CONTROL, command))
        event = WakeEvent(type="interrupt", tts_id=utt_id, confidence=confidence, cause="wake word")
        await self.publish_event(event)

    async def publish_event(self, event: WakeEvent) -> None:
        """Publish that the robot pays attention."""
        await self.client.publish(
            TOPIC_WAKE_EVENT, seal(EVENT_TYPE_WAKE_EVENT, event, SERVICE).model_dump_json(), qos=1
        )
        logger.info("sent", extra=about(TOPIC_WAKE_EVENT, event))
