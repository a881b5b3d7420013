"""inspect, importlib, typing, abc, types and weakref: a program that looks at itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, operators, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.concurrency import answer, is_async, is_awaitable
from asyncapi.machine.library.shorthand import Arguments, Named, given, make, nothing, row, rows, same, unknown
from asyncapi.machine.library.threads import at_end
from asyncapi.machine.values import (
    ABSENT,
    LENGTH,
    Bound,
    Class,
    Deferred,
    External,
    Func,
    HoledText,
    Instance,
    Module,
    Native,
    NativeCall,
    Opaque,
    Property,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

EMPTY = Instance(0, 0, External("inspect._empty"))
"""What a parameter without default or annotation has for it; one object, because programs compare it with `is`."""
KINDS = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
HARMLESS = (
    "typing.Generic", "typing.Protocol", "typing.SupportsInt", "typing.Hashable", "typing.Sized", "abc.ABC",
    "collections.abc.Hashable", "collections.abc.Callable", "collections.abc.Iterable", "collections.abc.Iterator",
    "collections.abc.Sized",
    "collections.abc.AsyncIterator", "collections.abc.AsyncIterable", "collections.abc.Awaitable",
)  # fmt: skip


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("typing", "typing_extensions", "abc", "types", "weakref", "inspect", "importlib", "pkgutil")
    for path in HARMLESS:
        library.classes[path] = Outside()
    library.aliases.update(
        {f"typing_extensions.{name}": f"typing.{name}" for name in ("Generic", "Protocol", "cast", "NewType")}
    )
    for module in ("typing", "typing_extensions"):
        rows(
            library,
            module,
            ("overload", "final", "override", "runtime_checkable", "no_type_check", "assert_type"),
            same,
        )
        rows(library, module, ("TypeVar", "ParamSpec", "TypeVarTuple", "ForwardRef"), unknown("a type variable"))
        library.function(f"{module}.get_type_hints")(_hints)
        library.function(f"{module}.NewType")(lambda m, a, k, at: Native("NewType", same))
        library.function(f"{module}.dataclass_transform")(lambda m, a, k, at: Native("dataclass_transform", same))
        rows(library, module, ("get_origin", "get_args", "reveal_type"), unknown("a part of a type"))
        library.function(f"{module}.assert_never")(_never)
        library.function(f"{module}.cast")(lambda m, a, k, at: given(a, k, 1, "val"))
        library.constants[f"{module}.TYPE_CHECKING"] = False
    rows(
        library,
        "abc",
        ("abstractmethod", "abstractclassmethod", "abstractstaticmethod", "update_abstractmethods"),
        same,
    )
    library.function("abc.abstractproperty")(lambda m, a, k, at: Property(a[0] if a else None))
    rows(library, "types", ("MappingProxyType", "coroutine"), same)
    library.function("types.MethodType")(lambda m, a, k, at: Bound(a[0], a[1]) if len(a) == 2 else Opaque("a method"))
    _weak(library)
    library.functions.update({f"inspect.{name}": run for name, run in INSPECT.items()})
    row(library, "inspect.Signature", methods={"bind": _bind, "bind_partial": _bind})
    row(library, "inspect.Parameter", methods={"replace": same}).attribute = _of_parameter
    row(library, "inspect.BoundArguments", methods={"apply_defaults": nothing})
    for number, name in enumerate(KINDS):
        library.constants[f"inspect.Parameter.{name}"] = number
    library.constants["inspect.Parameter.empty"] = library.constants["inspect.Signature.empty"] = EMPTY
    library.function("importlib.import_module")(_import_module)
    library.function("importlib.reload")(same)
    rows(
        library,
        "importlib",
        ("metadata.version", "metadata.distribution"),
        unknown("the version of a package", "version", "str", fails=True),
    )
    rows(
        library,
        "pkgutil",
        ("iter_modules", "walk_packages"),
        lambda m, a, k, at: items.open_list(m, Opaque("a module that is found while running", name="module"), at),
    )


def _never(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    return Opaque("what cannot be")


def _hints(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = given(a, k, 0, "obj")
    owner = owner.func if isinstance(owner, Bound) else owner
    made = items.new_dict(m, at)
    for base in reversed(owner.mro) if isinstance(owner, Class) else (owner,):
        if isinstance(base, (Class, Func)):
            items.update(m, made, m.annotation_dict(base, at), at)
    return made


def _weak(library: Outsides) -> None:
    rows(library, "weakref", ("proxy",), same)
    library.function("weakref.ref", "weakref.WeakMethod")(
        lambda m, a, k, at: Native("ref", lambda m_, a_, k_, at_: a[0])
    )
    library.function("weakref.WeakSet")(lambda m, a, k, at: library.functions["builtins.set"](m, a, k, at))
    library.function("weakref.WeakKeyDictionary", "weakref.WeakValueDictionary")(
        lambda m, a, k, at: library.functions["builtins.dict"](m, a, k, at)
    )
    library.function("weakref.finalize")(lambda m, a, k, at: at_end(m, given(a, k, 1, "func"), a[2:], k, at))


# inspect.


def _kind(test: Any) -> NativeCall:
    """Return a row that says whether a value is of a kind; where the value is not known, that is not known either."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        return answer(None if isinstance(v, (Opaque, External)) else test(v) for v in each(a[0] if a else None))

    return run


def _of_function(value: Value) -> bool:
    return isinstance(value, Func)


def _members(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Return the attributes of something as (name, value), in the order of their names, that pass a test."""
    owner, test = given(a, k, 0, "object"), given(a, k, 1, "predicate")
    if not isinstance(owner, (Instance, Class, Module)):
        return items.open_list(
            m,
            Tup((Opaque("the name of an attribute", name="name", kind="str"), Opaque("an attribute", name="value"))),
            at,
        )
    made = items.new_list(m, [], at)
    for name in sorted(set(_names(owner))):
        value = m.attribute(owner, name, at)
        passed = True if test is None else answer(operators.truth(m, v) for v in each(m.call(test, [value], {}, at)))
        if passed is not False:
            size = made.fields[LENGTH]
            pair = Tup((name, value))
            made.fields[size] = pair if passed is True else join([pair, ABSENT])
            made.fields[LENGTH] = size + 1
    return made


def _names(owner: Instance | Class | Module) -> Iterator[str]:
    yield from (name for name in owner.fields if isinstance(name, str))
    cls = owner.cls if isinstance(owner, Instance) else owner
    if isinstance(cls, Class):
        for base in cls.mro:
            if isinstance(base, Class):
                yield from (name for name in base.fields if isinstance(name, str))


def signature(m: Machine, func: Value, at: CallSite) -> Value:
    """Return the signature of a function: its parameters by name, with annotation, default and kind."""
    bound = isinstance(func, Bound)
    inner = func.func if isinstance(func, Bound) else func
    if isinstance(inner, Class):
        inner, bound = m.class_attribute(inner, "__init__"), True
    if isinstance(inner, Func) and "__wrapped__" in inner.fields:
        return signature(m, inner.fields["__wrapped__"], at)
    if not isinstance(inner, Func):
        return Opaque("the signature of a function that is not known", name="signature")
    annotated = m.annotation_dict(inner, at)
    made = items.new_dict(m, at)
    code = inner.code
    defaults = dict(zip(reversed(code.positional), reversed(inner.defaults), strict=False)) | inner.keyword_defaults
    kinds = [
        *((name, 1) for name in code.positional),
        *((n, 2) for n in (code.vararg,) if n),
        *((n, 3) for n in code.kwonly),
        *((n, 4) for n in (code.kwarg,) if n),
    ]
    for name, kind in kinds[1:] if bound else kinds:
        fields = {
            "name": name,
            "kind": kind,
            "default": defaults.get(name, EMPTY),
            "annotation": annotated.fields.get(name, EMPTY),
        }
        made.fields[name] = make(m, "inspect.Parameter", at, **fields)
    return make(m, "inspect.Signature", at, parameters=made, return_annotation=annotated.fields.get("return", EMPTY))


def _of_parameter(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    return KINDS.index(name) if name in KINDS else EMPTY if name == "empty" else ABSENT


def _bind(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.new_dict(m, at)
    names = list(a[0].fields["parameters"].fields)
    for name, value in zip(names, a[1:], strict=False):
        found.fields[name] = value
    found.fields.update(k)
    return make(m, "inspect.BoundArguments", at, arguments=found)


INSPECT: dict[str, NativeCall] = {
    "signature": lambda m, a, k, at: signature(m, given(a, k, 0, "obj"), at),
    "getmembers": _members,
    "iscoroutinefunction": lambda m, a, k, at: answer(is_async(value) for value in each(a[0])),
    "iscoroutine": lambda m, a, k, at: answer(is_awaitable(value) for value in each(a[0])),
    "isawaitable": lambda m, a, k, at: answer(is_awaitable(value) for value in each(a[0])),
    "isclass": _kind(lambda v: isinstance(v, Class)),
    "isfunction": _kind(_of_function),
    "ismethod": _kind(lambda v: isinstance(v, Bound) and isinstance(v.func, Func)),
    "isroutine": _kind(lambda v: isinstance(v, (Func, Bound, Native))),
    "ismodule": _kind(lambda v: isinstance(v, Module)),
    "isgenerator": _kind(lambda v: isinstance(v, Deferred) and v.kind == "generator"),
    "isgeneratorfunction": _kind(lambda v: isinstance(v, Func) and v.code.is_generator and not v.code.is_async),
    "isasyncgenfunction": _kind(lambda v: isinstance(v, Func) and v.code.is_generator and v.code.is_async),
    "isabstract": _kind(lambda v: None),
    "currentframe": unknown("the present frame", "frame"),
    "stack": lambda m, a, k, at: items.open_list(m, Opaque("a frame", name="frame"), at),
    "getdoc": unknown("a description", "doc", "str"),
    "getsource": unknown("a source text", "source", "str"),
    "getfile": unknown("the path of a module", "file", "str"),
    "getmodule": unknown("a module", "module"),
    "unwrap": lambda m, a, k, at: (
        m.attribute(a[0], "__wrapped__", at) if isinstance(a[0], Func) and "__wrapped__" in a[0].fields else a[0]
    ),
}


# importlib.


def _import_module(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Import by name; where the name is only partly known, it can be every module in sight that fits."""
    name, package = given(a, k, 0, "name"), given(a, k, 1, "package")
    near = m.current.module if m.current is not None else None
    found: list[Value] = []
    for one in each(name):
        if isinstance(one, str):
            level = len(one) - len(one.lstrip("."))
            if level and isinstance(package, str):
                parts = package.split(".")
                one = ".".join([*parts[: len(parts) - level + 1], *filter(None, [one[level:]])])
            found.append(m.import_(str(one), near))
        elif isinstance(one, HoledText):
            found.extend(module for known, module in list(m.modules.items()) if texts.matched(one, known) is not None)
    if not found:
        m.fails()
        return Opaque("a module whose name is not known", name="module")
    return join(found)
