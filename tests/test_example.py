"""The bundled workspace: strangers find its document complete, and it is the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import oracles

from asyncapi.documents.derive import per_service, services
from asyncapi.documents.document import load
from asyncapi.exporting.export import SPECIFICATIONS, Specification, export_workspace, write_json

ROOT = Path(__file__).parents[1]
WORKSPACE = ROOT / "examples/py-tars"
DOCUMENT = WORKSPACE / "asyncapi.yaml"


@pytest.mark.node
@pytest.mark.parametrize("oracle", ["parser", "schema", "redocly", "spectral"])
def test_document_is_complete(oracle: str, tmp_path: Path) -> None:
    """The committed document passes with all recommended rules, but for Redocly's wish for security on operations."""
    ask = {
        "parser": lambda: oracles.parser_diagnostics([DOCUMENT]),
        "schema": lambda: oracles.schema_errors([DOCUMENT], "3.1.0"),
        "redocly": lambda: oracles.redocly_problems([DOCUMENT], _rules(tmp_path, REDOCLY)),
        "spectral": lambda: oracles.spectral_problems([DOCUMENT], _rules(tmp_path, SPECTRAL)),
    }
    assert ask[oracle]()[DOCUMENT] == []


@pytest.mark.node
def test_documents_of_services_are_complete(tmp_path: Path) -> None:
    """The document of each single service is accepted by the official parser, the official schema and Redocly."""
    raw = load(DOCUMENT).raw
    paths = {name: tmp_path / f"{name}.json" for name in services(raw)}
    for name, path in paths.items():
        path.write_text(write_json(per_service(raw, name)), encoding="utf-8")
    assert len(paths) == len(list((WORKSPACE / "apps").iterdir()))
    found = [
        oracles.parser_diagnostics(paths.values()),
        oracles.schema_errors(paths.values(), "3.1.0"),
        oracles.redocly_problems(paths.values()),
    ]
    assert [{path.name: items for path, items in answer.items() if items} for answer in found] == [{}, {}, {}]


REDOCLY = {"extends": ["recommended"], "rules": {"security-defined": "off"}}
SPECTRAL = {"extends": [["spectral:asyncapi", "recommended"]]}


def _rules(place: Path, rules: object) -> Path:
    path = place / "rules.yaml"
    path.write_text(json.dumps(rules), encoding="utf-8")
    return path


@pytest.mark.parametrize("version", SPECIFICATIONS)
def test_export_is_the_same_every_time(version: Specification) -> None:
    """Two exports are equal byte for byte."""
    first, second = (write_json(export_workspace(WORKSPACE, specification=version)) for _ in range(2))
    assert first == second


def test_examples_bear_the_name_of_their_topic() -> None:
    """An example in an envelope has the event type of the topic, also where several messages share the topic."""
    raw = load(DOCUMENT).raw
    wrong = []
    for channel in raw["channels"].values():
        for key in channel["messages"]:
            message = raw["components"]["messages"][key]
            payload = message["examples"][0]["payload"]
            if message["x-wire"] == "envelope" and payload["type"] != channel["x-event-type"]:
                wrong.append((channel["address"], key, payload["type"]))
    assert wrong == []
