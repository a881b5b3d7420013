"""Looking around an unknown repository: what is taken for contracts, services, registries and clients."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from asyncapi.scan.discover import discover
from asyncapi.scan.looks import is_topic
from portal.commands.init import settings_text

HERE = Path(__file__).parent
WORKSPACE = HERE.parent / "examples" / "py-tars"
SERVICES = HERE / "fixtures" / "services"


def test_reference_workspace() -> None:
    """The bundled workspace shows its contracts package, all thirteen services, its registry and its client."""
    seen = discover(WORKSPACE)
    assert [(package.name, package.root) for package in seen.contracts] == [
        ("tars.contracts", "packages/tars-core/src"),
    ]
    assert {path.name for path in (WORKSPACE / "apps").iterdir()} <= {service.name for service in seen.services}
    assert {"packages/tars-core/src", "packages/tars-mqtt/src"} <= set(seen.import_roots)
    assert [place.symbol for place in seen.registries] == ["EVENT_TYPES"]
    assert "tars.mqtt.client.MQTTClient" in {wrapper.name for wrapper in seen.wrappers}
    assert seen.undecided == (
        "bench speaks MQTT, but looks like examples or tools: name it under `services` if it is a party",
    )


@pytest.mark.parametrize(
    ("form", "contracts", "services"),
    [
        ("wrappers", ["studio_core.models"], ["service"]),
        ("constants", ["greenhouse_contracts.topics"], ["service"]),
        ("umqtt", ["config"], ["."]),
        ("traps", [], []),
    ],
)
def test_small_repositories(form: str, contracts: list[str], services: list[str]) -> None:
    """Contracts and services of small repositories are told apart, and nothing is seen where nothing is."""
    seen = discover(SERVICES / form)
    assert ([item.name for item in seen.contracts], [item.path for item in seen.services]) == (contracts, services)


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


TOPICS = 'DOOR_OPENED = "yard/{door}/opened"\n'
MODELS = "from pydantic import BaseModel\n\n\nclass DoorOpened(BaseModel):\n    at: int\n"
SPEAKS = "import paho.mqtt.publish as publish\n\npublish.single('yard/1/opened', '{}')\n"
NAMESPACE = {
    "libs/yard/yard/contracts/v1/__init__.py": "",
    "libs/yard/yard/contracts/v1/topics.py": TOPICS,
    "libs/yard/yard/contracts/v1/data.py": MODELS,
}


ROWS = "from . import messages as m\n\nROWS = {'a': Row('yard/{door}/opened', m.DoorOpened)}\n"


@pytest.mark.parametrize(
    ("files", "imports", "root", "services"),
    [
        (
            NAMESPACE | {"libs/yard/yard/old.py": "from v1.topics import DOOR_OPENED\n",
                         "apps/gate/main.py": f"from yard.contracts.v1 import topics\n{SPEAKS}"},
            ("yard.contracts.v1",), "libs/yard", ["apps/gate"],
        ),
        (
            NAMESPACE | {"apps/gate/main.py": f"from yard.contracts.v1.topics import DOOR_OPENED\n{SPEAKS}"},
            ("yard.contracts.v1",), "libs/yard", ["apps/gate"],
        ),
        (
            NAMESPACE | {"libs/yard/pyproject.toml": "", "libs/.cache/odd/odd/__init__.py": TOPICS},
            ("yard.contracts.v1",), "libs/yard", [],
        ),
        (
            {"yard/__init__.py": "", "yard/const.py": TOPICS, "yard/models.py": MODELS, "yard/__main__.py": SPEAKS},
            ("yard.const", "yard.models"), ".", ["yard"],
        ),
        (
            {"src/yard/__init__.py": "", "src/yard/wire/__init__.py": "", "src/yard/wire/names.py": TOPICS,
             "src/yard/wire/data.py": MODELS, "src/yard/gate.py": SPEAKS},
            ("yard.wire",), "src", ["src/yard"],
        ),
        (
            {"bridge/names.py": TOPICS, "bridge/data.py": MODELS, "bridge/requirements.txt": "",
             "bridge/gate.py": f"from names import DOOR_OPENED\nfrom data import DoorOpened\n{SPEAKS}"},
            ("data", "names"), "bridge", ["bridge"],
        ),
        (
            {"yard/__init__.py": "", "yard/wire/__init__.py": "", "yard/wire/messages.py": MODELS,
             "yard/wire/rows.py": ROWS},
            ("yard.wire",), ".", [],
        ),
        (
            {"yard/__init__.py": "", "yard/data.py": MODELS + '\n\nTABLE = {"yard/{door}/opened": DoorOpened}\n'},
            ("yard.data",), ".", [],
        ),
        (
            {"yard.py": MODELS.replace("class", '@topic("yard/opened")\nclass')},
            ("yard",), ".", [],
        ),
        (
            {"yard.py": MODELS.replace("class", '@event("yard/opened", qos=1)\nclass')},
            ("yard",), ".", [],
        ),
        (
            {"yard/__init__.py": "",
             "yard/names.py": 'class Topic(StrEnum):\n    OPENED = ROOT + "/{door}/opened/at"\n',
             "gate/main.py": f"from yard.names import Topic\n{SPEAKS}"},
            ("yard.names",), ".", ["gate"],
        ),
        (
            {"yard/__init__.py": "", "yard/data.py": MODELS, "yard/main.py": f"from .data import DoorOpened\n{SPEAKS}"},
            ("yard.data",), ".", ["yard"],
        ),
    ],
)  # fmt: skip
def test_names_by_which_contracts_are_imported(
    files: dict[str, str], imports: tuple[str, ...], root: str, services: list[str], tmp_path: Path
) -> None:
    """Namespace packages, packages that are contracts and service in one, and loose modules get importable names."""
    seen = discover(_write(tmp_path, files))
    assert [(found.imports, found.root) for found in seen.contracts] == [(imports, root)]
    assert [service.path for service in seen.services] == services


WRAPPER = SPEAKS + "\n\nclass Service:\n    def send(self, topic):\n        self.client.publish(topic)\n"
DERIVED = "from core.service import Service\n\n\nclass Program(Service):\n    name = 'gate'\n"
HOLDER = "from core.bus import Service\n\n\nclass Base:\n    def __init__(self):\n        self.bus = Service()\n"
HELD = "from core.base import Base\n\n\nclass Program(Base):\n    name = 'gate'\n"
PROGRAM = SPEAKS + "\nwhile True:\n    pass\n"


@pytest.mark.parametrize(
    ("files", "services"),
    [
        ({"topics.py": TOPICS, "gate.py": PROGRAM, "lamp.py": PROGRAM}, ["gate.py", "lamp.py"]),
        ({"topics.py": TOPICS, "main.py": PROGRAM, "lamp.py": PROGRAM}, ["."]),
        ({"topics.py": TOPICS, "gate.py": PROGRAM}, ["."]),
        ({"svc/gate/run.py": SPEAKS, "svc/lamp/run.py": SPEAKS}, ["svc/gate", "svc/lamp"]),
        ({"yard/__init__.py": "", "yard/gate/run.py": SPEAKS, "yard/lamp/run.py": SPEAKS}, ["yard"]),
        ({"svc/gate/run.py": SPEAKS, "svc/lamp.py": SPEAKS}, ["svc"]),
        (
            {"yard/__init__.py": "", "yard/jobs/__init__.py": "", "yard/jobs/gate.py": PROGRAM,
             "yard/jobs/lamp.py": PROGRAM},
            ["yard/jobs/gate.py", "yard/jobs/lamp.py"],
        ),
        (
            {"yard/__init__.py": "", "yard/gate/__main__.py": SPEAKS, "yard/gate/door.py": SPEAKS,
             "yard/lamp/__main__.py": SPEAKS},
            ["yard/gate", "yard/lamp"],
        ),
        (
            {"yard/__init__.py": "", "yard/gate.py": PROGRAM, "yard/lamp.py": f"from .gate import x\n{PROGRAM}"},
            ["yard"],
        ),
        ({"gate/setup.cfg": "", "gate/run.py": PROGRAM, "gate/try.py": PROGRAM}, ["gate"]),
        ({"gate/run.py": SPEAKS, "examples/a.py": SPEAKS, "vendor/a/a.py": SPEAKS, "extern/b.py": SPEAKS}, ["gate"]),
        ({"examples/gate/main.py": SPEAKS}, ["examples"]),
        ({"firmware/main.py": SPEAKS, "gate/run.py": SPEAKS}, ["firmware", "gate"]),
        (
            {"bin/gate.py": f"{SPEAKS}\nsub.client.loop_forever()\n", "bin/lamp.py": PROGRAM},
            ["bin/gate.py", "bin/lamp.py"],
        ),
        (
            {"core/__init__.py": "", "core/service.py": WRAPPER, "gate/main.py": "from core.service import Service\n"
             "Service.open('x').send('yard/1/opened')\n"},
            ["gate"],
        ),
        (
            {"core/__init__.py": "", "core/service.py": WRAPPER, "gate/main.py": DERIVED, "lamp/main.py": DERIVED},
            ["gate", "lamp"],
        ),
        (
            {"core/__init__.py": "", "core/bus.py": WRAPPER, "core/base.py": HOLDER, "gate/run.py": HELD,
             "lamp/run.py": HELD},
            ["gate", "lamp"],
        ),
        ({"apps/gate/gate.py": WRAPPER, "apps/lamp/lamp.py": f"{WRAPPER}\nService().send('yard/lamp')\n"},
         ["apps/gate", "apps/lamp"]),
        ({"gate/run.py": SPEAKS, "scripts/poke.py": SPEAKS, "tools/load.py": SPEAKS}, ["gate"]),
    ],
)  # fmt: skip
def test_what_is_a_service_of_its_own(files: dict[str, str], services: list[str], tmp_path: Path) -> None:
    """Programs side by side, also in one package, folders in a folder that is no package, and folders that extend a
    client of the team's, or a class that holds one, are services; so is a class around a client that nobody imports.
    A device's parts are one, and examples, tools and others' code are none beside them."""
    assert [service.path for service in discover(_write(tmp_path, files)).services] == services


SETTINGS = """from pydantic import Field
from pydantic_settings import BaseSettings


class Topics(BaseSettings):
    folder: str = "var/lib/yard"
    opened: str = "yard/{door}/opened"
    closed: str = Field(default="yard/{door}/closed", description="a door was closed")
"""


def test_topics_that_settings_hold_are_contracts(tmp_path: Path) -> None:
    """Settings with several addresses are imported for them, beside the models; settings with paths are not."""
    main = f"from wire.doors import DoorOpened\nfrom core.settings import Topics\n{SPEAKS}"
    files = {"wire/__init__.py": "", "wire/doors.py": MODELS, "core/__init__.py": "", "core/settings.py": SETTINGS}
    found = discover(_write(tmp_path / "topics", files | {"gate/main.py": main}))
    assert [package.imports for package in found.contracts] == [("core.settings",), ("wire.doors",)]
    assert found.undecided == ()
    other = files | {
        "gate/main.py": main,
        "core/settings.py": SETTINGS.replace("/{door}", "").replace("Topics", "Names"),
    }
    assert [package.imports for package in discover(_write(tmp_path / "paths", other)).contracts] == [("wire.doors",)]


def test_contracts_of_one_name_in_several_services_are_left_to_people(tmp_path: Path) -> None:
    """Both cannot be imported together, so neither is taken."""
    files = {f"apps/{name}/{file}": text for name in "ab" for file, text in (("names.py", TOPICS), ("main.py", SPEAKS))}
    seen = discover(_write(tmp_path, files))
    assert (seen.contracts, seen.undecided[-1]) == (
        (),
        "several services have contracts of the same name (names in apps/a, apps/b): make one package of them",
    )


def test_parties_in_other_languages_are_told_by_their_calls(tmp_path: Path) -> None:
    """What a call publishes or subscribes is read from its text, through names too; other publishing is no party."""
    files = {
        "firmware/src/main.c": '#include <mqtt.h>\n#include "names.h"\nconst char *CONFIG = "yard/1/config";\n'
        'int main() { mqtt_publish(client, OPENED, "text/plain", 2); esp_mqtt_subscribe(client, "yard/1/open", 1); }\n',
        "firmware/src/names.h": '#define OPENED "yard/1/opened"\n',
        "web/src/js/app.ts": "mqtt.connect(u).subscribe('yard/+/shut')\nclient.publish('yard/#', '')\n",
        "web/panel/app.js": "mqtt.connect(u).subscribe(`yard/${door}/opened`)\n",
        "tools/pack.js": "registry.publish('a/b')\n",
    }
    found = discover(_write(tmp_path, files)).foreign
    assert [(p.name, p.language, p.sends, p.receives, p.topics) for p in found] == [
        ("firmware", "C", ("yard/1/opened",), ("yard/1/open",), ("yard/1/config",)),
        ("web", "TypeScript", (), ("yard/+/shut",), ()),
        ("panel", "JavaScript", (), ("yard/{door}/opened",), ()),
    ]


def test_what_cannot_be_decided_is_said(tmp_path: Path) -> None:
    """An empty repository says that neither contracts nor services were found."""
    assert len(discover(tmp_path).undecided) == 2


def test_folders_that_look_like_tools_are_told(tmp_path: Path) -> None:
    """A folder of tools that speaks MQTT is left out, and people are told so."""
    files = {"topics.py": TOPICS, "gate/run.py": SPEAKS, "scripts/poke.py": SPEAKS, "scripts/plain.py": "x = 1\n"}
    assert discover(_write(tmp_path, files)).undecided == (
        "scripts speaks MQTT, but looks like examples or tools: name it under `services` if it is a party",
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TOPIC_RAIN", "rain", True),
        ("RAIN", "weather/rain", True),
        ("STATE_PREFIX", "weather/state/", True),
        ("BASE_URL", "http/x", False),
        ("CONFIG_PATH", "etc/app", False),
        ("CONTENT_TYPE", "application/json", False),
        ("GREETING", "hello / good bye", False),
        ("TOPIC_HELP", "What to write here", False),
        ("DEFAULT_SETTINGS", "etc/weather/settings.yaml", False),
        ("HOME", "Europe/Berlin", False),
        ("CONF_STATE_TOPIC", "state_topic", False),
        ("TOPIC_STATUS", "status", True),
    ],
)
def test_topic_constants(name: str, value: str, expected: bool) -> None:
    """A constant is taken for a topic by its name or the form of its value, paths and media types are not."""
    assert is_topic(name, value) is expected


OLD = "class Signed(BaseModel, Generic[T]):\n    at: int\n    body: T\n"
NEW = "class Signed[T: BaseModel](BaseModel):\n    at: int\n    body: T\n"
PAGE = "class Page(BaseModel, Generic[T]):\n    items: list[T]\n\n\n"
PAIR = "class Pair(BaseModel, Generic[T]):\n    a: T\n    b: T\n"


@pytest.mark.parametrize(
    ("classes", "envelope"),
    [
        (OLD, ("yard:Signed", "body")),
        (NEW, ("yard:Signed", "body")),
        (PAGE + PAIR, ("", "")),
        (OLD + "\n\n" + OLD.replace("Signed", "Sealed"), ("", "")),
        (OLD.replace("BaseModel, ", ""), ("", "")),
    ],
)
def test_the_envelope_is_the_one_generic_model(classes: str, envelope: tuple[str, str], tmp_path: Path) -> None:
    """A generic model that holds one other is the envelope, when there is one such; pages and pairs are none."""
    head = "from typing import Generic, TypeVar\nfrom pydantic import BaseModel\n\nT = TypeVar('T')\n\n\n"
    found = discover(_write(tmp_path, {"yard.py": head + TOPICS + classes}))
    assert found.envelope == envelope
    said = settings_text(found, tmp_path)
    assert ("[wire]" in said) is (envelope != ("", ""))
    assert tomllib.loads(said).get("wire", {}).get("data", "") == envelope[1]


def test_a_program_whose_modules_a_script_imports_is_a_service(tmp_path: Path) -> None:
    """A package that starts by itself stays a service, though a script beside it uses parts of it."""
    root = _write(
        tmp_path,
        {
            "yard/__init__.py": "",
            "yard/__main__.py": "from yard.gate import open_gate\n\nopen_gate()\n",
            "yard/gate.py": "import paho.mqtt.publish as publish\n\n\ndef open_gate():\n"
            "    publish.single('yard/open', '{}')\n",
            "once.py": "import paho.mqtt.publish as publish\nfrom yard.gate import open_gate\n\nopen_gate()\n"
            "publish.single('yard/once', '{}')\n",
        },
    )
    assert [item.path for item in discover(root).services] == ["once.py", "yard"]


def test_many_names_stand_on_lines_of_their_own(tmp_path: Path) -> None:
    """A long list in a portal.toml has one line for each name, and reads back as it was."""
    names = [f"part{number}" for number in range(8)]
    files = {f"apps/{name}/main.py": SPEAKS for name in names}
    text = settings_text(discover(_write(tmp_path, files)), tmp_path)
    assert '    "apps/part3",\n' in text
    assert tomllib.loads(text)["services"] == [f"apps/{name}" for name in names]
