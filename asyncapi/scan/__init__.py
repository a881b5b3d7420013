"""Service source in, publishers and subscribers out: text and `ast` only, nothing is imported or run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from asyncapi.mqtt.sinks import BUILTIN, Implied, Sink, SinkTable
from asyncapi.scan.services import Look, scan_service
from asyncapi.scan.world import Library
from asyncapi.sites import Scan, ServiceSource

__all__ = ["BUILTIN", "Implied", "Sink", "SinkTable", "scan"]


def scan(
    services: Sequence[ServiceSource],
    *,
    root: Path,
    import_roots: Sequence[Path] = (),
    sinks: SinkTable = BUILTIN,
    constants: Mapping[str, str] | None = None,
    event_types: Mapping[str, str] | None = None,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Scan:
    """Return everything the services publish and subscribe, with place, QoS, model, wire form and causality.

    `root` is the workspace; `import_roots` are folders in which shared packages lie. `constants` maps dotted
    names to topics, `event_types` names to topics, where they are known from elsewhere. `cache` is a folder in
    which results are kept by the content of the files they came from. `progress` is called with each service's name.
    """
    library = Library(root, import_roots, [root / service.path for service in services])
    look = Look(
        root=root,
        library=library,
        sinks=sinks,
        constants=constants or {},
        event_types=event_types or {},
        cache=cache,
    )
    parts = []
    for service in sorted(services, key=lambda item: item.path):
        if progress is not None:
            progress(service.name)
        parts.append(scan_service(service, look))
    return Scan(
        services=tuple(services),
        sites=tuple(site for part in parts for site in part.sites),
        unresolved=tuple(item for part in parts for item in part.unresolved),
        causes=tuple(item for part in parts for item in part.causes),
        constants_used=frozenset(name for part in parts for name in part.constants_used),
        local_models=tuple(item for part in parts for item in part.local_models),
        files=sum(part.files for part in parts) + len(library.files),
        findings=tuple(item for part in parts for item in part.findings),
        silent=tuple(item for part in parts for item in part.silent),
        cuts=tuple(item for part in parts for item in part.cuts),
    )
