"""What changes when something changes that is shown: names, times and sizes of files, none of which is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from asyncapi.workspace import git

WATCHED = {".py", ".toml", ".yaml", ".yml", ".json", ".env", ".cfg", ".ini"}
SKIPPED = {"node_modules", "__pycache__", "site-packages", "dist", "build"}
MOST_FILES = 20_000  # bounds one look at a folder
MOST_FOLDERS = 1_000

Signature = tuple[tuple[str, int, int], ...]


def signature(path: Path, others: Iterable[Path]) -> Signature:
    """Return the signature of a document or workspace, of its tags in git, and of other files and folders of files."""
    return tuple(sorted({*_stats(path), *_tags(path), *(one for other in others for one in _one(other))}))


def _stats(path: Path) -> Iterator[tuple[str, int, int]]:
    if path.is_file() and path.suffix != ".toml":
        yield _stat(path)
        return
    found = 0
    for folder, folders, names in os.walk(path if path.is_dir() else path.parent):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        for name in names:
            if Path(name).suffix in WATCHED:
                found += 1
                if found > MOST_FILES:
                    return
                yield _stat(Path(folder, name))


def _tags(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield what git touches when tags come and go, or when another commit is checked out and others come before it.

    A loose reference is replaced by renaming, which its folder shows: those are looked at, however many there are.
    """
    for folder in git.folders(path):
        for name in ("HEAD", "packed-refs", "reftable/tables.list"):
            yield _stat(folder / name)
        for name in ("refs/tags", "refs/heads"):
            for number, (inside, *_) in enumerate(os.walk(folder / name)):
                if number >= MOST_FOLDERS:
                    break
                yield _stat(Path(inside))


def _one(path: Path) -> Iterator[tuple[str, int, int]]:
    yield _stat(path)
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else []
    except OSError:
        return
    yield from map(_stat, inside[:MOST_FILES])


def _stat(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size
