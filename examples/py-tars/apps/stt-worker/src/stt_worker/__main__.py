"""Run speech recognition: `python -m stt_worker`."""

from __future__ import annotations

from tars.contracts.v1 import (
    TOPIC_TTS_SAY,
    TOPIC_TTS_STATUS,
    TOPIC_WAKE_EVENT,
    TOPIC_WAKE_MIC,
    TtsSay,
    TtsStatus,
    WakeEvent,
    WakeMicCommand,
)
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from stt_worker.microphone import Microphone
from stt_worker.settings import Settings
from stt_worker.worker import SttWorker

SERVICE = "stt-worker"


async def main() -> None:
    """Listen until the end."""
    microphone = Microphone()
    await microphone.open()
    client = MQTTClient(SERVICE)
    worker = SttWorker(client, Settings(), microphone)
    await client.run(
        Sub(TOPIC_TTS_SAY, TtsSay, worker.on_say),
        Sub(TOPIC_TTS_STATUS, TtsStatus, worker.on_status, qos=0),
        Sub(TOPIC_WAKE_EVENT, WakeEvent, worker.on_wake),
        Sub(TOPIC_WAKE_MIC, WakeMicCommand, worker.on_mic),
        jobs=(worker.listen,),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
