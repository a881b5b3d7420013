"""Looking around an unknown repository: what is taken for contracts, services, registries and clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.scan.discover import discover, is_topic

HERE = Path(__file__).parent
WORKSPACE = HERE.parent / "examples" / "py-tars"
SERVICES = HERE / "fixtures" / "services"


def test_reference_workspace() -> None:
    """The bundled workspace shows its contracts package, all thirteen services, its registry and its client."""
    seen = discover(WORKSPACE)
    assert [(package.name, package.root) for package in seen.contracts] == [
        ("tars.contracts", "packages/tars-core/src"),
    ]
    assert {path.name for path in (WORKSPACE / "apps").iterdir()} <= {service.name for service in seen.services}
    assert {"packages/tars-core/src", "packages/tars-mqtt/src"} <= set(seen.import_roots)
    assert [place.symbol for place in seen.registries] == ["EVENT_TYPES"]
    assert "tars.mqtt.client.MQTTClient" in {wrapper.name for wrapper in seen.wrappers}
    assert seen.undecided == ()


@pytest.mark.parametrize(
    ("form", "contracts", "services"),
    [
        ("wrappers", ["studio_core.models"], ["service"]),
        ("constants", ["greenhouse_contracts.topics"], ["service"]),
        ("umqtt", ["config"], ["."]),
        ("traps", [], []),
    ],
)
def test_small_repositories(form: str, contracts: list[str], services: list[str]) -> None:
    """Contracts and services of small repositories are told apart, and nothing is seen where nothing is."""
    seen = discover(SERVICES / form)
    assert ([item.name for item in seen.contracts], [item.path for item in seen.services]) == (contracts, services)


def test_what_cannot_be_decided_is_said(tmp_path: Path) -> None:
    """An empty repository says that neither contracts nor services were found."""
    assert len(discover(tmp_path).undecided) == 2


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TOPIC_RAIN", "rain", True),
        ("RAIN", "weather/rain", True),
        ("STATE_PREFIX", "weather/state/", True),
        ("BASE_URL", "http/x", False),
        ("CONFIG_PATH", "etc/app", False),
        ("CONTENT_TYPE", "application/json", False),
        ("GREETING", "hello / good bye", False),
        ("TOPIC_HELP", "What to write here", False),
    ],
)
def test_topic_constants(name: str, value: str, expected: bool) -> None:
    """A constant is taken for a topic by its name or the form of its value, paths and media types are not."""
    assert is_topic(name, value) is expected
