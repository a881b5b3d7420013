"""Payloads written by hand beside models of every kind: the check agrees with Pydantic and names field and reason."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from asyncapi.documents.document import Document
from asyncapi.exporting.export import export
from asyncapi.payload import PayloadReport, check_payload
from asyncapi.view import build
from asyncapi.view.registry import Registry
from asyncapi.workspace.settings import default_settings

SHOP = '''
from __future__ import annotations
import enum
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union
from uuid import UUID
from pydantic import BaseModel, ConfigDict, Field, Json, RootModel


class Cat(BaseModel):
    """Published to: cat"""

    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    """Published to: dog"""

    kind: Literal["dog"]
    barks: bool


class Old(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    kind: Literal["old"] = Field("old", alias="Kind")


class Young(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    kind: Literal["young"] = Field("young", alias="Kind")


class Pet(BaseModel):
    """Published to: pet"""

    pet: Annotated[Union[Cat, Dog], Field(discriminator="kind")]
    age: Annotated[Union[Old, Young], Field(discriminator="kind")] = Old()
    other: Optional[Union[int, list[int], Dog]] = None


class Tree(BaseModel):
    """Published to: tree"""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=5)
    children: list[Tree] = []


class Mode(enum.Enum):
    on = "on"
    off = "off"


class Mixed(BaseModel):
    """Published to: mixed"""

    at: Optional[datetime] = None
    day: Optional[date] = None
    hour: Optional[time] = None
    took: Optional[timedelta] = None
    whole: Optional[int] = None
    money: Optional[Decimal] = Field(None, max_digits=5, decimal_places=2)
    step: Optional[float] = Field(None, multiple_of=0.1)
    low: Optional[int] = Field(None, ge=1, lt=10)
    pattern: Optional[str] = Field(None, pattern="^a+$")
    key: Optional[UUID] = None
    held: Optional[Json[Cat]] = None
    packed: Optional[Json] = None
    mode: Optional[Mode] = None
    pair: Optional[tuple[int, str]] = None
    numbers: Optional[dict[int, float]] = None
    flags: Optional[dict[bool, int]] = None
    words: Optional[dict[Annotated[str, Field(pattern="^[a-z]+$")], int]] = None
    modes: Optional[dict[Mode, int]] = None


class Scores(RootModel[dict[str, int]]):
    """Published to: scores"""


class Open(BaseModel):
    """Published to: open"""

    model_config = ConfigDict(extra="allow")
    a: int


TOPIC_PET = "pet"
TOPIC_TREE = "tree"
TOPIC_MIXED = "mixed"
TOPIC_SCORES = "scores"
TOPIC_OPEN = "open"
TOPIC_CAT = "cat"
TOPIC_DOG = "dog"
'''
MODELS = {"pet": "Pet", "tree": "Tree", "mixed": "Mixed", "scores": "Scores", "open": "Open"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Registry, Any]]:
    """The models imported here, and the system that their document tells of."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop_of_payloads.py").write_text(SHOP, encoding="utf-8")
    made = export(default_settings(folder, contracts=["shop_of_payloads"]))
    sys.path.insert(0, str(folder))
    yield build(Document(raw=made.document, source="shop.yaml")), importlib.import_module("shop_of_payloads")
    sys.path.remove(str(folder))
    del sys.modules["shop_of_payloads"]


def deep(levels: int, inside: str) -> str:
    """Return a tree of this many levels."""
    return '{"name": "a", "children": [' * levels + inside + "]}" * levels


CASES: list[tuple[str, str, str]] = [
    ("pet", '{"pet": {"kind": "cat"}}', ""),
    ("pet", '{"pet": {"lives": 3}}', 'pet.kind: is missing: expected one of "cat", "dog"'),
    ("pet", '{"pet": {"kind": "dog"}}', "pet.barks: is missing: expected boolean"),
    ("pet", '{"pet": {"kind": "cow"}}', 'pet.kind: expected one of "cat", "dog", found "cow"'),
    ("pet", '{"pet": "cat"}', 'pet: expected Cat.accepts or Dog.accepts, found "cat"'),
    ("pet", '{"pet": {"kind": "cat"}, "age": {"Kind": "young"}}', ""),
    ("pet", '{"pet": {"kind": "cat"}, "age": {"kind": "young"}}', ""),
    ("pet", '{"pet": {"kind": "cat"}, "age": {}}', 'age.kind: is missing: expected one of "old", "young"'),
    (
        "pet",
        '{"pet": {"kind": "cat"}, "other": "x"}',
        'other: expected integer or list of integer or Dog.accepts or null, found "x"',
    ),
    ("pet", '{"pet": {"kind": "cat"}, "other": [1, "x"]}', 'other[1]: expected integer, found "x"'),
    ("pet", '{"pet": {"kind": "cat"}, "other": {"kind": "dog"}}', "other.barks: is missing: expected boolean"),
    (
        "tree",
        deep(2, '{"name": ""}'),
        'children[0].children[0].name: expected 1 to 5 characters, found "" (0 characters)',
    ),
    ("tree", deep(30, '{"name": "a"}'), ""),
    ("tree", deep(20, "1"), f"children[0]{'.children[0]' * 19}: expected object, found 1"),
    ("tree", '{"name": "\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00"}', ""),
    ("tree", '{"name": "a", "x": 1}', "x: is not a field here"),
    ("tree", '{"name": "a\\u0000"}', ""),
    ("tree", '{"name": null}', "name: expected string, found null"),
    ("tree", '{"name": "a", "children": {}}', "children: expected list of Tree, found an empty object"),
    ("tree", "[]", "expected object, found an empty list"),
    ("tree", "null", "expected object, found null"),
    ("mixed", '{"at": "2026-01-01T00:00:00"}', ""),
    (
        "mixed",
        '{"at": "2026-02-30T00:00:00Z"}',
        'at: expected text with the format date-time, found "2026-02-30T00:00:00Z"',
    ),
    ("mixed", '{"day": "2026-1-1"}', 'day: expected text with the format date, found "2026-1-1"'),
    ("mixed", '{"hour": "25:00:00"}', 'hour: expected text with the format time, found "25:00:00"'),
    ("mixed", '{"took": "-P1Y2M3W4DT5H6M7.5S"}', ""),
    ("mixed", '{"took": "PT36H"}', ""),
    ("mixed", '{"took": "P1DT"}', ""),
    ("mixed", '{"took": "PT"}', 'took: expected text with the format duration, found "PT"'),
    ("mixed", '{"took": "P1H"}', 'took: expected text with the format duration, found "P1H"'),
    ("mixed", '{"took": "PT1D"}', 'took: expected text with the format duration, found "PT1D"'),
    ("mixed", '{"took": "P1T1H"}', 'took: expected text with the format duration, found "P1T1H"'),
    ("mixed", '{"took": "P.5D"}', 'took: expected text with the format duration, found "P.5D"'),
    ("mixed", '{"whole": 1.0}', ""),
    ("mixed", '{"whole": 1e3}', ""),
    ("mixed", '{"whole": -0.0}', ""),
    ("mixed", '{"whole": 123456789012345678901234567890}', ""),
    ("mixed", '{"whole": 1.5}', "whole: expected integer or null, found 1.5"),
    ("mixed", '{"whole": "x", "whole": 1}', ""),
    ("mixed", '{"whole": 1, "whole": "x"}', 'whole: expected integer or null, found "x"'),
    ("mixed", '{"money": "-0.10"}', ""),
    (
        "mixed",
        '{"money": "123.456"}',
        'money: expected digits: at most 5, digits after the point: at most 2, found "123.456"',
    ),
    ("mixed", '{"step": 0.3}', ""),
    ("mixed", '{"step": 0.35}', "step: expected a multiple of 0.1, found 0.35"),
    ("mixed", '{"low": 10}', "low: expected at least 1, less than 10, found 10"),
    ("mixed", '{"pattern": "aa\\n"}', 'pattern: expected text that matches ^a+$, found "aa\\n"'),
    ("mixed", '{"key": "nope"}', 'key: expected text with the format uuid, found "nope"'),
    ("mixed", '{"held": "{\\"lives\\": 2}"}', ""),
    ("mixed", '{"held": "{\\"lives\\": \\"x\\"}"}', 'held: inside of the text, lives: expected integer, found "x"'),
    ("mixed", '{"held": "[]"}', "held: inside of the text, expected object, found an empty list"),
    (
        "mixed",
        '{"held": "[1"}',
        'held: expected JSON inside of the text, found "[1": not JSON: a comma or the end is expected here '
        "(line 1, column 3)",
    ),
    ("mixed", '{"held": ""}', 'held: expected JSON inside of the text, found "": it is empty'),
    ("mixed", '{"packed": "[1, {\\"a\\": null}]"}', ""),
    (
        "mixed",
        '{"packed": "so"}',
        'packed: expected JSON inside of the text, found "so": not JSON: a value is expected here (line 1, column 1)',
    ),
    ("mixed", '{"mode": "On"}', 'mode: expected one of "on", "off", found "On"; did you mean "on"?'),
    ("mixed", '{"pair": [1, 2]}', "pair[1]: expected string, found 2"),
    ("mixed", '{"numbers": {"1": 2.5, "-3": 1}}', ""),
    ("mixed", '{"numbers": {"x": 2.5}}', 'numbers.x: the name is not allowed: expected integer, found "x"'),
    ("mixed", '{"flags": {"perhaps": 1}}', 'flags.perhaps: the name is not allowed: expected boolean, found "perhaps"'),
    ("mixed", '{"words": {"abc": 1}}', ""),
    ("mixed", '{"words": {"ABC": 1}}', "words.ABC: the name is not allowed: expected text that matches ^[a-z]+$"),
    (
        "mixed",
        '{"modes": {"ON": 1}}',
        'modes.ON: the name is not allowed: expected one of "on", "off", found "ON"; did you mean "on"?',
    ),
    ("scores", '{"a": 1, "__proto__": 2}', ""),
    ("scores", '{"a.b": null}', '["a.b"]: expected integer, found null'),
    ("open", '{"a": 1, "b": 2}', ""),
    ("open", '{"b": 2}', "a: is missing: expected integer"),
]


@pytest.mark.parametrize(("topic", "text", "problem"), CASES)
def test_the_check_says_what_pydantic_says(shop: tuple[Registry, Any], topic: str, text: str, problem: str) -> None:
    """A payload is accepted where the model takes it, else field, expected and found are named."""
    registry, module = shop
    model: type[BaseModel] = getattr(module, MODELS[topic])
    (match,) = check_payload(registry, text, topic=topic).matches
    assert [str(one) for one in match.accepted.problems] == ([problem] if problem else [])
    if problem:
        with pytest.raises(ValidationError):
            model.model_validate_json(text)
    else:
        model.model_validate_json(text)


def _report(shop: tuple[Registry, Any], topic: str, data: bytes) -> PayloadReport:
    return check_payload(shop[0], data, topic=topic)


@pytest.mark.parametrize(("topic", "value"), [("scores", {"a": 1}), ("open", {"a": 1, "b": 2})])
def test_names_that_stand_for_something_are_not_called_ignored(
    shop: tuple[Registry, Any], topic: str, value: dict[str, int]
) -> None:
    """A map and a model that keeps what it does not know ignore no name; a model that drops it does."""
    (match,) = _report(shop, topic, json.dumps(value).encode()).matches
    assert (match.verdict, match.ignored, match.notes) == ("accepts", (), ())
    (match,) = _report(shop, "mixed", b'{"whole": 1, "b": 2}').matches
    assert match.ignored == ("b",)


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b'{"a": 1}', "open accepts this"),
        (
            b'\xef\xbb\xbf{"a": 1}',
            "open accepts this; but a byte order mark stands before the JSON; many readers refuse it",
        ),
        ('{"a": 1}'.encode("utf-16-le"), "open accepts this; but this is UTF-16-LE; JSON travels as UTF-8"),
    ],
)
def test_the_summary_says_that_the_bytes_are_no_utf_8(shop: tuple[Registry, Any], data: bytes, summary: str) -> None:
    """What fits, but travels in an encoding that subscribers refuse, is not called accepted without a word of it."""
    assert _report(shop, "open", data).summary == summary
