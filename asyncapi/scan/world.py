"""Which files belong to a service and to its libraries, and which file an import means."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from collections.abc import Sequence as Items
from functools import cached_property
from pathlib import Path

from asyncapi.scan import bounds
from asyncapi.scan.modules import Module
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source, is_text

SKIPPED = frozenset(
    [
        "tests",
        "test",
        "testing",
        "venv",
        "env",
        "node_modules",
        "__pycache__",
        "build",
        "dist",
        "site-packages",
        "vendor",
        "vendored",
        "_vendor",
        "third_party",
        "3rdparty",
        "thirdparty",
        "extern",
        "docs",
        "doc",
        "migrations",
    ]
)
MOST_FILES = 20_000
DERIVED = re.compile(r"^[ \t]*class[ \t]+(\w+)\(([^)]*)\)", re.MULTILINE)
BASE = re.compile(r"\w+")
DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files below a folder in a fixed order: no tests, environments, copies, links that lead out."""
    if folder.is_file():
        yield folder
        return
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            n
            for n in folders
            if n not in SKIPPED and not n.startswith(".") and not n.endswith(".egg-info") and is_text(n)
        )
        for name in sorted(files):
            if name.endswith(".py") and not _is_test(name) and is_text(name):
                path = Path(place, name)
                if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
                    continue
                count += 1
                if count > MOST_FILES:
                    bounds.cut("files of a folder", MOST_FILES, None, Source(file=folder.name))
                    return
                yield path


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py") or name in ("conftest.py", "setup.py", "noxfile.py")


class Library:
    """The files under the import roots, shared by every service."""

    def __init__(self, root: Path, import_roots: Items[Path], own: Items[Path]) -> None:
        self.root = root
        self.import_roots = tuple(import_roots)
        self.modules: dict[str, Module] = {}
        self.files: list[Module] = []
        self.members: dict[tuple[int, str], object] = {}
        taken = {path.resolve() for path in own}
        seen: set[Path] = set()
        for base in import_roots:
            for path in python_files(base):
                real = path.resolve()
                if real in seen or any(real == item or item in real.parents for item in taken):
                    continue
                seen.add(real)
                module = Module(path, relative(path, root), dotted(path, base), library=True)
                self.files.append(module)
                for name in names(path, base):
                    self.modules.setdefault(name, module)


class View:
    """What one service can see: its own files, then the libraries."""

    def __init__(self, service: ServiceSource, root: Path, library: Library) -> None:
        self.service = service
        self.library = library
        self.folder = root / service.path
        self.files: list[Module] = []
        self.modules: dict[str, Module] = {}
        base = self.folder / "src" if (self.folder / "src").is_dir() else self.folder
        for path in python_files(self.folder):
            start = base if path.is_relative_to(base) else self.folder
            module = Module(path, relative(path, root), dotted(path, start), library=False)
            self.files.append(module)
            above = [root for root in library.import_roots if path.is_relative_to(root)]
            for name in (*names(path, start), *(name for root in above for name in names(path, root))):
                self.modules.setdefault(name, module)
        self.places = {module.path: module for module in self.everything}

    @cached_property
    def defined(self) -> frozenset[str]:
        """Return the names of every function, method and class in sight."""
        return frozenset(name for module in self.everything for name in DEFINED.findall(module.text))

    @cached_property
    def derived(self) -> dict[str, frozenset[str]]:
        """Return base class → classes below it at any depth, by last names, over everything in sight."""
        direct: dict[str, set[str]] = {}
        for module in self.everything:
            for name, bases in DERIVED.findall(module.text):
                for base in BASE.findall(bases):
                    direct.setdefault(base, set()).add(name)
        return {base: _below(base, direct) for base in direct}

    @property
    def everything(self) -> list[Module]:
        """Return the service's files, then the libraries'."""
        return [*self.files, *self.library.files]

    def find(self, name: str, near: Module | None = None) -> Module | None:
        """Return the module with a dotted name; a sibling file serves where scripts import each other by name."""
        found = self.modules.get(name) or self.library.modules.get(name)
        if found is None and near is not None:
            place = near.path.parent.joinpath(*name.split("."))
            found = self.places.get(place.with_name(place.name + ".py")) or self.places.get(place / "__init__.py")
        return found

    def absolute(self, module: Module, level: int, name: str) -> str:
        """Return the dotted name that a relative import means."""
        if not level:
            return name
        parts = module.name.split(".") if module.name else []
        drop = level - 1 if module.package else level
        kept = parts[: len(parts) - drop] if drop else parts
        return ".".join([*kept, *([name] if name else [])])


def relative(path: Path, root: Path) -> str:
    """Return the path as facts spell it: relative to the workspace with `/`, or as it is when outside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def dotted(path: Path, base: Path) -> str:
    """Return the module name of a file: from the outermost package that it or `base` is in, else from `base`."""
    return names(path, base)[0]


def names(path: Path, base: Path) -> list[str]:
    """Return the dotted names by which a file can be imported: from the package around `base`, its own, from `base`."""
    found: list[str] = []
    folder = _outside(path.parent)
    given = base if base.is_dir() else base.parent
    around = _outside(given)
    packaged = folder != path.parent
    for start in [around, folder, given] if around != given else [given, folder] if packaged else [given]:
        if path.is_relative_to(start):
            parts = list(path.relative_to(start).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            name = ".".join(parts)
            if name and name not in found:
                found.append(name)
    return found or [path.stem]


def _outside(folder: Path) -> Path:
    """Return the first folder from here upward that is no package."""
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder


def _below(base: str, direct: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    pending = [base]
    while pending:
        fresh = direct.get(pending.pop(), set()) - found
        found |= fresh
        pending.extend(fresh)
    return frozenset(found)
