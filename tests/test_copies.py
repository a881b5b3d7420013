"""Parts of a system that share no package have copies of their models."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.exporting.export import export
from asyncapi.workspace.settings import load_settings

MODELS = """from pydantic import BaseModel


class Unit(BaseModel):
    name: str{inner}


class Reading(BaseModel):
    {field}
    unit: Unit
"""
SENDER = """import paho.mqtt.client as mqtt
from node_models import Reading, Unit

mqtt.Client().publish("bed/1/soil", Reading(moisture=1, unit=Unit(name="%")).model_dump_json())
"""
READER = """import paho.mqtt.client as mqtt
from app_models import Reading

client = mqtt.Client()


def read(client, userdata, message):
    Reading.model_validate_json(message.payload)


client.on_message = read
client.subscribe("bed/+/soil")
"""


@pytest.mark.parametrize(
    ("field", "inner", "messages", "rules"),
    [
        ("moisture: float", "", ["Reading"], []),
        (
            "moisture: int", "",
            ["Reading"],
            ["model-without-topic", "models-share-a-name", "other-namesake-at-call"],
        ),
        (
            "moisture: float", " = ''",
            ["Reading"],
            ["model-without-topic", "models-share-a-name", "models-share-a-name", "other-namesake-at-call"],
        ),
    ],
)  # fmt: skip
def test_equal_copies_are_one_model(
    field: str, inner: str, messages: list[str], rules: list[str], tmp_path: Path
) -> None:
    """Copies that say the same are one message; those that differ, also in what they refer to, are findings."""
    (tmp_path / "portal.toml").write_text(
        'contracts = ["node_models", "app_models"]\nservices = ["node", "app"]\ntitle = "Beds"\n'
    )
    (tmp_path / "node_models.py").write_text(MODELS.format(field="moisture: float", inner=""))
    (tmp_path / "app_models.py").write_text(MODELS.format(field=field, inner=inner))
    for name, text in (("node", SENDER), ("app", READER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").write_text(text)
    made = export(load_settings(tmp_path))
    assert list(made.document["components"]["messages"]) == messages
    assert sorted(item.rule for item in made.findings) == rules
