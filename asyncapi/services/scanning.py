"""Services' source in, what they publish and subscribe out: each is run on symbols, nothing of it for real."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from asyncapi.findings import Finding
from asyncapi.machine.depth import deeply
from asyncapi.machine.state import Machine
from asyncapi.machine.values import Class, External
from asyncapi.mqtt.sinks import BUILTIN, SinkTable
from asyncapi.services.facts import facts
from asyncapi.services.files import ServiceFiles, SharedFiles
from asyncapi.services.implied import implied
from asyncapi.services.interpreters import site_packages
from asyncapi.services.running import Running, ServiceRun
from asyncapi.services.silence import silent_calls
from asyncapi.services.usage import used_names
from asyncapi.sites import Cut, Scan, ServiceSource
from asyncapi.sources import Source


def scan(
    services: Sequence[ServiceSource],
    *,
    root: Path,
    import_roots: Sequence[Path] = (),
    sinks: SinkTable = BUILTIN,
    constants: Mapping[str, str] | None = None,
    python: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Scan:
    """Return everything the services publish and subscribe, with place, QoS, model, wire form and causality.

    `root` is the workspace; `import_roots` are folders in which shared packages lie. `constants` maps dotted
    names to topics where they are known from elsewhere. `python` is the team's interpreter: packages installed in it
    are read where they reach MQTT. `progress` is called with each service's name.
    """
    return deeply(lambda: _scan(services, root, import_roots, sinks, constants or {}, python, progress))


def _scan(
    services: Sequence[ServiceSource],
    root: Path,
    import_roots: Sequence[Path],
    sinks: SinkTable,
    constants: Mapping[str, str],
    python: Path | None,
    progress: Callable[[str], None] | None,
) -> Scan:
    shared = SharedFiles(python)
    packages = site_packages(python) if python is not None else ()
    parts = []
    for service in sorted(services, key=lambda item: item.path):
        if progress is not None:
            progress(service.name)
        files = ServiceFiles(service, root=root, import_roots=import_roots, shared=shared, site_packages=packages)
        parts.append(_one(files, sinks, constants))
    return Scan(
        services=tuple(services),
        sites=tuple(site for part in parts for site in part.sites),
        unresolved=tuple(item for part in parts for item in part.unresolved),
        causes=tuple(item for part in parts for item in part.causes),
        constants_used=frozenset(name for part in parts for name in part.constants_used),
        local_models=tuple(item for part in parts for item in part.local_models),
        files=sum(part.files for part in parts),
        findings=tuple(item for part in parts for item in part.findings),
        silent=tuple(item for part in parts for item in part.silent),
        cuts=tuple(item for part in parts for item in part.cuts),
    )


def _one(files: ServiceFiles, sinks: SinkTable, constants: Mapping[str, str]) -> Scan:
    service = files.service
    run = Running(files, sinks, constants).run()
    told = facts(run, service.name, dict(sinks.envelopes))
    sites = (*told.sites, *implied(run, sinks.implies, service.name))
    used = {site.constant for site in sites if site.constant}
    found = Scan(
        services=(service,),
        sites=tuple(sorted(sites, key=lambda s: (s.source.file, s.source.line or 0, s.action, s.topic))),
        unresolved=told.unresolved,
        causes=told.causes,
        constants_used=frozenset(used | used_names(files)),
        local_models=tuple(_local_models(run)),
        files=len(files.files),
        findings=(*_broken(files), *_missing(run, service.name)),
        cuts=tuple(_cuts(run, service.name)),
    )
    own = [(item.file, item.text) for item in files.files]
    shared = [(item.file, item.text) for item in files.libraries]
    return replace(found, silent=silent_calls(found, own, shared, sinks.sinks))


def _local_models(run: ServiceRun) -> list[tuple[str, tuple[str, ...], Source]]:
    """Return (class, field names, place) of the Pydantic models that the service's own files define."""
    m: Machine = run.machine
    base = External("pydantic.BaseModel")
    found = []
    for cls in m.derived:
        if isinstance(cls, Class) and cls.code is not None and cls.code.file.own and m.derives(cls, base):
            names = tuple(name for name in m.annotations_of(cls) if name != "model_config")
            found.append((cls.qualname, names, Source(file=cls.code.file.file, symbol=cls.qualname, line=cls.line)))
    return sorted(found, key=lambda item: (item[2].file, item[2].line or 0))


def _broken(files: ServiceFiles) -> list[Finding]:
    """Return a finding for each file of the service that no Python reads."""
    found = []
    for item in files.files:
        item.tree()
        if item.error is None:
            continue
        reason, line = item.error
        found.append(
            Finding(
                rule="file-not-readable",
                severity="warning",
                message=f"{item.file} cannot be read as Python: {reason}",
                subject=item.file,
                remedy="mend the file; what it publishes and subscribes is missing until then",
                source=item.file,
                line=line,
                services=(files.service.name,),
            )
        )
    return found


def _missing(run: ServiceRun, service: str) -> list[Finding]:
    """Return a finding for each method that is called on a class that does not have it, named as a client's."""
    found = []
    wanted = {row.name for row in run.bus.table.sinks}
    for cls, name, at, _ in run.machine.absent.values():
        if name not in wanted:
            continue
        offered = sorted(
            {
                n
                for n, v in cls.fields.items()
                if isinstance(n, str) and not n.startswith("_") and v.__class__.__name__ == "Func"
            }
        )
        found.append(
            Finding(
                rule="method-does-not-exist",
                severity="error",
                message=f"{name}() is called, but {cls.name} has no {name}()",
                subject=f"{cls.name}.{name}",
                remedy=f"call one of its methods ({', '.join(offered[:8])})"
                if offered
                else "give the class the method",
                source=at.source.ref,
                line=at.line,
                services=(service,),
            )
        )
    return found


def _cuts(run: ServiceRun, service: str) -> list[Cut]:
    found = [
        Cut(service=service, bound=item.limit, source=item.source, seen=item.seen, kept=item.kept)
        for item in run.machine.cuts.values()
    ]
    if run.out_of_fuel and run.roots:
        found.append(
            Cut(
                service=service,
                bound="steps of one service",
                source=run.roots[0].evidence,
                seen=None,
                kept=run.machine.full,
            )
        )
    return found
