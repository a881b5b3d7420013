"""One service subscribes to a topic by several filters: the broker delivers with the highest QoS."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from asyncapi.checks import check
from asyncapi.documents.document import Document
from asyncapi.exporting.export import export
from asyncapi.view import build
from asyncapi.workspace.settings import load_settings

NAMES = """from pydantic import BaseModel

LEVEL = "grain/level"


def below(mill: str) -> str:
    return f"grain/{mill}/#"


class Level(BaseModel):
    bushels: int
"""
SENDER = """import paho.mqtt.client as mqtt
from names import LEVEL, Level

mqtt.Client().publish(LEVEL, Level(bushels=1).model_dump_json(), qos=1)
"""
RECEIVER = """import paho.mqtt.client as mqtt
from names import LEVEL, below

client = mqtt.Client()
client.subscribe(below("m1"))
{calls}
"""


@pytest.mark.parametrize(
    ("calls", "qos", "rules"),
    [
        ('client.subscribe("grain/#")\nclient.subscribe(LEVEL, 1)', 1, []),
        ('client.subscribe([("grain/#", 0), (LEVEL, 1)])', 1, []),
        ('client.subscribe("grain/#")\nclient.subscribe(LEVEL, 0)', 0, ["subscriber-qos-below-publisher"]),
        ("client.subscribe(LEVEL, 0)\nclient.subscribe(LEVEL, 1)", None, ["subscriber-qos-below-publisher"]),
        ("client.subscribe(LEVEL, 1)", 1, []),
    ],
)
def test_the_highest_qos_counts(calls: str, qos: int | None, rules: list[str], tmp_path: Path) -> None:
    """Different filters come to their highest QoS, one filter twice to none; a function that is called is used."""
    (tmp_path / "portal.toml").write_text('contracts = ["names"]\nservices = ["mill", "silo"]\n')
    (tmp_path / "names.py").write_text(NAMES)
    for name, text in (("silo", SENDER), ("mill", RECEIVER.format(calls=calls))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").write_text(text)
    made = export(load_settings(tmp_path))
    receives = made.document["operations"]["mill_receive_grainLevel"]
    assert receives.get("bindings", {}).get("mqtt", {}).get("qos") == qos
    found = check(build(Document(raw=made.document, source="made")), made.document, today=date(2026, 1, 1))
    assert [item.rule for item in found if "qos" in item.rule or item.rule == "constant-unused"] == rules
