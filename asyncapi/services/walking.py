"""Which files below a folder count, in a fixed order: no tests, no environments, no copies of others' code; bounded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncapi.sources import is_text

MOST_ENTRIES = 400_000  # Names looked at below one folder: some seconds of listing, far above any repository of code.

# Folders that hold no code of a process: tests, documentation, what was installed or copied from others.
SKIPPED = frozenset(
    (
        *("tests", "test", "testing", "docs", "doc", "migrations"),
        *("node_modules", "__pycache__", "site-packages", "venv"),
        *("vendor", "vendored", "_vendor", "third_party", "3rdparty", "thirdparty", "extern"),
    )
)
# Folders that tools fill, unless they are packages: then somebody called a package so.
SKIPPED_UNLESS_PACKAGE = frozenset(["build", "dist", "env"])
ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")  # What the root of an environment holds, whatever it is called.
NO_PROGRAMS = frozenset(["conftest.py", "setup.py", "noxfile.py"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The files found, in path order, and whether there were more than are looked at."""

    paths: tuple[Path, ...]
    cut: bool = False


def walk(folder: Path, wanted: Callable[[str], bool]) -> Walk:
    """Return the files below a folder whose name is wanted, without links that lead out of it; a file is itself."""
    if folder.is_file():
        return Walk(paths=(folder,))
    real = folder.resolve()
    found: list[Path] = []
    for count, path in enumerate(_entries(folder)):
        if count >= MOST_ENTRIES:
            return Walk(paths=tuple(found), cut=True)
        if wanted(path.name) and is_text(path.name) and not _leads_out(path, real):
            found.append(path)
    return Walk(paths=tuple(found))


def is_python(name: str) -> bool:
    """Say whether a file's name is that of Python source that is no test."""
    return name.endswith(".py") and not _is_test(name)


def _entries(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_entered(place, name))
        yield from (Path(place, name) for name in sorted(files))


def _is_entered(place: str, name: str) -> bool:
    if name in SKIPPED or name.startswith(".") or name.endswith(".egg-info") or not is_text(name):
        return False
    folder = Path(place, name)
    if name in SKIPPED_UNLESS_PACKAGE and not (folder / "__init__.py").is_file():
        return False
    return not any((folder / mark).exists() for mark in ENVIRONMENTS)


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py") or name in NO_PROGRAMS


def _leads_out(path: Path, real: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(real)
