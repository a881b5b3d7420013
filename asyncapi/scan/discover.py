"""A look around an unknown repository, source text only: where topics, models, services and clients seem to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asyncapi.introspect.spelling import normalise, resembles_topic, tells_topic
from asyncapi.scan.foreign import ForeignParty, foreign_parties
from asyncapi.scan.modules import Module
from asyncapi.scan.roots import import_root, imported_names
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
SPEAKING = re.compile(r"\b\w*(?:publish|subscribe)\w*(?:\.(?:single|multiple|simple|callback))?[ \t]*\(")
AT_ONCE = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+paho\.mqtt(?:\.|[ \t]+import[ \t]+)(?:publish|subscribe)\b", re.MULTILINE
)
DEFINITION = re.compile(r"^([ \t]+)(?:async )?def (\w+)\(", re.MULTILINE)
MODELS = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+[\w.]*\b(?:models?|schemas?|messages?|payloads?|contracts?)\b", re.MULTILINE
)
SAID = re.compile(r"topic\w*[\"']?[ \t]*(?::[^=\n]+)?[(:=][ \t]*[\"']([^\"'\n]+)[\"']", re.IGNORECASE)
QUOTED = re.compile(r"[\"']([^\"'\n]{3,200})[\"']")
PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Dockerfile", "Pipfile", "main.py", "boot.py")
WRAPPING = re.compile(r"client|mqtt|publisher|bus$|broker", re.IGNORECASE)
CONTAINERS = frozenset(["apps", "services", "workers", "bridges", "nodes", "agents", "devices", "firmware"])


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
    foreign: tuple[ForeignParty, ...] = ()
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
    """Return what the source below a folder shows; nothing is imported, run or written."""
    modules = [Module(path, relative(path, root), "", library=True) for path in python_files(root)]
    imported = imported_names(module.text for module in modules)
    files = _speaking([_look(module, root, imported) for module in modules])
    models = _models(files)
    services = _services(files, root)
    placed = [root / service.path for service in services if service.path != "."]
    outside = [item for item in files if not any(item.module.path.is_relative_to(place) for place in placed)]
    contracts = _contracts(outside, models, imported, root)
    inside = () if contracts else _contracts(files, models, imported, root)
    kept, doubtful = _by_name(inside)
    wanted = [item for item in outside if item.constants or item.wrappers or _count(item, models)]
    foreign = foreign_parties(root)
    return Discovery(
        contracts=contracts or kept,
        services=services,
        import_roots=tuple(sorted({relative(item.root, root) for item in wanted})),
        registries=tuple(place for item in files for place in item.registries),
        wrappers=tuple(
            wrapper for item in files for wrapper in item.wrappers if item in wanted or WRAPPING.search(wrapper.name)
        ),
        foreign=foreign,
        undecided=(*_undecided(contracts or kept, services, foreign), *doubtful),
        files=len(files),
    )


def _look(found: Module, root: Path, imported: frozenset[str]) -> _File:
    base = import_root(found.path, root, imported)
    module = Module(found.path, found.file, dotted(found.path, base), library=True)
    text = module.text
    uses = LIBRARY.search(text) is not None
    speaks = uses and (SPEAKING.search(text) is not None or AT_ONCE.search(text) is not None)
    classes = tuple(DERIVED.findall(text))
    return _File(
        module=module,
        root=base,
        constants=_topics(text, classes) if not speaks else len(_named(text)),
        classes=classes,
        speaks=speaks,
        wrappers=tuple(_wrappers(module)) if uses else (),
        registries=tuple(_registries(module)),
    )


def _named(text: str) -> list[str]:
    return [value for name, value in CONSTANT.findall(text) if is_topic(name, value)]


def _topics(text: str, classes: Sequence[tuple[str, str]]) -> int:
    """Count the topics of a file: its constants, else the texts that can be nothing else beside models."""
    if named := _named(text):
        return len(named)
    beside = MODELS.search(text) or any("BaseModel" in bases for _, bases in classes)
    if not beside:
        return 0
    said = {value for item in SAID.findall(text) if resembles_topic(value := normalise(item))}
    spelled = {value for item in QUOTED.findall(text) if resembles_topic(value := normalise(item))}
    return len(said | {value for value in spelled if tells_topic(value) or value.count("/") > 1})


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
    if not resembles_topic(normalise(value)) or value.startswith("."):
        return False
    return not re.search(r"PATH|DIR|FILE|URL|URI|ROUTE|MIME|TYPE|FORMAT|ZONE|TZ|REPO|IMAGE|CONFIG", name)


def _wrappers(module: Module) -> Iterable[FoundClass]:
    for match in CLASS.finditer(module.text):
        methods = tuple(dict.fromkeys(_speaking_methods(match.group(2))))
        if methods:
            place = Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))
            yield FoundClass(name=f"{module.name}.{match.group(1)}", methods=methods, source=place)


def _speaking_methods(body: str) -> Iterator[str]:
    """Yield the public methods of a class that publish or subscribe, by their name or by a call in them."""
    marks = list(DEFINITION.finditer(body))
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    for mark, end in zip(marks, ends, strict=False):
        calls = re.search(r"\.(?:publish|subscribe)[ \t]*\(", body[mark.end() : end])
        if not mark[2].startswith("_") and (METHOD.match(mark[0]) or calls):
            yield mark[2]


def _registries(module: Module) -> Iterable[Source]:
    for match in TABLE.finditer(module.text):
        entries = [line for line in match.group(2).splitlines() if line.strip() and not line.lstrip().startswith("#")]
        topics = len(ENTRY.findall(match.group(2)))
        if topics >= 2 and topics * 2 >= len(entries):
            yield Source(file=module.file, symbol=match.group(1), line=module.line(match.start()))


def _contracts(
    files: list[_File], models: frozenset[str], imported: frozenset[str], root: Path
) -> tuple[FoundPackage, ...]:
    """Group the files that name topics, and models beside them, by the package they are in."""
    groups: dict[tuple[Path, str], list[_File]] = {}
    for item in files:
        if (item.constants or _count(item, models)) and not item.wrappers and not item.speaks:
            top, _, rest = item.module.name.partition(".")
            groups.setdefault((item.root, top if rest or item.module.package else ""), []).append(item)
    found = []
    for (base, _), inside in groups.items():
        used = any(item.module.name in imported for item in inside) and any(item.constants for item in files)
        if any(item.constants for item in inside) or used:
            found.append(_package(inside, files, models, relative(base, root)))
    return tuple(sorted(found, key=lambda item: (-item.constants - item.models, item.name)))


def _package(inside: list[_File], files: list[_File], models: frozenset[str], root: str) -> FoundPackage:
    """Return the package of some files; it is imported whole unless a module of it speaks or is a program."""
    modules = [item.module.name for item in inside]
    name = _common(modules)
    beside = [item for item in files if item.root == inside[0].root and f"{item.module.name}.".startswith(f"{name}.")]
    whole = bool(name) and not any(item.speaks or _runs(item.module) or item.wrappers for item in beside)
    return FoundPackage(
        name=name or ", ".join(modules),
        root=root,
        constants=sum(item.constants for item in inside),
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


def _undecided(
    contracts: tuple[FoundPackage, ...], services: tuple[ServiceSource, ...], foreign: tuple[ForeignParty, ...]
) -> Iterable[str]:
    if not contracts:
        yield "no package names its topics in constants: name it under `contracts`, or leave it out"
    elif len(contracts) > 1:
        names = ", ".join(package.name for package in contracts)
        yield f"several packages name topics ({names}): keep under `contracts` those that are shared"
    if not services:
        yield "no folder holds calls that publish or subscribe: name the services under `services`"
    for party in foreign:
        yield f"{party.path} speaks MQTT in {party.language}: say what it sends and receives under `service`"
