"""The values that the machine computes with: Python's own constants, and stand-ins for what only a run would know.

A constant is the Python object itself (`"a/b"`, `1`, `None`), so most of the machine's work is ordinary Python.
Everything else is one of the classes below. A value that can be several things is a `Union`, made by
`asyncapi.machine.lattice.join` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncapi.machine.code import CallSite, Code
from asyncapi.sources import Source

Value = Any


class Special:
    """A name for something that no Python value can stand for."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ABSENT = Special("ABSENT")
"""What a place holds where nothing was written: an attribute that was not set, a key that is not there."""
LENGTH = Special("LENGTH")
"""Key under which a list keeps how many elements it has."""
REST = Special("REST")
"""Key under which a list or dict keeps (joined) what it may hold besides the elements that are known."""
REST_KEY = Special("REST_KEY")
"""Key under which a dict keeps (joined) the keys that were written without being known."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from, as a chain: `text` says what was followed at `source`, `before` where that came from.

    `constant` is the dotted name of the module constant or class attribute, where it is one.
    """

    text: str
    source: Source
    constant: str = ""
    before: Origin | None = None


class Str(str):
    """A text that knows where it was named; in everything else it is that text."""

    __slots__ = ("origin",)
    origin: Origin | None

    def __new__(cls, text: str, origin: Origin | None = None) -> Str:
        """Return the text with its origin."""
        made = super().__new__(cls, text)
        made.origin = origin
        return made


class Hole:
    """A part of a text that only a run knows: `name` says what stands there, `default` what it is unless set.

    `environment` names the variable that can set it, `wide` says that it may hold several levels of a topic,
    `choices` are the texts it can be, where they are known. Two holes are the same when they are one object, or
    when everything about them is equal and they do not belong to one message (`source` is None).
    """

    __slots__ = ("choices", "default", "environment", "name", "source", "wide")

    def __init__(
        self,
        name: str,
        *,
        default: str | None = None,
        environment: str = "",
        wide: bool = False,
        choices: tuple[str, ...] = (),
        source: object = None,
    ) -> None:
        self.name, self.default, self.environment = name, default, environment
        self.wide, self.choices, self.source = wide, choices, source

    @property
    def key(self) -> object:
        """Return what makes two holes the same."""
        if self.source is not None:
            return self
        return (self.name, self.default, self.environment, self.wide, self.choices)

    def __repr__(self) -> str:
        return "{" + self.name + "}"


class HoledText:
    """A text with holes: `parts` are texts and holes in order, at least one of them a hole."""

    __slots__ = ("origin", "parts")

    def __init__(self, parts: tuple[str | Hole, ...], origin: Origin | None = None) -> None:
        self.parts, self.origin = parts, origin

    @property
    def key(self) -> tuple[object, ...]:
        """Return what makes two texts the same."""
        return tuple(part if isinstance(part, str) else part.key for part in self.parts)

    def __repr__(self) -> str:
        return "".join(part if isinstance(part, str) else repr(part) for part in self.parts)


class Opaque:
    """A value that is not known, and why; `name` is what the program calls it, `environment` the variable it is from.

    `kind` names a Python type where at least that is known: "str", "int", "float", "bool", "bytes".
    """

    __slots__ = ("environment", "kind", "name", "reason", "source")

    def __init__(
        self, reason: str, *, name: str = "", environment: str = "", kind: str = "", source: Source | None = None
    ) -> None:
        self.reason, self.name, self.environment, self.kind, self.source = reason, name, environment, kind, source

    def __repr__(self) -> str:
        return f"<unknown: {self.reason}>"


class Tested(Opaque):
    """The unknown outcome of a test, with what may be assumed where it holds (`yes`) and where it does not (`no`)."""

    __slots__ = ("no", "yes")

    def __init__(self, reason: str, yes: dict[object, Value], no: dict[object, Value]) -> None:
        super().__init__(reason, kind="bool")
        self.yes, self.no = yes, no


class Assumed:
    """A value that holds unless something outside of the program says otherwise: a setting with its default."""

    __slots__ = ("environment", "name", "value")

    def __init__(self, value: Value, *, name: str, environment: str = "") -> None:
        self.value, self.name, self.environment = value, name, environment

    def __repr__(self) -> str:
        return f"<{self.name} = {self.value!r}>"


class Received:
    """Something taken out of a message from outside: `message` it came with, `path` leads to it.

    `form` tells what was done with it: "payload" (as it came), "text" (decoded), "json" (parsed).
    A step of the path is the name of a field, an index, or ANY for an element of a list.
    """

    __slots__ = ("form", "message", "path")

    def __init__(self, message: object, path: tuple[object, ...] = (), form: str = "payload") -> None:
        self.message, self.path, self.form = message, path, form

    @property
    def key(self) -> tuple[object, ...]:
        """Return what makes two of them the same."""
        return (id(self.message), self.path, self.form)

    def __repr__(self) -> str:
        return "<received " + ".".join(["payload", *map(str, self.path)]) + f" as {self.form}>"


ANY = Special("ANY")


class Encoded:
    """A value in another form: `form` is "json" (text), "bytes", "dump" (a model as dict) …, `options` how."""

    __slots__ = ("form", "options", "value")

    def __init__(self, value: Value, form: str, options: tuple[tuple[str, Value], ...] = ()) -> None:
        self.value, self.form, self.options = value, form, options

    def __repr__(self) -> str:
        return f"<{self.form} of {self.value!r}>"


class Union:
    """Several things that a value can be. `known` are the alternatives, `rest` says why there may be more.

    `guards[i]` holds the branches on which alternative i was chosen, as (branch, arm): two values that were
    written in one arm belong together. Only `lattice.join` makes unions: alternatives are distinct, and one
    alternative without a rest is that alternative itself.
    """

    __slots__ = ("guards", "known", "rest")

    def __init__(
        self, known: tuple[Value, ...], rest: Opaque | Beyond | None, guards: tuple[frozenset[tuple[int, int]], ...]
    ) -> None:
        self.known, self.rest, self.guards = known, rest, guards

    def __repr__(self) -> str:
        rest = [repr(self.rest)] if self.rest else []
        return " | ".join([*map(repr, self.known), *rest])


class Beyond:
    """What is left of a value that a bound cut: it can be anything, and stays so whatever is joined to it."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"<cut: {self.reason}>"


class Tup:
    """A tuple of values."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Value]) -> None:
        self.items = tuple(items)

    def __repr__(self) -> str:
        return "(" + ", ".join(map(repr, self.items)) + ")"


class Cell:
    """Something that can be written to: `fields` holds what was, `birth` is the machine's clock when it was made.

    Written through `Machine.write` alone, which keeps the journal. `number` counts cells in the order of their
    making, for keys that are the same in each run. `made` tells where.
    """

    __slots__ = ("birth", "fields", "made", "number")

    def __init__(self, birth: int, number: int) -> None:
        self.fields: dict[Any, Value] = {}
        self.birth, self.number = birth, number
        self.made: CallSite | None = None


class ListCell(Cell):
    """A list or deque: elements under 0, 1 …, their number under LENGTH, what else it may hold under REST.

    `shuffled` says that the order of the elements is not known: an index can give each of them.
    """

    __slots__ = ("shuffled",)

    def __init__(self, birth: int, number: int) -> None:
        super().__init__(birth, number)
        self.shuffled = False


class DictCell(Cell):
    """A dict: values under their keys (see `lattice.as_key`), those of unknown keys under REST with REST_KEY.

    `factory` makes what is missing (`collections.defaultdict`).
    """

    __slots__ = ("factory",)

    def __init__(self, birth: int, number: int) -> None:
        super().__init__(birth, number)
        self.factory: Value = None


class SetCell(Cell):
    """A set: each element under its key, as the value, and unknown ones joined under REST."""

    __slots__ = ()


class Instance(Cell):
    """An object: its class (`Class` or `External`), its attributes, and what a library keeps with it in `extra`."""

    __slots__ = ("cls", "extra")

    def __init__(self, birth: int, number: int, cls: Class | External) -> None:
        super().__init__(birth, number)
        self.cls = cls
        self.extra: Any = None

    def __repr__(self) -> str:
        return f"<{self.cls.name} object {self.number}>"


class Module(Cell):
    """A module of the program that is run: its names in `fields`."""

    __slots__ = ("file", "name", "package", "state")

    def __init__(self, birth: int, number: int, name: str, file: str) -> None:
        super().__init__(birth, number)
        self.name, self.file = name, file
        self.package = False
        self.state = "new"

    def __repr__(self) -> str:
        return f"<module {self.name}>"


class Class(Cell):
    """A class that the program defines. `mro` is itself and its bases in Python's order, outside ones as `External`."""

    __slots__ = ("annotations", "bases", "code", "keywords", "line", "module", "mro", "name", "outer", "qualname")

    def __init__(self, birth: int, number: int, name: str, module: Module, qualname: str) -> None:
        super().__init__(birth, number)
        self.name, self.module, self.qualname = name, module, qualname
        self.bases: tuple[Value, ...] = ()
        self.mro: tuple[Class | External, ...] = (self,)
        self.annotations: dict[str, Any] = {}
        self.keywords: dict[str, Value] = {}
        self.line = 0
        self.code: Code | None = None
        self.outer: Any = None

    @property
    def path(self) -> str:
        """Return the dotted name of the class."""
        return f"{self.module.name}.{self.qualname}"

    def __repr__(self) -> str:
        return f"<class {self.path}>"


class Func(Cell):
    """A function of the program with its defaults; `outer` is the frame it was defined in, `owner` its class."""

    __slots__ = ("code", "defaults", "keyword_defaults", "module", "outer", "owner")

    def __init__(self, birth: int, number: int, code: Code, module: Module) -> None:
        super().__init__(birth, number)
        self.code, self.module = code, module
        self.outer: Any = None
        self.owner: Class | None = None
        self.defaults: tuple[Value, ...] = ()
        self.keyword_defaults: dict[str, Value] = {}

    @property
    def name(self) -> str:
        """Return the name it was defined under."""
        return self.code.name

    def __repr__(self) -> str:
        return f"<function {self.module.name}.{self.code.qualname}>"


class Bound:
    """A function or library method with the object it was taken from."""

    __slots__ = ("func", "owner")

    def __init__(self, func: Value, owner: Value) -> None:
        self.func, self.owner = func, owner

    @property
    def key(self) -> tuple[object, object]:
        """Return what makes two of them the same."""
        return (self.func, self.owner if isinstance(self.owner, Cell) else id(self.owner))

    def __repr__(self) -> str:
        return f"<bound {self.func!r} of {self.owner!r}>"


NativeCall = Callable[[Any, list[Value], dict[str, Value], CallSite], Value]


class Native:
    """Something that a library does, told by a function of ours: `run(machine, arguments, keywords, place)`.

    The arguments hold `Spread` where a caller wrote `*values` of unknown length; the keyword "**" holds what an
    unknown dict was unpacked from.
    """

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: NativeCall) -> None:
        self.name, self.run = name, run

    def __repr__(self) -> str:
        return f"<native {self.name}>"


class External:
    """Something of a library that is not read, by its dotted name: a module, a class, a function, a constant."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """Return the last part of the name."""
        return self.path.rpartition(".")[2]

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes two of them the same."""
        return ("external", self.path)

    def __repr__(self) -> str:
        return f"<external {self.path}>"


class Property:
    """A property of a class: what reads it, and what writes it."""

    __slots__ = ("getter", "setter")

    def __init__(self, getter: Value, setter: Value = None) -> None:
        self.getter, self.setter = getter, setter


class Wrapped:
    """A function of a class that is bound in its own way: `kind` is "static" or "class"."""

    __slots__ = ("func", "kind")

    def __init__(self, func: Value, kind: str) -> None:
        self.func, self.kind = func, kind


class Super:
    """What `super()` gives: looks attributes up behind `cls` in the order of `owner`'s class."""

    __slots__ = ("cls", "owner")

    def __init__(self, cls: Class, owner: Value) -> None:
        self.cls, self.owner = cls, owner


class Deferred:
    """A call of a generator or coroutine function that has not run: `kind` is "generator" or "coroutine".

    A generator is run where its values are consumed, a coroutine where it is awaited or made a task. `kept`
    is the list of what a generator still gives once it was asked for single values.
    """

    __slots__ = ("begin", "done", "func", "kept", "kind", "result")

    def __init__(self, func: Func, kind: str, begin: Callable[..., Value]) -> None:
        self.func, self.kind, self.begin = func, kind, begin
        self.kept: ListCell | None = None
        self.done = False
        self.result: Value = None

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.func!r}>"


class Spread:
    """Arguments that a caller unpacks from something whose length is not known."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class SliceOf:
    """A slice as a subscript."""

    __slots__ = ("start", "step", "stop")

    def __init__(self, start: Value, stop: Value, step: Value) -> None:
        self.start, self.stop, self.step = start, stop, step


@dataclass(slots=True)
class Task:
    """A piece of the program that runs beside the rest: started when the rest waits, once."""

    begin: Callable[[], Value]
    what: object = None
    state: str = "new"
    result: Value = None
    after: list[Callable[[Value], None]] = field(default_factory=list)
