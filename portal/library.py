"""The systems that one portal shows: one at the root, or several below `s/<key>/` with a registry over all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from portal import catalogue
from portal.addresses import system_path, up
from portal.downloads import llms_file
from portal.page import File
from portal.site import Website, site
from portal.system import System, Unread

FOLDER = "s/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """`front` is what stands at the root, `inner` the site of each of several systems by the path it stands at."""

    front: Website
    inner: Mapping[str, Website]
    version: str
    shown: tuple[System | Unread, ...]

    def locate(self, path: str) -> tuple[Website, str]:
        """Return the site to which a path belongs, and the path within it."""
        if self.inner and path.startswith(FOLDER):
            base = path[: path.find("/", len(FOLDER)) + 1]
            if found := self.inner.get(base):
                return found, path.removeprefix(base)
        return self.front, path

    def sites(self) -> Iterator[Website]:
        """Yield every site."""
        yield self.front
        yield from self.inner.values()

    def systems(self) -> tuple[System, ...]:
        """Return the systems that could be read, in the order in which they were named."""
        return tuple(shown.system for shown in self.sites() if shown.system is not None)

    def system(self, key: str | None) -> System | None:
        """Return a system by its key, the first one when no key is said; None when there is no such system."""
        if key is None:
            return next(iter(self.systems()), None)
        return next((system for system in self.systems() if system.key == key), None)

    def base(self, system: System) -> str:
        """Return the directory of a system's site, wherever it was shown."""
        return system_path(system.key) if self.inner else ""

    def site(self, system: System) -> Website:
        """Return the site of a system that is shown."""
        return next(site for site in self.sites() if site.system is system)


def library(shown: Sequence[System | Unread]) -> Library:
    """Return what a portal shows; raises ValueError when there is nothing to show."""
    if not shown:
        raise ValueError("a portal shows at least one system")
    from portal.joint_site import joint_site

    if len(shown) == 1 and isinstance(shown[0], System):
        only = _catalogued(site(shown[0]), (shown[0],), alone=True)
        return Library(front=only, inner={}, version=only.version, shown=(shown[0],))
    keyed = with_keys(shown)
    inner = {
        base: _inside(system, base)
        for system in keyed
        if isinstance(system, System) and (base := system_path(system.key))
    }
    told = repr([(system.key, system.name, system.version) for system in keyed])
    digest = hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    front = _catalogued(joint_site(keyed, version=digest), [site.system for site in inner.values() if site.system])
    return Library(front=front, inner=inner, version=digest, shown=keyed)


def _catalogued(front: Website, systems: Sequence[System], *, alone: bool = False) -> Website:
    made = partial(catalogue.catalogue, systems, alone=alone)
    file = File(
        content_type=catalogue.CONTENT_TYPE,
        headers=(("link", '<api-catalog>; rel="api-catalog"'),),
        body=partial(made, served=True),
        built=partial(made, served=False),
    )
    return replace(front, files={**front.files, catalogue.PATH: file})


def _inside(system: System, base: str) -> Website:
    inner = site(system)
    files = {**inner.files, "llms.txt": llms_file(system, top=up(base), key=system.key)}
    return replace(inner, base=base, frame=replace(inner.frame, within="All systems"), files=files)


def with_keys(shown: Sequence[System | Unread]) -> tuple[System | Unread, ...]:
    """Return systems whose names and keys are told apart, keys as paths do it: without regard to case."""
    taken: set[str] = set()
    said: set[str] = set()
    keyed: list[System | Unread] = []
    names = [system.name for system in shown]
    for system in shown:
        wanted = system.key or "system"
        number, key = 1, wanted
        while system_path(key).casefold() in taken:
            number, key = number + 1, f"{wanted}-{number + 1}"
        taken.add(system_path(key).casefold())
        name = system.name if names.count(system.name) == 1 else f"{system.name} ({key})"
        while name in said:
            name = f"{name} ({key})"
        said.add(name)
        keyed.append(replace(system, key=key, name=name))
    return tuple(keyed)
