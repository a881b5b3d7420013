"""From which folder a file is imported: by its packages, by how other files import it, by the project it lies in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.scan.world import dotted

if TYPE_CHECKING:
    from asyncapi.scan.looks import Look

IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w[\w.]*)", re.MULTILINE)
RELATIVE = re.compile(r"^[ \t]*from[ \t]+(\.+)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)", re.MULTILINE)
PROJECTS = ("pyproject.toml", "setup.py", "setup.cfg")


def imported_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the dotted names of all modules that files import, and of the packages around them."""
    found: set[str] = set()
    for text in texts:
        for name in IMPORTED.findall(text):
            parts = name.split(".")
            found.update(".".join(parts[: end + 1]) for end in range(len(parts)))
    return frozenset(found)


def imported_by(files: Iterable[Look]) -> frozenset[str]:
    """Return the dotted names of all modules that files import, those named from where the file stands included."""
    found: set[str] = set()
    for item in files:
        found |= imported_names([item.module.text])
        parts = item.module.name.split(".")
        package = parts if item.module.path.name == "__init__.py" else parts[:-1]
        for dots, origin, names in RELATIVE.findall(item.module.text):
            base = [*package[: len(package) - len(dots) + 1], *origin.split(".")] if origin else package
            found.add(".".join(part for part in base if part))
            found.update(".".join([*base, name]) for name in re.findall(r"\w+", names))
    return frozenset(found)


def import_root(path: Path, root: Path, imported: frozenset[str] = frozenset()) -> Path:
    """Return the folder from which a file is imported.

    Packages need no `__init__.py` on the outside, so the name that others import decides; where nobody does, it is
    the folder `src`, for a package the project around it, else the folder above the outermost package.
    """
    base = path.parent
    while (base / "__init__.py").is_file() and base != root:
        base = base.parent
    above = list(_folders(base, root))
    named = [folder for folder in above if _is_imported(path, folder, imported)]
    if named:
        return named[-1]
    if source := next((folder for folder in above if folder.name == "src"), None):
        return source
    if base != path.parent and (project := next((f for f in above if _is_project(f)), None)):
        return project if all(part.isidentifier() for part in base.relative_to(project).parts) else base
    return base


def _folders(base: Path, root: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the root."""
    for folder in (base, *base.parents):
        yield folder
        if folder == root:
            return


def _is_imported(path: Path, folder: Path, imported: frozenset[str]) -> bool:
    name = dotted(path, folder)
    package = name.rpartition(".")[0]
    return name in imported or ("." in package and package in imported)


def _is_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in PROJECTS)
