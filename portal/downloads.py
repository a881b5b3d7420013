"""What machines take from a site: the document, JSON Schemas, and a plain-text list of what there is."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from asyncapi.view.registry import Flow
from portal.feed import feed
from portal.history import FEED
from portal.lanes import Lane
from portal.llms import llms
from portal.page import File
from portal.pictures import flow_file
from portal.search import KINDS, Entry
from portal.system import System

YAML = "application/yaml; charset=utf-8"
JSON = "application/json; charset=utf-8"
SVG = "image/svg+xml"
SCRIPT = "text/javascript; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


def files(system: System) -> dict[str, File]:
    """Return every download of a system by its path."""
    found = {
        "asyncapi.yaml": File(content_type=YAML, body=partial(write_yaml, system.raw), name="asyncapi.yaml"),
        "asyncapi.json": File(content_type=JSON, body=partial(_json, system.raw), name="asyncapi.json"),
        "search-index.js": File(content_type=SCRIPT, body=lambda: search_index(system.entries())),
        "llms.txt": llms_file(system),
    }
    if len(system.history.versions) > 1:
        found[f"changes/{FEED}"] = File(
            content_type=ATOM, body=partial(feed, system.index, system.history), lane=Lane.VERSIONS
        )
    for flow in system.registry.flows:
        path = system.index.flow_paths[flow.name]
        found[f"{path}flow.svg"] = File(content_type=SVG, body=partial(flow_file, flow))
        found[f"{path}flow.mmd"] = File(content_type=TEXT, body=partial(_mermaid, flow))
    derived = _derived(system)
    for name in system.index.services:
        path = system.index.service_paths[name]
        for ending, content_type, write in (("yaml", YAML, write_yaml), ("json", JSON, _json)):
            found[f"{path}asyncapi.{ending}"] = File(
                content_type=content_type,
                body=partial(_of_service, derived, name, write),
                name=f"{_file_name(name)}.asyncapi.{ending}",
            )
    for key, message in system.index.messages.items():
        schema = message.payload
        if schema is None:
            continue
        path = system.index.message_paths[key]
        name = _file_name(message.name)
        for file, ending, made in (
            ("schema.json", "", _draft07),
            ("schema-2020-12.json", ".2020-12", _draft2020),
        ):
            found[path + file] = File(
                content_type="application/schema+json",
                body=partial(_schema, made, schema, system),
                name=f"{name}{ending}.schema.json",
            )
    return found


def llms_file(system: System, *, top: str = "", key: str = "") -> File:
    """Return what a language model reads first; `top` leads to the root of the portal, `key` names the system there."""
    return File(
        content_type=TEXT,
        body=lambda: llms(system, top=top, key=key).encode("utf-8", "replace"),
        built=lambda: llms(system, top=None).encode("utf-8", "replace"),
        lane=Lane.MARKED,
    )


def search_index(entries: Iterable[Entry]) -> bytes:
    """Return the search index as a script: kind, name, page and text of each entry, so that `file://` can load it."""
    found = [[KINDS.index(entry.kind), entry.name, entry.path, entry.text] for entry in entries]
    data = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
    return f"window.portalIndex={data};\n".encode()


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name)[:80]


def write_yaml(value: Any) -> bytes:
    """Return data as YAML."""
    from asyncapi.documents.yaml12 import dumps

    return dumps(value).encode("utf-8", "backslashreplace")


def _derived(system: System) -> Callable[[str], Any]:
    """Return what makes a service's own document, the last one kept; one without operations has only the head."""
    from asyncapi.documents.derive import owners, per_service

    known = functools.cache(lambda: owners(system.raw))

    def made(name: str) -> Any:
        try:
            return per_service(system.raw, name, known())
        except KeyError:
            return {**system.raw, "channels": {}, "operations": {}, "components": {}}

    return functools.lru_cache(maxsize=1)(made)


def _of_service(derived: Callable[[str], Any], name: str, write: Callable[[Any], bytes]) -> bytes:
    return write(derived(name))


def _mermaid(flow: Flow) -> bytes:
    from asyncapi.view.flow_text import mermaid

    return mermaid(flow).encode("utf-8", "replace")


def _json(value: Any) -> bytes:
    """Return data as indented JSON; what Rust cannot write, such as half characters, Python does."""
    import pydantic_core

    try:
        return pydantic_core.to_json(value, indent=2, fallback=str, inf_nan_mode="constants") + b"\n"
    except ValueError:
        return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode("utf-8", "backslashreplace") + b"\n"


def _schema(made: Callable[[Any, Any], Any], schema: Any, system: System) -> bytes:
    return _json(made(schema, system.registry.schemas))


def _draft07(schema: Any, schemas: Any) -> Any:
    from asyncapi.schemas.conversion import to_draft07

    return {"$schema": "http://json-schema.org/draft-07/schema#", **to_draft07(schema, schemas)}


def _draft2020(schema: Any, schemas: Any) -> Any:
    from asyncapi.schemas.conversion import to_2020

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **to_2020(schema, schemas)}
