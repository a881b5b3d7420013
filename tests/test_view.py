"""The view of documents that are not ours: each fixture says exactly what its snapshot says, and nothing raises."""

from __future__ import annotations

import copy
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registries import greenhouse
from support.said import essentials

from asyncapi import pointers
from asyncapi.delivery import Delivery
from asyncapi.documents import yaml12
from asyncapi.documents.derive import per_service, services
from asyncapi.documents.document import Document, load
from asyncapi.documents.normalise import normalise
from asyncapi.extensions import NAMES
from asyncapi.schemas.fields import shape
from asyncapi.view import build
from asyncapi.view.head import without_credentials
from asyncapi.view.registry import Registry

DOCUMENTS = Path(__file__).parent / "fixtures/documents"
FOREIGN = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix in (".yaml", ".json"))
FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))


def view(name: str) -> Registry:
    """Return the view of a fixture."""
    return build(load(DOCUMENTS / name))


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_documents_say_what_their_snapshots_say(name: str) -> None:
    """Topics, messages, operations, services, delivery and findings are exactly those of the snapshot."""
    expected = DOCUMENTS / "expected" / f"{name}.yaml"
    found = essentials(view(name))
    if os.environ.get("PORTAL_SNAPSHOTS"):
        expected.write_text(yaml12.dumps(found), encoding="utf-8")
    assert json.loads(json.dumps(found)) == yaml12.loads(expected.read_bytes())


def test_files_are_read_only_where_the_caller_allows_it() -> None:
    """With a root the parts of a document in several files are joined; without one they are findings."""
    document = load(DOCUMENTS / "split/asyncapi.yaml")
    expected = yaml12.loads((DOCUMENTS / "expected/split.yaml").read_bytes())
    assert json.loads(json.dumps(essentials(build(normalise(document, root=DOCUMENTS / "split"))))) == expected
    assert [finding.rule for finding in build(document).findings] == ["reference-not-resolved"] * 3
    assert build(document).topics == ()


def test_documents_without_our_fields_still_say_what_the_specification_can_say() -> None:
    """With every `x-` field removed the same topics, messages, operations and delivery remain, of one service."""
    plain = build(Document(raw=_without_ours(greenhouse()), source="greenhouse.yaml"))
    ours = build(Document(raw=greenhouse(), source="greenhouse.yaml"))
    assert [topic.address for topic in plain.topics] == [topic.address for topic in ours.topics]
    assert [(o.key, o.action, o.topic, o.delivery) for o in plain.operations] == [
        (o.key, o.action, o.topic, o.delivery) for o in ours.operations
    ]
    assert [(m.key, m.payload, m.correlation, m.topics) for m in plain.messages] == [
        (m.key, m.payload, m.correlation, m.topics) for m in ours.messages
    ]
    assert {operation.service for operation in plain.operations} == {"Greenhouse"}
    assert (plain.findings, plain.flows, plain.undelivered) == ((), (), ())


def _without_ours(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ours(item) for key, item in value.items() if key not in NAMES}
    return [_without_ours(item) for item in value] if isinstance(value, list) else value


def test_our_own_fields_are_read() -> None:
    """Services, policy, replies, causes, filters, lines and states of a document of ours are in its view."""
    registry = build(Document(raw=greenhouse(), source="greenhouse.yaml"))
    planner = registry.service("planner")
    assert planner is not None
    assert planner.sends == ("planner_send_valveCommand", "planner_send_planCurrent")
    assert planner.receives == ("planner_receive_climateMeasured", "planner_receive_valveDone")
    heard = registry.operation("planner_receive_climateMeasured")
    assert heard is not None
    assert (heard.filter, [cause.operation for cause in heard.causes]) == (
        "climate/+/measured",
        ["planner_send_valveCommand"],
    )
    assert [(site.source.ref, site.source.line) for site in heard.sites] == [
        ("apps/planner/src/planner.py#on_measured", 31)
    ]
    command = registry.message("ValveCommand")
    assert command is not None
    assert (command.wire, command.model, command.model_key, command.correlation) == (
        "envelope",
        {"$ref": "#/components/schemas/ValveCommand"},
        "ValveCommand",
        "/data/request_id",
    )
    asked, old = registry.topic("valve/command"), registry.topic("climate/{anything}/measured/raw")
    assert asked is not None and old is not None
    assert [(reply.topic, reply.field, reply.answer_field) for reply in asked.replies] == [
        ("valve/done", "request_id", "request_id")
    ]
    assert (old.state, old.replaced_by, old.remove_after) == ("deprecated", "climate/{zone}/measured", "2027-03-01")
    assert [item.name for item in registry.policy.classes] == ["event", "state", "health"]
    assert [(finding.rule, finding.line) for finding in registry.findings] == [
        ("qos-below-policy", 77),
        ("no-subscriber", None),
    ]


def test_messages_keep_keys_of_their_own() -> None:
    """An inline message whose key is taken by a component gets a number."""
    raw = {
        "asyncapi": "3.0.0",
        "channels": {"c": {"address": "c", "messages": {"m": {}, "n": {"$ref": "#/components/messages/c.m"}}}},
        "components": {"messages": {"c.m": {"name": "component"}}},
    }
    registry = build(Document(raw=raw, source="d"))
    assert [(message.key, message.name) for message in registry.messages] == [("c.m_2", "m"), ("c.m", "component")]
    assert registry.topics[0].messages == ("c.m_2", "c.m")


@pytest.mark.parametrize(
    ("binding", "delivery", "expiry", "faults"),
    [
        ({}, Delivery(), None, []),
        ({"qos": 0, "retain": False, "messageExpiryInterval": 0}, Delivery(qos=0, retain=False), 0, []),
        ({"qos": 2, "bindingVersion": "0.1.0"}, Delivery(qos=2), None, []),
        ({"qos": 3}, Delivery(), None, ["qos"]),
        ({"qos": -1, "retain": 0}, Delivery(), None, ["qos", "retain"]),
        ({"qos": 1.0, "retain": None}, Delivery(), None, ["qos"]),
        ({"qos": True, "messageExpiryInterval": True}, Delivery(), None, ["qos", "messageExpiryInterval"]),
        ({"qos": 1, "bindingVersion": 0.2}, Delivery(qos=1), None, ["bindingVersion"]),
        ({"messageExpiryInterval": {"type": "integer"}}, Delivery(), None, ["messageExpiryInterval"]),
    ],
)
def test_delivery_is_what_the_binding_says_and_never_a_guess(
    binding: Any, delivery: Delivery, expiry: int | None, faults: list[str]
) -> None:
    """What MQTT does not know is unknown and a finding; what is not said is unknown and no finding."""
    operation = {"action": "send", "channel": {"$ref": "#/channels/c"}, "bindings": {"mqtt": binding}}
    raw = {"asyncapi": "3.0.0", "channels": {"c": {"address": "c"}}, "operations": {"o": operation}}
    registry = build(Document(raw=raw, source="d"))
    assert (registry.operations[0].delivery, registry.operations[0].expiry) == (delivery, expiry)
    assert [finding.pointer.rpartition("/")[2] for finding in registry.findings] == faults


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("mqtt.example.org:1883", "mqtt.example.org:1883"),
        ("mqtt://mqtt.example.org/x", "mqtt.example.org"),
        ("alice:hunter2@mqtt.example.org", "mqtt.example.org"),
        ("mqtts://alice:p@ss@mqtt.example.org:8883/x@y", "mqtt.example.org:8883"),
        ("mqtt://[::1", "[::1"),
        ("{region}.example.org:{port}", "{region}.example.org:{port}"),
        ("", ""),
    ],
)
def test_broker_addresses_lose_their_credentials(host: str, shown: str) -> None:
    """Neither scheme nor user nor password nor path of an address is shown."""
    assert without_credentials(host) == shown


JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, "", "x", "/a", "{a}", "#/channels", "#", [], {}, [1], ["a"], {"a": 1}),
    *([[]], [{}], {"$ref": "#/x"}, {"$ref": "#"}, {"$ref": ""}, {"$ref": 1}, [{"$ref": "#"}], {"$ref": "a.yaml#/b"}),
    *({"type": ["string"]}, {"type": {}}, {"properties": []}, {"allOf": [1, {"$ref": "#"}]}, {"oneOf": [True, 3]}),
    *({"items": [1]}, {"schemaFormat": "x"}, {"schemaFormat": "application/json", "schema": {"$ref": "#"}}),
    *({"traits": [{"traits": [1]}]}, {"location": "$message.payload#/a"}, {"mqtt": {"$ref": "#/info"}}),
)


def _mutated(raw: Any, chance: random.Random) -> Any:
    """Return a document with up to four places removed, copied over each other, turned into references or junk."""
    raw = copy.deepcopy(raw)
    for _ in range(chance.randint(1, 4)):
        places = [place for place, _ in pointers.walk(raw) if place]
        if not places:
            break
        place, other = chance.choice(places), chance.choice(places)
        *way, last = pointers.split(place)
        holder = pointers.look_up(raw, pointers.join("", *way))
        key: Any = int(last) if isinstance(holder, list) else last
        what = chance.randint(0, 5)
        if what == 0:
            del holder[key]
        elif what == 1:
            holder[key] = copy.deepcopy(pointers.look_up(raw, other))
        elif what == 2:
            holder[key] = {"$ref": f"#{other}"}
        else:
            holder[key] = copy.deepcopy(chance.choice(JUNK))
    return raw


SEEDS = [load(DOCUMENTS / name).raw for name in FOREIGN if name != "error-codes.json"] + [greenhouse()] * 4


@settings(derandomize=not FUZZ, max_examples=300 * max(1, FUZZ), deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_whatever_is_wrong_in_a_document_it_can_be_viewed(seed: int) -> None:
    """Mutated documents give a view, fields for every schema and a document for every service; nothing raises."""
    chance = random.Random(seed)
    raw = {"asyncapi": "3.0.0"} | _mutated(chance.choice(SEEDS), chance)
    registry = build(Document(raw=raw, source="mutated.yaml"))
    for message in registry.messages:
        for schema in (message.payload, message.model, message.accepts, message.headers):
            if schema is not None:
                shape(schema, registry.schemas)
    json.dumps(essentials(registry))
    for service in services(raw):
        per_service(raw, service)
