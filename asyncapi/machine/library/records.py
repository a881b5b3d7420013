"""Objects of record classes: made from arguments, or from data that came in a message.

Data of a message becomes an object whose fields are parts of that message, under the names that they have on the
wire. A machine that wants to know which class a message was held against has a method `validated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, join, united
from asyncapi.machine.library.fields import RecordField, RecordStyle, fields_of, shape_of, style_of
from asyncapi.machine.library.model_rows import Arguments, Named
from asyncapi.machine.library.shapes import AnnotationShape
from asyncapi.machine.values import (
    ABSENT,
    ANY,
    LENGTH,
    REST,
    REST_KEY,
    Assumed,
    Class,
    DictCell,
    Encoded,
    Func,
    Instance,
    ListCell,
    Opaque,
    Received,
    SetCell,
    Spread,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

LEVELS = 6
"""Records inside of records of one message: real ones have three or four; deeper ones stay parts of the message."""
Chain = tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What a record is made from: `named` arguments, the message `base` they came from, `unknown` others."""

    named: Named
    base: Received | None
    unknown: Value
    at: CallSite


def told(m: Machine, received: Received, cls: Value, at: CallSite, how: str) -> None:
    """Tell the machine that something received was held against a class: as "json" text or as "python" data."""
    hook: Any = getattr(m, "validated", None)
    if hook is not None:
        hook(received, cls, at, how)


def whole(unknown: Value) -> Received | None:
    """Return the received dict that `**data` stands for, of whose elements the machine keeps one for all."""
    if unknown.__class__ is Received and unknown.path and unknown.path[-1] is ANY:
        return Received(unknown.message, unknown.path[:-1], unknown.form)
    return None


def filling(named: Named, at: CallSite) -> Filling:
    """Sort the keywords of a call into what is known of them."""
    rest = dict(named)
    unknown = rest.pop("**", ABSENT)
    return Filling(rest, whole(unknown), unknown, at)


def fill(
    m: Machine, made: Instance, style: RecordStyle, arguments: Arguments, named: Named, at: CallSite
) -> dict[str, Value]:
    """Give a new object its fields from the arguments of its class; returns those that were passed, by name."""
    cls = made.cls
    assert isinstance(cls, Class)
    source = filling(named, at)
    if source.base is not None:
        told(m, source.base, cls, at, "python")
    wanted = fields_of(m, cls)
    placed = by_place(m, style, wanted, arguments)
    passed: dict[str, Value] = {}
    extra: list[Value] = []
    for item in wanted:
        value = placed.get(item.name, ABSENT)
        if value is ABSENT and item.init:
            value = _passed(m, cls, item, source)
        if value is not ABSENT:
            if style.checked:
                value = shaped(m, value, shape_of(m, cls, item), at)
            passed[item.name] = value
        else:
            value = default(m, made, item, at, shared=not style.checked)
            if value is ABSENT:
                value = missing(m, cls, item)
        if item.converter is not None:
            value = m.call(item.converter, [value], {}, at)
        if item.passing:
            extra.append(value)
        else:
            m.write(made, item.name, value)
    finish(m, made, style, extra, set(passed), at)
    return passed


def by_place(m: Machine, style: RecordStyle, wanted: list[RecordField], arguments: Arguments) -> dict[str, Value]:
    """Return the arguments that are passed by their place, under the names of their fields."""
    names = [item.name for item in wanted if item.init and not item.by_keyword] if style.positional else []
    found: dict[str, Value] = {}
    for number, value in enumerate(arguments):
        if value.__class__ is Spread:
            found.update({name: items.element(m, value.value) for name in names[number:]})
            break
        if number < len(names):
            found[names[number]] = value
    return found


def _passed(m: Machine, cls: Class, item: RecordField, source: Filling) -> Value:
    """Return what is passed for a field by name or inside of `**data`; ABSENT for nothing."""
    for name in item.names:
        if name in source.named:
            return source.named[name]
    if source.base is not None:
        return part_of(m, cls, item, source.base, source.at)
    if source.unknown is ABSENT:
        return ABSENT
    reason = getattr(source.unknown, "reason", "an element of something that is not known")
    value = Opaque(reason, name=item.name, kind=shape_of(m, cls, item).number_kind)
    plain = item.default if item.default is not ABSENT else value
    return join([value, plain])


def default(m: Machine, made: Instance, item: RecordField, at: CallSite, *, shared: bool) -> Value:
    """Return what a field is that is not passed; ABSENT where it must be. `shared` says that a list is not copied."""
    if item.factory is not ABSENT and item.factory is not None:
        return m.call(item.factory, [made] if item.keeps_self else [], {}, at)
    if not shared and isinstance(item.default, (ListCell, DictCell, SetCell)):
        return m.library.functions["copy.copy"](m, [item.default], {}, at)
    return item.default


def missing(m: Machine, cls: Class, item: RecordField) -> Opaque:
    """Return what stands for a field that nobody passes and that has no default."""
    reason = f"{cls.name} is made without {item.name}"
    return Opaque(reason, name=item.name, kind=shape_of(m, cls, item).number_kind)


def finish(m: Machine, made: Instance, style: RecordStyle, extra: Arguments, passed: set[str], at: CallSite) -> None:
    """Run what runs when the fields of a record are set: of its library, and the program's own method for it."""
    if style.finished is not None:
        style.finished(m, made, passed, at)
    func = m.class_attribute(made.cls, style.after) if style.after and isinstance(made.cls, Class) else ABSENT
    if func is not ABSENT:
        m.call(func, [made, *extra], {}, at)


# Data of a message as objects.


def part_of(m: Machine, cls: Class, item: RecordField, base: Received, at: CallSite, chain: Chain = ()) -> Value:
    """Return the part of a message that a field holds."""
    part = m.seen(Received(base.message, (*base.path, item.names[0]), base.form))
    return as_shape(m, part, shape_of(m, cls, item), at, chain or (cls,))


def as_shape(m: Machine, value: Value, shape: AnnotationShape, at: CallSite, chain: Chain = ()) -> Value:
    """Return something received as its annotation says: objects where it names classes, else itself."""
    if shape.plain:
        return value
    if value.__class__ is not Received:
        return shaped(m, value, shape, at)
    if shape.kind == "literal":
        return join([m.chosen(value, item, item) for item in shape.values])
    inner = Received(value.message, (*value.path, ANY), value.form)
    if shape.kind == "list":
        return items.open_list(m, as_shape(m, inner, shape.parts[0], at, chain), at)
    if shape.kind == "dict":
        made = items.new_dict(m, at)
        made.fields[REST] = as_shape(m, inner, shape.parts[0], at, chain)
        made.fields[REST_KEY] = Opaque("a key of the message", name="key", kind="str")
        return made
    if shape.kind == "union":
        return _one_of(m, value, shape, at, chain)
    members = m.members_of(shape.cls)
    if members is not None:
        pairs = [(item.fields.get("_value_"), item) for item in members]
        return join([m.chosen(value, inner, item) for inner, item in pairs if m.may_equal(value, inner)])
    if shape.cls is None or shape.cls in chain or len(chain) >= LEVELS or style_of(m, shape.cls) is None:
        return value
    return built(m, shape.cls, value, at, (*chain, shape.cls))


def _one_of(m: Machine, value: Received, shape: AnnotationShape, at: CallSite, chain: Chain) -> Value:
    """Return something received as one of several classes; a field with a literal tells which."""
    found: list[Value] = []
    for part in shape.parts:
        if part.kind == "none":
            found.append(None)
            continue
        made = as_shape(m, value, part, at, chain)
        mark = tag(m, part.cls) if part.kind == "class" else None
        if mark is not None:
            name, texts = mark
            field = m.seen(Received(value.message, (*value.path, name), value.form))
            fitting = [text for text in texts if m.may_equal(field, text)]
            if not fitting:
                continue
            made = join([m.chosen(field, text, made) for text in fitting])
        found.append(made)
    return join(found) if found else value


def tag(m: Machine, cls: Class | None) -> tuple[str, tuple[Value, ...]] | None:
    """Return the field of a class whose annotation is a literal, and its values: what tells its messages apart."""
    if cls is None or style_of(m, cls) is None:
        return None
    for item in fields_of(m, cls):
        shape = shape_of(m, cls, item)
        if shape.kind == "literal":
            return item.names[0], shape.values
    return None


def built(m: Machine, cls: Class, base: Received, at: CallSite, chain: Chain) -> Value:
    """Return an object of a record class whose fields are parts of something received."""
    style = style_of(m, cls)
    assert style is not None
    made: Instance = m.bare(cls, at)
    for item in fields_of(m, cls):
        if item.init:
            made.fields[item.name] = part_of(m, cls, item, base, at, chain)
        else:
            value = default(m, made, item, at, shared=not style.checked)
            made.fields[item.name] = missing(m, cls, item) if value is ABSENT else value
    finish(m, made, style, [], set(made.fields), at)
    return made


def own_init(m: Machine, cls: Class) -> bool:
    """Say whether the program makes objects of a record class by a function of its own."""
    func = m.class_attribute(cls, "__init__")
    return isinstance(func, Func)


def validated(m: Machine, shape: AnnotationShape, value: Value, at: CallSite, how: str) -> Value:
    """Return a value as a shape says, once for each thing that it can be; `how` is "json" or "python"."""
    return united((_validated(m, shape, item, at, how), guards) for item, guards in alternatives(value))


def _validated(m: Machine, shape: AnnotationShape, value: Value, at: CallSite, how: str) -> Value:
    if value.__class__ is Encoded:
        return _validated(m, shape, value.value, at, "python") if value.form != "dump" else shaped(m, value, shape, at)
    if value.__class__ is Received:
        for cls in classes_of(shape):
            told(m, value, cls, at, how)
        part = Received(value.message, value.path, "json" if how == "json" else value.form)
        if shape.cls is not None and own_init(m, shape.cls):
            return m.construct(shape.cls, [], {"**": Received(part.message, (*part.path, ANY), part.form)}, at, None)
        m.fails()
        return as_shape(m, part, shape, at)
    return shaped(m, value, shape, at)


def classes_of(shape: AnnotationShape) -> list[Class]:
    """Return the classes that a shape names, those inside of lists and unions too."""
    own = [shape.cls] if shape.cls is not None else []
    return [*own, *(cls for part in shape.parts for cls in classes_of(part))]


def shaped(m: Machine, value: Value, shape: AnnotationShape, at: CallSite) -> Value:
    """Return a value that the program passes as its annotation says: dicts become objects, texts members."""
    if shape.plain:
        return value
    return united((_shaped(m, item, shape, at), guards) for item, guards in alternatives(value))


def _shaped(m: Machine, value: Value, shape: AnnotationShape, at: CallSite) -> Value:
    if value.__class__ is Received:
        return as_shape(m, value, shape, at)
    if shape.kind == "list" and isinstance(value, ListCell):
        made = items.new_list(m, (), at)
        made.fields.update({k: v if k is LENGTH else shaped(m, v, shape.parts[0], at) for k, v in value.fields.items()})
        return made
    if shape.kind == "dict" and isinstance(value, DictCell):
        table = items.new_dict(m, at)
        keep = {k: v if k is REST_KEY else shaped(m, v, shape.parts[0], at) for k, v in value.fields.items()}
        table.fields.update(keep)
        return table
    if shape.kind == "union":
        return _shaped_as_one(m, value, shape, at)
    if shape.cls is None:
        return value
    return as_object(m, shape.cls, value, at)


def _shaped_as_one(m: Machine, value: Value, shape: AnnotationShape, at: CallSite) -> Value:
    """Return data as the one of several classes whose literal field it fits; as any where none says so."""
    fitting = [part for part in shape.parts if part.cls is not None and _fits(m, part.cls, value)]
    return join([_shaped(m, value, part, at) for part in fitting]) if fitting else value


def _fits(m: Machine, cls: Class, value: Value) -> bool:
    if not isinstance(value, (DictCell, Encoded)):
        return m.members_of(cls) is not None and isinstance(value, str)
    mark = tag(m, cls)
    if mark is None or not isinstance(value, DictCell):
        return style_of(m, cls) is not None
    held = value.fields.get(mark[0], ABSENT)
    return held is not ABSENT and any(m.may_equal(held, text) for text in mark[1])


def as_object(m: Machine, cls: Class, value: Value, at: CallSite) -> Value:
    """Return data that the program has as an object of a class, where the class is a record or an enumeration."""
    if m.members_of(cls) is not None:
        return m.call(cls, [value], {}, at) if isinstance(value, (str, int, float)) else value
    if style_of(m, cls) is None:
        return value
    if isinstance(value, Instance):
        return value if m.is_subclass(value.cls, cls) is not False else _from_attributes(m, cls, value, at)
    if isinstance(value, DictCell) or (value.__class__ is Encoded and value.form == "dump"):
        return m.construct(cls, [], items.keywords(m, value), at, None)
    if value.__class__ in (Opaque, Assumed):
        return m.construct(cls, [], {"**": value}, at, None)
    return value


def _from_attributes(m: Machine, cls: Class, value: Instance, at: CallSite) -> Value:
    """Return an object of a class with the fields of another object."""
    names = [item.names[0] for item in fields_of(m, cls) if item.init]
    return m.construct(cls, [], {name: m.attribute(value, name, at) for name in names}, at, None)


def replaced(m: Machine, value: Value, changes: Named, at: CallSite) -> Value:
    """Return a copy of an object with some fields changed."""
    found = []
    for item, guards in alternatives(value):
        if isinstance(item, Instance):
            made: Instance = m.bare(item.cls, at)
            made.fields.update(item.fields)
            made.fields.update({name: said for name, said in changes.items() if name != "**"})
            found.append((made, guards))
        else:
            found.append((item, guards))
    return united(found)


def dumped(m: Machine, value: Value, form: str, options: tuple[tuple[str, Value], ...]) -> Value:
    """Return an object in another form, once for each thing that it can be."""
    return united((Encoded(item, form, options), guards) for item, guards in alternatives(value))
