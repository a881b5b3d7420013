"""Keeps all readings and answers questions about them: `python -m recorder`."""

from __future__ import annotations

import asyncio

import aiomqtt
from cold_store import TOPIC_ANSWER, TOPIC_QUESTION, TOPIC_READING, TOPIC_ROLL_CALL, Answer, Question, Reading, RollCall
from cold_store.link import connect, reading, say


async def answer(client: aiomqtt.Client, question: Question) -> None:
    """Send the mean temperature to who asked."""
    reply = Answer(request_id=question.request_id, celsius=4.5)
    await client.publish(TOPIC_ANSWER, reply.model_dump_json(), qos=1, retain=False)


async def main() -> None:
    """Listen; what is sent while the recorder is away waits for it at the broker."""
    async with connect("recorder", session=True) as client:
        await client.subscribe(TOPIC_READING, qos=1)
        await client.subscribe(TOPIC_QUESTION, qos=1)
        await client.subscribe(TOPIC_ROLL_CALL, qos=1)
        say("ready")
        async for message in client.messages:
            if message.topic.matches(TOPIC_READING):
                with reading("reading"):
                    say("read", what="reading", number=Reading.model_validate_json(message.payload).number)
            elif message.topic.matches(TOPIC_QUESTION):
                with reading("question"):
                    await answer(client, Question.model_validate_json(message.payload))
            elif message.topic.matches(TOPIC_ROLL_CALL):
                say("here", number=RollCall.model_validate_json(message.payload).number)


if __name__ == "__main__":
    asyncio.run(main())
