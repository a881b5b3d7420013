"""Data in other forms on the machine: what is written keeps its value, what is received keeps its message."""

from __future__ import annotations

from typing import Any

import pytest
from support.machine_rows import by_python, emitted

KNOWN = [
    """json.loads('{"a": [1, null, true], "b": "x"}')""",
    """json.loads(json.dumps({"a": 1, "b": [2]}))["b"][0]""",
    """json.loads(b"[1, 2]")""",
    """base64.b64encode(b"ab")""",
    """base64.b64decode("YWI=").decode()""",
    """base64.urlsafe_b64decode(base64.urlsafe_b64encode(b"??>"))""",
    """binascii.hexlify(b"ab")""",
    """struct.pack("<hh", 1, 2)""",
    """struct.unpack("<hh", b"ab12")""",
    """struct.Struct(">I").unpack(b"abcd")""",
    """struct.calcsize("<If")""",
    """json.loads(zlib.decompress(zlib.compress(json.dumps({"a": 1}).encode())))["a"]""",
    """pickle.loads(pickle.dumps({"a": 1}))["a"]""",
    """json.loads('{"a": 1}', object_hook=lambda d: d["a"])""",
]


@pytest.mark.parametrize("expression", KNOWN)
def test_known_data_is_what_python_makes_of_it(expression: str) -> None:
    """Constants are computed, and what was written is the same value again when it is read."""
    program = f"import base64, binascii, json, pickle, struct, zlib\nemit({expression})"
    assert emitted(program) == by_python(program)


FORMS: list[tuple[str, Any]] = [
    ("json.loads(message)", "<message as json>"),
    ("json.loads(message.decode('utf-8'))['x']", "<message.x as json>"),
    ("json.loads(data['inner'])['y']", "<message.inner.y as json>"),
    ("json.loads(message, object_hook=lambda d: SimpleNamespace(**d)).temperature", "<message.temperature as json>"),
    ("json.loads(unknown)", "?thing"),
    ("json.loads('{')", "?"),
    ("json.dumps({'a': unknown}, indent=2)", ("json of", {"a": "?thing"}, {"indent": 2})),
    ("json.dumps('text')", ("json of", "text")),
    ("json.dumps({'a': 1}).encode()", ("json of", {"a": 1})),
    ("bytes(json.dumps([1]), 'utf-8')", ("json of", [1])),
    ("bytearray(orjson.dumps([1]))", ("json of", [1])),
    ("orjson.dumps({'a': 1}).decode()", ("json of", {"a": 1})),
    ("json.dumps(data)", ("json of", "<message as json>")),
    ("Encoder().encode({'b': 1})", ("json of", {"b": 1})),
    ("json.dumps({'a': 1}, cls=Encoder)", ("json of", {"a": 1}, {"cls": "class Encoder"})),
    ("json.JSONDecoder().decode(message)", "<message as json>"),
    ("msgpack.packb({'a': 1}, use_bin_type=True)", ("msgpack of", {"a": 1}, {"use_bin_type": True})),
    ("msgpack.unpackb(message, raw=False)['a']", "<message.a as msgpack>"),
    ("msgpack.unpackb(msgpack.packb({'a': 1}))", {"a": 1}),
    ("cbor2.loads(message)", "<message as cbor>"),
    ("cbor2.dumps([1])", ("cbor of", [1])),
    ("pickle.loads(message).field", "<message.field as pickle>"),
    ("pickle.dumps(unknown)", ("pickle of", "?thing")),
    ("yaml.safe_load(message)['a']", "<message.a as yaml>"),
    ("yaml.dump({'a': 1})", ("yaml of", {"a": 1})),
    ("yaml.safe_load('a: [1, x]')", {"a": [1, "x"]}),
    ("tomllib.loads('a = 1')", {"a": 1}),
    ("base64.b64encode(unknown)", ("base64 of", "?thing")),
    ("base64.b64encode(unknown).decode('ascii')", ("base64 of", "?thing")),
    ("base64.b64decode(message)", "<message as base64>"),
    ("json.loads(base64.b64decode(data['blob']))['a']", "<message.blob.a as json>"),
    ("struct.unpack('<hf', message)", ("<message.0 as struct>", "<message.1 as struct>")),
    ("struct.unpack('<hf', message)[1]", "<message.1 as struct>"),
    ("struct.unpack(unknown, message)", ["*", "<message.ANY as struct>"]),
    ("struct.pack('<f', unknown)", ("struct of", ("?thing",), {"format": "<f"})),
    ("zlib.compress(json.dumps({'a': 1}).encode())", ("zlib of", ("json of", {"a": 1}))),
    ("json.loads(zlib.decompress(message))", "<message as json>"),
    ("gzip.decompress(message)", "<message as gzip>"),
]
BEFORE = """
import base64, gzip, json, pickle, struct, tomllib, zlib
import cbor2, msgpack, orjson, yaml
from types import SimpleNamespace
class Encoder(json.JSONEncoder):
    def default(self, o): return str(o)
"""


@pytest.mark.parametrize(("expression", "expected"), FORMS)
def test_a_form_is_kept_with_what_is_in_it(expression: str, expected: Any) -> None:
    """Writing a form keeps the value and the options of the call; reading gives that value, or what was received."""
    assert emitted(f"{BEFORE}emit({expression})") == [expected]


def test_each_thing_that_a_value_can_be_is_written() -> None:
    """A value that depends on a condition is encoded on each of its sides."""
    program = "import json\nvalue = {'a': 1} if unknown else {'b': 2}\nemit(json.dumps(value))"
    assert emitted(program) == [{"any of": [("json of", {"a": 1}), ("json of", {"b": 2})]}]


def test_reading_a_message_may_fail() -> None:
    """The `except` arm around reading a message runs."""
    program = "import json\ntry:\n    emit(json.loads(message))\nexcept ValueError:\n    emit('bad')"
    assert emitted(program) == ["<message as json>", "bad"]


def test_a_text_that_repeats_itself_without_end_is_cut() -> None:
    """YAML whose aliases stand for more values than the bound is unknown, however short its text is."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    text = "\n".join(lines)
    assert emitted("import yaml\nemit(yaml.safe_load(open('c.yaml')))", {"c.yaml": text}) == ["?"]
    assert emitted(f"import yaml\nemit(yaml.safe_load({text!r}))") == ["?"]
