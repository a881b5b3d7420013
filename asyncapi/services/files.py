"""Which files belong to a service, and which file an import means: its own, a library's, an installed package's."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from asyncapi.services.grammar import Grammar
from asyncapi.services.modules import FileContent, Names, SourceFile, module_name, relative
from asyncapi.services.walking import Walk, is_python, walk
from asyncapi.sites import ServiceSource

GUARD = re.compile(r"^if\s+\(?__name__\s*==", re.MULTILINE)
T = TypeVar("T")
STANDARD = sys.stdlib_module_names


class SharedFiles:
    """What all services of a workspace look at: each file is read and parsed once, each folder listed once."""

    def __init__(self, python: Path | None = None) -> None:
        """Take the team's interpreter, which is asked to parse what this Python is too old for."""
        self.grammar = Grammar(python)
        self._contents: dict[Path, FileContent] = {}
        self._libraries: dict[Path, SourceFile] = {}
        self._indexes: dict[Path, dict[str, Path]] = {}
        self._once: dict[object, object] = {}
        self._walks: dict[tuple[Path, Callable[[str], bool]], Walk] = {}

    def content(self, path: Path) -> FileContent:
        """Return what is in a file."""
        if path not in self._contents:
            self._contents[path] = FileContent(path, self.grammar)
        return self._contents[path]

    def library(self, path: Path, name: str, file: str) -> SourceFile:
        """Return a file that is not the service's own, the same one for every service."""
        if path not in self._libraries:
            self._libraries[path] = SourceFile(name=name, file=file, path=path, own=False, content=self.content(path))
        return self._libraries[path]

    def walk(self, folder: Path, wanted: Callable[[str], bool] = is_python) -> Walk:
        """Return the files below a folder whose name `wanted` takes; Python files that are no tests by default."""
        key = (folder, wanted)
        if key not in self._walks:
            self._walks[key] = walk(folder, wanted)
        return self._walks[key]

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what `make` gives, which is asked only once for each key."""
        if key not in self._once:
            self._once[key] = make()
        return cast(T, self._once[key])

    def index(self, base: Path, top: Path) -> dict[str, Path]:
        """Return the files below an import root by every name that they can be imported by."""
        if base not in self._indexes:
            names = Names(base, top)
            found: dict[str, Path] = {}
            for path in _packages_first(self.walk(base).paths):
                for name in names.of(path):
                    found.setdefault(name, path)
            self._indexes[base] = found
        return self._indexes[base]


class ServiceFiles:
    """The files of one service, and what its imports mean.

    `files` are its own in path order; `cut` says that its folder holds more than is looked at.
    """

    def __init__(
        self,
        service: ServiceSource,
        *,
        root: Path,
        import_roots: Sequence[Path],
        shared: SharedFiles | None,
        site_packages: Sequence[Path] = (),
    ) -> None:
        """List the service's folder; no file is opened before somebody asks for what is in it."""
        self.service, self.root, self.folder = service, root, root / service.path
        self._real = root.resolve()
        self.import_roots, self.site_packages = tuple(import_roots), tuple(site_packages)
        self.shared = shared or SharedFiles()
        listed = self.shared.walk(self.folder)
        self.cut = listed.cut
        self._names = Names(self.folder, root)
        spelled = {path: self._names.of(path) for path in listed.paths}
        self.files = tuple(self._own(path, names[0]) for path, names in spelled.items())
        self._places = {item.path: item for item in self.files}
        self._named: dict[str, SourceFile] = {}
        for path in _packages_first(listed.paths):
            for name in spelled[path]:
                self._named.setdefault(name, self._places[path])
        self._found: dict[tuple[str, Path | None], SourceFile | None] = {}

    def _own(self, path: Path, name: str) -> SourceFile:
        file = relative(path, self.root)
        return SourceFile(name=name, file=file, path=path, own=True, content=self.shared.content(path))

    @cached_property
    def libraries(self) -> tuple[SourceFile, ...]:
        """Return the files under the import roots that are not the service's own, each once, in path order."""
        found: dict[Path, SourceFile] = {}
        for base in self.import_roots:
            for path in self.shared.walk(base).paths:
                if path not in self._places and path not in found:
                    found[path] = self._file(path)
        return tuple(found.values())

    def at(self, path: Path) -> SourceFile | None:
        """Return the service's own file at a path."""
        return self._places.get(path)

    def find(self, name: str, near: SourceFile | None = None) -> SourceFile | None:
        """Return the file that an import of a dotted name means, for the file `near` that imports it.

        Looked at in turn: what lies beside the script or the package that `near` is in; the service's files by their
        names; the folders above; the import roots; where scripts are run inside of a package, what lies beside them;
        what is installed. A module of the standard library is meant unless Python itself would find another one first.
        """
        key = (name, near.path.parent if near else None)
        if key not in self._found:
            parts = name.split(".")
            usable = all(part.isidentifier() for part in parts)
            self._found[key] = self._find(name, parts, near) if usable else None
        return self._found[key]

    def is_installed(self, item: SourceFile) -> bool:
        """Say whether a file is that of an installed package."""
        return self._site(item.path) is not None

    def own(self, name: str) -> SourceFile | None:
        """Return the service's own file with a dotted name."""
        return self._named.get(name)

    def absolute(self, near: SourceFile, level: int, name: str) -> str:
        """Return the dotted name that a relative import in a file means."""
        if not level:
            return name
        parts = near.name.split(".")
        drop = level - 1 if near.package else level
        return ".".join([*parts[: max(len(parts) - drop, 0)], *([name] if name else [])])

    def _find(self, name: str, parts: list[str], near: SourceFile | None) -> SourceFile | None:
        if near is not None and self._site(near.path):
            return None if parts[0] in STANDARD else self._installed(parts)
        start = self._names.outside(near.path.parent if near else self._names.folder)
        if found := self._below(start, parts):
            return found
        named = self._named.get(name)
        if parts[0] in STANDARD:
            return named if named is not None and named.name == name else self._under_roots(parts)
        return (
            named
            or self._above(start, parts)
            or self._under_roots(parts)
            or self._indexed(name)
            or (self._in_place(near, parts) if near is not None else None)
            or self._installed(parts)
        )

    def _below(self, folder: Path, parts: list[str]) -> SourceFile | None:
        """Return what lies at a dotted name below a folder of the workspace."""
        path = _lookup(folder, parts)
        if path is None or not path.resolve().is_relative_to(self._real):
            return None
        return self._file(path)

    def _above(self, start: Path, parts: list[str]) -> SourceFile | None:
        """Return what lies at a dotted name below the folders around one, up to the workspace: it may run in any."""
        for folder in start.parents:
            if not folder.is_relative_to(self.root):
                return None
            if found := self._below(folder, parts):
                return found
        return None

    def _under_roots(self, parts: list[str]) -> SourceFile | None:
        """Return what lies at a dotted name below an import root."""
        path = next((path for base in self.import_roots if (path := _lookup(base, parts))), None)
        return self._file(path) if path is not None else None

    def _indexed(self, name: str) -> SourceFile | None:
        """Return what has a dotted name somewhere below an import root: a package in a folder of its own, say."""
        for base in self.import_roots:
            if path := self.shared.index(base, self.root).get(name):
                return self._file(path)
        return None

    def _in_place(self, near: SourceFile, parts: list[str]) -> SourceFile | None:
        """Return what lies beside a program in a package around `near`: run by its path, it imports from there."""
        folder, outside = near.path.parent, self._names.outside(near.path.parent)
        while folder != outside:
            if (found := self._below(folder, parts)) and self._runs(folder):
                return found
            folder = folder.parent
        return None

    def _runs(self, folder: Path) -> bool:
        """Say whether a file in a package is run by its path."""
        beside = (item for item in self.files if item.path.parent == folder and item.path.name != "__main__.py")
        return any(GUARD.search(item.text) for item in beside)

    def _installed(self, parts: list[str]) -> SourceFile | None:
        path = next((path for base in self.site_packages if (path := _lookup(base, parts))), None)
        return self._file(path) if path is not None else None

    def _site(self, path: Path) -> Path | None:
        return next((base for base in self.site_packages if path.is_relative_to(base)), None)

    def _file(self, path: Path) -> SourceFile:
        """Return the file at a path: the service's own, or a library's by the name that it has for everybody."""
        if path in self._places:
            return self._places[path]
        if base := self._site(path):  # Where the team keeps packages on this machine is nobody's business.
            return self.shared.library(path, module_name(path, base), f"{base.name}/{relative(path, base)}")
        return self.shared.library(path, self._library_name(path), relative(path, self.root))

    def _library_name(self, path: Path) -> str:
        around = [base for base in self.import_roots if path.is_relative_to(base)]
        base = max(around, key=lambda base: len(base.parts), default=self.root)
        return Names(base, self.root).of(path)[0]


def _lookup(folder: Path, parts: list[str]) -> Path | None:
    """Return the file of a dotted name below a folder: a package before a module, as Python takes them."""
    place = folder.joinpath(*parts)
    for path in (place / "__init__.py", place.with_name(place.name + ".py")):
        if path.is_file():
            return path
    return None


def _packages_first(paths: Sequence[Path]) -> list[Path]:
    """Return paths so that a package comes before a module of its name."""
    return sorted(paths, key=lambda path: path.name != "__init__.py")
