"""Constants of the contracts that only their use shows to be topics, or to be where topics begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.exporting.export import export
from asyncapi.workspace.settings import load_settings

NAMES = """from pathlib import PurePosixPath

ROOT = PurePosixPath("lab")
SAMPLES_TOPIC = str(ROOT / "samples")
{more}
"""
PROBE = """import sys
import paho.mqtt.client as mqtt
from names import SAMPLES_TOPIC

client = mqtt.Client()
probe = sys.argv[1]
{calls}
"""


@pytest.mark.parametrize(
    ("more", "calls", "addresses"),
    [
        ("", 'client.publish(f"{SAMPLES_TOPIC}/{probe}", "1")', ["lab/samples/{probe}"]),
        ("", 'client.publish(SAMPLES_TOPIC + "/a", "1")\nclient.subscribe(SAMPLES_TOPIC + "/#")', ["lab/samples/a"]),
        (
            "",
            'client.publish(f"{SAMPLES_TOPIC}/a", "1")\nclient.publish(SAMPLES_TOPIC, "1")',
            ["lab/samples", "lab/samples/a"],
        ),
        ("", "client.publish(SAMPLES_TOPIC, '1')", ["lab/samples"]),
        ("", "client.publish('lab/samples/a', '1')", ["lab/samples", "lab/samples/a"]),
        (
            'RAW_TOPIC = SAMPLES_TOPIC + "/raw"',
            'client.publish(f"{SAMPLES_TOPIC}/b", "1")',
            ["lab/samples/raw", "lab/samples/b"],
        ),
        (
            'RAW_TOPIC = SAMPLES_TOPIC + "/raw"',
            'import names\nclient.publish(names.RAW_TOPIC, "1")',
            ["lab/samples", "lab/samples/raw"],
        ),
    ],
)
def test_where_topics_begin_is_no_topic(more: str, calls: str, addresses: list[str], tmp_path: Path) -> None:
    """A constant is no topic when services only put more levels behind it; another constant made from it may be one."""
    (tmp_path / "portal.toml").write_text('contracts = ["names"]\nservices = ["probe"]\n')
    (tmp_path / "names.py").write_text(NAMES.format(more=more))
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe" / "main.py").write_text(PROBE.format(calls=calls))
    made = export(load_settings(tmp_path))
    assert [channel["address"] for channel in made.document["channels"].values()] == addresses
