"""The API catalogue (RFC 9727): a linkset that tells programs where every document and description stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.addresses import encoded, system_path
from portal.data import dumps
from portal.system import System

PATH = ".well-known/api-catalog"
CONTENT_TYPE = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
UP = "../"

Json = dict[str, Any]


def catalogue(systems: Sequence[System], *, alone: bool, served: bool) -> bytes:
    """Return the catalogue of the systems that a portal shows; links are relative to where it stands.

    `alone` means one system at the root, `served` that there is a server that answers as JSON.
    """
    linkset: list[Json] = [_server()] if served else []
    for system in systems:
        base = UP if alone else f"{UP}{encoded(system_path(system.key))}"
        linkset.append({**_described(base, system), "service-meta": [_link(f"{base}llms.txt", "text/plain", "")]})
        linkset += [
            _described(f"{base}{encoded(system.index.service_paths[name])}", system, name)
            for name in system.index.services
        ]
    return dumps({"linkset": linkset})


def _server() -> Json:
    return {
        "anchor": f"{UP}api/",
        "service-desc": [_link(f"{UP}openapi.json", "application/json", "OpenAPI of the contracts as JSON")],
        "service-doc": [_link(UP, "text/html", "")],
        "status": [_link(f"{UP}healthz", "application/json", "")],
    }


def _described(base: str, system: System, service: str = "") -> Json:
    """Return where a system, or one service of it, is described: for programs, and for people."""
    title = service or system.name
    said = " ".join(filter(None, ("AsyncAPI", system.registry.specification, "of", title)))
    return {
        "anchor": base,
        "service-desc": [
            _link(f"{base}asyncapi.{ending}", f"application/{ending}", said) for ending in ("yaml", "json")
        ],
        "service-doc": [_link(base, "text/html", title), _link(f"{base}index.md", "text/markdown", title)],
    }


def _link(href: str, content_type: str, title: str) -> Json:
    return {"href": href, "type": content_type, **({"title": title} if title else {})}
