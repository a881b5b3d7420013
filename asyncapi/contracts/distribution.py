"""Under which name and version a contracts package is distributed, from files alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def distribution(package: str, folder: Path, workspace: Path, path: Sequence[str]) -> tuple[str, str]:
    """Return distribution name and version, empty where unknown.

    `folder` is where the package was imported from and `path` the interpreter's import path. A package in a
    source tree belongs to the nearest pyproject.toml above it, inside the workspace or else its repository;
    an installed one to the metadata beside it.
    """
    if not _INSTALLED & set(folder.parts):
        return _from_project(folder, workspace, path)
    return _from_installed(package.partition(".")[0], _metadata([str(folder)]))


def _from_project(folder: Path, workspace: Path, path: Iterable[str]) -> tuple[str, str]:
    for above in (folder, *folder.parents):
        file = above / "pyproject.toml"
        if file.is_file():
            project = _project(file)
            name = str(project.get("name") or "")
            version = str(project.get("version") or "") or _installed_version(name, path)
            return name, version
        if above == workspace or (above / ".git").exists():
            break
    return "", ""


def _project(file: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    for table in (document.get("project"), document.get("tool", {}).get("poetry")):
        if isinstance(table, dict) and table.get("name"):
            return table
    return {}


def _installed_version(name: str, path: Iterable[str]) -> str:
    wanted = _normal(name)
    return next((version for known, version, _ in _metadata(path) if name and _normal(known) == wanted), "")


def _from_installed(package: str, metadata: Iterable[tuple[str, str, Path]]) -> tuple[str, str]:
    for name, version, folder in metadata:
        if package in _top_level(folder):
            return name, version
    return "", ""


def _metadata(path: Iterable[str]) -> Iterator[tuple[str, str, Path]]:
    """Yield name, version and folder of every distribution that has metadata on the path."""
    for entry in path:
        for folder in sorted(Path(entry).glob("*.dist-info")) if entry and Path(entry).is_dir() else ():
            name, _, version = folder.name.removesuffix(".dist-info").partition("-")
            yield name.replace("_", "-"), version, folder


def _top_level(folder: Path) -> set[str]:
    for name in ("top_level.txt", "RECORD"):
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except OSError:
            continue
        if names := {re.split(r"[/,]", line)[0].removesuffix(".py") for line in text.splitlines() if line}:
            return names
    return set()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
