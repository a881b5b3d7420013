"""The services of the example workspace, really running: what travels is what contracts, policy and document say.

The firmware among them runs in MicroPython.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import firmware
from support.broker import running_broker
from support.example import SERVICES, WORKSPACE, Observer, Seen, address_of, load_demo, parties, validators

from asyncapi.exporting.export import export
from asyncapi.workspace.settings import load_settings

pytestmark = [pytest.mark.broker, pytest.mark.node]

PACE = {
    "LLM_SECONDS_PER_WORD": "0.01",
    "TTS_SECONDS_PER_WORD": "0.02",
    "MOVEMENT_PACE": "0.1",
    "CAMERA_FPS": "5",
}
MALFORMED = (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"type": 1}', b'{"surprise": true}')
QUESTION = "What do you see?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was seen of one run: all messages up to the malformed ones, retained values before and after the end."""

    seen: tuple[Seen, ...]
    retained: Mapping[str, Seen]
    left: Mapping[str, Seen]
    survivors: frozenset[str]
    answer_after_noise: Seen
    logs: Mapping[str, tuple[dict[str, Any], ...]]
    found: dict[str, Any]

    def on(self, topic: str) -> list[Seen]:
        """Return the messages of a topic in order."""
        return [message for message in self.seen if message.topic == topic]


class Person:
    """Speaks to the robot, and waits for what has to follow."""

    def __init__(self, microphone: subprocess.Popen[bytes], observer: Observer) -> None:
        self.microphone, self.observer = microphone, observer

    def speak(self, text: str) -> None:
        """Say something."""
        assert self.microphone.stdin is not None
        self.microphone.stdin.write(f"{text}\n".encode())
        self.microphone.stdin.flush()

    def say(self, text: str, topic: str, **fields: Any) -> Seen:
        """Say something and return the first message on a topic that has these fields."""
        since = len(self.observer.seen)
        self.speak(text)
        return self.wait(topic, since, **fields)

    def wait(self, topic: str, since: int, **fields: Any) -> Seen:
        """Return the first message on a topic that has these fields; a set holds all that a field may be."""

        def fits(message: Seen) -> bool:
            return message.topic == topic and all(
                message.data.get(name) in (value if isinstance(value, set) else (value,))
                for name, value in fields.items()
            )

        return self.observer.wait(f"{topic} with {fields}", fits, since)

    def ask(self, text: str) -> Seen:
        """Say something to the language model and return the end of the spoken reply."""
        since = len(self.observer.seen)
        reply = self.say(text, "llm/response")
        return self.wait("tts/status", since, event="speaking_end", text=reply.data["reply"])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Run the whole system once, and have a person use every part of it."""
    folder = tmp_path_factory.mktemp("tars")
    demo = load_demo()
    with running_broker(folder) as broker:
        observer = Observer(broker.port, "observer")
        with demo.services(broker.port, folder, PACE, {firmware.NAME: firmware.COMMAND}) as running:
            person = Person(running["stt-worker"], observer)
            for name in SERVICES:
                person.wait(demo.health_topic(name), 0, ok=True)
            found = use(person, folder)
            seen = tuple(observer.seen)
            retained = retained_values(broker.port, "latecomer", 15)
            answer = disturb(person)
            survivors = frozenset(name for name, process in running.items() if process.poll() is None)
            running["ui"].kill()
        left = retained_values(broker.port, "archaeologist", 15)
        observer.close()
    yield Story(
        seen=seen,
        retained=retained,
        left=left,
        survivors=survivors,
        answer_after_noise=answer,
        logs={name: tuple(log_lines(folder / f"{name}.log")) for name in SERVICES},
        found=found,
    )


def use(person: Person, folder: Path) -> dict[str, Any]:
    """Use everything the robot can do; return what a search in its memory found."""
    for question in (QUESTION, "set your humour to 60", "what are your traits", "reset your traits", "wave at them"):
        person.ask(question)
    person.say("bow", "movement/state", event="completed")
    person.say("test wave", "movement/status", event="command_completed")
    person.say("emergency stop", "movement/status", event="emergency_stop")
    person.say("Tars!", "wake/mic", action="mute")
    repeatedly(person, change_ones_mind)
    repeatedly(person, interrupt)
    since = len(person.observer.seen)
    with urllib.request.urlopen(f"{web_address(folder)}search?q=story", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    person.wait("memory/results", since, query="story")
    return found


def repeatedly(person: Person, attempt: Callable[[Person], bool]) -> None:
    """Try until it was in time; a busy machine may be slower than the robot."""
    assert any(attempt(person) for _ in range(5))


def change_ones_mind(person: Person) -> bool:
    """Ask for something long and drop it; say whether that came before the reply."""
    since = len(person.observer.seen)
    piece = person.say("tell me a story", "llm/stream", seq=1)
    person.speak("never mind")
    response = person.wait("llm/response", since, id=piece.data["id"])
    return bool(response.data["error"] == "cancelled")


def interrupt(person: Person) -> bool:
    """Have something long spoken and call out; say whether that came before the end."""
    since = len(person.observer.seen)
    reply = person.say("tell me another story", "llm/response", error=None).data
    person.wait("tts/status", since, event="speaking_start", utt_id=reply["utt_id"])
    person.speak("Tars!")
    over = person.wait("tts/status", since, utt_id=reply["utt_id"], event={"stopped", "speaking_end"})
    return bool(over.data["event"] == "stopped")


def web_address(folder: Path) -> str:
    """Return where the browser interface serves."""
    return str(next(line["url"] for line in log_lines(folder / "ui-web.log") if line["event"] == "serving"))


def disturb(person: Person) -> Seen:
    """Publish nonsense on every topic, then ask once more."""
    for topic in parties():
        for payload in MALFORMED:
            person.observer.publish(topic.replace("{service}", "nobody"), payload)
    return person.ask(QUESTION)


def retained_values(port: int, name: str, count: int) -> dict[str, Seen]:
    """Return what the broker keeps, as somebody gets it who comes now."""
    observer = Observer(port, name)
    deadline = time.monotonic() + 5
    while sum(message.retain for message in observer.seen) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    observer.close()
    return {message.topic: message for message in observer.seen if message.retain}


def log_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a log; the display also prints plain text."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def health_topics() -> set[str]:
    """Return the health topics of all services."""
    demo = load_demo()
    return {demo.health_topic(name) for name in SERVICES}


def test_every_topic_was_used(story: Story) -> None:
    """The run left no topic of the contracts out, and used no other."""
    assert {address_of(message.topic) for message in story.seen} == set(parties())


def test_one_utterance_goes_through_every_hop(story: Story) -> None:
    """All that follows from a question carries its utt_id, from the transcript to the end of the spoken reply."""
    final = story.on("stt/final")[0]
    assert final.data["text"] == QUESTION
    hops = [
        (message.sender, message.topic)
        for message in story.seen
        if message.data.get("utt_id") == final.data["utt_id"] and message.data.get("text") != "Let me look."
    ]
    assert list(dict.fromkeys(hops)) == [
        ("stt-worker", "stt/partial"),
        ("stt-worker", "stt/final"),
        ("router", "llm/request"),
        ("llm-worker", "memory/query"),
        ("memory-worker", "memory/results"),
        ("llm-worker", "llm/tool.call.request"),
        ("mcp-bridge", "llm/tool.call.result"),
        ("llm-worker", "llm/stream"),
        ("llm-worker", "llm/response"),
        ("router", "tts/say"),
        ("tts-worker", "tts/status"),
    ]


@pytest.mark.parametrize(
    ("question", "field", "answer", "answer_field"),
    [
        ("llm/request", "id", "llm/response", "id"),
        ("llm/request", "id", "llm/stream", "id"),
        ("memory/query", "request_id", "memory/results", "request_id"),
        ("llm/tool.call.request", "call_id", "llm/tool.call.result", "call_id"),
        ("camera/capture", "request_id", "camera/image", "request_id"),
        ("character/get", "request_id", "character/result", "request_id"),
        ("movement/command", "id", "movement/frame", "id"),
        ("movement/command", "id", "movement/state", "id"),
        ("movement/test", "request_id", "movement/status", "request_id"),
        ("movement/stop", "message_id", "movement/status", "request_id"),
        ("tts/say", "utt_id", "tts/status", "utt_id"),
    ],
)
def test_answers_repeat_what_ties_them(story: Story, question: str, field: str, answer: str, answer_field: str) -> None:
    """Every question has an answer that repeats its identifier."""
    asked = {message.data[field] for message in story.on(question)}
    answered = {message.data[answer_field] for message in story.on(answer)}
    assert asked and asked <= answered


def test_pieces_of_a_reply_are_numbered(story: Story) -> None:
    """The pieces of the first reply count from 1, put the reply together, and only the last one says it is done."""
    response = story.on("llm/response")[0]
    pieces = [message.data for message in story.on("llm/stream") if message.data["id"] == response.data["id"]]
    assert [piece["seq"] for piece in pieces] == list(range(1, len(pieces) + 1))
    assert "".join(piece["delta"] for piece in pieces) == response.data["reply"]
    assert [piece["done"] for piece in pieces] == [False] * (len(pieces) - 1) + [True]


def test_qos_and_retained_flags_follow_the_policy(story: Story) -> None:
    """Every message was published as the policy asks of its topic's class."""
    classes = load_settings(WORKSPACE).policy.classes
    table = parties()
    seen = {(address_of(message.topic), message.qos, message.retain) for message in story.seen}
    expected = {
        (topic, classes[party.topic_class].qos, classes[party.topic_class].retain) for topic, party in table.items()
    }
    assert seen == expected


def test_the_broker_keeps_health_and_state_alone(story: Story) -> None:
    """Whoever comes late gets the health of every service, the tools and the character, and nothing that is old."""
    assert set(story.retained) == health_topics() | {"llm/tools/registry", "system/character/current"}
    assert {message.qos for message in story.retained.values()} == {1}
    assert {topic for topic in health_topics() if story.retained[topic].data["ok"] is not True} == set()
    assert story.retained["system/character/current"].data["traits"]["humour"] == 75


def test_health_tells_the_end_of_every_service(story: Story) -> None:
    """Who was told to end says so; who was killed, and the firmware, leave a last will."""
    demo = load_demo()
    ends = {name: story.left[demo.health_topic(name)].data for name in SERVICES}
    assert {end["ok"] for end in ends.values()} == {False}
    killed = {"ui", "esp32-controller"}
    assert {name: end["event"] for name, end in ends.items()} == {
        name: "gone" if name in killed else "stopped" for name in SERVICES
    }


def test_senders_are_those_of_the_design(story: Story) -> None:
    """Each topic was published by exactly the services that are meant to."""
    sent: dict[str, set[str]] = {topic: set() for topic in parties()}
    for message in story.seen:
        sent[address_of(message.topic)] |= {message.sender} - {""}
    for service, lines in story.logs.items():
        for line in lines:
            if line["event"] == "sent":
                sent[address_of(line["topic"])].add(service)
    demo = load_demo()
    for name in SERVICES:
        sent[address_of(demo.health_topic(name))].add(name)
    assert sent == {topic: set(party.publishers) for topic, party in parties().items()}


@cache
def document() -> Mapping[str, Any]:
    """Return the workspace's document."""
    return export(load_settings(WORKSPACE)).document


def test_all_that_travels_is_valid_by_the_document(story: Story) -> None:
    """Every payload is what the document says of its channel, envelope and all."""
    by_address = validators(document())
    wrong = {
        (message.topic, message.payload)
        for message in story.seen
        if not by_address[address_of(message.topic)].is_valid(json.loads(message.payload))
    }
    assert wrong == set()


def test_the_document_names_the_parties_of_the_design() -> None:
    """What scanning the source finds is who is meant to publish and subscribe, on every topic."""
    addresses = {key: channel["address"] for key, channel in document()["channels"].items()}
    found: dict[str, dict[str, set[str]]] = {topic: {"send": set(), "receive": set()} for topic in parties()}
    for operation in document()["operations"].values():
        topic = addresses[operation["channel"]["$ref"].rpartition("/")[2]]
        found[topic][operation["action"]].add(operation["x-service"])
    assert found == {
        topic: {"send": set(party.publishers), "receive": set(party.subscribers)} for topic, party in parties().items()
    }


def test_malformed_messages_are_skipped_and_logged(story: Story) -> None:
    """Each service logs every malformed message of every topic it subscribes to, and goes on."""
    skipped = {
        name: {
            address_of(line["topic"])
            for line in lines
            if line["event"] == "skipped a malformed message" and line["level"] == "warning"
        }
        for name, lines in story.logs.items()
    }
    assert skipped == {
        name: {topic for topic, party in parties().items() if name in party.subscribers} for name in SERVICES
    }
    assert story.survivors == set(SERVICES)
    assert story.answer_after_noise.data["event"] == "speaking_end"


def test_nothing_failed(story: Story) -> None:
    """No service logged an error in the whole run."""
    assert {name: [line for line in lines if line["level"] == "error"] for name, lines in story.logs.items()} == {
        name: [] for name in SERVICES
    }


def test_logs_carry_the_conversation(story: Story) -> None:
    """Everybody who takes part in a conversation has its utt_id in the log."""
    utterance = story.on("stt/final")[0].data["utt_id"]
    part = {name for name, lines in story.logs.items() if any(line.get("utt_id") == utterance for line in lines)}
    assert part == {
        "stt-worker",
        "wake-activation",
        "router",
        "llm-worker",
        "memory-worker",
        "mcp-bridge",
        "tts-worker",
        "ui-web",
    }


def test_the_browser_interface_searches_the_memory(story: Story) -> None:
    """A search in the browser is answered by the memory worker with what was said before."""
    assert "tell me a story" in {result["document"] for result in story.found["results"]}


def test_the_demonstration_speaks() -> None:
    """`demo.py` needs no board: with the stand-ins of the bench, a sentence comes to its spoken reply."""
    command = [sys.executable, str(WORKSPACE / "demo.py"), QUESTION]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, last = done.stdout.splitlines()
    assert (first, last) == (f"{len(SERVICES)} services are ready.", "The reply was spoken.")
