"""How long scanning takes beside `ast.parse` alone: 200 generated files, cold and from the cache, in one run."""

from __future__ import annotations

import argparse
import ast
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asyncapi.scan import scan
from asyncapi.sites import Scan, ServiceSource

LIMIT = 2.0
SHAPES = {"usual (2 of 10 files speak MQTT)": (20, 8), "dense (every file speaks MQTT)": (100, 0)}

FILLER = '''"""Rules of part {i}: nothing about messages in here."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
LIMITS = {{"low": {i}, "high": {i} * 10}}


@dataclass
class Reading{i}:
    sensor: str
    value: float = 0.0
    history: list[float] = field(default_factory=list)

    def mean(self) -> float:
        if not self.history:
            return self.value
        return sum(self.history) / len(self.history)
'''

METHOD = '''
    def step_{n}(self, amount: float, *, scale: float = 1.0) -> dict[str, float]:
        """Work out one step."""
        total = self.mean() * scale + amount
        parts = [total / (index + 1) for index in range({n} + 2)]
        if total > LIMITS["high"]:
            log.warning("too high: %s of %s", total, self.sensor)
        elif total < LIMITS["low"]:
            log.warning("too low: %s of %s", total, self.sensor)
        return {{"total": total, "first": parts[0], "last": parts[-1], "count": float(len(parts))}}
'''

MAIN = '''"""Service {i}."""

from __future__ import annotations

import asyncio
import os

import aiomqtt
from contracts import TOPIC_{i}, TOPIC_{j}

from line{i}.wrapper import Publisher

STATE = os.getenv("LINE_STATE", TOPIC_{i})


class Line:
    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.publisher = Publisher(client, "plant/line{i}/alarm")

    async def on_state(self, payload: bytes) -> None:
        await self.publisher.publish_event(STATE, payload, retain=True)
        await self.publisher.alarm(payload)
        for name in ("left", "right"):
            await self.client.publish(f"plant/line{i}/{{name}}", payload, qos=1)

    async def run(self) -> None:
        await self.client.subscribe(TOPIC_{j}, qos=1)
        async for message in self.client.messages:
            if message.topic.matches(TOPIC_{j}):
                await self.on_state(message.payload)


async def main() -> None:
    async with aiomqtt.Client("broker") as client:
        await Line(client).run()


asyncio.run(main())
'''

WRAPPER = '''"""How service {i} speaks."""


class Publisher:
    def __init__(self, client, alarm_topic: str) -> None:
        self.client = client
        self.alarm_topic = alarm_topic

    async def publish_event(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        await self.client.publish(topic, payload, qos=qos, retain=retain)

    async def alarm(self, payload: bytes) -> None:
        await self.client.publish(self.alarm_topic, payload, qos=2)
'''


def generate(root: Path, count: int = 20, fillers: int = 8) -> list[ServiceSource]:
    """Write the files of services that speak over one contracts package, and return the services."""
    (root / "packages").mkdir()
    topics = "".join(f'TOPIC_{i} = "plant/line{i}/state"\n' for i in range(count))
    (root / "packages" / "contracts.py").write_text(topics)
    for i in range(count):
        package = root / "apps" / f"line{i}" / "src" / f"line{i}"
        package.mkdir(parents=True)
        (package / "main.py").write_text(MAIN.format(i=i, j=(i + 1) % count))
        (package / "wrapper.py").write_text(WRAPPER.format(i=i))
        for number in range(fillers):
            text = FILLER.format(i=number) + "".join(METHOD.format(n=n) for n in range(12))
            (package / f"rules{number}.py").write_text(text)
    return [ServiceSource(name=f"line{i}", path=f"apps/line{i}") for i in range(count)]


def measure(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Return the median seconds of processor time of each piece of work, taken in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(taken, works, strict=True):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    return [statistics.median(times) for times in taken]


def run(name: str, shape: tuple[int, int], rounds: int) -> tuple[float, list[str]]:
    """Measure one shape of workspace; return how often the parsing alone fits into the scan, and lines that tell."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        services = generate(root, *shape)
        texts = [path.read_text() for path in sorted((root / "apps").rglob("*.py"))]
        roots = [root / "packages"]

        def cold() -> Scan:
            return scan(services, root=root, import_roots=roots)

        def cached() -> Scan:
            return scan(services, root=root, import_roots=roots, cache=root / "cache")

        found = cold()
        cached()
        parse, scanned, again = measure(rounds, lambda: [ast.parse(text) for text in texts], cold, cached)
    lines = sum(text.count("\n") for text in texts)
    head = f"scan, {name}: {len(texts)} files, {lines} lines, {len(found.sites)} sites"
    times = f"ast.parse alone {parse * 1000:.0f} ms, cold {scanned * 1000:.0f} ms, from cache {again * 1000:.0f} ms"
    ratios = f"ratio {scanned / parse:.2f}, from cache {again / parse:.2f}"
    return scanned / parse, [head, f"  {times}", f"  {ratios}"]


def report(rounds: int) -> list[str]:
    """Return lines with medians and ratios of every shape of workspace; the first is held to the limit."""
    return [line for name, shape in SHAPES.items() for line in run(name, shape, rounds)[1]]


def main() -> int:
    """Print medians and ratios; the exit code tells whether the usual workspace keeps the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    ratios = []
    for name, shape in SHAPES.items():
        ratio, lines = run(name, shape, rounds)
        ratios.append(ratio)
        print("\n".join(lines), flush=True)
    print(f"limit for the first: {LIMIT}")
    return 0 if ratios[0] <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
