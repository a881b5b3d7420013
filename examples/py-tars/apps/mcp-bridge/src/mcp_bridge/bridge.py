"""Runs tools: some at once, some by asking another service."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from tars.contracts.registry import (
    EVENT_TYPE_CAMERA_CAPTURE,
    EVENT_TYPE_LLM_TOOL_CALL_RESULT,
    EVENT_TYPE_LLM_TOOLS_REGISTRY,
)
from tars.contracts.v1.camera import CameraCaptureRequest, CameraImageResponse
from tars.contracts.v1.llm import ToolCallRequest, ToolCallResult, ToolsRegistry
from tars.mqtt import MQTTClient
from tars.mqtt.logs import about

from mcp_bridge.tools import CAMERA_CAPTURE, CLOCK, read_clock, specifications

logger = logging.getLogger(__name__)

CAPTURE_SECONDS = 5.0


@dataclass(frozen=True)
class OpenCall:
    """A tool call that waits for a picture, and the timer that ends its patience."""

    call: ToolCallRequest
    patience: asyncio.Task[None]


class Bridge:
    """Between the language model and whoever can do what it wants."""

    def __init__(self, client: MQTTClient) -> None:
        """Start without open calls."""
        self.client = client
        self.captures: dict[str, OpenCall] = {}

    async def offer(self) -> None:
        """Publish the tools there are."""
        await self.client.publish_event(
            EVENT_TYPE_LLM_TOOLS_REGISTRY, ToolsRegistry(tools=specifications()), qos=1, retain=True
        )

    async def on_call(self, call: ToolCallRequest, _topic: str) -> None:
        """Run a tool."""
        if call.name == CAMERA_CAPTURE:
            await self.capture(call)
        elif call.name == CLOCK:
            await self.give_back(ToolCallResult(call_id=call.call_id, result=read_clock(), utt_id=call.utt_id))
        else:
            error = f"there is no tool {call.name}"
            await self.give_back(ToolCallResult(call_id=call.call_id, error=error, utt_id=call.utt_id))

    async def capture(self, call: ToolCallRequest) -> None:
        """Ask the camera; its answer ends the call."""
        request = CameraCaptureRequest(purpose=str(call.arguments.get("purpose", "")) or None)
        patience = asyncio.create_task(self.give_up(request.request_id))
        self.captures[request.request_id] = OpenCall(call, patience)
        await self.client.publish_event(EVENT_TYPE_CAMERA_CAPTURE, request)

    async def give_up(self, request_id: str) -> None:
        """End a call whose picture does not come."""
        await asyncio.sleep(CAPTURE_SECONDS)
        waiting = self.captures.pop(request_id)
        call = waiting.call
        await self.give_back(ToolCallResult(call_id=call.call_id, error="no picture came", utt_id=call.utt_id))

    async def on_image(self, image: CameraImageResponse, topic: str) -> None:
        """Hand the picture to the call that waits for it."""
        waiting = self.captures.pop(image.request_id, None)
        if waiting is None:
            logger.info("nobody waits for this", extra=about(topic, image))
            return
        waiting.patience.cancel()
        call = waiting.call
        if not image.success:
            await self.give_back(ToolCallResult(call_id=call.call_id, error=image.error, utt_id=call.utt_id))
            return
        summary = f"a picture of {image.width} by {image.height} pixels"
        picture = {"summary": summary, "format": image.format, "image_data": image.image_data}
        await self.give_back(ToolCallResult(call_id=call.call_id, result=picture, utt_id=call.utt_id))

    async def give_back(self, result: ToolCallResult) -> None:
        """Publish what came of a call."""
        await self.client.publish_event(EVENT_TYPE_LLM_TOOL_CALL_RESULT, result)
