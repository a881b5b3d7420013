"""A workspace in, an AsyncAPI document out: looks at the contracts, scans the services, decides, writes.

The only place where the steps meet; every step is a function of its own.
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from asyncapi.contracts.facts import Contracts
from asyncapi.findings import Finding
from asyncapi.sites import Scan, ServiceSource
from asyncapi.workspace.service_folders import service_folders
from asyncapi.workspace.settings import Settings, load_settings

if TYPE_CHECKING:
    from asyncapi.scan import SinkTable

Json = dict[str, Any]
Specification = Literal["3.1.0", "3.0.0"]
SPECIFICATIONS: tuple[Specification, ...] = ("3.1.0", "3.0.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A document made from code, and what could not be decided on the way (also in its `info.x-findings`)."""

    document: Json
    findings: tuple[Finding, ...]


def export_workspace(
    path: Path,
    *,
    python: Path | None = None,
    specification: Specification = "3.1.0",
    cache: Path | None = None,
) -> Json:
    """Return the document of a workspace: a folder with a portal.toml, or the file itself.

    Raises SettingsError and IntrospectionError.
    """
    return export(load_settings(path), python=python, specification=specification, cache=cache).document


def export(
    settings: Settings,
    *,
    python: Path | None = None,
    specification: Specification = "3.1.0",
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
) -> Exported:
    """Return the document of a workspace as its settings describe it, with the findings of the export.

    `progress` is told in a few words what is being done. `cache` is a folder in which what was read of services
    is kept by its content. Raises IntrospectionError.
    """
    tell = progress or _nothing
    tell(f"looking at {', '.join(settings.contracts)}")
    from asyncapi.contracts.introspection import introspect

    ready = _imported_meanwhile("asyncapi.emit", "asyncapi.resolve.answers")
    contracts = introspect(
        settings.contracts,
        paths=[settings.root / path for path in settings.path],
        root=settings.root,
        python=python or settings.python,
        timeout=settings.timeout,
        generics=[settings.wire.model] if settings.wire.envelope else [],
    )
    ready.join()
    from asyncapi.emit import document
    from asyncapi.resolve.aliases import with_aliases
    from asyncapi.resolve.answers import resolve
    from asyncapi.resolve.code_findings import code_findings

    folders = service_folders(settings)
    system = with_aliases(resolve(contracts, _scan(settings, folders.services, contracts, tell, cache), settings))
    found = (*code_findings(system), *folders.findings(), *missing_roots(settings))
    system = replace(system, findings=(*system.findings, *found))
    built, findings = document(system, specification=specification)
    return Exported(document=built, findings=findings)


def _imported_meanwhile(*modules: str) -> threading.Thread:
    """Import what is needed next while the child looks at the contracts; an error shows when it is really imported."""

    def bring() -> None:
        with suppress(ImportError):
            for module in modules:
                importlib.import_module(module)

    thread = threading.Thread(target=bring, daemon=True)
    thread.start()
    return thread


def _nothing(_: str) -> None:
    """Tell nobody."""


def _scan(
    settings: Settings,
    folders: tuple[ServiceSource, ...],
    contracts: Contracts,
    tell: Callable[[str], None],
    cache: Path | None,
) -> Scan:
    """Return what the services' source says; an empty scan when the workspace names no services."""
    if not folders:
        return Scan()
    from asyncapi.scan import scan

    return scan(
        folders,
        root=settings.root,
        import_roots=[settings.root / path for path in settings.path],
        constants={f"{constant.module}.{constant.name}": constant.value for constant in contracts.constants},
        event_types={event.name: event.topic for event in contracts.event_types},
        sinks=_sinks(settings),
        cache=cache,
        progress=lambda service: tell(f"scanning {service}"),
    )


def _sinks(settings: Settings) -> SinkTable:
    """Return what the scanner takes for granted: its own table, with the team's rows in front."""
    from asyncapi.scan import BUILTIN, Implied, Sink, SinkTable

    def argument(said: int | str | None) -> tuple[int, str] | None:
        return None if said is None else (said, "") if isinstance(said, int) else (-1, said)

    sinks = tuple(
        Sink(
            action=said.action,
            name=said.call.rpartition(".")[2],
            owners=(said.call.rpartition(".")[0],) if "." in said.call.strip(".") else (),
            topic=argument(said.topic) or (0, ""),
            payload=argument(said.payload),
            qos=argument(said.qos),
            retain=argument(said.retain),
            default_qos=said.default_qos,
            default_retain=said.default_retain,
        )
        for said in settings.scan.sinks
    )
    implies = tuple(
        Implied(constructor=said.constructor, action=said.action, topic=said.topic, qos=said.qos, retain=said.retain)
        for said in settings.scan.implies
    )
    wire = settings.wire
    envelopes = ((wire.model, wire.data),) if wire.envelope else ()
    return BUILTIN.extended(
        SinkTable(sinks=sinks, implies=implies, environment=settings.scan.env_wrappers, envelopes=envelopes)
    )


def missing_roots(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each folder under `path` that does not exist."""
    from asyncapi.findings import finding

    for path in settings.path:
        if not (settings.root / path).exists():
            yield finding(
                "path-not-found",
                "warning",
                f"there is no folder {path}, so no contracts are imported from it",
                settings.path_source,
                subject=path,
                remedy="correct it under `path` in portal.toml, or leave it out",
            )


def write_json(document: Json) -> str:
    """Return a document as JSON text in source order, two spaces deep."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
