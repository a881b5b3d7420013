"""Run the browser interface: `python -m ui_web`."""

from __future__ import annotations

import os

from tars.contracts.v1 import (
    TOPIC_CAMERA_FRAME,
    TOPIC_LLM_RESPONSE,
    TOPIC_LLM_STREAM,
    TOPIC_MEMORY_RESULTS,
    TOPIC_MOVEMENT_STATE,
    TOPIC_MOVEMENT_STATUS,
    TOPIC_STT_AUDIO_FFT,
    TOPIC_STT_FINAL,
    TOPIC_STT_PARTIAL,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    TOPIC_TTS_SAY,
    TOPIC_TTS_STATUS,
    AudioFFTData,
    CameraFrame,
    FinalTranscript,
    HealthPing,
    LLMResponse,
    LLMStreamDelta,
    MemoryResults,
    MovementState,
    MovementStatusUpdate,
    PartialTranscript,
    TtsSay,
    TtsStatus,
)
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from ui_web.pages import Pages
from ui_web.state import State

SERVICE = "ui-web"


async def main() -> None:
    """Serve until the end."""
    client = MQTTClient(SERVICE)
    state = State(client)
    pages = Pages(state, int(os.getenv("UI_WEB_PORT", "8080")))
    await client.run(
        Sub(TOPIC_STT_FINAL, FinalTranscript, state.on_transcript),
        Sub(TOPIC_STT_PARTIAL, PartialTranscript, state.on_other, qos=0),
        Sub(TOPIC_STT_AUDIO_FFT, AudioFFTData, state.on_spectrum, qos=0),
        Sub(TOPIC_TTS_SAY, TtsSay, state.on_say),
        Sub(TOPIC_TTS_STATUS, TtsStatus, state.on_other, qos=0),
        Sub(TOPIC_LLM_STREAM, LLMStreamDelta, state.on_piece, qos=0),
        Sub(TOPIC_LLM_RESPONSE, LLMResponse, state.on_response),
        Sub(TOPIC_MEMORY_RESULTS, MemoryResults, state.on_results),
        Sub(TOPIC_CAMERA_FRAME, CameraFrame, state.on_frame, qos=0),
        Sub(TOPIC_MOVEMENT_STATE, MovementState, state.on_other, qos=0),
        Sub(TOPIC_MOVEMENT_STATUS, MovementStatusUpdate, state.on_other, qos=0, raw=True),
        Sub(TOPIC_SYSTEM_HEALTH_PREFIX + "+", HealthPing, state.on_health, raw=True),
        jobs=(pages.serve,),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
