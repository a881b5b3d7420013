"""Who takes part: services found in source, parties declared in portal.toml, and who answers for what."""

from __future__ import annotations

from collections.abc import Mapping

from asyncapi.resolve.resolved import Party
from asyncapi.sites import Action, Scan, ServiceSource, Site
from asyncapi.sources import Source
from asyncapi.topics import erase
from asyncapi.workspace.settings import Settings, owner_of


def parties(scan: Scan, settings: Settings) -> Mapping[str, Party]:
    """Return every service by name: the scanned ones in their order, then those only portal.toml names."""
    found = {service.name: _scanned(service, settings) for service in scan.services}
    for name in settings.parties:
        found.setdefault(name, _declared(name, settings))
    return found


def _scanned(service: ServiceSource, settings: Settings) -> Party:
    said = settings.parties.get(service.name)
    return Party(
        name=service.name,
        summary=(said.summary if said else "") or service.doc,
        owner=(said.owner if said else "") or owner_of(settings, service.path),
        contact=said.contact if said else "",
        repository=said.repository if said else "",
        source=Source(file=service.path),
    )


def _declared(name: str, settings: Settings) -> Party:
    said = settings.parties[name]
    return Party(
        name=name,
        summary=said.summary,
        owner=said.owner,
        contact=said.contact,
        repository=said.repository,
        source=said.source,
        declared=True,
    )


def declared_sites(settings: Settings) -> tuple[Site, ...]:
    """Return the edges that portal.toml gives to parties whose source is not scanned."""
    directions: tuple[tuple[Action, str], ...] = (("send", "sends"), ("receive", "receives"))
    return tuple(
        Site(
            service=name,
            action=action,
            topic=edge.topic,
            source=said.source,
            qos=edge.qos,
            qos_from="said" if edge.qos is not None else "unknown",
            retain=edge.retain,
            retain_from="said" if edge.retain is not None else "unknown",
            wire=edge.wire or "unknown",
        )
        for name, said in settings.parties.items()
        for action, attribute in directions
        for edge in getattr(said, attribute)
    )


def owner_of_topic(address: str, source: Source | None, settings: Settings) -> tuple[str, str]:
    """Return owner and contact of a topic: as portal.toml says, else who owns the file it is written in."""
    said = next((said for spelled, said in settings.topics.items() if erase(spelled) == erase(address)), None)
    owner = said.owner if said and said.owner else owner_of(settings, source.file) if source else ""
    return owner, said.contact if said else ""
