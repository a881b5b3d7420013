"""Which topics a filter means: those it fits, unless a value that it gives to a parameter speaks of another topic."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.exporting.export import export_workspace
from asyncapi.resolve.addresses import collect

PLANT = ("plant/{line}/telemetry", "plant/{line}/command", "plant/alarm/raised", "plant/alarm/cleared")
FLEET = ("fleet/{truck}/position", "fleet/{truck}/{part}/state", "fleet/depot/{gate}/state", "fleet/bay-{n}/state")


@pytest.mark.parametrize(
    ("declared", "seen", "pattern", "expected"),
    [
        (PLANT, (), "plant/alarm/#", ("plant/alarm/raised", "plant/alarm/cleared")),
        (PLANT, (), "plant/+/raised", ("plant/alarm/raised",)),
        (PLANT, (), "plant/+/telemetry", ("plant/{line}/telemetry",)),
        (PLANT, (), "plant/#", PLANT),
        (PLANT, (), "plant/+/+", PLANT),
        (PLANT, (), "plant/3/#", ("plant/{line}/telemetry", "plant/{line}/command")),
        (PLANT, (), "+/alarm/telemetry", ("plant/{line}/telemetry",)),
        (PLANT, ("plant/alarm/telemetry",), "plant/alarm/#", (PLANT[0], *PLANT[2:])),
        (PLANT, ("plant/7/telemetry",), "plant/alarm/#", PLANT[2:]),
        (PLANT[:2], (), "plant/alarm/#", PLANT[:2]),
        (FLEET, (), "fleet/depot/+/state", ("fleet/depot/{gate}/state",)),
        (FLEET, (), "fleet/depot/#", ("fleet/depot/{gate}/state",)),
        (FLEET, (), "fleet/depot/north/#", ("fleet/depot/{gate}/state",)),
        (FLEET, (), "fleet/9/#", ("fleet/{truck}/position", "fleet/{truck}/{part}/state")),
        (FLEET, (), "fleet/bay-2/#", (FLEET[0], FLEET[1], FLEET[3])),
        (PLANT, (), "$share/group/plant/+/telemetry", ("plant/{line}/telemetry",)),
        (PLANT, (), "$share/group/plant/alarm/#", PLANT[2:]),
        (FLEET, (), "$share/group/fleet/depot/3/state", ("fleet/depot/{gate}/state",)),
        (("a/{x}", "a/b"), (), "$share/group/a/b", ("a/b",)),
        (("a/{x}/c/z", "a/b/{y}/z"), (), "a/b/c/#", ("a/{x}/c/z", "a/b/{y}/z")),
    ],
)
def test_which_topics_a_filter_means(
    declared: tuple[str, ...], seen: tuple[str, ...], pattern: str, expected: tuple[str, ...]
) -> None:
    """A value is not one of a parameter where another topic that fits has it for a level of its own."""
    assert collect(declared, seen).reached(pattern) == expected


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("fleet/7/position", "fleet/{truck}/position"),
        ("fleet/depot/3/state", "fleet/depot/{gate}/state"),
        ("fleet/{id}/position", "fleet/{truck}/position"),
        ("fleet/{truck}/engine/state", "fleet/{truck}/{part}/state"),
        ("fleet/depot/{door}/state", "fleet/depot/{gate}/state"),
        ("fleet/{truck}/engine/speed", None),
        ("{anything}/{truck}/position", None),
        ("fleet/{truck}", None),
    ],
)
def test_where_a_topic_belongs(topic: str, expected: str | None) -> None:
    """A topic with values for parameters belongs to their template, with some of them only where one template fits."""
    assert collect((*FLEET, "{a}/{b}"), ()).home(topic) == expected


def test_a_template_that_fits_two_others_is_a_topic_of_its_own() -> None:
    """Where two templates leave open what a third one gives a value, neither is taken."""
    found = collect(("a/{x}/{y}/c", "a/{x}/b/{z}"), ("a/{x}/b/c",))
    assert found.home("a/{x}/b/c") == "a/{x}/b/c"


@pytest.mark.parametrize(
    ("values", "pattern", "expected"),
    [
        (("1", "alarm"), "plant/alarm/#", (PLANT[0], *PLANT[2:])),
        (("1", "2"), "plant/alarm/#", PLANT[2:]),
        (("1", "2"), "plant/2/#", PLANT[:2]),
        (("1", "2"), "plant/3/#", PLANT[1:2]),
    ],
)
def test_values_that_the_team_names_decide(values: tuple[str, ...], pattern: str, expected: tuple[str, ...]) -> None:
    """What portal.toml says a parameter can be is neither widened nor narrowed by other topics."""
    said = {"plant/{line}/telemetry": {"line": values}}
    assert collect(PLANT, (), said).reached(pattern) == expected


TOML = """contracts = ["plant"]
services = ["apps/*"]

[policy.classes.alarm]
qos = 2
topics = ["plant/alarm/#"]
"""


def test_policy_and_subscriptions_mean_the_same_topics(tmp_path: Path) -> None:
    """The filter of a class and the filter of a subscriber leave the line's telemetry alone."""
    (tmp_path / "portal.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "plant.py").write_text(
        "TOPIC_TELEMETRY = 'plant/{line}/telemetry'\nTOPIC_RAISED = 'plant/alarm/raised'\n", encoding="utf-8"
    )
    (tmp_path / "apps/horn").mkdir(parents=True)
    (tmp_path / "apps/horn/main.py").write_text(
        "import paho.mqtt.client as mqtt\nclient = mqtt.Client()\nclient.subscribe('plant/alarm/#', qos=2)\n",
        encoding="utf-8",
    )
    document = export_workspace(tmp_path)
    assert {c["address"]: c.get("x-class") for c in document["channels"].values()} == {
        "plant/{line}/telemetry": None,
        "plant/alarm/raised": "alarm",
    }
    assert list(document["operations"]) == ["horn_receive_plantAlarmRaised"]


def test_a_prefix_that_only_code_puts_before_topics_takes_no_others_in() -> None:
    """`homeassistant/status` is no `{topic_prefix}/status` of a service; a declared template does take it in."""
    seen = ("{topic_prefix}/status", "{device}/state", "homeassistant/status", "lamp/state")
    found = collect((), seen)
    assert found.home("homeassistant/status") == "homeassistant/status"
    assert found.home("{prefix}/status") == "{topic_prefix}/status"
    assert found.home("lamp/state") == "{device}/state"
    assert found.reached("+/status") == ("{topic_prefix}/status", "homeassistant/status")
    assert collect(seen[:1], seen).home("homeassistant/status") == "{topic_prefix}/status"
