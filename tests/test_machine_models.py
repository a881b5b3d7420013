"""Records on the machine: models, dataclasses, attrs classes, structs, named tuples and enumerations."""

from __future__ import annotations

from typing import Any

import pytest
from support.machine_rows import by_python, emitted, run

KNOWN: dict[str, str] = {
    "enum members, aliases, lookups": """
        from enum import Enum
        class Colour(Enum):
            RED = 1
            GREEN = "g"
            CRIMSON = 1
            def hi(self): return f"{self.name}-{self.value}"
            @property
            def twice(self): return (self.value, self.value)
        emit(Colour.RED, Colour.GREEN.value, Colour.CRIMSON, Colour(1), Colour["GREEN"])
        emit(Colour.RED.hi(), Colour.RED.twice, [c for c in Colour], len(Colour), list(Colour.__members__))
    """,
    "text enums": """
        from enum import Enum, StrEnum, auto
        class Topic(str, Enum):
            A = "a/b"
            B = "c"
        class Mode(StrEnum):
            ONE = auto()
            TWO = "second"
        emit(Topic("c"), Topic.A.value, Topic.A + "/x", "/".join([Topic.A, Topic.B]), Topic.A == "a/b", Topic.A.upper())
        emit(Mode.ONE.value, f"{Mode.TWO}/x", str(Mode.ONE))
    """,
    "numbers of enums": """
        from enum import IntEnum, Flag, Enum, auto
        class Level(IntEnum):
            LOW = auto()
            HIGH = auto()
            TOP = 7
        class Bits(Flag):
            A = auto()
            B = auto()
            C = auto()
        emit(Level.LOW.value, Level.HIGH + 1, f"{Level.TOP}", int(Level.HIGH), Bits.C.value)
        emit([m.name for m in Enum("Made", "P Q")])
    """,
    "enums with __init__ and __new__": """
        from enum import Enum
        class Row(Enum):
            A = ("t/a", 1)
            B = ("t/b", 2)
            def __init__(self, topic, qos):
                self.topic = topic
                self.qos = qos
        class Named(str, Enum):
            def __new__(cls, value, label):
                made = str.__new__(cls, value)
                made._value_ = value
                made.label = label
                return made
            A = ("aa", "label a")
        emit([(row.topic, row.qos, row.value) for row in Row], Row(("t/a", 1)))
        emit(Named.A.value, Named.A.label, Named("aa"), Named.A == "aa")
    """,
    "enums with a base, a missing value, a first property": """
        from enum import Enum
        class Base(str, Enum):
            def topic(self): return "base/" + self.value
        class Sub(Base):
            X = "x"
        class Lenient(Enum):
            A = (1, "first")
            @classmethod
            def _missing_(cls, value): return cls.A
            @property
            def text(self): return self.value[1]
        emit(Sub.X.topic(), isinstance(Sub.X, str), isinstance(Sub.X, Enum), Sub.X in [Sub.X], {Sub.X: 1}[Sub.X])
        emit(Lenient("zzz"), Lenient.A.text)
    """,
    "dataclasses": """
        from dataclasses import KW_ONLY, InitVar, dataclass, field, fields, is_dataclass, replace
        from typing import ClassVar
        @dataclass(order=True)
        class A:
            x: int
            y: str = "y"
            k: ClassVar[str] = "k"
            z: list = field(default_factory=lambda: [1])
            n: int = field(init=False, default=4)
        @dataclass
        class B(A):
            w: InitVar[int] = 3
            _: KW_ONLY
            keyword: int = 9
            def __post_init__(self, w): self.t = f"{self.y}/{w}"
        emit(A(1).z, A(1, "b", [2]).z, A(x=1, z=[3]).n, A.k, A.y, replace(A(1), x=2).x)
        emit(B(1).t, B(1, w=4).t, B(1, keyword=2).keyword, [f.name for f in fields(A)], is_dataclass(A(1)))
        emit(hasattr(A, "z"), hasattr(A, "y"))
    """,
    "lists of one object are not those of another": """
        from dataclasses import dataclass, field
        @dataclass
        class Box:
            items: list[int] = field(default_factory=list)
        box = Box()
        box.items.append(1)
        emit(len(box.items), len(Box().items))
    """,
    "named tuples": """
        from collections import namedtuple
        from typing import NamedTuple, TypedDict
        class Row(NamedTuple):
            topic: str
            qos: int = 1
        Pair = namedtuple("Pair", "a b", defaults=(5,))
        class Data(TypedDict, total=False):
            a: int
        row = Row("a")
        topic, qos = row
        emit(topic, qos, row.topic, row[1], len(row), [v for v in row], Row._fields, row._replace(qos=2).qos)
        for topic, qos in [Row("a", 1), Row("b", 2)]:
            emit(topic, qos)
        emit(Pair(1).b, Pair(a=1, b=2).b, list(Pair._make([3, 4])), [(a, b) for a, b in [Pair(1)]], Data(a=1)["a"])
    """,
    "models": """
        from pydantic import BaseModel, Field, RootModel, computed_field
        class Inner(BaseModel):
            a: int = 1
        class Model(BaseModel):
            x: int
            y: str = "why"
            inner: Inner | None = None
            many: list[Inner] = Field(default_factory=list)
            called: str = Field("d", alias="theAlias")
            @computed_field
            @property
            def z(self) -> str: return f"{self.y}/z"
        class Numbers(RootModel[list[int]]):
            pass
        m = Model(x=1, inner={"a": 2}, many=[{"a": 3}], theAlias="q")
        emit(m.x, m.y, m.inner.a, m.many[0].a, m.called, m.z, Model(x=1).inner, m.model_copy(update={"x": 5}).x)
        emit(Model.model_validate({"x": 4}).x, Model.model_validate_json('{"x": 6}').x, Numbers([1, 2]).root)
        emit([name for name, _ in Inner()], Model.model_validate({"x": 1, "inner": Inner(a=9)}).inner.a)
    """,
    "validators and what runs at the end": """
        from pydantic import BaseModel, ConfigDict, PrivateAttr, field_validator, model_validator
        class Model(BaseModel):
            model_config = ConfigDict(extra="allow")
            topic: str
            n: int = 0
            _own: int = PrivateAttr(default=7)
            @field_validator("topic", mode="before")
            @classmethod
            def strip(cls, v): return v.strip("/")
            @field_validator("n")
            @classmethod
            def counted(cls, v, info): return v + len(info.data["topic"])
            @model_validator(mode="before")
            @classmethod
            def renamed(cls, data):
                return {**data, "topic": data["t"]} if "t" in data else data
            @model_validator(mode="after")
            def ended(self):
                self.full = self.topic + "!"
                return self
            def model_post_init(self, context): self._own = self._own + 1
        emit(Model(t="/a/").topic, Model(topic="b").n, Model(topic="bb", n=1).n)
        emit(Model(topic="b").full, Model(topic="b")._own)
    """,
    "aliases that are generated": """
        from pydantic import BaseModel, ConfigDict
        from pydantic.alias_generators import to_camel, to_pascal, to_snake
        class Model(BaseModel):
            model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
            some_thing: int = 1
        class Below(Model):
            more_of_it: int = 2
        emit(Model(someThing=2).some_thing, Below(some_thing=3, moreOfIt=4).more_of_it)
        emit(to_pascal("a_b"), to_snake("aB"), to_camel("already"), to_camel("one_two_3"))
    """,
    "models of version 1": """
        from pydantic import v1
        class Model(v1.BaseModel):
            a: int
            b: str = v1.Field("b", alias="B")
            @v1.validator("a")
            def up(cls, v): return v + 1
        emit(Model(a=1).a, Model(a=1, B="q").b, Model.parse_obj({"a": 2}).a, Model.parse_raw('{"a": 3}').a)
        emit(Model(a=1).copy(update={"a": 9}).a)
    """,
    "models with __init__, nested classes, generics": """
        from typing import Generic, TypeVar
        from pydantic import BaseModel
        T = TypeVar("T")
        class Outer(BaseModel):
            class Inner(BaseModel):
                a: int
            inner: Inner
            def __init__(self, **data):
                super().__init__(**data)
        class Envelope(BaseModel, Generic[T]):
            payload: T
        emit(Outer(inner={"a": 1}).inner.a, Envelope[Outer](payload={"inner": {"a": 2}}).payload.inner.a)
    """,
    "attrs": """
        import attr, attrs
        @attr.s
        class A:
            x = attr.ib(default=1)
            _y = attr.ib(factory=list)
            z = attr.ib(default=attr.Factory(lambda self: self.x, takes_self=True))
            w = attr.ib()
            @w.default
            def _w(self): return f"w{self.x}"
        @attrs.define
        class B:
            a: int
            b: str = attrs.field(default="b", converter=lambda v: v + "!", kw_only=True)
            def __attrs_post_init__(self): emit("post", self.a)
        emit(A().z, A(2, y=[1])._y, A(3).w)
        emit(B(1, b="q").b, attrs.evolve(B(1), a=9).a)
    """,
}


@pytest.mark.parametrize("program", KNOWN.values(), ids=KNOWN.keys())
def test_records_of_known_values_are_what_python_makes_of_them(program: str) -> None:
    """A program of records whose values are known emits on the machine what it emits when Python runs it."""
    assert emitted(program) == by_python(program)


MODEL = """
from typing import Annotated, Generic, List, Literal, Optional, TypeVar, Union
from enum import Enum
from pydantic import BaseModel, Field, RootModel, TypeAdapter
class Kind(str, Enum):
    A = "a"
    B = "b"
class Inner(BaseModel):
    n: int
class Model(BaseModel):
    x: int
    called: str = Field("d", alias="theAlias")
    inner: Inner | None = None
    many: List[Inner] = []
class Node(BaseModel):
    next: Optional["Node"] = None
class On(BaseModel):
    type: Literal["on"]
    a: int
class Off(BaseModel):
    type: Literal["off"]
    b: int
class Typed(BaseModel):
    kind: Kind
T = TypeVar("T")
class Envelope(BaseModel, Generic[T]):
    payload: T
"""
INNER = ("Inner", {"n": "<message.inner.n as json>"})
OF_MESSAGE = (
    "Model",
    {
        "x": "<message.x as json>",
        "called": "<message.theAlias as json>",
        "inner": {"any of": [INNER, None]},
        "many": ["*", ("Inner", {"n": "<message.many.ANY.n as json>"})],
    },
)
RECEIVED: list[tuple[str, list[Any], list[tuple[str, str, str]]]] = [
    ("emit(Model.model_validate_json(message))", [OF_MESSAGE], [("<message as payload>", "Model", "json")]),
    ("emit(Model.parse_raw(message))", [OF_MESSAGE], [("<message as payload>", "Model", "json")]),
    ("emit(Model.model_validate(data))", [OF_MESSAGE], [("<message as json>", "Model", "python")]),
    ("emit(Model(**data))", [OF_MESSAGE], [("<message as json>", "Model", "python")]),
    ("emit(Model(**data['m']).x)", ["<message.m.x as json>"], [("<message.m as json>", "Model", "python")]),
    ("emit(Inner(n=data['k']))", [("Inner", {"n": "<message.k as json>"})], []),
    ("emit(Inner(**unknown))", [("Inner", {"n": "?n/int"})], []),
    ("emit(Inner())", [("Inner", {"n": "?n/int"})], []),
    (
        "emit(Node.model_validate(data))",
        [("Node", {"next": {"any of": ["<message.next as json>", None]}})],
        [("<message as json>", "Node", "python")],
    ),
    (
        "emit(TypeAdapter(List[Inner]).validate_json(message))",
        [["*", ("Inner", {"n": "<message.ANY.n as json>"})]],
        [("<message as payload>", "Inner", "json")],
    ),
    (
        "emit(Envelope[Inner].model_validate_json(message).payload)",
        [("Inner", {"n": "<message.payload.n as json>"})],
        [("<message as payload>", "Envelope", "json")],
    ),
    (
        "v = TypeAdapter(Annotated[Union[On, Off], Field(discriminator='type')]).validate_json(message)\n"
        "if isinstance(v, On): emit('on', v.a)\n"
        "elif v.type == 'off': emit('off', v.b)\n"
        "else: emit('neither')",
        [("on", "<message.a as json>"), ("off", "<message.b as json>")],
        [("<message as payload>", "On", "json"), ("<message as payload>", "Off", "json")],
    ),
    (
        "if data['type'] == 'on': emit(TypeAdapter(Union[On, Off]).validate_python(data))",
        [("On", {"type": "on", "a": "<message.a as json>"})],
        [("<message as json>", "On", "python"), ("<message as json>", "Off", "python")],
    ),
    (
        "t = Typed.model_validate_json(message)\n"
        "if t.kind is Kind.A: emit('a', t.kind)\n"
        "if t.kind == Kind.B: emit('b', t.kind.value)",
        [("a", "Kind.A"), ("b", "b")],
        [("<message as payload>", "Typed", "json")],
    ),
    ("emit(Kind(data['k']))", [{"any of": ["Kind.A", "Kind.B"]}], []),
    ("emit(Kind[unknown], Kind(unknown))", [({"any of": ["Kind.A", "Kind.B"]}, {"any of": ["Kind.A", "Kind.B"]})], []),
    (
        "if data['kind'] == 'b': emit(Typed(**data).kind, Kind(data['kind']))",
        [("Kind.B", "Kind.B")],
        [("<message as json>", "Typed", "python")],
    ),
    (
        "class Whole(RootModel[List[Inner]]): pass\nemit(Whole.model_validate_json(message).root)",
        [["*", ("Inner", {"n": "<message.ANY.n as json>"})]],
        [("<message as payload>", "Whole", "json"), ("<message as payload>", "Inner", "json")],
    ),
    (
        "for cls in (Inner, Node): emit(type(cls.model_validate_json(message)))",
        ["class Inner", "class Node"],
        [("<message as payload>", "Inner", "json"), ("<message as payload>", "Node", "json")],
    ),
    (
        "try:\n    Inner.model_validate_json(message)\nexcept Exception:\n    emit('invalid')",
        ["invalid"],
        [("<message as payload>", "Inner", "json")],
    ),
]


@pytest.mark.parametrize(("program", "expected", "validated"), RECEIVED)
def test_a_model_of_a_message_holds_parts_of_it(program: str, expected: list[Any], validated: list[Any]) -> None:
    """A model made of a message has fields that are its parts; the machine is told which class that was."""
    outcome = run(MODEL + program)
    assert (outcome.emitted, outcome.validated) == (expected, validated)


DUMPS: list[tuple[str, Any]] = [
    ("Inner(n=1).model_dump()", ("dump of", ("Inner", {"n": 1}))),
    ("Inner(n=1).dict(exclude_none=True)", ("dump of", ("Inner", {"n": 1}), {"exclude_none": True})),
    (
        "Inner(n=1).model_dump_json(exclude={'a'}, by_alias=True)",
        ("json of", ("Inner", {"n": 1}), {"by_alias": True, "exclude": ["a"]}),
    ),
    ("Inner(n=1).json()", ("json of", ("Inner", {"n": 1}))),
    ("Inner(n=1).model_dump(mode='json')['n']", 1),
    ("{**Inner(n=1).model_dump()}", {"n": 1}),
    ("TypeAdapter(List[Inner]).dump_json([Inner(n=1)])", ("json of", [("Inner", {"n": 1})])),
    ("Inner.model_validate(Inner(n=1).model_dump())", ("Inner", {"n": 1})),
    ("Inner.model_validate_json(Inner(n=1).model_dump_json())", ("Inner", {"n": 1})),
]


@pytest.mark.parametrize(("expression", "expected"), DUMPS)
def test_a_dump_keeps_its_model_and_how_it_was_made(expression: str, expected: Any) -> None:
    """What dumps a model gives an encoded value that holds the model, with the options of the call."""
    assert emitted(f"{MODEL}emit({expression})") == [expected]


OTHERS: list[tuple[str, list[Any], list[tuple[str, str, str]]]] = [
    (
        "from dataclasses import dataclass, asdict\n"
        "@dataclass\nclass D:\n    a: int\n    b: str = 'x'\n"
        "emit(D(**data), asdict(D(1)), D(unknown))",
        [
            (
                ("D", {"a": "<message.a as json>", "b": "<message.b as json>"}),
                ("dump of", ("D", {"a": 1, "b": "x"})),
                ("D", {"a": "?thing", "b": "x"}),
            )
        ],
        [("<message as json>", "D", "python")],
    ),
    (
        "from dataclasses import dataclass, field\n"
        "from dataclasses_json import LetterCase, config, dataclass_json\n"
        "@dataclass_json(letter_case=LetterCase.CAMEL)\n@dataclass\n"
        "class C:\n    some_name: int\n    other: str = field(default='o', metadata=config(field_name='O'))\n"
        "emit(C.from_json(message), C(1).to_dict(), C.schema().loads(message, many=True))",
        [
            (
                ("C", {"some_name": "<message.someName as json>", "other": "<message.O as json>"}),
                ("dump of", ("C", {"some_name": 1, "other": "o"})),
                ["*", ("C", {"some_name": "<message.ANY.someName as json>", "other": "<message.ANY.O as json>"})],
            )
        ],
        [("<message as payload>", "C", "json"), ("<message as payload>", "C", "json")],
    ),
    (
        "from dataclasses import dataclass\nfrom dataclasses_json import DataClassJsonMixin\n"
        "@dataclass\nclass M(DataClassJsonMixin):\n    q: int = 1\n"
        "emit(M.from_json(message).q, M().to_json(), M.from_dict(data).q)",
        [("<message.q as json>", ("json of", ("M", {"q": 1})), "<message.q as json>")],
        [("<message as payload>", "M", "json"), ("<message as json>", "M", "python")],
    ),
    (
        "import attrs, cattrs\n@attrs.define\nclass A:\n    a: int\n"
        "emit(cattrs.structure(data, A), cattrs.unstructure(A(1)), attrs.asdict(A(2)))",
        [(("A", {"a": "<message.a as json>"}), ("dump of", ("A", {"a": 1})), ("dump of", ("A", {"a": 2})))],
        [("<message as json>", "A", "python")],
    ),
    (
        "import msgspec\nclass S(msgspec.Struct, rename='camel'):\n    my_field: int\n    b: str = 'b'\n"
        "emit(S(1), msgspec.json.decode(message, type=S), msgspec.json.encode(S(1)), msgspec.json.decode(message))\n"
        "emit(msgspec.json.Decoder(list[S]).decode(message), msgspec.convert(data, type=S).my_field)",
        [
            (
                ("S", {"my_field": 1, "b": "b"}),
                ("S", {"my_field": "<message.myField as json>", "b": "<message.b as json>"}),
                ("json of", ("S", {"my_field": 1, "b": "b"})),
                "<message as json>",
            ),
            (
                ["*", ("S", {"my_field": "<message.ANY.myField as json>", "b": "<message.ANY.b as json>"})],
                "<message.myField as json>",
            ),
        ],
        [
            ("<message as payload>", "S", "json"),
            ("<message as payload>", "S", "json"),
            ("<message as json>", "S", "python"),
        ],
    ),
    (
        "from typing import NamedTuple\nclass R(NamedTuple):\n    a: int\n    b: int = 2\n"
        "emit(R(**data), [v for v in R(unknown)], R(1)._asdict())",
        [
            (
                ("R", {"a": "<message.a as json>", "b": "<message.b as json>"}),
                ["?thing", 2],
                ("dump of", ("R", {"a": 1, "b": 2})),
            )
        ],
        [("<message as json>", "R", "python")],
    ),
    (
        "from sqlmodel import SQLModel, Field\nclass Q(SQLModel, table=True):\n    a: int = Field(default=1)\n"
        "emit(Q(), Q.model_validate(data).a)",
        [(("Q", {"a": 1}), "<message.a as json>")],
        [("<message as json>", "Q", "python")],
    ),
]


@pytest.mark.parametrize(("program", "expected", "validated"), OTHERS)
def test_records_of_other_libraries_are_made_of_messages_too(
    program: str, expected: list[Any], validated: list[Any]
) -> None:
    """Dataclasses, attrs classes, structs and named tuples are made of messages as models are."""
    outcome = run(program)
    assert (outcome.emitted, outcome.validated) == (expected, validated)
