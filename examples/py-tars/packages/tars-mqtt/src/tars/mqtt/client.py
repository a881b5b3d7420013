"""The client that most services use: messages in, messages out, and the rest is taken care of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiomqtt
from pydantic import ValidationError
from tars.contracts.envelope import seal, unseal
from tars.contracts.message import Message
from tars.contracts.registry import REGISTRY
from tars.contracts.v1.health import TOPIC_SYSTEM_HEALTH_PREFIX, HealthPing
from tars.mqtt.connection import open_client, say_goodbye, stay_connected
from tars.mqtt.logs import about

HEALTH_SECONDS = 30.0

logger = logging.getLogger(__name__)

Handler = Callable[[Any, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sub:
    """A subscription: a topic or filter, the model (or models) on it, and who takes the message and its topic."""

    topic: str
    model: type[Message] | tuple[type[Message], ...]
    handler: Handler
    qos: int = 1
    raw: bool = False

    def read(self, payload: bytes) -> Message:
        """Return the message in a payload; raises ValidationError when no model fits."""
        models = self.model if isinstance(self.model, tuple) else (self.model,)
        for model in models[:-1]:
            try:
                return self._read(payload, model)
            except ValidationError:
                continue
        return self._read(payload, models[-1])

    def _read(self, payload: bytes, model: type[Message]) -> Message:
        return model.model_validate_json(payload) if self.raw else unseal(payload, model)


class MQTTClient:
    """The connection of one service: health and last will, subscriptions, envelopes and logs."""

    def __init__(self, service: str, *, url: str | None = None, enable_health: bool = True) -> None:
        """Name the service; with `enable_health`, whether it is alive is published retained."""
        self.service = service
        self.url = url
        self.enable_health = enable_health
        self.health_topic = TOPIC_SYSTEM_HEALTH_PREFIX + service
        self._client: aiomqtt.Client | None = None

    async def publish_event(self, event_type: str, message: Message, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message in an envelope on the topic of its event type."""
        topic = REGISTRY.topic_for(event_type)
        await self._send(topic, seal(event_type, message, self.service).model_dump_json(), message, qos, retain)

    async def publish(self, topic: str, message: Message, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message in an envelope."""
        sealed = seal(REGISTRY.event_type_for(topic), message, self.service)
        await self._send(topic, sealed.model_dump_json(), message, qos, retain)

    async def publish_raw(self, topic: str, message: Message, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message as it is."""
        await self._send(topic, message.model_dump_json(), message, qos, retain)

    async def _send(self, topic: str, payload: str, message: Message, qos: int, retain: bool) -> None:
        if self._client is None:
            raise aiomqtt.MqttError("not connected")
        await self._client.publish(topic, payload, qos=qos, retain=retain)
        logger.info("sent", extra=about(topic, message))

    async def run(self, *subscriptions: Sub, jobs: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = ()) -> None:
        """Subscribe, serve and run the jobs beside it; after a loss of the broker, again."""
        await stay_connected(lambda: self._session(subscriptions, jobs))

    async def _session(
        self, subscriptions: tuple[Sub, ...], jobs: tuple[Callable[[], Coroutine[Any, Any, None]], ...]
    ) -> None:
        async with open_client(self.service, self.health_topic if self.enable_health else None, self.url) as client:
            self._client = client
            for row in subscriptions:
                await client.subscribe(row.topic, qos=row.qos)
            try:
                async with asyncio.TaskGroup() as group:
                    if self.enable_health:
                        group.create_task(self._stay_healthy())
                    for job in jobs:
                        group.create_task(job())
                    await self._serve(client, subscriptions)
            except asyncio.CancelledError:
                if self.enable_health:
                    await say_goodbye(client, self.health_topic, [row.topic for row in subscriptions])
                raise
            finally:
                self._client = None

    async def _stay_healthy(self) -> None:
        await self._ping("ready")
        while True:
            await asyncio.sleep(HEALTH_SECONDS)
            await self._ping("alive")

    async def _ping(self, event: str) -> None:
        await self.publish_raw(self.health_topic, HealthPing(ok=True, event=event), qos=1, retain=True)

    async def _serve(self, client: aiomqtt.Client, subscriptions: tuple[Sub, ...]) -> None:
        async for incoming in client.messages:
            for row in subscriptions:
                if incoming.topic.matches(row.topic):
                    await self._take(row, str(incoming.topic), bytes(incoming.payload))

    async def _take(self, row: Sub, topic: str, payload: bytes) -> None:
        try:
            message = row.read(payload)
        except ValidationError as error:
            logger.warning("skipped a malformed message", extra=about(topic, errors=error.error_count()))
            return
        logger.info("received", extra=about(topic, message))
        try:
            await row.handler(message, topic)
        except aiomqtt.MqttError:
            raise
        except Exception:
            logger.exception("handler failed", extra=about(topic, message))
