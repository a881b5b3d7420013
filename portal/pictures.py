"""Drawings for pages: made by `portal.diagrams`, with links that fit where the page stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markupsafe import Markup

from asyncapi.view.registry import Flow
from portal.diagrams.neighbourhood import around_service, neighbourhood_svg
from portal.diagrams.sequence import sequence_svg
from portal.index import Index
from portal.render import Standing

Href = Callable[[str], str]


def flow_picture(index: Index, flow: Flow, page: Standing) -> Mapping[str, Markup]:
    """Return the sequence diagram of a flow as `diagram`."""
    topic, service = _links(index, page.href)
    return {"diagram": Markup(sequence_svg(flow, topic_href=topic, service_href=service))}


def service_picture(index: Index, name: str, page: Standing) -> Mapping[str, Markup]:
    """Return what is around a service as `diagram`; nothing when it neither sends nor receives."""
    around = index.services[name]
    if not around.sends and not around.receives:
        return {}
    topic, service = _links(index, page.href)
    drawn = neighbourhood_svg(around_service(index.registry, name), topic_href=topic, service_href=service)
    return {"diagram": Markup(drawn)}


def flow_file(flow: Flow) -> bytes:
    """Return the sequence diagram of a flow as a file without links."""
    return sequence_svg(flow, topic_href=lambda _: "", service_href=lambda _: "").encode("utf-8", "replace")


def _links(index: Index, href: Href) -> tuple[Href, Href]:
    def topic(address: str) -> str:
        found = index.find(address)
        return href(index.topic_paths[found.key]) if found else ""

    def service(name: str) -> str:
        path = index.service_paths.get(name)
        return href(path) if path else ""

    return topic, service
