"""Pydantic models, of version 2 and 1: made, validated from messages, dumped; validators run on what is passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.checks import changed, checks_of, run_checks, validator
from asyncapi.machine.library.fields import (
    STYLES,
    RecordStyle,
    caller,
    camel,
    fields_of,
    pascal,
    shape_of,
    snake,
    style_of,
)
from asyncapi.machine.library.model_rows import (
    Arguments,
    Named,
    decorator,
    given,
    kept_as,
    memory,
    nothing,
    options,
    over,
    same,
)
from asyncapi.machine.library.records import dumped, fill, replaced, told, validated
from asyncapi.machine.library.shapes import ANYTHING, AnnotationShape, ShapeReader, of_value
from asyncapi.machine.values import ABSENT, Class, DictCell, External, Instance, Opaque, Property, Received, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def register(library: Outsides) -> None:
    """Add the rows of pydantic, and of SQLModel, which is made of it."""
    for path in (
        "main",
        "fields",
        "types",
        "functional_validators",
        "functional_serializers",
        "config",
        "class_validators",
    ):
        library.aliases[f"pydantic.{path}"] = "pydantic"
    for path in ("pydantic.v1", "pydantic.generics", "sqlmodel"):
        library.aliases[path] = "pydantic"
    library.aliases["pydantic.SQLModel"] = library.aliases["pydantic.GenericModel"] = "pydantic.BaseModel"
    library.own("pydantic", "pydantic_core", "sqlmodel")
    library.classes["pydantic.BaseModel"] = base_model()
    library.classes["pydantic.RootModel"] = base_model(("pydantic.BaseModel",))
    library.classes["pydantic.RootModel"].derived = _root
    library.classes["pydantic.TypeAdapter"] = Outside(made=_adapter, methods=ADAPTER)
    library.classes["pydantic.FieldInfo"] = Outside()
    library.classes["pydantic.PrivateAttr"] = Outside()
    library.functions["pydantic.Field"] = kept_as("pydantic.FieldInfo")
    library.functions["pydantic.PrivateAttr"] = kept_as("pydantic.PrivateAttr")
    library.functions["pydantic.AliasChoices"] = kept_as("pydantic.Alias", "first")
    library.functions["pydantic.AliasPath"] = kept_as("pydantic.Alias", "first")
    library.function("pydantic.ConfigDict", "pydantic_settings.SettingsConfigDict")(_config)
    library.functions["pydantic.parse_obj_as"] = lambda m, a, k, at: _held(
        m, type_shape(m, a[0], at, 0), a[1], at, "python"
    )
    library.functions["pydantic.parse_raw_as"] = lambda m, a, k, at: _held(
        m, type_shape(m, a[0], at, 0), a[1], at, "json"
    )
    for name in ("field_validator", "validator", "model_validator", "root_validator"):
        library.functions[f"pydantic.{name}"] = validator(name)
    for name in ("field_serializer", "model_serializer", "validate_call", "with_config"):
        library.functions[f"pydantic.{name}"] = decorator(same)
    library.functions["pydantic.computed_field"] = decorator(_computed)
    for name, rename in {"to_camel": camel, "to_pascal": pascal, "to_snake": snake}.items():
        library.functions[f"pydantic.alias_generators.{name}"] = _renaming(rename)
    for owner in ("typing", "typing_extensions"):
        library.functions.setdefault(f"{owner}.Optional.__getitem__", lambda m, a, k, at: Tup((*_several(a[0]), None)))
        library.functions.setdefault(f"{owner}.Union.__getitem__", lambda m, a, k, at: Tup(_several(a[0])))
        library.functions.setdefault(f"{owner}.Annotated.__getitem__", lambda m, a, k, at: _several(a[0])[0])


def base_model(bases: tuple[str, ...] = ()) -> Outside:
    """Return what `BaseModel` does, for a class of pydantic with some bases."""
    return Outside(
        bases=bases,
        init=_init,
        derived=settle_style,
        loop=_loop,
        class_attribute=_of_class,
        methods={
            "__init__": lambda m, a, k, at: _init(m, a[0], a[1:], k, at),
            "model_dump": _dumps("dump"),
            "dict": _dumps("dump"),
            "model_dump_json": _dumps("json"),
            "json": _dumps("json"),
            "model_copy": _copied,
            "copy": _copied,
            "model_post_init": nothing,
            "__dict_items__": _dumps("dump"),
            "__init_subclass__": nothing,
        },
        class_methods={
            "model_validate": _validates("python"),
            "model_validate_strings": _validates("python"),
            "parse_obj": _validates("python"),
            "validate": _validates("python"),
            "from_orm": _validates("python"),
            "model_validate_json": _validates("json"),
            "parse_raw": _validates("json"),
            "model_construct": _constructed,
            "construct": _constructed,
            "model_rebuild": nothing,
            "update_forward_refs": nothing,
            "__init_subclass__": nothing,
            **dict.fromkeys(("model_json_schema", "schema"), lambda m, a, k, at: Opaque("the schema of a model")),
            "schema_json": lambda m, a, k, at: Opaque("the schema of a model", kind="str"),
        },
    )


def _several(index: Value) -> tuple[Value, ...]:
    found: tuple[Value, ...] = index.items if index.__class__ is Tup else (index,)
    return found


def _renaming(rename: Any) -> Any:
    return lambda m, a, k, at: (
        rename(str(a[0])) if a and isinstance(a[0], str) else Opaque("a renamed field", kind="str")
    )


def _config(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    made.fields.update({name: value for name, value in k.items() if name != "**"})
    return made


def setting_of(m: Machine, cls: Class, name: str) -> Value:
    """Return what a model's configuration says under a name, in the form of either version; ABSENT for nothing."""
    for base in cls.mro:
        if not isinstance(base, Class):
            continue
        held = base.fields.get("model_config")
        if isinstance(held, DictCell) and name in held.fields:
            return held.fields[name]
        old = base.fields.get("Config")
        if isinstance(old, Class):
            value = m.class_attribute(old, name)
            if value is not ABSENT:
                return value
        if name in base.keywords:
            return base.keywords[name]
    return ABSENT


def settle_style(m: Machine, cls: Class) -> None:
    """Keep how a model's fields are called where its configuration generates their aliases."""
    rename = caller(m, setting_of(m, cls, "alias_generator"))
    if rename is not None and cls not in memory(m).styles:
        inherited = style_of(m, cls) or MODEL
        memory(m).styles[cls] = replace(inherited, renamed=rename)


def _init(m: Machine, owner: Instance, arguments: Arguments, named: Named, at: CallSite) -> None:
    """Make a model: validators before, fields, validators after, `model_post_init`."""
    cls = owner.cls
    if not isinstance(cls, Class):
        return
    style = style_of(m, cls) or MODEL
    if arguments and is_root(m, cls):
        named = {"root": arguments[0]}
    checks = checks_of(m, cls)
    for func, kind, mode, _ in checks:
        if kind in ("model_validator", "root_validator") and mode in ("before", "wrap"):
            named = changed(m, cls, func, mode, named, at)
    fill(m, owner, style, arguments, named, at)
    if setting_of(m, cls, "extra") == "allow" or _allows(setting_of(m, cls, "extra")):
        for name in named.keys() - {"**", *(alias for item in fields_of(m, cls) for alias in item.names)}:
            m.write(owner, name, named[name])


def _allows(value: Value) -> bool:
    return isinstance(value, External) and value.name == "allow"


def run_finished(m: Machine, owner: Instance, passed: set[str], at: CallSite) -> None:
    """Run the validators of a model whose fields are set, then `model_post_init`."""
    assert isinstance(owner.cls, Class)
    run_checks(m, owner, checks_of(m, owner.cls), passed, at)
    func = m.class_attribute(owner.cls, "model_post_init")
    if func is not ABSENT:
        m.call(func, [owner, None], {}, at)


MODEL = RecordStyle(library="pydantic", positional=False, private=True, checked=True, finished=run_finished)
STYLES["pydantic.BaseModel"] = STYLES["pydantic.RootModel"] = MODEL


def is_root(m: Machine, cls: Class) -> bool:
    """Say whether a model is one value without fields."""
    return m.derives(cls, External("pydantic.RootModel"))


def _root(m: Machine, cls: Class) -> None:
    """Give a model of one value its field `root`, where its base names the type alone."""
    bases = cls.code.node.bases if cls.code is not None else ()
    inner = [base.slice for base in bases if getattr(base, "slice", None) is not None]
    if inner and "root" not in cls.annotations:
        cls.annotations["root"] = inner[0]


def _computed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0] if isinstance(a[0], Property) else Property(a[0])


# Data in and out.


def _validates(how: str) -> Any:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        data = given(a, k, 1, "obj", given(a, k, 1, "json_data", given(a, k, 1, "b")))
        return _held(m, of_value(a[0]), data, at, how) if isinstance(a[0], Class) else Opaque("a model")

    return run


def _held(m: Machine, shape: AnnotationShape, data: Value, at: CallSite, how: str) -> Value:
    """Return data as a shape says; a text of the program is parsed first."""
    if how == "json":
        data = m.library.functions["json.loads"](m, [data], {}, at) if not isinstance(data, Received) else data
    if shape.cls is not None and is_root(m, shape.cls) and not isinstance(data, Instance):
        if isinstance(data, Received):
            told(m, data, shape.cls, at, how)
        made: Instance = m.bare(shape.cls, at)
        root = next((item for item in fields_of(m, shape.cls) if item.name == "root"), None)
        inner = shape_of(m, shape.cls, root) if root is not None else ANYTHING
        made.fields["root"] = validated(m, inner, data, at, how)
        return made
    return validated(m, shape, data, at, how)


def _constructed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`model_construct`: fields as they are passed, without validators."""
    made: Instance = m.bare(a[0], at)
    style = style_of(m, a[0])
    if style is not None:
        fill(m, made, style, [], {name: value for name, value in k.items() if name != "_fields_set"}, at)
    return made


def _dumps(form: str) -> Any:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        return dumped(m, a[0], form, options(k))

    return run


def _copied(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return replaced(m, a[0], items.keywords(m, k["update"]) if k.get("update") is not None else {}, at)


def _loop(m: Machine, owner: Instance, body: Any, at: CallSite) -> bool:
    """Loop over a model: its fields as pairs of name and value; over one without fields, its value."""
    if isinstance(owner.cls, Class) and is_root(m, owner.cls):
        return items.each(m, owner.fields.get("root"), body, at)
    return any(body(Tup((name, value)), True) for name, value in (m.fields_of(owner) or {}).items())


def _of_class(m: Machine, cls: Class, name: str, at: CallSite) -> Value:
    if name in ("model_fields", "__fields__"):
        made = items.new_dict(m, at)
        made.fields.update({item.name: item.info or Opaque("a field of a model") for item in fields_of(m, cls)})
        return made
    return ABSENT


# TypeAdapter.


def type_shape(m: Machine, value: Value, at: CallSite, place: int, name: str = "") -> AnnotationShape:
    """Return the shape of a type that a call is given: read from its tree, which keeps what `list[Model]` names."""
    nodes = list(getattr(at.node, "args", ()))
    named = [item.value for item in getattr(at.node, "keywords", ()) if name and item.arg == name]
    node = named[0] if named else nodes[place] if 0 <= place < len(nodes) else None
    if node is not None and m.current is not None:
        found = ShapeReader(m, m.current, {}).shape(node)
        if not found.plain:
            return found
    return of_value(value)


def _adapter(m: Machine, cls: Value, a: Arguments, k: Named, at: CallSite) -> Value:
    made: Instance = m.bare(External("pydantic.TypeAdapter"), at)
    made.extra = type_shape(m, given(a, k, 0, "type"), at, 0)
    return made


def _adapted(how: str) -> Any:
    return lambda m, a, k, at: _held(m, a[0].extra, given(a, k, 1, "object", given(a, k, 1, "data")), at, how)


ADAPTER: dict[str, Any] = {
    "validate_python": _adapted("python"),
    "validate_json": _adapted("json"),
    "dump_python": over(lambda m, a, k, at: dumped(m, a[1], "dump", options(k))),
    "dump_json": over(lambda m, a, k, at: dumped(m, a[1], "json", options(k))),
    "json_schema": lambda m, a, k, at: Opaque("the schema of a type"),
}
