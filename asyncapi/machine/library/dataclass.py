"""Dataclasses, and what `dataclasses_json` adds to them: made, dumped, read from messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.fields import (
    RecordStyle,
    caller,
    camel,
    declared,
    fields_of,
    kebab,
    own_fields,
    pascal,
    snake,
    style_of,
)
from asyncapi.machine.library.model_rows import Arguments, Named, decorator, given, kept_as, memory, options
from asyncapi.machine.library.records import dumped, fill, validated
from asyncapi.machine.library.shapes import AnnotationShape, of_value
from asyncapi.machine.values import (
    ABSENT,
    Class,
    External,
    Func,
    Instance,
    Native,
    NativeCall,
    Opaque,
    Received,
    Tup,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

DATACLASS = RecordStyle(library="dataclasses", after="__post_init__")
CASES: dict[str, Callable[[str], str]] = {"CAMEL": camel, "PASCAL": pascal, "SNAKE": snake, "KEBAB": kebab}


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("dataclasses", "dataclasses_json", "marshmallow_dataclass")
    library.aliases["dataclasses_json.api"] = library.aliases["dataclasses_json.cfg"] = "dataclasses_json"
    library.function("dataclasses.dataclass", "pydantic.dataclasses.dataclass")(decorator(_dataclass))
    library.functions["marshmallow_dataclass.dataclass"] = decorator(_dataclass)
    library.functions["dataclasses.field"] = kept_as("dataclasses.Field")
    library.classes["dataclasses.Field"] = Outside()
    library.functions["dataclasses.asdict"] = lambda m, a, k, at: dumped(m, a[0], "dump", options(k))
    library.functions["dataclasses.astuple"] = _astuple
    library.functions["dataclasses.replace"] = lambda m, a, k, at: remade(m, a[0], k, at)
    library.functions["dataclasses.fields"] = _fields
    library.functions["dataclasses.is_dataclass"] = _is_dataclass
    library.functions["dataclasses_json.config"] = _config
    library.functions["dataclasses_json.dataclass_json"] = decorator(_with_json)
    library.classes["dataclasses_json.DataClassJsonMixin"] = Outside(methods=METHODS, class_methods=CLASS_METHODS)


def _dataclass(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Give a class its `__init__`; what declares a field becomes its default."""
    cls = a[0]
    if not isinstance(cls, Class):
        return cls
    old = memory(m).styles.get(cls)
    memory(m).styles[cls] = replace(old or DATACLASS, by_keyword=k.get("kw_only") is True)
    memory(m).fields.pop(cls, None)
    make_record(m, cls)
    return cls


def make_record(m: Machine, cls: Class) -> None:
    """Give a class the `__init__` of its style, and its attributes the defaults of its fields."""
    for item in own_fields(m, cls):
        if declared(cls.fields.get(item.name, ABSENT)):
            if item.default is ABSENT:
                m.erase(cls, item.name)
            else:
                m.write(cls, item.name, item.default)
    if not isinstance(cls.fields.get("__init__"), Func):
        m.write(cls, "__init__", Native("__init__", made_by(cls)))


def made_by(cls: Class) -> NativeCall:
    """Return the `__init__` of a decorated class: it knows the fields of that class, whatever derives from it."""

    def init(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        style = style_of(m, cls)
        if a and isinstance(a[0], Instance) and style is not None:
            fill(m, a[0], style, a[1:], k, at)
        return None

    return init


def _astuple(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = []
    for item, guards in alternatives(a[0]):
        fields = m.fields_of(item)
        found.append((Tup(list(fields.values())) if fields is not None else Opaque("an object as a tuple"), guards))
    return united(found)


def remade(m: Machine, value: Value, changes: Named, at: CallSite) -> Value:
    """`replace` and `evolve`: a new object from the fields of another, some of them changed."""
    found = []
    for item, guards in alternatives(value):
        cls = item.cls if isinstance(item, Instance) else None
        if not isinstance(cls, Class) or style_of(m, cls) is None:
            found.append((item, guards))
            continue
        kept = [field for field in fields_of(m, cls) if field.init and field.name in item.fields]
        named = {field.names[-1]: item.fields[field.name] for field in kept}
        found.append((m.construct(cls, [], {**named, **changes}, at, None), guards))
    return united(found)


def _fields(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`fields`: an object for each field, with its name and its annotation."""
    cls = a[0].cls if isinstance(a[0], Instance) else a[0]
    if not isinstance(cls, Class) or style_of(m, cls) is None:
        return items.open_list(m, Opaque("a field"), at)
    found = []
    for item in fields_of(m, cls):
        made: Instance = m.bare(External("dataclasses.Field"), at)
        kind = m.annotation(item.node, item.owner) if item.node is not None else Opaque("a type")
        made.fields.update({"name": item.name, "type": kind, "init": item.init, "default": item.default})
        if item.default is ABSENT:
            made.fields["default"] = External("dataclasses.MISSING")
        made.fields["metadata"] = (
            item.info.fields.get("metadata", Opaque("metadata")) if item.info is not None else items.new_dict(m, at)
        )
        found.append(made)
    return Tup(found)


def _is_dataclass(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    cls = a[0].cls if isinstance(a[0], Instance) else a[0]
    if isinstance(a[0], (Instance, Class)):
        style = style_of(m, cls)
        return style is not None and style.library == "dataclasses"
    return Opaque("whether something is a dataclass", kind="bool") if cls.__class__ is Opaque else False


# dataclasses_json


def _config(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    made.fields.update({name: value for name, value in k.items() if name != "**"})
    return made


def _with_json(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Give a dataclass its JSON methods; the letter case names its fields on the wire."""
    cls = a[0]
    if not isinstance(cls, Class):
        return cls
    case = k.get("letter_case")
    rename = CASES.get(case.name) if isinstance(case, External) else caller(m, case)
    if rename is not None:
        memory(m).styles[cls] = replace(memory(m).styles.get(cls, DATACLASS), renamed=rename)
        _rename(m, cls, rename)
    for name, run in METHODS.items():
        if name not in cls.fields:
            m.write(cls, name, Native(name, run))
    for name, run in CLASS_METHODS.items():
        if name not in cls.fields:
            m.write(cls, name, Wrapped(Native(name, run), "class"))
    return cls


def _rename(m: Machine, cls: Class, rename: Callable[[str], str]) -> None:
    """Rename the fields of a class that is decorated already: its declarations are not in it any more."""
    known = memory(m).fields.get(cls, ())
    memory(m).fields[cls] = tuple(
        replace(item, names=(rename(item.name), item.name)) if len(item.names) == 1 else item for item in known
    )


def _reads(how: str) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        data = given(a, k, 1, "s", given(a, k, 1, "kvs"))
        if not isinstance(a[0], Class):
            return Opaque("an object read from data")
        if how == "json" and not isinstance(data, Received):
            data = m.library.functions["json.loads"](m, [data], {}, at)
        shape = of_value(a[0])
        return validated(m, AnnotationShape("list", parts=(shape,)) if k.get("many") is True else shape, data, at, how)

    return run


def _reads_as(cls: Value, how: str, more: Named) -> NativeCall:
    read = _reads(how)
    return lambda m, a, k, at: read(m, [cls, *a], {**more, **k}, at)


def _dumps_as(form: str) -> NativeCall:
    return lambda m, a, k, at: dumped(m, a[0], form, options(k))


def _schema(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`schema()`: an object whose `load`, `loads`, `dump` and `dumps` are those of the class."""
    made: Instance = m.bare(External("dataclasses_json.Schema"), at)
    many = {"many": k["many"]} if "many" in k else {}
    for name, how in (("load", "python"), ("loads", "json")):
        made.fields[name] = Native(name, _reads_as(a[0], how, many))
    for name, form in (("dump", "dump"), ("dumps", "json")):
        made.fields[name] = Native(name, _dumps_as(form))
    return made


METHODS: dict[str, Any] = {
    "to_json": lambda m, a, k, at: dumped(m, a[0], "json", options(k)),
    "to_dict": lambda m, a, k, at: dumped(m, a[0], "dump", options(k)),
}
CLASS_METHODS: dict[str, Any] = {"from_json": _reads("json"), "from_dict": _reads("python"), "schema": _schema}
