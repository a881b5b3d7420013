"""The site of one system: address → page or file, in one table that both the server and the static build read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from portal import search, text
from portal.changed_site import changed_pages
from portal.downloads import files
from portal.lanes import Lane
from portal.page import File, Page
from portal.pages import check, flows, maps, message, overviews, services, topic, topics
from portal.pictures import flow_picture, service_picture
from portal.render import Frame, MenuItem
from portal.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """Everything there is to see of one system, or of all of them together (then without `system`).

    `base` is the directory in which the site stands; all its paths are below that. `version` changes with
    anything shown.
    """

    system: System | None
    version: str
    frame: Frame
    pages: Mapping[str, Page]
    files: Mapping[str, File] = field(default_factory=dict)
    base: str = ""

    def lane(self, path: str) -> Lane:
        """Return where a request for a page, its data or a file waits."""
        directory, slash, _ = path.rpartition("/")
        found = self.files.get(path) or self.pages.get(directory + slash)
        return found.lane if found else Lane.PLAIN


def site(system: System) -> Website:
    """Return the site of a system; nothing is rendered yet."""
    pages = {page.path: page for page in reversed([*_pages(system), *changed_pages(system)])}
    return Website(
        system=system,
        version=system.version,
        frame=_frame(system),
        pages=dict(reversed(pages.items())),
        files=files(system),
    )


def _frame(system: System) -> Frame:
    registry = system.registry
    worst = {finding.severity for finding in registry.findings}
    mark = next((severity for severity in ("error", "warning") if severity in worst), "note")
    made = f"AsyncAPI {registry.specification}" if registry.specification else ""
    return Frame(
        title=registry.title,
        version=registry.version,
        error=system.error,
        made=" · ".join(filter(None, (made, f"commit {system.commit}" if system.commit else ""))),
        menu=(
            MenuItem(name="Topics", path=""),
            MenuItem(name="Messages", path="messages/"),
            MenuItem(name="Services", path="services/"),
            MenuItem(name="Flows", path="flows/"),
            MenuItem(name="Map", path="map/"),
            MenuItem(name="Policies", path="policies/"),
            MenuItem(name="Check", path="check/", served=True),
            *([MenuItem(name="Changes", path="changes/")] if len(system.history.versions) > 1 else []),
            MenuItem(name="Findings", path="findings/", count=len(registry.findings), mark=mark),
        ),
    )


def _pages(system: System) -> list[Page]:
    """Return all pages; where two claim one address the first keeps it."""
    return [*_overviews(system), *_topics(system), *_messages(system), *_services(system), *_flows(system)]


def _overviews(system: System) -> list[Page]:
    index, rows = system.index, system.rows

    def page(path: str, title: str, template: str, view: Callable[[], Any], written: Callable[[Any], str]) -> Page:
        return Page(path=path, section=path, title=title, template=template, view=view, text=written)

    return [
        replace(
            page("", system.registry.title, "topics.html", lambda: topics.view(index, rows()), text.topics),
            asked=lambda query: topics.view(index, rows(), query),
            lane=Lane.MARKED,
        ),
        replace(
            page("search/", "Search", "search.html", lambda: search.search((), ""), text.results),
            asked=lambda query: search.search(system.entries(), query.get("q", "")),
        ),
        page("messages/", "Messages", "messages.html", lambda: overviews.messages(index), text.messages),
        page("services/", "Services", "services.html", lambda: services.list_view(index), text.services),
        page("flows/", "Flows", "flows.html", lambda: flows.list_view(index), text.flows),
        *_maps(system),
        page("policies/", "Policies", "policies.html", lambda: overviews.policies(index), text.policies),
        page("findings/", "Findings", "findings.html", lambda: overviews.findings(index), text.findings),
        replace(
            page("check/", "Check a payload", "check.html", lambda: check.empty(index), text.check),
            asked=lambda query: check.empty(index, query.get("topic", "")),
            served=True,
            posted=lambda form: _checked(system, form),
        ),
    ]


def _maps(system: System) -> list[Page]:
    """Return the map, and pages of its parts where it is too large for one table."""
    index, known = system.index, maps.places(system.index)
    whole = Page(
        path=maps.PATH,
        section=maps.PATH,
        title="Map",
        template="map.html",
        view=lambda: maps.view(index, known=known),
        text=text.map_,
        asked=lambda query: maps.view(index, query.get("domain", ""), known=known),
    )
    parts = (
        replace(
            whole,
            path=path,
            title=f"Map of {part}",
            view=partial(maps.view, index, part, path=path, known=known),
            asked=None,
        )
        for part, path in known.items()
    )
    return [whole, *parts]


def _checked(system: System, form: Mapping[str, bytes]) -> check.CheckView:
    payload, topic, wire = form.get("payload", b""), _text(form.get("topic", b"")), _text(form.get("wire", b""))
    wire = wire if wire in check.FORMS else ""
    return check.view(system.index, system.check(payload, topic, wire), payload, wire)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()[:2_000]


def _topics(system: System) -> list[Page]:
    index = system.index
    return [
        Page(
            path=index.topic_paths[key],
            section="",
            title=item.key if item.address is None else item.address,
            template="topic.html",
            view=lambda item=item: topic.view(index, item),  # type: ignore[misc]
            text=text.topic,
            lane=Lane.MARKED,
        )
        for key, item in index.topics.items()
    ]


def _messages(system: System) -> list[Page]:
    index = system.index
    return [
        Page(
            path=index.message_paths[key],
            section="messages/",
            title=" ".join(filter(None, (item.name, index.told_apart(item)))),
            template="message.html",
            view=lambda item=item: message.view(index, item),  # type: ignore[misc]
            text=text.message,
            lane=Lane.MARKED,
        )
        for key, item in index.messages.items()
    ]


def _services(system: System) -> list[Page]:
    index = system.index
    return [
        Page(
            path=index.service_paths[name],
            section="services/",
            title=name,
            template="service.html",
            view=lambda item=item: services.view(index, item),  # type: ignore[misc]
            text=text.service,
            pictures=partial(service_picture, index, name),
        )
        for name, item in index.services.items()
    ]


def _flows(system: System) -> list[Page]:
    index = system.index
    return [
        Page(
            path=index.flow_paths[item.name],
            section="flows/",
            title=item.title or item.name,
            template="flow.html",
            view=lambda item=item: flows.view(index, item),  # type: ignore[misc]
            text=text.flow,
            pictures=partial(flow_picture, index, item),
        )
        for item in system.registry.flows
    ]
