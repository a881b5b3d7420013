"""Run the bridge to the tools: `python -m mcp_bridge`."""

from __future__ import annotations

from tars.contracts.v1.camera import TOPIC_CAMERA_IMAGE, CameraImageResponse
from tars.contracts.v1.llm import TOPIC_LLM_TOOL_CALL_REQUEST, ToolCallRequest
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from mcp_bridge.bridge import Bridge

SERVICE = "mcp-bridge"


async def main() -> None:
    """Run tools until the end."""
    client = MQTTClient(SERVICE)
    bridge = Bridge(client)
    await client.run(
        Sub(TOPIC_LLM_TOOL_CALL_REQUEST, ToolCallRequest, bridge.on_call),
        Sub(TOPIC_CAMERA_IMAGE, CameraImageResponse, bridge.on_image),
        jobs=(bridge.offer,),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
