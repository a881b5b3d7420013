"""The built wheel works by itself: outside of the checkout, with everything it needs inside."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest
from support.packages import CONTRACTS
from support.wheel import ROOT, Installed, installed, sources

from asyncapi.exporting.export import export, write_json
from asyncapi.workspace.settings import default_settings


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


def test_wheel_serves(wheel: Installed, tmp_path: Path) -> None:
    """The installed command serves a document from somewhere else, with its style sheet and its script."""
    shutil.copy(ROOT / "examples/py-tars/asyncapi.yaml", tmp_path / "asyncapi.yaml")
    command = [sys.executable, wheel.site / "bin/portal", "serve", "asyncapi.yaml", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=wheel.environment(), stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr
            address = re.search(r"http://\S+", server.stderr.readline())
            assert address
            page = _get(address.group())
            assets = re.findall(r'(?:href|src)="(\S+\.(?:css|js))"', page)
            assert {name.rpartition(".")[2] for name in assets} == {"css", "js"}
            assert [name for name in assets if not _get(urljoin(address.group(), name))] == []
        finally:
            server.terminate()
    assert server.returncode in (0, -15)


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200
        return str(answer.read().decode())
