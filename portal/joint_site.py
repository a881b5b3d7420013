"""The pages over several systems: the registry of all their topics, and a search through all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from portal import search, text
from portal.addresses import system_path
from portal.downloads import SCRIPT, TEXT, search_index
from portal.lanes import Lane
from portal.llms import llms_of_all
from portal.page import File, Page
from portal.pages import joint
from portal.render import Frame, MenuItem
from portal.search import Entry
from portal.site import Website
from portal.system import System, Unread

TITLE = "All systems"
MOST_NAMED = 8  # names that fit into one line of the menu


def joint_site(systems: Sequence[System | Unread], *, version: str) -> Website:
    """Return the site at the root of a portal that shows several systems; each needs a key of its own."""
    read = tuple(system for system in systems if isinstance(system, System))
    made: Callable[[], joint.Joint] = cache(partial(joint.joint, systems))
    entries = cache(partial(_entries, read))
    pages = (
        Page(
            path="",
            section="",
            title=TITLE,
            template="topics.html",
            view=lambda: joint.view(made()),
            text=text.topics,
            asked=lambda query: joint.view(made(), query),
            lane=Lane.MARKED,
        ),
        Page(
            path="search/",
            section="search/",
            title="Search",
            template="search.html",
            view=lambda: search.search((), ""),
            text=text.results,
            asked=lambda query: search.search(entries(), query.get("q", "")),
        ),
    )
    return Website(
        system=None,
        version=version,
        frame=Frame(
            title=TITLE,
            document=False,
            menu=_menu(systems),
        ),
        pages={page.path: page for page in pages},
        files={
            "search-index.js": File(content_type=SCRIPT, body=lambda: search_index(entries())),
            "llms.txt": File(content_type=TEXT, body=lambda: llms_of_all(read).encode("utf-8", "replace")),
        },
    )


def _menu(systems: Sequence[System | Unread]) -> tuple[MenuItem, ...]:
    """Return the first systems by name, and the way to all of them where there are others."""
    named = [system for system in systems if isinstance(system, System)][:MOST_NAMED]
    items = [MenuItem(name=system.name, path=system_path(system.key)) for system in named]
    if len(named) < len(systems):
        items.append(MenuItem(name=f"All {len(systems)} systems", path="", fragment="systems"))
    return (MenuItem(name="Topics", path=""), *items)


def _entries(systems: Sequence[System]) -> tuple[Entry, ...]:
    """Return what can be found in all systems, with the system's name beside."""
    return tuple(
        replace(
            entry,
            path=system_path(system.key) + entry.path,
            text=f"{system.name}: {entry.text}" if entry.text else system.name,
        )
        for system in systems
        for entry in system.entries()
    )
