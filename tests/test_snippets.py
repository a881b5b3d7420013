"""Code samples: whatever a text holds it stays inside its quotes, and what nobody says is not made up."""

from __future__ import annotations

import ast
import json
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.nasty import TEXTS, document
from support.registries import registry

from asyncapi.documents.document import Document
from portal import quoting
from portal.brokers import Broker, broker
from portal.pages import message
from portal.snippets import Snippet, is_topic
from portal.system import system

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(TEXTS)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(_DATA)
def test_python_reads_what_was_written(value: Any) -> None:
    """A literal of Python means the data, and every character of it can be seen."""
    literal = quoting.python(value)
    assert json.dumps(ast.literal_eval(literal)) == json.dumps(value)
    assert literal.replace("\n", "").isprintable()


@given(_DATA)
def test_json_reads_what_was_written(value: Any) -> None:
    """JSON means the data, on one line or many, and every character of it can be seen."""
    for text in (quoting.pretty(value), quoting.compact(value), quoting.javascript(value, 2)):
        assert json.dumps(json.loads(text)) == json.dumps(value)
        assert text.replace("\n", "").isprintable()
    assert "\n" not in quoting.compact(value)


@settings(max_examples=40)
@given(st.lists(_TEXT.filter(lambda text: "\x00" not in text), min_size=1, max_size=30))
def test_shell_reads_what_was_written(texts: list[str]) -> None:
    """A word of a shell is the text, and every character of it can be seen."""
    words = [quoting.shell(text) for text in texts]
    line = "printf '%s\\0' " + " ".join(words)
    assert line.isprintable()
    answer = subprocess.run(["bash", "-u", "-c", line], capture_output=True, check=True)
    assert answer.stdout == b"".join(text.encode() + b"\0" for text in texts)


@given(_TEXT)
def test_comment_is_one_line(text: str) -> None:
    """A comment ends where its line ends, in every language."""
    line = quoting.comment(text, "//")
    assert (line[:3], line[-1]) == ("// ", "\n")
    assert line[:-1].isprintable()


def _snippets(raw: dict[str, Any], key: str) -> dict[str, Snippet]:
    index = system(Document(raw=raw, source="test")).index
    return {item.key: item for item in message.view(index, index.messages[key]).snippets}


def _said(operations: list[tuple[str, dict[str, Any]]], expected: dict[str, Any] | None = None) -> dict[str, Any]:
    raw = document()
    raw["channels"] = {"x": {"address": "a/b", "messages": {"m": {"$ref": "#/components/messages/unknown"}}}}
    raw["channels"]["x"] |= {"x-expected": expected} if expected else {}
    raw["operations"] = {
        f"o{number}": {"action": action, "channel": {"$ref": "#/channels/x"}, "bindings": {"mqtt": said}}
        for number, (action, said) in enumerate(operations)
    }
    return raw


@pytest.mark.parametrize(
    ("operations", "expected", "publish", "listen", "notes"),
    [
        ([("send", {"qos": 1, "retain": True})], None, " -q 1 -r", " -q 1", []),
        ([("send", {"qos": 1, "retain": False}), ("receive", {"qos": 0})], None, " -q 1", " -q 0", []),
        (
            [("send", {})],
            None,
            "",
            "",
            [
                "Nobody says which QoS this has: the client's default stands.",
                "Nobody says whether this is retained: the client's default, not retained, stands.",
            ],
        ),
        (
            [("receive", {"qos": 2})],
            {"retain": True},
            " -q 2 -r",
            " -q 2",
            [
                "QoS 2 is what subscribers ask for; no sender says its own.",
                "Retained is what the policy expects; no sender says it.",
            ],
        ),
        (
            [("send", {"retain": False}), ("send", {"retain": True})],
            {"qos": 1},
            " -q 1 -r",
            " -q 1",
            [
                "QoS 1 is what the policy expects; no sender was seen to say it.",
                "Some senders retain this and some do not: here it is retained.",
            ],
        ),
        (
            [("send", {"qos": 0, "retain": False}), ("send", {"qos": 2, "retain": False})],
            None,
            " -q 2",
            " -q 2",
            ["Senders differ in QoS (0 / 2): this is the highest."],
        ),
    ],
)
def test_delivery_is_what_is_said(
    operations: list[tuple[str, dict[str, Any]]],
    expected: dict[str, Any] | None,
    publish: str,
    listen: str,
    notes: list[str],
) -> None:
    """QoS and the retained flag are those of the senders; what they do not say is left out, and that is said."""
    lines = _snippets(_said(operations, expected), "unknown")["mosquitto"].text.splitlines()
    assert lines[len(notes) :] == [
        "# listen",
        f"mosquitto_sub -t a/b{listen} -v",
        "",
        "# send",
        f"mosquitto_pub -t a/b{publish} \\",
        """  -m '{"x":1}'""",
    ]
    assert lines[: len(notes)] == [f"# {note}" for note in notes]


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("a/b", {"json", "mosquitto", "aiomqtt", "paho", "javascript", "micropython"}),
        ("a/#", {"json", "mosquitto", "aiomqtt", "paho", "javascript", "micropython"}),
        ("a/x#", {"json"}),
        ("a\x1bb", {"json"}),
        ("", {"json"}),
        (None, {"json"}),
    ],
)
def test_code_is_there_where_it_can_run(address: str | None, keys: set[str]) -> None:
    """An address that brokers refuse, or that nobody knows, gets no code; no Python model is made up."""
    raw = _said([("send", {"qos": 1})])
    raw["channels"]["x"]["address"] = address
    assert _snippets(raw, "unknown").keys() == keys


def test_a_filter_can_only_be_listened_to() -> None:
    """Code for an address with wildcards subscribes and publishes nothing."""
    raw = _said([("receive", {"qos": 1})])
    raw["channels"]["x"]["address"] = "a/#"
    code = _snippets(raw, "unknown")
    assert code["mosquitto"].text.splitlines()[-1] == "mosquitto_sub -t 'a/#' -q 1 -v"
    assert {key for key, item in code.items() if "publish" in item.text} == set()
    for key in ("aiomqtt", "paho", "micropython"):
        assert ast.parse(code[key].text).body


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("packages/a/src/shop/orders.py#Order", "from shop.orders import Order\n\nmessage = Order(\n    x=1,\n)\n"),
        ("src/shop/__init__.py#Order.Line", "from shop import Order\n\nmessage = Order.Line(\n    x=1,\n)\n"),
        ("src/shop/orders.ts#Order", None),
        ("src/shop/orders.py", None),
        ("src/shop\nimport os/orders.py#Order", None),
        ("src/shop/class/orders.py#Order", None),
        ("orders.py#Order", None),
        ("src/shop/orders.py#Order()", None),
    ],
)
def test_models_are_named_where_the_document_names_them(source: str, code: str | None) -> None:
    """The construction in Python stands only where a class and its module are known by name."""
    raw = _said([("send", {"qos": 1})])
    raw["components"]["messages"]["unknown"]["x-source"] = source
    found = _snippets(raw, "unknown").get("python")
    assert (found.text if found else None) == code


@pytest.mark.parametrize(
    ("host", "protocol", "expected"),
    [
        ("broker.example.org", "mqtt", Broker(host="broker.example.org")),
        ("broker.example.org:1884", "mqtt", Broker(host="broker.example.org", port=1884)),
        ("broker.example.org", "mqtts", Broker(host="broker.example.org", port=8883, secure=True)),
        ("[::1]:1884", "mqtt", Broker(host="[::1]", port=1884)),
        ("broker.example.org:99999", "mqtt", Broker(host="broker.example.org")),
        ("{region}.example.org", "mqtt", Broker()),
        ("broker'; id #", "mqtt", Broker()),
        ("broker.example.org", "amqp", Broker()),
    ],
)
def test_broker_is_the_first_that_speaks_mqtt(host: str, protocol: str, expected: Broker) -> None:
    """Other protocols and what is no host are passed over; without any the local broker stands."""
    assert broker(registry(document(host, protocol))) == expected


@pytest.mark.parametrize(
    ("key", "piece"),
    [
        ("mosquitto", "mosquitto_pub -h b.example.org -p 8883 --tls-use-os-certs -t nasty/flat"),
        ("aiomqtt", 'aiomqtt.Client("b.example.org", 8883, tls_context=ssl.create_default_context())'),
        ("paho", "        port=8883,\n        tls={},\n"),
        ("javascript", '"mqtts://b.example.org:8883"'),
        ("micropython", 'MQTTClient("device", "b.example.org", 8883, ssl=True)'),
    ],
)
def test_encrypted_where_the_broker_is(key: str, piece: str) -> None:
    """Every client asks for TLS where the document says that the broker speaks it."""
    assert piece in _snippets(document("b.example.org", "mqtts"), "flat")[key].text


@pytest.mark.parametrize(
    ("text", "topic", "wildcards"),
    [
        ("a/b", True, True),
        ("a/+/b", False, True),
        ("a/#", False, True),
        ("a/#/b", False, False),
        ("a/b+", False, False),
        ("", False, False),
        ("a\x00", False, False),
        ("a\x9f", False, False),
        ("\ud800", False, False),
        ("\ufdd0", False, False),
        ("/", True, True),
        ("x" * 65_535, True, True),
        ("ü" * 40_000, False, False),
    ],
)
def test_topics_are_those_that_brokers_take(text: str, topic: bool, wildcards: bool) -> None:
    """Wildcards, control characters and too many bytes make no topic; whole levels of wildcards make a filter."""
    assert (is_topic(text), is_topic(text, wildcards=True)) == (topic, wildcards)
