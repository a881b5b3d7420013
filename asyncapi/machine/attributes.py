"""Attributes: read through objects, classes and modules in Python's order, written with setters and descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.machine import texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, each, join, maybe_absent, present, united
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Beyond,
    Bound,
    Class,
    Deferred,
    DictCell,
    Encoded,
    External,
    Func,
    HoledText,
    Instance,
    ListCell,
    Module,
    Native,
    Opaque,
    Property,
    Received,
    SetCell,
    Super,
    Tup,
    Union,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

CONTAINERS = {ListCell: "list", DictCell: "dict", SetCell: "set", Tup: "tuple"}


def attribute(m: Machine, owner: Value, name: str, at: CallSite) -> Value:
    """Return `owner.name` for everything that the owner can be."""
    if owner.__class__ is not Union:
        found = _attribute(m, owner, name, at)
        return m.seen(found) if found.__class__ in (Union, HoledText, Received) else found
    pairs = []
    for item, guards in alternatives(owner):
        if item is None and len(owner.known) > 1:
            m.fails()
            continue
        pairs.append((m.seen(_attribute(m, item, name, at)), guards))
    return united(pairs) if pairs else Opaque(f"{name} of nothing", name=name)


def _attribute(m: Machine, owner: Value, name: str, at: CallSite) -> Value:
    kind = owner.__class__
    if kind is Instance:
        return of_instance(m, owner, name, at)
    if kind is Module:
        return of_module(m, owner, name)
    if kind is Class:
        return of_class(m, owner, name, at)
    if kind is External:
        return m.external(f"{owner.path}.{name}")
    if isinstance(owner, (str, HoledText)):
        return texts.method_of(owner, name) or Opaque(f"{name} of a text", name=name)
    if kind in CONTAINERS:
        return method(m, f"{CONTAINERS[kind]}.{name}", owner, name)
    if kind is Received:
        return of_received(m, owner, name)
    if kind is Super:
        return of_super(m, owner, name, at)
    if kind is Encoded:
        return method(m, f"encoded.{name}", owner, name)
    if kind is Assumed:
        return of_setting(m, owner, name, at)
    if kind is Func or kind is Bound or kind is Native:
        return of_function(m, owner, name)
    if kind is Deferred:
        return method(m, f"{owner.kind}.{name}", owner, name)
    if isinstance(owner, (bytes, int, float)):
        return method(m, f"{owner.__class__.__name__}.{name}", owner, name)
    if kind is Beyond:
        return owner
    if kind is Opaque:
        known = m.library.functions.get(f"{owner.kind}.{name}") if owner.kind else None
        if known is not None:
            return Bound(Native(f"{owner.kind}.{name}", known), owner)
        said = f"{name} of {owner.name}" if owner.name else f"{name} of something: {owner.reason}"
        return Opaque(said, name=name, environment=owner.environment)
    if kind is Property and name in ("setter", "getter", "deleter"):
        return Native(f"property.{name}", _property_part(owner, name))
    return Opaque(f"{name} of {owner!r}", name=name)


def _property_part(owner: Property, part: str):  # type: ignore[no-untyped-def]
    def run(m: Machine, arguments: list[Value], named: dict[str, Value], at: CallSite) -> Value:
        given = arguments[0]
        if part == "setter":
            return Property(owner.getter, given)
        return Property(given, owner.setter) if part == "getter" else owner

    return run


def method(m: Machine, path: str, owner: Value, name: str) -> Value:
    """Return a method that the library tells of, bound to its object."""
    known = m.library.functions.get(path)
    if known is None:
        return Opaque(f"{path} is not followed", name=name)
    return Bound(Native(path, known), owner)


def of_instance(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return an attribute of an object: its own, else its class's, else what `__getattr__` gives."""
    own = owner.fields.get(name, ABSENT)
    if own is not ABSENT and not maybe_absent(own):
        if isinstance(owner.cls, Class):
            setter = class_attribute(m, owner.cls, name) if owner.cls.fields.get(name).__class__ is Property else ABSENT
            if setter.__class__ is Property:
                return m.call(setter.getter, [owner], {}, at)
        return own
    inherited = from_class(m, owner, owner.cls, name, at)
    if own is not ABSENT:
        return present(own) if inherited is ABSENT else join([present(own), inherited])
    if inherited is not ABSENT:
        return inherited
    if name == "__class__":
        return owner.cls
    if name == "__dict__":
        return m.dict_of(owner)
    if isinstance(owner.cls, Class):
        fallback = class_attribute(m, owner.cls, "__getattr__")
        if fallback.__class__ is Func and fallback.code.active == 0:
            return m.call(fallback, [owner, name], {}, at)
        if not any(isinstance(base, External) and base.path != "builtins.object" for base in owner.cls.mro):
            m.missing(owner.cls, name, at)
            m.fails()
    return Opaque(f"{name} of {owner.cls.name}", name=name)


def from_class(m: Machine, owner: Instance, cls: Class | External, name: str, at: CallSite) -> Value:
    """Return what a class and its bases have under a name, bound to an object; ABSENT where they have nothing."""
    for base in cls.mro if isinstance(cls, Class) else (cls,):
        if isinstance(base, Class):
            value = base.fields.get(name, ABSENT)
            if value is not ABSENT:
                value = present(value)
                return bound(m, value, owner, owner.cls, at) if value is not ABSENT else ABSENT
        else:
            found = m.outside_attribute(base, owner, name, at)
            if found is not ABSENT:
                return found
    return ABSENT


def bound(m: Machine, value: Value, owner: Value, cls: Class | External, at: CallSite) -> Value:
    """Return a class attribute as an object has it: methods bound, properties read."""
    kind = value.__class__
    if kind is Func or kind is Native:
        return Bound(value, owner)
    if kind is Property:
        return m.call(value.getter, [owner], {}, at) if value.getter is not None else Opaque("a property")
    if kind is Wrapped:
        return value.func if value.kind == "static" else Bound(value.func, cls)
    if kind is Union:
        return united((bound(m, item, owner, cls, at), guards) for item, guards in alternatives(value))
    if kind is Instance:
        getter = class_attribute(m, value.cls, "__get__") if isinstance(value.cls, Class) else ABSENT
        if getter.__class__ is Func:
            return m.call(getter, [value, owner, cls], {}, at)
        return m.bound_outside(value, owner)
    return value


def class_attribute(m: Machine, cls: Class, name: str) -> Value:
    """Return what a class or the first of its bases of the program has under a name, as it stands there."""
    for base in cls.mro:
        if isinstance(base, Class) and name in base.fields:
            return present(base.fields[name])
    return ABSENT


def of_class(m: Machine, owner: Class, name: str, at: CallSite) -> Value:
    """Return an attribute of a class: class methods bound to it, functions as they are."""
    for base in owner.mro:
        if isinstance(base, External):
            found = m.outside_class_attribute(base, owner, name, at)
            if found is not ABSENT:
                return found
            continue
        value = base.fields.get(name, ABSENT)
        if value is ABSENT:
            continue
        value = present(value)
        if value.__class__ is Wrapped:
            return value.func if value.kind == "static" else Bound(value.func, owner)
        return value
    if name in ("__name__", "__qualname__"):
        return owner.name if name == "__name__" else owner.qualname
    if name == "__module__":
        return owner.module.name
    if name == "__dict__":
        return m.dict_of(owner)
    if name == "__mro__":
        return Tup(owner.mro)
    if name == "__doc__":
        return None
    if name == "__subclasses__":
        return Native("__subclasses__", lambda m_, a, k, s: m_.subclasses(owner, s))
    if name in ("__annotations__",):
        return m.annotation_dict(owner, at)
    meta = owner.keywords.get("metaclass")
    if isinstance(meta, Class):
        value = class_attribute(m, meta, name)
        if value is not ABSENT:
            return Bound(value, owner) if value.__class__ is Func else value
        fallback = class_attribute(m, meta, "__getattr__")
        if fallback.__class__ is Func:
            return m.call(fallback, [owner, name], {}, at)
    if not any(isinstance(base, External) and base.path != "builtins.object" for base in owner.mro) and meta is None:
        m.missing(owner, name, at)
        m.fails()
    return Opaque(f"{name} of {owner.name}", name=name)


def of_super(m: Machine, owner: Super, name: str, at: CallSite) -> Value:
    """Return an attribute behind a class in the order of the object's own class."""
    base_cls = owner.owner.cls if isinstance(owner.owner, Instance) else owner.owner
    order = base_cls.mro if isinstance(base_cls, Class) else ()
    start = order.index(owner.cls) + 1 if owner.cls in order else 0
    for base in order[start:]:
        if isinstance(base, External):
            if isinstance(owner.owner, Instance):
                found = m.outside_attribute(base, owner.owner, name, at)
            else:
                found = m.outside_class_attribute(base, owner.owner, name, at)
            if found is not ABSENT:
                return found
            continue
        value = base.fields.get(name, ABSENT)
        if value is not ABSENT:
            value = present(value)
            if isinstance(owner.owner, Instance):
                return bound(m, value, owner.owner, base_cls, at)
            if value.__class__ is Wrapped:
                return value.func if value.kind == "static" else Bound(value.func, owner.owner)
            return value
    if name == "__init__" or name == "__init_subclass__":
        return Native(f"object.{name}", lambda m_, a, k, s: None)
    if name == "__new__":
        return Native("object.__new__", lambda m_, a, k, s: m_.bare(a[0], s) if a else Opaque("a new object"))
    if name == "__setattr__":
        return Native(
            "object.__setattr__",
            lambda m_, a, k, s: m_.write(owner.owner, a[0], a[1]) if len(a) == 2 and isinstance(a[0], str) else None,
        )
    outside = [base for base in order[start:] if isinstance(base, External)]
    where = outside[0].path if outside else owner.cls.name
    return Opaque(f"{name} of {where}, which is not read", name=name)


def of_module(m: Machine, owner: Module, name: str) -> Value:
    """Return a name of a module, a module inside of it, or what its `__getattr__` gives."""
    value = owner.fields.get(name, ABSENT)
    if value is not ABSENT:
        value = present(value)
    if value is ABSENT:
        inner = m.submodule(owner, name)
        if inner is not None:
            return inner
        fallback = owner.fields.get("__getattr__", ABSENT)
        if fallback.__class__ is Func:
            return m.call(fallback, [name], {}, m.place)
        if name == "__name__":
            return owner.name
        if name == "__dict__":
            return m.dict_of(owner)
        if name == "__file__":
            return Opaque("the path of a module", name="file", kind="str")
        return Opaque(f"{name} of the module {owner.name}", name=name)
    return value


def of_received(m: Machine, owner: Received, name: str) -> Value:
    """Return an attribute of something received: a method of texts or dicts, else a part of it."""
    known = m.library.functions.get(f"received.{name}")
    if known is not None:
        return Bound(Native(f"received.{name}", known), owner)
    return m.seen(Received(owner.message, (*owner.path, name), owner.form))


def of_setting(m: Machine, owner: Assumed, name: str, at: CallSite) -> Value:
    """Return an attribute of a setting's default: a method of it gives a setting again."""
    found = _attribute(m, owner.value, name, at)
    if not isinstance(found, (Bound, Native)):
        return found

    def run(m_: Machine, arguments: list[Value], named: dict[str, Value], site: CallSite) -> Value:
        plain = [item.value if item.__class__ is Assumed else item for item in arguments]
        result = m_.call(found, plain, named, site)
        if result is None or isinstance(result, (str, int, float)):
            return Assumed(result, name=owner.name, environment=owner.environment)
        return result

    return Native(f"setting.{name}", run)


def of_function(m: Machine, owner: Value, name: str) -> Value:
    """Return an attribute of a function: its name, its object, or what the program keeps with it."""
    func = owner.func if owner.__class__ is Bound else owner
    if owner.__class__ is Bound and name == "__self__":
        return owner.owner
    if name in ("__func__", "__wrapped__") and "__wrapped__" not in getattr(func, "fields", ()):
        return func
    if func.__class__ is Func:
        value = func.fields.get(name, ABSENT)
        if value is not ABSENT:
            return present(value)
        if name == "__name__":
            return func.code.name
        if name == "__qualname__":
            return func.code.qualname
        if name == "__module__":
            return func.module.name
        if name == "__annotations__":
            return m.annotation_dict(func, m.place)
    known = m.library.functions.get(f"function.{name}")
    if known is not None:
        return Bound(Native(f"function.{name}", known), owner)
    return Opaque(f"{name} of a function", name=name)


def set_attribute(m: Machine, owner: Value, name: str, value: Value, at: CallSite) -> None:
    """Run `owner.name = value`: through a setter or descriptor where the class has one."""
    owners = each(owner)
    for item in owners:
        if isinstance(item, Instance):
            _set_on_instance(m, item, name, value, at, weak=len(owners) > 1)
        elif isinstance(item, Class):
            m.write(item, name, value)
            if value.__class__ is Func and value.owner is None:
                value.owner = item
        elif isinstance(item, Module):
            m.write(item, name, m.named(item, name, value, at.line))
        elif isinstance(item, Func):
            m.write(item, name, value)
        elif item.__class__ is Bound and isinstance(item.func, Func):
            m.write(item.func, name, value)
        elif isinstance(item, (Opaque, External, Received)):
            m.escaping([value], at)


def _set_on_instance(m: Machine, owner: Instance, name: str, value: Value, at: CallSite, *, weak: bool) -> None:
    if isinstance(owner.cls, Class):
        found = class_attribute(m, owner.cls, name)
        if found.__class__ is Property and found.setter is not None:
            m.call(found.setter, [owner, value], {}, at)
            return
        if isinstance(found, Instance) and isinstance(found.cls, Class):
            setter = class_attribute(m, found.cls, "__set__")
            if setter.__class__ is Func:
                m.call(setter, [found, owner, value], {}, at)
                return
        custom = class_attribute(m, owner.cls, "__setattr__")
        if custom.__class__ is Func and custom.code.active == 0:
            m.call(custom, [owner, name, value], {}, at)
            return
    if m.outside_set(owner, name, value, at):
        return
    if weak:
        value = join([owner.fields.get(name, ABSENT), value])
    m.write(owner, name, value)


def delete_attribute(m: Machine, owner: Value, name: str) -> None:
    """Run `del owner.name`."""
    for item in each(owner):
        if isinstance(item, (Instance, Class, Module)):
            m.erase(item, name)
