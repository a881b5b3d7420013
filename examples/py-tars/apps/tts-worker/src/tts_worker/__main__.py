"""Run the voice: `python -m tts_worker`."""

from __future__ import annotations

import os

from tars.contracts.v1.tts import TOPIC_TTS_CONTROL, TOPIC_TTS_SAY, TtsControlCommand, TtsSay
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from tts_worker.voice import Voice

SERVICE = "tts-worker"


async def main() -> None:
    """Speak until the end."""
    client = MQTTClient(SERVICE)
    voice = Voice(client, float(os.getenv("TTS_SECONDS_PER_WORD", "0.05")))
    await client.run(
        Sub(TOPIC_TTS_SAY, TtsSay, voice.on_say),
        Sub(TOPIC_TTS_CONTROL, TtsControlCommand, voice.on_control),
        jobs=(voice.speak,),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
