"""What a browser is shown: the last of everything, as plain data."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from tars.contracts.message import Message
from tars.contracts.v1 import (
    TOPIC_MEMORY_QUERY,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    AudioFFTData,
    CameraFrame,
    FinalTranscript,
    HealthPing,
    LLMResponse,
    LLMStreamDelta,
    MemoryQuery,
    MemoryResults,
    TtsSay,
)
from tars.mqtt import MQTTClient

SEARCH_SECONDS = 3.0


class State:
    """Collects messages until somebody looks."""

    def __init__(self, client: MQTTClient) -> None:
        """Start with nothing seen."""
        self.client = client
        self.last: dict[str, dict[str, Any]] = {}
        self.lines: deque[str] = deque(maxlen=50)
        self.typing = ""
        self.frames = 0
        self.services: dict[str, bool] = {}
        self.searches: dict[str, asyncio.Future[MemoryResults]] = {}

    async def on_transcript(self, transcript: FinalTranscript, _topic: str) -> None:
        """Add what was said to the conversation."""
        self.lines.append(f"you: {transcript.text}")

    async def on_piece(self, piece: LLMStreamDelta, _topic: str) -> None:
        """Show the reply as it is being written."""
        self.typing = "" if piece.done else self.typing + (piece.delta or "")

    async def on_response(self, response: LLMResponse, _topic: str) -> None:
        """Add the reply to the conversation."""
        self.lines.append(f"tars: {response.reply or response.error}")

    async def on_say(self, say: TtsSay, _topic: str) -> None:
        """Add what the robot says of its own accord."""
        if say.system_announce:
            self.lines.append(f"tars: {say.text}")

    async def on_frame(self, frame: CameraFrame, topic: str) -> None:
        """Keep the picture, and count."""
        self.frames += 1
        self.last[topic] = frame.model_dump(mode="json")

    async def on_spectrum(self, data: AudioFFTData, topic: str) -> None:
        """Keep the bars."""
        self.last[topic] = {"fft_data": data.fft_data}

    async def on_health(self, ping: HealthPing, topic: str) -> None:
        """Keep who is well."""
        self.services[topic.removeprefix(TOPIC_SYSTEM_HEALTH_PREFIX)] = ping.ok

    async def on_other(self, message: Message, topic: str) -> None:
        """Keep the last message of a topic."""
        self.last[topic] = message.model_dump(mode="json")

    async def on_results(self, results: MemoryResults, _topic: str) -> None:
        """Hand what memory found to whoever searched."""
        if waiting := self.searches.pop(results.request_id, None):
            waiting.set_result(results)

    async def search(self, text: str) -> dict[str, Any]:
        """Search the memory; raises TimeoutError when it does not answer."""
        query = MemoryQuery(text=text, top_k=10)
        waiting: asyncio.Future[MemoryResults] = asyncio.get_running_loop().create_future()
        self.searches[query.request_id] = waiting
        await self.client.publish(TOPIC_MEMORY_QUERY, query)
        results = await asyncio.wait_for(waiting, SEARCH_SECONDS)
        return results.model_dump(mode="json")

    def snapshot(self) -> dict[str, Any]:
        """Return everything as it is now."""
        return {
            "lines": list(self.lines),
            "typing": self.typing,
            "frames": self.frames,
            "services": self.services,
            "last": self.last,
        }
