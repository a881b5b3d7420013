"""Several systems: which topics are one, which brokers are one, and where systems do not fit together."""

from __future__ import annotations

from typing import Any

import pytest
from support.registries import greenhouse, neighbour, registry

from asyncapi.joint import broker_groups, brokers, clashes, joined


@pytest.mark.parametrize(
    ("named", "groups"),
    [
        ({"a": "x", "b": "x"}, [["a", "b"]]),
        ({"a": "x", "b": "y"}, [["a"], ["b"]]),
        ({"a": "x", "b": ""}, [["a", "b"]]),
        ({"a": "", "b": ""}, [["a", "b"]]),
        ({"a": "x", "b": "y", "c": ""}, [["a"], ["b"], ["c"]]),
        ({"a": "x", "b": "y", "c": "x y"}, [["a", "b", "c"]]),
        ({"a": "", "b": "x", "c": "y", "d": ""}, [["a", "d"], ["b"], ["c"]]),
    ],
)
def test_systems_that_share_a_broker_are_one_group(named: dict[str, str], groups: list[list[str]]) -> None:
    """A shared broker joins, also through a third system; who names none belongs to the only group there is."""
    found = broker_groups({name: frozenset(hosts.split()) for name, hosts in named.items()})
    made: dict[int, list[str]] = {}
    for name in named:
        made.setdefault(found[name], []).append(name)
    assert sorted(made.values()) == groups


def test_brokers_are_compared_without_case_and_usual_ports() -> None:
    """`Mqtt.Example:1883` is `mqtt.example`; another port is another broker."""
    document = neighbour("Mqtt.Example:1883")
    document["servers"]["other"] = {"host": "mqtt.example:2000", "protocol": "mqtt"}
    assert brokers(registry(document)) == {"mqtt.example", "mqtt.example:2000"}


def _joined(host: str) -> dict[str | None, list[str]]:
    found = joined({"green": registry(greenhouse()), "next": registry(neighbour(host))})
    return {topic.address: [member.system for member in topic.members] for topic in found}


def test_topics_of_one_broker_are_joined_whatever_their_parameters_are_called() -> None:
    """`climate/{zone}/measured` and `climate/{where}/measured` are one topic on one broker, two on two."""
    together, apart = _joined(_greenhouse_host()), _joined("elsewhere.example")
    assert together["climate/{zone}/measured"] == ["green", "next"]
    assert "climate/{where}/measured" not in together
    assert (apart["climate/{zone}/measured"], apart["climate/{where}/measured"]) == (["green"], ["next"])


def _greenhouse_host() -> str:
    return str(next(iter(greenhouse()["servers"].values()))["host"])


def test_a_payload_that_the_other_system_rejects_is_told_with_an_example() -> None:
    """What fits is silent; a sender whose messages no reader of the other system takes is named with a message."""
    found = joined({"green": registry(greenhouse()), "next": registry(neighbour(_greenhouse_host()))})
    told = [(topic.address, clash.kind, clash.systems) for topic in found for clash in clashes(topic)]
    assert told == [("valve/command", "payload", ("green", "next"))]
    clash = next(clash for topic in found for clash in clashes(topic))
    assert clash.message == "green sends ValveCommand, which porter of next can reject"
    assert clash.example.startswith("{")


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        ({"qos": 1}, {"qos": 0}, ["qos"]),
        ({"qos": 1, "retain": False}, {"qos": 1, "retain": True}, ["retain"]),
        ({"qos": 1}, {}, []),
        ({"qos": 2, "retain": True}, {"qos": 2, "retain": True}, []),
    ],
)
def test_delivery_seen_differently_is_told(left: dict[str, Any], right: dict[str, Any], kinds: list[str]) -> None:
    """Two systems that expect another QoS or retained flag of one topic do not fit; what is not said fits all."""

    def system(expected: dict[str, Any]) -> Any:
        channel = {"address": "a/b", "messages": {}, "x-expected": expected}
        return registry({"asyncapi": "3.1.0", "info": {"title": "x", "version": "1"}, "channels": {"ab": channel}})

    (topic,) = joined({"one": system(left), "two": system(right)})
    assert [clash.kind for clash in clashes(topic)] == kinds
