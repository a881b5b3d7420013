"""Run the movement service: `python -m movement_service`."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress

import aiomqtt
from pydantic import ValidationError
from tars.contracts.envelope import seal, unseal
from tars.contracts.registry import EVENT_TYPE_MOVEMENT_STATE
from tars.contracts.v1.health import HealthPing
from tars.contracts.v1.movement import (
    TOPIC_HEALTH_MOVEMENT_SERVICE,
    TOPIC_MOVEMENT_COMMAND,
    TOPIC_MOVEMENT_FRAME,
    TOPIC_MOVEMENT_STATE,
    TOPIC_MOVEMENT_STOP,
    EmergencyStopCommand,
    MovementCommand,
    MovementFrame,
    MovementState,
    MovementStateEvent,
)
from tars.mqtt.connection import open_client, run, say_goodbye, stay_connected
from tars.mqtt.logs import about, configure

from movement_service.gaits import frames

SERVICE = "movement-service"
SETTINGS = {
    "topics": {
        "command": TOPIC_MOVEMENT_COMMAND,
        "stop": TOPIC_MOVEMENT_STOP,
        "frame": os.getenv("MOVEMENT_TOPIC_FRAME", TOPIC_MOVEMENT_FRAME),
        "state": TOPIC_MOVEMENT_STATE,
    },
}
PACE = float(os.getenv("MOVEMENT_PACE", "1.0"))

logger = logging.getLogger(__name__)


class Mover:
    """Carries out one movement at a time; a new one replaces the one before."""

    def __init__(self, client: aiomqtt.Client) -> None:
        """Start at rest."""
        self.client = client
        self.topics = SETTINGS["topics"]
        self.moving: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Take one message after the other."""
        async for message in self.client.messages:
            topic, payload = str(message.topic), bytes(message.payload)
            try:
                if topic == self.topics["command"]:
                    self.on_command(unseal(payload, MovementCommand))
                elif topic == self.topics["stop"]:
                    self.on_stop(EmergencyStopCommand.model_validate_json(payload))
            except ValidationError as error:
                logger.warning("skipped a malformed message", extra=about(topic, errors=error.error_count()))

    def on_command(self, command: MovementCommand) -> None:
        """Begin a movement."""
        logger.info("received", extra=about(TOPIC_MOVEMENT_COMMAND, command))
        if self.moving:
            self.moving.cancel()
        self.moving = asyncio.create_task(self.move(command))

    def on_stop(self, stop: EmergencyStopCommand) -> None:
        """Send no more frames."""
        logger.info("received", extra=about(TOPIC_MOVEMENT_STOP, stop))
        if self.moving:
            self.moving.cancel()

    async def move(self, command: MovementCommand) -> None:
        """Send the frames of a movement, each when its time has come."""
        try:
            await self.report(command, MovementStateEvent.STARTED)
            for frame in frames(command):
                await self.send(frame)
                await self.report(command, MovementStateEvent.FRAME_SENT, frame.seq)
                await asyncio.sleep(PACE * (frame.duration_ms + frame.hold_ms) / 1000)
            await self.report(command, MovementStateEvent.COMPLETED)
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError):
                await self.report(command, MovementStateEvent.CANCELLED)
            raise

    async def send(self, frame: MovementFrame) -> None:
        """Send a frame; the controller has no memory to spare for envelopes."""
        await self.client.publish(self.topics["frame"], frame.model_dump_json(), qos=1)
        logger.info("sent", extra=about(TOPIC_MOVEMENT_FRAME, frame))

    async def report(self, command: MovementCommand, event: MovementStateEvent, seq: int | None = None) -> None:
        """Publish how a movement is going."""
        state = MovementState(id=command.id, event=event, seq=seq)
        sealed = seal(EVENT_TYPE_MOVEMENT_STATE, state, SERVICE)
        await self.client.publish(self.topics["state"], sealed.model_dump_json(), qos=0)
        logger.info("sent", extra=about(TOPIC_MOVEMENT_STATE, state))


async def session() -> None:
    """Serve until the broker or the process goes away."""
    async with open_client(SERVICE, TOPIC_HEALTH_MOVEMENT_SERVICE) as client:
        for name in ("command", "stop"):
            await client.subscribe(SETTINGS["topics"][name], qos=1)
        ready = HealthPing(ok=True, event="ready")
        await client.publish(TOPIC_HEALTH_MOVEMENT_SERVICE, ready.model_dump_json(), qos=1, retain=True)
        try:
            await Mover(client).serve()
        except asyncio.CancelledError:
            topics = SETTINGS["topics"]
            await say_goodbye(client, TOPIC_HEALTH_MOVEMENT_SERVICE, [topics["command"], topics["stop"]])
            raise


if __name__ == "__main__":
    configure(SERVICE)
    run(stay_connected(session))
