"""The fixture packages of contracts: where each is imported from, and the modules to export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CONTRACTS = Path(__file__).parents[1] / "fixtures/contracts"
UNFIT = {"crashy"}  # modules that misbehave on purpose; no contracts
PATHS = {"depot": ("north", "south")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One or more top-level modules that are exported together."""

    name: str
    root: Path
    paths: tuple[str, ...]
    modules: tuple[str, ...]


def packages() -> tuple[Package, ...]:
    """Return every fixture package in the order of the names of their folders."""
    names = sorted(folder.name for folder in CONTRACTS.iterdir() if folder.is_dir() and folder.name[0] not in "._")
    return tuple(_package(name) for name in names if name not in UNFIT)


def _package(name: str) -> Package:
    root, paths = CONTRACTS / name, PATHS.get(name, (".",))
    entries = [entry for path in paths for entry in sorted((root / path).iterdir())]
    modules = [
        entry.stem for entry in entries if entry.suffix == ".py" or (entry.is_dir() and any(entry.rglob("*.py")))
    ]
    return Package(name=name, root=root, paths=paths, modules=tuple(modules))
