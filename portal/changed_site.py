"""The pages on versions of one system: what each changed, any two of them side by side, and each topic's history."""

from __future__ import annotations

from functools import partial
from typing import Any

from portal import text
from portal.history import Version
from portal.index import Index
from portal.lanes import Lane
from portal.page import Page
from portal.pages import changes
from portal.pages.shown import topic_link
from portal.system import System


def changed_pages(system: System) -> list[Page]:
    """Return the pages on versions; only the list, which says where others come from, while there is just one."""
    index, history = system.index, system.history
    listed = Page(
        path="changes/",
        section="changes/",
        title="Changes",
        template="changes.html",
        view=partial(changes.list_view, index, history),
        text=text.versions,
        lane=Lane.VERSIONS,
    )
    if len(history.versions) < 2:
        return [listed]
    return [listed, _chosen(system), *_versions(system), *_topics(system)]


def _chosen(system: System) -> Page:
    """Return the page on which two versions are chosen and compared."""
    index, history = system.index, system.history

    def view(query: Any = None) -> changes.ComparisonView:
        old, new = changes.choice_default(history)
        asked = query or {}
        return changes.compared(index, history, asked.get("old", old), asked.get("new", new))

    return Page(
        path="diff/",
        section="changes/",
        title="Compare versions",
        template="diff.html",
        view=view,
        text=text.compared,
        asked=view,
        served=True,
        lane=Lane.VERSIONS,
    )


def _versions(system: System) -> list[Page]:
    index, history = system.index, system.history

    def page(version: Version) -> Page:
        return Page(
            path=changes.version_path(version),
            section="changes/",
            title=f"Changes in {version.name}",
            template="diff.html",
            view=partial(changes.version_view, index, history, version),
            text=text.compared,
            lane=Lane.VERSIONS,
        )

    return [page(version) for version in history.versions[:-1]]


def _topics(system: System) -> list[Page]:
    index: Index = system.index
    return [
        Page(
            path=changes.history_path(index.topic_paths[key]),
            section="changes/",
            title=f"History of {topic.address}",
            template="history.html",
            view=partial(changes.topic_view, index, system.history, topic_link(index, topic)),
            text=text.history,
            lane=Lane.VERSIONS,
        )
        for key, topic in index.topics.items()
        if topic.address is not None
    ]
