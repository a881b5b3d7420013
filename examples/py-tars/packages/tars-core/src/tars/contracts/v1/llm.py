"""Thinking: requests to the language model, its answers in one piece or as they come, and the tools it may call."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from tars.contracts.message import Message, Record

TOPIC_LLM_REQUEST = "llm/request"
TOPIC_LLM_RESPONSE = "llm/response"
TOPIC_LLM_STREAM = "llm/stream"
TOPIC_LLM_CANCEL = "llm/cancel"
TOPIC_LLM_TOOLS_REGISTRY = "llm/tools/registry"
TOPIC_LLM_TOOL_CALL_REQUEST = "llm/tool.call.request"
TOPIC_LLM_TOOL_CALL_RESULT = "llm/tool.call.result"


class ConversationMessage(Record):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"] = Field(description="Who spoke.")
    content: str = Field(description="What they said.", examples=["What is your humour setting?"])
    timestamp: float | None = Field(
        default=None, description="When they said it, in seconds since 1970.", examples=[1735689580.0]
    )


class LLMRequest(Message):
    """Ask the language model for a reply."""

    id: str = Field(description="Names the request; every part of the answer repeats it.", examples=["req-7f3a"])
    text: str = Field(description="What the user said.", examples=["How far is it to Saturn?"])
    stream: bool = Field(default=True, description="Send the reply in pieces as well, as it is being written.")
    use_rag: bool | None = Field(
        default=None, description="Search the memory first; without a value, the worker's own setting decides."
    )
    rag_k: int | None = Field(default=None, description="How many memories to use at most.", examples=[5])
    system: str | None = Field(
        default=None,
        description="System prompt instead of the one made from the robot's character.",
        examples=["Answer in one short sentence."],
    )
    params: dict[str, Any] | None = Field(
        default=None, description="Options for the provider, passed on as they are.", examples=[{"temperature": 0.4}]
    )
    conversation_history: list[ConversationMessage] | None = Field(
        default=None, description="Earlier turns, oldest first."
    )
    utt_id: str | None = Field(default=None, description="The utterance to answer.", examples=["utt-000042"])


class LLMResponse(Message):
    """The whole reply to a request, or the reason why there is none."""

    id: str = Field(description="The request that this answers.", examples=["req-7f3a"])
    reply: str | None = Field(
        default=None, description="The reply.", examples=["About one and a half billion kilometres."]
    )
    error: str | None = Field(
        default=None, description="What went wrong; then there is no reply.", examples=["provider did not answer"]
    )
    provider: str | None = Field(default=None, description="Who ran the model.", examples=["local"])
    model: str | None = Field(default=None, description="The model that wrote the reply.", examples=["tars-7b"])
    tokens: dict[str, Any] | None = Field(
        default=None, description="Tokens that were used.", examples=[{"prompt": 212, "completion": 14}]
    )
    utt_id: str | None = Field(default=None, description="The utterance that is answered.", examples=["utt-000042"])


class LLMStreamDelta(Message):
    """A piece of a reply that is still being written."""

    id: str = Field(description="The request that this answers.", examples=["req-7f3a"])
    seq: int | None = Field(
        default=None, description="Position of the piece, counted from 1; gaps show lost pieces.", examples=[3]
    )
    delta: str | None = Field(default=None, description="Text to append.", examples=["billion kilometres."])
    done: bool = Field(default=False, description="True on the last piece, which may be empty.")
    provider: str | None = Field(default=None, description="Who runs the model.", examples=["local"])
    model: str | None = Field(default=None, description="The model that writes the reply.", examples=["tars-7b"])
    utt_id: str | None = Field(default=None, description="The utterance that is answered.", examples=["utt-000042"])


class LLMCancel(Message):
    """Stop working on a request; nobody waits for its answer any more."""

    id: str = Field(description="The request to drop.", examples=["req-7f3a"])


class ToolSpec(Record):
    """A tool as the language model is told of it."""

    type: str = Field(default="function", description="Kind of tool; there is only one so far.")
    function: dict[str, Any] = Field(
        description="Name, description and JSON Schema of the parameters.",
        examples=[
            {
                "name": "camera_capture",
                "description": "Take a picture",
                "parameters": {"type": "object", "properties": {"purpose": {"type": "string"}}},
            }
        ],
    )


class ToolsRegistry(Message):
    """All the tools there are at the moment. The last one published is the one that holds."""

    tools: list[ToolSpec] = Field(description="The tools; an empty list takes all of them away.")


class ToolCallRequest(Message):
    """The language model wants a tool to be run."""

    call_id: str = Field(description="Names the call; its result repeats it.", examples=["call-19"])
    name: str = Field(description="The tool, by the name in the registry.", examples=["camera_capture"])
    arguments: dict[str, Any] = Field(
        description="Arguments as the tool's schema asks for them.", examples=[{"purpose": "look around"}]
    )
    utt_id: str | None = Field(default=None, description="The utterance that led to the call.", examples=["utt-000042"])


class ToolCallResult(Message):
    """What a tool gave back, or why it failed."""

    call_id: str = Field(description="The call that this answers.", examples=["call-19"])
    result: dict[str, Any] | None = Field(
        default=None, description="What the tool returned.", examples=[{"width": 640, "height": 480}]
    )
    error: str | None = Field(
        default=None, description="What went wrong; then there is no result.", examples=["camera is busy"]
    )
    utt_id: str | None = Field(default=None, description="The utterance that led to the call.", examples=["utt-000042"])
