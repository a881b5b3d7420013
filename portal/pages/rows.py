"""Fields as one-line rows: name, type, what is true of it in words, and rows inside; every row with its own anchor."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from asyncapi.schemas.fields import MISSING, Arm, EnumValue, Field
from portal.addresses import anchor

LONGEST_DEFAULT = 80  # characters that fit beside a field
SHOWN_VALUES = 40  # of an enumeration; the others are folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One allowed value as JSON, the name of its member, its docstring."""

    value: str
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One alternative of a union with its own rows."""

    label: str
    type: str
    description: str
    marks: tuple[str, ...]
    recursive: str
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field. `marks` are constraints in words; `default` is JSON, empty when there is none."""

    name: str
    path: str
    anchor: str
    type: str
    required: bool
    nullable: bool
    default: str
    marks: tuple[str, ...]
    values: tuple[Value, ...]
    more_values: int
    description: str
    deprecated: bool
    origin: str
    recursive: str
    rows: tuple[FieldRow, ...]
    branches: tuple[Branch, ...]

    @property
    def presence(self) -> str:
        """Say in a word whether the field must be there; nothing when its default says it."""
        if self.required:
            return "required"
        return "" if self.default else "optional"


def rows(fields: Iterable[Field], *, inside: str = "") -> tuple[FieldRow, ...]:
    """Return rows for fields; `inside` tells apart equal paths, as in the alternatives of a union."""
    return tuple(_row(item, inside) for item in fields)


def values(items: Iterable[EnumValue]) -> tuple[Value, ...]:
    """Return allowed values with their names and descriptions."""
    return tuple(
        Value(value=_json(item.value), name=item.name, description=" ".join(item.description.split())) for item in items
    )


def branches(arms: Iterable[Arm], inside: str) -> tuple[Branch, ...]:
    """Return the alternatives of a union; the anchors of their rows carry the number of the alternative."""
    return tuple(
        Branch(
            label=arm.label,
            type=arm.type,
            description=arm.description,
            marks=arm.constraints,
            recursive=arm.recursive,
            rows=rows(arm.children, inside=f"{inside}{number}-"),
        )
        for number, arm in enumerate(arms, 1)
    )


def _row(item: Field, inside: str) -> FieldRow:
    allowed = values(item.enum)
    return FieldRow(
        name=item.name,
        path=item.path,
        anchor=inside + anchor([item.path]),
        type=item.type,
        required=item.required,
        nullable=item.nullable,
        default=_default(item),
        marks=tuple(_marks(item)),
        values=allowed[:SHOWN_VALUES],
        more_values=max(0, len(allowed) - SHOWN_VALUES),
        description=item.description,
        deprecated=item.deprecated,
        origin=_origin(item.declared_by),
        recursive=item.recursive,
        rows=rows(item.children, inside=inside),
        branches=branches(item.arms, f"{inside}{anchor([item.path])}-"),
    )


def _marks(item: Field) -> Iterable[str]:
    yield from item.constraints
    if item.read_only:
        yield "read only"
    if item.write_only:
        yield "write only"


def _default(item: Field) -> str:
    if item.default is MISSING or (item.default is None and item.nullable):
        return ""
    text = _json(item.default)
    return text if len(text) <= LONGEST_DEFAULT else text[: LONGEST_DEFAULT - 1] + "…"


def _origin(declared_by: str) -> str:
    """Return the name of the class that declares an inherited field."""
    return declared_by.rpartition("#")[2].rpartition(".")[2]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
