"""Which folders and files are the services of a workspace; looks names up, opens no file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncapi.errors import SettingsError
from asyncapi.findings import Finding
from asyncapi.sites import ServiceSource
from asyncapi.sources import Source, is_text
from asyncapi.workspace.service_names import names
from asyncapi.workspace.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFolders:
    """The services of a workspace, and the patterns and paths in portal.toml that nothing matches."""

    services: tuple[ServiceSource, ...]
    lost: tuple[tuple[str, Source | None], ...] = ()

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each pattern of services, and each path of one, that nothing in the workspace matches."""
        from asyncapi.findings import finding

        for pattern, source in self.lost:
            yield finding(
                "service-not-found",
                "warning",
                f"no service is at {pattern}, so nothing is known of what it publishes and subscribes",
                source,
                subject=pattern,
                remedy="name a folder or a .py file below the folder of portal.toml",
            )


def service_folders(settings: Settings) -> ServiceFolders:
    """Return the services of a workspace: folders and files that `services` matches, then parties with a path.

    Raises SettingsError when a pattern cannot be one.
    """
    matched = {pattern: _matching(settings, pattern) for pattern in settings.services}
    lost = [(pattern, settings.services_source) for pattern, places in matched.items() if not places]
    places = list(dict.fromkeys(place for found in matched.values() for place in found))
    paths = {place: place.relative_to(settings.root).as_posix() for place in places}
    called = names(places, settings.root)
    said = {party.path.strip("/"): name for name, party in settings.parties.items() if party.path}
    services = {
        name: ServiceSource(name=name, path=paths[place])
        for place, name in called.items()
        if paths[place] not in said or said[paths[place]] == name
    }
    for name, party in settings.parties.items():
        if party.path:
            services[name] = ServiceSource(name=name, path=party.path)
            if not (settings.root / party.path).exists():
                lost.append((party.path, party.source))
    return ServiceFolders(services=tuple(services.values()), lost=tuple(lost))


def _matching(settings: Settings, pattern: str) -> list[Path]:
    """Return what a pattern of services matches below a workspace, in a fixed order; the workspace itself by `.`."""
    root, said = settings.root, settings.services_source
    if pattern.strip("./") == "":
        return [root]
    try:
        found = sorted(root.glob(pattern))
    except (ValueError, IndexError, NotImplementedError, OSError) as error:
        place = f"{root / said.file}:{said.line}" if said else str(root)
        raise SettingsError(
            f"{pattern} under services is no pattern of folders: {error}", source=place, hint="write apps/*"
        ) from error
    return [
        place
        for place in found
        if (place.is_dir() or place.suffix == ".py")
        and not place.name.startswith((".", "_"))
        and is_text(str(place.relative_to(root)))
    ]
