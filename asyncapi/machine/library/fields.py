"""The fields of record classes: of models, dataclasses, attrs classes, structs and named tuples.

A library's rows say in a `RecordStyle` how its records are made; everything else about fields is the same for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library.model_rows import memory
from asyncapi.machine.library.shapes import ANYTHING, AnnotationShape, ShapeReader, of_value, parameters_of
from asyncapi.machine.values import (
    ABSENT,
    Class,
    DictCell,
    External,
    Func,
    HoledText,
    Instance,
    Native,
    Property,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStyle:
    """How a library makes its records.

    `positional` says that fields may be passed by their place, `private` that names with an underscore are kept out
    of the arguments, `stripped` that such a name is passed without it, `loose` that fields need no annotation,
    `checked` that data is turned into what annotations say. `after` is the method that runs at the end, `renamed`
    what a field is called on the wire, `by_keyword` that all fields of the class are keyword-only, `finished` what a
    library does with an object whose fields are set, given the names of those that were passed.
    """

    library: str
    positional: bool = True
    private: bool = False
    stripped: bool = False
    loose: bool = False
    checked: bool = False
    after: str = ""
    by_keyword: bool = False
    renamed: Callable[[str], str] | None = None
    finished: Callable[[Machine, Instance, set[str], CallSite], None] | None = None


STYLES: dict[str, RecordStyle] = {}
"""Base classes that make a class a record, by their dotted names; the file of each library adds its own."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RecordField:
    """A field of a record: where its annotation stands, what it is unless passed, and what it is called.

    `names` are the names under which it is passed, the one of the wire first. `init` says that it can be passed,
    `passing` that it goes to the method that runs at the end alone. `keeps_self` says of a factory that it gets the
    object. `environment` are variables that a settings class reads it from, `info` is how the field was declared.
    """

    name: str
    owner: Class
    node: Any = None
    shape: AnnotationShape | None = None
    default: Value = ABSENT
    factory: Value = ABSENT
    keeps_self: bool = False
    names: tuple[str, ...] = ()
    init: bool = True
    by_keyword: bool = False
    passing: bool = False
    converter: Value = None
    environment: tuple[str, ...] = ()
    info: Instance | None = None


DECLARED = frozenset(
    ["pydantic.FieldInfo", "pydantic.PrivateAttr", "dataclasses.Field", "attr.Attribute", "msgspec.Field"]
)
"""What declaring a field gives, in each library."""
NOT_GIVEN = frozenset(
    ["dataclasses.MISSING", "attr.NOTHING", "msgspec.UNSET", "msgspec.NODEFAULT", "pydantic_core.PydanticUndefined"]
)


def declared(value: Value) -> bool:
    """Say whether a value is what declaring a field gives."""
    return isinstance(value, Instance) and isinstance(value.cls, External) and value.cls.path in DECLARED


def style_of(m: Machine, cls: Value) -> RecordStyle | None:
    """Return how records of a class are made; None where the class is no record."""
    for base in cls.mro if isinstance(cls, Class) else ():
        found = memory(m).styles.get(base) if isinstance(base, Class) else STYLES.get(base.path)
        if found is not None:
            return found
    return None


def fields_of(m: Machine, cls: Class) -> list[RecordField]:
    """Return the fields of a record class in the order of its arguments, those of its bases first."""
    found: dict[str, RecordField] = {}
    for base in reversed(cls.mro):
        if isinstance(base, Class):
            for item in own_fields(m, base):
                found[item.name] = item
    return list(found.values())


def own_fields(m: Machine, cls: Class) -> tuple[RecordField, ...]:
    """Return the fields that a class declares itself."""
    kept = memory(m)
    known = kept.fields.get(cls)
    if known is None:
        style = kept.styles.get(cls) or _inherited(cls)
        known = tuple(_declared_in(m, cls, style)) if style is not None else ()
        kept.fields[cls] = known
    return known


def _inherited(cls: Class) -> RecordStyle | None:
    """Return the style that an outside base gives a class; a decorator counts for the decorated class alone."""
    return next((STYLES[base.path] for base in cls.mro if isinstance(base, External) and base.path in STYLES), None)


def _declared_in(m: Machine, cls: Class, style: RecordStyle) -> list[RecordField]:
    reader = ShapeReader(m, cls, {})
    found: list[RecordField] = []
    by_keyword = style.by_keyword
    for name, node in cls.annotations.items():
        if reader.wrapped_in(node, "ClassVar") or name == "model_config":
            continue
        if reader.wrapped_in(node, "KW_ONLY"):
            by_keyword = True
            continue
        noted = next((item for item in reader.notes(node) if declared(item)), None)
        made = _field(m, cls, style, name, cls.fields.get(name, ABSENT), noted)
        passing = reader.wrapped_in(node, "InitVar")
        found.append(replace(made, node=node, passing=passing, by_keyword=made.by_keyword or by_keyword))
    if style.loose:
        loose = [(name, value) for name, value in cls.fields.items() if declared(value) and name not in cls.annotations]
        found.extend(_field(m, cls, style, name, value, None) for name, value in loose)
    return found


def _field(m: Machine, cls: Class, style: RecordStyle, name: str, value: Value, noted: Instance | None) -> RecordField:
    """Return a field from what stands behind its name in the class, and from what its annotation notes."""
    info = value if declared(value) else noted
    said: dict[Any, Value] = info.fields if info is not None else {}
    default = value if not declared(value) else said.get("default", ABSENT)
    factory = said.get("default_factory", said.get("factory", ABSENT))
    if default is ABSENT and noted is not None:
        default = said.get("default", ABSENT)
    if default is ... or (isinstance(default, External) and default.path in NOT_GIVEN):
        default = ABSENT
    keeps_self = bool(said.get("keeps_self", False))
    if isinstance(default, Instance) and isinstance(default.cls, External) and default.cls.path == "attr.Factory":
        factory, keeps_self = default.fields.get("factory"), bool(default.fields.get("takes_self", False))
        default = ABSENT
    private = style.private and name.startswith("_")
    alias = _alias(m, said) or (style.renamed(name) if style.renamed is not None else "")
    own = name.lstrip("_") if style.stripped else name
    return RecordField(
        name=name,
        owner=cls,
        shape=_told_shape(said),
        default=m.named(cls.module, f"{cls.qualname}.{name}", default, cls.line)
        if isinstance(default, str | HoledText) and getattr(default, "origin", None) is None
        else default,
        factory=factory,
        keeps_self=keeps_self,
        names=tuple(dict.fromkeys([alias or own, own])),
        init=said.get("init", True) is not False and not private,
        by_keyword=said.get("kw_only") is True,
        converter=said.get("converter"),
        environment=_texts(m, said.get("env")),
        info=info,
    )


def _alias(m: Machine, said: dict[Any, Value]) -> str:
    """Return the name on the wire that a declaration gives its field; empty for none."""
    metadata = said.get("metadata")
    if isinstance(metadata, DictCell) and isinstance(metadata.fields.get("field_name"), str):
        return str(metadata.fields["field_name"])
    for name in ("validation_alias", "alias", "name"):
        value = said.get(name)
        if isinstance(value, Instance):
            value = next(iter(_texts(m, value.fields.get("first"))), "")
        if isinstance(value, str) and value:
            return str(value)
    return ""


def _texts(m: Machine, value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return (str(value),)
    if value is None or isinstance(value, (int, float)):
        return ()
    return tuple(str(item) for item, _ in items.listed(m, value, None) if isinstance(item, str))


def _told_shape(said: dict[Any, Value]) -> AnnotationShape | None:
    """Return the shape that a declaration says of its field, as `attr.ib(type=int)` does."""
    return of_value(said["type"]) if said.get("type") is not None else None


def shape_of(m: Machine, cls: Class, field: RecordField) -> AnnotationShape:
    """Return what the annotation of a field says, seen from a class that has it."""
    if field.shape is not None or field.node is None:
        return field.shape or ANYTHING
    kept = memory(m).shapes
    known: AnnotationShape | None = kept.get((cls, field.name))
    if known is None:
        known = ShapeReader(m, field.owner, parameters_of(cls, field.owner)).shape(field.node)
        # An annotation may name a class that is defined further down: what says nothing yet is read again.
        if known.kind != "any":
            kept[cls, field.name] = known
    return known


def methods_marked(cls: Class, mark: str) -> list[tuple[Value, Value]]:
    """Return the functions of a class and its bases that a decorator marked, each with the mark, the bases' first."""
    found = []
    for base in reversed(cls.mro):
        for value in base.fields.values() if isinstance(base, Class) else ():
            func = value.func if isinstance(value, Wrapped) else value.getter if isinstance(value, Property) else value
            if isinstance(func, Func) and mark in func.fields:
                found.append((func, func.fields[mark]))
    return found


def camel(name: str) -> str:
    """Return a name with underscores in camel case: `sensor_id` → `sensorId`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(name: str) -> str:
    """Return a name with underscores in Pascal case: `sensor_id` → `SensorId`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def snake(name: str) -> str:
    """Return a name in camel or Pascal case with underscores: `sensorId` → `sensor_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name).lower()


def kebab(name: str) -> str:
    """Return a name with hyphens instead of underscores."""
    return snake(name).replace("_", "-")


def caller(m: Machine, rename: Value) -> Callable[[str], str] | None:
    """Return a function of the program, or a row, as a function of names; None where it is neither."""
    if not isinstance(rename, (Func, Native, External)):
        return None

    def renamed(name: str) -> str:
        value = m.call(rename, [name], {}, m.place)
        return str(value) if isinstance(value, str) else name

    return renamed
