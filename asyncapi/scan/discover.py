"""A look around an unknown repository, source text only: where topics, models, services and clients seem to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from asyncapi.scan.modules import Module
from asyncapi.scan.world import dotted, python_files, relative
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source

CONSTANT = re.compile(r"^[ \t]*([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t]*[bf]?[\"']([^\"'\n]+)[\"']", re.MULTILINE)
DERIVED = re.compile(r"^class (\w+)\(([^)]*)\)", re.MULTILINE)
TABLE = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*\{[ \t]*\n((?:[^{}]|\{[^{}]*\})*?)^\}", re.MULTILINE)
EVENT = r"(?:[\"'][\w-]+(?:\.[\w-]+)+[\"']|[\w.]*(?:EVENT|TYPE)\w*)"
VALUE = r"(?:[\w.]*TOPIC\w*|[\"'][\w.{}+#$-]+(?:/[\w.{}+#$-]+)+[\"'])"
ENTRY = re.compile(rf"^[ \t]+{EVENT}:[ \t]*{VALUE}[ \t]*,?", re.MULTILINE)
CLASS = re.compile(r"^class (\w+)[^\n]*:\n((?:[ \t]+[^\n]*\n|[ \t]*\n)*)", re.MULTILINE)
METHOD = re.compile(r"^[ \t]+(?:async )?def ((?:\w*publish|\w*subscribe|send_event|emit)\w*)\(", re.MULTILINE)
LIBRARY = re.compile(
    r"^\s*(?:import|from)\s+(?:paho|aiomqtt|asyncio_mqtt|gmqtt|umqtt|mqtt_as|fastapi_mqtt|flask_mqtt|h?amqtt|hbmqtt"
    r"|AWSIoTPythonSDK|awscrt)\b",
    re.MULTILINE,
)
IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)
SPEAKING = re.compile(r"\b\w*(?:publish|subscribe)\w*[ \t]*\(")
TOPIC = re.compile(r"[\w.$+{}-]+(?:/[\w.$+#{}-]*)+")
PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Dockerfile", "Pipfile", "main.py", "boot.py")
WRAPPING = re.compile(r"client|mqtt|publisher|bus$|broker", re.IGNORECASE)
CONTAINERS = frozenset(["apps", "services", "workers", "bridges", "nodes", "agents", "devices", "firmware"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPackage:
    """A package that names topics or holds models; `root` is the folder it is imported from."""

    name: str
    root: str
    constants: int
    models: int
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClass:
    """A class that wraps an MQTT client, with its methods that publish or subscribe."""

    name: str
    methods: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a repository seems to consist of, and what could not be decided; all in path order."""

    contracts: tuple[FoundPackage, ...] = ()
    services: tuple[ServiceSource, ...] = ()
    import_roots: tuple[str, ...] = ()
    registries: tuple[Source, ...] = ()
    wrappers: tuple[FoundClass, ...] = ()
    undecided: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What one file shows."""

    module: Module
    root: Path
    constants: int
    classes: tuple[tuple[str, str], ...]
    speaks: bool
    wrappers: tuple[FoundClass, ...]
    registries: tuple[Source, ...]


def discover(root: Path) -> Discovery:
    """Return what the Python files below a folder show; nothing is imported, run or written."""
    files = _speaking([_look(path, root) for path in python_files(root)])
    models = _models(files)
    services = _services(files, root)
    placed = [root / service.path for service in services if service.path != "."]
    outside = [item for item in files if not any(item.module.path.is_relative_to(place) for place in placed)]
    contracts = _contracts(outside, models, root)
    wanted = [item for item in outside if item.constants or item.wrappers or _count(item, models)]
    return Discovery(
        contracts=contracts,
        services=services,
        import_roots=tuple(sorted({relative(item.root, root) for item in wanted})),
        registries=tuple(place for item in files for place in item.registries),
        wrappers=tuple(
            wrapper for item in files for wrapper in item.wrappers if item in wanted or WRAPPING.search(wrapper.name)
        ),
        undecided=tuple(_undecided(contracts, services)),
        files=len(files),
    )


def _look(path: Path, root: Path) -> _File:
    base = import_root(path, root)
    module = Module(path, relative(path, root), dotted(path, base), library=True)
    text = module.text
    named = [value for name, value in CONSTANT.findall(text) if is_topic(name, value)]
    uses = LIBRARY.search(text) is not None
    return _File(
        module=module,
        root=base,
        constants=len(named),
        classes=tuple(DERIVED.findall(text)),
        speaks=uses and SPEAKING.search(text) is not None,
        wrappers=tuple(_wrappers(module)) if uses else (),
        registries=tuple(_registries(module)),
    )


def _speaking(files: list[_File]) -> list[_File]:
    """Mark the files that use a class wrapping an MQTT client as speaking too."""
    names = {wrapper.source.symbol for item in files for wrapper in item.wrappers}
    if not names:
        return files
    using = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\(")
    return [replace(item, speaks=item.speaks or using.search(item.module.text) is not None) for item in files]


def _models(files: list[_File]) -> frozenset[str]:
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


def _count(item: _File, models: frozenset[str]) -> int:
    return sum(name in models for name, _ in item.classes)


def is_topic(name: str, value: str) -> bool:
    """Say whether a constant looks like a topic, by its name or by the form of its value."""
    if "TOPIC" in name:
        return " " not in value and "://" not in value
    if not TOPIC.fullmatch(value) or value.startswith((".", "application/", "text/", "image/", "audio/", "video/")):
        return False
    return not re.search(r"PATH|DIR|FILE|URL|URI|ROUTE|MIME|TYPE|FORMAT|ZONE|TZ|REPO|IMAGE", name)


def import_root(path: Path, root: Path) -> Path:
    """Return the folder a file's package is imported from: above the outermost package, else `src`, else its folder."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != root:
        folder = folder.parent
    for parent in (folder, *folder.parents):
        if parent.name == "src":
            return parent
        if parent == root:
            break
    return folder


def _wrappers(module: Module) -> Iterable[FoundClass]:
    for match in CLASS.finditer(module.text):
        methods = tuple(dict.fromkeys(METHOD.findall(match.group(2))))
        if methods:
            place = Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))
            yield FoundClass(name=f"{module.name}.{match.group(1)}", methods=methods, source=place)


def _registries(module: Module) -> Iterable[Source]:
    for match in TABLE.finditer(module.text):
        entries = [line for line in match.group(2).splitlines() if line.strip() and not line.lstrip().startswith("#")]
        topics = len(ENTRY.findall(match.group(2)))
        if topics >= 2 and topics * 2 >= len(entries):
            yield Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))


def _contracts(files: list[_File], models: frozenset[str], root: Path) -> tuple[FoundPackage, ...]:
    """Group the files that name topics, and models beside them, by the package they are in."""
    groups: dict[tuple[Path, str], list[_File]] = {}
    for item in files:
        if (item.constants or _count(item, models)) and not item.wrappers:
            groups.setdefault((item.root, item.module.name.partition(".")[0]), []).append(item)
    found = []
    for (base, top), inside in groups.items():
        if not any(item.constants and not item.speaks for item in inside):
            continue
        name = _common([item.module.name for item in inside])
        found.append(
            FoundPackage(
                name=name or top,
                root=relative(base, root),
                constants=sum(item.constants for item in inside),
                models=sum(_count(item, models) for item in inside),
                files=tuple(item.module.file for item in inside),
            )
        )
    return tuple(sorted(found, key=lambda item: (-item.constants - item.models, item.name)))


def _common(names: list[str]) -> str:
    split = [name.split(".") for name in names]
    parts = []
    for level in zip(*split, strict=False):
        if len(set(level)) > 1:
            break
        parts.append(level[0])
    return ".".join(parts)


def _services(files: list[_File], root: Path) -> tuple[ServiceSource, ...]:
    found: dict[Path, ServiceSource] = {}
    flat = all(item.module.path.parent == root for item in files if item.speaks)
    for item in files:
        if not item.speaks or (item.wrappers and not _runs(item.module)):
            continue
        place = _place(item.module.path, root)
        if place.parent == root and place.is_file() and flat:
            place = root
        name = place.name if place.is_dir() else place.stem
        found.setdefault(place, ServiceSource(name=name if place != root else root.name, path=relative(place, root)))
    outer = [place for place in found if not any(other in place.parents for other in found)]
    shared = _shared(outer, files)
    return tuple(found[place] for place in sorted(outer) if place not in shared)


def _shared(places: list[Path], files: list[_File]) -> frozenset[Path]:
    """Return the places whose modules others import: libraries, not services."""
    names: dict[str, Path] = {}
    imports: dict[Path | None, set[str]] = {}
    for item in files:
        path = item.module.path
        home = next((place for place in places if place == path or place in path.parents), None)
        if home is not None:
            names[item.module.name] = home
        imports.setdefault(home, set()).update(IMPORTED.findall(item.module.text))
    return frozenset(
        names[name] for home, seen in imports.items() for name in seen if name in names and names[name] != home
    )


def _runs(module: Module) -> bool:
    return "__main__" in module.text or module.path.name in ("main.py", "__main__.py", "app.py", "boot.py")


def _place(path: Path, root: Path) -> Path:
    """Return the folder of the service a file belongs to: a project of its own, or the first below `apps`."""
    inside = path.relative_to(root).parts
    for depth, part in enumerate(inside[:-1]):
        if part in CONTAINERS and not root.joinpath(*inside[: depth + 1], "__init__.py").is_file():
            return root.joinpath(*inside[: depth + 2])
    folder = path.parent
    while folder != root:
        if any((folder / name).is_file() for name in PROJECT[:6]):
            return folder
        folder = folder.parent
    if len(inside) == 1:
        return path
    start = 2 if inside[0] == "src" and len(inside) > 2 else 1
    return root.joinpath(*inside[:start])


def _undecided(contracts: tuple[FoundPackage, ...], services: tuple[ServiceSource, ...]) -> Iterable[str]:
    if not contracts:
        yield "no package names its topics in constants: name it under `contracts`, or leave it out"
    elif len(contracts) > 1:
        names = ", ".join(package.name for package in contracts)
        yield f"several packages name topics ({names}): keep under `contracts` those that are shared"
    if not services:
        yield "no folder holds calls that publish or subscribe: name the services under `services`"
