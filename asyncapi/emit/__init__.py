"""From a resolved system to an AsyncAPI 3.1 document: plain dicts in source order, every fact with its source."""

from __future__ import annotations

from typing import Any

from asyncapi.emit.channels import channels
from asyncapi.emit.components import SchemaBook, messages
from asyncapi.emit.info import identifier, info, servers
from asyncapi.emit.operations import operations
from asyncapi.emit.plan import plan
from asyncapi.emit.sources import Lines
from asyncapi.emit.tags import tags
from asyncapi.findings import Finding
from asyncapi.resolve.resolved import ResolvedSystem

Json = dict[str, Any]


def document(system: ResolvedSystem, *, specification: str = "3.1.0") -> tuple[Json, tuple[Finding, ...]]:
    """Return the document of a system and all findings; `specification` is the value of its `asyncapi` field."""
    lines, planned = Lines(), plan(system)
    book = SchemaBook(system, planned, lines)
    message_objects = messages(system, planned, book, lines)
    findings = (*system.findings, *book.findings)
    built: Json = {
        "asyncapi": specification,
        "id": identifier(system),
        "info": {},
        "defaultContentType": "application/json",
        "servers": servers(system.settings),
        "channels": channels(system, planned, lines),
        "operations": operations(system, planned, lines),
        "components": {
            "schemas": book.referenced(message_objects),
            "messages": message_objects,
            "tags": tags(system),
        },
    }
    built["info"] = info(system, findings, lines)
    return {key: value for key, value in built.items() if value != {}}, findings
