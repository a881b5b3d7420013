"""What the scanner is told, what it keeps, and what it does with files that are broken or hostile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asyncapi.scan import BUILTIN, Implied, Sink, SinkTable, scan
from asyncapi.sites import Scan, ServiceSource


def workspace(root: Path, **files: str) -> list[ServiceSource]:
    """Write files (`a__b` becomes `a/b.py`) and return the one service `app`."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [ServiceSource(name="app", path="app")]


def edges(found: Scan) -> set[tuple[str, str]]:
    """Return (action, topic) of every site."""
    return {(site.action, site.topic) for site in found.sites}


def test_constants_from_elsewhere(tmp_path: Path) -> None:
    """Constants of a package without source are taken from what the caller knows, and are named at the site."""
    services = workspace(
        tmp_path,
        app__main=(
            "import aiomqtt\nfrom plant.topics import TOPIC_A\nimport plant.topics as t\n"
            "async def main(client: aiomqtt.Client):\n"
            "    await client.publish(TOPIC_A, b'')\n    await client.publish(t.TOPIC_B + '/x', b'')\n"
        ),
    )
    constants = {"plant.topics.TOPIC_A": "plant/a", "plant.topics.TOPIC_B": "plant/b"}
    found = scan(services, root=tmp_path, constants=constants)
    assert {(site.topic, site.constant) for site in found.sites} == {
        ("plant/a", "plant.topics.TOPIC_A"),
        ("plant/b/x", "plant.topics.TOPIC_B"),
    }
    assert found.constants_used == {"plant.topics.TOPIC_A", "plant.topics.TOPIC_B"}


def test_event_types_from_elsewhere(tmp_path: Path) -> None:
    """An event type given to a client that we cannot read stands for its topic."""
    services = workspace(
        tmp_path, app__main="from house import mqtt\n\nmqtt.publish('door.open', b'')\nmqtt.publish('door/shut', b'')\n"
    )
    found = scan(services, root=tmp_path, event_types={"door.open": "door/open"})
    assert edges(found) == {("send", "door/open"), ("send", "door/shut")}


def test_rows_of_a_team(tmp_path: Path) -> None:
    """A team's own rows name functions, methods, environment readers and constructors that imply edges."""
    services = workspace(
        tmp_path,
        app__main=(
            "from house.bus import Bus, tell\nfrom house.env import setting\nfrom house.life import Life\n"
            "bus = Bus()\n"
            "bus.emit('x', 'house/emit', 2)\n"
            "tell('house/tell')\n"
            "tell(setting('TELL', 'house/setting'))\n"
            "Life('cellar')\nLife('attic', enabled=False)\n"
        ),
    )
    table = SinkTable(
        sinks=(
            Sink(action="send", name="emit", owners=("house.bus.Bus",), topic=(1, "topic"), qos=(2, "qos")),
            Sink(action="send", name="tell", owners=("house.bus",), default_qos=1),
        ),
        implies=(
            Implied(
                constructor="house.life.Life",
                action="send",
                topic="house/life/{0}",
                when=(("enabled", True),),
                defaults=(("enabled", True),),
                qos=1,
                retain=True,
            ),
        ),
        environment=("house.env.setting",),
    )
    found = scan(services, root=tmp_path, sinks=BUILTIN.extended(table))
    assert {(site.topic, site.qos, site.environment, site.implied) for site in found.sites} == {
        ("house/emit", 2, "", False),
        ("house/tell", 1, "", False),
        ("house/setting", 1, "TELL", False),
        ("house/life/cellar", 1, "", True),
    }


def test_an_envelope_told_by_the_team(tmp_path: Path) -> None:
    """The message travels in the field that the team names, whatever the envelope's fields are called."""
    services = workspace(
        tmp_path,
        lib__house=(
            "from pydantic import BaseModel\n"
            "class Crate(BaseModel):\n    freight: object\n"
            "class Bell(BaseModel):\n    rings: int\n"
        ),
        app__main=(
            "import json\nimport paho.mqtt.client as mqtt\nfrom house import Bell, Crate\nclient = mqtt.Client()\n"
            "client.publish('house/bell', Crate(freight=Bell(rings=1)).model_dump_json(), 1)\n"
            "@client.topic_callback('house/bell')\n"
            "def ring(client, userdata, message):\n"
            "    Bell.model_validate(json.loads(message.payload)['freight'])\n"
            "client.subscribe('house/bell', 1)\n"
        ),
    )
    table = SinkTable(envelopes=(("house.Crate", "freight"),))
    found = scan(services, root=tmp_path, import_roots=[tmp_path / "lib"], sinks=BUILTIN.extended(table))
    assert [(site.action, site.wire, site.model) for site in found.sites] == [
        ("send", "envelope", "house.Bell"),
        ("receive", "envelope", "house.Bell"),
    ]


def test_steps_tell_how(tmp_path: Path) -> None:
    """Every step from the call to the text is kept with its place."""
    services = workspace(
        tmp_path,
        lib__topics="TOPIC_A = 'plant/a'\n",
        app__main=(
            "import aiomqtt\nfrom topics import TOPIC_A\n\n\nclass Pump:\n"
            "    def __init__(self, client: aiomqtt.Client, topic: str = TOPIC_A) -> None:\n"
            "        self.client = client\n        self.topic = topic\n\n"
            "    async def run(self) -> None:\n        await self.client.publish(self.topic, b'')\n\n\nPump(None)\n"
        ),
    )
    found = scan(services, root=tmp_path, import_roots=[tmp_path / "lib"])
    steps = [(step.text, step.source.file, step.source.line) for site in found.sites for step in site.steps]
    assert steps == [
        ("self.topic", "app/main.py", 11),
        ("default of topic in Pump.__init__()", "app/main.py", 6),
        ("constant topics.TOPIC_A", "lib/topics.py", 1),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("syntax", b"def broken(:\n"),
        ("encoding", b"# coding: latin-1\nx = '\xe9'\n"),
        ("unknown-encoding", b"# coding: nonsense\nx = 1\n"),
        ("not-utf8", b"x = '\xff\xfe'\n"),
        ("null", b"x = 1\0\n"),
        ("deep", b"x = " + b"(" * 5000 + b")" * 5000 + b"\n"),
        ("long-sum", b"import paho.mqtt.client as m\nm.Client().publish(" + b"'a/b' + " * 500 + b"'c')\n"),
        ("attributes", b"import paho.mqtt.client as m\nm.Client().publish(a" + b".b" * 500 + b")\n"),
        ("recursive", b"import paho.mqtt.client as m\ndef f(x):\n return f(x + f(x))\nm.Client().publish(f('a'))\n"),
        ("mutual", b"import paho.mqtt.client as m\na = b + 'x'\nb = a + 'y'\nm.Client().publish(a)\n"),
        ("loop", b"import paho.mqtt.client as m\nt = 'a'\nfor i in range(9):\n t += t + '/'\nm.Client().publish(t)\n"),
        ("bases", b"import paho.mqtt.client as m\nclass A(B): pass\nclass B(A): pass\nA().publish('a/b')\n"),
        (
            "wide",
            b"import paho.mqtt.client as m\n"
            + b"".join(b"x%d = 'a' if c else 'b'\n" % i for i in range(40))
            + b"m.Client().publish("
            + b" + '/' + ".join(b"x%d" % i for i in range(40))
            + b")\n",
        ),
    ],
)
def test_no_file_stops_the_scan(tmp_path: Path, name: str, data: bytes) -> None:
    """Whatever a file holds, the rest is scanned, and a file that is no Python is a finding with its place."""
    services = workspace(tmp_path, app__good="import paho.mqtt.client as m\nm.Client().publish('mill/ok', '1')\n")
    (tmp_path / "app" / "other.py").write_bytes(data)
    found = scan(services, root=tmp_path)
    assert ("send", "mill/ok") in edges(found)
    broken = {item.source for item in found.findings if item.rule == "file-not-readable"}
    expected = {"app/other.py"} if name in ("syntax", "unknown-encoding", "not-utf8", "null", "deep") else set()
    assert broken == expected


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (b"x = 1\ny = '\xe9'\n", "it is not written in utf-8, and its first lines name no other encoding", 2),
        (b"x = " + b"+".join([b"'a'"] * 5000), "an expression in it is nested too deeply", None),
    ],
)
def test_why_a_file_cannot_be_read_is_told(content: bytes, reason: str, line: int | None, tmp_path: Path) -> None:
    """The finding says what is wrong with the file and, where that is known, on which line."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/other.py").write_bytes(content)
    (finding,) = scan([ServiceSource(name="app", path="app")], root=tmp_path, import_roots=[], constants={}).findings
    assert (finding.message, finding.line) == (f"app/other.py cannot be read as Python: {reason}", line)


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    """A link to a file outside of the service is not followed."""
    secret = tmp_path / "secret.py"
    secret.write_text("import paho.mqtt.client as m\nm.Client().publish('secret/topic', '1')\n")
    services = workspace(tmp_path, app__good="x = 1\n")
    (tmp_path / "app" / "linked.py").symlink_to(secret)
    assert scan(services, root=tmp_path).sites == ()


def test_tests_are_no_services(tmp_path: Path) -> None:
    """What tests publish is not what a service publishes."""
    text = "import paho.mqtt.client as m\nm.Client().publish('{0}', '1')\n"
    services = workspace(
        tmp_path,
        app__main=text.format("app/real"),
        app__test_main=text.format("app/test"),
        app__tests__helper=text.format("app/helper"),
        app__conftest=text.format("app/conftest"),
    )
    assert edges(scan(services, root=tmp_path)) == {("send", "app/real")}


def test_scanning_twice_gives_the_same(tmp_path: Path) -> None:
    """Results and their order depend on nothing but the files."""
    text = "import paho.mqtt.client as m\nc = m.Client()\nfor t in {'a/b', 'a/c', 'a/d'}:\n    c.publish(t, '1')\n"
    services = workspace(tmp_path, app__main=text, app__more=text.replace("a/", "b/"))
    assert scan(services, root=tmp_path) == scan(services, root=tmp_path)


def test_cache_gives_the_same_result(tmp_path: Path) -> None:
    """A second scan answers from the cache with everything the first one found."""
    services = workspace(
        tmp_path,
        app__main=(
            "import aiomqtt\nfrom pydantic import BaseModel\n\n\nclass Ask(BaseModel):\n    id: str\n\n\n"
            "async def on_ask(client: aiomqtt.Client, payload):\n    ask = Ask.model_validate_json(payload)\n"
            "    await client.publish('a/answer', Ask(id=ask.id).model_dump_json(exclude_none=True))\n\n\n"
            "async def main(client: aiomqtt.Client, other):\n    await client.subscribe('a/ask')\n"
            "    await client.publish(other, b'')\n"
            "    async for message in client.messages:\n        if message.topic.matches('a/ask'):\n"
            "            await on_ask(client, message.payload)\n"
        ),
        app__bad="def broken(:\n",
    )
    first = scan(services, root=tmp_path, cache=tmp_path / "cache")
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    assert scan(services, root=tmp_path, cache=tmp_path / "cache") == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == kept
    assert first.causes and first.unresolved and first.findings and first.local_models


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": 1}', "{" * 100_000])
def test_damaged_cache_is_ignored(tmp_path: Path, damage: str) -> None:
    """A cache that cannot be read is as good as none."""
    services = workspace(tmp_path, app__main="import paho.mqtt.client as m\nm.Client().publish('a/b', '1')\n")
    cache = tmp_path / "cache"
    first = scan(services, root=tmp_path, cache=cache)
    for path in cache.iterdir():
        path.write_text(damage)
    assert scan(services, root=tmp_path, cache=cache) == first


def test_cache_follows_the_files(tmp_path: Path) -> None:
    """A change in the service, in a library or in what the caller knows is seen at once."""
    services = workspace(
        tmp_path,
        lib__topics="TOPIC = 'a/b'\n",
        app__main=(
            "import paho.mqtt.client as m\nfrom topics import TOPIC\nfrom other import MORE\n"
            "m.Client().publish(TOPIC, '1')\nm.Client().publish(MORE, '1')\n"
        ),
    )

    def topics(**known: str) -> set[str]:
        found = scan(
            services, root=tmp_path, import_roots=[tmp_path / "lib"], constants=known, cache=tmp_path / "cache"
        )
        return {site.topic for site in found.sites}

    assert topics() == {"a/b"}
    (tmp_path / "lib" / "topics.py").write_text("TOPIC = 'a/c'\n")
    assert topics() == {"a/c"}
    assert topics(**{"other.MORE": "a/more"}) == {"a/c", "a/more"}


def test_cache_holds_no_code(tmp_path: Path) -> None:
    """What is kept is JSON."""
    services = workspace(tmp_path, app__main="import paho.mqtt.client as m\nm.Client().publish('a/b', '1')\n")
    scan(services, root=tmp_path, cache=tmp_path / "cache")
    assert [set(json.loads(path.read_text())) for path in (tmp_path / "cache").iterdir()] == [{"key", "scan"}]


def test_progress_names_services(tmp_path: Path) -> None:
    """The caller hears which service is looked at."""
    heard: list[str] = []
    scan(workspace(tmp_path, app__main="x = 1\n"), root=tmp_path, progress=heard.append)
    assert heard == ["app"]


def test_constants_used(tmp_path: Path) -> None:
    """A constant counts as used where a service imports it or reaches it through its module, even only to log it."""
    services = workspace(
        tmp_path,
        lib__topics="TOPIC_A = 'a/a'\nTOPIC_B = 'a/b'\nTOPIC_C = 'a/c'\nTOPIC_D = 'a/d'\nLIMIT = 3\n",
        app__main=(
            "import topics\nfrom topics import LIMIT, TOPIC_A\nfrom topics import (\n    TOPIC_B as B,\n)\n"
            "print(TOPIC_A, topics.TOPIC_C, B, LIMIT)\n"
        ),
    )
    found = scan(services, root=tmp_path, import_roots=[tmp_path / "lib"])
    assert found.constants_used == {"topics.TOPIC_A", "topics.TOPIC_B", "topics.TOPIC_C"}
