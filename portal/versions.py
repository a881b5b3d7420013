"""Where older versions of a system come from: documents committed at git tags, exports kept, files named by hand.

Serving exports nothing: a tag without a committed document counts once `portal history` has exported it.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asyncapi.document import Document, load, loads
from asyncapi.errors import PortalError
from portal.history import Older
from portal.kept import history_cache

NAMES = ("asyncapi.yaml", "asyncapi.yml", "asyncapi.json")
MOST_TAGS = 50
_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A git tag, the commit it stands for, and when that was made (ISO 8601)."""

    name: str
    commit: str
    date: str


def older(path: Path, named: Sequence[str] = ()) -> tuple[Older, ...]:
    """Return the versions of a workspace or document: those named by hand (`NAME=FILE` or FILE), then those at tags.

    A document that cannot be read any more is left out; raises PortalError for one that was named.
    """
    by_hand = [_named(said) for said in named]
    return (*by_hand, *(found for tag in tags(path) if (found := _at(tag, path))))


def _named(said: str) -> Older:
    name, separator, file = ("", "", said) if Path(said).is_file() else said.partition("=")
    if separator and not file:
        raise PortalError("names no document", source=f"--old {said}", hint="say --old NAME=FILE")
    path = Path(file if separator else said)
    return (name if separator and name else path.name, "", load(path))


def _at(tag: Tag, path: Path) -> Older | None:
    content = _committed(tag, path)
    kept = history_cache(path) / f"{tag.commit}.json"
    try:
        if content is not None:
            document = replace(_parsed(content), source=f"{tag.name}:{path.name}")
        elif kept.is_file():
            document = load(kept)
        else:
            return None
    except PortalError:
        return None
    return (tag.name, tag.date, document)


@functools.lru_cache(maxsize=2 * MOST_TAGS)
def _parsed(content: bytes) -> Document:
    """Return a committed document; it is read once, however many tags it stands at and however often that is asked."""
    return loads(content)


def tags(path: Path) -> tuple[Tag, ...]:
    """Return the newest tags that what is checked out comes after, the newest first; none outside of git."""
    form = "%(refname:lstrip=2)%00%(*objectname)%00%(objectname)%00%(creatordate:iso-strict)"
    order = ("--sort=-version:refname", "--sort=-creatordate")
    said = _git(path, "for-each-ref", f"--count={MOST_TAGS}", *order, "--merged=HEAD", f"--format={form}", "refs/tags")
    if said is None:
        return ()
    rows = (line.split("\0") for line in said.decode("utf-8", "replace").split("\n"))
    return tuple(Tag(name=row[0], commit=row[1] or row[2], date=row[3]) for row in rows if len(row) == 4)


def missing(path: Path) -> tuple[Tag, ...]:
    """Return the tags at which no document is known: none was committed, and none was exported before."""
    kept = history_cache(path)
    return tuple(
        tag for tag in tags(path) if not (kept / f"{tag.commit}.json").is_file() and _committed(tag, path) is None
    )


def _committed(tag: Tag, path: Path) -> bytes | None:
    """Return the document that was committed at a tag, at the place of this one or in the workspace."""
    for name in _candidates(path):
        content = _git(path, "cat-file", "blob", f"{tag.commit}:./{name}")
        if content is not None:
            return content
    return None


def _candidates(path: Path) -> Iterator[str]:
    if path.is_dir() or path.suffix == ".toml":
        yield from NAMES
    else:
        yield path.name


def _git(path: Path, *arguments: str) -> bytes | None:
    folder = path if path.is_dir() else path.parent
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            timeout=_SECONDS,
            env={key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def export_missing(path: Path, *, python: Path | None, tell: Callable[[str], None]) -> tuple[int, int]:
    """Export a workspace at each tag without a document and keep the result; return how many worked and failed."""
    from asyncapi.compare.revisions import at_revision
    from portal.data import dumps

    folder = history_cache(path)
    folder.mkdir(parents=True, exist_ok=True)
    worked = failed = 0
    for tag in missing(path):
        try:
            document = at_revision(tag.commit, path, python=python).document
        except PortalError as error:
            failed += 1
            tell(f"{tag.name}: {error}")
            continue
        (folder / f"{tag.commit}.json").write_bytes(dumps(document.raw))
        worked += 1
        tell(f"{tag.name}: exported")
    return worked, failed
