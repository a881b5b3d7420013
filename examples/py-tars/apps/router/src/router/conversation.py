"""The thread of each conversation: from transcript to request, from reply to speech."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from tars.contracts.message import new_id
from tars.contracts.v1 import (
    TOPIC_LLM_CANCEL,
    TOPIC_LLM_REQUEST,
    TOPIC_MOVEMENT_COMMAND,
    TOPIC_MOVEMENT_STOP,
    TOPIC_MOVEMENT_TEST,
    TOPIC_TTS_SAY,
    ConversationMessage,
    EmergencyStopCommand,
    FinalTranscript,
    LLMCancel,
    LLMRequest,
    LLMResponse,
    LLMStreamDelta,
    MovementCommand,
    MovementStatusEvent,
    MovementStatusUpdate,
    TestMovementRequest,
    TtsSay,
    TtsStatus,
    WakeEvent,
)
from tars.mqtt import MQTTClient
from tars.mqtt.logs import about

from router.intents import understand

logger = logging.getLogger(__name__)

REMEMBERED_TURNS = 8


@dataclass
class Pending:
    """A question to the language model that is not answered yet."""

    text: str
    heard_at: float
    received: int = 0


class Conversation:
    """Answers what is said, one utterance at a time or several at once."""

    def __init__(self, client: MQTTClient) -> None:
        """Start without anything to remember."""
        self.client = client
        self.pending: dict[str, Pending] = {}
        self.history: list[ConversationMessage] = []

    async def on_transcript(self, transcript: FinalTranscript, _topic: str) -> None:
        """Do what was asked for."""
        intent = understand(transcript.text)
        if intent.kind == "stop":
            await self.stop(transcript)
        elif intent.kind == "cancel":
            await self.cancel_all()
        elif intent.move:
            command = MovementCommand(command=intent.move)
            await self.client.publish(TOPIC_MOVEMENT_COMMAND, command)
        elif intent.test:
            test = TestMovementRequest(command=intent.test, request_id=new_id())
            await self.client.publish_raw(TOPIC_MOVEMENT_TEST, test)
        elif intent.kind == "ask":
            await self.ask(transcript)

    async def ask(self, transcript: FinalTranscript) -> None:
        """Hand the utterance to the language model."""
        request = LLMRequest(
            id=f"req-{new_id()[:8]}",
            text=transcript.text,
            use_rag=True,
            conversation_history=self.history[-REMEMBERED_TURNS:],
            utt_id=transcript.utt_id,
        )
        self.pending[request.id] = Pending(transcript.text, transcript.timestamp)
        self.history.append(ConversationMessage(role="user", content=transcript.text, timestamp=transcript.timestamp))
        await self.client.publish(TOPIC_LLM_REQUEST, request)

    async def stop(self, transcript: FinalTranscript) -> None:
        """Stop every movement at once."""
        command = EmergencyStopCommand(reason=transcript.text)
        await self.client.publish_raw(TOPIC_MOVEMENT_STOP, command)

    async def cancel_all(self) -> None:
        """Drop the questions that are still open."""
        for request_id in list(self.pending):
            del self.pending[request_id]
            await self.client.publish(TOPIC_LLM_CANCEL, LLMCancel(id=request_id))

    async def on_wake(self, event: WakeEvent, _topic: str) -> None:
        """An interruption makes open questions pointless."""
        if event.type == "interrupt":
            await self.cancel_all()

    async def on_stream(self, piece: LLMStreamDelta, topic: str) -> None:
        """Count the pieces of a reply; lost ones are only worth a line in the log."""
        pending = self.pending.get(piece.id)
        if pending is None or piece.seq is None:
            return
        if piece.seq != pending.received + 1:
            logger.warning("pieces lost", extra=about(topic, piece, expected=pending.received + 1))
        pending.received = piece.seq

    async def on_response(self, response: LLMResponse, topic: str) -> None:
        """Have the reply spoken, unless nobody waits for it any more."""
        pending = self.pending.pop(response.id, None)
        if pending is None:
            logger.info("nobody waits for this", extra=about(topic, response))
            return
        text = response.reply or "I cannot think right now."
        self.history.append(ConversationMessage(role="assistant", content=text, timestamp=response.timestamp))
        say = TtsSay(text=text, utt_id=response.utt_id, stt_ts=pending.heard_at)
        await self.client.publish(TOPIC_TTS_SAY, say)

    async def on_tts_status(self, status: TtsStatus, topic: str) -> None:
        """The end of the reply is the end of the exchange."""
        if status.event in ("speaking_end", "stopped"):
            logger.info("exchange ended", extra=about(topic, status))

    async def on_movement_status(self, update: MovementStatusUpdate, _topic: str) -> None:
        """Speak up when the body needs help."""
        if update.event == MovementStatusEvent.BATTERY_LOW:
            await self.client.publish(TOPIC_TTS_SAY, TtsSay(text="My battery is low.", system_announce=True))
