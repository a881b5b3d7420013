"""Run the keeper of the configuration: `python -m config_manager`."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import aiomqtt
from tars.contracts.v1.health import TOPIC_SYSTEM_HEALTH_PREFIX, HealthPing
from tars.mqtt.connection import open_client, run, say_goodbye, stay_connected
from tars.mqtt.logs import about, configure

from config_manager.file import read

SERVICE = "config-manager"
HEALTH_TOPIC = f"{TOPIC_SYSTEM_HEALTH_PREFIX}{SERVICE}"
FILE = os.getenv("TARS_CONFIG")
LOOK_EVERY_SECONDS = 1.0

logger = logging.getLogger(__name__)


async def publish_health(client: aiomqtt.Client, ping: HealthPing) -> None:
    """Say how the configuration is."""
    await client.publish(HEALTH_TOPIC, ping.model_dump_json(), qos=1, retain=True)
    logger.info("sent", extra=about(HEALTH_TOPIC, ping))


async def watch(client: aiomqtt.Client) -> None:
    """Report whenever the file becomes readable or stops being so."""
    said: HealthPing | None = None
    while True:
        found = await asyncio.to_thread(read, Path(FILE) if FILE else None)
        ping = HealthPing(ok=found.error is None, event="ready" if said is None else "configuration", err=found.error)
        if said is None or (said.ok, said.err) != (ping.ok, ping.err):
            await publish_health(client, ping)
            said = ping
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def session() -> None:
    """Watch until the broker or the process goes away."""
    async with open_client(SERVICE, HEALTH_TOPIC) as client:
        try:
            await watch(client)
        except asyncio.CancelledError:
            await say_goodbye(client, HEALTH_TOPIC)
            raise


if __name__ == "__main__":
    configure(SERVICE)
    run(stay_connected(session))
