"""A look around an unknown repository, source text only: where topics, models, services and clients seem to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from asyncapi.scan.foreign import ForeignParty, foreign_parties
from asyncapi.scan.looks import CLASS, FoundClass, Look, look, runs
from asyncapi.scan.modules import Module
from asyncapi.scan.places import own, set_aside
from asyncapi.scan.places import services as services_of
from asyncapi.scan.roots import imported_by, imported_names
from asyncapi.scan.world import python_files, relative
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source

WRAPPING = re.compile(r"client|mqtt|publisher|bus$|broker", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPackage:
    """A package that names topics or holds models; `root` is the folder it is imported from.

    `imports` are the names to import: the package, or single modules where others of its modules do more.
    """

    name: str
    root: str
    constants: int
    models: int
    files: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a repository seems to consist of, and what could not be decided; all in path order.

    `envelope` is the one generic model (`module:Class`) that carries others, and its field for them.
    """

    contracts: tuple[FoundPackage, ...] = ()
    services: tuple[ServiceSource, ...] = ()
    import_roots: tuple[str, ...] = ()
    registries: tuple[Source, ...] = ()
    wrappers: tuple[FoundClass, ...] = ()
    foreign: tuple[ForeignParty, ...] = ()
    undecided: tuple[str, ...] = ()
    files: int = 0
    envelope: tuple[str, str] = ("", "")


def discover(root: Path) -> Discovery:
    """Return what the source below a folder shows; nothing is imported, run or written."""
    modules = [Module(path, relative(path, root), "", library=True) for path in python_files(root)]
    imported = imported_names(module.text for module in modules)
    everything = _speaking([look(module, root, imported) for module in modules])
    files = own(everything, root)
    models = _models(files)
    services = services_of(files, root)
    placed = [root / service.path for service in services if service.path != "."]
    outside = [item for item in files if not any(item.module.path.is_relative_to(place) for place in placed)]
    contracts, doubtful = _found(outside, files, models, root)
    wanted = [item for item in outside if item.constants or item.wrappers or _count(item, models)]
    foreign = foreign_parties(root)
    return Discovery(
        contracts=contracts,
        services=services,
        import_roots=tuple(sorted({relative(item.root, root) for item in wanted})),
        registries=tuple(place for item in files for place in item.registries),
        wrappers=tuple(
            wrapper for item in files for wrapper in item.wrappers if item in wanted or WRAPPING.search(wrapper.name)
        ),
        foreign=foreign,
        undecided=(
            *_undecided(contracts, services, foreign),
            *doubtful,
            *(
                f"{folder} speaks MQTT, but looks like examples or tools: name it under `services` if it is a party"
                for folder in set_aside(everything, files, root)
            ),
        ),
        files=len(files),
        envelope=_envelope(files, contracts),
    )


def _envelope(files: list[Look], contracts: tuple[FoundPackage, ...]) -> tuple[str, str]:
    """Return the one generic model of the contracts that carries another, with its field."""
    inside = {file for package in contracts for file in package.files}
    found = [
        (f"{item.module.name}:{name}", field)
        for item in files
        if item.module.file in inside
        for name, field in item.carriers
    ]
    return found[0] if len(found) == 1 else ("", "")


def _speaking(files: list[Look]) -> list[Look]:
    """Mark the files that use a class wrapping an MQTT client as speaking too, also through classes that hold one."""
    names = {wrapper.source.symbol for item in files for wrapper in item.wrappers}
    imported = imported_by(files)
    offering = [item for item in files if item.module.name in imported and not runs(item.module)]
    while names:
        named = "|".join(map(re.escape, sorted(names)))
        using = re.compile(rf"\b(?:{named})(?:\.[a-z]\w*)?\(|^class \w+\((?:[^)\n]*\W)?(?:{named})\b", re.MULTILINE)
        more = {
            match[1]
            for item in offering
            for match in CLASS.finditer(item.module.text)
            if match[1] not in names and using.search(match[0])
        }
        if not more:
            return [replace(item, speaks=item.speaks or using.search(item.module.text) is not None) for item in files]
        names |= more
    return files


def _models(files: list[Look]) -> frozenset[str]:
    """Return the names of classes that are models, through bases of their own too."""
    known: set[str] = set()
    while True:
        more = {
            name
            for item in files
            for name, bases in item.classes
            if name not in known and any(_is_model(base, known) for base in re.findall(r"[\w.]+", bases))
        }
        if not more:
            return frozenset(known)
        known |= more


def _is_model(base: str, known: set[str]) -> bool:
    last = base.rpartition(".")[2]
    return last in ("BaseModel", "RootModel", "SQLModel") or last in known


def _count(item: Look, models: frozenset[str]) -> int:
    return sum(name in models for name, _ in item.classes)


def _found(
    outside: list[Look], files: list[Look], models: frozenset[str], root: Path
) -> tuple[tuple[FoundPackage, ...], tuple[str, ...]]:
    """Return the packages outside of services that name topics, else those inside, else what services import of models.

    What cannot be decided comes with them.
    """
    imported = imported_by(files)
    if contracts := _contracts(outside, models, imported, root):
        return contracts, ()
    kept, doubtful = _by_name(_contracts(files, models, imported, root))
    if kept or doubtful or not any(item.speaks for item in files):
        return kept, doubtful
    return _by_name(_contracts(files, models, imported, root, bare=True))


def _contracts(
    files: list[Look], models: frozenset[str], imported: frozenset[str], root: Path, *, bare: bool = False
) -> tuple[FoundPackage, ...]:
    """Group the files that name topics, and models beside them, by the package they are in; `bare`: models alone."""
    groups: dict[tuple[Path, str], list[Look]] = {}
    for item in files:
        if (item.constants or _count(item, models)) and not item.wrappers and not item.speaks:
            top, _, rest = item.module.name.partition(".")
            groups.setdefault((item.root, top if rest or item.module.package else ""), []).append(item)
    found = []
    for (base, _), inside in groups.items():
        used = any(item.module.name in imported for item in inside) and (bare or any(item.constants for item in files))
        if any(item.constants for item in inside) or used:
            found.append(_package(inside, files, models, relative(base, root)))
    return tuple(sorted(found, key=lambda item: (-item.constants - item.models, item.name)))


def _package(inside: list[Look], files: list[Look], models: frozenset[str], root: str) -> FoundPackage:
    """Return the package of some files; it is imported whole unless a module of it speaks or is a program."""
    modules = [item.module.name for item in inside]
    name = _common(modules)
    beside = [item for item in files if item.root == inside[0].root and f"{item.module.name}.".startswith(f"{name}.")]
    whole = bool(name) and not any(item.speaks or runs(item.module) or item.wrappers for item in beside)
    return FoundPackage(
        name=name or ", ".join(modules),
        root=root,
        constants=len(frozenset().union(*(item.topics for item in inside))),
        models=sum(_count(item, models) for item in inside),
        files=tuple(item.module.file for item in inside),
        imports=(name,) if whole else tuple(modules),
    )


def _by_name(packages: tuple[FoundPackage, ...]) -> tuple[tuple[FoundPackage, ...], tuple[str, ...]]:
    """Return packages that can be imported together, and what cannot be decided: the same name in several places."""
    counts = Counter(name for package in packages for name in package.imports)
    kept = tuple(package for package in packages if all(counts[name] == 1 for name in package.imports))
    lost = [package for package in packages if package not in kept]
    if not lost:
        return kept, ()
    places = ", ".join(sorted(package.root for package in lost))
    names = ", ".join(dict.fromkeys(name for package in lost for name in package.imports))
    return kept, (f"several services have contracts of the same name ({names} in {places}): make one package of them",)


def _common(names: list[str]) -> str:
    split = [name.split(".") for name in names]
    parts = []
    for level in zip(*split, strict=False):
        if len(set(level)) > 1:
            break
        parts.append(level[0])
    return ".".join(parts)


def _undecided(
    contracts: tuple[FoundPackage, ...], services: tuple[ServiceSource, ...], foreign: tuple[ForeignParty, ...]
) -> Iterable[str]:
    if not contracts:
        yield "no package names its topics in constants: name it under `contracts`, or leave it out"
    elif not any(package.constants for package in contracts):
        yield "no package names its topics in constants: those of the calls are taken"
    elif len(naming := [package for package in contracts if package.constants]) > 1:
        names = ", ".join(package.name for package in naming)
        yield f"several packages name topics ({names}): keep under `contracts` those that are shared"
    if not services:
        yield "no folder holds calls that publish or subscribe: name the services under `services`"
    for party in foreign:
        rest = f", and what it does with {', '.join(party.topics)}" if party.topics else ""
        known = party.sends or party.receives
        todo = f"check what its calls seem to say{rest}" if known else "say what it sends and receives"
        yield f"{party.path} speaks MQTT in {party.language}: {todo}, under `service`"
