"""What the services of a workspace are called, and that none is lost because two folders have one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.scan.discover import discover
from asyncapi.workspace.service_folders import service_folders
from asyncapi.workspace.service_names import names
from asyncapi.workspace.settings import load_settings

CLIENT = 'import aiomqtt\n\n\nasync def run(client: aiomqtt.Client):\n    await client.publish("a/b", 1)\n'


@pytest.mark.parametrize(
    ("paths", "called"),
    [
        (["apps/router", "apps/tts"], ["router", "tts"]),
        (["nodes/feeder/app", "nodes/lamp/app"], ["feeder", "lamp"]),
        (["nodes/feeder/app", "nodes/lamp/lamp"], ["app", "lamp"]),
        (["a/x/app", "b/x/app"], ["a", "b"]),
        (["a/x/app", "b/x/app", "c/y/app"], ["a-x", "b-x", "y"]),
        (["app", "nodes/app"], ["app", "nodes"]),
        (["nodes", "other/app", "nodes/app"], ["nodes", "other", "nodes-app"]),
        (["north/gate", "south/gate", "gate"], ["north", "south", "gate"]),
        (["feeder/main.py", "lamp/main.py"], ["feeder", "lamp"]),
        (["gate", "gate.py"], ["gate", "gate.py"]),
        (["."], ["workspace"]),
    ],
)
def test_names(tmp_path: Path, paths: list[str], called: list[str]) -> None:
    """A service is called as its folder; where several end alike, as what tells them apart, and never alike."""
    root = tmp_path / "workspace"
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch() if place.suffix else place.mkdir(exist_ok=True)
    assert list(names([root / path for path in paths], root).values()) == called


def test_every_matched_folder_is_a_service(tmp_path: Path) -> None:
    """A pattern whose folders end alike gives one service for each, and a path in portal.toml names one otherwise."""
    for node in ("feeder", "lamp", "pump"):
        (tmp_path / "nodes" / node / "app").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text(
        'contracts = ["c"]\nservices = ["nodes/*/app", "nodes/p*/app", "gone/*"]\n'
        '[service.light]\npath = "nodes/lamp/app"\n[service.lost]\npath = "nowhere"\n'
    )
    found = service_folders(load_settings(tmp_path))
    assert [(service.name, service.path) for service in found.services] == [
        ("feeder", "nodes/feeder/app"),
        ("pump", "nodes/pump/app"),
        ("light", "nodes/lamp/app"),
        ("lost", "nowhere"),
    ]
    assert [pattern for pattern, _ in found.lost] == ["gone/*", "nowhere"]


def test_discovered_services_are_told_apart(tmp_path: Path) -> None:
    """Two projects whose folders have one name are two services of a repository without a portal.toml."""
    for team in ("north", "south"):
        folder = tmp_path / team / "gate"
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text("[project]\nname = 'gate'\n")
        (folder / "main.py").write_text(CLIENT)
    assert [(service.name, service.path) for service in discover(tmp_path).services] == [
        ("north", "north/gate"),
        ("south", "south/gate"),
    ]
