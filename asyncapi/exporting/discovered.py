"""Settings for a folder without a portal.toml, by looking around it; and a sentence on what will be imported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from asyncapi.errors import SettingsError
from asyncapi.scan.discover import Discovery, discover
from asyncapi.sources import Source
from asyncapi.workspace.settings import Settings, default_settings
from asyncapi.workspace.settings.model import EdgeSettings, ServiceSettings


def discovered_settings(root: Path) -> tuple[Settings, tuple[str, ...]]:
    """Return settings for a folder, and lines for people: what will be imported, which services are read as text.

    Raises SettingsError when nothing in the folder looks like contracts.
    """
    found = discover(root)
    if not found.contracts:
        raise SettingsError(
            "no portal.toml, and no package with topics and models was found",
            source=str(root),
            hint='write a portal.toml with contracts = ["package"] and path = ["folder"]',
        )
    roots = dict.fromkeys((*(package.root for package in found.contracts), *found.import_roots))
    names = dict.fromkeys(name for package in found.contracts for name in package.imports)
    settings = default_settings(root, contracts=tuple(names), path=tuple(roots))
    parties = {
        service.name: ServiceSettings(source=Source(file=service.path), path=service.path) for service in found.services
    }
    for party in found.foreign:
        sends = tuple(EdgeSettings(topic=topic) for topic in party.sends)
        receives = tuple(EdgeSettings(topic=topic) for topic in party.receives)
        if sends or receives:
            said = ServiceSettings(source=Source(file=party.path), sends=sends, receives=receives)
            parties.setdefault(party.name, said)
    if found.envelope[0]:
        settings = replace(settings, wire=replace(settings.wire, envelope=found.envelope[0], data=found.envelope[1]))
    loose = len({name.partition(".")[0] for name in names}) > 1
    return replace(settings, parties=parties, title=root.resolve().name if loose else ""), tuple(_told(found))


def _told(found: Discovery) -> list[str]:
    packages = ", ".join(f"{package.name} from {package.root}" for package in found.contracts)
    services = ", ".join(service.name for service in found.services)
    return [
        f"no portal.toml; importing {packages}",
        f"reading as text: {services}" if services else "no services were found",
        *found.undecided,
    ]
