"""Results kept by content: one JSON file for each service, good for as long as no file it came from has changed."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from asyncapi.findings import Finding
from asyncapi.scan.world import View
from asyncapi.sites import Cause, Cut, Scan, ServiceSource, Silent, Site, Step, Unresolved
from asyncapi.sources import Source

LARGEST = 64_000_000


def key(view: View, shared: str) -> str:
    """Return the hash of everything a service's result depends on; `shared` stands for what all services share."""
    digest = hashlib.sha256(shared.encode())
    digest.update(repr(view.service).encode())
    for module in view.files:
        digest.update(f"\0{module.file}\0{module.name}\0{module.error}\0".encode())
        digest.update(module.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def shared_key(view: View, *facts: object) -> str:
    """Return the hash of the libraries, of the scanner itself and of what it was told."""
    digest = hashlib.sha256(repr(facts).encode())
    package = Path(__file__).parents[1]
    for folder in (package, package / "services", package / "scan"):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    for module in view.library.files:
        digest.update(f"\0{module.file}\0{module.name}\0".encode())
        digest.update(module.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _file(folder: Path, service: ServiceSource) -> Path:
    name = hashlib.sha256(f"{service.name}\0{service.path}".encode()).hexdigest()[:16]
    return folder / f"scan-{name}.json"


def read(folder: Path, service: ServiceSource, wanted: str) -> Scan | None:
    """Return the kept result of a service, or None when there is none for these contents."""
    path = _file(folder, service)
    try:
        if path.stat().st_size > LARGEST:
            return None
        kept = json.loads(path.read_bytes())
        if kept["key"] != wanted:
            return None
        return _scan(kept["scan"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write(folder: Path, service: ServiceSource, wanted: str, scan: Scan) -> None:
    """Keep the result of a service; a folder that cannot be written to is no error."""
    path = _file(folder, service)
    data = asdict(scan) | {"constants_used": sorted(scan.constants_used)}
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({"key": wanted, "scan": data}))
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)


def _source(data: dict[str, Any]) -> Source:
    return Source(**data)


def _steps(data: list[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(text=item["text"], source=_source(item["source"])) for item in data)


def _site(data: dict[str, Any]) -> Site:
    dump = tuple((name, value) for name, value in data.pop("dump"))
    texts = tuple(data.pop("texts"))
    through = tuple(_source(place) for place in data.pop("through"))
    steps = _steps(data.pop("steps"))
    return Site(source=_source(data.pop("source")), steps=steps, dump=dump, texts=texts, through=through, **data)


def _unresolved(data: dict[str, Any]) -> Unresolved:
    through = tuple(_source(place) for place in data.pop("through"))
    return Unresolved(source=_source(data.pop("source")), through=through, **data)


def _cause(data: dict[str, Any]) -> Cause:
    copies = tuple((source, target) for source, target in data.pop("copies"))
    return Cause(handler=_source(data.pop("handler")), copies=copies, **data)


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(topics=tuple(data.pop("topics")), services=tuple(data.pop("services")), **data)


def _cut(data: dict[str, Any]) -> Cut:
    return Cut(source=_source(data.pop("source")), hides=tuple(data.pop("hides")), **data)


def _scan(data: dict[str, Any]) -> Scan:
    empty = Scan(files=data["files"], constants_used=frozenset(data["constants_used"]))
    return replace(
        empty,
        services=tuple(ServiceSource(**item) for item in data["services"]),
        sites=tuple(_site(item) for item in data["sites"]),
        unresolved=tuple(_unresolved(item) for item in data["unresolved"]),
        causes=tuple(_cause(item) for item in data["causes"]),
        local_models=tuple((name, tuple(names), _source(place)) for name, names, place in data["local_models"]),
        findings=tuple(_finding(item) for item in data["findings"]),
        silent=tuple(Silent(source=_source(item.pop("source")), **item) for item in data["silent"]),
        cuts=tuple(_cut(item) for item in data["cuts"]),
    )
