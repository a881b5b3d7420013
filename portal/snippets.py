"""Ready-made code for one message on one topic: right topic, QoS and retained flag, in the tools people use.

What nobody says is not made up: the code leaves it out and a comment says so.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asyncapi.schemas.keywords import is_json
from asyncapi.topics import PARAMETER, as_filter
from asyncapi.view.registry import Message, Operation, Registry, Topic
from portal import clients, delivery, quoting
from portal.brokers import broker
from portal.clients import Exchange, Form

LONGEST = 6_000
LONGEST_TOPIC = 65_535  # bytes: MQTT gives the length of a topic in two of them
_MODULE = re.compile(r"(?:\A|.*/)src/(.+)\.py\Z", re.S)
_JSON = re.compile(r"(?:application|text)/json|[^;]+\+json")
_TEXT = re.compile(r"text/.+|application/(?:xml|yaml)|[^;]+\+(?:xml|yaml)")
_CLIENTS = (
    ("mosquitto", "mosquitto", "bash", clients.mosquitto),
    ("aiomqtt", "aiomqtt", "python", clients.aiomqtt),
    ("paho", "paho", "python", clients.paho),
    ("javascript", "MQTT.js", "javascript", clients.mqtt_js),
    ("micropython", "MicroPython", "python", clients.micropython),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of code: what it is for, the name of its language for colours, and the text."""

    key: str
    label: str
    language: str
    text: str


def snippets(
    registry: Registry,
    message: Message,
    payload: Any,
    *,
    topic: Topic | None,
    operations: Iterable[Operation] = (),
    data_name: str = "",
) -> tuple[Snippet, ...]:
    """Return the payload and code around it; what needs a topic is left out where its address is unknown.

    `operations` are those on the topic, `data_name` the property of an envelope that holds the model.
    """
    if not is_json(payload):
        return ()
    form = _decoded(message)
    data = payload.get(data_name) if data_name and isinstance(payload, Mapping) else payload
    shown = form == "text" and isinstance(payload, str)
    made = [
        Snippet(key="text", label="Text", language="text", text=payload)
        if shown
        else Snippet(key="json", label="JSON", language="json", text=quoting.pretty(payload))
    ]
    if code := construction(message, data):
        made.append(Snippet(key="python", label="Python", language="python", text=code))
    if topic is not None and topic.address and is_topic(as_filter(topic.address), wildcards=True):
        given = wire(registry, message, topic, payload, tuple(operations))
        made += [
            Snippet(key=key, label=label, language=language, text=client(given))
            for key, label, language, client in _CLIENTS
        ]
    return tuple(made)


def wire(
    registry: Registry, message: Message, topic: Topic, payload: Any, operations: tuple[Operation, ...] = ()
) -> Exchange:
    """Return what code about a message on a topic is made from."""
    place = broker(registry)
    address = topic.address or ""
    qos, retain = delivery.qos(topic, operations), delivery.retain(topic, operations)
    highest = max(qos.values, default=None)
    asked = [operation.delivery.qos for operation in operations if operation.action == "receive"]
    form, decoded = _form(message, payload), _decoded(message)
    notes = [*_filled(topic), *_said(qos, retain)]
    if form == "file":
        kind = message.content_type or "JSON"
        notes.append(f"The payload ({kind}) is read from the file {_file(decoded)}.")
    return Exchange(
        host=place.host,
        port=place.port,
        secure=place.secure,
        topic=found if is_topic(found := concrete(topic)) else "",
        filter=as_filter(address),
        qos=highest,
        retain=bool(max(retain.values)) if retain.values else None,
        subscribe_qos=max((each for each in asked if each is not None), default=highest),
        form=form,
        payload=payload,
        file=_file(decoded),
        decoded=decoded,
        notes=tuple(notes),
    )


def _decoded(message: Message) -> Form:
    kind = message.content_type.partition(";")[0].strip().lower()
    if not kind or _JSON.fullmatch(kind):
        return "json"
    return "text" if _TEXT.fullmatch(kind) else "file"


def _form(message: Message, payload: Any) -> Form:
    """Return how the payload is written: data that is not JSON on the wire, or is long, comes from a file."""
    form = _decoded(message)
    if form == "text" and isinstance(payload, str) and len(payload) <= LONGEST:
        return "text"
    return "json" if form == "json" and len(quoting.compact(payload)) <= LONGEST else "file"


def _file(decoded: Form) -> str:
    return {"json": "message.json", "text": "message.txt", "file": "message.bin"}[decoded]


def _filled(topic: Topic) -> Iterator[str]:
    for name in dict.fromkeys(PARAMETER.findall(topic.address or "")):
        yield f"{{{name}}} is any one level, here {_value(topic, name)}."


def _said(qos: delivery.ShownFact, retain: delivery.ShownFact) -> Iterator[str]:
    """Yield what a reader must know of QoS and the retained flag when the senders do not all say the same."""
    if qos.origin == "unknown":
        yield "Nobody says which QoS this has: the client's default stands."
    elif qos.origin == "expected":
        yield f"QoS {qos.text} is what the policy expects; no sender was seen to say it."
    elif qos.origin == "subscribed":
        yield f"QoS {qos.text} is what subscribers ask for; no sender says its own."
    elif len(qos.values) > 1:
        yield f"Senders differ in QoS ({qos.text}): this is the highest."
    if retain.origin == "unknown":
        yield "Nobody says whether this is retained: the client's default, not retained, stands."
    elif retain.origin == "expected":
        yield f"{'Retained' if retain.values[0] else 'Not retained'} is what the policy expects; no sender says it."
    elif len(retain.values) > 1:
        yield "Some senders retain this and some do not: here it is retained."


def concrete(topic: Topic) -> str:
    """Return an address with its parameters filled in, from what the document says or else their names."""
    return PARAMETER.sub(lambda found: _value(topic, found.group(1)), topic.address or "")


def _value(topic: Topic, name: str) -> str:
    parameter = next((each for each in topic.parameters if each.name == name), None)
    known = (*parameter.examples, *parameter.enum, parameter.default or "") if parameter else ()
    return next((value for value in known if is_topic(value) and "/" not in value), re.sub(r"[+#/\x00]", "_", name))


def is_topic(text: str, *, wildcards: bool = False) -> bool:
    """Say whether brokers let a text be a topic, or a filter (MQTT 5.0, sections 1.5.4 and 4.7)."""
    if not 0 < len(text.encode("utf-8", "replace")) <= LONGEST_TOPIC or any(map(_refused, text)):
        return False
    if not wildcards:
        return "+" not in text and "#" not in text
    levels = text.split("/")
    return "#" not in levels[:-1] and not any(len(level) > 1 and ("+" in level or "#" in level) for level in levels)


def _refused(letter: str) -> bool:
    code = ord(letter)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or noncharacter


def construction(message: Message, data: Any) -> str:
    """Return how the model is made in Python, where the document says which class of which module it is."""
    source = message.source
    if source is None or not isinstance(data, Mapping) or not (found := _MODULE.match(source.file)):
        return ""
    module = found.group(1).removesuffix("/__init__").split("/")
    path = source.symbol.split(".")
    if not all(_is_name(part) for part in (*module, *path)):
        return ""
    load = f"from {'.'.join(module)} import {path[0]}\n"
    if len(quoting.compact(data)) > LONGEST:
        read = 'Path("message.json").read_bytes()'
        return f"from pathlib import Path\n\n{load}\nmessage = {source.symbol}.model_validate_json({read})\n"
    if not all(map(_is_name, data)):
        return f"{load}\nmessage = {source.symbol}.model_validate({quoting.python(data)})\n"
    lines = "".join(f"    {name}={quoting.python(value, 4)},\n" for name, value in data.items())
    return f"{load}\nmessage = {source.symbol}({f'{chr(10)}{lines}' if lines else ''})\n"


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
