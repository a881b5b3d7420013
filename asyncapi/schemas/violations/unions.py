"""A value that no alternative of a union admits → the problems of the alternative that it comes nearest to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncapi.schemas import Schema, fields
from asyncapi.schemas.dialects import COMPONENTS, unescape
from asyncapi.schemas.properties import properties
from asyncapi.schemas.violations import scalars
from asyncapi.schemas.violations.violation import Violations, in_arm, one, together, told


def nearest(
    schema: Schema, arms: list[Any], found: list[Violations], value: Any, schemas: Mapping[str, Schema]
) -> Violations:
    """Return the problems of the alternative that is meant: by its tag, else the one with the fewest."""
    if all(any(problem.rule == "type" and not problem.parts for problem in item.problems) for item in found):
        expected = fields.words({"anyOf": arms}, schemas)[0]
        return scalars.wrong_type(expected, value)
    by = _tag_name(schema)
    tags = [tag for arm in arms for tag in _tags(arm, by, schemas)]
    if by and isinstance(value, dict) and tags:
        if by not in value:
            return missing_field(by, {"enum": tags}, schemas)
        if not any(scalars.same(tag, value[by]) for tag in tags):
            return together(list(scalars.literal({"enum": tags}, value[by]))).under(by)
    best = min(range(len(arms)), key=lambda index: (_distance(found[index], by), index))
    several = sum(not _is_null(arm) for arm in arms) > 1
    return in_arm(found[best], label(arms[best], schemas)) if several else found[best]


def label(arm: Any, schemas: Mapping[str, Schema]) -> str:
    """Return what an alternative is called: its component, its title, or its type."""
    if not isinstance(arm, Mapping):
        return "any"
    target = arm.get("$ref")
    if isinstance(target, str):
        return unescape(target.removeprefix(COMPONENTS))
    title = arm.get("title")
    return title if isinstance(title, str) and title else fields.words(arm, schemas)[0]


def missing_field(name: str, schema: Any, schemas: Mapping[str, Schema]) -> Violations:
    """Return the problem that a required property is not there."""
    expected = ""
    if isinstance(schema, Mapping):
        values = schema["enum"] if isinstance(schema.get("enum"), list) else []
        kind, constraints = fields.words(schema, schemas)
        listed = 0 < len(values) <= 12
        expected = f"one of {', '.join(map(told, values))}" if listed else ", ".join((kind, *constraints))
    return one(
        parts=(name,),
        rule="required",
        message=f"is missing: expected {expected}" if expected else "is missing",
        constraint="required",
        expected=expected,
        found="nothing",
    )


def lacks_tag(schema: Schema, arms: list[Any], value: Any, schemas: Mapping[str, Schema]) -> bool:
    """Say whether an object does not tell its alternative apart, by this name or another alias of the same field."""
    by = _tag_name(schema)
    if not by or not isinstance(value, dict):
        return False
    tags = [_tags(arm, by, schemas) for arm in arms]
    if not all(tags):
        return False
    names = value.keys() & (properties(arms[0], schemas) or {}).keys()
    return not any([_tags(arm, name, schemas) for arm in arms] == tags for name in names)


def _is_null(arm: Any) -> bool:
    return isinstance(arm, Mapping) and arm.get("type") == "null"


def _tag_name(schema: Schema) -> str:
    told_by = schema.get("x-discriminator") or schema.get("discriminator")
    name = told_by.get("propertyName") if isinstance(told_by, Mapping) else told_by
    return name if isinstance(name, str) else ""


def _tags(arm: Any, name: str, schemas: Mapping[str, Schema]) -> list[Any]:
    """Return the values by which a property tells this alternative apart."""
    known = properties(arm, schemas) if name and isinstance(arm, Mapping) else None
    tag = known.get(name) if known else None
    if not isinstance(tag, Mapping):
        return []
    return [tag["const"]] if "const" in tag else tag["enum"] if isinstance(tag.get("enum"), list) else []


def _distance(found: Violations, by: str) -> tuple[bool, bool, int]:
    """Return how far a value is from an alternative: another type, another tag, number of problems."""
    roots = [problem for problem in found.problems if not problem.parts and problem.rule == "type"]
    literal = [problem for problem in found.problems if len(problem.parts) == 1 and problem.rule in ("const", "enum")]
    return bool(roots), any(not by or problem.parts[0] == by for problem in literal), found.count
