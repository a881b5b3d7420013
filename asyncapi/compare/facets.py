"""What a schema says, sorted: one value for each thing that can change on its own. References and `allOf` are merged.

Spelling does not count: `anyOf` with null, bounds of whole numbers, a constant or an enum of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from asyncapi.schemas.limits import name_of, number_keywords
from asyncapi.schemas.prover.reading import discriminator, target_of
from asyncapi.schemas.prover.terms import fraction, key
from asyncapi.schemas.prover.wellformed import tidy

Schemas = Mapping[str, Any]
_MOST_PARTS = 200
_WORDS = ("title", "description", "examples", "deprecated")
_OTHERS: tuple[str, ...] = (
    "not",
    "if",
    "then",
    "else",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
)
_OTHERS += ("propertyNames", "contains", "x-content-schema", "contentSchema", "contentEncoding", "contentMediaType")
ANY_TYPE = frozenset(("boolean", "number", "string", "array", "object"))


@dataclass(slots=True, kw_only=True)
class Facets:
    """A schema taken apart. `single` facts are keyed by name; None or absent means "not said"."""

    types: frozenset[str] = ANY_TYPE
    nullable: bool = True
    values: Mapping[str, Any] | None = None
    bounds: dict[str, Any] = field(default_factory=dict)
    lengths: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    multiples: tuple[str, ...] = ()
    unique: bool = False
    properties: dict[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    extra: str = ""
    rest: Any = None
    items: Any = None
    prefix: list[Any] = field(default_factory=list)
    arms: list[Any] = field(default_factory=list)
    tag: str = ""
    default: tuple[Any, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    validators: dict[str, str] = field(default_factory=dict)
    owner: str = ""


def facets(schema: Any, schemas: Schemas) -> Facets:
    """Return what a schema says."""
    parts, owner = _conjuncts(schema, schemas)
    found = Facets(owner=owner)
    for part, beside_null in parts:
        _take(found, part, beside_null=beside_null)
    if found.types == {"integer"}:
        _tighten(found.bounds)
    return found


def _conjuncts(schema: Any, schemas: Schemas) -> tuple[list[tuple[Mapping[str, Any], bool]], str]:
    """Return all that holds together, each with whether null is admitted beside it, and the component that owns it."""
    parts: list[tuple[Mapping[str, Any], bool]] = []
    owner = ""
    waiting: list[tuple[Any, str, bool]] = [(schema, "", False)]
    seen: set[str] = set()
    while waiting and len(parts) < _MOST_PARTS:
        one, name, beside_null = waiting.pop(0)
        if not isinstance(one, Mapping):
            parts += [({"not": {}}, False)] if one is False else []
            continue
        one = tidy(one)
        if isinstance(ref := one.get("$ref"), str):
            if ref not in seen:
                seen.add(ref)
                waiting.append((target_of(ref, schemas, None), unquote(ref.rpartition("/")[2]), beside_null))
        else:
            owner = name if name and ("properties" in one or not owner) else owner
            waiting += [(inner, "", beside_null) for inner in one.get("allOf") or ()]
            word, alone = _only_arm(one)
            waiting += [(alone, "", True)] if word else []
            parts.append(({key: value for key, value in one.items() if key not in (word, "allOf")}, beside_null))
    return parts, owner


def _only_arm(schema: Mapping[str, Any]) -> tuple[str, Any]:
    """Return keyword and arm of a union of one schema and null; an empty keyword for any other."""
    for word in ("anyOf", "oneOf"):
        arms = schema.get(word)
        if isinstance(arms, list) and len(arms) in (1, 2):
            rest = [arm for arm in arms if not is_null(arm)]
            if len(rest) == 1 and len(arms) == 2:
                return word, rest[0]
    return "", None


def is_null(schema: Any) -> bool:
    """Say whether a schema admits null and nothing else."""
    if not isinstance(schema, Mapping):
        return False
    return schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None] or schema.get("const", 0) is None


def _take(found: Facets, part: Mapping[str, Any], *, beside_null: bool) -> None:
    """Add what one conjunct says."""
    if (types := part.get("type")) is not None:
        names = frozenset([types] if isinstance(types, str) else (name for name in types if isinstance(name, str)))
        found.nullable &= "null" in names or beside_null
        found.types = _common(found.types, names - {"null"})
    values = [part["const"]] if "const" in part else part.get("enum")
    if isinstance(values, list):
        by_key = {key(value): value for value in values}
        found.nullable &= key(None) in by_key or beside_null
        rest = {word: value for word, value in by_key.items() if value is not None}
        found.values = rest if found.values is None else {k: v for k, v in found.values.items() if k in rest}
    _take_limits(found, part)
    _take_object(found, part)
    _take_array(found, part)
    for word in ("anyOf", "oneOf"):
        if isinstance(arms := part.get(word), list):
            found.nullable &= any(_may_be_null(arm) for arm in arms) or beside_null
            found.arms += [arm for arm in arms if not is_null(arm)]
            found.tag = found.tag or discriminator(part)
    if "default" in part:
        found.default = (part["default"],)
    found.words |= {word: part[word] for word in _WORDS if word in part}
    found.others |= {word: part[word] for word in _OTHERS if word in part}
    if isinstance(validators := part.get("x-validators"), Mapping):
        found.validators |= {name: _about(name, fields) for name, fields in validators.items()}
    if "x-key-type" in part:
        found.others.setdefault("propertyNames", part["x-key-type"])


def _about(name: str, fields: Any) -> str:
    """Return a validator as one text: its name, and the fields that it checks."""
    return f"{name} ({', '.join(map(str, fields))})" if isinstance(fields, list) and fields else name


def _may_be_null(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return schema is not False
    schema = tidy(schema)
    types = schema.get("type")
    if types is None:
        return "$ref" not in schema and None in (schema.get("enum") or [schema.get("const")])
    return "null" in ([types] if isinstance(types, str) else types)


def _common(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
    both = one & two
    if ("integer" in one and "number" in two) or ("integer" in two and "number" in one):
        both = (both - {"number"}) | {"integer"}
    return both


def _take_limits(found: Facets, part: Mapping[str, Any]) -> None:
    if "x-limits" in part and "format" not in part:
        part = {**number_keywords(part["x-limits"]), **part}
    for word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if word in part and not isinstance(part[word], bool):
            found.bounds[word] = part[word]
    found.lengths |= {word: part[word] for word in ("minLength", "maxLength") if word in part}
    counts = ("minItems", "maxItems", "minProperties", "maxProperties")
    found.counts |= {word: part[word] for word in counts if word in part}
    for limits in (found.lengths, found.counts):
        for word in [word for word, value in limits.items() if word.startswith("min") and value == 0]:
            del limits[word]
    found.patterns += (part["pattern"],) if "pattern" in part else ()
    found.formats += (name_of(str(part["format"]), part.get("x-limits")),) if "format" in part else ()
    found.multiples += (str(part["multipleOf"]),) if "multipleOf" in part else ()
    found.unique |= part.get("uniqueItems") is True


def _take_object(found: Facets, part: Mapping[str, Any]) -> None:
    if isinstance(properties := part.get("properties"), Mapping):
        for name, inner in properties.items():
            known = found.properties.get(name)
            found.properties[name] = inner if known is None else {"allOf": [known, inner]}
    if isinstance(required := part.get("required"), list):
        found.required |= frozenset(name for name in required if isinstance(name, str))
    rest = part.get("additionalProperties")
    if isinstance(rest, Mapping) and rest:
        found.rest = rest
    said = part.get("x-extra")
    if rest is False or said == "forbid":
        found.extra = "forbid"
    elif isinstance(said, str):
        found.extra = found.extra or said


def _take_array(found: Facets, part: Mapping[str, Any]) -> None:
    items = part.get("items")
    if isinstance(prefix := part.get("prefixItems", items), list):
        found.prefix = prefix
        items = part.get("additionalItems") if isinstance(part.get("items"), list) else items
    if items is not None and not isinstance(items, list):
        found.items = items


def _tighten(bounds: dict[str, Any]) -> None:
    """Spell the bounds of a whole number as inclusive ones."""
    low = [bounds.pop("minimum", None), bounds.pop("exclusiveMinimum", None)]
    high = [bounds.pop("maximum", None), bounds.pop("exclusiveMaximum", None)]
    lows = [math.ceil(fraction(low[0]))] if low[0] is not None else []
    lows += [math.floor(fraction(low[1])) + 1] if low[1] is not None else []
    highs = [math.floor(fraction(high[0]))] if high[0] is not None else []
    highs += [math.ceil(fraction(high[1])) - 1] if high[1] is not None else []
    bounds |= {"minimum": max(lows)} if lows else {}
    bounds |= {"maximum": min(highs)} if highs else {}


def references(schema: Any) -> set[str]:
    """Return the names of the components that a schema refers to itself."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if isinstance(ref := value.get("$ref"), str):
                found.add(ref.rpartition("/")[2])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
