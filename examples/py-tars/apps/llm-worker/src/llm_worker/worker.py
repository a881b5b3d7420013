"""Answers requests: remembers, asks tools, writes the reply and sends it as it comes and as a whole."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import aiomqtt
from tars.contracts.message import new_id
from tars.contracts.v1 import (
    TOPIC_CHARACTER_GET,
    TOPIC_CHARACTER_UPDATE,
    TOPIC_LLM_TOOL_CALL_REQUEST,
    TOPIC_MEMORY_QUERY,
    TOPIC_MOVEMENT_TEST,
    TOPIC_TTS_SAY,
    CharacterGetRequest,
    CharacterResetTraits,
    CharacterSection,
    CharacterSnapshot,
    CharacterTraitUpdate,
    LLMCancel,
    LLMRequest,
    LLMResponse,
    LLMStreamDelta,
    MemoryQuery,
    MemoryResults,
    TestMovementCommand,
    TestMovementRequest,
    ToolCallRequest,
    ToolCallResult,
    ToolsRegistry,
    TtsSay,
)
from tars.mqtt import MQTTClient
from tars.mqtt.logs import about

from llm_worker.config import Config
from llm_worker.model import Plan, pieces, think, write
from llm_worker.questions import Questions

logger = logging.getLogger(__name__)


class LlmWorker:
    """Works on several requests at a time, each in a task of its own."""

    def __init__(self, client: MQTTClient, config: Config) -> None:
        """Start without tools and without character; both are retained on the broker."""
        self.client = client
        self.config = config
        self.topics = config.topics
        self.tools: list[str] = []
        self.system_prompt = ""
        self.work: dict[str, asyncio.Task[None]] = {}
        self.searches: Questions[MemoryResults] = Questions()
        self.calls: Questions[ToolCallResult] = Questions()
        self.characters: Questions[CharacterSnapshot | CharacterSection] = Questions()

    async def on_request(self, request: LLMRequest, _topic: str) -> None:
        """Begin to work on a request."""
        task = asyncio.create_task(self.answer(request))
        self.work[request.id] = task
        task.add_done_callback(lambda _: self.work.pop(request.id, None))

    async def on_cancel(self, cancel: LLMCancel, topic: str) -> None:
        """Drop a request."""
        if task := self.work.get(cancel.id):
            task.cancel()
            logger.info("request dropped", extra=about(topic, cancel))

    async def on_tools(self, registry: ToolsRegistry, _topic: str) -> None:
        """Keep the names of the tools there are."""
        self.tools = [str(tool.function.get("name", "")) for tool in registry.tools]

    async def on_character(self, snapshot: CharacterSnapshot, _topic: str) -> None:
        """Think as the robot that it is."""
        self.system_prompt = snapshot.systemprompt or ""

    async def on_memories(self, results: MemoryResults, _topic: str) -> None:
        """Hand over what memory found."""
        self.searches.answer(results.request_id, results)

    async def on_tool_result(self, result: ToolCallResult, _topic: str) -> None:
        """Hand over what a tool gave back."""
        self.calls.answer(result.call_id, result)

    async def on_character_result(self, result: CharacterSnapshot | CharacterSection, _topic: str) -> None:
        """Hand over the part of the character that was asked for."""
        self.characters.answer(result.request_id, result)

    async def answer(self, request: LLMRequest) -> None:
        """Work on one request to its end, which is a response in any case."""
        try:
            reply = await self.compose(request)
            await self.stream(request, reply)
            await self.respond(request, reply=reply)
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError):
                await self.respond(request, error="cancelled")
            raise
        except TimeoutError:
            await self.respond(request, error="another service did not answer in time")
        except Exception:
            logger.exception("request failed", extra=about(self.topics.request, request))
            await self.respond(request, error="internal error")

    async def compose(self, request: LLMRequest) -> str:
        """Gather what the reply needs, and write it."""
        memories = await self.remember(request) if self.wants_memories(request) else []
        plan = think(request.text, self.tools)
        facts = {
            **(await self.call_tool(request, plan.tool, plan) if plan.tool else {}),
            **(await self.ask_character(plan.section) if plan.section else {}),
        }
        if plan.wave:
            await self.wave()
        await self.change_character(plan)
        return write(request.text, plan, facts, memories)

    def wants_memories(self, request: LLMRequest) -> bool:
        """Say whether to search the memory first."""
        return self.config.rag if request.use_rag is None else request.use_rag

    async def remember(self, request: LLMRequest) -> list[str]:
        """Search the memory."""
        query = MemoryQuery(text=request.text, top_k=request.rag_k or 5, utt_id=request.utt_id)
        waiting = self.searches.ask(query.request_id)
        await self.client.publish(TOPIC_MEMORY_QUERY, query)
        results = await asyncio.wait_for(waiting, self.config.answer_seconds)
        return [str(result.document) for result in results.results]

    async def call_tool(self, request: LLMRequest, name: str, plan: Plan) -> dict[str, str]:
        """Run a tool; what it says it saw is its result's `summary`."""
        await self.client.publish(TOPIC_TTS_SAY, TtsSay(text="Let me look.", utt_id=request.utt_id))
        call = ToolCallRequest(
            call_id=f"call-{new_id()[:8]}", name=name, arguments=dict(plan.arguments), utt_id=request.utt_id
        )
        waiting = self.calls.ask(call.call_id)
        await self.client.publish(TOPIC_LLM_TOOL_CALL_REQUEST, call)
        result = await asyncio.wait_for(waiting, self.config.answer_seconds)
        return {name: str(result.result.get("summary", "something"))} if result.result else {}

    async def ask_character(self, section: str) -> dict[str, str]:
        """Ask for a part of the robot's character."""
        question = CharacterGetRequest(section=section)
        waiting = self.characters.ask(question.request_id)
        await self.client.publish(TOPIC_CHARACTER_GET, question)
        answer = await asyncio.wait_for(waiting, self.config.answer_seconds)
        if isinstance(answer, CharacterSection) and isinstance(answer.value, dict):
            return {section: ", ".join(f"{name} {value}" for name, value in answer.value.items())}
        return {}

    async def change_character(self, plan: Plan) -> None:
        """Pass on a wish to be different."""
        if plan.trait:
            trait, value = plan.trait
            await self.client.publish(TOPIC_CHARACTER_UPDATE, CharacterTraitUpdate(trait=trait, value=value))
        if plan.reset:
            await self.client.publish(TOPIC_CHARACTER_UPDATE, CharacterResetTraits())

    async def wave(self) -> None:
        """Greet with the arm as well."""
        gesture = TestMovementRequest(command=TestMovementCommand.WAVE, request_id=new_id())
        await self.client.publish_raw(TOPIC_MOVEMENT_TEST, gesture)

    async def stream(self, request: LLMRequest, reply: str) -> None:
        """Send the reply piece by piece, the last one marked."""
        if not request.stream:
            return
        seq = 0
        for piece in pieces(reply):
            seq += 1
            await asyncio.sleep(self.config.seconds_per_word)
            await self.send_piece(request, seq, piece, done=False)
        await self.send_piece(request, seq + 1, "", done=True)

    async def send_piece(self, request: LLMRequest, seq: int, text: str, *, done: bool) -> None:
        """Send one piece."""
        piece = LLMStreamDelta(
            id=request.id,
            seq=seq,
            delta=text,
            done=done,
            provider=self.config.provider,
            model=self.config.model,
            utt_id=request.utt_id,
        )
        await self.client.publish(self.topics.stream, piece, qos=0)

    async def respond(self, request: LLMRequest, *, reply: str | None = None, error: str | None = None) -> None:
        """Send the whole reply, or why there is none."""
        response = LLMResponse(
            id=request.id,
            reply=reply,
            error=error,
            provider=self.config.provider,
            model=self.config.model,
            tokens={"completion": len((reply or "").split())},
            utt_id=request.utt_id,
        )
        await self.client.publish(self.topics.response, response)
