"""Run wake word detection: `python -m wake_activation`."""

from __future__ import annotations

import asyncio
import logging

from tars.contracts.v1.stt import TOPIC_STT_FINAL
from tars.contracts.v1.tts import TOPIC_TTS_STATUS
from tars.mqtt.connection import open_client, run, say_goodbye, stay_connected
from tars.mqtt.logs import configure

from wake_activation.activation import SERVICE, TOPIC_HEALTH, Activation

logger = logging.getLogger(__name__)


async def session() -> None:
    """Serve until the broker or the process goes away."""
    async with open_client(SERVICE, TOPIC_HEALTH) as client:
        try:
            await Activation(client).serve()
        except asyncio.CancelledError:
            await say_goodbye(client, TOPIC_HEALTH, [TOPIC_STT_FINAL, TOPIC_TTS_STATUS])
            raise


if __name__ == "__main__":
    configure(SERVICE)
    run(stay_connected(session))
