"""What schemas made from models of Pydantic mean, where that is more than their keywords say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncapi.schemas import limits

KEYS: Mapping[str, str] = {
    "integer": r"^[+\-]?[0-9]+$",
    "number": r"^([+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|NaN|-?Infinity)$",
    "boolean": r"^(true|false)$",
}
"""What the keys of a dict look like that are no text in Python."""


def modelled(schemas: Mapping[str, Any]) -> bool:
    """Say whether schemas were made from models of Pydantic, so that they mean what those mean."""
    return any(isinstance(one, Mapping) and "x-extra" in one for one in schemas.values())


def names_by_pattern_only(schema: Mapping[str, Any]) -> bool:
    """Say whether a dict of a model has a pattern for its keys: then it takes no others."""
    return "patternProperties" in schema and not {"properties", "additionalProperties", "x-extra"} & set(schema)


def meant(schema: Any) -> Any:
    """Return a schema of Pydantic as its models mean it, where that is more than the keywords say.

    A dict with a pattern for its keys takes no others. Keys that are numbers look like numbers. Dates and times have
    an offset or none. What `x-limits` says is held.
    """
    if not isinstance(schema, Mapping):
        return schema
    out = dict(schema)
    for word in ("properties", "patternProperties"):
        if isinstance(inner := schema.get(word), Mapping):
            out[word] = {name: meant(one) for name, one in inner.items()}
    for word in ("items", "additionalProperties", "propertyNames"):
        if word in schema:
            out[word] = meant(schema[word])
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(arms := schema.get(word), list):
            out[word] = [meant(arm) for arm in arms]
    if names_by_pattern_only(schema):
        out["additionalProperties"] = False
    if "x-key-type" in schema and "propertyNames" not in schema and schema["x-key-type"] in KEYS:
        out["propertyNames"] = {"pattern": KEYS[schema["x-key-type"]]}
    return out | _limits(schema)


def _limits(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords that say what the format and the limits of a scalar mean."""
    form, said = schema.get("format"), schema.get("x-limits")
    if isinstance(form, str) and (said or form in limits.ASSERTED):
        name = limits.PYDANTIC + form if form in limits.ASSERTED else form
        return {"format": limits.name_of(name, said)}
    words = limits.number_keywords(said) if said else {}
    if not words or {"anyOf", "allOf"} & set(schema):
        return {}
    return {"allOf": [words]}
