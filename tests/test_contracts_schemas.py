"""Schemas of models: stable ids, both directions, every spelling of a field, and types that have no schema."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from support.contracts import FIXTURES, look, model, write
from support.oldest import VERSION as OLDEST
from support.oldest import oldest_pydantic

from asyncapi.contracts.introspection import introspect
from asyncapi.schemas.meaning import meant
from asyncapi.schemas.prover.answers import Proven, Refuted
from asyncapi.schemas.prover.subset import subset

REF = "#/$defs/warehouse.shapes."


def test_ids_of_definitions() -> None:
    """Definitions are named by module and class, generics by the ids of their arguments; open generics are none."""
    names = [
        *("Node", "Item", "Page[warehouse.shapes.Item]", "Page[dict[str, int]]", "NamedPage", "Shelf", "Box", "Pallet"),
        *("Load", "Guess", "Area", "Aliased", "Choices", "Nests", "Ser", "Keys", "Hooks", "Made", "Lost"),
    ]
    contracts = look("warehouse", "warehouse")
    assert set(contracts.definitions) == {f"warehouse.shapes.{name}" for name in names}
    assert [(m.name, m.id) for m in contracts.models if "Page" in m.id] == [
        ("ItemPage", "warehouse.shapes.Page[warehouse.shapes.Item]"),
        ("NumberPage", "warehouse.shapes.Page[dict[str, int]]"),
        ("NamedPage", "warehouse.shapes.NamedPage"),
    ]
    assert all(m.payload == contracts.definitions[m.id] for m in contracts.models)


DECIMAL = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
PAYLOADS: dict[str, dict[str, Any]] = {
    "Node": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": REF + "Node"}, "default": []},
        },
        "required": ["name"],
        "description": "Calls itself.",
    },
    "ItemPage": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": REF + "Item"}}, "total": {"type": "integer"}},
        "required": ["items", "total"],
    },
    "Shelf": {"type": "array", "items": {"$ref": REF + "Item"}, "description": "Items in order."},
    "Load": {
        "type": "object",
        "properties": {
            "load": {
                "oneOf": [{"$ref": REF + "Box"}, {"$ref": REF + "Pallet"}],
                "discriminator": {"propertyName": "kind", "mapping": {"box": REF + "Box", "pallet": REF + "Pallet"}},
            }
        },
        "required": ["load"],
        "description": "One or the other.",
    },
    "Guess": {
        "type": "object",
        "properties": {"value": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        "required": ["value"],
    },
    "Area": {
        "type": "object",
        "properties": {
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "area": {"type": "integer", "readOnly": True, "description": "Width times height."},
        },
        "required": ["width", "height", "area"],
        "description": "Computed on the way out.",
    },
    "Aliased": {
        "type": "object",
        "properties": {
            "device_id": {"type": "string", "description": "Serial number."},
            "plain": {"type": "integer", "default": 0},
        },
        "required": ["device_id"],
        "additionalProperties": False,
    },
    "Ser": {
        "type": "object",
        "properties": {
            "price": {"type": "string", "format": "decimal", "pattern": DECIMAL},
            "when": {"type": "string"},
        },
        "required": ["price", "when"],
    },
    "Keys": {
        "type": "object",
        "properties": {
            "by_number": {"type": "object", "additionalProperties": {"$ref": REF + "Item"}, "x-key-type": "integer"},
            "by_weight": {"type": "object", "additionalProperties": {"type": "string"}, "x-key-type": "number"},
            "by_flag": {"type": "object", "additionalProperties": {"type": "string"}, "x-key-type": "boolean"},
            "by_name": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "required": ["by_number", "by_weight", "by_flag", "by_name"],
    },
    "Hooks": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "on_done": {"anyOf": [{"x-deferred": "Callable"}, {"type": "null"}], "default": None},
            "handle": {"x-deferred": "Opaque"},
        },
        "required": ["name", "handle"],
    },
    "Lost": {"x-deferred": "warehouse.shapes.Lost"},
    "Made": {"type": "object", "properties": {"count": {"type": "integer", "default": 3}}},
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_payloads(name: str) -> None:
    """What instances serialize to: field names as dumped, no automatic titles, references by our ids."""
    assert model(look("warehouse", "warehouse"), name).payload == PAYLOADS[name]


def test_only_models_whose_directions_differ_have_a_second_schema() -> None:
    """Aliases, computed fields and serializers make acceptance differ, also through a nested model."""
    contracts = look("warehouse", "warehouse")
    assert {m.name for m in contracts.models if m.accepts is not None} == {"Area", "Aliased", "Choices", "Nests", "Ser"}
    assert {m.name for m in contracts.models if m.aliased is not None} == {"Aliased", "Choices", "Nests"}
    assert set(contracts.accepted) == {f"warehouse.shapes.{n}" for n in ("Area", "Aliased", "Choices", "Nests", "Ser")}
    assert set(contracts.aliased) == {f"warehouse.shapes.{n}" for n in ("Aliased", "Choices", "Nests")}


def test_acceptance_takes_every_spelling() -> None:
    """An alias that may also be given by name, alias choices and paths are all accepted."""
    contracts = look("warehouse", "warehouse")
    serial = {"type": "string", "description": "Serial number."}
    assert model(contracts, "Aliased").accepts == {
        "type": "object",
        "properties": {"plain": {"type": "integer", "default": 0}, "deviceId": serial, "device_id": serial},
        "allOf": [{"oneOf": [{"required": ["deviceId"]}, {"required": ["device_id"]}]}],
        "additionalProperties": False,
    }
    inside = {"type": "object", "required": ["value"], "properties": {"value": {"type": "integer"}}}
    listed = {"type": "array", "minItems": 2, "prefixItems": [{}, {"type": "integer"}]}
    assert model(contracts, "Choices").accepts == {
        "type": "object",
        "properties": {
            "out": {"type": "string", "default": ""},
            "value": {"type": "integer"},
            "val": {"type": "integer"},
            "data": {},
            "list": {},
        },
        "allOf": [
            {
                "anyOf": [
                    {"required": ["value"]},
                    {"required": ["val"]},
                    {"required": ["data"], "properties": {"data": inside}},
                    {"required": ["list"], "properties": {"list": listed}},
                ]
            }
        ],
    }
    assert model(contracts, "Choices").aliased == {
        "type": "object",
        "properties": {"value": {"type": "integer"}, "outName": {"type": "string", "default": ""}},
        "required": ["value"],
    }


ALIASES = """
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field

class Base(BaseModel):
    pass

class Plain(Base):
    a: int = Field(alias="b")

class Closed(Base):
    model_config = ConfigDict(extra="forbid")
    a: int = Field(alias="b")

class ByName(Base):
    model_config = ConfigDict(populate_by_name=True)
    a: int = Field(alias="b")

class ClosedByName(Base):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")
    a: int = Field(alias="b")

class Optional(Base):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")
    a: int = Field(default=1, alias="b")

class Choice(Base):
    model_config = ConfigDict(extra="forbid")
    a: int = Field(validation_alias=AliasChoices("b", "c"))

class Path(Base):
    a: int = Field(validation_alias=AliasChoices("b", AliasPath("c", "b")))

class Index(Base):
    a: int = Field(validation_alias=AliasPath("c", 1))

class Outer(Base):
    a: ClosedByName
"""
VALUES = (1, "x", {"b": 1}, {"a": 1}, {"b": "x"}, {"a": 1, "b": 1}, [1], [1, 1], ["x", 1], {})


@pytest.mark.parametrize(
    "name", ["Plain", "Closed", "ByName", "ClosedByName", "Optional", "Choice", "Path", "Index", "Outer"]
)
def test_acceptance_agrees_with_pydantic(tmp_path: Path, name: str) -> None:
    """Over all small objects the acceptance schema and Pydantic in strict mode say the same."""
    contracts = write(tmp_path, "aliases", ALIASES)
    found = model(contracts, name)
    schema = {**(found.accepts or found.payload), "$defs": dict(contracts.accepted or contracts.definitions)}
    validator = jsonschema_rs.validator_for(json.loads(json.dumps(schema)))
    namespace: dict[str, Any] = {"__name__": "aliases_here"}
    exec(compile(ALIASES, "aliases.py", "exec", dont_inherit=True), namespace)
    for keys in itertools.chain.from_iterable(itertools.combinations("abc", count) for count in range(3)):
        for values in itertools.product(VALUES, repeat=len(keys)):
            instance = dict(zip(keys, values, strict=True))
            if name in ("ByName", "Path") and len(keys) == 2:
                continue  # the first spelling wins and the others go unread
            assert validator.is_valid(instance) == _accepted(namespace[name], instance), instance


def _accepted(cls: Any, instance: Any) -> bool:
    try:
        cls.model_validate_json(json.dumps(instance), strict=True)
    except ValueError:
        return False
    return True


def test_enum_and_attribute_docstrings() -> None:
    """A docstring after a field describes it where the field has no description of its own, inherited ones too."""
    properties = model(look("factory", "plant"), "LineState").payload["properties"]
    assert {name: part.get("description") for name, part in properties.items()} == {
        "message_id": "Unique for each message.",
        "mode": None,
        "speed": "Bottles a minute",
        "counters": "Bottles by station number.",
    }
    properties = model(look("factory", "plant"), "StationCount").payload["properties"]
    assert properties["count"] == {"type": "integer"}


def test_dataclasses_and_typed_dicts() -> None:
    """Both are payloads; what a dataclass only takes at construction is accepted and never sent."""
    contracts = look("energy", "energy")
    meter = model(contracts, "Meter")
    assert meter.payload == {
        "type": "object",
        "properties": {
            "meter_id": {"type": "string", "description": "Printed on the housing."},
            "kwh": {"type": "number"},
            "phases": {"type": "array", "items": {"$ref": "#/$defs/energy.payloads.Phase"}},
        },
        "required": ["meter_id", "kwh"],
        "description": "Reading of a meter.",
    }
    assert meter.accepts is not None
    assert set(meter.accepts["properties"]) == {"meter_id", "kwh", "phases", "secret"}
    assert model(contracts, "Tariff").payload == {
        "type": "object",
        "properties": {
            "start": {"type": "string"},
            "end": {"type": "string"},
            "cents": {"type": "integer", "description": "Hundredths of a euro."},
        },
        "required": ["cents"],
        "description": "Price for a while.",
    }


def test_types_without_a_schema_are_findings() -> None:
    """They name the field and its place; the rest of the model goes on."""
    assert {(f.rule, f.severity, f.subject, f.source, f.line) for f in look("warehouse", "warehouse").findings} == {
        ("type-without-schema", "warning", "warehouse.shapes.Hooks.on_done", "warehouse/shapes.py#Hooks.on_done", 132),
        ("type-without-schema", "warning", "warehouse.shapes.Hooks.handle", "warehouse/shapes.py#Hooks.handle", 133),
        ("callable-discriminator", "warning", "warehouse.shapes.Guess.value", "warehouse/shapes.py#Guess.value", 77),
        ("model-without-schema", "warning", "warehouse.shapes.Lost", "warehouse/shapes.py#Lost", 143),
    }


def test_settings_are_no_payloads(tmp_path: Path) -> None:
    """Classes derived from BaseSettings are left out, wherever that comes from."""
    contracts = write(
        tmp_path,
        "settings",
        "from pydantic import BaseModel\nclass BaseSettings(BaseModel):\n    pass\n"
        "class Settings(BaseSettings):\n    x: int = 1\nclass Message(BaseModel):\n    x: int\n",
    )
    assert [m.name for m in contracts.models] == ["Message"]


def test_same_named_models_keep_their_own_schemas() -> None:
    """Two classes of one name in two modules have two definitions."""
    contracts = look("clinic", "clinic")
    assert set(contracts.definitions["clinic.lab.Vitals"]["properties"]) == {"sample"}
    assert set(contracts.definitions["clinic.ward.Vitals"]["properties"]) == {"pulse"}


def test_a_model_whose_schema_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    """Somebody's hook that raises is a finding for its model and for those that hold it."""
    contracts = write(
        tmp_path,
        "hooks",
        "from pydantic import BaseModel\nclass Bad(BaseModel):\n    x: int\n    @classmethod\n"
        "    def __get_pydantic_json_schema__(cls, core, handler):\n        raise KeyError('no')\n"
        "class Holds(BaseModel):\n    bad: Bad\nclass Good(BaseModel):\n    y: int\n",
    )
    assert model(contracts, "Good").payload["properties"] == {"y": {"type": "integer"}}
    assert model(contracts, "Bad").payload == {"x-deferred": "hooks.Bad"}
    assert {(f.rule, f.subject) for f in contracts.findings} >= {("model-without-schema", "hooks.Bad")}


@pytest.fixture(scope="module")
def oldest() -> Path:
    """Return a folder with the oldest supported Pydantic."""
    return oldest_pydantic()


@pytest.mark.parametrize(
    ("folder", "package"),
    [("factory", "plant"), ("greenhouse", "greenhouse"), ("energy", "energy"), ("warehouse", "warehouse")],
)
def test_oldest_and_newest_pydantic_show_the_same(
    folder: str, package: str, oldest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models, rows and schemas are equal under both, but for two spellings of one literal."""
    new = look(folder, package)
    monkeypatch.setenv("PYTHONPATH", os.fspath(oldest))
    old = introspect([package], paths=[FIXTURES / folder], root=FIXTURES / folder)
    assert old.pydantic == OLDEST != new.pydantic
    assert _comparable(old) == _comparable(new)


def _comparable(contracts: Any) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if not (key == "enum" and "const" in value)}
        return [plain(item) for item in value] if isinstance(value, list) else value

    tables = [contracts.definitions, contracts.accepted, contracts.aliased]
    facts = [(m.id, m.kind, m.extra, m.fields, m.bases, m.doc) for m in contracts.models]
    rest = (contracts.constants, contracts.rows, contracts.symbols, contracts.members)
    return [plain(json.loads(json.dumps(table))) for table in tables], facts, rest


@pytest.mark.parametrize("safe", ["", "1"])
def test_path_of_the_environment_is_kept(safe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules on PYTHONPATH are found, also where Python leaves a script's own folder off the path."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/found_there.py").write_text('TOPIC_A = "a/b"\n', encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.setenv("PYTHONSAFEPATH", safe)
    contracts = introspect(["found_there"], paths=[], root=tmp_path)
    assert [constant.value for constant in contracts.constants] == ["a/b"]


TOOLS = """
from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from nowhere import Client

TOPIC_DOOR = "house/door"


@dataclass
class Session:
    client: Client


@dataclass
class Guard:
    lock: Lock


@dataclass
class Door:
    shut: bool
    ref: str = ""


@dataclass
class Window:
    lock: Lock


TABLE = {"house/window": Window}
"""


def test_dataclasses_that_are_tools_are_left_out(tmp_path: Path) -> None:
    """One whose types cannot be had is no payload, unless a declaration says so; then that is a finding."""
    contracts = write(tmp_path, "house", TOOLS)
    assert [model.name for model in contracts.models] == ["Door", "Window"]
    assert [(f.rule, f.subject) for f in contracts.findings] == [("model-without-schema", "house.Window")]


PRICES = '''"""Prices."""
from decimal import Decimal
from pydantic import BaseModel, Field

TOPIC_PRICE_SET = "price/set"


class PriceSet(BaseModel):
    price: {}
'''


@pytest.mark.parametrize(
    ("sent", "read", "answer"),
    [
        ("Decimal", "Decimal", Proven),
        ("Decimal", "str", Proven),
        ("str", "Decimal", Refuted),
        ("Decimal = Field(ge=0)", "Decimal = Field(ge=0)", Proven),
        ("Decimal = Field(ge=0)", "Decimal", Proven),
        ("Decimal", "Decimal = Field(ge=0)", Refuted),
        ("Decimal = Field(max_digits=9)", "Decimal = Field(max_digits=5, decimal_places=2)", Refuted),
        ("Decimal = Field(allow_inf_nan=True)", "Decimal", Refuted),
    ],
)
def test_decimals_are_told_from_other_text(tmp_path: Path, sent: str, read: str, answer: type) -> None:
    """What is no number is no decimal, and limits for which JSON Schema has no keyword are held."""
    models = []
    for name, kind in (("sent", sent), ("read", read)):
        (tmp_path / name).mkdir()
        models.append(model(write(tmp_path / name, "prices", PRICES.format(kind)), "PriceSet"))
    produced, accepted = models[0].payload, models[1].accepts or models[1].payload
    assert isinstance(subset(meant(produced), meant(accepted)), answer)


SLASHES = '''"""Generics whose argument has a slash and a tilde in its pattern."""
from typing import Annotated, Generic, TypeVar
from pydantic import BaseModel, Field

T = TypeVar("T")
TOPIC_OUTER = "outer"
TOPIC_INNER = "inner"


class Inner(BaseModel, Generic[T]):
    content: T = Field(alias="theContent")


class Outer(BaseModel):
    inner: Inner[Annotated[str, Field(pattern="^a/b~1$")]]


CONTRACTS = [
    dict(topic=TOPIC_OUTER, model=Outer),
    dict(topic=TOPIC_INNER, model=Inner[Annotated[str, Field(pattern="^a/~$")]]),
]
'''


def test_argument_of_a_generic_may_hold_slashes(tmp_path: Path) -> None:
    """What a reference leads to is found, whatever characters stand in the argument that names it."""
    contracts = write(tmp_path, "slashes", SLASHES)
    (inner,) = [found for found in contracts.models if found.name.startswith("Inner")]
    assert inner.payload["properties"] == {"content": {"type": "string", "pattern": "^a/~$"}}
    assert inner.accepts is not None
    assert inner.accepts["properties"] == {"theContent": {"type": "string", "pattern": "^a/~$"}}
    assert contracts.findings == ()


CHECKED = '''"""Validators of every kind, inherited and of an annotation."""
import ipaddress
from typing import Annotated
from pydantic import AfterValidator, AnyUrl, BaseModel, SecretStr, field_validator, model_validator

TOPIC_CHECKED = "checked"


def even(value: int) -> int:
    return value


class Base(BaseModel):
    name: str
    other: str

    @field_validator("name", "other")
    @classmethod
    def not_empty(cls, value: str) -> str:
        return value


class Inner(BaseModel):
    size: Annotated[int, AfterValidator(even)]


class Tree(Base):
    children: list["Tree"] = []


class Checked(Base):
    inner: Inner
    tree: Tree
    sizes: list[Annotated[int, AfterValidator(even)]]
    either: Inner | str
    many: dict[str, Inner | None]
    url: AnyUrl
    secret: SecretStr
    address: ipaddress.IPv4Network

    @model_validator(mode="after")
    def fits(self):
        return self
'''


def test_validators_are_named(tmp_path: Path) -> None:
    """Functions of the team are named with the fields that they are about, those of Pydantic and of Python are not."""
    contracts = write(tmp_path, "checked", CHECKED)
    found = {model.name: model.payload.get("x-validators") for model in contracts.models}
    assert found["Checked"] == {"even": ["sizes"], "fits": [], "not_empty": ["name", "other"]}
    assert found["Tree"] == {"not_empty": ["name", "other"]}
    assert found["Inner"] == {"even": ["size"]}
    assert [model.name for model in contracts.models if model.accepts is not None] == []


def test_defaults_that_json_cannot_spell_are_told(tmp_path: Path) -> None:
    """Not a number, infinity, bytes that are no text and objects are no defaults of a schema, and that is said."""
    text = (
        "import math\nfrom pydantic import BaseModel\n\n\nclass Level(BaseModel):\n"
        "    odd: float = math.nan\n    most: float = math.inf\n    raw: bytes = b'\\xff'\n"
        "    held: object = object()\n    plain: float = 1.0\n    text: bytes = b'ok'\n    none: float | None = None\n"
    )
    (tmp_path / "vat.py").write_text(text, encoding="utf-8")
    found = introspect(["vat"], paths=[tmp_path], root=tmp_path)
    (model,) = found.models
    defaults = {name: part["default"] for name, part in model.payload["properties"].items() if "default" in part}
    assert defaults == {"plain": 1.0, "text": "ok", "none": None}
    assert [(item.rule, item.message, item.line) for item in found.findings] == [
        ("schema-default-lost", "the default of vat.Level.odd cannot be written as JSON: nan", 6),
        ("schema-default-lost", "the default of vat.Level.most cannot be written as JSON: inf", 7),
        ("schema-default-lost", "the default of vat.Level.raw cannot be written as JSON: b'\\xff'", 8),
        ("schema-default-lost", "the default of vat.Level.held cannot be written as JSON: an object of object", 9),
    ]
