"""Random Pydantic models of every construct that JSON Schema can say, with JSON that fits and JSON that hardly does."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import itertools
import pathlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address
from random import Random
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypeVar, Union

from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    AnyUrl,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Json,
    RootModel,
    SecretStr,
    Tag,
    computed_field,
    create_model,
)
from typing_extensions import TypedDict

T = TypeVar("T")
NAMES = ("a", "b_c", "dE", "trailing_", "items", "type", "definitions", "properties", "if", "x/y", "p~q", "ß")
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3, 7.5, 1e9, "", "a", "abc", "red", "12", "éé"),
    *([], [1], ["a", 1], [1, 1], [[]], {}, {"a": 1}, {"kind": "cat"}, {"extra": None}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type annotation and a maker of JSON values that it should accept; `hashable` ones can stand in sets."""

    annotation: Any
    make: Callable[[Random], Any]
    hashable: bool = False


class Colour(enum.Enum):
    """Several members of one type."""

    RED = "red"
    BLUE = "blue"


class Only(enum.Enum):
    """One member."""

    ONE = "one"


class Level(enum.IntEnum):
    """Whole numbers."""

    LOW = 1
    HIGH = 2


class Mixed(enum.Enum):
    """Members of several types."""

    TEXT = "a"
    NUMBER = 1


class Point(NamedTuple):
    """A tuple with names, the last of them optional."""

    x: int
    y: float
    label: str = "p"


class Loose(TypedDict, total=False):
    """A dict with optional keys."""

    a: int
    b: str


class Strict(TypedDict):
    """A dict with one optional key."""

    a: int
    b: NotRequired[str]


@dataclasses.dataclass
class Record:
    """A dataclass."""

    n: int
    names: list[str] = dataclasses.field(default_factory=list)


class Cat(BaseModel):
    """An arm of a union."""

    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    """An arm with two tags."""

    kind: Literal["dog", "wolf"] = "dog"
    name: str


class Tree(BaseModel):
    """A model inside itself."""

    value: int
    children: list[Tree] = []
    parent: Tree | None = None


class Page(BaseModel, Generic[T]):
    """A model with a type argument."""

    data: T
    next: int | None = None


class Numbers(RootModel[list[int]]):
    """A list that is a model."""


class Computed(BaseModel):
    """A model with fields that only go out."""

    side: float = Field(ge=0)

    @computed_field(description="side × side")  # type: ignore[prop-decorator]
    @property
    def area(self) -> float:
        """Return the area."""
        return self.side**2


class Closed(BaseModel):
    """A model that forbids extras, with bounds that depend on another field."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "if": {"properties": {"a": {"const": 1}}, "required": ["a"]},
            "then": {"required": ["bB"]},
            "else": {"not": {"required": ["c"]}},
            "dependentRequired": {"bB": ["a"]},
        },
    )
    a: int | None = None
    b: str = Field(default="x", alias="bB")
    c: int = 3


class Uneven(BaseModel):
    """A model whose author wrote keywords that draft-07 spells differently."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "dependentRequired": {"a": ["b"]},
            "dependentSchemas": {"a": {"properties": {"b": {"type": "integer"}}}, "c": {"minProperties": 2}},
            "patternProperties": {"^x-": {"type": "string"}},
        },
    )
    a: int | None = None


def _tag(value: Any) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "cat" if kind == "cat" else "dog"


def _pick(*values: Any) -> Callable[[Random], Any]:
    return lambda random: random.choice(values)


def _cat(random: Random) -> Any:
    return {"kind": "cat", "lives": random.randint(0, 9)}


def _dog(random: Random) -> Any:
    return {"kind": random.choice(("dog", "wolf")), "name": "rex"}


def _tree(random: Random, depth: int = 0) -> Any:
    tree: dict[str, Any] = {"value": random.randint(0, 9)}
    if depth < 3 and random.random() < 0.5:
        tree["children"] = [_tree(random, depth + 1) for _ in range(random.randint(0, 2))]
    if random.random() < 0.4:
        tree["parent"] = _tree(random, depth + 1) if depth < 2 else None
    return tree


def _author(**words: Any) -> Any:
    return Field(json_schema_extra=words)


def _kind(annotation: Any, *values: Any, hashable: bool = False) -> Kind:
    return Kind(annotation=annotation, make=_pick(*values), hashable=hashable)


ATOMS: tuple[Kind, ...] = (
    _kind(int, 0, 1, -5, 2.0, hashable=True),
    _kind(Annotated[int, Field(ge=1, lt=10)], 1, 5, 9, 0, hashable=True),
    _kind(Annotated[int, Field(gt=0, le=30, multiple_of=3)], 3, 6, 30, 4),
    _kind(float, 0.5, 1, -2.25, hashable=True),
    _kind(Annotated[float, Field(gt=0, lt=1)], 0.5, 0.99, 1),
    _kind(Annotated[float, Field(ge=float("-inf"), le=4)], 0.5, 5),
    _kind(str, "", "text", "é", hashable=True),
    _kind(Annotated[str, Field(min_length=2, max_length=4)], "ab", "abcd", "a"),
    _kind(Annotated[str, Field(pattern=r"^[a-z]+(-[0-9]{2})?$")], "abc", "abc-12", "A"),
    _kind(bool, True, False, hashable=True),
    _kind(None, None),
    _kind(Any, *JUNK),
    _kind(Literal["only"], "only", hashable=True),
    _kind(Literal["a", "b"], "a", "b", "c", hashable=True),
    _kind(Literal["a", 1, None, True], "a", 1, None, True),
    _kind(Colour, "red", "blue", "green", hashable=True),
    _kind(Only, "one", hashable=True),
    _kind(Level, 1, 2, 3, hashable=True),
    _kind(Mixed, "a", 1),
    _kind(decimal.Decimal, "1.5", 1.5, 3),
    _kind(Annotated[decimal.Decimal, Field(max_digits=5, decimal_places=2, ge=0)], "1.50", 2, -1),
    _kind(datetime.datetime, "2026-01-01T10:00:00Z", "soon"),
    _kind(datetime.date, "2026-01-01"),
    _kind(datetime.time, "10:00:00"),
    _kind(datetime.timedelta, "PT1M"),
    _kind(uuid.UUID, "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "no"),
    _kind(bytes, "ab"),
    _kind(Base64Bytes, "aGk="),
    _kind(SecretStr, "s"),
    _kind(AnyUrl, "https://example.org/", ""),
    _kind(IPv4Address, "192.0.2.1"),
    _kind(pathlib.PurePosixPath, "a/b"),
    _kind(re.Pattern[str], "^a$"),
    _kind(Json[list[int]], "[1]", [1]),
    _kind(tuple[()], [], [1]),
    _kind(Point, [1, 2.5], [1, 2.5, "q"], [1], [1, 2, "q", 4]),
    _kind(Loose, {}, {"a": 1}, {"a": 1, "b": "x", "c": 1}, {"b": 1}),
    _kind(Strict, {"a": 1}, {"a": 1, "b": "x"}, {"b": "x"}),
    _kind(Record, {"n": 1}, {"n": 1, "names": ["a"]}, {"names": []}),
    Kind(annotation=Cat, make=_cat),
    Kind(annotation=Dog, make=_dog),
    Kind(annotation=Tree, make=_tree),
    Kind(
        annotation=Annotated[Union[Cat, Dog], Field(discriminator="kind")],  # noqa: UP007
        make=lambda random: random.choice((_cat, _dog))(random),
    ),
    Kind(
        annotation=Annotated[
            Union[Annotated[Cat, Tag("cat")], Annotated[Dog, Tag("dog")]],  # noqa: UP007
            Discriminator(_tag),
        ],
        make=lambda random: random.choice((_cat, _dog))(random),
    ),
    _kind(Annotated[Cat, Field(description="beside a reference", examples=[{"kind": "cat"}])], {"kind": "cat"}),
    _kind(Annotated[Cat, _author(maxProperties=1)], {"kind": "cat"}, {"kind": "cat", "lives": 1}),
    _kind(Page[int], {"data": 1}, {"data": 1, "next": None}, {"data": "x"}),
    _kind(Page[Page[list[str]]], {"data": {"data": ["x"]}}, {"data": {"data": [1]}}),
    _kind(Numbers, [1, 2], ["x"]),
    _kind(Computed, {"side": 1, "area": 1.0}, {"side": 2}, {"side": -1, "area": 1}),
    _kind(Closed, {}, {"bB": "x"}, {"a": 1, "bB": "x"}, {"a": 1}, {"a": 2, "c": 1}, {"c": 3, "bB": "x"}, {"z": 1}),
    _kind(Uneven, {}, {"a": 1, "b": 2}, {"a": 1}, {"a": None, "b": "x"}, {"c": 1, "x-y": 2}, {"x-y": "z"}),
    _kind(Annotated[Any, _author(contains={"type": "integer"}, type="array")], [1, "a"], ["a"], []),
    _kind(Annotated[Any, _author(contains={"const": 1}, minContains=0)], [], [2], [1]),
    _kind(Annotated[Any, _author(type="object", unevaluatedProperties=False, properties={"a": True})], {"a": 1}, {}),
    _kind(
        Annotated[Any, _author(type="array", prefixItems=[{"type": "integer"}], items={"type": "string"})],
        *([], [1], [1, "a"], [1, 2], ["a"]),
    ),
    _kind(
        Annotated[Any, _author(prefixItems=[{"type": "integer"}, True, False], unevaluatedItems=False)],
        *([], [1], [1, "a"], [1, 2, 3], "a"),
    ),
    _kind(Annotated[Any, _author(oneOf=[{"required": ["a"]}, {"required": ["b"]}])], {"a": 1}, {"a": 1, "b": 2}, {}),
    _kind(Annotated[Any, _author(type="object", propertyNames={"maxLength": 1}, additionalProperties=True)], {"a": 1}),
    _kind(Annotated[Any, _author(**{"not": {"type": "string"}, "$comment": "no text"})], 1, "a"),
    _kind(Annotated[Any, _author(enum=[1, 1, "a"])], 1, "a", 2),
    _kind(Annotated[str, _author(contentMediaType="image/png", contentEncoding="base64")], "aGk=", 1),
)


def kinds() -> st.SearchStrategy[Kind]:
    """Return types of up to a few levels."""
    return st.recursive(st.sampled_from(ATOMS), _containers, max_leaves=4)


def _containers(inner: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    hashable = st.sampled_from([kind for kind in ATOMS if kind.hashable])
    return st.one_of(
        inner.map(_list),
        inner.map(lambda kind: _optional(kind)),
        st.tuples(inner, inner).map(lambda pair: _tuple(*pair)),
        inner.map(lambda kind: Kind(annotation=tuple[kind.annotation, ...], make=_list(kind).make)),  # type: ignore[name-defined]
        st.tuples(inner, inner).map(lambda pair: _union(*pair)),
        hashable.map(lambda kind: Kind(annotation=set[kind.annotation], make=_unique(kind).make)),  # type: ignore[name-defined]
        hashable.map(_unique),
        st.tuples(st.sampled_from(_KEYS), inner).map(lambda pair: _dict(*pair)),
    )


_KEYS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (str, ("a", "b", "")),
    (int, ("1", "22", "x")),
    (float, ("1.5", "x")),
    (Colour, ("red", "blue", "green")),
    (Literal["k", "l"], ("k", "l", "m")),
    (Annotated[str, Field(pattern="^k")], ("k1", "k2", "z")),
    (Annotated[str, Field(min_length=2)], ("ab", "a")),
)


def _list(kind: Kind) -> Kind:
    return Kind(
        annotation=Annotated[list[kind.annotation], Field(max_length=4)],  # type: ignore[name-defined]
        make=lambda random: [kind.make(random) for _ in range(random.randint(0, 3))],
    )


def _unique(kind: Kind) -> Kind:
    def make(random: Random) -> Any:
        return [kind.make(random) for _ in range(random.randint(0, 2))]

    return Kind(annotation=frozenset[kind.annotation], make=make)  # type: ignore[name-defined]


def _optional(kind: Kind) -> Kind:
    return Kind(
        annotation=kind.annotation | None if isinstance(kind.annotation, type) else Union[kind.annotation, None],  # noqa: UP007
        make=lambda random: None if random.random() < 0.3 else kind.make(random),
    )


def _tuple(one: Kind, two: Kind) -> Kind:
    return Kind(
        annotation=tuple[one.annotation, two.annotation],  # type: ignore[name-defined]
        make=lambda random: [one.make(random), two.make(random)],
    )


def _union(one: Kind, two: Kind) -> Kind:
    return Kind(
        annotation=Union[one.annotation, two.annotation],  # noqa: UP007
        make=lambda random: random.choice((one, two)).make(random),
    )


def _dict(keys: tuple[Any, tuple[str, ...]], kind: Kind) -> Kind:
    annotation, spelled = keys

    def make(random: Random) -> Any:
        return {key: kind.make(random) for key in spelled if random.random() < 0.4}

    return Kind(annotation=dict[annotation, kind.annotation], make=make)  # type: ignore[valid-type,name-defined]


def alone(kind: Kind) -> tuple[type[BaseModel], Callable[[Random], Any]]:
    """Return a model with one field of a type, and a maker of JSON for it."""
    model = create_model("Alone", value=(kind.annotation, ...))
    return model, lambda random: {"value": kind.make(random)}


@st.composite
def models(draw: Callable[[Any], Any]) -> tuple[type[BaseModel], Callable[[Random], Any]]:
    """Draw a model class, and a maker of JSON that mostly fits it."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    fields: dict[str, Any] = {}
    makers: dict[str, tuple[Kind, bool]] = {}
    for index, name in enumerate(names):
        kind, words = draw(kinds()), draw(_words())
        plain = f"f{index}_"
        alias = name if not name.isidentifier() or draw(st.booleans()) else None
        key = alias or name
        if alias is not None:
            words["alias"] = alias
            if draw(st.booleans()):
                words["validation_alias"] = AliasChoices(alias, "other")
        fields[plain if alias is not None else name] = (kind.annotation, Field(**words))
        makers[key] = (kind, "default" in words or "default_factory" in words)
    extra = draw(st.sampled_from((None, "ignore", "forbid", "allow")))
    config = ConfigDict(protected_namespaces=()) if extra is None else ConfigDict(extra=extra, protected_namespaces=())
    return create_model("Drawn", __config__=config, **fields), lambda random: _instance(makers, random)


def _words() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "default": st.sampled_from((None, 1, "a", float("nan"))),
            "title": st.sampled_from(("A title", "A", "Items")),
            "description": st.just("Words."),
            "examples": st.just([1]),
            "deprecated": st.just(True),
        },
    )


def _instance(makers: dict[str, tuple[Kind, bool]], random: Random) -> Any:
    return {key: kind.make(random) for key, (kind, optional) in makers.items() if not optional or random.random() < 0.7}


def mutated(value: Any, random: Random) -> Any:
    """Return the value with one thing changed somewhere in it."""
    if isinstance(value, dict) and value and random.random() < 0.75:
        key = random.choice(list(value))
        turn = random.random()
        if turn < 0.15:
            return {name: item for name, item in value.items() if name != key}
        if turn < 0.25:
            return value | {"unheard-of": random.choice(JUNK)}
        return value | {key: mutated(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.75:
        index = random.randrange(len(value))
        turn = random.random()
        if turn < 0.2:
            return value[:index] + value[index + 1 :]
        if turn < 0.4:
            return [*value, random.choice((value[index], *JUNK))]
        return [*value[:index], mutated(value[index], random), *value[index + 1 :]]
    return random.choice(JUNK)


def instances(make: Callable[[Random], Any], seed: int, count: int) -> list[Any]:
    """Return JSON values for a model: as made, and with one or two changes."""
    random = Random(seed)
    out = []
    for index in range(count):
        value = make(random)
        for _ in itertools.repeat(None, (0, 0, 1, 2)[index % 4]):
            value = mutated(value, random)
        out.append(value)
    return out
