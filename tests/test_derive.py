"""One service's own document: complete, smaller, and found from any document."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import oracles

from asyncapi.documents.derive import per_service, services
from asyncapi.documents.document import load
from asyncapi.documents.yaml12 import dumps
from asyncapi.pointers import from_fragment, look_up

EXAMPLE = Path(__file__).parents[1] / "examples/py-tars/asyncapi.yaml"


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """Return the committed example document."""
    return dict(load(EXAMPLE).raw)


def references(value: Any) -> Iterator[str]:
    """Yield every reference inside a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_a_derived_document_is_complete_and_holds_nothing_else(whole: dict[str, Any]) -> None:
    """Every reference resolves, every operation is the service's, every channel is touched, every component used."""
    for service in services(whole):
        derived = per_service(whole, service)
        for target in references(derived):
            look_up(derived, from_fragment(target[1:]))
        assert {o["x-service"] for o in derived["operations"].values()} == {service}
        used = set(references(derived))
        models = {m["x-model"] for m in derived["components"]["messages"].values() if "x-model" in m}
        unused = [
            f"{kind}/{key}"
            for kind, group in derived["components"].items()
            for key in group
            if f"#/components/{kind}/{key}" not in used and not (kind == "schemas" and key in models)
        ]
        assert unused == []
        touched = {
            target.split("/")[2] for target in references(derived["operations"]) if target.startswith("#/channels/")
        }
        assert set(derived["channels"]) == touched
        assert set(derived["info"]["x-services"]) == {service}
        assert [key for key in ("x-findings", "x-coverage", "x-flows") if key in derived["info"]] == []


def test_together_they_hold_every_operation_once(whole: dict[str, Any]) -> None:
    """No operation is lost or doubled, and the whole is left as it was."""
    before = copy.deepcopy(whole)
    keys = [key for service in services(whole) for key in per_service(whole, service)["operations"]]
    assert sorted(keys) == sorted(whole["operations"])
    assert whole == before


def test_an_unknown_service_is_a_key_error(whole: dict[str, Any]) -> None:
    """The caller says what it knows instead."""
    with pytest.raises(KeyError):
        per_service(whole, "nobody")


@pytest.mark.parametrize(
    "raw",
    [
        {"asyncapi": "3.0.0", "operations": 3, "channels": [], "components": None, "info": "x"},
        {
            "asyncapi": "3.0.0",
            "info": {"title": "T"},
            "operations": {"a": {"action": "send", "tags": 7, "x-causes": 1}},
        },
        {
            "asyncapi": "3.0.0",
            "operations": {"a": {"tags": [{"$ref": "#/nowhere"}], "channel": {"$ref": "#/channels/x"}}},
        },
    ],
)
def test_faulty_documents_do_not_stop_it(raw: dict[str, Any]) -> None:
    """What is of the wrong type is as if it were not there."""
    for service in services(raw):
        assert set(per_service(raw, service)["operations"]) == set(raw["operations"])


DOCUMENTS = Path(__file__).parent / "fixtures/documents"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chat.yaml", {"client": 2, "archive": 1, "Chat": 1}),
        ("relay.yaml", {"Relay": 2}),
        ("street-lights.yaml", {"Street light controller": 3}),
        ("weather-topics.yaml", {}),
    ],
)
def test_services_of_foreign_documents_are_those_of_their_view(name: str, expected: dict[str, int]) -> None:
    """Tags by reference, operations by reference and traits count, as they do in the view."""
    raw = load(DOCUMENTS / name).raw
    assert {service: len(per_service(raw, service)["operations"]) for service in services(raw)} == expected


def test_what_servers_and_traits_say_comes_along() -> None:
    """Variables that servers refer to are kept, and an operation's service may be said by its trait."""
    brokers = per_service(load(DOCUMENTS / "brokers.yaml").raw, "Brokers")
    assert set(brokers["components"]) == {"serverVariables", "servers"}
    raw = {
        "asyncapi": "3.0.0",
        "info": {"title": "T"},
        "operations": {"o": {"action": "send", "traits": [{"$ref": "#/components/operationTraits/ours"}]}},
        "components": {"operationTraits": {"ours": {"tags": [{"name": "service:ours"}]}}},
    }
    assert services(raw) == ("ours",)


@pytest.mark.node
def test_derived_documents_of_foreign_ones_please_the_official_parser(tmp_path: Path) -> None:
    """Servers, variables, bindings, traits and reply channels come along; nothing refers to what was left out."""
    paths = []
    for name in ("brokers", "chat", "lift", "meter-reader", "order-events", "relay", "street-lights"):
        raw = load(DOCUMENTS / f"{name}.yaml").raw
        for number, service in enumerate(services(raw)):
            paths.append(tmp_path / f"{name}-{number}.yaml")
            paths[-1].write_text(dumps(per_service(raw, service)), encoding="utf-8")
    found = oracles.parser_diagnostics(paths)
    known = "asyncapi-latest-version"
    assert {p.name: [d for d in found[p] if d.code != known] for p in paths} == {p.name: [] for p in paths}
