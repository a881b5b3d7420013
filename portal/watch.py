"""Where a system comes from, and noticing when that changes: the last version that could be read stays shown."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from asyncapi import git
from asyncapi.document import Document, load
from asyncapi.errors import PortalError
from portal.history import Shelf
from portal.kept import scan_cache
from portal.system import System, Unread, system
from portal.versions import older

WATCHED = {".py", ".toml", ".yaml", ".yml", ".json", ".env", ".cfg", ".ini"}
SKIPPED = {"node_modules", "__pycache__", "site-packages", "dist", "build"}
MOST_FILES = 20_000
UNREADABLE = {"module-not-importable", "file-not-readable"}

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder with a portal.toml, or a document; `python` is the interpreter that looks at contracts.

    `versions` are older documents named by hand, besides those at git tags; `shelf` keeps what was read of either.
    """

    path: Path
    python: Path | None = None
    versions: tuple[str, ...] = ()
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)

    def document(self) -> Document:
        """Return the document, made from code for a workspace.

        Raises PortalError when there is nothing that can be read.
        """
        if not self.path.exists():
            raise PortalError("no such file or folder", source=str(self.path))
        if self.path.is_dir() or self.path.suffix == ".toml":
            from asyncapi.export import export_workspace

            raw = export_workspace(self.path, python=self.python, cache=scan_cache(self.path))
            return Document(raw=raw, source=str(self.path))
        return load(self.path)

    def system(self) -> System:
        """Return the system as it is at present."""
        return system(
            self.document(),
            key=self.key,
            commit=commit(self.path),
            older=older(self.path, self.versions),
            shelf=self.shelf,
        )

    @property
    def key(self) -> str:
        """Return what tells this source from others in addresses: the name of the folder or file."""
        path = self.path.resolve()
        folder = path.parent if path.suffix == ".toml" else path
        return folder.name if folder.is_dir() else folder.stem

    def signature(self) -> Signature:
        """Return what changes when any file changes from which the document is made: names, times, sizes."""
        return tuple(sorted(_stats(self.path)))


def sources(names: Sequence[str], python: Path | None, versions: Sequence[str] = ()) -> tuple[Source, ...]:
    """Return what is named on a command line, this folder when nothing is; `versions` belong to one source alone."""
    if versions and len(names) > 1:
        raise PortalError("--old belongs to one system, but several are shown", source=versions[0])
    return tuple(Source(path=Path(name), python=python, versions=tuple(versions)) for name in names or ["."])


def read(shown: Sequence[Source]) -> tuple[System | Unread, ...]:
    """Return the systems of sources; of several, one that cannot be read keeps its place with its error.

    Raises PortalError when none can be read.
    """
    found: list[System | Unread] = []
    for source in shown:
        try:
            found.append(source.system())
        except PortalError as error:
            if len(shown) == 1:
                raise
            found.append(Unread(name=str(source.path), key=source.key, error=str(error)))
    if all(isinstance(system, Unread) for system in found):
        raise PortalError("; ".join(system.error for system in found))
    return tuple(found)


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


def _stat(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def commit(path: Path) -> str:
    """Return the commit that a path belongs to, with `-dirty` when there are changes; empty outside of git."""
    said = git.said(path, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*", seconds=10)
    return (said or b"").decode("utf-8", "replace").strip()


def watch(
    shown: Sequence[Source], first: Sequence[System | Unread], show: Callable[..., None], *, every: float = 0.5
) -> threading.Event:
    """Read each source again when it changes and hand all systems to `show`; set the returned event to stop."""
    stop = threading.Event()
    threading.Thread(target=_follow, args=(shown, list(first), show, every, stop), name="watch", daemon=True).start()
    return stop


def _follow(
    shown: Sequence[Source], good: list[System | Unread], show: Callable[..., None], every: float, stop: threading.Event
) -> None:
    seen = [source.signature() for source in shown]
    told = list(good)
    while not stop.wait(every):
        now = [source.signature() for source in shown]
        changed = [number for number, signature in enumerate(now) if signature != seen[number]]
        seen = now
        for number in changed:
            good[number], told[number] = _again(shown[number], good[number])
        if changed:
            compare(told)
            show(*told)


def compare(shown: Sequence[System | Unread]) -> None:
    """Compare each system with the version before it, so that nobody who opens a page waits for that."""
    for one in shown:
        if isinstance(one, System):
            with contextlib.suppress(Exception):
                one.rows()


def _again(source: Source, good: System | Unread) -> tuple[System | Unread, System | Unread]:
    """Return the last version that could be read, and what to show: that version with the error when it is older."""
    try:
        fresh = source.system()
    except PortalError as error:
        return good, _with_error(good, str(error))
    except Exception as error:
        return good, _with_error(good, f"{type(error).__name__}: {error}")
    if isinstance(good, System) and (lost := _lost(fresh, good)):
        return good, _with_error(good, lost)
    return fresh, fresh


def _lost(fresh: System, good: System) -> str:
    """Say what could not be read any more, where the rest was exported all the same."""
    known = {finding.fingerprint for finding in good.registry.findings}
    return "\n".join(
        f"{finding.source.partition('#')[0]}: {finding.message}"
        for finding in fresh.registry.findings
        if finding.rule in UNREADABLE and finding.fingerprint not in known
    )


def _with_error(good: System | Unread, error: str) -> System | Unread:
    if isinstance(good, Unread):
        return replace(good, error=error)
    return replace(good, error=error, version=f"{good.version}-{abs(hash(error)) % 10**8}")
