"""The example's firmware, unmodified in the real MicroPython against a real broker: it does what asyncapi.yaml says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.broker import running_broker
from support.example import WORKSPACE, Observer, Seen, validators
from support.firmware import NAME, Board, running_board

from asyncapi.documents.document import load

pytestmark = [pytest.mark.broker, pytest.mark.node]

HEALTH, STATUS = "system/health/movement-controller", "movement/status"
FRAME, TEST, STOP = "movement/frame", "movement/test", "movement/stop"
OFF = [(pin, 0) for pin in (12, 13, 14, 26, 27)]
SIX_DAYS_MS = 2**29
NOISE = (b"", b"{", b"null", b"\xff\xfe", b'{"\xff": 1}', b"[" * 500, b'{"speed": 1e999, "command": "bow"}')


class Bench:
    """The firmware at work, an observer of what it sends, and hands to send it something."""

    def __init__(self, board: Board, observer: Observer, broker_log: Path) -> None:
        self.board, self.observer, self.broker_log = board, observer, broker_log

    def send(self, topic: str, payload: Any) -> None:
        """Publish a payload; what is not bytes is written as JSON."""
        self.observer.publish(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode())

    def reports(self, since: int = 0) -> list[tuple[str, str | None, str | None]]:
        """Return event, command and request of each report."""
        seen = [message.data for message in self.observer.seen[since:] if message.topic == STATUS]
        return [(data["event"], data["command"], data["request_id"]) for data in seen]

    def wait(self, event: str, since: int = 0, **fields: Any) -> Seen:
        """Return the first report of an event that has these fields."""

        def fits(message: Seen) -> bool:
            found = message.topic == STATUS and message.data["event"] == event
            return found and all(message.data[name] == value for name, value in fields.items())

        return self.observer.wait(f"{event} with {fields}", fits, since)

    def sent_are_valid(self) -> bool:
        """Say whether all that the firmware sent is valid by the document."""
        return all(
            contract()[message.topic].is_valid(json.loads(message.payload))
            for message in self.observer.seen
            if message.topic in (HEALTH, STATUS)
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Start a broker, an observer and the firmware, and wait until it is ready."""
    with ExitStack() as stack:
        broker = stack.enter_context(running_broker(tmp_path, settings="log_type subscribe\nlog_type error"))
        observer = Observer(broker.port, "observer")
        stack.callback(observer.close)
        found = Bench(stack.enter_context(running_board(tmp_path, broker.port)), observer, broker.log)
        found.wait("connected")
        yield found


@cache
def document() -> Mapping[str, Any]:
    """Return the document as it is committed."""
    raw: Mapping[str, Any] = load(WORKSPACE / "asyncapi.yaml").raw
    return raw


@cache
def contract() -> dict[str, Any]:
    """Return validators by address."""
    return validators(document())


def schema(topic: str) -> dict[str, Any]:
    """Return the schema of the one message on a topic."""
    channel = next(each for each in document()["channels"].values() if each["address"] == topic)
    (name,) = channel["messages"]
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def example(topic: str) -> dict[str, Any]:
    """Return the example of the one message on a topic."""
    channel = next(each for each in document()["channels"].values() if each["address"] == topic)
    (name,) = channel["messages"]
    found: dict[str, Any] = copy.deepcopy(document()["components"]["messages"][name]["examples"][0]["payload"])
    return found


def test_it_is_ready_as_the_document_says(bench: Bench) -> None:
    """It subscribes to what the document says it receives, with that QoS, and sends health and status as described."""
    operations = [each for each in document()["operations"].values() if each["x-service"] == NAME]
    said: dict[str, set[tuple[str, int, bool]]] = {"send": set(), "receive": set()}
    for operation in operations:
        address = document()["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"]
        binding = operation["bindings"]["mqtt"]
        said[operation["action"]].add((address, binding["qos"], binding.get("retain", False)))
    lines = [line.split()[1:] for line in bench.broker_log.read_text(encoding="utf-8").splitlines()]
    asked = {(line[2], int(line[1]), False) for line in lines if line[0] == "tars-movement-controller"}
    assert asked == said["receive"]
    sent = [(message.topic, message.qos, message.retain) for message in bench.observer.seen]
    assert sent == [(HEALTH, 1, True), (STATUS, 0, False)]
    assert set(sent) == said["send"]
    assert bench.observer.seen[0].data["ok"] is True and bench.sent_are_valid()


def test_it_answers_every_command(bench: Bench) -> None:
    """Each command of the contract is carried out or refused, in reports that name command and request."""
    commands = document()["components"]["schemas"]["TestMovementCommand"]["enum"]
    stored = ("reset", "wave", "bow", "step_forward", "disable", "stop")
    for number, command in enumerate(commands):
        bench.send(TEST, {"command": command, "request_id": f"test-{number}"})
        bench.wait("command_completed" if command in stored else "command_failed", request_id=f"test-{number}")
    expected = []
    for number, command in enumerate(commands):
        events = ("command_started", "command_completed") if command in stored else ("command_failed",)
        expected += [(event, command, f"test-{number}") for event in events]
    assert bench.reports()[1:] == expected
    assert set(stored) < set(commands) and bench.sent_are_valid()


def test_frames_move_the_servos(bench: Bench) -> None:
    """Frames are carried out in order, within what a servo can stand, and can take the power off; too many are told."""
    frame = {**example(FRAME), "duration_ms": 0, "hold_ms": 0}
    bench.send(FRAME, {**frame, "channels": {"0": 1600, "4": 9999, "77": 1}})
    bench.send(FRAME, {**frame, "channels": {"1": 0}, "disable_after": True})
    bench.board.wait("power off", lambda: len(bench.board.pins()) == 8)
    moved = bench.board.pins()
    assert (set(moved[:2]), moved[2], sorted(moved[3:])) == ({(13, 1600), (26, 2500)}, (12, 500), OFF)
    for seq in range(12):
        bench.send(FRAME, {**frame, "seq": seq, "duration_ms": 10**30})
    assert bench.wait("queue_full").data["detail"].startswith("frame ")
    assert bench.sent_are_valid()


def test_a_stop_lasts_until_the_next_test(bench: Bench) -> None:
    """A stop takes all power off and drops frames; a test clears it, and waits for nothing that went on before."""
    frame = {**example(FRAME), "channels": {"0": 1700}, "hold_ms": 300_000}
    bench.send(FRAME, frame)
    bench.board.wait("the frame", lambda: bench.board.pins() == [(13, 1700)])
    stop = example(STOP)
    bench.send(STOP, stop)
    assert bench.wait("emergency_stop").data["detail"] == stop["reason"]
    bench.send(FRAME, frame)
    bench.send(TEST, {**example(TEST), "command": "bow", "speed": 1.0, "request_id": "after"})
    bench.wait("command_completed")
    moved = bench.board.pins()
    assert (moved[0], sorted(moved[1:-2]), moved[-2:]) == ((13, 1700), OFF, [(13, 1250), (13, 1500)])
    assert bench.reports()[1:] == [
        ("emergency_stop", None, stop["message_id"]),
        ("stop_cleared", "bow", "after"),
        ("command_started", "bow", "after"),
        ("command_completed", "bow", "after"),
    ]
    assert bench.sent_are_valid()


def variants(topic: str) -> Iterator[Any]:
    """Yield payloads that differ from the example in one place: left out, of every type, at and beyond bounds."""
    whole = example(topic)
    yield whole
    yield {name: value for name, value in whole.items() if name in schema(topic).get("required", ())}
    yield {**whole, "surprise": 1}
    for name in whole:
        yield {other: value for other, value in whole.items() if other != name}
        for value in (
            None,
            True,
            0,
            1,
            -1,
            0.1,
            0.09,
            0.5,
            1.01,
            250.0,
            1e300,
            "",
            "1",
            [],
            {},
            {"0": "1500"},
            {"0": 1.5},
        ):
            yield {**whole, name: value}


@pytest.mark.parametrize("topic", [FRAME, TEST, STOP])
def test_it_accepts_what_the_document_accepts(bench: Bench, topic: str) -> None:
    """Of payloads around the example, it skips exactly those that the document refuses, and says so in its log."""
    payloads = list(variants(topic))
    for payload in (*payloads, *NOISE):
        bench.send(topic, payload)
    expected = [is_taken(topic, payload) for payload in payloads] + [False for _ in NOISE]

    def taken() -> list[bool]:
        kinds = {"received": True, "skipped a malformed message": False}
        return [kinds[line["event"]] for line in bench.board.log() if line["event"] in kinds]

    bench.board.wait("all", lambda: len(taken()) >= len(expected))
    assert taken() == expected
    assert {True, False} == set(expected) and bench.sent_are_valid()


def is_taken(topic: str, payload: dict[str, Any]) -> bool:
    """Say whether the document accepts a payload; a command that nobody knows is taken too, and its failure told."""
    known = {**payload, "command": "reset"} if isinstance(payload.get("command"), str) else payload
    return bool(contract()[topic].is_valid(known))


def test_it_comes_back_after_a_loss_of_the_broker(tmp_path: Path) -> None:
    """It waits for a broker that refuses it or goes away, and subscribes anew; its last will tells of its end."""
    with ExitStack() as stack:
        refusing = tmp_path / "refusing"
        refusing.mkdir()
        with running_broker(refusing, settings="allow_anonymous false") as closed:
            port = closed.port
            board = stack.enter_context(running_board(tmp_path, port))
            board.wait("refusals", lambda: len(board.log()) > 1)
            assert {line["event"] for line in board.log()} == {"broker lost"}
        for name in ("first", "second"):
            folder = tmp_path / name
            folder.mkdir()
            with running_broker(folder, port=port):
                observer = Observer(port, "observer")
                bench = Bench(board, observer, folder)
                bench.wait("connected")
                bench.send(TEST, {"command": "reset", "request_id": name})
                bench.wait("command_completed", request_id=name)
                if name == "second":
                    board.process.kill()
                    gone = observer.wait("last will", lambda seen: seen.data.get("event") == "gone")
                    assert (gone.topic, gone.qos, gone.retain, gone.data["ok"]) == (HEALTH, 1, True, False)
                assert bench.sent_are_valid()
                observer.close()


def test_it_moves_after_days_of_rest(bench: Bench) -> None:
    """The clock of a board wraps around; whether it rested for days makes no difference. A low battery is told."""
    bench.board.feel(clock_ms=SIX_DAYS_MS // 2, battery_mv=6000)
    bench.wait("battery_low")
    bench.board.feel(clock_ms=SIX_DAYS_MS + 5000, battery_mv=7800)
    bench.send(FRAME, {**example(FRAME), "channels": {"0": 1700}})
    bench.board.wait("the frame", lambda: bench.board.pins() == [(13, 1700)])
    assert bench.sent_are_valid()
