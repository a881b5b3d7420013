"""Names of events for those who think in events: `stt.final` is what travels on `stt/final`, and back."""

from __future__ import annotations

from collections.abc import Mapping

from tars.contracts.v1 import (
    TOPIC_CAMERA_CAPTURE,
    TOPIC_CAMERA_FRAME,
    TOPIC_CAMERA_IMAGE,
    TOPIC_CHARACTER_GET,
    TOPIC_CHARACTER_RESULT,
    TOPIC_CHARACTER_UPDATE,
    TOPIC_LLM_CANCEL,
    TOPIC_LLM_REQUEST,
    TOPIC_LLM_RESPONSE,
    TOPIC_LLM_STREAM,
    TOPIC_LLM_TOOL_CALL_REQUEST,
    TOPIC_LLM_TOOL_CALL_RESULT,
    TOPIC_LLM_TOOLS_REGISTRY,
    TOPIC_MEMORY_QUERY,
    TOPIC_MEMORY_RESULTS,
    TOPIC_MOVEMENT_COMMAND,
    TOPIC_MOVEMENT_STATE,
    TOPIC_STT_AUDIO_FFT,
    TOPIC_STT_FINAL,
    TOPIC_STT_PARTIAL,
    TOPIC_SYSTEM_CHARACTER_CURRENT,
    TOPIC_TTS_CONTROL,
    TOPIC_TTS_SAY,
    TOPIC_TTS_STATUS,
    TOPIC_WAKE_EVENT,
    TOPIC_WAKE_MIC,
)

EVENT_TYPE_STT_FINAL = "stt.final"
EVENT_TYPE_STT_PARTIAL = "stt.partial"
EVENT_TYPE_STT_AUDIO_FFT = "stt.audio_fft"
EVENT_TYPE_TTS_SAY = "tts.say"
EVENT_TYPE_TTS_STATUS = "tts.status"
EVENT_TYPE_TTS_CONTROL = "tts.control"
EVENT_TYPE_LLM_REQUEST = "llm.request"
EVENT_TYPE_LLM_RESPONSE = "llm.response"
EVENT_TYPE_LLM_STREAM = "llm.stream"
EVENT_TYPE_LLM_CANCEL = "llm.cancel"
EVENT_TYPE_LLM_TOOLS_REGISTRY = "llm.tools.registry"
EVENT_TYPE_LLM_TOOL_CALL_REQUEST = "llm.tool.call.request"
EVENT_TYPE_LLM_TOOL_CALL_RESULT = "llm.tool.call.result"
EVENT_TYPE_MEMORY_QUERY = "memory.query"
EVENT_TYPE_MEMORY_RESULTS = "memory.results"
EVENT_TYPE_CHARACTER_GET = "character.get"
EVENT_TYPE_CHARACTER_RESULT = "character.result"
EVENT_TYPE_CHARACTER_UPDATE = "character.update"
EVENT_TYPE_SYSTEM_CHARACTER_CURRENT = "system.character.current"
EVENT_TYPE_WAKE_EVENT = "wake.event"
EVENT_TYPE_WAKE_MIC = "wake.mic"
EVENT_TYPE_CAMERA_CAPTURE = "camera.capture"
EVENT_TYPE_CAMERA_IMAGE = "camera.image"
EVENT_TYPE_CAMERA_FRAME = "camera.frame"
EVENT_TYPE_MOVEMENT_COMMAND = "movement.command"
EVENT_TYPE_MOVEMENT_STATE = "movement.state"

EVENT_TYPES: Mapping[str, str] = {
    EVENT_TYPE_STT_FINAL: TOPIC_STT_FINAL,
    EVENT_TYPE_STT_PARTIAL: TOPIC_STT_PARTIAL,
    EVENT_TYPE_STT_AUDIO_FFT: TOPIC_STT_AUDIO_FFT,
    EVENT_TYPE_TTS_SAY: TOPIC_TTS_SAY,
    EVENT_TYPE_TTS_STATUS: TOPIC_TTS_STATUS,
    EVENT_TYPE_TTS_CONTROL: TOPIC_TTS_CONTROL,
    EVENT_TYPE_LLM_REQUEST: TOPIC_LLM_REQUEST,
    EVENT_TYPE_LLM_RESPONSE: TOPIC_LLM_RESPONSE,
    EVENT_TYPE_LLM_STREAM: TOPIC_LLM_STREAM,
    EVENT_TYPE_LLM_CANCEL: TOPIC_LLM_CANCEL,
    EVENT_TYPE_LLM_TOOLS_REGISTRY: TOPIC_LLM_TOOLS_REGISTRY,
    EVENT_TYPE_LLM_TOOL_CALL_REQUEST: TOPIC_LLM_TOOL_CALL_REQUEST,
    EVENT_TYPE_LLM_TOOL_CALL_RESULT: TOPIC_LLM_TOOL_CALL_RESULT,
    EVENT_TYPE_MEMORY_QUERY: TOPIC_MEMORY_QUERY,
    EVENT_TYPE_MEMORY_RESULTS: TOPIC_MEMORY_RESULTS,
    EVENT_TYPE_CHARACTER_GET: TOPIC_CHARACTER_GET,
    EVENT_TYPE_CHARACTER_RESULT: TOPIC_CHARACTER_RESULT,
    EVENT_TYPE_CHARACTER_UPDATE: TOPIC_CHARACTER_UPDATE,
    EVENT_TYPE_SYSTEM_CHARACTER_CURRENT: TOPIC_SYSTEM_CHARACTER_CURRENT,
    EVENT_TYPE_WAKE_EVENT: TOPIC_WAKE_EVENT,
    EVENT_TYPE_WAKE_MIC: TOPIC_WAKE_MIC,
    EVENT_TYPE_CAMERA_CAPTURE: TOPIC_CAMERA_CAPTURE,
    EVENT_TYPE_CAMERA_IMAGE: TOPIC_CAMERA_IMAGE,
    EVENT_TYPE_CAMERA_FRAME: TOPIC_CAMERA_FRAME,
    EVENT_TYPE_MOVEMENT_COMMAND: TOPIC_MOVEMENT_COMMAND,
    EVENT_TYPE_MOVEMENT_STATE: TOPIC_MOVEMENT_STATE,
}


class UnknownEventTypeError(LookupError):
    """Neither an event type nor a topic that the registry knows."""


class EventRegistry:
    """Event types and topics, each by the other. Starts with those of version 1; a service may add its own."""

    def __init__(self, known: Mapping[str, str] = EVENT_TYPES) -> None:
        """Take over (event type, topic) pairs."""
        self._topics: dict[str, str] = {}
        self._types: dict[str, str] = {}
        for event_type, topic in known.items():
            self.register(event_type, topic)

    def register(self, event_type: str, topic: str) -> None:
        """Add a pair; raises ValueError when either side already belongs to something else."""
        if self._topics.get(event_type, topic) != topic:
            raise ValueError(f"{event_type} already stands for {self._topics[event_type]}")
        if self._types.get(topic, event_type) != event_type:
            raise ValueError(f"{topic} already stands for {self._types[topic]}")
        self._topics[event_type], self._types[topic] = topic, event_type

    def topic_for(self, event_type: str) -> str:
        """Return the topic on which an event type travels; raises UnknownEventTypeError."""
        try:
            return self._topics[event_type]
        except KeyError:
            raise UnknownEventTypeError(event_type) from None

    def event_type_for(self, topic: str) -> str:
        """Return the event type that travels on a topic; raises UnknownEventTypeError."""
        try:
            return self._types[topic]
        except KeyError:
            raise UnknownEventTypeError(topic) from None

    def resolve(self, name: str) -> tuple[str, str]:
        """Return (event type, topic) for either of the two; raises UnknownEventTypeError."""
        return (name, self._topics[name]) if name in self._topics else (self.event_type_for(name), name)


REGISTRY = EventRegistry()


def register(event_type: str, topic: str) -> None:
    """Add a pair to the registry that all of a process shares."""
    REGISTRY.register(event_type, topic)


def resolve(name: str) -> tuple[str, str]:
    """Return (event type, topic) for either of the two; raises UnknownEventTypeError."""
    return REGISTRY.resolve(name)
