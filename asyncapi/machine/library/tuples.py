"""Named tuples and typed dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.classes import linear
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.fields import STYLES, RecordField, RecordStyle, fields_of, style_of
from asyncapi.machine.library.model_rows import Arguments, Named, given, memory
from asyncapi.machine.library.records import dumped, fill, replaced
from asyncapi.machine.values import ABSENT, Class, External, Instance, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

NAMED = RecordStyle(library="named tuples")
BASE = External("typing.NamedTuple")
STYLES[BASE.path] = NAMED


def register(library: Outsides) -> None:
    """Add the rows."""
    library.aliases["typing_extensions.NamedTuple"] = BASE.path
    library.aliases["typing_extensions.TypedDict"] = "typing.TypedDict"
    library.functions["collections.namedtuple"] = _namedtuple
    library.classes["typing.TypedDict"] = Outside(made=_typed_dict)
    library.classes[BASE.path] = Outside(
        bases=("builtins.tuple",),
        made=_made,
        loop=lambda m, owner, body, at: any(body(value, True) for value in values(m, owner)),
        attribute=lambda m, owner, name, at: _names(m, owner.cls) if name == "_fields" else ABSENT,
        class_attribute=lambda m, cls, name, at: _names(m, cls) if name == "_fields" else ABSENT,
        methods={
            "__getitem__": lambda m, a, k, at: items.item(m, Tup(values(m, a[0])), a[1], at),
            "__len__": lambda m, a, k, at: len(values(m, a[0])),
            "__iter__": lambda m, a, k, at: Tup(values(m, a[0])),
            "index": lambda m, a, k, at: m.library.functions["tuple.index"](m, [Tup(values(m, a[0])), *a[1:]], k, at),
            "_asdict": lambda m, a, k, at: dumped(m, a[0], "dump", ()),
            "_replace": lambda m, a, k, at: replaced(m, a[0], k, at),
        },
        class_methods={"_make": lambda m, a, k, at: m.construct(a[0], items.unpacked(m, a[1], at), {}, at, None)},
    )


def values(m: Machine, owner: Instance) -> list[Value]:
    """Return the elements of a named tuple in order."""
    assert isinstance(owner.cls, Class)
    return [owner.fields[item.name] for item in fields_of(m, owner.cls) if item.name in owner.fields]


def _names(m: Machine, cls: Value) -> Value:
    return Tup([item.name for item in fields_of(m, cls)]) if isinstance(cls, Class) else ABSENT


def _made(m: Machine, cls: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    """Make a named tuple; called on `NamedTuple` itself, make a class."""
    if isinstance(cls, Class):
        made: Instance = m.bare(cls, at)
        fill(m, made, style_of(m, cls) or NAMED, a, k, at)
        return made
    names = []
    for pair, _ in items.listed(m, given(a, k, 1, "fields", Tup(())), at):
        name = items.item(m, pair, 0, at)
        names.append(str(name) if isinstance(name, str) else "")
    return new_class(m, given(a, k, 0, "typename"), names, [])


def _namedtuple(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`namedtuple(name, fields, defaults=...)`."""
    told = given(a, k, 1, "field_names")
    if isinstance(told, str):
        names = str(told).replace(",", " ").split()
    else:
        names = [str(item) for item, _ in items.listed(m, told, at) if isinstance(item, str)]
    held = k.get("defaults")
    defaults = [value for value, _ in items.listed(m, held, at)] if held is not None else []
    return new_class(m, given(a, k, 0, "typename"), names, defaults)


def new_class(m: Machine, name: Value, names: list[str], defaults: list[Value]) -> Value:
    """Return a class of named tuples; `defaults` are those of the last fields."""
    if not isinstance(name, str) or m.current is None:
        return Opaque("a class of named tuples")
    made: Class = m.new(Class, str(name), m.current.module, str(name))
    made.bases = (BASE,)
    made.mro = linear(made)
    first = len(names) - len(defaults)
    memory(m).fields[made] = tuple(
        RecordField(
            name=field, owner=made, names=(field,), default=defaults[place - first] if place >= first else ABSENT
        )
        for place, field in enumerate(names)
    )
    return made


def _typed_dict(m: Machine, cls: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    """Make a typed dict, which is a dict; called on `TypedDict` itself, make a class of them."""
    if isinstance(cls, Class):
        run: Any = m.library.functions["builtins.dict"]
        return run(m, a, k, at)
    name = given(a, k, 0, "typename")
    if not isinstance(name, str) or m.current is None:
        return Opaque("a class of typed dicts")
    made: Class = m.new(Class, str(name), m.current.module, str(name))
    made.bases = (External("typing.TypedDict"),)
    made.mro = linear(made)
    return made
