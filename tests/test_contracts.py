"""What is seen in packages that follow a convention: constants, rows, event types, models and their sources."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import yaml
from support.contracts import FIXTURES, constants, look, model, rows, write

from asyncapi.contracts.introspection import introspect
from asyncapi.delivery import DeclaredReply
from asyncapi.errors import IntrospectionError
from asyncapi.sources import Source

CONSTANTS = {
    ("factory", "plant"): [
        ("Topics.LINE_STATE", "plant/{line}/state", "address"),
        ("Topics.STATION_COUNT", "plant/{line}/stations/{station}/count", "address"),
        ("Topics.ALL_STATES", "plant/+/state", "filter"),
        ("Topics.Alarm.RAISED", "plant/alarm/raised", "address"),
        ("Topics.Alarm.CLEARED", "plant/alarm/cleared", "address"),
    ],
    ("home", "homebus"): [
        ("TOPIC_ROOM_CLIMATE", "home/v1/rooms/{room}/climate", "address"),
        ("TOPIC_DOORBELL", "home/v1/doorbell", "address"),
        ("TOPIC_LIGHTS", "home/v1/lights", "address"),
        ("HomeTopic.LAMP_SET", "home/lamps/{lamp}/set", "address"),
        ("HomeTopic.LAMP_STATE", "home/lamps/{lamp}/state", "address"),
        ("HomeTopic.HEATING", "heating", "address"),
        ("Blind.POSITION", "home/blinds/position", "address"),
        ("Blind.MOVE", "home/blinds/move", "address"),
    ],
    ("fleet", "fleet"): [
        ("POSITION_TOPIC", "fleet/positions", "address"),
        ("VEHICLE_STATUS_TOPIC_TEMPLATE", "fleet/vehicles/{vehicle}/status", "address"),
        ("ROUTE_TOPIC_FMT", "fleet/vehicles/{vehicle_id}/route", "address"),
        ("DOOR_TOPIC", "fleet/vehicles/{vehicle}/doors/{door}", "address"),
        ("KEY_TOPIC", "fleet/{vehicle}/key", "address"),
        ("ALERT_TOPIC", "fleet/{vehicle}/alert", "address"),
        ("FUEL_TOPIC", "fleet/{vehicle}/fuel", "address"),
        ("STAMP_TOPIC", "fleet/{vehicle}/stamp/{stamp}", "address"),
        ("ALL_STATUS_PATTERN", "fleet/vehicles/+/status", "filter"),
        ("EVERYTHING_FILTER", "fleet/#", "filter"),
        ("ALL_DRIVERS_TOPIC_FILTER", "fleet/drivers/+", "filter"),
        ("SERVICE_PREFIX", "fleet/services/", "prefix"),
        ("PART_A_TOPIC", "fleet/parts/a", "address"),
        ("PART_B_TOPIC", "fleet/parts/b", "address"),
    ],
    ("greenhouse", "greenhouse"): [],
    ("drones", "drones"): [
        ("TOPIC_FORMAT", "drones/{drone}/battery/{cell}", "address"),
        ("telemetry()", "drones/{drone_id}/telemetry", "address"),
        ("battery()", "drones/{drone_id}/battery/{cell}", "address"),
        ("joined()", "drones/{drone_id}/parts/{part}", "address"),
        ("percent()", "drones/{drone_id}/percent", "address"),
        ("added()", "drones/names/{drone_serial}/added", "address"),
        ("DroneTopics.state()", "drones/{drone_id}/state", "address"),
        ("DroneTopics.event()", "drones/class/{kind}", "address"),
    ],
    ("energy", "energy"): [
        ("TOPIC_METER", "energy/meter", "address"),
        ("TOPIC_TARIFF", "energy/tariff", "address"),
        ("TOPIC_BATTERY", "energy/battery", "address"),
        ("TOPIC_GRID", "energy/grid", "address"),
    ],
    ("clinic", "clinic"): [
        ("TOPIC_LAB_VITALS", "lab/vitals", "address"),
        ("TOPIC_ROOM_CALL", "clinic/room.call.request", "address"),
        ("TOPIC_VITALS", "clinic/vitals", "address"),
        ("TOPIC_ORPHAN", "clinic/orphan", "address"),
        ("TOPIC_HEALTH_PREFIX", "clinic/health/", "prefix"),
        ("TOPIC_HEALTH_NURSE", "clinic/health/nurse", "address"),
    ],
    ("brewery", "brewery"): [
        ("TOPIC_MASH", "brewery/mash", "address"),
        ("TOPIC_MASH_OUT", "brewery/mash/out", "address"),
        ("TOPIC_SPARGE", "brewery/sparge", "address"),
        ("TOPIC_BARE", "brewery/bare", "address"),
    ],
    ("office", "office"): [],
    ("warehouse", "warehouse"): [],
    ("gateway", "gateway"): [
        ("stat_result()", "stat/{device}/RESULT", "address"),
        ("tele_state()", "tele/{device}/STATE", "address"),
        ("cmnd_power()", "cmnd/{device}/POWER", "address"),
        ("cmnd_color()", "cmnd/{device}/Color", "address"),
        ("NODE_BIRTH", "spBv1.0/{group}/NBIRTH/{node}", "address"),
        ("ALL_NODE_DATA", "spBv1.0/+/NDATA/#", "filter"),
        ("UPTIME", "$SYS/broker/uptime", "address"),
        ("KÜCHE_TEMPERATUR", "haus/küche/Temperatur", "address"),
        ("FLUR_LAMPE", "haus/Flur Lampe/zustand/lampe", "address"),
        ("TOPIC_LIVING_ROOM", "haus/Wohnzimmer Lampe/zustand", "address"),
        ("DOOR_OPEN", "sluice/door/open", "address"),
        ("DOOR_SHUT", "sluice/door/shut", "address"),
        ("DeviceTopic[shelly/announce]", "shelly/announce", "address"),
        ("DeviceTopic[shelly/Command.All]", "shelly/Command.All", "address"),
    ],
    ("kitchen", "kitchen"): [
        ("Topics.OVEN_COMMAND", "kitchen/oven/command", "address"),
        ("Topics.HOOD_STATE", "kitchen/hood/state", "address"),
        ("Topics.TIMER_EVENT", "kitchen/timer/event", "address"),
        ("Topics.BELL", "kitchen/bell", "address"),
    ],
    ("vault", "vault"): [("TOPIC_DOOR", "vault/door", "address"), ("LIGHT_STATE", "vault/light/state", "address")],
    ("signals", "signals"): [],
}


@pytest.mark.parametrize(("folder", "package"), CONSTANTS, ids=lambda part: str(part))
def test_topic_constants(folder: str, package: str) -> None:
    """Exactly the topics of a package are taken for topics, in source order, however they are spelled."""
    assert constants(look(folder, package)) == CONSTANTS[folder, package]


def test_how_a_constant_was_recognised() -> None:
    """Each constant says by what it was taken for a topic."""
    found = {constant.name: constant.recognised for constant in look("home", "homebus").constants}
    assert found["TOPIC_DOORBELL"] == "name says topic"
    assert found["HomeTopic.HEATING"] == "member of enum HomeTopic"
    assert found["Blind.MOVE"] == "member of enum Blind, whose values look like topics"
    assert look("drones", "drones").constants[1].recognised == "function that returns a topic"
    found = {constant.name: constant.recognised for constant in look("gateway", "gateway").constants}
    assert found["NODE_BIRTH"] == "value has the levels of a topic"
    assert found["DOOR_OPEN"] == "begins and is named as topics are"
    assert found["DeviceTopic[shelly/announce]"] == "value of type DeviceTopic"
    assert look("vault", "vault").constants[1].recognised == "named as the model LightState"
    assert {c.recognised for c in look("fleet", "fleet").constants} == {
        "name says topic",
        "name ends in pattern",
        "name ends in filter",
        "name ends in prefix",
    }


def test_docs_of_constants() -> None:
    """A literal that follows, a comment behind, and a comment that can mean nothing else are documentation."""
    assert {c.name: c.doc for c in look("factory", "plant").constants if c.doc} == {
        "Topics.LINE_STATE": "State of one line, kept for whoever joins late.",
        "Topics.ALL_STATES": "every line",
    }
    assert {c.name: c.doc for c in look("legacy", "legacy").constants if c.doc} == {
        "TOPIC_STT_FINAL": "Spelled again when speech moved house. Do not use.",
        "TOPIC_SPEECH_LANGUAGE": "payload: LanguageChoice",
    }


def test_sources_of_constants() -> None:
    """A constant stands where it is assigned, not where it is imported again."""
    (call,) = [c for c in look("clinic", "clinic").constants if c.name == "TOPIC_ROOM_CALL"]
    assert call.source == Source(file="clinic/topics.py", symbol="TOPIC_ROOM_CALL", line=4)
    assert call.module == "clinic.topics"
    (raised,) = [c for c in look("factory", "plant").constants if c.name == "Topics.Alarm.RAISED"]
    assert raised.source == Source(file="plant/topics.py", symbol="Topics.Alarm.RAISED", line=16)


def test_event_types() -> None:
    """A mapping gives a topic its event type; constants named alike do so where no mapping speaks."""
    assert [(e.name, e.topic, e.source.ref, e.source.line) for e in look("clinic", "clinic").event_types] == [
        ("room.call", "clinic/room.call.request", "clinic/registry.py#_BY_EVENT[room.call]", 4),
        ("vitals.new", "clinic/vitals", "clinic/topics.py#EVENT_TYPE_VITALS", 11),
    ]
    assert [(e.name, e.topic) for e in look("legacy", "legacy").event_types] == [("speech.final", "speech/final")]


def test_rows() -> None:
    """Rows of any make are recognised by their attributes: dataclass, named tuple, model, dict, tuple, class."""
    where = "greenhouse.model"
    assert rows(look("greenhouse", "greenhouse")) == [
        {
            "topic": "greenhouse/roof/done",
            "models": (f"{where}.Done",),
            "qos": 1,
            "retain": False,
            "state": "active",
        },
        {
            "topic": "greenhouse/{bed}/reading",
            "models": (f"{where}.Reading",),
            "topic_class": "stream",
            "qos": 0,
            "retain": True,
            "summary": "A reading",
            "state": "active",
        },
        {
            "topic": "greenhouse/roof",
            "models": (f"{where}.Open", f"{where}.Close"),
            "topic_class": "command",
            "qos": 1,
            "retain": False,
            "wire": "envelope",
            "replies": (DeclaredReply(topic="greenhouse/roof/done", field="message_id", answer_field="request_id"),),
            "correlation": ("message_id",),
            "state": "active",
        },
        {
            "topic": "greenhouse/old",
            "models": (f"{where}.Reading",),
            "qos": 0,
            "retain": False,
            "state": "deprecated",
            "replaced_by": "greenhouse/{bed}/reading",
            "remove_after": "2027-01-31",
        },
        {
            "topic": "greenhouse/pump/start",
            "models": ("Open",),
            "qos": 1,
            "retain": False,
            "replies": (DeclaredReply(topic="greenhouse/pump/done", field="message_id", answer_field="request_id"),),
        },
        {"topic": "greenhouse/pump/done", "models": (f"{where}.Done",), "qos": 1, "retain": False},
        {"topic": "greenhouse/fan", "models": (f"{where}.Open", f"{where}.Close"), "qos": 2},
        {"topic": "greenhouse/lamp", "models": (f"{where}.Open",), "retain": True},
        {
            "topic": "greenhouse/door",
            "models": (f"{where}.Close",),
            "qos": 1,
            "replies": (DeclaredReply(topic="greenhouse/door/done"),),
        },
        {"topic": "greenhouse/water", "models": (f"{where}.Open",)},
        {"topic": "greenhouse/mist", "models": (f"{where}.Open", f"{where}.Close")},
        {"topic": "greenhouse/heat", "models": (f"{where}.Open",), "qos": 1, "retain": True},
        {"topic": "greenhouse/co2", "models": (f"{where}.Reading",), "qos": 0, "retain": False, "state": "active"},
        {"topic": "greenhouse/humidity", "models": (f"{where}.Reading",), "qos": 1},
    ]


def test_topics_beside_their_models() -> None:
    """A decorator, a class variable, the model's configuration and a row with another word for it give a topic."""
    where = "signals.decorated"
    assert rows(look("signals", "signals")) == [
        {"topic": "signals/{track}/lamp", "models": (f"{where}.Lamp",), "qos": 1},
        {"topic": "signals/{track}/arm", "models": (f"{where}.Arm",), "qos": 0},
        {"topic": "signals/bell", "models": (f"{where}.Bell",)},
        {"topic": "signals/{track}/gate", "models": (f"{where}.Gate",)},
        {"topic": "signals/gauge", "models": (f"{where}.Gauge",), "qos": 2},
        {"topic": "signals/gauge/oil", "models": (f"{where}.OilGauge",), "qos": 2},
        {"topic": "signals/{track}/points", "models": (f"{where}.Points",)},
        {"topic": "signals/{track}/buffer", "models": (f"{where}.Buffer",), "qos": 1},
        {"topic": "signals/relay", "models": (f"{where}.Relay.Payload",)},
        {"topic": "signals/switch", "models": (f"{where}.Switch.Payload",)},
        {"topic": "signals/horn", "models": ("signals.listed.Horn",), "qos": 0},
        {"topic": "signals/{track}/whistle", "models": ("signals.listed.Whistle",), "qos": 1},
    ]


KEYED = """
from enum import Enum

from pydantic import BaseModel

TOPIC_OPENED = "house/door/opened"
EVENT_TYPES = {"door.opened": TOPIC_OPENED}


class Opened(BaseModel):
    at: int


class Shut(BaseModel):
    at: int


BY_EVENT = {"door.opened": Opened, "door.lost": Shut}
BY_KIND = {"opened": Opened, "shut": Shut}
NAMES = {Opened: "opened", Shut: "Shut"}
BY_TOPIC = {"shutters": Shut}
BY_PLACE = {"house/door/shut": Shut}


class Channel(Enum):
    LEFT = "left"
    RIGHT = "right"
"""


def test_tables_by_other_names_than_topics(tmp_path: Path) -> None:
    """Kinds are no topics, event types mean theirs, and a single level is one only where the table says so."""
    contracts = write(tmp_path, "house", KEYED)
    assert rows(contracts) == [
        {"topic": "house/door/opened", "models": ("house.Opened",)},
        {"topic": "shutters", "models": ("house.Shut",)},
        {"topic": "house/door/shut", "models": ("house.Shut",)},
    ]
    assert [constant.name for constant in contracts.constants] == ["TOPIC_OPENED"]


def test_names_for_choices_of_models() -> None:
    """A union of models under a name is kept, annotated or declared as a type; one of other types is not."""
    assert [(choice.name, choice.models) for choice in look("kitchen", "kitchen").choices] == [
        ("OvenCommand", ("kitchen.Start", "kitchen.Stop")),
        ("HoodState", ("kitchen.Loud", "kitchen.Bell")),
        ("TimerEvent", ("kitchen.Start", "kitchen.Bell")),
    ]


def test_a_root_is_a_candidate_only() -> None:
    """What other topics begin with is no topic, but can become one when a service uses it."""
    assert [(c.name, c.value) for c in look("kitchen", "kitchen").candidates] == [("Topics.ROOT", "kitchen")]


def test_sources_of_rows() -> None:
    """A row is named by its table and topic, so that a new row renames no other."""
    found = [(row.source.ref.partition("#")[2], row.source.line) for row in look("greenhouse", "greenhouse").rows]
    assert found == [
        ("ROOF_DONE[greenhouse/roof/done]", 49),
        ("TABLE[greenhouse/{bed}/reading]", 52),
        ("TABLE[greenhouse/roof]", 53),
        ("TABLE[greenhouse/old]", 63),
        ("Pumps.START[greenhouse/pump/start]", 82),
        ("Pumps.DONE[greenhouse/pump/done]", 83),
        ("MAPPED[greenhouse/fan]", 87),
        ("DECLARED[greenhouse/lamp]", 96),
        ("PLAIN[greenhouse/door]", 97),
        ("BY_TOPIC[greenhouse/water]", 98),
        ("BY_TOPIC[greenhouse/mist]", 98),
        ("POSITIONS[greenhouse/heat]", 99),
        ("registry[greenhouse/co2]", 109),
        ("Humidity", 113),
    ]


def test_classes_of_rows_are_no_payloads() -> None:
    """A class whose instances declare topics is no model; a payload with a field called topic is one."""
    assert [m.id for m in look("greenhouse", "greenhouse").models] == [
        "greenhouse.model.Reading",
        "greenhouse.model.Open",
        "greenhouse.model.Close",
        "greenhouse.model.Done",
        "greenhouse.table.Notice",
    ]


def test_models_named_beside_constants() -> None:
    """Annotated metadata names a model; what else it says makes a row; models can know their own topic."""
    contracts = look("brewery", "brewery")
    assert {c.name: c.model for c in contracts.constants} == {
        "TOPIC_MASH": "brewery.contracts.Mash",
        "TOPIC_MASH_OUT": "brewery.contracts.Mash",
        "TOPIC_SPARGE": "brewery.contracts.Mash",
        "TOPIC_BARE": None,
    }
    assert rows(contracts) == [
        {"topic": "brewery/mash/out", "qos": 1},
        {"topic": "brewery/{kettle}/boil", "models": ("brewery.contracts.Boil",), "qos": 2},
        {"topic": "brewery/hops", "models": ("brewery.contracts.Hops",)},
    ]
    assert [m.name for m in contracts.models] == ["Mash", "Boil", "Hops", "Tun"]


MODELS = {
    ("factory", "plant"): [
        "plant.lines.Strict",
        "plant.lines.LineState",
        "plant.lines.Alarm",
        "plant.lines.StationCount",
    ],
    ("energy", "energy"): [
        f"energy.payloads.{name}" for name in ("Meter", "Phase", "Window", "Tariff", "Battery", "Grid")
    ],
    ("clinic", "clinic"): [
        "clinic.lab.Vitals",
        "clinic.ward.Vitals",
        "clinic.ward.RoomCall",
        "clinic.ward.RoomCallCancel",
        "clinic.ward.Unused",
    ],
    ("office", "office"): ["office.Printed"],
}


@pytest.mark.parametrize(("folder", "package"), MODELS, ids=lambda part: str(part))
def test_models(folder: str, package: str) -> None:
    """Pydantic models, dataclasses and typed dicts of the package are its models, in source order."""
    assert [model.id for model in look(folder, package).models] == MODELS[folder, package]


def test_facts_of_a_model() -> None:
    """A model knows its docstring, what it does with unknown fields, its bases and who declares each field."""
    state = model(look("factory", "plant"), "LineState")
    assert (state.module, state.kind, state.extra, state.deprecated) == ("plant.lines", "pydantic", "forbid", False)
    assert state.doc == "What a line is doing.\n\nSent on every change."
    assert state.bases == ("plant.lines.Strict",)
    assert state.source == Source(file="plant/lines.py", symbol="LineState", line=33)
    assert [(field.name, field.declared_by, field.source.ref, field.source.line) for field in state.fields] == [
        ("message_id", "plant.lines.Strict", "plant/lines.py#Strict.message_id", 29),
        ("mode", "plant.lines.LineState", "plant/lines.py#LineState.mode", 39),
        ("speed", "plant.lines.LineState", "plant/lines.py#LineState.speed", 40),
        ("counters", "plant.lines.LineState", "plant/lines.py#LineState.counters", 42),
    ]


def test_kinds_of_models() -> None:
    """Dataclasses and typed dicts are told from Pydantic models, inherited fields keep their declaring class."""
    contracts = look("energy", "energy")
    assert [m.kind for m in contracts.models] == [
        "dataclass",
        "dataclass",
        "typeddict",
        "typeddict",
        "dataclass",
        "pydantic",
    ]
    tariff = model(contracts, "Tariff")
    assert tariff.bases == ("energy.payloads.Window",)
    assert [(field.name, field.declared_by.rpartition(".")[2]) for field in tariff.fields] == [
        ("start", "Window"),
        ("end", "Window"),
        ("cents", "Tariff"),
    ]


def test_members_of_enums() -> None:
    """Every enum has its member names in order, with their docstrings."""
    contracts = look("factory", "plant")
    assert contracts.members == {
        "plant.lines.LineMode": {
            "RUNNING": "Bottles move.",
            "PAUSED": "Stopped by hand; resumes without a check.",
            "DOWN": "",
        },
        "plant.lines.Severity": {"LOW": "Look at it today.", "HIGH": ""},
    }
    assert contracts.symbols["plant.lines.LineMode"] == Source(file="plant/lines.py", symbol="LineMode", line=8)


def test_about_the_package() -> None:
    """The answer names package, interpreter and Pydantic, and carries the package's docstring."""
    contracts = look("factory", "plant")
    assert (contracts.package, contracts.doc) == ("plant", "Messages of the bottling plant.")
    assert contracts.python == sys.version.split()[0]
    assert contracts.pydantic.startswith("2.")


def test_several_packages_are_merged() -> None:
    """Packages on different paths, one without __init__, become one; a base in the other package is known."""
    folder = FIXTURES / "depot"
    contracts = introspect(["depot", "yard"], paths=[Path("north"), Path("south")], root=folder)
    assert contracts.package == "depot, yard"
    assert [(c.value, c.source.file) for c in contracts.constants] == [
        ("depot/gate", "north/depot/gates.py"),
        ("yard/crane", "south/yard/cranes/crane.py"),
    ]
    assert model(contracts, "Crane").bases == ("depot.gates.Gate",)
    assert [field.declared_by for field in model(contracts, "Crane").fields] == [
        "depot.gates.Gate",
        "yard.cranes.crane.Crane",
    ]


def test_files_outside_the_workspace_are_spelled_from_their_import_path(tmp_path: Path) -> None:
    """Relative to the root where they are inside it, to the import path where not."""
    contracts = introspect(["plant"], paths=[FIXTURES / "factory"], root=tmp_path)
    assert {c.source.file for c in contracts.constants} == {"plant/topics.py"}


def test_submodules_that_fail_are_findings() -> None:
    """Each says why, where and what to do; the rest is exported, even below a package that fails."""
    contracts = look("harbour", "harbour")
    assert constants(contracts) == [
        ("TOPIC_BERTH", "harbour/berth", "address"),
        ("TOPIC_INNER", "harbour/inner", "address"),
    ]
    assert {(f.rule, f.severity, f.subject, f.source, f.line) for f in contracts.findings} == {
        ("module-not-importable", "error", "harbour.broken", "harbour/broken.py", 3),
        ("module-not-importable", "error", "harbour.leaves", "harbour/leaves.py", 3),
        ("module-not-importable", "error", "harbour.missing", "harbour/missing.py", 3),
        ("module-not-importable", "error", "harbour.raises", "harbour/raises.py", 2),
        ("module-not-importable", "error", "harbour.sub", "harbour/sub/__init__.py", 1),
    }
    by_subject = {f.subject: f for f in contracts.findings}
    assert by_subject["harbour.raises"].message == (
        "harbour.raises could not be imported: RuntimeError: the tide is out; the rest is exported without it"
    )
    assert by_subject["harbour.missing"].remedy == (
        f"install no_such_dependency_anywhere in {sys.executable}, "
        "or name another interpreter with --python or in portal.toml"
    )


MISTAKES = {
    "one": "from port.two import B\nA = 1\n",
    "two": "from port.one import A\nB = 1\n",
    "wrong": "from pydantic import BaseModel\n\n\nclass Bad(BaseModel):\n    model_config = {'extra': 'nonsense'}\n",
    "gone": "from port import nothing\n",
}


def test_what_to_do_about_a_module_that_fails_is_told_by_why_it_fails(tmp_path: Path) -> None:
    """A circle is to be broken, a mistake to be corrected; no message names a folder of this machine."""
    (tmp_path / "port").mkdir()
    for name, text in {"__init__": "TOPIC_A = 'a/b'\n", **MISTAKES}.items():
        (tmp_path / f"port/{name}.py").write_text(text, encoding="utf-8")
    found = {f.subject: f for f in introspect(["port"], paths=[tmp_path], root=tmp_path).findings}
    correct = "correct that line: the module must be importable by itself"
    assert {subject: finding.remedy for subject, finding in found.items()} == {
        "port.gone": correct,
        "port.one": "break the circle: move what both modules need to a third one",
        "port.two": "break the circle: move what both modules need to a third one",
        "port.wrong": correct,
    }
    assert not [finding.message for finding in found.values() if str(tmp_path) in finding.message]


def test_a_package_that_fails_is_looked_at_below() -> None:
    """One cause is one finding, whatever it takes along; the modules that do not need it are exported."""
    contracts = look("vault", "vault")
    assert [(f.rule, f.subject, f.source, f.line) for f in contracts.findings] == [
        ("module-not-importable", "vault", "vault/heavy.py", 1)
    ]
    assert contracts.findings[0].message == (
        "vault, vault.heavy could not be imported: ModuleNotFoundError: No module named 'no_such_dependency_anywhere'; "
        "the rest is exported without it"
    )
    assert [m.id for m in contracts.models] == ["vault.doors.Door", "vault.light.LightState"]


def test_one_package_of_several_may_fail(tmp_path: Path) -> None:
    """The others are exported; only when nothing is left is it an error."""
    (tmp_path / "lost.py").write_text("import no_such_dependency_anywhere\n", encoding="utf-8")
    (tmp_path / "kept.py").write_text("TOPIC_A = 'a/b'\n", encoding="utf-8")
    contracts = introspect(["lost", "kept"], paths=[tmp_path], root=tmp_path)
    assert (constants(contracts), [f.subject for f in contracts.findings]) == (
        [("TOPIC_A", "a/b", "address")],
        ["lost"],
    )
    with pytest.raises(IntrospectionError, match="lost could not be imported"):
        introspect(["lost"], paths=[tmp_path], root=tmp_path)


def test_every_fixture_is_looked_at_without_surprise() -> None:
    """Only the fixtures that mean to have findings have any."""
    quiet = {("factory", "plant"), ("home", "homebus"), ("fleet", "fleet"), ("greenhouse", "greenhouse")}
    quiet |= {("drones", "drones"), ("energy", "energy"), ("clinic", "clinic"), ("brewery", "brewery")}
    quiet |= {("office", "office"), ("legacy", "legacy"), ("gateway", "gateway"), ("kitchen", "kitchen")}
    quiet |= {("signals", "signals")}
    assert {key: look(*key).findings for key in quiet} == dict.fromkeys(quiet, ())


def test_the_answer_is_the_same_every_time() -> None:
    """Two runs give equal values in equal order."""
    first = introspect(["warehouse"], paths=[Path("warehouse")], root=FIXTURES)
    second = introspect(["warehouse"], paths=[Path("warehouse")], root=FIXTURES)
    assert first == second
    assert repr(first) == repr(second)


def test_an_unrelated_module_changes_nothing_else(tmp_path: Path) -> None:
    """Adding a module with a class of the same name leaves all other facts as they were."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("", encoding="utf-8")
    text = "from pydantic import BaseModel\nTOPIC_{0} = 'shop/{0}'\nclass Order(BaseModel):\n    x: int\n"
    (tmp_path / "shop/b.py").write_text(text.format("b"), encoding="utf-8")
    before = introspect(["shop"], paths=[tmp_path], root=tmp_path)
    (tmp_path / "shop/a.py").write_text(text.format("a"), encoding="utf-8")
    after = introspect(["shop"], paths=[tmp_path], root=tmp_path)
    assert [m.id for m in after.models] == ["shop.a.Order", "shop.b.Order"]
    assert after.models[1:] == before.models
    assert after.constants[1:] == before.constants
    assert {key: after.definitions[key] for key in before.definitions} == before.definitions


def test_the_truth_about_the_legacy_package_names_what_is_there() -> None:
    """The hand-written truth covers every topic of the legacy package and names only its models."""
    contracts = look("legacy", "legacy")
    truth = yaml.safe_load((FIXTURES / "legacy/truth.yaml").read_text(encoding="utf-8"))
    spelled = {c.value for c in contracts.constants if c.kind == "address"}
    assert set(truth) == spelled | {"system/health/{service}"}
    names = {name for models in truth.values() for name in models or ()}
    assert names <= {m.name for m in contracts.models}


ODD = [
    "import sys\nTOPIC_A = 'a/b'\nclass Odd:\n    __slots__ = ()\nsys.modules[__name__] = Odd()\n",
    "TOPIC_A = 'a/b'\ndef __getattr__(name):\n    raise SystemError(name)\n",
    "TOPIC_A = 'a/b'\nclass Meta(type):\n    def __instancecheck__(cls, x):\n        raise SystemError\n"
    "class Odd(metaclass=Meta):\n    TOPIC_B = 1\nodd = Odd\n",
    "TOPIC_A = 'a/b'\nclass Odd:\n    def __eq__(self, other):\n        raise SystemError\n    __hash__ = None\n"
    "odd = [Odd()]\nodd = {'a': Odd()}\n",
    "TOPIC_A = 'a/b'\nclass Odd:\n    @property\n    def __class__(self):\n        raise SystemError\nodd = Odd()\n",
    "TOPIC_A = 'a/b'\nloop = []\nloop.append(loop)\nround = {}\nround['topic'] = round\n",
    "TOPIC_A = 'a/b'\nclass Row:\n    qos = 1\n    def __init__(self):\n        self.topic = 'x/y'\n"
    "        self.qos = 1\n        self.me = self\nR = Row()\n",
    "TOPIC_A = 'a/b'\ndeep = " + "[" * 90 + "]" * 90 + "\n",
    "\x0cTOPIC_A = 'a/b'\x0c# page\r\n\x0c\r\nX = 1\r\n",
    "TOPIC_A = 'a/b'\nfrom pydantic import BaseModel\nclass M(BaseModel):\n    x: float = float('inf')\n"
    "    y: list[float] = [float('nan')]\n",
    "TOPIC_A = 'a/b'\nTEXT = '\\udc80/x'\nTOPIC_S = TEXT\n",
    "TOPIC_A = 'a/b'\nfrom pydantic import BaseModel\nround = {}\nround['a'] = round\n"
    "class M(BaseModel):\n    x: dict = round\n",
    "TOPIC_A = 'a/b'\nbig = {str(i): 'x' * 100 for i in range(100_000)}\n",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_values_do_not_stop_the_look(tmp_path: Path, text: str) -> None:
    """Objects that raise when touched, loops, depth and numbers without JSON are passed by."""
    (tmp_path / "odd.py").write_bytes(text.encode())
    contracts = introspect(["odd"], paths=[tmp_path], root=tmp_path)
    assert [c.value for c in contracts.constants if c.name == "TOPIC_A"] in (["a/b"], [])
    json.dumps(contracts.definitions, allow_nan=False)


@pytest.mark.parametrize("made", ["@dataclass(frozen=True)\nclass Topics:", "class Topics(BaseModel):"])
def test_topics_as_defaults_of_fields(tmp_path: Path, made: str) -> None:
    """A dataclass or model whose fields all default to topics, and whose name says so, holds topics."""
    head = "from dataclasses import dataclass\nfrom pydantic import BaseModel\n"
    body = '\n    state: str = "a/{x}/state"\n    command: str = "a/command"\n    """Do it."""\n\ntopics = Topics()\n'
    contracts = write(tmp_path, "holder", head + made + body)
    assert constants(contracts) == [
        ("Topics.state", "a/{x}/state", "address"),
        ("Topics.command", "a/command", "address"),
    ]
    assert [constant.doc for constant in contracts.constants] == ["", "Do it."]
    assert contracts.models == ()


def test_a_message_about_topics_is_a_message(tmp_path: Path) -> None:
    """A name that mentions topics makes no holder of a class with other fields; no row of a bad address."""
    contracts = write(
        tmp_path,
        "about",
        "from dataclasses import dataclass\n@dataclass\nclass TopicChanged:\n    topic: str = 'a/b'\n    seq: int = 0\n"
        "@dataclass\nclass Link:\n    address: str\n    qos: int\nLINK = Link('https://a/b', 1)\n",
    )
    assert [m.name for m in contracts.models] == ["TopicChanged"]
    assert (contracts.constants, contracts.rows) == ((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('TOPIC_A = "a/b"\nTOPIC_B = TOPIC_A\n', [("TOPIC_A", "a/b", "address")]),
        ('_A = "a/b"\nTOPIC_B = _A\n', [("TOPIC_B", "a/b", "address")]),
        ('if True:\n    TOPIC_A = "a/b"\nelse:\n    TOPIC_A = "c/d"\n', [("TOPIC_A", "a/b", "address")]),
        ('TOPIC_A = "a/b"\ndel TOPIC_A\n', []),
        ('TOPICS = {"state": "devices/{id}/state"}\n', [("TOPICS[state]", "devices/{id}/state", "address")]),
        ('from types import SimpleNamespace\nX = SimpleNamespace(A="a/b")\n', []),
        ('TOPIC_CAMERA_IMAGE = "camera/image"\n', [("TOPIC_CAMERA_IMAGE", "camera/image", "address")]),
        ('TOPIC_ENCODING = "utf-8"\n', []),
        ('TOPIC_A = b"a/b"\n', []),
        ('TOPIC_SHARED = "$share/group/a/+"\n', [("TOPIC_SHARED", "$share/group/a/+", "filter")]),
        ('TOPIC_ROOT = "/legacy/slash"\n', [("TOPIC_ROOT", "/legacy/slash", "address")]),
        ('TOPIC_BAD = "a/#/b"\n', []),
        ('TOPIC_UMLAUT = "küche/licht"\n', [("TOPIC_UMLAUT", "küche/licht", "address")]),
        ('stateTopic = "a/state"\n', [("stateTopic", "a/state", "address")]),
        (
            "class Weird:\n    def __getattr__(self, name):\n        raise SystemError\nTOPIC_A = 'a/b'\nw = Weird()\n",
            None,
        ),
    ],
)
def test_spellings_of_constants(tmp_path: Path, text: str, expected: list[tuple[str, str, str]] | None) -> None:
    """Small modules, and exactly the topics in them."""
    found = constants(write(tmp_path, "small", text))
    assert found == ([("TOPIC_A", "a/b", "address")] if expected is None else expected)


def test_no_package_is_an_error(tmp_path: Path) -> None:
    """Looking at nothing is refused in a sentence."""
    with pytest.raises(IntrospectionError, match="no contracts package is named"):
        introspect([], paths=[], root=tmp_path)


@pytest.mark.parametrize(
    ("python", "why"),
    [
        (
            "nowhere/python",
            "the interpreter {root}/nowhere/python cannot be started in {root}: No such file or directory",
        ),
        (
            "no-such-python",
            "the interpreter no-such-python cannot be started in {root}: no-such-python is not on the PATH",
        ),
        ("./folder", "the interpreter {root}/folder cannot be started in {root}: it is a folder"),
        ("./says-hello", "{root}/says-hello left with exit code 0 and is no Python interpreter"),
        ("deep/plain", "the interpreter {root}/deep/plain cannot be started in {root}: Permission denied"),
    ],
)
def test_an_interpreter_that_cannot_run_is_an_error(tmp_path: Path, python: str, why: str) -> None:
    """The message names the interpreter, why it cannot be started, and the remedy."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/plain").touch()
    (tmp_path / "says-hello").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (tmp_path / "says-hello").chmod(0o755)
    with pytest.raises(IntrospectionError) as caught:
        introspect(["plant"], paths=[], root=tmp_path, python=Path(python))
    remedy = "(name a Python interpreter with --python, or as `python` in portal.toml)"
    assert str(caught.value) == f"{why.format(root=tmp_path)} {remedy}"


FILLERS = '''"""Topics."""
from enum import Enum


class Topic(str, Enum):
    GATE_STATE = "gate/{gate_id}/state"


def topic_for(template: Topic, **ids: str) -> str:
    return template.value.format(**ids)


def topic_below(prefix: str, name: str) -> str:
    return f"{prefix}/{name}"


def door_topic(door: str) -> str:
    return f"door/{door}/opened"
'''


def test_functions_that_fill_any_topic_are_no_topics(tmp_path: Path) -> None:
    """A function whose every level is a parameter names no topic; one that spells a level does."""
    found = constants(write(tmp_path, "fillers", FILLERS))
    assert [value for _, value, _ in found] == ["gate/{gate_id}/state", "door/{door}/opened"]


HELD = '''"""Topics held by objects that are called anything, and by objects that only look like it."""
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple


@dataclass(frozen=True)
class Topic:
    template: str
    qos: int = 0


@dataclass(frozen=True)
class Folder:
    place: str
    qos: int = 0


class Names(NamedTuple):
    uplink: str
    dead: str


STATE = Topic("barn/{barn}/state", qos=1)
CERTIFICATES = Folder("certs/broker/ca", qos=1)
T = SimpleNamespace(UP="site/{gw}/up", DOWN="site/{gw}/down", DEAD="site/dead")
N = Names(uplink="mill/{gw}/up", dead="mill/+/dead")
ROUTES = SimpleNamespace(USER="users/{id}/posts", POST="posts/{id}/text")
WORDS = SimpleNamespace(yes="a/b", no="c/d")
'''


def test_namespaces_and_objects_of_topic_classes_hold_topics(tmp_path: Path) -> None:
    """What most values of a namespace tell holds for all; a class called Topic may call its address as it likes."""
    contracts = write(tmp_path, "held", HELD)
    assert [(c.name, c.value) for c in contracts.constants] == [
        ("T[UP]", "site/{gw}/up"),
        ("T[DOWN]", "site/{gw}/down"),
        ("T[DEAD]", "site/dead"),
        ("N[uplink]", "mill/{gw}/up"),
        ("N[dead]", "mill/+/dead"),
    ]
    assert [(row["topic"], row["qos"]) for row in rows(contracts)] == [("barn/{barn}/state", 1)]


BUILDERS = '''"""Topics made by methods that put fields with defaults in front."""
from dataclasses import dataclass
from pydantic import BaseModel


@dataclass(frozen=True)
class Topics:
    root: str = "yard"

    @property
    def opened(self) -> str:
        return f"{self.root}/gate/opened"

    def health(self, service: str) -> str:
        return f"{self.root}/health/{service}"


class ChannelNames(BaseModel):
    base: str = "mill"

    def level(self, bin: str) -> str:
        return self.base + "/" + bin + "/level"


class TopicStatistics(BaseModel):
    topic: str
    count: int = 0

    def shown(self) -> str:
        return f"{self.topic}/{self.count}"


@dataclass
class ChannelState:
    unit: str = "dBm"

    def shown(self) -> str:
        return f"signal in {self.unit}, 1/s"
'''


def test_classes_whose_methods_make_topics_are_no_messages(tmp_path: Path) -> None:
    """Fields with defaults stand in the topics that methods make; a message with a method that makes text stays one."""
    found = write(tmp_path, "builders", BUILDERS)
    assert [value for _, value, _ in constants(found)] == [
        "yard/gate/opened",
        "yard/health/{service}",
        "mill/{bin}/level",
    ]
    assert {model.name for model in found.models} == {"TopicStatistics", "ChannelState"}


DECORATED = """
from enum import StrEnum
from pydantic import BaseModel
from typing_extensions import deprecated

SORTED = "parcel/sorted"


def message(topic, **facts):
    def keep(cls):
        return cls
    return keep


@message("parcel/scanned", qos=1, retain=True)
class Scanned(BaseModel):
    barcode: str


@message(topic=SORTED)
class Sorted(BaseModel):
    chute: int


@message("parcel")
class Parcel(BaseModel):
    barcode: str


@deprecated("parcel/old")
class Old(BaseModel):
    barcode: str
"""


def test_decorators_say_the_topics_of_models(tmp_path: Path) -> None:
    """A decorator with an address, spelled or named, is a row of its model; a plain word or a reason is none."""
    assert rows(write(tmp_path, "decorated", DECORATED)) == [
        {"topic": "parcel/scanned", "models": ("decorated.Scanned",), "qos": 1, "retain": True},
        {"topic": "parcel/sorted", "models": ("decorated.Sorted",)},
    ]


MEMBERS = """
from enum import Enum


class T(Enum):
    GAS = ("mine/{level}/gas", 1, False)
    FAN = ("mine/{level}/fan", 2)
    RATIO = ("a/b", 7)
    PAIR = ("c/d", "e/f")
    POINT = (1, 2)

    def __init__(self, *parts):
        self.parts = parts
"""


def test_members_of_enumerations_say_topic_qos_and_retain(tmp_path: Path) -> None:
    """A member made of an address, a QoS and a flag is a row; other tuples are none."""
    assert rows(write(tmp_path, "members", MEMBERS)) == [
        {"topic": "mine/{level}/gas", "qos": 1, "retain": False},
        {"topic": "mine/{level}/fan", "qos": 2},
    ]


WORKED_OUT = """
from dataclasses import dataclass
from enum import StrEnum
from pydantic import BaseModel


class Kind(StrEnum):
    OVEN = "oven"
    PRESS = "press"


class Oven(BaseModel):
    celsius: float


class Press(BaseModel):
    tons: float


@dataclass(frozen=True)
class Row:
    kind: Kind
    model: type[BaseModel]
    qos: int = 0

    @property
    def topic(self) -> str:
        return f"line/{self.kind}/state"


ROWS = (Row(Kind.OVEN, Oven), Row(Kind.PRESS, Press, 1))
"""


def test_rows_work_out_their_topics(tmp_path: Path) -> None:
    """A row whose topic is a property has it; its class is no message."""
    contracts = write(tmp_path, "worked", WORKED_OUT)
    assert [(row["topic"], row["models"], row["qos"]) for row in rows(contracts)] == [
        ("line/oven/state", ("worked.Oven",), 0),
        ("line/press/state", ("worked.Press",), 1),
    ]
    assert [model.name for model in contracts.models] == ["Oven", "Press"]


def test_names_of_settings_that_hold_topics_are_none(tmp_path: Path) -> None:
    """`CONF_STATE_TOPIC = "state_topic"` names a key of a configuration; a topic of one level is a topic."""
    text = (
        'CONF_STATE_TOPIC = "state_topic"\nCONF_TOPIC = "topic"\nTOPIC_KEY = "commandTopic"\nTOPIC_STATUS = "status"\n'
        'TOPIC_TOPICS = "admin/topics"\n\n\nclass Topics:\n    STATE = "state-topic"\n    DOOR = "door"\n'
    )
    (tmp_path / "house.py").write_text(text, encoding="utf-8")
    found = introspect(["house"], paths=[tmp_path], root=tmp_path)
    assert [constant.value for constant in found.constants] == ["status", "admin/topics", "door"]


def test_contracts_that_change_twice_in_a_second_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No byte code of contracts is left behind, which Python would take for that of a file of the same age and size."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    file, found = tmp_path / "quick.py", []
    for value in ("quick/one", "quick/two"):
        file.write_text(f'TOPIC_A = "{value}"\n', encoding="utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))
        (constant,) = introspect(["quick"], paths=[tmp_path], root=tmp_path).constants
        found.append(constant.value)
    assert found == ["quick/one", "quick/two"]
    assert list(tmp_path.iterdir()) == [file]
