"""A document whose addresses, parameters, examples and brokers are as hard to write in code as documents can be."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXTS = (
    'it\'s "quoted" `id` $HOME $(id) ${process.exit(9)} !! %s {x} #{y}',
    "back\\slash \\' \\\" \\n \\u0041 \\",
    "lines\nof\r\ntext\tand\x00\x07\x1b[31m\x7f\x85",
    "'''triple''' \"\"\"quotes\"\"\" */ // <!-- </script> ]]>",
    "grüße 日本語 😀 \u2028 \u2029 \u202e\u2066 \ufeff \U000e0041",
    "'; import os; os._exit(9) #",
    "-q",
    "",
)
ADDRESS = "it's/\"two\" words/$HOME/`id`/$(id)/\\/\\'/grüße 日本 😀/%s/#x/ !!".replace("#x", "{x y}")

# key of the channel → address, topic on the wire, QoS and retained flag of its sender (None: nobody says), payload
CASES: dict[str, tuple[str, str, int | None, bool | None, Any]] = {
    "texts": ("nasty/texts", "nasty/texts", 1, False, {"texts": list(TEXTS), **dict.fromkeys(TEXTS, 1)}),
    "address": (ADDRESS, ADDRESS.replace("{x y}", "it's $x"), 2, False, {"a": None}),
    "template": ("rooms/{room}/unit-{unit}/x", "rooms/north/unit-unit/x", 1, True, {"class": 1, "a-b": True}),
    "partly": ("{first}{second}/x", "firstsecond/x", 0, False, [1, [], {}, "x"]),
    "wildcards": ("levels/{level}", "levels/fine", 1, False, "text"),
    "reserved": ("nasty/reserved", "nasty/reserved", 1, True, {"__proto__": {"x": 1}, "constructor": 1, "import": 2}),
    "numbers": ("nasty/numbers", "nasty/numbers", 1, False, [2**53 + 1, -(2**70), 1.5e300, 5e-324, -0.0, 0.1, 1e22]),
    "precise": ("nasty/precise", "nasty/precise", 1, False, {"timestamp": 1767261600.25, "ratio": 0.5}),
    "unknown": ("nasty/unknown", "nasty/unknown", None, None, {"x": 1}),
    "long": ("nasty/long", "nasty/long", 2, True, {"text": "x" * 9_000}),
    "flat": ("nasty/flat", "nasty/flat", 0, True, -1),
    "nested": ("nasty/nested", "nasty/nested", 1, False, {"a": [{"b": [{"c": ["d" * 90, {"e": "f" * 90}]}]}]}),
    "plain": ("nasty/plain", "nasty/plain", 1, False, TEXTS[0] + "\n" + TEXTS[1] + TEXTS[4]),
    "bytes": ("nasty/bytes", "nasty/bytes", 1, True, {"temperature": 21}),
}
CONTENT_TYPES = {"plain": "text/plain; charset=utf-8", "bytes": "application/cbor"}
PARAMETERS: dict[str, Json] = {
    "address": {"x y": {"examples": ["not/one level", "it's $x"]}},
    "template": {"room": {"enum": ["north", "south"]}, "unit": {"description": "x\nimport os"}},
    "wildcards": {"level": {"examples": ["+", "#", ""], "default": "fine"}},
}


def document(host: str = "localhost:1883", protocol: str = "mqtt") -> Json:
    """Return the document; its first broker is one whose host is code."""
    channels: Json = {}
    operations: Json = {}
    messages: Json = {}
    for key, (address, _, qos, retain, payload) in CASES.items():
        messages[key] = {
            "name": key,
            "contentType": CONTENT_TYPES.get(key, "application/json"),
            "payload": {"examples": [payload]},
            "examples": [{"payload": payload}],
        }
        channels[key] = {
            "address": address,
            "parameters": PARAMETERS.get(key, {}),
            "messages": {key: {"$ref": f"#/components/messages/{key}"}},
        }
        said = {name: value for name, value in (("qos", qos), ("retain", retain)) if value is not None}
        operations[f"send{key}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{key}"},
            "bindings": {"mqtt": said},
        }
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Nasty", "version": "1"},
        "servers": {
            "a": {"host": "x'; $(id) \"", "protocol": "mqtt"},
            "b": {"host": "queue.example.org:5672", "protocol": "amqp"},
            "c": {"host": host, "protocol": protocol},
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }
