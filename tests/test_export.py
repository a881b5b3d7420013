"""From contracts to a document: what is decided, on which evidence, and what never moves."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.contracts import FIXTURES

from asyncapi.documents.document import Document
from asyncapi.documents.yaml12 import dumps
from asyncapi.exporting.export import export, write_json
from asyncapi.findings import Finding
from asyncapi.topics import erase
from asyncapi.view import build
from asyncapi.workspace.settings import default_settings, load_settings

CONTRACTS = '''"""Contracts of a pump."""
from pydantic import BaseModel, ConfigDict

TOPIC_PUMP_SET = "pump/set"
TOPIC_PUMP_STATE = "pump/state"
TOPIC_PUMP_ODD = "pump/odd"
TOPIC_HEALTH_PREFIX = "health/"


class PumpSet(BaseModel):
    """Start or stop the pump.

    Published to: pump/set

    Obeyed within a second.
    """

    model_config = ConfigDict(extra="forbid")
    id: str
    speed: float = 1.0


class PumpState(BaseModel):
    """How the pump does."""

    id: str
    running: bool


class Ping(BaseModel):
    """Alive.

    Published to: health/{unit}
    """

    ok: bool


class Envelope(BaseModel):
    """Around everything."""

    type: str
    data: dict
'''

TOML = """
contracts = ["pump"]
title = "Pumps"
version = "2.1"
[server.broker]
host = "mqtt://grower:s3cr3t@broker.local:1883"
[wire]
default = "envelope"
envelope = "pump:Envelope"
raw = ["health/#"]
[policy.classes.command]
qos = 1
retain = false
topics = ["+/set"]
[topic."pump/set"]
replies = ["pump/state"]
correlation = ["id"]
[topic."pump/state"]
qos = 0
correlation = ["id"]
[service.panel]
summary = "A web page."
sends = [{ topic = "pump/set", qos = 1, retain = false }]
receives = [{ topic = "pump/+", qos = 1 }, "health/+", "nothing/#"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Write a small workspace and return its folder."""
    (tmp_path / "pump.py").write_text(CONTRACTS, encoding="utf-8")
    (tmp_path / "portal.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def exported(folder: Path) -> dict[str, Any]:
    """Return the document of a workspace."""
    return export(load_settings(folder)).document


def test_legacy_contracts_are_matched_without_a_single_wrong_pair() -> None:
    """Precision and recall against what the authors of the legacy package would say: both 1.0."""
    root = FIXTURES / "legacy"
    truth = yaml.safe_load((root / "truth.yaml").read_text(encoding="utf-8"))
    document = export(default_settings(root, contracts=["legacy"])).document
    found = {
        c["address"]: {key.rpartition(".")[2] for key in c.get("messages", {})} for c in document["channels"].values()
    }
    wanted = {address: set(models or ()) for address, models in truth.items()}
    assert {a: m for a, m in found.items() if m} == {a: m for a, m in wanted.items() if m}
    assert set(found) == set(wanted)


PAIRS: dict[str, dict[str, list[str]]] = {
    "styles": {
        "shop/orders/created": ["OrderCreated"],
        "shop/orders/shipped": ["OrderShipped"],
        "shop/stock/{sku}/level": ["StockLevel"],
        "pumps/{pump}/state": ["PumpState"],
        "pumps/{pump}/primed": ["Prime"],
        "arms/{arm}/command/move": ["MoveCommand"],
        "arms/{arm}/command/grip": ["Command_Grip"],
        "clock/tick": ["Envelope_Tick"],
        "clock/tock": ["Envelope_Tock"],
        "meters/{meter}/beat": ["Ping", "Pong"],
        "meters/{meter}/batch": [],
        "meters/{meter}/track": ["Track"],
        "fans/{fan}/state": ["FanState"],
        "fans/{fan}/set": ["FanSet"],
        "fans/{fan}/moved": ["FanState"],
        "devices/{device}/telemetry": ["Telemetry"],
        "devices/{device}/beat": ["Beat"],
        "horns/{horn}/state": ["HornState"],
        "horns/{horn}/set": ["HornSet"],
        "valves/{valve}/state": ["ValveState"],
        "valves/{valve}/set": ["ValveSet"],
        "motors/{motor}/state": ["MotorState"],
        "motors/{motor}/set": ["MotorSet"],
    },
    "kitchen": {
        "kitchen/oven/command": ["Start", "Stop"],
        "kitchen/hood/state": ["Loud", "Bell"],
        "kitchen/timer/event": ["Start", "Bell"],
        "kitchen/bell": ["Bell"],
    },
    "vault": {"vault/door": ["Door"], "vault/light/state": ["LightState"]},
    "signals": {
        "signals/{track}/lamp": ["Lamp"],
        "signals/{track}/arm": ["Arm"],
        "signals/bell": ["Bell"],
        "signals/{track}/gate": ["Gate"],
        "signals/gauge": ["Gauge"],
        "signals/gauge/oil": ["OilGauge"],
        "signals/{track}/points": ["Points"],
        "signals/{track}/buffer": ["Buffer"],
        "signals/relay": ["decorated.Relay.Payload"],
        "signals/switch": ["decorated.Switch.Payload"],
        "signals/horn": ["Horn"],
        "signals/{track}/whistle": ["Whistle"],
        "signals/{track}/log": ["Log"],
    },
}


@pytest.mark.parametrize("package", PAIRS)
def test_topics_have_the_models_that_a_person_would_give_them(package: str) -> None:
    """Choices come with all their models, declarations beside models count, and nothing else is paired."""
    document = export(default_settings(FIXTURES / package, contracts=[package])).document
    channels = document["channels"].values()
    assert {channel["address"]: list(channel.get("messages", ())) for channel in channels} == PAIRS[package]


def test_what_stays_open_in_many_styles() -> None:
    """A list of models on a topic is not known to us; what is no message is said to be none; secrets stay hidden."""
    exported = export(default_settings(FIXTURES / "styles", contracts=["styles"]))
    assert [(finding.rule, finding.subject) for finding in exported.findings] == [
        ("topic-without-model", "meters/{meter}/batch"),
        ("model-without-topic", "styles.adapters.Sample"),
        ("model-without-topic", "styles.methods.Asset"),
    ]
    assert "not-to-be-seen" not in write_json(exported.document)


SERVICE = """import paho.mqtt.client as mqtt
from brew import BASE, Topics, Mash

client = mqtt.Client()
client.publish(Topics.ROOT, Mash(grain=1).model_dump_json())
client.publish(BASE + "/fresh", "x")
"""


def test_a_text_of_the_contracts_that_a_service_publishes_on_is_declared(tmp_path: Path) -> None:
    """It does not look like a topic, but it is used as one; a root that is only built on is not."""
    (tmp_path / "brew.py").write_text(
        "from pydantic import BaseModel\nBASE = 'brew'\n\n\nclass Topics:\n    ROOT = 'mash'\n"
        "    STATE = 'brew/state'\n\n\nclass Mash(BaseModel):\n    grain: int\n",
        encoding="utf-8",
    )
    (tmp_path / "apps/kettle").mkdir(parents=True)
    (tmp_path / "apps/kettle/main.py").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "portal.toml").write_text('contracts = ["brew"]\nservices = ["apps/*"]\n', encoding="utf-8")
    channels = exported(tmp_path)["channels"].values()
    assert {channel["address"]: channel.get("x-state", "") for channel in channels} == {
        "mash": "",
        "brew/state": "",
        "brew/fresh": "undeclared",
    }


def test_a_constant_of_a_module_that_cannot_be_imported_is_declared(tmp_path: Path) -> None:
    """Nobody could look at it, but a service names it; what is spelled out in a service is not declared by that."""
    for name, text in {
        "brew/__init__.py": "",
        "brew/heavy.py": "import no_such_dependency_anywhere\nTOPIC_HOPS = 'brew/hops'\n",
        "brew/light.py": "TOPIC_MALT = 'brew/malt'\n",
        "apps/kettle/main.py": "import paho.mqtt.client as mqtt\nfrom brew.heavy import TOPIC_HOPS\n"
        "client = mqtt.Client()\nclient.publish(TOPIC_HOPS, 'x')\nclient.publish('brew/odd', 'x')\n",
        "portal.toml": 'contracts = ["brew"]\nservices = ["apps/*"]\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    channels = exported(tmp_path)["channels"].values()
    assert {channel["address"]: (channel.get("x-state", ""), channel["x-source"]) for channel in channels} == {
        "brew/malt": ("", "brew/light.py#TOPIC_MALT"),
        "brew/hops": ("", "brew/heavy.py#TOPIC_HOPS"),
        "brew/odd": ("undeclared", "apps/kettle/main.py"),
    }


def test_every_decision_names_its_evidence(workspace: Path) -> None:
    """The winner is marked, and says by what and where."""
    channels = exported(workspace)["channels"]
    evidence = {
        c["address"]: [(e["fact"], e["value"], e["by"], e.get("source"), e["used"]) for e in c["x-evidence"]]
        for c in channels.values()
    }
    assert evidence["pump/set"] == [
        ("model", "PumpSet", "docstring", "pump.py#PumpSet", True),
        ("class", "command", "policy", "portal.toml#policy.classes.command", True),
        ("wire", "envelope", "policy", "portal.toml#wire", True),
    ]
    assert evidence["pump/state"][0] == ("model", "PumpState", "name", "pump.py#TOPIC_PUMP_STATE", True)
    assert evidence["health/{unit}"][0] == ("model", "Ping", "docstring", "pump.py#Ping", True)


def test_what_stays_open_is_a_finding_and_in_the_document(workspace: Path) -> None:
    """A topic without a model is neither guessed nor dropped."""
    result = export(load_settings(workspace))
    said = [(f.rule, f.severity, f.topics) for f in result.findings]
    assert said == [("topic-without-model", "warning", ("pump/odd",))]
    assert [f["rule"] for f in result.document["info"]["x-findings"]] == ["topic-without-model"]
    assert "messages" not in result.document["channels"]["pumpOdd"]


BARE = """
client.publish("pump/state", PumpState(on=True).model_dump_json(), 1)
"""


def test_a_generic_envelope_is_composed_around_the_model(workspace: Path) -> None:
    """A class with a type variable for the message is an envelope where portal.toml says so."""
    source = (workspace / "pump.py").read_text()
    source = source.replace("class Envelope(BaseModel):", "class Envelope(BaseModel, Generic[T]):")
    source = source.replace("    data: dict\n", "    data: T\n")
    opening = 'from typing import Generic, TypeVar\n\nfrom pydantic import BaseModel\n\nT = TypeVar("T")\n'
    docstring, _, rest = source.partition("\n")
    (workspace / "pump.py").write_text(f"{docstring}\n{opening}{rest}")
    result = export(load_settings(workspace))
    assert [f.rule for f in result.findings] == ["topic-without-model"]
    schemas = result.document["components"]["schemas"]
    assert schemas["PumpSet.envelope"]["properties"]["data"] == {"$ref": "#/components/schemas/PumpSet"}
    assert schemas["PumpSet.envelope"]["required"] == ["type", "data"]


def test_what_only_the_bare_envelope_refers_to_is_left_out(workspace: Path) -> None:
    """The bound of its type variable goes with the envelope that no message refers to."""
    source = (workspace / "pump.py").read_text()
    source = source.replace("class Envelope(BaseModel):", "class Envelope(BaseModel, Generic[T]):")
    source = source.replace("    data: dict\n", "    data: T\n")
    opening = (
        "from typing import Generic, TypeVar\n\nfrom pydantic import BaseModel\n\n\n"
        'class Part(BaseModel):\n    pass\n\n\nT = TypeVar("T", bound=Part)\n'
    )
    docstring, _, rest = source.partition("\n")
    before = set(export(load_settings(workspace)).document["components"]["schemas"])
    (workspace / "pump.py").write_text(f"{docstring}\n{opening}{rest}")
    assert set(export(load_settings(workspace)).document["components"]["schemas"]) == before - {"Envelope"}


READER = """import json

import paho.mqtt.client as mqtt
from pump import PumpState

client = mqtt.Client()
client.subscribe("pump/state", 1)


@client.topic_callback("pump/state")
def state(client, userdata, message):
    PumpState.model_validate(json.loads(message.payload)["data"])
"""


@pytest.mark.parametrize(("sends", "form"), [("", "envelope"), (BARE, "raw")])
def test_the_form_of_a_topic_that_nobody_sends_is_what_its_readers_take(workspace: Path, sends: str, form: str) -> None:
    """Where nobody sends, the readers say in which form the topic travels; a sender is believed before them."""
    toml = (workspace / "portal.toml").read_text().replace('default = "envelope"\n', "")
    (workspace / "portal.toml").write_text('services = ["apps/*"]\n' + toml)
    (workspace / "apps/desk").mkdir(parents=True)
    (workspace / "apps/desk/main.py").write_text(READER + sends)
    assert exported(workspace)["components"]["messages"]["PumpState"]["x-wire"] == form


def test_an_envelope_that_nobody_has_is_a_finding(workspace: Path) -> None:
    """A class that the contracts do not have composes nothing, and that is said where it is named."""
    toml = (workspace / "portal.toml").read_text()
    (workspace / "portal.toml").write_text(toml.replace("pump:Envelope", "pump.wire:Envelope"))
    found = [finding for finding in export(load_settings(workspace)).findings if finding.rule == "model-not-found"]
    assert [(finding.message, finding.source) for finding in found] == [
        ("pump.wire.Envelope is not a model of the contracts; pump.Envelope is", "portal.toml#wire"),
    ]


def test_an_envelope_is_composed_around_the_model(workspace: Path) -> None:
    """The payload is what travels; the model inside keeps its own schema; raw topics stay bare."""
    document = exported(workspace)
    messages, schemas = document["components"]["messages"], document["components"]["schemas"]
    assert messages["PumpSet"]["payload"] == {"$ref": "#/components/schemas/PumpSet.envelope"}
    assert messages["PumpSet"]["x-model"] == "PumpSet"
    assert schemas["PumpSet.envelope"]["properties"]["data"] == {"$ref": "#/components/schemas/PumpSet"}
    assert messages["PumpSet"]["correlationId"] == {"location": "$message.payload#/data/id"}
    assert messages["Ping"]["payload"] == {"$ref": "#/components/schemas/Ping"}
    assert set(messages["PumpSet"]["examples"][0]["payload"]) == {"type", "data"}


@pytest.mark.parametrize(
    ("field", "sent", "unsent"),
    [
        ('source: str = "desk"', "panel", "desk"),
        ('Sender: str = Field(examples=["desk"])', "panel", "desk"),
        ('source: str = "panel"', "panel", "panel"),
        ('source: str = "elsewhere"', "elsewhere", "elsewhere"),
        ('target: str = "desk"', "desk", "desk"),
        ('source: Literal["desk"] = "desk"', "desk", "desk"),
        ("source: int = 7", 7, 7),
    ],
)
def test_an_envelope_is_sent_by_who_publishes(workspace: Path, field: str, sent: Any, unsent: Any) -> None:
    """A field for the sender whose example names another service names one that sends; nothing else is touched."""
    source = (workspace / "pump.py").read_text().replace("    data: dict\n", f"    data: dict\n    {field}\n")
    opening = "from typing import Literal\nfrom pydantic import Field\n"
    (workspace / "pump.py").write_text(source.replace("from pydantic", f"{opening}from pydantic", 1))
    toml = (workspace / "portal.toml").read_text() + '[service.desk]\nreceives = ["pump/state"]\n'
    (workspace / "portal.toml").write_text(toml)
    messages = exported(workspace)["components"]["messages"]
    name = field.partition(":")[0]
    assert [messages[key]["examples"][0]["payload"][name] for key in ("PumpSet", "PumpState")] == [sent, unsent]


def test_declared_parties_become_operations(workspace: Path) -> None:
    """Filters reach every channel they overlap; what they meet nowhere is listed; replies are tied."""
    document = exported(workspace)
    operations = document["operations"]
    assert list(operations) == [
        "panel_send_pumpSet",
        "panel_receive_pumpSet",
        "panel_receive_pumpState",
        "panel_receive_pumpOdd",
        "panel_receive_healthUnit",
    ]
    assert operations["panel_send_pumpSet"]["bindings"] == {
        "mqtt": {"qos": 1, "retain": False, "bindingVersion": "0.2.0"}
    }
    assert operations["panel_receive_pumpState"]["x-filter"] == "pump/+"
    assert operations["panel_send_pumpSet"]["reply"]["channel"] == {"$ref": "#/channels/pumpState"}
    assert [item["filter"] for item in document["info"]["x-undelivered"]] == ["nothing/#"]


def test_no_secret_of_the_broker_is_written(workspace: Path) -> None:
    """Neither user nor password of the broker's address appears anywhere."""
    text = dumps(exported(workspace))
    assert "broker.local:1883" in text
    assert [word for word in ("s3cr3t", "grower") if word in text] == []


def test_two_runs_write_the_same_bytes(workspace: Path) -> None:
    """Order is source order, and nothing of the run is in the document."""
    assert dumps(exported(workspace)) == dumps(exported(workspace))
    assert write_json(exported(workspace)) == write_json(exported(workspace))


def test_only_one_word_differs_between_the_versions_of_the_specification(workspace: Path) -> None:
    """3.0.0 and 3.1.0 are the same document but for the `asyncapi` field."""
    new = export(load_settings(workspace)).document
    old = export(load_settings(workspace), specification="3.0.0").document
    assert old | {"asyncapi": "3.1.0"} == new


@pytest.mark.parametrize("folder", ["legacy", "factory", "greenhouse", "brewery"])
def test_an_unrelated_model_moves_no_other_line(folder: str, tmp_path: Path) -> None:
    """Added anywhere, it adds lines of its own; of the others only line numbers change."""
    root = tmp_path / folder
    shutil.copytree(FIXTURES / folder, root)
    modules = sorted(path for path in root.rglob("*.py") if "BaseModel" in path.read_text(encoding="utf-8"))
    package = next(path.name for path in sorted(root.iterdir()) if (path / "__init__.py").is_file())
    before = _lines(export(default_settings(root, contracts=[package])).document)
    text = modules[0].read_text(encoding="utf-8")
    added = "\n\nclass QuiteUnrelated(BaseModel):\n    note: str\n"
    modules[0].write_text(f"# pushes\n# every line\n{text}\nfrom pydantic import BaseModel\n{added}", encoding="utf-8")
    after = _lines(export(default_settings(root, contracts=[package])).document)
    removed = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line.startswith("-")][1:]
    assert removed == []


def _lines(document: dict[str, Any]) -> list[str]:
    info = {key: value for key, value in document["info"].items() if key != "x-lines"}
    return dumps({**document, "info": info}).splitlines()


@pytest.mark.parametrize("folder", ["legacy", "factory", "greenhouse", "brewery"])
def test_the_registry_says_what_the_contracts_say(folder: str) -> None:
    """Read back through the view, every constant is a topic and every model has its fields."""
    from support.contracts import look

    root = FIXTURES / folder
    package = next(path.name for path in sorted(root.iterdir()) if (path / "__init__.py").is_file())
    contracts = look(folder, package)
    registry = build(
        Document(raw=export(default_settings(root, contracts=[package])).document, source="", format="json")
    )
    spelled = {erase(c.value) for c in contracts.constants if c.kind == "address"}
    assert spelled - {erase(topic.address or "") for topic in registry.topics} == set()
    assert [f for f in registry.findings if f.rule in ("reference-not-resolved", "document-malformed")] == []
    names = {model.name for model in contracts.models}
    assert {message.name for message in registry.messages} <= names


def test_contradictory_evidence_is_an_error(tmp_path: Path) -> None:
    """What portal.toml says wins, and whoever says otherwise is named."""
    (tmp_path / "pump.py").write_text(CONTRACTS, encoding="utf-8")
    (tmp_path / "portal.toml").write_text('contracts = ["pump"]\n[topic."pump/set"]\nmodel = "PumpState"\n')
    result = export(load_settings(tmp_path))
    assert list(result.document["channels"]["pumpSet"]["messages"]) == ["PumpState"]
    assert [f.message for f in result.findings if f.severity == "error"] == [
        "pump/set: the model is PumpState as portal.toml says, but PumpSet as docstring says"
    ]


def test_a_model_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """The name, the place and the remedy are given."""
    (tmp_path / "pump.py").write_text(CONTRACTS, encoding="utf-8")
    (tmp_path / "portal.toml").write_text('contracts = ["pump"]\n[topic."pump/odd"]\nmodel = "PumpOdd"\n')
    found = [f for f in export(load_settings(tmp_path)).findings if f.severity == "error"]
    assert found == [
        Finding(
            rule="model-not-found",
            severity="error",
            message="PumpOdd is not a model of the contracts",
            subject="PumpOdd",
            remedy="name the class with its module, as in package.module.Class",
            source="portal.toml#topic.pump/odd",
            line=2,
        )
    ]


def test_a_model_sent_by_alias_is_described_by_alias(tmp_path: Path) -> None:
    """What travels is what the publish call dumps: its aliases, in nested models too."""
    (tmp_path / "heat.py").write_text(
        "from pydantic import BaseModel, Field\n\nTOPIC_HEAT_STATE = 'heat/state'\n\n\n"
        "class Inner(BaseModel):\n    deep_value: int = Field(alias='deepValue')\n\n\n"
        "class HeatState(BaseModel):\n    '''Published to: heat/state'''\n\n"
        "    degrees_c: float = Field(alias='degreesC')\n    inner: Inner | None = None\n",
        encoding="utf-8",
    )
    (tmp_path / "apps/oven").mkdir(parents=True)
    (tmp_path / "apps/oven/main.py").write_text(
        "import paho.mqtt.client as mqtt\nfrom heat import TOPIC_HEAT_STATE, HeatState\n\n"
        "mqtt.Client().publish(TOPIC_HEAT_STATE, HeatState(degreesC=1).model_dump_json(by_alias=True))\n",
        encoding="utf-8",
    )
    (tmp_path / "portal.toml").write_text('contracts = ["heat"]\nservices = ["apps/*"]\n', encoding="utf-8")
    schemas = exported(tmp_path)["components"]["schemas"]
    assert list(schemas["HeatState"]["properties"]) == ["degreesC", "inner"]
    assert list(schemas["Inner"]["properties"]) == ["deepValue"]


def test_one_package_is_contracts_and_service(tmp_path: Path) -> None:
    """A program that keeps its models beside its code: parts without `__init__.py` too, and no model shadows itself."""
    files = {
        "portal.toml": 'contracts = ["plant_mqtt"]\npath = ["."]\nservices = ["plant_mqtt"]\n',
        "plant_mqtt/__init__.py": "",
        "plant_mqtt/core/bus/__init__.py": "class Bus:\n    def subscribe(self, kind):\n        return kind\n",
        "plant_mqtt/models.py": "from typing import ClassVar\n\nfrom pydantic import BaseModel\n\n\n"
        'class Part(BaseModel):\n    KIND: ClassVar[str] = "part"\n\n\n'
        'class Pump(Part):\n    KIND = "pump"\n    rpm: int\n',
        "plant_mqtt/work.py": "import paho.mqtt.client as mqtt\n\n"
        "from plant_mqtt.core.bus import Bus\nfrom plant_mqtt.models import Pump\n\n"
        "Bus().subscribe(Pump)\n\n\ndef report(client: mqtt.Client, pump: Pump) -> None:\n"
        "    client.publish(f'plant/{pump.KIND}', pump.model_dump_json())\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    made = export(load_settings(tmp_path))
    channels = made.document["channels"]
    assert {c["address"]: list(c["messages"]) for c in channels.values()} == {"plant/pump": ["Pump"]}
    rules = {finding.rule for finding in made.findings}
    assert rules & {"local-model-shadows-contract", "call-not-resolved", "module-not-importable"} == set()
