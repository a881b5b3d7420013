"""Topics that stand in a file of settings: the contracts read it, and calls that look them up are known."""

from __future__ import annotations

from pathlib import Path

from asyncapi.exporting.export import export
from asyncapi.workspace.settings import load_settings

CONFIG = """import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
TOPICS = tomllib.loads((HERE / "topics.toml").read_text())["topics"]
DEFAULT = json.loads((HERE / "default.json").read_text())


@dataclass
class TopicConfig:
    heartbeat: str = "meter/hub/heartbeat"


@dataclass
class Config:
    topics: TopicConfig = field(default_factory=TopicConfig)
"""
HUB = """import paho.mqtt.client as mqtt
from config import DEFAULT, TOPICS, Config


class Hub:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.client = mqtt.Client()

    def start(self, serial: str) -> None:
        self.client.subscribe(TOPICS["reading"].format(serial="+"), qos=1)
        self.client.subscribe(DEFAULT["mqtt"]["topics"]["result"].format(serial="+"))
        self.client.publish(DEFAULT["mqtt"]["topics"]["command"].format(serial=serial), "1")
        self.client.publish(self.config.topics.heartbeat, "1")


Hub(Config()).start("7")
"""


def test_topics_of_a_file_are_topics_of_calls(tmp_path: Path) -> None:
    """Entries of tables, nested ones too, that only running the contracts fills are topics, and used ones."""
    (tmp_path / "portal.toml").write_text('contracts = ["config"]\nservices = ["hub"]\n')
    (tmp_path / "config.py").write_text(CONFIG)
    (tmp_path / "topics.toml").write_text('[topics]\nreading = "meter/{serial}/reading"\n')
    topics = '{"command": "meter/{serial}/command", "result": "meter/{serial}/command/result"}'
    (tmp_path / "default.json").write_text(f'{{"mqtt": {{"host": "broker", "topics": {topics}}}}}')
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "main.py").write_text(HUB)
    made = export(load_settings(tmp_path))
    done = {channel["address"]: [] for channel in made.document["channels"].values()}
    for operation in made.document["operations"].values():
        key = operation["channel"]["$ref"].rpartition("/")[2]
        done[made.document["channels"][key]["address"]].append(operation["action"])
    assert done == {
        "meter/{serial}/reading": ["receive"],
        "meter/{serial}/command": ["send"],
        "meter/{serial}/command/result": ["receive"],
        "meter/hub/heartbeat": ["send"],
    }
    assert [item.rule for item in made.findings] == ["topic-without-model", "topic-without-model"]


READERS = {
    "contracts.py": """from pydantic import BaseModel

VALVE = "brew/{tank}/valve"
DOOR = "brew/{tank}/door"


class Order(BaseModel):
    open: bool


class Report(BaseModel):
    shut: bool
""",
    "north/main.py": """import paho.mqtt.client as mqtt
from contracts import DOOR, VALVE, Order, Report


def valve(client, userdata, message):
    Order.model_validate_json(message.payload)


def door(client, userdata, message):
    Report.model_validate_json(message.payload)


client = mqtt.Client()
client.subscribe([(VALVE.format(tank="+"), 1), (DOOR.format(tank="+"), 1)])
for topic, handler in {VALVE.format(tank="+"): valve, DOOR.format(tank="+"): door}.items():
    client.message_callback_add(topic, handler)
""",
    "south/main.py": """import paho.mqtt.client as mqtt
from contracts import DOOR, Order


def door(client, userdata, message):
    Order.model_validate_json(message.payload)


client = mqtt.Client()
client.subscribe(DOOR.format(tank="+"))
client.message_callback_add(DOOR.format(tank="+"), door)
""",
}


def test_readers_of_a_template_name_its_model(tmp_path: Path) -> None:
    """Where nobody sends, the model that all readers of a template's filter validate is the topic's."""
    for name, text in READERS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "portal.toml").write_text('contracts = ["contracts"]\nservices = ["north", "south"]\n')
    document = export(load_settings(tmp_path)).document
    assert {channel["address"]: list(channel.get("messages", ())) for channel in document["channels"].values()} == {
        "brew/{tank}/valve": ["Order"],
        "brew/{tank}/door": [],
    }
