"""Where older versions of a system come from: documents committed at git tags, exports kept, files named by hand.

Serving exports nothing: a tag without a committed document counts once `portal history` has exported it. Documents at
tags are read when a page needs them.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from asyncapi.documents.document import Limits, load, read
from asyncapi.errors import LimitError, PortalError
from asyncapi.workspace import git
from portal.history import Older, Stored
from portal.kept import history_cache

NAMES = ("asyncapi.yaml", "asyncapi.yml", "asyncapi.json")
MOST_TAGS = 50  # each is exported once; older ones nobody compares with
_NUMBER = re.compile(
    r"(?:.*?[^0-9A-Za-z.])?v?(?P<number>\d+(?:[.-]\d+)*)(?P<early>[-.]?[a-z][0-9a-z.-]*)?(?:\+.*)?", re.IGNORECASE
)
Number = tuple[tuple[int, ...], bool, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A git tag, the commit it stands for, and when that was made (ISO 8601)."""

    name: str
    commit: str
    date: str


def older(path: Path, named: Sequence[str] = ()) -> tuple[Older, ...]:
    """Return the versions of a workspace or document, the newest first: those at tags, and those named by hand.

    One that is named (`NAME=FILE` or FILE) stands where its version number puts it, before all others where it has
    none. Raises PortalError when it cannot be read.
    """
    found = list(_at_tags(path))
    top = 0
    for said in named:
        version = _named(said)
        place = _place([name for name, *_ in found], version[0])
        found.insert(top if place is None else place, version)
        top += place is None or place < top
    return tuple(found)


def named_file(said: str) -> tuple[str, Path]:
    """Return the name and the file of a version that is named by hand; PortalError when there is no file."""
    name, separator, file = ("", "", said) if Path(said).is_file() else said.partition("=")
    if separator and not file:
        raise PortalError("names no document", source=f"--old {said}", hint="say --old NAME=FILE")
    path = Path(file if separator else said)
    return (name if separator and name else path.name), path


def _named(said: str) -> Older:
    name, path = named_file(said)
    return (name, "", load(path))


def _place(names: Sequence[str], name: str) -> int | None:
    """Return where a version belongs among others by its number; None where it or all others have none."""
    mine, last = _number(name), None
    for place, number in enumerate(map(_number, names)):
        if mine and number and mine > number:
            return place
        last = place + 1 if mine and number else last
    return last


def _number(name: str) -> Number | None:
    """Return what versions are ordered by: 1.10 is after 1.9, and 2.0 after 2.0-rc1; None for a name without number."""
    found = _NUMBER.fullmatch(re.sub(r"\.(json|ya?ml)$", "", name[:200]))
    if found is None:
        return None
    numbers = [int(part) for part in re.split("[.-]", found["number"])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return (tuple(numbers), not found["early"], found["early"] or "")


def _at_tags(path: Path) -> Iterator[Older]:
    listed = tags(path)
    committed = _committed(listed, path)
    for tag in listed:
        kept = history_cache(path) / f"{tag.commit}.json"
        if found := committed.get(tag.commit):
            yield (tag.name, tag.date, _blob(path, *found))
        elif kept.is_file():
            with contextlib.suppress(OSError):
                identity = f"{kept.name} {kept.stat().st_mtime_ns}"
                yield (tag.name, tag.date, Stored(identity=identity, source=path.name, content=partial(read, kept)))


def _blob(path: Path, blob: str, size: int) -> Stored:
    source = path.name

    def content() -> bytes:
        if size > Limits().size:
            raise LimitError("is larger than what is read", source=source)
        found = git.said(path, "cat-file", "blob", blob)
        if found is None:
            raise PortalError("is not in the repository any more", source=source)
        return found

    return Stored(identity=blob, source=source, content=content)


def tags(path: Path) -> tuple[Tag, ...]:
    """Return the newest tags that what is checked out comes after, the newest first; none outside of git."""
    form = "%(refname:lstrip=2)%00%(*objectname)%00%(objectname)%00%(creatordate:iso-strict)"
    order = ("--sort=-version:refname", "--sort=-creatordate")
    said = git.said(
        path, "for-each-ref", f"--count={MOST_TAGS}", *order, "--merged=HEAD", f"--format={form}", "refs/tags"
    )
    if said is None:
        return ()
    rows = (line.split("\0") for line in said.decode("utf-8", "replace").split("\n"))
    return tuple(Tag(name=row[0], commit=row[1] or row[2], date=row[3]) for row in rows if len(row) == 4)


def missing(path: Path) -> tuple[Tag, ...]:
    """Return the tags at which no document is known: none was committed, and none was exported before."""
    kept, listed = history_cache(path), tags(path)
    committed = _committed(listed, path)
    return tuple(tag for tag in listed if tag.commit not in committed and not (kept / f"{tag.commit}.json").is_file())


def _committed(listed: Sequence[Tag], path: Path) -> Mapping[str, tuple[str, int]]:
    """Return, by the commit of a tag, the document that was committed there in the workspace or at the place of this.

    It is told as git's object and its size.
    """
    asked = [(tag.commit, name) for tag in listed for name in _candidates(path) if "\n" not in name]
    given = "".join(f"{commit}:./{name}\n" for commit, name in asked).encode("utf-8", "surrogateescape")
    told = git.said(path, "cat-file", "--batch-check=%(objecttype) %(objectname) %(objectsize)", given=given)
    found: dict[str, tuple[str, int]] = {}
    for (commit, _), line in zip(asked, (told or b"").decode("utf-8", "replace").split("\n"), strict=False):
        kind, *rest = line.split(" ")
        if kind == "blob" and len(rest) == 2:
            found.setdefault(commit, (rest[0], int(rest[1])))
    return found


def _candidates(path: Path) -> Iterator[str]:
    if path.is_dir() or path.suffix == ".toml":
        yield from NAMES
    else:
        yield path.name


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
        written = folder / f"{tag.commit}.part"
        written.write_bytes(dumps(document.raw))
        written.replace(folder / f"{tag.commit}.json")
        worked += 1
        tell(f"{tag.name}: exported")
    return worked, failed
