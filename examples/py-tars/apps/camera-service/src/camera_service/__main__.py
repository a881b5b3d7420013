"""Run the camera: `python -m camera_service`."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import time
from urllib.parse import urlsplit

import aiomqtt
from pydantic import ValidationError
from tars.contracts import envelope
from tars.contracts.registry import EVENT_TYPE_CAMERA_FRAME, EVENT_TYPE_CAMERA_IMAGE
from tars.contracts.v1 import camera as contract
from tars.contracts.v1.health import TOPIC_SYSTEM_HEALTH_PREFIX, HealthPing
from tars.mqtt.connection import run, say_goodbye, stay_connected
from tars.mqtt.logs import about, configure

from camera_service.camera import Camera

SERVICE = "camera-service"
HEALTH = TOPIC_SYSTEM_HEALTH_PREFIX + SERVICE
FRAMES_PER_SECOND = float(os.getenv("CAMERA_FPS", "2"))

logger = logging.getLogger(__name__)
camera = Camera()


async def publish_frames(client: aiomqtt.Client) -> None:
    """Publish the live picture, as fast as set."""
    number = 0
    while True:
        picture = camera.take()
        frame = contract.CameraFrame(
            frame_data=base64.b64encode(picture.png()).decode(),
            format="png",
            width=picture.width,
            height=picture.height,
            frame_number=number,
            fps=FRAMES_PER_SECOND,
        )
        sealed = envelope.seal(EVENT_TYPE_CAMERA_FRAME, frame, SERVICE)
        await client.publish(contract.TOPIC_CAMERA_FRAME, sealed.model_dump_json(), qos=0, retain=False)
        number += 1
        await asyncio.sleep(1 / FRAMES_PER_SECOND)


def capture(request: contract.CameraCaptureRequest) -> contract.CameraImageResponse:
    """Take the picture that was asked for."""
    picture = camera.take(request.width, request.height)
    kind, data = picture.encode(request.format)
    return contract.CameraImageResponse(
        request_id=request.request_id,
        image_data=base64.b64encode(data).decode(),
        format="raw" if kind == "raw" else "png",
        width=picture.width,
        height=picture.height,
        size_bytes=len(data),
        purpose=request.purpose,
        capture_timestamp=time.time(),
    )


async def answer(client: aiomqtt.Client, payload: bytes) -> None:
    """Answer a request for a picture."""
    request = envelope.unseal(payload, contract.CameraCaptureRequest)
    logger.info("received", extra=about(contract.TOPIC_CAMERA_CAPTURE, request))
    image = capture(request)
    sealed = envelope.seal(EVENT_TYPE_CAMERA_IMAGE, image, SERVICE)
    await client.publish(contract.TOPIC_CAMERA_IMAGE, sealed.model_dump_json(), qos=1, retain=False)
    logger.info("sent", extra=about(contract.TOPIC_CAMERA_IMAGE, image))


async def serve(client: aiomqtt.Client) -> None:
    """Take one request after the other."""
    async for message in client.messages:
        try:
            await answer(client, bytes(message.payload))
        except ValidationError as error:
            logger.warning("skipped a malformed message", extra=about(str(message.topic), errors=error.error_count()))


async def session() -> None:
    """Serve until the broker or the process goes away."""
    broker = urlsplit(os.getenv("MQTT_URL", "mqtt://localhost:1883"))
    gone = HealthPing(ok=False, event="gone", err="connection lost")
    async with aiomqtt.Client(
        broker.hostname or "localhost",
        broker.port or 1883,
        username=broker.username,
        password=broker.password,
        identifier=f"tars-{SERVICE}",
        will=aiomqtt.Will(HEALTH, gone.model_dump_json(), qos=1, retain=True),
    ) as client:
        await client.subscribe(contract.TOPIC_CAMERA_CAPTURE, qos=1)
        await client.publish(HEALTH, HealthPing(ok=True, event="ready").model_dump_json(), qos=1, retain=True)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(publish_frames(client))
                group.create_task(serve(client))
        except asyncio.CancelledError:
            await say_goodbye(client, HEALTH, [contract.TOPIC_CAMERA_CAPTURE])
            raise


if __name__ == "__main__":
    configure(SERVICE)
    run(stay_connected(session))
