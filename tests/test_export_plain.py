"""Topics on which no model travels, but text, a number or bytes: known forms, not missing models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asyncapi.exporting.export import export
from asyncapi.workspace.settings import load_settings

GATE = """import sys
import time
from names import {name}
import paho.mqtt.client as mqtt

client = mqtt.Client()


class Gate:
    def __init__(self):
        self.count = 0

    def passed(self, jpeg: bytes, name: str, opened=False):
        self.count += 1
        {call}


Gate().passed(sys.stdin.buffer.read(), sys.argv[1])
"""
TEXT = {"name": "text", "title": "Plain text", "contentType": "text/plain", "payload": {"type": "string"}}


def _text(*examples: str) -> dict[str, Any]:
    return TEXT | {"payload": {"type": "string", "examples": list(examples)}}


NUMBER = {"name": "number", "title": "A number", "contentType": "application/json", "payload": {"type": "number"}}
BYTES = {
    "name": "bytes",
    "title": "Bytes",
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "format": "binary"},
}


def _exported(tmp_path: Path, call: str) -> tuple[list[Any], list[str]]:
    (tmp_path / "portal.toml").write_text('contracts = ["names"]\nservices = ["gate"]\n')
    (tmp_path / "names.py").write_text('STATE_TOPIC = "gate/state"\n')
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "main.py").write_text(GATE.format(name="STATE_TOPIC", call=call))
    made = export(load_settings(tmp_path))
    rules = [item.rule for item in made.findings]
    return list(made.document.get("components", {}).get("messages", {}).values()), rules


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('client.publish(STATE_TOPIC, "online")', _text("online")),
        ('client.publish(STATE_TOPIC, b"1", retain=True)', _text("1")),
        ('client.publish(STATE_TOPIC, "on" if opened else "off")', _text("on", "off")),
        ('client.publish(STATE_TOPIC, f"{name} passed")', TEXT),
        ("client.publish(STATE_TOPIC, name)", TEXT),
        ("client.publish(STATE_TOPIC, str(self.count))", TEXT),
        (
            'client.will_set(STATE_TOPIC, "offline")\n        client.publish(STATE_TOPIC, "online")',
            _text("offline", "online"),
        ),
        ("client.publish(STATE_TOPIC, self.count)", NUMBER),
        ("client.publish(STATE_TOPIC, time.time())", NUMBER),
        ("client.publish(STATE_TOPIC, jpeg)", BYTES),
    ],
)
def test_what_plainly_travels_is_said(call: str, message: dict[str, Any], tmp_path: Path) -> None:
    """Text, numbers and bytes are messages with a content type, and no model is missed."""
    assert _exported(tmp_path, call) == ([message], [])


@pytest.mark.parametrize(
    "call",
    [
        "client.publish(STATE_TOPIC, opened)",
        """client.publish(STATE_TOPIC, f'{{{{"count": {{self.count}}}}}}')""",
        'client.publish(STATE_TOPIC, "")',
        'client.publish(STATE_TOPIC, "online")\n        client.publish(STATE_TOPIC, jpeg)',
        'client.publish(STATE_TOPIC, "online")\n        client.publish(STATE_TOPIC, made())',
        "client.subscribe(STATE_TOPIC)",
    ],
)
def test_what_does_not_show_is_still_missed(call: str, tmp_path: Path) -> None:
    """JSON without a model, nothing at all, several kinds and unknown ones leave the question open."""
    assert _exported(tmp_path, call) == ([], ["topic-without-model"])
