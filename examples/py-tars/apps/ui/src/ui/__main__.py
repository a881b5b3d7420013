"""Run the display: `python -m ui`."""

from __future__ import annotations

import asyncio
import logging

import aiomqtt
from pydantic import ValidationError
from tars.contracts.envelope import unseal
from tars.contracts.v1 import (
    TOPIC_LLM_RESPONSE,
    TOPIC_STT_AUDIO_FFT,
    TOPIC_STT_FINAL,
    TOPIC_STT_PARTIAL,
    TOPIC_SYSTEM_CHARACTER_CURRENT,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    TOPIC_TTS_STATUS,
    TOPIC_WAKE_EVENT,
    AudioFFTData,
    CharacterSnapshot,
    FinalTranscript,
    HealthPing,
    LLMResponse,
    PartialTranscript,
    TtsStatus,
    WakeEvent,
)
from tars.mqtt.connection import open_client, run, say_goodbye, stay_connected
from tars.mqtt.logs import about, configure

from ui.screen import Screen

SERVICE = "ui"
TOPIC_HEALTH = TOPIC_SYSTEM_HEALTH_PREFIX + SERVICE
ALL_HEALTH = TOPIC_SYSTEM_HEALTH_PREFIX + "+"

logger = logging.getLogger(__name__)


def subscriptions() -> list[tuple[str, int]]:
    """Return what the display listens to: all that happens, and the streams without insisting."""
    wanted = [(topic, 1) for topic in (TOPIC_STT_FINAL, TOPIC_LLM_RESPONSE, TOPIC_WAKE_EVENT)]
    for topic in (TOPIC_STT_PARTIAL, TOPIC_STT_AUDIO_FFT, TOPIC_TTS_STATUS):
        wanted.append((topic, 0))
    wanted.append((TOPIC_SYSTEM_CHARACTER_CURRENT, 1))
    wanted.append((ALL_HEALTH, 1))
    return wanted


def draw(screen: Screen, topic: str, payload: bytes) -> None:
    """Show one message; raises ValidationError when it is malformed."""
    if topic == TOPIC_STT_FINAL:
        screen.on_transcript(unseal(payload, FinalTranscript), topic)
    elif topic == TOPIC_STT_PARTIAL:
        screen.on_partial(unseal(payload, PartialTranscript), topic)
    elif topic == TOPIC_STT_AUDIO_FFT:
        screen.on_spectrum(unseal(payload, AudioFFTData), topic)
    elif topic == TOPIC_LLM_RESPONSE:
        screen.on_response(unseal(payload, LLMResponse), topic)
    elif topic == TOPIC_TTS_STATUS:
        screen.on_tts_status(unseal(payload, TtsStatus), topic)
    elif topic == TOPIC_WAKE_EVENT:
        screen.on_wake(unseal(payload, WakeEvent), topic)
    elif topic == TOPIC_SYSTEM_CHARACTER_CURRENT:
        screen.on_character(unseal(payload, CharacterSnapshot), topic)
    elif topic.startswith(TOPIC_SYSTEM_HEALTH_PREFIX):
        screen.on_health(HealthPing.model_validate_json(payload), topic)


async def serve(client: aiomqtt.Client) -> None:
    """Show one message after the other."""
    screen = Screen()
    for topic, qos in subscriptions():
        await client.subscribe(topic, qos=qos)
    await client.publish(TOPIC_HEALTH, HealthPing(ok=True, event="ready").model_dump_json(), qos=1, retain=True)
    async for message in client.messages:
        topic = str(message.topic)
        try:
            draw(screen, topic, bytes(message.payload))
        except ValidationError as error:
            logger.warning("skipped a malformed message", extra=about(topic, errors=error.error_count()))


async def session() -> None:
    """Serve until the broker or the process goes away."""
    async with open_client(SERVICE, TOPIC_HEALTH) as client:
        try:
            await serve(client)
        except asyncio.CancelledError:
            await say_goodbye(client, TOPIC_HEALTH, [topic for topic, _ in subscriptions()])
            raise


if __name__ == "__main__":
    configure(SERVICE)
    run(stay_connected(session))
