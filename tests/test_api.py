"""The JSON API is what its description says: every answer fits it, whatever is asked."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from support.client import Client, shown
from support.registries import greenhouse

from asyncapi.documents.document import Document, load
from portal.app import create_app
from portal.system import System, system

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "examples/py-tars/asyncapi.yaml", *sorted((ROOT / "tests/fixtures/documents").glob("*.[jy]*"))]
EXAMPLES = 6 * int(os.environ.get("PORTAL_FUZZ", "1"))


def _named(key: str) -> System:
    other = copy.deepcopy(greenhouse())
    other["info"]["title"] = key.title()
    return system(Document(raw=other), key=key)


SYSTEMS = {"one": lambda: [shown()], "two": lambda: [_named("green"), _named("orange")]}
ASKED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PORTAL_FUZZ" not in os.environ,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _operations(portal: str) -> dict[str, Any]:
    return _described(*SYSTEMS[portal]())


def _described(*systems: System) -> dict[str, Any]:
    """Return the operations of a portal by method and path, read from its own description."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(*systems, allowed_hosts=["testserver"]))
    return {operation.label: operation for operation in (found.ok() for found in schema.get_all_operations())}


NOTHING_TO_SAY = ("GET /healthz", "GET /version", "GET /api/systems")
ASKABLE = [
    (portal, label, mode)
    for portal in SYSTEMS
    for label in _operations(portal)
    for mode in GenerationMode
    if label not in NOTHING_TO_SAY or mode is GenerationMode.POSITIVE
]


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, Any]]:
    """Return the operations of a portal over one system and of one over two, as they describe themselves."""
    return {portal: _operations(portal) for portal in SYSTEMS}


@pytest.mark.fuzz
@pytest.mark.parametrize(("portal", "label", "mode"), ASKABLE)
def test_answers_fit_their_description(described: Any, portal: str, label: str, mode: GenerationMode) -> None:
    """Status, type and schema of each answer are those described; what does not fit is refused, never a failure."""

    @ASKED
    @given(case=described[portal][label].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


def _existing(shown: System) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Return operation, path and query of everything there is in a system."""
    index = shown.index
    found = [("GET /api/topics/{address}", {"address": key}, {}) for key in index.topics]
    found += [("GET /api/messages/{key}", {"key": key}, {}) for key in index.messages]
    found += [("GET /api/services/{name}", {"name": name}, {}) for name in index.services]
    found += [("GET /api/flows/{name}", {"name": flow.name}, {}) for flow in shown.registry.flows]
    found += [("GET /api/search", {}, {"q": word}) for word in ("a", "zzzz")]
    lists = ("topics", "messages", "services", "flows", "policies", "findings", "changes", "systems")
    return [*found, *((f"GET /api/{name}", {}, {}) for name in lists)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_everything_there_is_fits_the_description(path: Path) -> None:
    """Every topic, message, service and flow of our own and of strangers' documents is answered as described."""
    shown = system(load(path))
    described = _described(shown)
    for label, place, query in _existing(shown):
        operation = described[label]
        answer = operation.Case(path_parameters=place, query=query).call_and_validate()
        assert answer.status_code == 200, (label, place)


@pytest.mark.parametrize(
    ("method", "address", "status", "said"),
    [
        ("GET", "/api/nothing", 404, "Not Found"),
        ("GET", "/api/services/two%0Alines", 404, "Not Found"),
        ("DELETE", "/api/topics", 405, "Method Not Allowed"),
    ],
)
def test_addresses_that_no_route_has_are_refused_like_all_others(
    method: str, address: str, status: int, said: str
) -> None:
    """Whoever reads `error` finds it there, also where the address or the method is none of ours."""
    answer = Client(shown()).request(method, address)
    assert (answer.status_code, answer.json()) == (status, {"error": said})


def test_versions_are_compared_as_described() -> None:
    """Versions are listed and any two compared; one that is not there is not found."""
    old = greenhouse()
    old["channels"].pop("valveDone")
    current = system(Document(raw=greenhouse()), older=[("1.0", "2026-01-02", Document(raw=old))])
    described = _described(current)
    assert described["GET /api/changes"].Case().call_and_validate().status_code == 200
    asked = described["GET /api/diff"]
    assert asked.Case(query={"old": "1.0"}).call_and_validate().json()["safe"]
    assert asked.Case(query={"old": "0.9"}).call_and_validate().status_code == 404


def test_operations_are_named_for_people_who_generate_clients(described: Any) -> None:
    """Each operation has a name of plain words of its own, a summary, and a described answer."""
    for operations in described.values():
        raw = [operation.definition.raw for operation in operations.values()]
        names = [item["operationId"] for item in raw]
        assert len(set(names)) == len(names) and all(name.replace("_", "").isalpha() for name in names)
        for item in raw:
            assert item["summary"] and item["responses"]["200"]["content"]["application/json"]["schema"]


def test_one_of_several_systems_must_be_chosen() -> None:
    """Topics and search are asked of all systems; what is asked of one says how to choose it."""
    client = Client(*SYSTEMS["two"]())
    total = client.get("/api/topics?system=green").json()["total"]
    assert client.get("/api/topics").json()["systems"] and total == 6
    assert client.get("/api/search?q=valve").json()["hits"][0]["path"].startswith("s/")
    refused = client.get("/api/findings")
    assert (refused.status_code, "?system=" in refused.json()["error"]) == (404, True)
    assert client.get("/api/findings?system=orange").status_code == 200
    assert client.get("/api/findings?system=blue").status_code == 404
