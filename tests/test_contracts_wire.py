"""What rarely used features of Pydantic write: each message is valid by its schema, and what is not known is said."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from support.contracts import model, write

from asyncapi.contracts.facts import Contracts

ODD = '''"""Models that write something else than they hold."""
import enum
from datetime import date
from pydantic import BaseModel, ConfigDict, Field, Secret, SecretStr
from pydantic import field_serializer, model_serializer

TOPIC_ODD = "odd/one"


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Led(enum.IntFlag):
    RED = 1


class Flags(BaseModel):
    access: Access
    led: Led = Led.RED


class Secrets(BaseModel):
    pin: Secret[int]
    day: Secret[date]
    word: SecretStr = Field(min_length=12)


class Hex(BaseModel):
    model_config = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex")
    raw: bytes = Field(min_length=2, max_length=2)


class Base64(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    raw: bytes = Field(min_length=2, max_length=2)


class Mixed(BaseModel):
    model_config = ConfigDict(ser_json_bytes="hex")
    raw: bytes = Field(max_length=2)


class Text(BaseModel):
    raw: bytes = Field(min_length=2, max_length=2)


class Named(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings")
    level: float
    finite: float = Field(default=1.0, allow_inf_nan=False)


class Silent(BaseModel):
    amount: int
    sure: int = 1

    @field_serializer("amount")
    def as_text(self, value):
        return str(value)

    @field_serializer("sure")
    def as_sure_text(self, value) -> str:
        return str(value)


class Whole(BaseModel):
    amount: int

    @model_serializer
    def as_list(self):
        return [self.amount]
'''
SENT: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("Flags", {"access": 3, "led": 1}, [{"access": "READ"}, {"access": 1.5}]),
    ("Secrets", {"pin": 3, "day": "2020-01-01", "word": "long enough words"}, [{"pin": 3, "day": "*", "word": "*"}]),
    ("Hex", {"raw": "ffee"}, [{"raw": "ff"}, {"raw": "ffeedd"}]),
    ("Base64", {"raw": "//8="}, [{"raw": "/"}, {"raw": "//////////8="}]),
    ("Mixed", {"raw": "ab"}, [{"raw": "616263"}]),
    ("Text", {"raw": "é"}, [{"raw": ""}, {"raw": "abc"}]),
    ("Named", {"level": "NaN"}, [{"level": "many"}, {"level": 1.0, "finite": "NaN"}]),
    ("Silent", {"amount": 1}, [{"amount": "1", "sure": 1}]),
    ("Whole", {"amount": 1}, []),
]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Contracts, Any]:
    """Return what is seen in the models, and their module."""
    folder: Path = tmp_path_factory.mktemp("odd")
    contracts = write(folder, "odd_wire", ODD)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        return contracts, importlib.import_module("odd_wire")


@pytest.mark.parametrize(("name", "told", "wrong"), SENT)
def test_what_is_written_is_valid(
    odd: tuple[Contracts, Any], name: str, told: dict[str, Any], wrong: list[dict[str, Any]]
) -> None:
    """What Pydantic writes and what it reads is valid by the schemas; what is never written is not."""
    contracts, module = odd
    seen = model(contracts, name)
    writes = jsonschema_rs.Draft202012Validator({**seen.payload, "$defs": dict(contracts.definitions)})
    accepts = {**(seen.accepts or seen.payload), "$defs": {**contracts.definitions, **contracts.accepted}}
    text = getattr(module, name).model_validate_json(json.dumps(told)).model_dump_json()
    assert writes.is_valid(json.loads(text)), text
    assert jsonschema_rs.Draft202012Validator(accepts).is_valid(told)
    assert [item for item in wrong if writes.is_valid(item)] == []


def test_serializers_that_do_not_say_what_they_return_are_told(odd: tuple[Contracts, Any]) -> None:
    """A function without a return type leaves its field open, and that is a finding; one with a type is not."""
    contracts, _ = odd
    assert [(item.rule, item.subject, item.message) for item in contracts.findings] == [
        (
            "type-without-schema",
            "odd_wire.Silent.amount",
            "odd_wire.Silent.amount has a type without a JSON Schema: what as_text returns",
        ),
        (
            "type-without-schema",
            "odd_wire.Whole",
            "odd_wire.Whole has a type without a JSON Schema: what as_list returns",
        ),
    ]


ABSENT = '''"""A field that may be missing."""
from typing import Union
from pydantic import BaseModel
from pydantic.experimental.missing_sentinel import MISSING


class Sparse(BaseModel):
    level: Union[int, MISSING] = MISSING
'''


def test_a_field_that_may_be_missing_has_lost_no_default(tmp_path: Path) -> None:
    """The sentinel for a missing field is no default, so nothing is said of it."""
    contracts = write(tmp_path, "sparse", ABSENT)
    assert contracts.findings == ()
    assert model(contracts, "Sparse").payload["properties"] == {"level": {"type": "integer"}}
