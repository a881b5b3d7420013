"""How a service of the store reaches the broker, hears its orders, and says what became of a message."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiomqtt
from pydantic import ValidationError


def connect(name: str, *, session: bool = False) -> aiomqtt.Client:
    """Return a client; with a session, the broker keeps QoS 1 messages while the service is away."""
    return aiomqtt.Client(
        hostname=os.environ["STORE_HOST"],
        port=int(os.environ["STORE_PORT"]),
        identifier=name,
        clean_session=not session,
    )


def say(event: str, **more: object) -> None:
    """Write one line about what happened."""
    print(json.dumps({"event": event, **more}), flush=True)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Say that a message was rejected when its model rejects it."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        say("rejected", what=what, why=f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}")


async def orders() -> AsyncIterator[int]:
    """Yield the number of every `send NUMBER` on standard input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield int(line.split()[1])
