"""Enumerations: members are objects of their class, found by value or name, with the methods of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.classes import linear
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, join, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.model_rows import Arguments, Named, decorator, given, same
from asyncapi.machine.values import (
    ABSENT,
    Class,
    DictCell,
    External,
    Func,
    Instance,
    Native,
    Opaque,
    Property,
    Tup,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

BASES = {
    "Enum": (),
    "ReprEnum": ("enum.Enum",),
    "IntEnum": ("enum.ReprEnum", "builtins.int"),
    "StrEnum": ("enum.ReprEnum", "builtins.str"),
    "Flag": ("enum.Enum",),
    "IntFlag": ("enum.Flag", "enum.ReprEnum", "builtins.int"),
}
MEMBERS = "__enumeration__"
MAKER = "__new_member__"
"""Where a class keeps its `__new__` when its members are made: from then on, calling the class looks a member up."""
AUTO = External("enum.auto")


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("enum", "strenum", "aenum")
    library.aliases["strenum"] = library.aliases["aenum"] = library.aliases["backports.strenum"] = "enum"
    library.aliases["enum.EnumType"] = "enum.EnumMeta"
    for name, bases in BASES.items():
        library.classes[f"enum.{name}"] = Outside(
            bases=bases,
            derived=_members,
            made=_made,
            attribute=_attribute,
            class_attribute=_of_class,
            methods={"__init_subclass__": lambda m, a, k, at: None, "__init__": lambda m, a, k, at: None},
            class_methods={"_missing_": lambda m, a, k, at: None},
        )
    library.functions["enum.auto"] = lambda m, a, k, at: m.bare(AUTO, at)
    library.functions["enum.unique"] = decorator(same)
    library.functions["enum.verify"] = lambda m, a, k, at: Native("verify", same)
    library.functions["enum.property"] = lambda m, a, k, at: Property(a[0])
    for name in ("member", "nonmember", "global_enum"):
        library.functions[f"enum.{name}"] = same
    for name in ("object", "str", "int", "float", "bytes"):
        library.functions.setdefault(f"builtins.{name}.__new__", _new)


def _new(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`object.__new__(cls)` and `str.__new__(cls, value)`: a bare object, of a member with its value."""
    made = m.bare(a[0] if a else None, at)
    if isinstance(made, Instance) and len(a) > 1:
        made.fields["_value_"] = a[1]
    return made


def _members(m: Machine, cls: Class) -> None:
    """Turn the constants of a class body into members; equal values are other names of one member."""
    if MEMBERS in cls.fields:
        return
    maker = _maker(m, cls)
    if maker is not None and "__new__" in cls.fields:
        m.write(cls, MAKER, cls.fields["__new__"])
        m.erase(cls, "__new__")
    made: list[Instance] = []
    skipped = _skipped(m, cls)
    for name, value in list(cls.fields.items()):
        if not _is_member(name, value) or name in skipped:
            continue
        if isinstance(value, Instance) and value.cls is AUTO:
            value = AUTO
        member = _member(m, cls, name, value, made, maker)
        same_ = next((old for old in made if _equal(m, old.fields.get("_value_"), member.fields.get("_value_"))), None)
        if same_ is None:
            made.append(member)
        m.write(cls, name, same_ or member)
    if made:
        m.write(cls, MEMBERS, Tup(made))


def _maker(m: Machine, cls: Class) -> Value:
    for name in ("__new__", MAKER):
        value = m.class_attribute(cls, name)
        func = value.func if isinstance(value, Wrapped) else value
        if isinstance(func, Func):
            return func
    return None


def _skipped(m: Machine, cls: Class) -> set[str]:
    value = cls.fields.get("_ignore_")
    if isinstance(value, str):
        return set(str(value).split())
    return (
        {str(item) for item, _ in items.listed(m, value, None) if isinstance(item, str)} if value is not None else set()
    )


def _is_member(name: Any, value: Value) -> bool:
    if not isinstance(name, str) or (name.startswith("_") and name.endswith("_")) or name.startswith("__"):
        return False
    return not isinstance(value, (Func, Property, Wrapped, Class, Native))


def _equal(m: Machine, one: Value, other: Value) -> bool:
    same_kind = one.__class__ not in (Opaque, External)
    return same_kind and m.equal(one, other) is True


def _member(m: Machine, cls: Class, name: str, value: Value, before: list[Instance], maker: Value) -> Instance:
    """Return a member: made by the class's `__new__` where it has one, given its value, then its `__init__` run."""
    if value is AUTO:
        value = _automatic(m, cls, name, before)
    arguments = list(value.items) if value.__class__ is Tup else [value]
    given_ = m.call(maker, [cls, *arguments], {}, m.place) if maker is not None else None
    made: Instance = given_ if isinstance(given_, Instance) else m.bare(cls, m.place)
    made.fields["_name_"] = name
    made.fields.setdefault("_value_", value)
    init = m.class_attribute(cls, "__init__")
    if isinstance(init, Func):
        m.call(init, [made, *arguments], {}, m.place)
    return made


def _automatic(m: Machine, cls: Class, name: str, before: list[Instance]) -> Value:
    """Return what `auto()` stands for."""
    values = [item.fields.get("_value_") for item in before]
    custom = m.class_attribute(cls, "_generate_next_value_")
    func = custom.func if isinstance(custom, Wrapped) else custom
    if isinstance(func, Func):
        return m.call(func, [name, 1, len(values), items.new_list(m, values)], {}, m.place)
    if m.derives(cls, External("enum.StrEnum")):
        return name.lower()
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) != len(values):
        return Opaque("a value that auto() counts", name=name.lower(), kind="int")
    if m.derives(cls, External("enum.Flag")):
        return 1 << max(numbers).bit_length() if numbers else 1
    return max(numbers) + 1 if numbers else 1


def _made(m: Machine, cls: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    """Return the member that has a value; called on `Enum` itself, make a class."""
    if not isinstance(cls, Class):
        return _functional(m, cls, a, k, at)
    members = m.members_of(cls)
    if members is None:
        return _functional(m, cls, a, k, at)
    value = given(a, k, 0, "value", Opaque("a value"))
    return united((_looked_up(m, cls, members, item, at), guards) for item, guards in alternatives(value))


def _looked_up(m: Machine, cls: Class, members: list[Value], value: Value, at: CallSite) -> Value:
    if isinstance(value, Instance) and value in members:
        return value
    fitting = []
    for member in members:
        answer = m.equal(member.fields.get("_value_"), value)
        if answer is True and value.__class__ is not Opaque:
            return member
        if answer is not False:
            fitting.append(member)
    if fitting:
        m.fails()
        return join([m.chosen(value, member.fields.get("_value_"), member) for member in fitting])
    custom = m.class_attribute(cls, "_missing_")
    if custom is not ABSENT:
        found = m.call(custom.func if isinstance(custom, Wrapped) else custom, [cls, value], {}, at)
        if found is not None:
            return found
    m.fails()
    if m.derives(cls, External("enum.Flag")):
        return _combined(m, cls, value, at)
    return Opaque(f"{cls.name} has no member for a value", name=cls.name)


def _combined(m: Machine, cls: Class, value: Value, at: CallSite) -> Value:
    """Return several flags as one object."""
    made: Instance = m.bare(cls, at)
    made.fields.update({"_name_": None, "_value_": value})
    return made


def _functional(m: Machine, base: Class | External, a: Arguments, k: Named, at: CallSite) -> Value:
    """`Enum("Name", "a b")`, with a list of names or of pairs, or with a dict."""
    name, told = given(a, k, 0, "value"), given(a, k, 1, "names")
    if not isinstance(name, str) or m.current is None or told is None:
        return Opaque("an enumeration")
    made: Class = m.new(Class, str(name), m.current.module, str(name))
    mixin = k.get("type")
    made.bases = (mixin, base) if isinstance(mixin, (Class, External)) else (base,)
    made.mro = linear(made)
    if isinstance(told, str):
        told = Tup([*str(told).replace(",", " ").split()])
    if isinstance(told, DictCell):
        told = m.library.functions["dict.items"](m, [told], {}, at)
    for item, _ in items.listed(m, told, at):
        key, value = (item, AUTO) if isinstance(item, str) else (items.item(m, item, 0, at), items.item(m, item, 1, at))
        if isinstance(key, str):
            made.fields[str(key)] = value
    m.subclassed(made)
    return made


def _attribute(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    if name in ("value", "name"):
        return owner.fields.get(f"_{name}_", ABSENT)
    inner = owner.fields.get("_value_", ABSENT)
    if isinstance(inner, (str, int, bytes)) and hasattr(inner, name) and m.derives(owner.cls, _kind(inner)):
        return m.attribute(inner, name, at)
    return ABSENT


def _kind(value: Value) -> External:
    return External(f"builtins.{'str' if isinstance(value, str) else type(value).__name__}")


def _of_class(m: Machine, cls: Class, name: str, at: CallSite) -> Value:
    members = m.members_of(cls)
    if name in ("__members__", "_member_map_", "_value2member_map_") and members is not None:
        made = items.new_dict(m, at)
        for key, value in cls.fields.items():
            if isinstance(value, Instance) and value in members and isinstance(key, str):
                items.set_item(
                    m, made, key if "map_" not in name or "value" not in name else value.fields["_value_"], value, at
                )
        return made
    return (
        Tup([item.fields["_name_"] for item in members]) if name == "_member_names_" and members is not None else ABSENT
    )
