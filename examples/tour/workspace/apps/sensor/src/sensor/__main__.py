"""Measures the temperature: `python -m sensor`."""

from __future__ import annotations

import asyncio

from cold_store import TOPIC_READING, Reading
from cold_store.link import connect, orders, say


async def main() -> None:
    """Publish a reading for every order."""
    async with connect("sensor") as client:
        say("ready")
        async for number in orders():
            reading = Reading(number=number, celsius=4.5)
            await client.publish(TOPIC_READING, reading.model_dump_json(), qos=1, retain=False)
            say("sent", number=number)


if __name__ == "__main__":
    asyncio.run(main())
