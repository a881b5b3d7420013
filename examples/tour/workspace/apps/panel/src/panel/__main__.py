"""Shows what the cooler does, and asks for the mean temperature: `python -m panel`."""

from __future__ import annotations

import asyncio

import aiomqtt
from cold_store import TOPIC_ANSWER, TOPIC_QUESTION, TOPIC_ROLL_CALL, TOPIC_STATUS, Answer, Question, RollCall, Status
from cold_store.link import connect, orders, reading, say


async def ask(client: aiomqtt.Client) -> None:
    """Ask for the mean temperature for every order."""
    async for number in orders():
        question = Question(request_id=str(number))
        await client.publish(TOPIC_QUESTION, question.model_dump_json(), qos=1, retain=False)
        say("sent", number=number)


async def listen(client: aiomqtt.Client) -> None:
    """Show what arrives."""
    async for message in client.messages:
        if message.topic.matches(TOPIC_STATUS):
            with reading("status"):
                say("read", what="status", number=Status.model_validate_json(message.payload).number)
        elif message.topic.matches(TOPIC_ANSWER):
            with reading("answer"):
                say("read", what="answer", number=int(Answer.model_validate_json(message.payload).request_id))
        elif message.topic.matches(TOPIC_ROLL_CALL):
            say("here", number=RollCall.model_validate_json(message.payload).number)


async def main() -> None:
    """Ask and listen at the same time."""
    async with connect("panel") as client:
        await client.subscribe(TOPIC_STATUS, qos=1)
        await client.subscribe(TOPIC_ANSWER, qos=1)
        await client.subscribe(TOPIC_ROLL_CALL, qos=1)
        say("ready")
        await asyncio.gather(ask(client), listen(client))


if __name__ == "__main__":
    asyncio.run(main())
