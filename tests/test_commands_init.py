"""`portal init`: what it finds in a repository it has never seen, and what it writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asyncapi.workspace.service_folders import service_folders
from asyncapi.workspace.settings import load_settings
from portal.cli import main

CONTRACTS = """
from pydantic import BaseModel

TOPIC_OVEN_STATE = "oven/state"


class OvenState(BaseModel):
    hot: bool
"""

CLIENT = """import paho.mqtt.client as mqtt


class BusClient:
    def __init__(self):
        self.mqtt = mqtt.Client()

    def publish_event(self, topic, text):
        self.mqtt.publish(topic, text)
"""

OVEN = """
from ovens import TOPIC_OVEN_STATE, OvenState
from bus.client import BusClient

client = BusClient()
client.publish_event(TOPIC_OVEN_STATE, OvenState(hot=True).model_dump_json())
"""

PANEL = """
import aiomqtt
from ovens import TOPIC_OVEN_STATE


async def main():
    async with aiomqtt.Client("x") as client:
        await client.subscribe(TOPIC_OVEN_STATE, qos=1)
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Write a repository with contracts, a library around the client and two services."""
    for name, text in {
        "libs/contracts/ovens/__init__.py": CONTRACTS,
        "libs/bus/bus/__init__.py": "",
        "libs/bus/bus/client.py": CLIENT,
        "libs/bus/pyproject.toml": '[project]\nname = "bus"\n',
        "services/oven/main.py": OVEN,
        "services/panel/app.py": PANEL,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_repository_is_understood_without_importing_it(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Contracts, services and clients are told apart; a library that services import is no service."""
    assert main(["init", str(repository)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith(("contracts", "service", "client"))] == [
        "contracts  ovens in libs/contracts (topics 1, models 1)",
        "service    oven in services/oven",
        "service    panel in services/panel",
        "client     bus.client.BusClient (publish_event) at libs/bus/bus/client.py:4",
    ]
    settings = load_settings(repository)
    assert (settings.contracts, settings.services) == (("ovens",), ("services/oven", "services/panel"))
    assert settings.path == ("libs/contracts", "libs/bus")


def test_what_it_writes_can_be_checked_at_once(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both ends are found through the library's wrapper."""
    main(["init", str(repository)])
    capsys.readouterr()
    main(["check", str(repository)])
    assert "1 topic, 1 with a contract, 1 published, 1 subscribed" in capsys.readouterr().out


def test_a_portal_toml_is_not_overwritten(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only when asked to."""
    (repository / "portal.toml").write_text("# mine\n", encoding="utf-8")
    assert main(["init", str(repository)]) == 2
    assert "is there already (overwrite it with --force)" in capsys.readouterr().err
    assert (repository / "portal.toml").read_text(encoding="utf-8") == "# mine\n"
    assert main(["init", str(repository), "--force"]) == 0


def test_an_empty_folder_is_said_to_hold_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What could not be decided is named, and the file has places to fill in."""
    assert main(["init", str(tmp_path)]) == 1
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("undecided")] != []
    assert "# contracts = []" in (tmp_path / "portal.toml").read_text(encoding="utf-8")


def test_parties_in_other_languages_are_declared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file declares what their calls seem to say, and the report asks to check it; without a file it counts too."""
    (tmp_path / "firmware").mkdir()
    speech = 'mqtt_publish("oven/state", "{}", 2); mqtt_subscribe("oven/+/set"); log("oven/odd");\n'
    (tmp_path / "firmware/main.c").write_text(speech, encoding="utf-8")
    (tmp_path / "ovens.py").write_text(CONTRACTS, encoding="utf-8")
    main(["check", str(tmp_path)])
    assert "1 published" in capsys.readouterr().out
    assert main(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "party      firmware in firmware (C)" in said
    assert (
        "undecided  firmware speaks MQTT in C: check what its calls seem to say, and what it does with oven/odd, "
        "under `service`"
    ) in said
    firmware = load_settings(tmp_path).parties["firmware"]
    assert ([edge.topic for edge in firmware.sends], [edge.topic for edge in firmware.receives]) == (
        ["oven/state"],
        ["oven/+/set"],
    )
    assert '# it also names ["oven/odd"]' in (tmp_path / "portal.toml").read_text(encoding="utf-8").splitlines()


def test_loose_modules_and_programs_are_checked_as_they_lie(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each program beside the others is a service; the system is called as its folder."""
    folder = tmp_path / "aquarium"
    folder.mkdir()
    for name, text in {
        "topics.py": 'TOPIC_LIGHT = "aquarium/light"\n',
        "schemas.py": "from pydantic import BaseModel\n\n\nclass Light(BaseModel):\n    on: bool\n",
        "lamp.py": "import paho.mqtt.subscribe as s\nfrom topics import TOPIC_LIGHT\n"
        "s.callback(print, TOPIC_LIGHT, qos=1)\n",
        "timer.py": "import paho.mqtt.publish as p\nfrom schemas import Light\nfrom topics import TOPIC_LIGHT\n"
        "while True:\n    p.single(TOPIC_LIGHT, Light(on=True).model_dump_json(), qos=1)\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert main(["init", str(folder)]) == 0
    assert load_settings(folder).services == ("lamp.py", "timer.py")
    capsys.readouterr()
    assert main(["check", str(folder), "--fail-on", "note"]) == 0
    said = capsys.readouterr().out
    assert "aquarium: 1 topic, 1 with a contract, 1 published, 1 subscribed, 2 of 2 calls resolved in 4 files" in said
    (folder / "portal.toml").write_text('contracts = ["topics"]\nservices = ["."]\n', encoding="utf-8")
    assert main(["check", str(folder)]) == 0


def test_names_that_toml_or_patterns_spell_differently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every folder of a service is found again by what is written; a name that is no text is nobody's."""
    (tmp_path / "lib/ovens").mkdir(parents=True)
    (tmp_path / "lib/ovens/__init__.py").write_text(CONTRACTS, encoding="utf-8")
    names = ["[a]", "d\x7fe", 'q"uote', "sp ace", "\U0001d49c"]
    for name in [*names, os.fsdecode(b"no\xfftext")]:
        (tmp_path / "apps" / name).mkdir(parents=True)
        code = "import paho.mqtt.publish as p\nfrom ovens import TOPIC_OVEN_STATE\np.single(TOPIC_OVEN_STATE, 'x')\n"
        (tmp_path / "apps" / name / "main.py").write_text(code, encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    found = service_folders(load_settings(tmp_path))
    assert sorted(service.path for service in found.services) == sorted(f"apps/{name}" for name in names)
    assert found.lost == ()
    assert main(["export", str(tmp_path), "--fail-on", "never"]) == 0
    assert "text" not in capsys.readouterr().err


def test_a_pattern_passes_over_names_that_are_no_text(tmp_path: Path) -> None:
    """A folder whose name is no UTF-8 cannot stand in a document; those beside it are services."""
    for name in ("good", os.fsdecode(b"no\xfftext")):
        (tmp_path / "apps" / name).mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('contracts = ["x"]\nservices = ["apps/*"]\n', encoding="utf-8")
    assert [one.path for one in service_folders(load_settings(tmp_path)).services] == ["apps/good"]
