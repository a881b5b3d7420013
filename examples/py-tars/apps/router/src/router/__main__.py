"""Run the router: `python -m router`."""

from __future__ import annotations

from tars.contracts.v1 import (
    TOPIC_LLM_RESPONSE,
    TOPIC_LLM_STREAM,
    TOPIC_MOVEMENT_STATUS,
    TOPIC_STT_FINAL,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    TOPIC_TTS_STATUS,
    TOPIC_WAKE_EVENT,
    FinalTranscript,
    HealthPing,
    LLMResponse,
    LLMStreamDelta,
    MovementStatusUpdate,
    TtsStatus,
    WakeEvent,
)
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from router.conversation import Conversation
from router.roll_call import RollCall

SERVICE = "router"


async def main() -> None:
    """Route until the end."""
    client = MQTTClient(SERVICE)
    conversation = Conversation(client)
    await client.run(
        Sub(TOPIC_STT_FINAL, FinalTranscript, conversation.on_transcript),
        Sub(TOPIC_WAKE_EVENT, WakeEvent, conversation.on_wake),
        Sub(TOPIC_LLM_STREAM, LLMStreamDelta, conversation.on_stream, qos=0),
        Sub(TOPIC_LLM_RESPONSE, LLMResponse, conversation.on_response),
        Sub(TOPIC_TTS_STATUS, TtsStatus, conversation.on_tts_status, qos=0),
        Sub(TOPIC_MOVEMENT_STATUS, MovementStatusUpdate, conversation.on_movement_status, qos=0, raw=True),
        Sub(f"{TOPIC_SYSTEM_HEALTH_PREFIX}+", HealthPing, RollCall().on_health, raw=True),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
