"""The readers of AsyncAPI that other people wrote complain about faulty documents, so their silence means something."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import oracles

pytestmark = pytest.mark.node

SOUND: dict[str, Any] = {
    "asyncapi": "3.1.0",
    "info": {"title": "Lamps", "version": "1.0.0"},
    "channels": {"state": {"address": "lamp/state", "messages": {"State": {"$ref": "#/components/messages/State"}}}},
    "operations": {
        "lamp_send_state": {
            "action": "send",
            "channel": {"$ref": "#/channels/state"},
            "messages": [{"$ref": "#/channels/state/messages/State"}],
            "bindings": {"mqtt": {"qos": 1, "retain": True}},
        }
    },
    "components": {"messages": {"State": {"payload": {"type": "object"}}}},
}

FAULTS: dict[str, tuple[tuple[str, ...], Any]] = {
    "action": (("operations", "lamp_send_state", "action"), "shout"),
    "binding": (("operations", "lamp_send_state", "bindings", "mqtt", "qos"), "one"),
    "reference": (("operations", "lamp_send_state", "messages"), [{"$ref": "#/channels/state/messages/Gone"}]),
    "schema": (("components", "messages", "State", "payload"), {"type": "objekt"}),
    "version": (("info",), {"title": "Lamps"}),
}

SEEN_BY: dict[str, set[str]] = {
    "parser": {"action", "binding", "reference", "schema", "version"},
    "schema": {"action", "binding", "schema", "version"},
    "redocly": {"action", "binding", "reference", "schema", "version"},
    "spectral": {"action", "binding", "reference", "schema", "version"},
}

ORACLES: dict[str, Callable[[list[Path]], oracles.Diagnostics]] = {
    "parser": oracles.parser_diagnostics,
    "schema": lambda paths: oracles.schema_errors(paths, "3.1.0"),
    "redocly": oracles.redocly_problems,
    "spectral": oracles.spectral_problems,
}


@pytest.mark.parametrize("name", ORACLES)
def test_oracle_sees_faults(name: str, tmp_path: Path) -> None:
    """Each oracle is silent about a sound document and complains about the faults that it is known to see."""
    documents = {"sound": SOUND} | {fault: _with(place, value) for fault, (place, value) in FAULTS.items()}
    paths = {key: tmp_path / f"{key}.json" for key in documents}
    for key, document in documents.items():
        paths[key].write_text(json.dumps(document), encoding="utf-8")
    found = ORACLES[name](list(paths.values()))
    assert {key for key, path in paths.items() if found[path]} == SEEN_BY[name]


def test_javascript_reader_keeps_types(tmp_path: Path) -> None:
    """The YAML 1.2 reader tells text, numbers, booleans and null apart, and loses no digit of a large number."""
    text = "{a: on, b: 12:30:45, c: 1e3, d: 0o17, e: yes, f: ~, g: True, h: 9223372036854775807, i: '1', j: 1.5}"
    path = tmp_path / "values.yaml"
    path.write_text(text, encoding="utf-8")
    expected = {"a": "on", "b": "12:30:45", "c": 1000, "d": 15, "e": "yes", "f": None, "g": True}
    expected |= {"h": 9223372036854775807, "i": "1", "j": 1.5}
    assert oracles.same(oracles.yaml_values([path])[path], expected)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, True, False),
        (0, False, False),
        (1, 1.0, True),
        ("1", 1, False),
        (None, False, False),
        ({"a": [1]}, {"a": [True]}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([], {}, False),
        ({"a": [None, "x"]}, {"a": [None, "x"]}, True),
    ],
)
def test_same_compares_types(left: object, right: object, equal: bool) -> None:
    """Values are the same only when their JSON types are."""
    assert oracles.same(left, right) is equal


def _with(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(SOUND)
    target = document
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return document
