"""Several systems: which topics are one, which brokers are one, and where systems do not fit together."""

from __future__ import annotations

from typing import Any

import pytest
from support.registries import greenhouse, neighbour, registry

from asyncapi.compare.joint import Fits, broker_groups, brokers, joined
from asyncapi.payload.wire import WireSchemas
from asyncapi.view.registry import Registry


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


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"where": {"default": "MQTT"}, "port": {"default": "1883"}}, "mqtt.example"),
        ({"where": {"enum": ["mqtt", "test"]}, "port": {"default": "2000"}}, "{where}.example:2000"),
    ],
)
def test_brokers_are_compared_by_the_defaults_of_their_variables(variables: dict[str, Any], host: str) -> None:
    """A broker with variables is the one that their defaults lead to; a variable without one stays."""
    document = neighbour("")
    document["servers"] = {"one": {"host": "{where}.example:{port}", "protocol": "mqtt", "variables": variables}}
    assert brokers(registry(document)) == {host}


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
    told = [(topic.address, clash.kind, clash.systems) for topic in found for clash in Fits().clashes(topic)]
    assert told == [("valve/command", "payload", ("green", "next"))]
    clash = next(clash for topic in found for clash in Fits().clashes(topic))
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
    assert [clash.kind for clash in Fits().clashes(topic)] == kinds


def test_what_systems_send_is_worked_out_once_for_all_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each registry is read once, however many topics and neighbours it has."""
    read: list[int] = []

    class Counted(WireSchemas):
        def __init__(self, one: Registry) -> None:
            read.append(id(one))
            super().__init__(one)

    monkeypatch.setattr("asyncapi.compare.joint.WireSchemas", Counted)
    registries = {name: registry(greenhouse()) for name in ("one", "two", "three")}
    fits = Fits()
    assert [clash for topic in joined(registries) for clash in fits.clashes(topic)] == []
    assert sorted(read) == sorted(id(one) for one in registries.values())


def _door(action: str, *, required: list[str], site: dict[str, Any] | None = None) -> Registry:
    """Return a system whose party sends a message of two fields on `door/opened`, or receives it or another one."""
    model = {
        "type": "object",
        "properties": {"door": {"type": "string"}, "note": {"type": "string", "default": ""}},
        "required": required,
        "x-extra": "ignore",
    }
    named = ("Door",) if action == "send" else ("Other", "Door")
    use = {
        "action": action,
        "channel": {"$ref": "#/channels/door"},
        "messages": [{"$ref": f"#/channels/door/messages/{name}"} for name in named],
    }
    calls = {"x-sites": [{"source": f"a.py#{name}", "dump": dump} for name, dump in (site or {}).items()]}
    messages = {"Door": {"$ref": "#/components/messages/Door"}, "Other": {"$ref": "#/components/messages/Other"}}
    return registry(
        {
            "asyncapi": "3.1.0",
            "info": {"title": "x", "version": "1"},
            "channels": {"door": {"address": "door/opened", "messages": messages}},
            "operations": {"party": {**use, **calls, "x-service": "party"}},
            "components": {
                "messages": {
                    "Door": {"name": "Door", "payload": {"$ref": "#/components/schemas/Door"}},
                    "Other": {"name": "Other", "payload": {"type": "integer" if action == "send" else "boolean"}},
                },
                "schemas": {"Door": model},
            },
        }
    )


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ({"whole": {"exclude_none": False}}, []),
        ({"partial": {"exclude_defaults": True}}, ["left sends Door, which party of right can reject"]),
        (
            {"whole": {"exclude_none": False}, "partial": {"exclude_defaults": True}},
            ["left sends Door, which party of right can reject"],
        ),
    ],
)
def test_one_way_to_send_that_no_reader_takes_is_told(calls: dict[str, Any], told: list[str]) -> None:
    """A call that leaves out what the readers need does not hide behind one that sends it."""
    sender = _door("send", required=["door"], site=calls)
    reader = _door("receive", required=["door", "note"])
    (topic,) = joined({"left": sender, "right": reader})
    assert [clash.message for clash in Fits().clashes(topic)] == told
