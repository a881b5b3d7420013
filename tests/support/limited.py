"""Types of random models whose limits JSON Schema has no word for, and plain classes inside of models."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Annotated, Any, Generic, NotRequired, TypeVar

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, NaiveDatetime, TypeAdapter
from typing_extensions import TypedDict

from support.rarer import Annotate, Edit, Make, Rarer, Type, filled, inner_edited

T = TypeVar("T")
DECIMALS: dict[str, tuple[Any, ...]] = {
    "ge": (None, None, 0, -5),
    "lt": (None, None, 10, 100),
    "max_digits": (None, None, 3, 5),
    "decimal_places": (None, None, 1, 2),
    "multiple_of": (None, None, None, "0.25"),
}
NUMBERS = (
    "0",
    "-5",
    "9.9",
    "99.99",
    "999",
    "99999",
    "-99.9",
    "0.25",
    "7.75",
    "12.5",
    "1.234",
    "5",
    "100000.001",
    "-1E+3",
)
NOON = datetime(2026, 6, 1, 12)
DATED: dict[str, tuple[Any, tuple[Any, ...], tuple[str, ...]]] = {
    "date": (date, (date(2020, 1, 1), date(2030, 1, 1)), ("2019-12-31", "2020-01-01", "2026-03-14", "2030-01-01")),
    "time": (time, (time(8), time(20)), ("07:59:59", "08:00:00", "12:30:00.5", "20:00:00", "23:00:00")),
    "datetime": (datetime, (), ("2026-03-14T09:26:53", "2026-03-14T09:26:53Z")),
    "aware": (
        AwareDatetime,
        (NOON.replace(tzinfo=UTC),),
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00+01:00", "2027-01-01T00:00:00Z"),
    ),
    "naive": (NaiveDatetime, (NOON,), ("2026-06-01T11:59:59", "2026-06-01T12:00:00", "2027-01-01T00:00:00")),
    "timedelta": (timedelta, (timedelta(0), timedelta(days=1)), ("-PT1S", "PT0S", "PT12H", "P1D", "P3DT4H")),
}
NOTES: tuple[dict[str, Any], ...] = (
    {"examples": ["one"]},
    {"description": "A note.", "deprecated": True},
    {"x-unit": "m/s", "title": "Speed"},
    {"readOnly": True},
)


class Named(BaseModel, Generic[T]):
    """Something in a box whose fields have other names on the wire."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    content: T = Field(alias="theContent")
    label: str | None = Field(default=None, serialization_alias="theLabel", validation_alias="theLabel")


@cache
def _fitting(annotation: Any, texts: tuple[str, ...]) -> tuple[str, ...]:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    return tuple(text for text in texts if _takes(adapter, text))


def _takes(adapter: TypeAdapter[Any], text: str) -> bool:
    try:
        adapter.validate_json(json.dumps(text))
    except ValueError:
        return False
    return True


def _random_decimal(random: Random, _inner: Any = None) -> Type:
    return ("decimal", *(random.choice(values) for values in DECIMALS.values()))


def _decimal(type_: Type, _made: Any = None, _annotate: Any = None) -> Any:
    words = {word: value for word, value in zip(DECIMALS, type_[1:], strict=True) if value is not None}
    if "multiple_of" in words:
        words["multiple_of"] = Decimal(words["multiple_of"])
    return Annotated[Decimal, Field(**words)]


def _decimal_edited(type_: Type, random: Random, _edit: Edit) -> Type:
    if random.random() < 0.3:
        return random.choice((("float", None, None, False), ("int", 0, 10, False), ("str", None, None, None)))
    place = random.randrange(len(DECIMALS))
    value = random.choice(tuple(DECIMALS.values())[place])
    return (*type_[: place + 1], value, *type_[place + 2 :])


def _random_dated(random: Random, _inner: Any = None) -> Type:
    kind = random.choice(tuple(DATED))
    bounds = DATED[kind][1]
    words = {word: random.choice((None, *range(len(bounds)))) for word in ("ge", "lt")}
    if words["ge"] is not None and words["lt"] is not None and words["ge"] >= words["lt"]:
        words["lt"] = None
    if kind == "time" and words["ge"] == 1:
        words["ge"] = 0
    return ("dated", kind, words["ge"], words["lt"])


def _dated(type_: Type, _made: Any = None, _annotate: Any = None) -> Any:
    _, kind, low, high = type_
    base, bounds, _ = DATED[kind]
    words = {"ge": low, "lt": high}
    return Annotated[base, Field(**{word: bounds[at] for word, at in words.items() if at is not None})]


def _dated_edited(type_: Type, random: Random, _edit: Edit) -> Type:
    if random.random() < 0.15:
        return ("str", None, None, None)
    return _random_dated(random) if random.random() < 0.3 else (*type_[:2], *_near(type_, random))


def _near(type_: Type, random: Random) -> Iterable[int | None]:
    """Return other bounds for the same kind of time."""
    for _ in range(200):
        made = _random_dated(random)
        if made[1] == type_[1]:
            return made[2:]
    return type_[2:]


def _typed(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
    fields = {
        name: annotate(inner, made) if needed else NotRequired[annotate(inner, made)]  # type: ignore[misc]
        for name, inner, needed in type_[1]
    }
    return TypedDict(f"Typed_{len(made)}_{len(fields)}", fields)  # type: ignore[operator]


def _plain(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
    needed = [(name, annotate(inner, made)) for name, inner, needed in type_[1] if needed]
    others = [
        (name, annotate(inner, made) | None, dataclasses.field(default=None))
        for name, inner, needed in type_[1]
        if not needed
    ]
    return dataclasses.make_dataclass(f"Plain_{len(made)}_{len(type_[1])}", [*needed, *others])


def _members(random: Random, inner: Any) -> tuple[Any, ...]:
    names = random.sample(("p", "q", "r"), random.randint(1, 3))
    return tuple((name, inner(), random.random() < 0.6) for name in names)


def _members_made(type_: Type, random: Random, make: Make) -> Any:
    return {name: make(inner, random) for name, inner, needed in type_[1] if needed or random.random() < 0.5}


def _members_edited(type_: Type, random: Random, edit: Edit) -> Type:
    kind, members = type_
    place = random.randrange(len(members))
    name, inner, needed = members[place]
    turn = random.random()
    if turn < 0.25 and len(members) > 1:
        return (kind, (*members[:place], *members[place + 1 :]))
    if turn < 0.4:
        return ("plain" if kind == "typed" else "typed", members)
    changed = (name, inner, not needed) if turn < 0.6 else (name, edit(inner, random), needed)
    return (kind, (*members[:place], changed, *members[place + 1 :]))


LIMITED: dict[str, Rarer] = {
    "decimal": Rarer(
        random=_random_decimal,
        annotation=_decimal,
        instance=lambda type_, random, _: random.choice(_fitting(_decimal(type_), NUMBERS)),
        edited=_decimal_edited,
    ),
    "dated": Rarer(
        random=_random_dated,
        annotation=_dated,
        instance=lambda type_, random, _: random.choice(_fitting(_dated(type_), DATED[type_[1]][2])),
        edited=_dated_edited,
    ),
    "base64": Rarer(
        random=lambda _random, _inner: ("base64",),
        annotation=lambda *_: Base64Bytes,
        instance=lambda _type, random, _: random.choice(("aGk=", "")),
        edited=lambda _type, _random, _: ("str", None, None, None),
    ),
    "typed": Rarer(
        random=lambda random, inner: ("typed", _members(random, inner)),
        annotation=_typed,
        instance=_members_made,
        edited=_members_edited,
    ),
    "plain": Rarer(
        random=lambda random, inner: ("plain", _members(random, inner)),
        annotation=_plain,
        instance=_members_made,
        edited=_members_edited,
    ),
    "named": Rarer(
        random=lambda _, inner: ("named", inner()),
        annotation=filled(Named),
        instance=lambda type_, random, make: {"theContent": make(type_[1], random)},
        edited=inner_edited,
    ),
    "numbered": Rarer(
        random=lambda _, inner: ("numbered", inner()),
        annotation=lambda type_, made, annotate: dict[int, annotate(type_[1], made)],  # type: ignore[misc]
        instance=lambda type_, random, make: {key: make(type_[1], random) for key in random.sample(("1", "-7"), 1)},
        edited=lambda type_, random, edit: (
            ("dict", type_[1]) if random.random() < 0.3 else inner_edited(type_, random, edit)
        ),
    ),
    "noted": Rarer(
        random=lambda random, inner: ("noted", inner(), random.randrange(len(NOTES))),
        annotation=lambda type_, made, annotate: Annotated[
            annotate(type_[1], made), Field(json_schema_extra=NOTES[type_[2]])
        ],
        instance=lambda type_, random, make: make(type_[1], random),
        edited=inner_edited,
    ),
}
