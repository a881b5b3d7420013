"""The properties of an object schema, wherever a document keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncapi.schemas import Schema


def properties(schema: Schema | None, schemas: Mapping[str, Schema], depth: int = 8) -> Mapping[str, Any] | None:
    """Return the properties of an object schema, through references and `allOf`; None when it has none to show."""
    if schema is None or depth == 0 or not isinstance(schema, Mapping):
        return None
    target = schema.get("$ref")
    if isinstance(target, str):
        return properties(schemas.get(target.rpartition("/")[2]), schemas, depth - 1)
    merged: dict[str, Any] = {}
    for part in schema.get("allOf", ()) if isinstance(schema.get("allOf"), list) else ():
        merged |= properties(part, schemas, depth - 1) or {}
    own = schema.get("properties")
    merged |= own if isinstance(own, Mapping) else {}
    return merged or ({} if schema.get("type") == "object" else None)
