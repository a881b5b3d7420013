"""One service: its files, its sites in source order, what could not be resolved, and what is wrong with its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from asyncapi.findings import Finding
from asyncapi.mqtt.sinks import SinkTable
from asyncapi.scan import bounds, cache
from asyncapi.scan.answering import Answer, answers
from asyncapi.scan.causes import causes
from asyncapi.scan.class_fields import fields
from asyncapi.scan.evaluate import Evaluator
from asyncapi.scan.harvest import Sighting, answer, harvest, passing
from asyncapi.scan.implied import implied
from asyncapi.scan.receive import received
from asyncapi.scan.usage import named
from asyncapi.scan.world import Library, View
from asyncapi.services.silence import silent_calls
from asyncapi.sites import Scan, ServiceSource, Site, Unresolved
from asyncapi.sources import Source

DERIVED = re.compile(r"^class \w+\(", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What every service is looked at with."""

    root: Path
    library: Library
    sinks: SinkTable
    constants: Mapping[str, str]
    event_types: Mapping[str, str]
    cache: Path | None = None
    _shared: list[str] = field(default_factory=list)

    def shared(self, view: View) -> str:
        """Return the hash of what all services share, worked out once."""
        if not self._shared:
            facts = (self.sinks, sorted(self.constants.items()), sorted(self.event_types.items()))
            self._shared.append(cache.shared_key(view, *facts))
        return self._shared[0]


def scan_service(service: ServiceSource, look: Look) -> Scan:
    """Return what one service publishes and subscribes, and what is known to be missing from it."""
    with bounds.noting(service.name) as noted:
        view = View(service, look.root, look.library)
        if look.cache is None:
            return _listened(view, look, noted)
        wanted = cache.key(view, look.shared(view))
        kept = cache.read(look.cache, service, wanted)
        if kept is None:
            kept = _listened(view, look, noted)
            cache.write(look.cache, service, wanted, kept)
        return kept


def _listened(view: View, look: Look, noted: bounds.Noted) -> Scan:
    """Return what a service does, with what was cut and the calls like a client's of which nothing of it speaks."""
    found = _scanned(view, look)
    own, shared = ([(item.file, item.text) for item in files] for files in (view.files, view.library.files))
    return replace(found, silent=silent_calls(found, own, shared, look.sinks.sinks), cuts=noted.told)


def _scanned(view: View, look: Look) -> Scan:
    ev = Evaluator(view, look.constants, look.event_types, look.sinks.environment, dict(look.sinks.envelopes))
    found = harvest(ev, look.sinks)
    seen = merged(found.sightings)
    incoming = received(ev, seen)
    answered = list(answers(ev, incoming, found.pending))
    told = [item.pending.unresolved for item in answered]
    outgoing = merged([*(item for item in seen if item.site.action == "send"), *_answering(ev, answered)])
    sites = [*(item.site for item in outgoing), *(item.sighting.site for item in incoming)]
    sites += implied(ev, look.sinks.implies)
    return Scan(
        services=(view.service,),
        sites=tuple(sorted(sites, key=_order)),
        causes=tuple(causes(ev, incoming, outgoing)),
        local_models=tuple(local_models(ev)),
        unresolved=tuple(_once(item for item in found.unresolved if item not in told)),
        constants_used=frozenset(ev.used | named(ev)),
        files=len(view.files),
        findings=(*broken(view), *dict.fromkeys(found.findings)),
    )


def _answering(ev: Evaluator, answered: Iterable[Answer]) -> Iterable[Sighting]:
    for item in answered:
        nothing: list[Sighting] = []
        yield from ev.attempt(partial(answer, ev, item), nothing)


def merged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return each sighting once: the same call with the same topic and facts counts a single time."""
    found: dict[object, Sighting] = {}
    for item in sightings:
        site = item.site
        key = (
            site.action,
            site.topic,
            site.source,
            site.qos,
            site.retain,
            site.model,
            site.handler,
            site.wire,
            site.plain,
            site.texts,
        )
        old = found.get(key)
        kept = item if old is None or old.site.confidence < site.confidence else old
        found[key] = kept if old is None else passing(kept, old.site, site)
    return list(found.values())


def _order(site: Site) -> tuple[str, int, str, str]:
    return site.source.file, site.source.line or 0, site.action, site.topic


def _once(unresolved: Iterable[Unresolved]) -> list[Unresolved]:
    found: dict[Unresolved, Unresolved] = {}
    for item in unresolved:
        bare = replace(item, through=())
        before = found[bare].through if bare in found else ()
        found[bare] = replace(item, through=tuple(dict.fromkeys((*before, *item.through))))
    return sorted(found.values(), key=lambda item: (item.source.file, item.source.line or 0, item.expression))


def local_models(ev: Evaluator) -> Iterable[tuple[str, tuple[str, ...], Source]]:
    """Yield (class, field names, place) of the Pydantic models that the service's own files define."""
    for module in ev.view.files:
        root = module.scope if DERIVED.search(module.text) else None
        if root is None:
            continue
        for scope in root.children:
            if scope.kind == "class" and ev.is_model(scope):
                names = tuple(name for name in fields(ev.chain(scope)[0]) if name != "model_config")
                yield scope.qualname, names, ev.source(scope, scope.start)


def broken(view: View) -> list[Finding]:
    """Return a finding for each file of the service that is no Python."""
    found = []
    for module in view.files:
        error = module.check()
        if error is None:
            continue
        reason, line = error
        found.append(
            Finding(
                rule="file-not-readable",
                severity="warning",
                message=f"{module.file} cannot be read as Python: {reason}",
                subject=module.file,
                remedy="mend the file; what it publishes and subscribes is missing until then",
                source=module.file,
                line=line,
                services=(view.service.name,),
            )
        )
    return found
