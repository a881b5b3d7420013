"""Whether reading and writing differ is known without generating both: never wrong, and cheap for everyday types."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, field
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AnyUrl,
    AwareDatetime,
    Base64Str,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    Json,
    PlainSerializer,
    PlainValidator,
    RootModel,
    SecretStr,
    SerializeAsAny,
    WithJsonSchema,
    WrapSerializer,
    WrapValidator,
    computed_field,
    create_model,
    field_serializer,
    model_serializer,
)
from pydantic.dataclasses import dataclass
from pydantic.json_schema import Examples, SkipJsonSchema

from asyncapi.contracts.child.core import core_schema
from asyncapi.contracts.child.generator import Generator
from asyncapi.contracts.child.modes import Differences


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Pair(NamedTuple):
    left: int
    right: str = ""


class Inner(BaseModel):
    x: int = 1


class Hook:
    """Says something else in each direction."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.any_schema()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> Any:
        return {"type": "string", "description": handler.mode}


EVERYDAY: list[Any] = [
    int,
    str,
    float,
    bool,
    None,
    Any,
    bytes,
    uuid.UUID,
    datetime.datetime,
    datetime.date,
    datetime.timedelta,
    AwareDatetime,
    Colour,
    Level,
    Literal["a", "b"],
    list[int],
    dict[str, int],
    dict[int, str],
    dict[str, Any],
    tuple[int, str],
    tuple[int, ...],
    int | None,
    int | str | None,
    list[dict[str, list[int]]],
    Inner,
    list[Inner],
    dict[str, Inner],
    Annotated[int, Field(ge=1, le=5)],
    Annotated[str, Field(pattern="^a", min_length=1)],
    Annotated[str, AfterValidator(str.strip)],
    Annotated[str, BeforeValidator(str)],
]
OTHERS: list[Any] = [
    decimal.Decimal,
    fractions.Fraction,
    complex,
    pathlib.Path,
    ipaddress.IPv4Address,
    re.Pattern[str],
    AnyUrl,
    SecretStr,
    ByteSize,
    Base64Str,
    set[int],
    frozenset[str],
    deque[int],
    Sequence[int],
    Mapping[str, int],
    Pair,
    Json[int],
    Hook,
    Callable[[], int],
    SerializeAsAny[Inner],
    SkipJsonSchema[int],
    Annotated[int, WithJsonSchema({"type": "string"}, mode="serialization")],
    Annotated[int, Examples([1], mode="validation")],
    Annotated[int, PlainSerializer(str, return_type=str)],
    Annotated[int, WrapSerializer(lambda v, h: str(h(v)), return_type=str)],
    Annotated[int, BeforeValidator(int, json_schema_input_type=str)],
    Annotated[int, PlainValidator(int)],
    Annotated[int, WrapValidator(lambda v, h: h(v))],
    Annotated[int, Field(alias="y")],
    Annotated[int, Field(validation_alias=AliasChoices("y", "z"))],
    Annotated[int, Field(serialization_alias="y")],
    Annotated[int, Field(exclude=True)],
    Annotated[int, Field(default=1, exclude=True)],
]


class Computed(BaseModel):
    x: int

    @computed_field
    @property
    def double(self) -> int:
        """Twice."""
        return self.x * 2


class Serialized(BaseModel):
    x: int

    @field_serializer("x")
    def _x(self, value: int) -> str:
        return str(value)


class Whole(BaseModel):
    x: int

    @model_serializer
    def _whole(self) -> str:
        return str(self.x)


class Required(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    x: int = 1


class Override(BaseModel):
    model_config = ConfigDict(json_schema_mode_override="validation")
    x: Annotated[int, PlainSerializer(str, return_type=str)]


class Root(RootModel[Computed]):
    pass


class Deep(BaseModel):
    level: list[dict[str, Computed | None]]


class Recursive(BaseModel):
    below: list[Recursive] = []
    computed: Computed | None = None


@dataclass
class Data:
    x: int
    y: InitVar[int] = 0


@dataclass
class Fixed:
    x: int
    z: int = field(default=0, init=False)


class Ticket(BaseModel):
    ref: str
    type: int
    cls: str
    metadata: Inner
    config: Inner
    fields: Inner
    choices: dict[str, int]


class Sealed(BaseModel):
    metadata: decimal.Decimal


class Tuned(BaseModel):
    config: Computed


class Marked(BaseModel):
    kind: Literal["ref"] = "ref"


class Priced(BaseModel):
    kind: Literal["metadata"] = "metadata"
    price: decimal.Decimal


class Chosen(BaseModel):
    either: Annotated[Marked | Priced, Field(discriminator="kind")]


NAMES = [Ticket, Sealed, Tuned, Chosen]
CLASSES = [*NAMES, Fixed, Computed, Serialized, Whole, Required, Override, Root, Deep, Recursive, Data, Inner]


def _directions(value: Any) -> tuple[Any, Any, bool]:
    """Return both schemas, generated, and whether the walk says that they could differ."""
    walk = Differences()
    possible = walk.possible(core_schema(value))
    made = []
    for mode in ("serialization", "validation"):
        run = Generator(mode, True, walk.names)
        made.append((run.generate_inner(core_schema(value)), run.definitions))
    return made[0], made[1], possible


def _model(annotation: Any) -> Any:
    return create_model("Made", value=(annotation, ...))


def _spelled(value: object) -> str:
    """Return the value's text without addresses in memory: names of tests are equal in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


@pytest.mark.parametrize("annotation", [*EVERYDAY, *OTHERS], ids=_spelled)
def test_no_difference_is_missed(annotation: Any) -> None:
    """Wherever the two generated schemas differ, the walk said that they could, also one level down."""
    for value in (_model(annotation), _model(list[_model(annotation)])):
        sent, read, possible = _directions(value)
        assert possible or sent == read


@pytest.mark.parametrize("value", CLASSES, ids=lambda value: value.__name__)
def test_no_difference_of_a_class_is_missed(value: Any) -> None:
    """Computed fields, serializers, nesting and recursion are seen, and fields may be called as Pydantic's own keys."""
    sent, read, possible = _directions(value)
    assert possible == (sent != read) or (possible and value is Override)


@pytest.mark.parametrize("annotation", EVERYDAY, ids=_spelled)
def test_everyday_types_cost_one_run(annotation: Any) -> None:
    """For what most messages are made of, the walk is sure that there is no difference."""
    sent, read, possible = _directions(_model(annotation))
    assert not possible
    assert sent == read
