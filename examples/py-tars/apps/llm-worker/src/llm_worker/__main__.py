"""Run the language model worker: `python -m llm_worker`."""

from __future__ import annotations

from tars.contracts.v1 import (
    TOPIC_CHARACTER_RESULT,
    TOPIC_LLM_TOOL_CALL_RESULT,
    TOPIC_LLM_TOOLS_REGISTRY,
    TOPIC_MEMORY_RESULTS,
    TOPIC_SYSTEM_CHARACTER_CURRENT,
    CharacterSection,
    CharacterSnapshot,
    LLMCancel,
    LLMRequest,
    MemoryResults,
    ToolCallResult,
    ToolsRegistry,
)
from tars.mqtt import MQTTClient, Sub
from tars.mqtt.connection import run
from tars.mqtt.logs import configure

from llm_worker.config import Config
from llm_worker.worker import LlmWorker

SERVICE = "llm-worker"


async def main() -> None:
    """Answer until the end."""
    config = Config()
    client = MQTTClient(SERVICE)
    worker = LlmWorker(client, config)
    await client.run(
        Sub(config.topics.request, LLMRequest, worker.on_request),
        Sub(config.topics.cancel, LLMCancel, worker.on_cancel),
        Sub(TOPIC_LLM_TOOLS_REGISTRY, ToolsRegistry, worker.on_tools),
        Sub(TOPIC_LLM_TOOL_CALL_RESULT, ToolCallResult, worker.on_tool_result),
        Sub(TOPIC_MEMORY_RESULTS, MemoryResults, worker.on_memories),
        Sub(TOPIC_CHARACTER_RESULT, (CharacterSnapshot, CharacterSection), worker.on_character_result),
        Sub(TOPIC_SYSTEM_CHARACTER_CURRENT, CharacterSnapshot, worker.on_character),
    )


if __name__ == "__main__":
    configure(SERVICE)
    run(main())
