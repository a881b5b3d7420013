"""How rows, models and members declare a topic."""

from __future__ import annotations

import re
import types
import typing

from .classes import plain_text
from .pipe import Json

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

MISSING: typing.Any = object()

TOPIC_KEYS = ("topic", "address", "channel", "topic_template", "mqtt_topic", "topic_name", "name")
MODEL_KEYS = frozenset("model models payload payload_model payload_type schema message messages message_type".split())
INNER_KEYS = frozenset("topic address channel topic_template mqtt_topic topic_name qos retain retained".split())
ROW_KEYS = MODEL_KEYS | {"qos", "retain", "retained"}


def schema_extra(value: typing.Any) -> dict[str, typing.Any]:
    """Return what a model's own configuration adds to its schema about its topic: `topic`, `x-mqtt-topic`, `x-qos` …"""
    own, *inherited = [_declared(getattr(base, "model_config", {})) for base in (value, *value.__bases__)]
    return {} if own in inherited else own


def _declared(config: Json) -> dict[str, typing.Any]:
    return {name: config["json_schema_extra"][key] for key, name in declaring(config).items()}


def declaring(config: typing.Any) -> dict[str, str]:
    """Return the keys of a schema that say where a message travels, and what each stands for; none without a topic."""
    extra: Json = config.get("json_schema_extra") if isinstance(config, dict) else None
    found = {}
    for key, said in extra.items() if isinstance(extra, dict) else ():
        name = re.sub(r"^(x-)?(mqtt-)?", "", str(key).lower().replace("_", "-")).replace("-", "_")
        if name in ("topic", "address", "channel", "qos", "retain", "retained") and isinstance(said, (str, int)):
            found[key] = name
    topics = [key for key, name in found.items() if name in TOPIC_KEYS and isinstance(extra[key], str)]
    return found if topics else {}


def worked_out(item: typing.Any, known: Mapping[str, typing.Any]) -> dict[str, str]:
    """Return the topic that a row works out in a property, where none of its fields is called so."""
    for name in TOPIC_KEYS[:-1]:
        if name not in known and isinstance(getattr(type(item), name, None), property):
            try:
                value = getattr(item, name)
            except Exception:
                continue
            if isinstance(value, str):
                return {name: value}
    return {}


def delivered(value: typing.Any) -> Json:
    """Return topic, QoS and retained flag of a member such as `("mine/{level}/gas", 1, False)`; nothing for others."""
    if type(value) is not tuple or len(value) < 2 or not isinstance(value[0], str) or "/" not in value[0]:
        return {}
    flags = [part for part in value[1:] if isinstance(part, bool)]
    levels = [part for part in value[1:] if type(part) is int and 0 <= part <= 2]
    if len(flags) + len(levels) != len(value) - 1 or len(flags) > 1 or len(levels) != 1:
        return {}
    return {"topic": plain_text(value[0]), "qos": levels[0], **({"retain": flags[0]} if flags else {})}


def named_texts(value: typing.Any) -> dict[str, str]:
    """Return the attributes of a namespace or named tuple of texts alone: `T = SimpleNamespace(UP="a/{x}/up")`."""
    held = vars(value) if type(value) is types.SimpleNamespace else None
    if isinstance(value, tuple) and isinstance(names := getattr(type(value), "_fields", None), tuple):
        held = dict(zip(names, value))
    return held if held and all(isinstance(item, str) for item in held.values()) else {}
