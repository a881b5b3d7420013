"""Calls that look like a client's publish or subscribe: each is named by a fact, or told as passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.scan import BUILTIN, Sink, SinkTable, scan
from asyncapi.services.silence import silent_calls
from asyncapi.sites import Scan, ServiceSource, Site, Step, Unresolved
from asyncapi.sources import Source

APP = ServiceSource(name="app", path="app")


def silent(text: str, *, shared: str = "", found: Scan | None = None) -> set[tuple[str, str]]:
    """Return (action, expression) of what a scan that saw nothing, or what is given, passes over in one file."""
    seen = found or Scan(services=(APP,))
    library = [("lib/house.py", shared)] if shared else []
    calls = silent_calls(seen, [("app/main.py", text)], library, BUILTIN.sinks)
    assert {call.service for call in calls} <= {"app"}
    return {(call.action, call.expression) for call in calls}


PAHO = "import paho.mqtt.client as mqtt\n"
CALLS = {
    "a parameter of any name": (
        "def run(reporter):\n    reporter.publish('a/b', 1)\n",
        {("send", "reporter.publish('a/b')")},
    ),
    "a client": (PAHO + "mqtt.Client().subscribe('a')\n", {("receive", "mqtt.Client().subscribe('a')")}),
    "last will and handler": (
        "def run(x):\n    x.will_set('a', 'b')\n    x.message_callback_add('a/+', print)\n",
        {("send", "x.will_set('a')"), ("receive", "x.message_callback_add('a/+')")},
    ),
    "a decorator": ("@app.subscribe('a/b')\ndef on(m): ...\n", {("receive", "app.subscribe('a/b')")}),
    "handed on": ("pool.submit(link.publish, 'a/b', 1)\n", {("send", "link.publish('a/b')")}),
    "by keyword": ("x.publish(payload=1, topic='a')\n", {("send", "x.publish('a')")}),
    "a list of arguments": ("x.publish(*row)\n", {("send", "x.publish(row)")}),
    "in a comprehension": ("[x.publish(t) for t in TOPICS]\n", {("send", "x.publish(t)")}),
    "a module's function": ("from paho.mqtt import publish\npublish.single('a')\n", {("send", "publish.single('a')")}),
    "a name that is only a module's": ("import paho\nself.callback(1, 2)\nx.single('a')\nx.Message('a')\n", set()),
    "a class of a library that is not mentioned": ("x.async_publish(hass, 'a')\nx.publishAsync('a')\n", set()),
    "a class of a library that is mentioned": (
        "import AWSIoTPythonSDK\nx.publishAsync('a')\n",
        {("send", "x.publishAsync('a')")},
    ),
    "no topic": ("x.publish()\nx.subscribe(lambda m: 1)\nx.subscribe(5)\nx.subscribe(None)\n", set()),
    "a function or class for a topic": (
        "class Placed: ...\ndef on(m): ...\nx.subscribe(on)\nx.subscribe(Placed, on)\n",
        set(),
    ),
    "another library": ("import redis\nredis.Redis().publish('a/b', 1)\n", set()),
    "an object of another library": (
        "import redis\nr = redis.from_url('x')\nclass A:\n    def __init__(self, r: redis.Redis | None):\n"
        "        self.r = r\n    def run(self):\n        self.r.publish('a', 1)\nr.pubsub().subscribe('a')\n",
        set(),
    ),
    "another library, typed as text": ("from nats import NATS\ndef run(n: 'NATS'):\n    n.publish('a')\n", set()),
    "another library in one of two cases": (
        "import redis\nx = redis.Redis() if A else mqtt_link\ny = redis.Redis() if A else make()\n"
        "from my_mqtt import link as mqtt_link\nx.publish('a')\n",
        {("send", "x.publish('a')")},
    ),
    "a name like that of another library": ("redis.publish('a')\n", {("send", "redis.publish('a')")}),
    "the service's own bus": (
        "class Bus:\n    def publish(self, topic): self.found.append(topic)\n"
        "bus = Bus()\nbus.publish('a/b')\nclass Shop:\n    def __init__(self, b: Bus): self.b = b\n"
        "    def run(self): self.b.publish('a/b')\n",
        set(),
    ),
    "a wrapper, whose own call is told": (
        "class Link:\n    def publish(self, topic): self.inner.publish(topic)\n    def hi(self): self.publish('a/b')\n",
        {("send", "self.inner.publish(topic)")},
    ),
    "what cannot run": ("if False:\n    x.publish('a')\ndef f():\n    return\n    x.publish('b')\n", set()),
    "no Python": ("x.publish('a'\n", set()),
}


@pytest.mark.parametrize("case", CALLS)
def test_what_looks_like_a_call_of_a_client(case: str) -> None:
    """The import says what an object is, and the arguments what a call is; names of variables say nothing."""
    text, expected = CALLS[case]
    assert silent(text) == expected


BASE = "from vendor.mqtt import Module\nclass Lamp(Module):\n    def run(self):\n"
DERIVED = {
    "text like a topic": (
        BASE + "        self.send_message('lamp/state', 1)\n",
        {("", "self.send_message('lamp/state')")},
    ),
    "text with parts": (BASE + "        self.tell(f'lamp/{self.n}')\n", {("", "self.tell(f'lamp/{self.n}')")}),
    "a constant": ("STATE = 'lamp/state'\n" + BASE + "        self.tell(STATE)\n", {("", "self.tell(STATE)")}),
    "by its row's name": (BASE + "        super().publish('state')\n", {("send", "super().publish('state')")}),
    "from outside": (BASE + "        ...\nlamp = Lamp()\nlamp.tell('lamp/state')\n", {("", "lamp.tell('lamp/state')")}),
    "other texts": (
        BASE + "        self.log('on / off')\n        self.get('/lamp/state')\n        self.open('http://a/b')\n"
        "        self.load('images/lamp.png')\n        self.send('text/html')\n        self.send('lamp')\n",
        set(),
    ),
    "a method of its own": (BASE + "        self.tell('lamp/state')\n    def tell(self, topic): ...\n", set()),
    "a base of Python itself": (
        "import threading\nclass Lamp(threading.Thread):\n    def run(self):\n        self.tell('lamp/state')\n",
        set(),
    ),
    "a base in sight": (
        "class Base: ...\nclass Lamp(Base):\n    def run(self):\n        self.tell('lamp/state')\n",
        set(),
    ),
}


@pytest.mark.parametrize("case", DERIVED)
def test_what_a_library_makes_of_a_text_like_a_topic(case: str) -> None:
    """A method that only a base class from outside defines may be a publish when it is given a text like a topic."""
    text, expected = DERIVED[case]
    assert silent(text) == expected


WRAPPER = "class House:\n    def publish(self, topic):\n        self.client.publish(topic)\n"
USED = "from house import House\nHouse().publish('a/b')\n"


def _site(**facts: object) -> Scan:
    where = Source(file="app/other.py", line=9)
    site = Site(service="app", action="send", topic="a", **{"source": where, **facts})  # type: ignore[arg-type]
    return Scan(services=(APP,), sites=(site,))


HERE = Source(file="app/main.py", line=2)
NAMED: list[Scan] = [
    _site(source=HERE),
    _site(source=Source(file="app/main.py", line=3)),
    _site(steps=(Step(text="", source=HERE),)),
    _site(through=(HERE,)),
    Scan(
        services=(APP,), unresolved=(Unresolved(service="app", action="send", source=HERE, expression="", reason=""),)
    ),
]
UNNAMED: list[Scan] = [
    _site(),
    _site(source=Source(file="app/main.py", line=1)),
    _site(source=Source(file="app/main.py", line=4)),
]


@pytest.mark.parametrize("found", NAMED)
def test_a_fact_names_a_call(found: Scan) -> None:
    """A call of several lines is named by a fact on any of them: its place, a step, a call on the way, unresolved."""
    assert silent("\nx.publish(\n'a')\n", found=found) == set()


@pytest.mark.parametrize("found", UNNAMED)
def test_a_fact_elsewhere_names_no_call(found: Scan) -> None:
    """A fact of another file, or on the line before or after, says nothing of a call."""
    assert silent("\nx.publish(\n'a')\n", found=found) == {("send", "x.publish('a')")}


def test_a_shared_wrapper_speaks_for_its_callers() -> None:
    """A call of a shared library's function is told when what that does was not seen, and only then."""
    inside = _site(through=(Source(file="lib/house.py", line=3),))
    assert silent(USED, shared=WRAPPER) == {("send", "House().publish('a/b')")}
    assert silent(USED, shared=WRAPPER, found=inside) == set()
    assert silent(USED, shared=WRAPPER.replace("client.publish(topic)", "found.append(topic)")) == set()


def test_a_scan_tells_what_it_passed_over(tmp_path: Path) -> None:
    """Names of parameters that the scanner turns down are told with their places, from the cache as well."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(
        "# mqtt\ndef one(sender):\n    sender.publish('yard/one', 'x')\n\n\n"
        "def two(reporter):\n    reporter.publish('yard/two', 'x')\n"
    )
    for _ in range(2):
        found = scan([APP], root=tmp_path, cache=tmp_path / "kept")
        assert {site.topic for site in found.sites} == {"yard/one"}
        assert [(call.action, call.source.ref, call.source.line) for call in found.silent] == [
            ("send", "app/main.py#two", 7)
        ]


def test_rows_of_a_team_count(tmp_path: Path) -> None:
    """A team's own rows say which calls look like those of a client, too."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text("def run(x):\n    x.emit('a/b')\n")
    rows = SinkTable(sinks=(Sink(action="send", name="emit"),))
    assert [call.expression for call in scan([APP], root=tmp_path, sinks=rows).silent] == ["x.emit('a/b')"]
