"""The example workspace, running: who is to say what to whom, and an observer of what really travels."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

WORKSPACE = Path(__file__).parents[2] / "examples/py-tars"

# Topic, policy class, who publishes, who subscribes: written by hand, from what the system is meant to be.
PARTIES = """
stt/final | event | stt-worker | memory-worker router ui ui-web wake-activation
stt/partial | stream | stt-worker | ui ui-web
stt/audio_fft | stream | stt-worker | ui ui-web
tts/say | command | llm-worker router | memory-worker stt-worker tts-worker ui-web
tts/status | status | tts-worker | router stt-worker ui ui-web wake-activation
tts/control | command | wake-activation | tts-worker
llm/request | request | router | llm-worker
llm/response | response | llm-worker | router ui ui-web
llm/stream | stream | llm-worker | router ui-web
llm/cancel | command | router | llm-worker
llm/tools/registry | state | mcp-bridge | llm-worker
llm/tool.call.request | request | llm-worker | mcp-bridge
llm/tool.call.result | response | mcp-bridge | llm-worker
memory/query | request | llm-worker ui-web | memory-worker
memory/results | response | memory-worker | llm-worker ui-web
character/get | request | llm-worker | memory-worker
character/result | response | memory-worker | llm-worker
character/update | command | llm-worker | memory-worker
system/character/current | state | memory-worker | llm-worker ui
wake/event | event | wake-activation | router stt-worker ui
wake/mic | command | wake-activation | stt-worker
camera/capture | request | mcp-bridge | camera-service
camera/image | response | camera-service | mcp-bridge
camera/frame | stream | camera-service | ui-web
movement/command | command | router | movement-service
movement/frame | command | movement-service | esp32-controller
movement/state | status | movement-service | ui-web
movement/test | command | llm-worker router | esp32-controller
movement/stop | command | router | esp32-controller movement-service
movement/status | status | esp32-controller | router ui-web
system/health/{service} | health | * | router ui ui-web
system/health/movement | health | movement-service | router ui ui-web
system/health/movement-controller | health | esp32-controller | router ui ui-web
"""
SERVICES = (
    "camera-service",
    "config-manager",
    "esp32-controller",
    "llm-worker",
    "mcp-bridge",
    "memory-worker",
    "movement-service",
    "router",
    "stt-worker",
    "tts-worker",
    "ui",
    "ui-web",
    "wake-activation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One topic of the system: its class, its publishers and its subscribers."""

    topic: str
    topic_class: str
    publishers: frozenset[str]
    subscribers: frozenset[str]


def parties() -> dict[str, Party]:
    """Return the table by topic."""
    found = {}
    for line in PARTIES.strip().splitlines():
        topic, topic_class, publishers, subscribers = (part.strip() for part in line.split("|"))
        names = set(publishers.split())
        if publishers == "*":
            names = set(SERVICES) - {"movement-service", "esp32-controller"}
        found[topic] = Party(
            topic=topic,
            topic_class=topic_class,
            publishers=frozenset(names),
            subscribers=frozenset(subscribers.split()),
        )
    return found


def address_of(topic: str) -> str:
    """Return the address in the table to which a concrete topic belongs."""
    table = parties()
    return topic if topic in table else topic.rpartition("/")[0] + "/{service}"


def load_demo() -> ModuleType:
    """Import the workspace's demo.py, which starts its services."""
    spec = importlib.util.spec_from_file_location("py_tars_demo", WORKSPACE / "demo.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as it passed the broker; `data` is what was inside an envelope, or all of it."""

    topic: str
    qos: int
    retain: bool
    payload: bytes
    sender: str
    data: dict[str, Any]


class Observer:
    """An MQTT 5 client that is granted QoS 2 on everything and sees retained flags as they were published."""

    def __init__(self, port: int, name: str) -> None:
        """Connect and subscribe; returns when the broker has granted it."""
        self.seen: list[Seen] = []
        self.granted = threading.Event()
        self.news = threading.Condition()
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.on_message = self._keep
        self.client.on_subscribe = lambda *_: self.granted.set()
        self.client.connect("127.0.0.1", port)
        self.client.subscribe("#", options=SubscribeOptions(qos=2, retainAsPublished=True))
        self.client.loop_start()
        if not self.granted.wait(10):
            raise TimeoutError("the broker did not grant the subscription")

    def close(self) -> None:
        """Leave."""
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish, and return when the broker has it."""
        self.client.publish(topic, payload, qos=1).wait_for_publish(10)

    def wait(self, what: str, fits: Callable[[Seen], bool], since: int = 0, seconds: float = 30) -> Seen:
        """Return the first message from `since` on that fits; raises TimeoutError."""
        deadline, start = time.monotonic() + seconds, since
        with self.news:
            while True:
                found = next(filter(fits, self.seen[start:]), None)
                if found:
                    return found
                start = len(self.seen)
                if not self.news.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{what} did not come; the last were {[m.topic for m in self.seen[-9:]]}")

    def _keep(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        sender, data = opened(payload)
        with self.news:
            self.seen.append(
                Seen(
                    topic=message.topic,
                    qos=message.qos,
                    retain=message.retain,
                    payload=payload,
                    sender=sender,
                    data=data,
                )
            )
            self.news.notify_all()


def opened(payload: bytes) -> tuple[str, dict[str, Any]]:
    """Return the sender that an envelope names, and the message in it; a bare message has no sender."""
    try:
        content = json.loads(payload)
    except ValueError:
        return "", {}
    if not isinstance(content, dict):
        return "", {}
    return (content["source"], content["data"]) if "source" in content and "data" in content else ("", content)


def validator(document: Mapping[str, Any], channel: Mapping[str, Any]) -> Any:
    """Return a validator for any message of a channel."""
    messages = [_reference(document, message) for message in channel["messages"].values()]
    payloads = [message["payload"] for message in messages]
    return jsonschema_rs.validator_for({"anyOf": payloads, "components": document["components"]})


def validators(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return validators by address."""
    return {channel["address"]: validator(document, channel) for channel in document["channels"].values()}


def _reference(document: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    found: Any = document
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found
