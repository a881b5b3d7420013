"""Services run on symbols: what they publish and subscribe, held against expectations written by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.scanning import spelled

from asyncapi.services.scanning import scan
from asyncapi.sites import Scan, ServiceSource

SERVICES = Path(__file__).parent / "fixtures" / "services"
AGREED = (
    "broken",
    "handed_on",
    "implied",
    "levels_circular",
    "levels_last",
    "levels_unpacked",
    "tables",
    "unions",
    "unreachable",
    "wire",
)
"""Fixtures of which running and asking backwards tell the very same facts."""


def run(folder: Path) -> Scan:
    """Scan a fixture: its `service` folder (or all of it), with the fixture itself as import root."""
    path = "service" if (folder / "service").is_dir() else "."
    roots = [folder] if path == "service" else []
    return scan([ServiceSource(name=folder.name, path=path)], root=folder, import_roots=roots)


def told(found: Scan) -> list[str]:
    """Return every fact of a scan as one line; how sure it is, is not told: these services have no root."""
    lines = [spelled(replace(site, confidence=1.0)) for site in found.sites]
    lines += [f"unresolved {item.action} {item.expression} ({item.reason})" for item in found.unresolved]
    for cause in found.causes:
        copies = ", ".join(f"{source}->{target}" for source, target in cause.copies)
        lines.append(f"cause {cause.received} => {cause.sent} in {cause.handler.symbol} [{copies}]")
    lines += [f"finding {item.rule} {item.subject} line={item.line}" for item in found.findings]
    lines += [f"silent {item.action or 'call'} {item.expression} @{item.source.symbol}" for item in found.silent]
    return sorted(lines)


@pytest.mark.parametrize("form", AGREED)
def test_form(form: str) -> None:
    """What a service does is exactly what is written in expected.txt, but for how sure it is."""
    expected = (SERVICES / form / "expected.txt").read_text().splitlines()
    assert told(run(SERVICES / form)) == sorted(re.sub(r" sure=\S+", "", line) for line in expected)


def workspace(root: Path, **files: str) -> list[ServiceSource]:
    """Write files (`a__b` becomes `a/b.py`) and return the one service `app`."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [ServiceSource(name="app", path="app")]


def facts(root: Path, main: str, **files: str) -> set[tuple[str, str, int | None, str]]:
    """Return (action, topic, QoS, model) of each site of a program."""
    found = scan(workspace(root, app__main=main, **files), root=root)
    return {(site.action, site.topic, site.qos, site.model.rpartition(".")[2]) for site in found.sites}


ROWS = """
import asyncio
import aiomqtt
from pydantic import BaseModel

class Berth(BaseModel):
    number: int
class Tide(BaseModel):
    metres: float

ROWS = [("harbour/berth", Berth, 1), ("harbour/tide", Tide, 0)]

async def main():
    queue = asyncio.Queue()
    for row in ROWS:
        await queue.put(row)
    async with aiomqtt.Client("broker") as client:
        kinds = {}
        while not queue.empty():
            topic, kind, qos = await queue.get()
            kinds[topic] = kind
            await client.subscribe(topic, qos=qos)
        async for message in client.messages:
            kinds[message.topic.value].model_validate_json(message.payload)

asyncio.run(main())
"""


def test_rows_stay_rows(tmp_path: Path) -> None:
    """Topic, QoS and model of one row of a table stay together, also through a queue and a dict."""
    assert facts(tmp_path, ROWS) == {
        ("receive", "harbour/berth", 1, "Berth"),
        ("receive", "harbour/tide", 0, "Tide"),
    }


DEFERRED = """
import paho.mqtt.client as mqtt

class Machine:
    topic = ""
    def __init__(self, client):
        self.client = client
        client.subscribe(f"mill/{self.topic}/order", 2)
        client.on_message = self.on_message
    def on_message(self, client, userdata, message):
        self.state = "busy"
    @property
    def state(self):
        return self._state
    @state.setter
    def state(self, value):
        self._state = value
        self.client.publish(f"mill/{self.topic}", value, qos=1, retain=True)

class Saw(Machine):
    topic = "saw"

client = mqtt.Client()
Saw(client)
client.loop_forever()
"""


def test_class_attributes_of_the_object_count(tmp_path: Path) -> None:
    """A method of a base class sees what its object's own class says; a setter that publishes is followed."""
    assert facts(tmp_path, DEFERRED) == {("receive", "mill/saw/order", 2, ""), ("send", "mill/saw", 1, "")}


TASKS = """
import asyncio
import aiomqtt

class Clock:
    connected = False
    async def run(self):
        async with aiomqtt.Client("broker") as client:
            self.client, self.connected = client, True
            asyncio.create_task(self.pulse())
            try:
                await asyncio.sleep(10)
            finally:
                self.connected = False
    async def pulse(self):
        if not self.connected:
            raise RuntimeError
        await self.client.publish("clock/pulse", b"1", qos=1)

asyncio.run(Clock().run())
"""


def test_tasks_run_while_the_program_waits(tmp_path: Path) -> None:
    """A task runs while the main coroutine waits, not after its `finally` has closed everything."""
    assert facts(tmp_path, TASKS) == {("send", "clock/pulse", 1, "")}


BRANCHES = """
import sys
import paho.mqtt.client as mqtt

client = mqtt.Client()
if sys.argv[1:]:
    topic, qos = "yard/a", 0
else:
    topic, qos = "yard/b", 2
client.publish(topic, "x", qos)
"""


def test_what_is_written_together_stays_together(tmp_path: Path) -> None:
    """Two names that one arm of a branch writes are never combined with those of the other arm."""
    assert facts(tmp_path, BRANCHES) == {("send", "yard/a", 0, ""), ("send", "yard/b", 2, "")}


def test_names_of_variables_decide_nothing(tmp_path: Path) -> None:
    """Calls on parameters that nobody passes are told alike, whatever the parameters are called."""
    lines = "".join(
        f"def f{number}({name}):\n    {name}.publish('yard/{number}', 'x')\n"
        for number, name in enumerate(("sender", "reporter", "analog", "uplink", "proxy_rx"))
    )
    found = scan(workspace(tmp_path, app__main=f"import paho.mqtt.client\n{lines}"), root=tmp_path)
    assert {site.topic for site in found.sites} == {f"yard/{number}" for number in range(5)}
    assert len({site.confidence for site in found.sites}) == 1


def test_a_file_that_is_no_python_is_told(tmp_path: Path) -> None:
    """A file that nobody can read is a finding, and the others are read all the same."""
    services = workspace(
        tmp_path,
        app__broken="def broken(:\n",
        app__main="import paho.mqtt.client as mqtt\nmqtt.Client().publish('yard/a', 'x')\n",
    )
    found = scan(services, root=tmp_path)
    assert [item.rule for item in found.findings] == ["file-not-readable"]
    assert [site.topic for site in found.sites] == ["yard/a"]
