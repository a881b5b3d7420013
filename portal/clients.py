"""What is sent, and where → the code that sends and receives it, in one function for each client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from portal import quoting
from portal.quoting import python_text

Form = Literal["json", "text", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Everything that code needs to send one message and to receive those of its topic.

    `topic` is concrete, empty where nothing can be sent to the address. `qos` and `retain` are None where
    nobody says them: then the client's default stands. `form` says how the payload is written: as data, as
    text, or read from the file `file`. `notes` are sentences for a reader.
    """

    host: str
    port: int
    secure: bool = False
    topic: str
    filter: str
    qos: int | None
    retain: bool | None
    subscribe_qos: int | None
    form: Form
    payload: Any = None
    file: str = ""
    decoded: Form = "json"
    notes: tuple[str, ...] = ()


def mosquitto(given: Exchange) -> str:
    """Return the two command lines that subscribe and publish."""
    place = (
        "" if (given.host, given.port) == ("localhost", 1883) else f" -h {quoting.shell(given.host)} -p {given.port}"
    )
    place += " --tls-use-os-certs" if given.secure else ""
    listening = f"mosquitto_sub{place} -t {quoting.shell(given.filter)}{_option(' -q ', given.subscribe_qos)} -v\n"
    if not given.topic:
        return f"{_notes(given, '#')}{listening}"
    retained = " -r" if given.retain else ""
    options = f"{_option(' -q ', given.qos)}{retained}"
    return (
        f"{_notes(given, '#')}# listen\n{listening}\n# send\n"
        f"mosquitto_pub{place} -t {quoting.shell(given.topic)}{options} \\\n  {_shell_payload(given)}\n"
    )


def _shell_payload(given: Exchange) -> str:
    if given.form == "file":
        return f"-f {quoting.shell(given.file)}"
    text = given.payload if given.form == "text" else quoting.compact(given.payload)
    return f"-m {quoting.shell(text)}" if text else "-n"


def aiomqtt(given: Exchange) -> str:
    """Return publishing and subscribing with aiomqtt."""
    secure = ", tls_context=ssl.create_default_context()" if given.secure else ""
    client = f"aiomqtt.Client({python_text(given.host)}, {given.port}{secure})"
    arguments = ", ".join(filter(None, (python_text(given.topic), _python_payload(given), *_said(given))))
    sending = f"""
async def publish():
    async with {client} as client:
        await client.publish({arguments})

"""
    imports = _imports(given, "asyncio", "ssl" if given.secure else "")
    return f"""{_notes(given, "#")}{imports}import aiomqtt
{_python_constant(given)}{sending if given.topic else ""}
async def subscribe():
    async with {client} as client:
        await client.subscribe({python_text(given.filter)}{_option(", qos=", given.subscribe_qos)})
        async for message in client.messages:
            print(message.topic, {_python_read(given, "message.payload")})


if __name__ == "__main__":
    asyncio.run({"publish" if given.topic else "subscribe"}())
"""


def paho(given: Exchange) -> str:
    """Return publishing and subscribing with paho."""
    place = (f"hostname={python_text(given.host)}", f"port={given.port}", "tls={}" if given.secure else "")
    publish = _call("paho.mqtt.publish.single", python_text(given.topic), _python_payload(given), *_said(given), *place)
    asked = _option("qos=", given.subscribe_qos)
    subscribe = _call("paho.mqtt.subscribe.callback", "show", python_text(given.filter), asked, *place)
    sending = f"""
def publish():
    {publish}

"""
    imports = _imports(given)
    modules = "import paho.mqtt.publish\n" if given.topic else ""
    return f"""{_notes(given, "#")}{imports}{modules if imports else modules.lstrip()}import paho.mqtt.subscribe
{_python_constant(given)}{sending if given.topic else ""}
def show(client, userdata, message):
    print(message.topic, {_python_read(given, "message.payload")})


def subscribe():
    {subscribe}


if __name__ == "__main__":
    {"publish" if given.topic else "subscribe"}()
"""


def micropython(given: Exchange) -> str:
    """Return publishing and subscribing from a microcontroller, whose client knows no QoS 2."""
    highest = max(given.qos or 0, given.subscribe_qos or 0)
    notes = _notes(given, "#")
    if highest > 1:
        notes += quoting.comment("umqtt.simple knows no QoS 2: this is QoS 1.", "#")
    exact = given.form != "json" or quoting.survives_single_precision(given.payload)
    if not exact:
        notes += quoting.comment("Written as text: floats of a controller would lose digits.", "#")
    connected = f'MQTTClient("device", {python_text(given.host)}, {given.port}{", ssl=True" if given.secure else ""})'
    topic = f"{python_text(given.topic)}.encode()"
    publish = _call("client.publish", topic, _micropython_payload(given, exact), *_said(given, highest=1))
    sending = f"""
def publish():
    client = {connected}
    client.connect()
    {publish}
    client.disconnect()

"""
    constant = "" if exact else f"\nPAYLOAD = {python_text(quoting.compact(given.payload))}\n\n"
    load = "import json\n\n" if given.decoded == "json" else ""
    return f"""{notes}{load}from umqtt.simple import MQTTClient
{constant or _python_constant(given)}{sending if given.topic else ""}
def show(topic, payload):
    print(topic.decode(), {_python_read(given, "payload")})


def subscribe():
    client = {connected}
    client.set_callback(show)
    client.connect()
    client.subscribe({python_text(given.filter)}.encode(){_option(", qos=", given.subscribe_qos, highest=1)})
    while True:
        client.wait_msg()


if __name__ == "__main__":
    {"publish" if given.topic else "subscribe"}()
"""


def mqtt_js(given: Exchange) -> str:
    """Return publishing and subscribing with MQTT.js, in Node."""
    read = {"json": "JSON.parse(payload)", "text": "payload.toString()", "file": "payload"}[given.decoded]
    load = 'import { readFile } from "node:fs/promises";\n' if given.form == "file" and given.topic else ""
    scheme = "mqtts" if given.secure else "mqtt"
    qos = f", {{ qos: {given.subscribe_qos} }}" if given.subscribe_qos is not None else ""
    said = [_option("qos: ", given.qos), f"retain: {str(given.retain).lower()}" if given.retain is not None else ""]
    options = ", ".join(filter(None, said))
    sending = f"""await client.publishAsync(
  {quoting.compact(given.topic)},
  {_javascript_payload(given)},
{f"  {{ {options} }},{chr(10)}" if options else ""});
"""
    return f"""{_notes(given, "//")}{load}import mqtt from "mqtt";

const client = await mqtt.connectAsync({quoting.compact(f"{scheme}://{given.host}:{given.port}")});
client.on("message", (topic, payload) => console.log(topic, {read}));
await client.subscribeAsync({quoting.compact(given.filter)}{qos});
{sending if given.topic else ""}"""


def _javascript_payload(given: Exchange) -> str:
    if given.form == "file":
        return f"await readFile({quoting.compact(given.file)})"
    if given.form == "text":
        return quoting.compact(given.payload)
    if not quoting.survives_javascript(given.payload):
        return quoting.compact(quoting.compact(given.payload))
    return f"JSON.stringify({quoting.javascript(given.payload, 2)})"


def _micropython_payload(given: Exchange, exact: bool) -> str:
    if given.form == "file":
        return f'open({python_text(given.file)}, "rb").read()'
    return "json.dumps(PAYLOAD).encode()" if given.form == "json" and exact else "PAYLOAD.encode()"


def _python_payload(given: Exchange) -> str:
    if given.form == "file":
        return f"Path({python_text(given.file)}).read_bytes()"
    return "json.dumps(PAYLOAD)" if given.form == "json" else "PAYLOAD"


def _python_read(given: Exchange, name: str) -> str:
    return {"json": f"json.loads({name})", "text": f"{name}.decode()", "file": name}[given.decoded]


def _python_constant(given: Exchange) -> str:
    if given.form == "file" or not given.topic:
        return "\n"
    return f"\nPAYLOAD = {quoting.python(given.payload)}\n\n"


def _said(given: Exchange, highest: int = 2) -> tuple[str, str]:
    retain = f"retain={given.retain}" if given.retain is not None else ""
    return _option("qos=", given.qos, highest=highest), retain


def _call(function: str, *arguments: str) -> str:
    """Return a call within a function, with one argument on a line."""
    return f"{function}(\n" + "".join(f"        {argument},\n" for argument in arguments if argument) + "    )"


def _imports(given: Exchange, *names: str) -> str:
    wanted = {*filter(None, names), *(["json"] if given.decoded == "json" else [])}
    lines = [f"import {name}\n" for name in sorted(wanted)]
    if given.form == "file" and given.topic:
        lines.append("from pathlib import Path\n")
    return "".join(lines) + ("\n" if lines else "")


def _option(name: str, value: int | None, highest: int = 2) -> str:
    return "" if value is None else f"{name}{min(value, highest)}"


def _notes(given: Exchange, mark: str) -> str:
    lines: Iterable[str] = (quoting.comment(note, mark) for note in given.notes)
    return "".join(lines)
