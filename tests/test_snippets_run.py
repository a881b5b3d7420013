"""Code samples do what they say: each is run against a broker, beside an observer who sees topic, QoS and flags."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.broker import Broker, running_broker
from support.example import Observer, Seen
from support.nasty import CASES, document
from support.samples import Sample, canonical, written

from asyncapi.documents.document import Document, load
from asyncapi.schemas.samples import valid
from asyncapi.topics import matches
from portal.system import System, system

pytestmark = [pytest.mark.broker, pytest.mark.node]

ROOT = Path(__file__).parents[1]
RUNNER = ROOT / "tests/support/run_samples.py"
EXAMPLE = ROOT / "examples/py-tars"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Run a broker that logs subscriptions."""
    with running_broker(tmp_path, settings="log_type subscribe\nlog_type error") as found:
        yield found


@pytest.fixture(params=["example", "nasty"])
def samples(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> list[Sample]:
    """Write the code of all messages of the bundled example, and of a document that is hard to quote."""
    place = f"{broker.host}:{broker.port}"
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder.parent / "node_modules").symlink_to(ROOT / "node_modules")
    shown = _example(place) if request.param == "example" else system(Document(raw=document(place), source="nasty"))
    found = list(written(shown, folder))
    assert len(found) >= {"example": 35, "nasty": len(CASES)}[request.param]
    for sample in found:
        assert {"mosquitto", "aiomqtt", "paho", "javascript", "micropython"} < sample.code.keys()
        assert valid(sample.payload, index_schema(shown, sample), shown.index.registry.schemas) == []
    return found


def index_schema(shown: System, sample: Sample) -> Any:
    """Return the schema of what travels."""
    return shown.index.messages[sample.message].payload


def _example(place: str) -> System:
    found = load(EXAMPLE / "asyncapi.yaml")
    raw = {**found.raw, "servers": {"test": {"host": place, "protocol": "mqtt"}}}
    return system(Document(raw=raw, source=found.source))


@contextlib.contextmanager
def observed(broker: Broker, samples: Sequence[Sample], *, highest: int = 2) -> Iterator[None]:
    """Compare what passes the broker with the samples: each arrives once, and nothing else does."""
    observer = Observer(broker.port, "observer")
    try:
        yield
        _wait(lambda: len(observer.seen) >= len(samples), "messages")
        left = list(observer.seen)
        for sample in samples:
            found = [seen for seen in left if _is_sent(sample, seen, min(sample.qos, highest))]
            assert found, (sample, [seen for seen in left if matches(sample.address, seen.topic)])
            left.remove(found[0])
        assert left == []
    finally:
        observer.close()


def _is_sent(sample: Sample, seen: Seen, qos: int) -> bool:
    expected = CASES.get(sample.message)
    where = expected[1] if expected and sample.address == expected[0] else seen.topic
    return (
        (seen.topic, seen.qos, seen.retain) == (where, qos, sample.retain)
        and "{" not in seen.topic
        and matches(sample.address, seen.topic)
        and sample.is_body(seen.payload)
    )


def _wait(fits: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not fits():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


def _subscriptions(broker: Broker) -> int:
    return sum(len(line.split()) > 3 for line in broker.log.read_text(errors="replace").splitlines())


def test_command_lines(broker: Broker, samples: list[Sample]) -> None:
    """Lines for mosquitto_sub print what the lines for mosquitto_pub send, whatever the shell makes of characters."""
    listening, sending = [], []
    for sample in samples:
        code = sample.code["mosquitto"]
        listen, _, send = code.partition("# send\n")
        wait = listen.rstrip().replace(" -v", " -F '%t\\n%p' -C 1 -W 20")
        listening.append(f"cd {sample.folder}\n{wait} > heard.txt &")
        sending.append(f"cd {sample.folder}\n{send}")
    with _bash([*listening, "wait"]) as listeners:
        _wait(lambda: _subscriptions(broker) >= len(samples), "subscriptions")
        with observed(broker, samples), _bash(["set -e", *sending]) as senders:
            assert senders.wait(60) == 0
        assert listeners.wait(30) == 0
    for sample in samples:
        topic, _, payload = (sample.folder / "heard.txt").read_bytes().partition(b"\n")
        assert matches(sample.address, topic.decode())
        assert any(each.is_body(payload[:-1]) for each in samples if matches(sample.address, each.address))


def _bash(lines: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["bash", "-u", "-c", "\n".join(lines)])


@pytest.mark.parametrize("key", ["aiomqtt", "paho"])
def test_python_clients(broker: Broker, samples: list[Sample], key: str) -> None:
    """Programs with aiomqtt and paho receive what they send."""
    command = [sys.executable, RUNNER, key, *(sample.file(key) for sample in samples)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as runner:
        _wait(lambda: _subscriptions(broker) >= len(samples) or runner.poll() is not None, "subscriptions")
        with observed(broker, samples):
            output, errors = runner.communicate(b"\n", timeout=60)
    assert runner.returncode == 0, errors.decode()[-1500:]
    for sample, heard in zip(samples, json.loads(output), strict=True):
        assert {matches(sample.address, topic) for topic, _ in heard} == {True}
        assert _shown(sample) in [canonical(value) for _, value in heard]


def _shown(sample: Sample) -> str:
    return canonical(list(sample.body) if "cbor" in sample.content_type else sample.payload)


def _node(broker: Broker, samples: list[Sample], language: str) -> list[list[Any]]:
    asked = [{"folder": str(sample.folder), "file": str(sample.file(language))} for sample in samples]
    answer = subprocess.run(
        ["node", ROOT / "tests/node/snippets.mjs"],
        input=json.dumps({"language": language, "url": broker.url, "samples": asked}).encode(),
        capture_output=True,
        timeout=100,
    )
    assert answer.returncode == 0, answer.stderr.decode()[-1500:]
    return list(json.loads(answer.stdout))


def test_javascript(broker: Broker, samples: list[Sample]) -> None:
    """Modules for MQTT.js receive what they send, in Node."""
    with observed(broker, samples):
        found = _node(broker, samples, "javascript")
    for sample, printed in zip(samples, found, strict=True):
        assert any(matches(sample.address, topic) for topic, _ in printed)


def test_micropython(broker: Broker, samples: list[Sample]) -> None:
    """Programs for MicroPython run in its interpreter, with a stand-in for the module that has the network."""
    with observed(broker, samples, highest=1):
        found = _node(broker, samples, "micropython")
    for sample, (sent, asked, *printed) in zip(samples, found, strict=True):
        assert (sent["server"], sent["port"]) == (broker.host, broker.port)
        assert matches(bytes(asked["filter"]).decode(), bytes(sent["topic"]).decode())
        assert (len(printed), asked["qos"]) == (1, sent["qos"]) or sample.content_type


CONSTRUCT = """
import json, runpy, sys
for file in sys.argv[1:]:
    message = runpy.run_path(file)["message"]
    print(json.dumps(message.model_dump(mode="json", by_alias=True, exclude_unset=True)))
"""


def test_models_are_constructed(tmp_path: Path) -> None:
    """The Python for every model of the bundled example makes that model, and it dumps to the example."""
    samples = [sample for sample in written(_example("localhost"), tmp_path) if "python" in sample.code]
    assert len(samples) >= 35
    sources = [str(path) for path in (*EXAMPLE.glob("packages/*/src"), *EXAMPLE.glob("apps/*/src"))]
    files = [str(sample.file("python")) for sample in samples]
    answer = subprocess.run(
        [sys.executable, "-c", CONSTRUCT, *files],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sources)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    for sample, line in zip(samples, answer.stdout.splitlines(), strict=True):
        enclosed = isinstance(sample.payload, dict) and isinstance(sample.payload.get("data"), dict)
        assert json.loads(line) in (sample.payload, sample.payload["data"] if enclosed else None), sample.message
