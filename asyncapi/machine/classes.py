"""Classes and objects: bodies run, bases put in order, objects made; what libraries add stands in their rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, operators
from asyncapi.machine.attributes import class_attribute
from asyncapi.machine.code import CallSite, Code
from asyncapi.machine.dispatch import body, compiled
from asyncapi.machine.lattice import each, join, key
from asyncapi.machine.state import Activation
from asyncapi.machine.values import (
    ABSENT,
    Beyond,
    Bound,
    Class,
    DictCell,
    External,
    Func,
    HoledText,
    Instance,
    ListCell,
    Module,
    Native,
    Opaque,
    Received,
    SetCell,
    Super,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def class_(m: Machine, f: Activation, code: Code, bases: list[Value], keywords: dict[str, Value]) -> Value:
    """Return the class that a `class` statement makes."""
    made: Class = m.new(Class, code.name, f.module, code.qualname)
    made.line, made.code, made.outer, made.keywords = code.line, code, f, keywords
    made.bases = tuple(base for given in bases for base in _as_base(m, given))
    made.mro = linear(made)
    frame = m.frame(code, f.module, f)
    frame.owner = made
    m.running(frame, lambda: body(code)(frame))
    made.fields.update(frame.fields)
    for name, value in list(made.fields.items()):
        _adopt(m, made, name, value)
    m.subclassed(made)
    return made


def _as_base(m: Machine, value: Value) -> list[Value]:
    found = [item for item in each(value) if isinstance(item, (Class, External))]
    if found:
        return found[:1]
    return [External(f"unknown.{getattr(value, 'name', '') or 'base'}")]


def linear(cls: Class) -> tuple[Class | External, ...]:
    """Return a class and its bases in the C3 order; where the bases contradict each other, depth first."""
    chains = [list(base.mro) if isinstance(base, Class) else [base] for base in cls.bases]
    chains.append([base for base in cls.bases if isinstance(base, (Class, External))])
    order: list[Class | External] = [cls]
    names = {key(cls)}
    while any(chains):
        chains = [chain for chain in chains if chain]
        for chain in chains:
            head = chain[0]
            if not any(key(head) in [key(item) for item in other[1:]] for other in chains):
                break
        else:
            head = chains[0][0]
        if key(head) not in names:
            order.append(head)
            names.add(key(head))
        for chain in chains:
            chain[:] = [item for item in chain if key(item) != key(head)]
    return tuple(order)


def _adopt(m: Machine, cls: Class, name: str, value: Value) -> None:
    """Tell functions whose class they are in, and descriptors their name."""
    func = getattr(value, "func", value)
    for candidate in (func, getattr(value, "getter", None), getattr(value, "setter", None)):
        if isinstance(candidate, Func) and candidate.owner is None:
            candidate.owner = cls
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        told = class_attribute(m, value.cls, "__set_name__")
        if told.__class__ is Func:
            m.call(told, [value, cls, name], {}, m.place)


def subclassed(m: Machine, cls: Class) -> None:
    """Run `__init_subclass__` of the bases, and what libraries do with classes that derive from theirs."""
    m.derived.append(cls)
    for base in cls.mro[1:]:
        if isinstance(base, Class) and "__init_subclass__" in base.fields:
            hook = base.fields["__init_subclass__"]
            func = hook.func if hasattr(hook, "func") else hook
            given = {name: value for name, value in cls.keywords.items() if name != "metaclass"}
            m.call(func, [cls], given, m.place)
            break
    meta = cls.keywords.get("metaclass")
    if isinstance(meta, Class):
        init = class_attribute(m, meta, "__init__")
        if init.__class__ is Func:
            m.call(init, [cls, cls.name, Tup(cls.bases), m.dict_of(cls)], {}, m.place)
    for base in cls.mro[1:]:
        if isinstance(base, External):
            outside = m.library.classes.get(base.path)
            if outside is not None and outside.derived is not None:
                outside.derived(m, cls)


def subclasses(m: Machine, cls: Class, at: CallSite) -> Value:
    """Return the classes that derive directly from a class, in the order in which they were made."""
    return items.new_list(m, [item for item in m.derived if cls in item.bases], at)


def bare(m: Machine, cls: Value, at: CallSite) -> Value:
    """Return a new object of a class, without running anything of it."""
    if not isinstance(cls, (Class, External)):
        return Opaque("a new object")
    made: Instance = m.new(Instance, cls)
    made.made = at
    m.instances.setdefault(cls, []).append(made) if isinstance(cls, Class) else None
    return made


def construct(
    m: Machine, cls: Class, arguments: list[Value], named: dict[str, Value], at: CallSite, f: Activation | None
) -> Value:
    """Return what calling a class gives."""
    meta = cls.keywords.get("metaclass")
    if isinstance(meta, Class):
        custom = class_attribute(m, meta, "__call__")
        if custom.__class__ is Func and custom.code.active == 0:
            return m.call(custom, [cls, *arguments], named, at, f)
    outside = next(
        (
            m.library.classes.get(base.path)
            for base in cls.mro
            if isinstance(base, External) and m.library.classes.get(base.path)
        ),
        None,
    )
    creator = class_attribute(m, cls, "__new__")
    if creator.__class__ is not ABSENT.__class__ and isinstance(func := getattr(creator, "func", creator), Func):
        if func.code.active == 0:
            made = m.call(func, [cls, *arguments], named, at, f)
            if not isinstance(made, Instance) or made.cls is not cls:
                return made
        else:
            made = bare(m, cls, at)
    elif outside is not None and outside.made is not None:
        return outside.made(m, cls, arguments, named, at)
    else:
        made = bare(m, cls, at)
    init = class_attribute(m, cls, "__init__")
    if init is not ABSENT:
        if m.call(init, [made, *arguments], named, at, f) is not None:
            m.fails()
    elif outside is not None and outside.init is not None:
        outside.init(m, made, arguments, named, at)
    return made


def super_of(m: Machine, f: Activation) -> Value:
    """Return what `super()` gives in a method."""
    frame: Activation | None = f
    while frame is not None:
        if frame.owner is not None and frame.code.kind == "function" and frame.code.positional:
            owner = frame.fields.get(frame.code.positional[0], ABSENT)
            if isinstance(owner, (Instance, Class)):
                return Super(frame.owner, owner)
        frame = frame.outer
    return Opaque("super() outside of a method")


def subscripted(m: Machine, cls: Class, index: Value, at: CallSite) -> Value:
    """Return `Class[...]`: an enumeration's member, what `__class_getitem__` gives, or the class itself."""
    members = m.members_of(cls)
    if members is not None and not isinstance(index, str):
        return join([m.chosen(index, item.fields["_name_"], item) for item in members])
    if members is not None:
        return cls.fields.get(index, Opaque(f"the member {index} of {cls.name}", name=index))
    custom = class_attribute(m, cls, "__class_getitem__")
    if custom is not ABSENT:
        func = getattr(custom, "func", custom)
        if isinstance(func, Func):
            return m.call(func, [cls, index], {}, at)
    name = (cls, key(index))
    if name not in m.generics:
        made: Class = m.new(Class, cls.name, cls.module, cls.qualname)
        made.bases, made.mro = (cls,), (made, *cls.mro)
        made.line, made.code, made.outer = cls.line, cls.code, cls.outer
        made.fields["__parameters__"] = index if index.__class__ is Tup else Tup((index,))
        made.fields["__origin__"] = cls
        made.birth = 0
        m.generics[name] = made
    return m.generics[name]


def is_instance(m: Machine, value: Value, classes: Value) -> bool | None:
    """Say whether a single value is of a class, or of one of several."""
    wanted = [item for one in each(classes) for item in (one.items if one.__class__ is Tup else (one,))]
    answers = [_is_instance(m, value, item) for item in wanted]
    if any(answer is True for answer in answers):
        return True
    return False if answers and all(answer is False for answer in answers) else None


PYTHON_KINDS: dict[type, tuple[str, ...]] = {
    str: ("str",),
    HoledText: ("str",),
    bytes: ("bytes",),
    bool: ("bool", "int"),
    int: ("int",),
    float: ("float",),
    ListCell: ("list",),
    DictCell: ("dict",),
    SetCell: ("set", "frozenset"),
    Tup: ("tuple",),
    type(None): ("NoneType",),
}
ABSTRACT = {
    "Mapping": ("dict",),
    "MutableMapping": ("dict",),
    "Sequence": ("list", "tuple", "str", "bytes"),
    "Iterable": ("list", "tuple", "str", "bytes", "dict", "set"),
    "Collection": ("list", "tuple", "str", "bytes", "dict", "set"),
    "Set": ("set",),
    "Number": ("int", "float"),
    "Real": ("int", "float"),
    "Integral": ("int",),
}


NARROWER = {"float": ("float", "int", "bool"), "int": ("bool",)}
"""What a number may be besides: a sum that is called a float can be an int, and an int a bool."""


def _is_instance(m: Machine, value: Value, cls: Value) -> bool | None:
    if isinstance(value, (Opaque, Beyond, Received, External)) and not (isinstance(value, Opaque) and value.kind):
        return None
    if isinstance(value, Instance):
        return m.is_subclass(value.cls, cls)
    if isinstance(cls, External):
        kinds = PYTHON_KINDS.get(value.__class__ if not isinstance(value, str) else str, ())
        if isinstance(value, Opaque):
            if cls.path.rpartition(".")[2] in NARROWER.get(value.kind, ()):
                return None
            kinds = (value.kind,)
        module, _, name = cls.path.rpartition(".")
        if module == "builtins":
            if name == "object":
                return True
            if name == "type":
                return isinstance(value, Class)
            return (
                name in kinds if kinds else False if isinstance(value, (Class, Func, Bound, Native, Module)) else None
            )
        if name in ABSTRACT:
            return any(kind in ABSTRACT[name] for kind in kinds)
        if name in ("Callable",):
            return m.callable_(value)
        return False if kinds or isinstance(value, (Func, Bound, Class)) else None
    if isinstance(cls, Class):
        return False
    if cls is None:
        return value is None
    return None


def is_subclass(m: Machine, value: Value, classes: Value) -> bool | None:
    """Say whether a class derives from another, or from one of several."""
    wanted = [item for one in each(classes) for item in (one.items if one.__class__ is Tup else (one,))]
    answers: list[bool | None] = []
    for cls in wanted:
        if isinstance(value, Class):
            if isinstance(cls, (Class, External)):
                origin = cls.fields.get("__origin__", cls) if isinstance(cls, Class) else cls
                paths = {key(base) for base in value.mro}
                known = (
                    key(origin) in paths or key(cls) in paths or (isinstance(cls, External) and m.derives(value, cls))
                )
                unread = any(isinstance(base, External) and not m.is_known(base) for base in value.mro)
                answers.append(True if known else None if unread and isinstance(cls, External) else False)
            else:
                answers.append(None)
        elif isinstance(value, External) and isinstance(cls, External):
            own = value.path.startswith("builtins.") and cls.path.startswith("builtins.")
            answers.append(True if value.path == cls.path or m.derives(value, cls) else False if own else None)
        elif isinstance(value, External) and isinstance(cls, Class):
            answers.append(False)
        else:
            answers.append(None)
    if any(answer is True for answer in answers):
        return True
    return False if answers and all(answer is False for answer in answers) else None


def truth_of(m: Machine, value: Instance) -> bool | None:
    """Say whether an object counts as true."""
    if isinstance(value.cls, External):
        return None if m.library.classes.get(value.cls.path) is None else True
    for name in ("__bool__", "__len__"):
        func = class_attribute(m, value.cls, name)
        if func.__class__ is Func:
            found = m.call(func, [value], {}, m.place)
            return operators.truth(m, found) if not hasattr(found, "known") else None
    inner = value.fields.get("_value_", ABSENT)
    if inner is not ABSENT and m.members_of(value.cls) is not None and m.derives(value.cls, External("builtins.str")):
        return operators.truth(m, inner)
    return True


def same(m: Machine, a: Value, b: Value) -> bool | None:
    """Say whether two values are equal, at least one of them an object."""
    if isinstance(a, Instance) and isinstance(b, Instance):
        if a.cls is b.cls and isinstance(a.cls, Class):
            if m.members_of(a.cls) is not None:
                return a is b
            return True if a is b else None
        return False if not (isinstance(a.cls, External) or isinstance(b.cls, External)) else None
    one, other = (a, b) if isinstance(a, Instance) else (b, a)
    if isinstance(one.cls, Class):
        inner = one.fields.get("_value_", ABSENT)
        if inner is not ABSENT:
            if m.derives(one.cls, External("builtins.str")) or m.derives(one.cls, External("builtins.int")):
                return operators.equal(m, inner, other) if not hasattr(inner, "known") else None
            return False
        func = class_attribute(m, one.cls, "__eq__")
        if func.__class__ is Func:
            found = m.call(func, [one, other], {}, m.place)
            return found if isinstance(found, bool) else None
        return False if other is None or isinstance(other, (str, int, float)) else None
    return False if other is None else None


def members_of(m: Machine, cls: Value) -> list[Value] | None:
    """Return the members of an enumeration, or None for any other class."""
    if isinstance(cls, Class):
        found = cls.fields.get("__enumeration__", ABSENT)
        if found is not ABSENT:
            return list(found.items)
    return None


def dict_of(m: Machine, owner: Value) -> DictCell:
    """Return the attributes of an object, class or module as a dict."""
    made = items.new_dict(m)
    for name, value in owner.fields.items():
        if isinstance(name, str):
            made.fields[name] = value
    return made


def annotations_of(m: Machine, cls: Class) -> dict[str, tuple[Class, Any]]:
    """Return the annotated names of a class and its bases, the bases' first, each with the class it stands in."""
    found: dict[str, tuple[Class, Any]] = {}
    for base in reversed(cls.mro):
        if isinstance(base, Class):
            for name, node in base.annotations.items():
                found[name] = (base, node)
    return found


def annotation(m: Machine, node: Any, owner: Class | Func | Activation) -> Value:
    """Return the value of an annotation, texts parsed; unknown where it cannot be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return Opaque("an annotation that cannot be read")
        line = getattr(owner, "line", 1) or 1
        for item in ast.walk(node):
            if isinstance(item, (ast.expr, ast.arg, ast.keyword)):
                item.lineno = item.end_lineno = line
    frame = owner.outer if not isinstance(owner, Activation) else owner
    if frame is None:
        return Opaque("an annotation")
    name = id(node)
    if name not in m.annotations:
        m.annotations[name] = (compiled(node, frame.code), node)
    try:
        return m.quietly(lambda: m.annotations[name][0](frame))
    except RecursionError:
        return Opaque("an annotation")


def annotation_dict(m: Machine, owner: Value, at: CallSite) -> Value:
    """Return `__annotations__` of a class or function."""
    made = items.new_dict(m, at)
    if isinstance(owner, Class):
        for name, node in owner.annotations.items():
            made.fields[name] = annotation(m, node, owner)
    elif isinstance(owner, Func) and owner.code.args is not None:
        for arg in (*owner.code.args.posonlyargs, *owner.code.args.args, *owner.code.args.kwonlyargs):
            if arg.annotation is not None:
                made.fields[arg.arg] = annotation(m, arg.annotation, owner)
        if getattr(owner.code.node, "returns", None) is not None:
            made.fields["return"] = annotation(m, owner.code.node.returns, owner)
    return made


def text_of(m: Machine, value: Instance, at: CallSite | None) -> Value:
    """Return an object as `str()` shows it; None where that is not known."""
    if isinstance(value.cls, Class):
        members = m.members_of(value.cls)
        plain = (External("builtins.str"), External("enum.ReprEnum"))
        if members is not None and any(m.derives(value.cls, base) for base in plain):
            return value.fields.get("_value_")
        for name in ("__format__", "__str__", "__repr__"):
            func = class_attribute(m, value.cls, name)
            if func.__class__ is Func and func.code.active == 0:
                found = m.call(func, [value, ""] if name == "__format__" else [value], {}, at or m.place)
                return join(
                    [item for item in each(found) if isinstance(item, (str, HoledText, Opaque))] or [Opaque("a text")]
                )
        if members is not None:
            return f"{value.cls.name}.{value.fields.get('_name_', '')}"
    outside = m.outside_of(value)
    if outside is not None and outside.text is not None:
        return outside.text(m, value)
    return None
