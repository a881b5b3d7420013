"""Pairs of Pydantic models that differ by typed edits, and JSON that one of them sends."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Literal, Union

import pydantic
from pydantic import BaseModel, ConfigDict, Field, computed_field, create_model

from support.limited import LIMITED
from support.rarer import RARER as KNOWN

RARER = KNOWN | LIMITED
Type = tuple[Any, ...]
WORDS = ("red", "green", "blue", "on", "off")
PATTERNS = ("^[a-z]+$", "^[a-z0-9]+$", "^a", "^[a-z]{1,5}$", "^(on|off)$")
FORMATS = ("date", "date-time", "uuid", "time", "ipv4")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """A field: its type, whether it has a default (a value of the type, or null where that fits), and its alias."""

    name: str
    type: Type
    optional: bool = False
    alias: str = ""

    @property
    def key(self) -> str:
        """Return its name in JSON."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model: its fields, what it does with extras, and whether it sends a field that is computed."""

    name: str
    fields: tuple[FieldSpec, ...]
    extra: str = "forbid"
    computed: bool = False


def random_type(random: Random, depth: int = 0) -> Type:
    """Return a type of at most a few levels."""
    kinds = ["int", "int", "float", "str", "str", "bool", "enum", "format"]
    if depth < 3:
        kinds += ["opt", "opt", "list", "dict", "union", "tuple", "model", "model", "set", *RARER]
    kind = random.choice(kinds)
    if kind in RARER:
        return RARER[kind].random(random, lambda: random_type(random, depth + 1))
    if kind in ("int", "float"):
        return (kind, random.choice((None, 0, -5, 3)), random.choice((None, 10, 100)), random.random() < 0.2)
    if kind == "str":
        return (kind, random.choice((None, 1, 2)), random.choice((None, 8, 20)), random.choice((None, None, *PATTERNS)))
    if kind == "enum":
        return (kind, tuple(random.sample(WORDS, random.randint(1, 4))))
    if kind == "format":
        return (kind, random.choice(FORMATS))
    if kind == "list":
        return (kind, random_type(random, depth + 1), random.choice((0, 0, 1, 2)), random.choice((None, 4, 6)))
    if kind == "set":
        return (kind, random.choice((("int", None, None, False), ("enum", WORDS[:3]))))
    if kind in ("opt", "dict"):
        return (kind, random_type(random, depth + 1))
    if kind in ("union", "tuple"):
        return (kind, tuple(random_type(random, depth + 1) for _ in range(random.randint(2, 3))))
    return (kind, random_model(random, depth + 1)) if kind == "model" else (kind,)


def random_model(random: Random, depth: int = 0) -> ModelSpec:
    """Return a model of a few fields."""
    names = random.sample(("a", "b", "c", "d", "e", "f"), random.randint(1, 4))
    fields = tuple(
        FieldSpec(
            name=name,
            type=random_type(random, depth),
            optional=random.random() < 0.4,
            alias=random.choice(("", "", "", "", "theAlias")) and f"{name}Alias",
        )
        for name in names
    )
    extra = random.choice(("forbid", "forbid", "ignore", "allow"))
    return ModelSpec(name=f"M{depth}", fields=fields, extra=extra, computed=random.random() < 0.05)


def edited(model: ModelSpec, random: Random) -> ModelSpec:
    """Return the model with one typical change somewhere in it."""
    turn = random.random()
    fields = list(model.fields)
    index = random.randrange(len(fields))
    field = fields[index]
    if turn < 0.1:
        fields.append(
            FieldSpec(name=f"n{random.randint(0, 9)}", type=random_type(random, 1), optional=random.random() < 0.6)
        )
    elif turn < 0.2 and len(fields) > 1:
        del fields[index]
    elif turn < 0.3:
        fields[index] = dataclasses.replace(field, optional=not field.optional)
    elif turn < 0.35:
        fields[index] = dataclasses.replace(field, name=field.name + "x")
    elif turn < 0.42:
        return dataclasses.replace(model, extra=random.choice(("forbid", "ignore", "allow")))
    elif turn < 0.46:
        random.shuffle(fields)
    elif turn < 0.5:
        fields[index] = dataclasses.replace(field, alias="" if field.alias else f"{field.name}Alias")
    elif turn < 0.52:
        return dataclasses.replace(model, computed=not model.computed)
    else:
        fields[index] = dataclasses.replace(field, type=edited_type(field.type, random))
    unique = {field.name: field for field in fields}
    return dataclasses.replace(model, fields=tuple(unique.values()))


def edited_type(type_: Type, random: Random) -> Type:
    """Return a type that is a little wider, narrower, or simply another one."""
    kind = type_[0]
    if random.random() < 0.1:
        return random_type(random, 1)
    if random.random() < 0.15:
        return type_[1] if kind == "opt" else ("opt", type_)
    if kind in RARER:
        return RARER[kind].edited(type_, random, edited_type)
    if kind in ("int", "float"):
        other = "float" if kind == "int" else "int"
        least, most, strict = type_[1:]
        return random.choice(
            (
                (other, least, most, strict),
                (kind, (least or 0) - random.choice((-1, 1)), most, strict),
                (kind, least, (most or 50) + random.choice((-1, 1)), strict),
                (kind, least, most, not strict),
                (kind, None, None, False),
            )
        )
    if kind == "str":
        shortest, longest, pattern = type_[1:]
        return random.choice(
            (
                (kind, (shortest or 0) + 1, longest, pattern),
                (kind, shortest, (longest or 30) - 1, pattern),
                (kind, None, None, pattern),
                (kind, shortest, longest, random.choice((None, *PATTERNS))),
                ("enum", WORDS[:2]),
            )
        )
    if kind == "enum":
        return (kind, tuple(random.sample(WORDS, random.randint(1, 5))))
    if kind == "format":
        return random.choice((("str", None, None, None), ("format", random.choice(FORMATS))))
    if kind == "list":
        inner, least, most = type_[1:]
        return random.choice(
            (
                (kind, edited_type(inner, random), least, most),
                (kind, inner, least + 1 if least < 3 else 0, most),
                (kind, inner, least, random.choice((None, 3, 5, 7))),
            )
        )
    if kind in ("opt", "dict"):
        return (kind, edited_type(type_[1], random))
    if kind in ("union", "tuple"):
        inner = list(type_[1])
        place = random.randrange(len(inner))
        choice = random.random()
        if choice < 0.25:
            inner.append(random_type(random, 2))
        elif choice < 0.5 and len(inner) > 1:
            del inner[place]
        elif choice < 0.6:
            random.shuffle(inner)
        else:
            inner[place] = edited_type(inner[place], random)
        return (kind, tuple(inner))
    if kind == "model":
        return (kind, edited(type_[1], random))
    return random_type(random, 1)


def annotation(type_: Type, made: dict[str, type[BaseModel]]) -> Any:
    """Return the Python annotation of a type."""
    import datetime
    import ipaddress
    import uuid

    kind = type_[0]
    if kind in RARER:
        return RARER[kind].annotation(type_, made, annotation)
    if kind in ("int", "float"):
        least, most, strict = type_[1:]
        words = {"gt" if strict else "ge": least} if least is not None else {}
        words |= {"le": most} if most is not None else {}
        return Annotated[int if kind == "int" else float, Field(**words)]
    if kind == "str":
        shortest, longest, pattern = type_[1:]
        if longest is not None and shortest is not None and longest < shortest:
            longest = None
        return Annotated[str, Field(min_length=shortest, max_length=longest, pattern=pattern)]
    if kind == "bool":
        return bool
    if kind == "enum":
        return Literal[type_[1]]
    if kind == "format":
        return {
            "date": datetime.date,
            "date-time": pydantic.AwareDatetime,
            "uuid": uuid.UUID,
            "time": datetime.time,
            "ipv4": ipaddress.IPv4Address,
        }[type_[1]]
    if kind == "opt":
        return Union[annotation(type_[1], made), None]  # noqa: UP007
    if kind == "list":
        inner, least, most = type_[1:]
        most = None if most is not None and most < least else most
        return Annotated[list[annotation(inner, made)], Field(min_length=least or None, max_length=most)]  # type: ignore[misc]
    if kind == "set":
        return set[annotation(type_[1], made)]  # type: ignore[misc]
    if kind == "dict":
        return dict[str, annotation(type_[1], made)]  # type: ignore[misc]
    if kind == "union":
        return Union[tuple(annotation(inner, made) for inner in type_[1])]  # noqa: UP007
    if kind == "tuple":
        return tuple[tuple(annotation(inner, made) for inner in type_[1])]  # type: ignore[misc]
    return build(type_[1], made)


def build(model: ModelSpec, made: dict[str, type[BaseModel]] | None = None) -> type[BaseModel]:
    """Return the Pydantic class of a model; nested classes get names of their own."""
    made = {} if made is None else made
    fields: dict[str, Any] = {}
    for field in model.fields:
        type_ = annotation(field.type, made)
        words = {"alias": field.alias} if field.alias else {}
        fields[field.name] = (type_, Field(default=default(field.type) if field.optional else ..., **words))
    name = f"{model.name}_{len(made)}"
    base = {"__base__": _Computing} if model.computed else {}
    settings = ConfigDict(extra=model.extra, validate_default=True)
    made[name] = create_model(name, **({} if base else {"__config__": settings}), **base, **fields)  # type: ignore[call-overload]
    if base:
        made[name].model_config |= settings
        made[name].model_rebuild(force=True)
    return made[name]


class _Computing(BaseModel):
    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return 7


def default(type_: Type) -> Any:
    """Return a default that fits the type."""
    return None if type_[0] == "opt" else instance(type_, Random(7))


def instance(type_: Type, random: Random) -> Any:
    """Return JSON that fits a type, often at one of its bounds."""
    kind = type_[0]
    if kind in RARER:
        return RARER[kind].instance(type_, random, instance)
    if kind in ("int", "float"):
        least, most, strict = type_[1:]
        low = least if least is not None else (most or 0) - 20
        high = most if most is not None else low + 40
        step = 0.5 if kind == "float" else 1
        low += step if strict and least is not None else 0
        number = random.choice((low, high, random.randint(int(low) + 1, max(int(low) + 1, int(high)))))
        return float(number) if kind == "float" else int(number)
    if kind == "str":
        return _text(type_, random)
    if kind == "bool":
        return random.random() < 0.5
    if kind == "enum":
        return random.choice(type_[1])
    if kind == "format":
        return {
            "date": "2026-03-14",
            "date-time": "2026-03-14T09:26:53Z",
            "uuid": "7d0b7c5e-3c1e-4b6f-9a52-1f2e3d4c5b6a",
            "time": "09:26:53Z",
            "ipv4": "192.0.2.7",
        }[type_[1]]
    if kind == "opt":
        return None if random.random() < 0.4 else instance(type_[1], random)
    if kind == "list":
        inner, least, most = type_[1:]
        most = None if most is not None and most < least else most
        size = random.choice((least, most if most is not None else least + 2, least))
        return [instance(inner, random) for _ in range(size)]
    if kind == "set":
        items = [instance(type_[1], random) for _ in range(2)]
        return list(dict.fromkeys(items))
    if kind == "dict":
        return {name: instance(type_[1], random) for name in random.sample(("k", "l", "m m"), random.randint(0, 2))}
    if kind == "union":
        return instance(random.choice(type_[1]), random)
    if kind == "tuple":
        return [instance(inner, random) for inner in type_[1]]
    return message(type_[1], random)


def _text(type_: Type, random: Random) -> str:
    shortest, longest, pattern = type_[1:]
    if longest is not None and shortest is not None and longest < shortest:
        longest = None
    samples = {
        None: "xY 3",
        "^[a-z]+$": "abc",
        "^[a-z0-9]+$": "ab1",
        "^a": "aB?",
        "^[a-z]{1,5}$": "abcde",
        "^(on|off)$": "off",
    }
    text = samples[pattern]
    size = random.choice((shortest or 0, longest if longest is not None else 6))
    if pattern in (None, "^[a-z]+$", "^[a-z0-9]+$", "^a") and size:
        text = (text * 20)[:size]
    return text


def message(model: ModelSpec, random: Random) -> dict[str, Any]:
    """Return JSON that a model accepts; fields with defaults are sometimes left out."""
    found = {
        field.key: instance(field.type, random) for field in model.fields if not field.optional or random.random() < 0.7
    }
    return found | ({"zz": random.choice((1, "x", None))} if model.extra == "allow" and random.random() < 0.3 else {})
