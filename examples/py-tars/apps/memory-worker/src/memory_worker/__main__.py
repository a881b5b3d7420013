"""Run the memory: `python -m memory_worker`."""

from __future__ import annotations

import asyncio
import logging

import aiomqtt
from pydantic import BaseModel, ValidationError
from tars.contracts.envelope import Envelope, unseal
from tars.contracts.registry import resolve
from tars.contracts.v1 import (
    TOPIC_CHARACTER_GET,
    TOPIC_CHARACTER_RESULT,
    TOPIC_CHARACTER_UPDATE,
    TOPIC_STT_FINAL,
    TOPIC_SYSTEM_CHARACTER_CURRENT,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    TOPIC_TTS_SAY,
    CharacterGetRequest,
    CharacterResetTraits,
    CharacterTraitUpdate,
    FinalTranscript,
    HealthPing,
    MemoryQuery,
    TtsSay,
)
from tars.mqtt.connection import open_client, run, say_goodbye, stay_connected
from tars.mqtt.logs import about, configure

from memory_worker.character import Character
from memory_worker.config import MemoryConfig
from memory_worker.store import Store

SERVICE = "memory-worker"
HEALTH_TOPIC = TOPIC_SYSTEM_HEALTH_PREFIX + SERVICE

logger = logging.getLogger(__name__)


class MemoryWorker:
    """Listens to everything that is said, and answers questions about it."""

    def __init__(self, client: aiomqtt.Client, config: MemoryConfig, store: Store, character: Character) -> None:
        """Take what survives a loss of the broker from outside."""
        self.client = client
        self.config = config
        self.store = store
        self.character = character
        self.topics = (
            TOPIC_STT_FINAL,
            TOPIC_TTS_SAY,
            config.query_topic,
            TOPIC_CHARACTER_GET,
            TOPIC_CHARACTER_UPDATE,
        )

    async def serve(self) -> None:
        """Subscribe, publish the character, and take one message after the other."""
        for topic in self.topics:
            await self.client.subscribe(topic, qos=1)
        await self.publish_character()
        ready = HealthPing(ok=True, event="ready")
        await self.client.publish(HEALTH_TOPIC, ready.model_dump_json(), qos=1, retain=True)
        async for message in self.client.messages:
            topic = str(message.topic)
            try:
                await self.take(topic, bytes(message.payload))
            except ValidationError as error:
                logger.warning("skipped a malformed message", extra=about(topic, errors=error.error_count()))

    async def take(self, topic: str, payload: bytes) -> None:
        """Read a message by its topic."""
        if topic == TOPIC_STT_FINAL:
            transcript = unseal(payload, FinalTranscript)
            logger.info("received", extra=about(topic, transcript))
            self.store.keep(transcript.text, transcript.timestamp)
        elif topic == TOPIC_TTS_SAY:
            say = unseal(payload, TtsSay)
            logger.info("received", extra=about(topic, say))
            self.store.keep(say.text, say.timestamp)
        elif topic == self.config.query_topic:
            await self.on_query(unseal(payload, MemoryQuery))
        elif topic == TOPIC_CHARACTER_GET:
            await self.on_character_get(unseal(payload, CharacterGetRequest))
        elif topic == TOPIC_CHARACTER_UPDATE:
            await self.on_character_update(payload)

    async def on_query(self, query: MemoryQuery) -> None:
        """Search."""
        logger.info("received", extra=about(self.config.query_topic, query))
        results = self.store.search(query)
        await self.send(self.config.results_topic, results)

    async def on_character_get(self, question: CharacterGetRequest) -> None:
        """Answer with the character or a part of it."""
        logger.info("received", extra=about(TOPIC_CHARACTER_GET, question))
        answer = self.character.answer(question)
        await self.send(TOPIC_CHARACTER_RESULT, answer)

    async def on_character_update(self, payload: bytes) -> None:
        """Change, and let everybody know."""
        data = Envelope.model_validate_json(payload).data
        if "trait" in data:
            update = CharacterTraitUpdate.model_validate(data)
            logger.info("received", extra=about(TOPIC_CHARACTER_UPDATE, update))
            self.character.set_trait(update.trait, update.value)
        else:
            reset = CharacterResetTraits.model_validate(data)
            logger.info("received", extra=about(TOPIC_CHARACTER_UPDATE, reset))
            self.character.reset()
        await self.publish_character()

    async def publish_character(self) -> None:
        """Publish the character that holds, for those who come later as well."""
        await self.send(TOPIC_SYSTEM_CHARACTER_CURRENT, self.character.snapshot(), retain=True)

    async def send(self, topic: str, message: BaseModel, retain: bool = False) -> None:
        """Publish a message in an envelope."""
        event_type, _ = resolve(topic)
        envelope = Envelope(type=event_type, source=SERVICE, data=message.model_dump(mode="json"))
        await self.client.publish(topic, envelope.model_dump_json(), qos=1, retain=retain)
        logger.info("sent", extra=about(topic, message))


async def main() -> None:
    """Remember until the end."""
    config = MemoryConfig.from_env()
    store, character = Store(config.capacity), Character(config.character_file)

    async def session() -> None:
        async with open_client(SERVICE, HEALTH_TOPIC) as client:
            worker = MemoryWorker(client, config, store, character)
            try:
                await worker.serve()
            except asyncio.CancelledError:
                await say_goodbye(client, HEALTH_TOPIC, worker.topics)
                raise

    await stay_connected(session)


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
