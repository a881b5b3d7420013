"""Which folders and files are services: those that publish or subscribe, and that nobody imports."""

from __future__ import annotations

import re
from pathlib import Path

from asyncapi.scan.looks import Look, runs
from asyncapi.scan.roots import imported_by, imported_names
from asyncapi.scan.world import relative
from asyncapi.sites import ServiceSource
from asyncapi.workspace.service_names import names

IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)
PROGRAM = re.compile(
    r"^(?:if __name__|while |for |asyncio\.run\(|main\(|[\w.]+\.(?:loop_\w+|callback|connect|run)\()", re.MULTILINE
)
PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Dockerfile", "Pipfile", "main.py", "boot.py")
EXAMPLES = ("examples", "example", "samples", "demo", "demos", "notebooks", "sandbox", "playground", "scratch", "docs")
DEMOS = frozenset((*EXAMPLES, "scripts", "tools", "bench", "benchmarks"))
ENTRIES = ("__main__.py", "main.py", "app.py")
CONTAINERS = frozenset(["apps", "services", "workers", "bridges", "nodes", "agents", "devices", "firmware"])


def services(files: list[Look], root: Path) -> tuple[ServiceSource, ...]:
    """Return the services of a repository, in path order."""
    found: dict[Path, None] = {}
    containers = _containers([item.module.path for item in files if item.speaks], root)
    programs = _programs(files, root)
    flat = all(item.module.path.parent == root for item in files if item.speaks)
    imported = imported_by(files)
    for item in files:
        if not _counts(item, imported):
            continue
        place = _place(item.module.path, root, containers)
        if place.parent == root and place.is_file() and flat and place not in programs:
            place = root
        found[place] = None
    outer = [place for place in found if not any(other in place.parents for other in found)]
    apart = [part for place in outer for part in _apart(place, files, root, imported)]
    shared = _shared(apart, files)
    called = names([place for place in sorted(apart) if place not in shared], root)
    return tuple(ServiceSource(name=name, path=relative(place, root)) for place, name in called.items())


def own(files: list[Look], root: Path) -> list[Look]:
    """Return the files without those of examples and tools, unless there is nothing else that speaks."""
    real = [item for item in files if _outermost(item, root) not in DEMOS]
    return real if any(item.speaks for item in real) else files


def set_aside(files: list[Look], kept: list[Look], root: Path) -> list[str]:
    """Return the folders of examples and tools that speak, but are taken for no services."""
    return sorted({_outermost(item, root) for item in files if item.speaks and item not in kept})


def _outermost(item: Look, root: Path) -> str:
    return item.module.path.relative_to(root).parts[0]


def _counts(item: Look, imported: frozenset[str]) -> bool:
    """Say whether a file publishes or subscribes by itself; one that only holds a client for others does not."""
    return item.speaks and (not item.wrappers or runs(item.module) or item.module.name not in imported)


def _apart(place: Path, files: list[Look], root: Path, imported: frozenset[str]) -> list[Path]:
    """Return the programs in a folder that has several, none of which is a part of another; else the folder."""
    if place.is_file() or place == root or any((place / name).is_file() for name in PROJECT):
        return [place]
    speaking = [item for item in files if _counts(item, imported) and place in item.module.path.parents]
    programs = [item for item in speaking if _is_program(item) and item.module.name not in imported]
    found = [_unit(item, place, programs) for item in programs]
    parts = [
        item for item in speaking if not any(unit in (item.module.path, *item.module.path.parents) for unit in found)
    ]
    whole = len(found) < 2 or any(item.module.name not in imported for item in parts)
    return [place] if whole else found


def _is_program(item: Look) -> bool:
    return item.module.path.name == "__main__.py" or PROGRAM.search(item.module.text) is not None


def _unit(item: Look, place: Path, programs: list[Look]) -> Path:
    """Return what a program consists of: its folder, where it is the only one there and named as its start."""
    path = item.module.path
    alone = sum(path.parent in other.module.path.parents for other in programs) == 1
    return path.parent if alone and path.name in ENTRIES and path.parent != place else path


def _shared(places: list[Path], files: list[Look]) -> frozenset[Path]:
    """Return the places whose modules others import: libraries, not services, unless they start by themselves."""
    names: dict[str, Path] = {}
    imports: dict[Path | None, set[str]] = {}
    for item in files:
        path = item.module.path
        home = next((place for place in places if place == path or place in path.parents), None)
        if home is not None:
            names[item.module.name] = home
        imports.setdefault(home, set()).update(IMPORTED.findall(item.module.text))
    return frozenset(
        names[name]
        for home, seen in imports.items()
        for name in seen
        if name in names and names[name] != home and not (names[name] / "__main__.py").is_file()
    )


def _programs(files: list[Look], root: Path) -> frozenset[Path]:
    """Return the files beside each other at the root that are programs of their own; a device has one, in parts."""
    here = [item for item in files if item.module.path.parent == root]
    imported = imported_names(item.module.text for item in here)
    found = {
        item.module.path
        for item in here
        if item.speaks and PROGRAM.search(item.module.text) and item.module.name not in imported
    }
    return (
        frozenset(found)
        if len(found) > 1 and not {path.name for path in found} & {"boot.py", "main.py"}
        else frozenset()
    )


def _containers(speaking: list[Path], root: Path) -> frozenset[Path]:
    """Return the folders below a root, no packages, whose speaking files lie in several folders of theirs."""
    below: dict[Path, set[str]] = {}
    for path in speaking:
        inside = path.relative_to(root).parts
        if len(inside) > 2:
            below.setdefault(root / inside[0], set()).add(inside[1])
        elif len(inside) > 1:
            below.setdefault(root / inside[0], set()).add("")
    return frozenset(
        folder
        for folder, names in below.items()
        if len(names) > 1 and "" not in names and folder.name != "src" and not (folder / "__init__.py").is_file()
    )


def _place(path: Path, root: Path, containers: frozenset[Path]) -> Path:
    """Return the folder of the service a file belongs to: a project of its own, or the first below `apps`."""
    inside = path.relative_to(root).parts
    if root / inside[0] in containers:
        return root.joinpath(*inside[:2])
    for depth, part in enumerate(inside[:-1]):
        if part in CONTAINERS and not root.joinpath(*inside[: depth + 1], "__init__.py").is_file():
            place = root.joinpath(*inside[: depth + 2])
            return place.parent if place.name in (*ENTRIES, "boot.py") and depth + 2 == len(inside) else place
    folder = path.parent
    while folder != root:
        if any((folder / name).is_file() for name in PROJECT[:6]):
            return folder
        folder = folder.parent
    if len(inside) == 1:
        return path
    start = 2 if inside[0] == "src" and len(inside) > 2 else 1
    return root.joinpath(*inside[:start])
