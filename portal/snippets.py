"""Ready-made code for one message on one topic: right topic, QoS and retained flag, in the tools people use."""

from __future__ import annotations

import json
import keyword
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asyncapi.registry import Message, Registry, Topic
from asyncapi.topics import PARAMETER, as_filter

LONGEST = 6_000
_MODULE = re.compile(r"(?:\A|.*/)src/(.+)\.py\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of code: what it is for, the name of its language for colours, and the text."""

    key: str
    label: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Everything a snippet needs: broker, concrete topic, filter, delivery, and the payload as data."""

    host: str
    port: int
    topic: str
    filter: str
    qos: int
    retain: bool
    payload: Any
    module: str = ""
    model: str = ""
    data: Any = None
    in_envelope: bool = False

    @property
    def compact(self) -> str:
        """The payload as JSON on one line."""
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":"))

    @property
    def pretty(self) -> str:
        """The payload as indented JSON."""
        return json.dumps(self.payload, ensure_ascii=False, indent=2)


def concrete(topic: Topic) -> str:
    """Return an address with its parameters filled in, from what the document says or else their names."""
    known = {parameter.name: parameter for parameter in topic.parameters}

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        parameter = known.get(name)
        if parameter is None:
            return name
        return next(iter((*parameter.examples, *parameter.enum)), parameter.default or name)

    return PARAMETER.sub(fill, topic.address or topic.key)


def broker(registry: Registry) -> tuple[str, int]:
    """Return host and port of the first broker; the local one where none is known."""
    for server in registry.servers:
        host, _, port = server.host.rpartition(":") if ":" in server.host else (server.host, "", "")
        if host and "{" not in server.host:
            secure = server.protocol in ("mqtts", "secure-mqtt")
            return host, int(port) if port.isdecimal() and int(port) < 65536 else 8883 if secure else 1883
    return "localhost", 1883


def wire(
    registry: Registry, message: Message, topic: Topic, payload: Any, *, qos: int, retain: bool, data: Any = None
) -> Wire:
    """Return what snippets of a message on a topic are made from; `data` is the model's part inside an envelope."""
    host, port = broker(registry)
    file = message.source.file if message.source else ""
    found = _MODULE.match(file)
    return Wire(
        host=host,
        port=port,
        topic=concrete(topic),
        filter=as_filter(topic.address or topic.key),
        qos=qos,
        retain=retain,
        payload=payload,
        module=found.group(1).removesuffix("/__init__").replace("/", ".") if found else "",
        model=message.source.symbol if message.source else "",
        data=payload if data is None else data,
        in_envelope=data is not None,
    )


def snippets(given: Wire) -> tuple[Snippet, ...]:
    """Return all snippets, the payload first; those that need a topic are left out when it is unknown."""
    made = [("json", "JSON", "json", given.pretty), ("python", "Python", "python", construction(given))]
    if len(given.compact) <= LONGEST:
        made += [
            ("mosquitto", "mosquitto", "bash", mosquitto(given)),
            ("aiomqtt", "aiomqtt", "python", aiomqtt(given)),
            ("paho", "paho", "python", paho(given)),
            ("javascript", "MQTT.js", "javascript", javascript(given)),
            ("micropython", "MicroPython", "python", micropython(given)),
        ]
    return tuple(Snippet(key=key, label=label, language=kind, text=text) for key, label, kind, text in made if text)


def construction(given: Wire) -> str:
    """Return how the model is made in Python, by its class where the document says where that is."""
    if not given.model or not given.model.isidentifier() or not isinstance(given.data, Mapping):
        return ""
    load = f"from {given.module} import {given.model}\n\n" if given.module else ""
    plain = all(name.isidentifier() and not keyword.iskeyword(name) for name in given.data)
    if plain:
        lines = "".join(f"    {name}={_python(value, 4)},\n" for name, value in given.data.items())
        made = f"message = {given.model}(\n{lines})\n" if lines else f"message = {given.model}()\n"
    else:
        made = f"message = {given.model}.model_validate({_python(given.data, 0)})\n"
    return f"{load}{made}"


def mosquitto(given: Wire) -> str:
    """Return the two command lines that publish and subscribe."""
    place = "" if (given.host, given.port) == ("localhost", 1883) else f" -h {shlex.quote(given.host)} -p {given.port}"
    retained = " -r" if given.retain else ""
    return (
        f"mosquitto_sub{place} -t {shlex.quote(given.filter)} -q {given.qos} -v\n\n"
        f"mosquitto_pub{place} -t {shlex.quote(given.topic)} -q {given.qos}{retained} \\\n"
        f"  -m {shlex.quote(given.compact)}\n"
    )


def aiomqtt(given: Wire) -> str:
    """Return publishing and subscribing with aiomqtt."""
    return f"""import asyncio
import json

import aiomqtt

PAYLOAD = {_python(given.payload, 0)}


async def publish():
    async with aiomqtt.Client({_text(given.host)}, {given.port}) as client:
        await client.publish({_text(given.topic)}, json.dumps(PAYLOAD), qos={given.qos}, retain={given.retain})


async def subscribe():
    async with aiomqtt.Client({_text(given.host)}, {given.port}) as client:
        await client.subscribe({_text(given.filter)}, qos={given.qos})
        async for message in client.messages:
            print(message.topic, json.loads(message.payload))


asyncio.run(publish())
"""


def paho(given: Wire) -> str:
    """Return publishing with paho."""
    return f"""import json

import paho.mqtt.publish

PAYLOAD = {_python(given.payload, 0)}

paho.mqtt.publish.single(
    {_text(given.topic)},
    json.dumps(PAYLOAD),
    qos={given.qos},
    retain={given.retain},
    hostname={_text(given.host)},
    port={given.port},
)
"""


def javascript(given: Wire) -> str:
    """Return publishing and subscribing with MQTT.js."""
    options = json.dumps({"qos": given.qos, "retain": given.retain})
    return f"""import mqtt from "mqtt";

const client = await mqtt.connectAsync({_text(f"mqtt://{given.host}:{given.port}")});
client.on("message", (topic, payload) => console.log(topic, JSON.parse(payload)));
await client.subscribeAsync({_text(given.filter)}, {{ qos: {given.qos} }});
await client.publishAsync(
  {_text(given.topic)},
  JSON.stringify({given.pretty.replace(chr(10), chr(10) + "  ")}),
  {options},
);
"""


def micropython(given: Wire) -> str:
    """Return publishing from a microcontroller; its client knows no QoS 2."""
    return f"""import json
from umqtt.simple import MQTTClient

client = MQTTClient("device", {_text(given.host)}, {given.port})
client.connect()
client.publish(
    {_text(given.topic)}.encode(),
    json.dumps({_python(given.payload, 4)}).encode(),
    retain={given.retain},
    qos={min(given.qos, 1)},
)
client.disconnect()
"""


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _python(value: Any, indent: int) -> str:
    """Return JSON data as a Python literal whose further lines are indented."""
    flat = repr(value)
    if len(flat) + indent <= 88 or not value or not isinstance(value, Mapping | list):
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, Mapping):
        lines = (f"{inner}{key!r}: {_python(item, indent + 4)},\n" for key, item in value.items())
        return "{\n" + "".join(lines) + " " * indent + "}"
    return "[\n" + "".join(f"{inner}{_python(item, indent + 4)},\n" for item in value) + " " * indent + "]"
