"""Cools, and says so: `python -m cooler`."""

from __future__ import annotations

import asyncio

from cold_store import TOPIC_STATUS, Status
from cold_store.link import connect, orders, say


async def main() -> None:
    """Publish the status for every order."""
    async with connect("cooler") as client:
        say("ready")
        async for number in orders():
            status = Status(number=number, state="cooling")
            await client.publish(TOPIC_STATUS, status.model_dump_json(), qos=1, retain=True)
            say("sent", number=number)


if __name__ == "__main__":
    asyncio.run(main())
