"""The built wheel works by itself: outside of the checkout, with everything it needs inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.packages import CONTRACTS
from support.wheel import ROOT, Installed, installed, sources

from asyncapi.export import export, write_json
from asyncapi.settings import default_settings


@pytest.fixture(scope="module")
def wheel() -> Installed:
    """Return the wheel of this checkout, installed."""
    return installed()


def test_wheel_holds_exactly_the_sources(wheel: Installed) -> None:
    """The wheel holds every file of both packages and the assets, and nothing else."""
    expected = set()
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if "/" in name:
            expected.add(f"portal/{name}" if name.startswith("static/") else name)
    assert wheel.names() == expected


def test_wheel_tells_its_version(wheel: Installed, tmp_path: Path) -> None:
    """The installed command prints the version of the distribution."""
    done = wheel.run("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, wheel.wheel.name.split("-")[1], "")


def test_wheel_exports(wheel: Installed, tmp_path: Path) -> None:
    """The installed command exports a package that lies somewhere else, as the checkout does."""
    package = CONTRACTS / "brewery"
    done = wheel.run("export", "--contracts", "brewery", "--path", package, "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    settings = default_settings(tmp_path, contracts=["brewery"], path=[str(package)])
    assert done.stdout == write_json(export(settings).document)
