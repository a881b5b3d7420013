"""Keywords of JSON Schema 2020-12 and draft-07: their order, their kinds, and what can be said of one schema alone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from asyncapi.names import short_name
from asyncapi.schemas.dialects import unescape

Json = dict[str, Any]
Where = tuple[Any, ...]
WRITTEN_FIRST = ("type", "title", "description")
_ORDER = (
    *("deprecated", "allOf", "anyOf", "oneOf", "discriminator", "not", "if", "then", "else", "const", "enum"),
    *("format", "pattern", "minLength", "maxLength", "contentMediaType", "contentEncoding", "contentSchema"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("prefixItems", "items", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "patternProperties", "propertyNames", "additionalProperties", "minProperties"),
    *("maxProperties", "dependencies", "dependentRequired", "dependentSchemas", "default", "examples"),
    *("readOnly", "writeOnly", "$comment"),
)
OF_THE_FILE = frozenset(("$schema", "$id", "$vocabulary"))
WITHOUT_DRAFT_07_FORM = frozenset(("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"))
_APPLICATORS = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "contains")
)
COPIED_AS_IS = frozenset(
    (
        *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "deprecated"),
        *("minProperties", "maxProperties", "readOnly", "writeOnly", "contentMediaType", "contentEncoding"),
        *("$comment", "const", "enum"),
    )
)
SCALAR_TYPES = frozenset((str, int, bool, type(None)))
BOUNDS = {"minimum": -math.inf, "exclusiveMinimum": -math.inf, "maximum": math.inf, "exclusiveMaximum": math.inf}
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}


def automatic_titles(name: str) -> tuple[str, str]:
    """Return the titles that Pydantic derives from a field name: as of 2.10, and before."""
    title = name.title().replace("_", " ")
    return title.strip(), title


class _Ranks(dict[str, int]):
    """Positions of keywords; what is no keyword comes last, as written."""

    def __missing__(self, _key: str) -> int:
        return len(_ORDER)


rank = _Ranks((keyword, index) for index, keyword in enumerate(_ORDER)).__getitem__


def literal(schema: Json) -> Json:
    """Write one allowed value as `const` and several as `enum`, both with their type where they share one."""
    values = [schema["const"]] if "const" in schema else list(_distinct(schema["enum"]))
    if "const" in schema and "enum" in schema and schema["enum"] != values:
        return schema
    if not values:
        return {**{key: value for key, value in schema.items() if key != "enum"}, "not": {}}
    out: Json = {}
    types = {_TYPES.get(type(value), "") for value in values}
    if "type" not in schema and len(types) == 1:
        out["type"] = types.pop()
    word, value = ("const", values[0]) if len(values) == 1 else ("enum", values)
    for key, old in schema.items():
        if key in ("const", "enum"):
            out[word] = value
        else:
            out[key] = old
    return out


def _distinct(values: list[Any]) -> list[Any]:
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(json.dumps(value, sort_keys=True, default=repr), value)
    return list(seen.values())


def is_json(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return True
    if kind is float:
        return math.isfinite(value)
    if kind is list:
        return all(map(is_json, value))
    return kind is dict and all(type(key) is str for key in value) and all(map(is_json, value.values()))


def names_in(value: Any) -> list[str]:
    """Return a list of property names, or raise TypeError where it is something else."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError
    return list(value)


def is_alone(schema: Json) -> bool:
    return _APPLICATORS.isdisjoint(schema)


def unwrapped(schema: Json) -> Any:
    arms = schema["allOf"]
    return arms[0] if len(arms) == 1 and isinstance(arms[0], dict) else schema


def is_class_name(title: Any, path: str) -> bool:
    """Say whether a title is only the name of the class, which the component key repeats."""
    if not isinstance(title, str):
        return False
    name = short_name(title)
    parts = path.rpartition("/")[2].split(".")
    return name in parts or any(part.startswith(f"{name}_") and len(part) == len(name) + 7 for part in parts)


def leads_somewhere(schema: Any, ref: str) -> bool:
    for part in ref[2:].split("/"):
        step = unescape(part)
        if isinstance(schema, dict) and step in schema:
            schema = schema[step]
        elif isinstance(schema, list) and step.isdecimal() and int(step) < len(schema):
            schema = schema[int(step)]
        else:
            return False
    return True


def steps(where: Where) -> list[Any]:
    steps: list[Any] = []
    while where:
        where, step = where
        steps.append(step)
    return steps[::-1]
