"""Topics that stand in a file of settings: the contracts read it, and calls that look them up are known."""

from __future__ import annotations

from pathlib import Path

from asyncapi.export import export
from asyncapi.settings import load_settings

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
