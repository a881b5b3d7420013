"""Where a system comes from, and noticing when that changes: the last version that could be read stays shown."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from asyncapi.documents.document import Document, load
from asyncapi.errors import PortalError
from asyncapi.workspace import git
from portal.history import Shelf
from portal.kept import history_cache, scan_cache
from portal.signatures import Signature, signature
from portal.system import System, Unread, system
from portal.versions import named_file, older

UNREADABLE = {"module-not-importable", "file-not-readable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A folder with a portal.toml, or a document; `python` is the interpreter that looks at contracts.

    `versions` are older documents named by hand, besides those at git tags, `accept` is a file of accepted breaks;
    `shelf` keeps what was read of versions.
    """

    path: Path
    python: Path | None = None
    versions: tuple[str, ...] = ()
    accept: Path | None = None
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)

    def document(self) -> Document:
        """Return the document, made from code for a workspace.

        Raises PortalError when there is nothing that can be read.
        """
        if not self.path.exists():
            raise PortalError("no such file or folder", source=str(self.path))
        if self.path.is_dir() or self.path.suffix == ".toml":
            from asyncapi.exporting.export import export_workspace

            raw = export_workspace(self.path, python=self.python, cache=scan_cache(self.path))
            return Document(raw=raw, source=str(self.path))
        return load(self.path)

    def system(self) -> System:
        """Return the system as it is at present."""
        from asyncapi.compare.accepting import accept_file, load_accepted

        return system(
            self.document(),
            key=self.key,
            commit=commit(self.path),
            older=older(self.path, self.versions),
            accepted=load_accepted(accept_file(self.accept, self.path)),
            shelf=self.shelf,
        )

    @property
    def key(self) -> str:
        """Return what tells this source from others in addresses: the name of the folder or file."""
        path = self.path.resolve()
        folder = path.parent if path.suffix == ".toml" else path
        return folder.name if folder.is_dir() else folder.stem

    def signature(self) -> Signature:
        """Return what changes when the document, a version before it, or what is accepted between them may have."""
        named = (named_file(said)[1] for said in self.versions)
        return signature(self.path, (history_cache(self.path), *named, *filter(None, [self.accept])))


def sources(
    names: Sequence[str], python: Path | None, *, versions: Sequence[str] = (), accept: Path | None = None
) -> tuple[Watched, ...]:
    """Return what is named on a command line, this folder when nothing is; `versions`, `accept` belong to one alone."""
    for option, said in (("--old", next(iter(versions), "")), ("--accept", accept)):
        if said and len(names) > 1:
            raise PortalError(f"{option} belongs to one system, but several are shown", source=str(said))
    return tuple(
        Watched(path=Path(name), python=python, versions=tuple(versions), accept=accept) for name in names or ["."]
    )


def read(shown: Sequence[Watched]) -> tuple[System | Unread, ...]:
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


def commit(path: Path) -> str:
    """Return the commit that a path belongs to, with `-dirty` when there are changes; empty outside of git."""
    said = git.said(path, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*", seconds=10)
    return (said or b"").decode("utf-8", "replace").strip()


def watch(
    shown: Sequence[Watched],
    first: Sequence[System | Unread],
    show: Callable[..., None],
    *,
    seen: Sequence[Signature],
    every: float = 0.5,
) -> threading.Event:
    """Read each source again when it changes and hand all systems to `show`; set the returned event to stop.

    `seen` are the signatures of the sources from before `first` was read.
    """
    stop = threading.Event()
    follow = partial(_follow, shown, list(first), show, list(seen), every, stop)
    threading.Thread(target=follow, name="watch", daemon=True).start()
    return stop


def _follow(
    shown: Sequence[Watched],
    good: list[System | Unread],
    show: Callable[..., None],
    seen: list[Signature],
    every: float,
    stop: threading.Event,
) -> None:
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


def _again(source: Watched, good: System | Unread) -> tuple[System | Unread, System | Unread]:
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
