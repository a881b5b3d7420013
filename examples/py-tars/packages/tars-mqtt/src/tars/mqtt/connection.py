"""Where the broker is, how a client is set up for it, and how long to wait before trying again."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import aiomqtt
from tars.contracts.v1.health import HealthPing

DEFAULT_URL = "mqtt://localhost:1883"
RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)


def open_client(service: str, health_topic: str | None, url: str | None = None) -> aiomqtt.Client:
    """Return a client, not yet connected; with a health topic, it leaves a last will there.

    The address is `url`, else MQTT_URL, else a broker on this machine.
    """
    parts = urlsplit(os.getenv("MQTT_URL", DEFAULT_URL) if url is None else url)
    will = None
    if health_topic:
        gone = HealthPing(ok=False, event="gone", err="connection lost")
        will = aiomqtt.Will(health_topic, gone.model_dump_json(), qos=1, retain=True)
    return aiomqtt.Client(
        hostname=parts.hostname or "localhost",
        port=parts.port or 1883,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        identifier=f"tars-{service}",
        will=will,
    )


async def say_goodbye(client: aiomqtt.Client, health_topic: str, subscribed: Iterable[str] = ()) -> None:
    """Stop listening and say that the service has ended; a broker that is gone needs no goodbye.

    In this order: a connection that is closed before everything is read looks like a crash to the broker.
    """
    with suppress(aiomqtt.MqttError):
        for topic in subscribed:
            await client.unsubscribe(topic)
        stopped = HealthPing(ok=False, event="stopped")
        await client.publish(health_topic, stopped.model_dump_json(), qos=1, retain=True)


async def stay_connected(session: Callable[[], Awaitable[None]]) -> None:
    """Run a session, and again whenever it loses the broker, until the process is told to end."""
    task = asyncio.current_task()
    assert task is not None
    for name in (signal.SIGINT, signal.SIGTERM):
        # A second signal must not cut off the farewell that the first one began.
        asyncio.get_running_loop().add_signal_handler(name, lambda: task.cancelling() or task.cancel())
    while True:
        try:
            await session()
        except* aiomqtt.MqttError as errors:
            logger.warning("broker lost", extra={"about": {"error": str(errors.exceptions[0])}})
        await asyncio.sleep(RETRY_SECONDS)


def run(main: Awaitable[None]) -> None:
    """Run a service until it is told to end, which is no failure."""

    async def ended() -> None:
        try:
            await main
        except asyncio.CancelledError:
            logger.info("stopped")

    asyncio.run(ended())
