"""The schema definitions of contracts: which refer to which, and which one is the envelope of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.contracts.facts import Contracts, Model
from asyncapi.workspace.settings import Settings

_REF = "#/$defs/"


def envelope_of(contracts: Contracts, settings: Settings) -> Model | None:
    """Return the model that messages travel in: as portal.toml says, else the only one called an envelope.

    Without a word in portal.toml it must be on no topic, be called `…Envelope` and have the field for the data.
    """
    if said := settings.wire.model:
        return next((model for model in contracts.models if model.id == said), None)
    named = [model for model in contracts.models if model.name.endswith("Envelope")]
    fitting = [model for model in named if settings.wire.data in model.payload.get("properties", {})]
    return fitting[0] if len(fitting) == 1 else None


def nested(contracts: Contracts) -> frozenset[str]:
    """Return the definition ids that other definitions refer to: contained models and enums."""
    return frozenset(
        target
        for identifier, schema in contracts.definitions.items()
        for target in references(schema)
        if target != identifier
    )


def references(schema: Any) -> Iterator[str]:
    """Yield the definition ids that a schema refers to, wherever the reference stands."""
    if isinstance(schema, Mapping):
        target = schema.get("$ref")
        if isinstance(target, str) and target.startswith(_REF):
            yield target.removeprefix(_REF).replace("~1", "/").replace("~0", "~")
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from references(value)


def reachable(roots: list[str], contracts: Contracts) -> frozenset[str]:
    """Return the definition ids that these refer to, directly or not, themselves included."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        identifier = waiting.pop()
        if identifier not in found and identifier in contracts.definitions:
            found.add(identifier)
            waiting += references(contracts.definitions[identifier])
            waiting += references(contracts.accepted.get(identifier, {}))
    return frozenset(found)
