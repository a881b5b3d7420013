"""The repository as people meet it: locks that fit, an image that can be built, targets that say what they do."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-oldest.txt", "requirements-node.txt")


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(package): version for package, version in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.M)}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]),
        ("requirements-dev.txt", [item for item in PROJECT["dependency-groups"]["dev"] if isinstance(item, str)]),
    ],
)
def test_lock_fits_the_project(lock: str, wanted: list[str]) -> None:
    """Every dependency that pyproject.toml names is locked in a version that it allows."""
    locked = _locked(lock)
    unfit = [text for text in wanted if not _fits(Requirement(text), locked)]
    assert unfit == []


def test_locks_agree() -> None:
    """What is needed to run has the same version where one develops."""
    run, develop = _locked("requirements.txt"), _locked("requirements-dev.txt")
    assert {name: version for name, version in run.items() if develop.get(name) != version} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes_and_no_address(lock: str) -> None:
    """Each locked version has hashes, and no line names where it comes from."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)
    assert [block.splitlines()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_node_lock_has_no_address() -> None:
    """The lock of the Node packages pins versions and hashes, but names no place to fetch them from."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry} == set()
    pinned = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in pinned} == pinned


def test_image_copies_what_is_there() -> None:
    """Every file that the image copies exists and is let through by .dockerignore; the process is not root."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M) for word in line.split()[:-1]]
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert set(copied) == allowed
    assert {tag for tag in re.findall(r"^FROM \S+?:(\S+)", text, re.M) if not re.match(r"\d+\.\d+\.\d+-", tag)} == set()
    assert re.search(r"^USER [1-9]\d*$", text, re.M)


def test_help_lists_every_target() -> None:
    """`make` without arguments lists each target that people may call, with what it does."""
    done = subprocess.run(["make"], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    listed = re.findall(r"^  make ([a-z-]+) +\S", done.stdout, re.M)
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert listed == [name for name in re.findall(r"^([a-z-]+):", text, re.M) if name != "PHONY"]


def _fits(requirement: Requirement, locked: dict[str, str]) -> bool:
    version = locked.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)
