"""Tags of a document: one for every domain and every service, written once and referred to."""

from __future__ import annotations

import re
from typing import Any

from asyncapi.resolve.resolved import ResolvedSystem

Json = dict[str, Any]


def tags(system: ResolvedSystem) -> Json:
    """Return the tag components: a domain is the first level of an address, a service is a party."""
    found: Json = {}
    for topic in system.topics:
        domain = topic.address.partition("/")[0]
        tag = {"name": f"domain:{domain}", "description": f"Topics whose first level is `{domain}`."}
        found.setdefault(_key("domain", domain), tag)
    for name, service in system.parties.items():
        tag = {"name": f"service:{name}", "description": service.summary}
        found[_key("service", name)] = {key: value for key, value in tag.items() if value}
    return found


def reference(kind: str, name: str) -> Json:
    """Return the reference to a tag."""
    return {"$ref": f"#/components/tags/{_key(kind, name)}"}


def _key(kind: str, name: str) -> str:
    return f"{kind}-{re.sub(r'[^a-zA-Z0-9._-]', '_', name)}"
