"""attrs classes with cattrs, and msgspec structs: made, dumped, read from messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.dataclass import make_record, remade
from asyncapi.machine.library.fields import STYLES, RecordStyle, caller, camel, kebab, pascal, style_of
from asyncapi.machine.library.model_rows import Arguments, Named, decorator, given, kept_as, memory, nothing, options
from asyncapi.machine.library.models import type_shape
from asyncapi.machine.library.records import dumped, fill, validated
from asyncapi.machine.library.shapes import ANYTHING, AnnotationShape
from asyncapi.machine.values import Class, External, Instance, Received, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

ATTRS = RecordStyle(library="attrs", stripped=True, after="__attrs_post_init__")
STRUCT = RecordStyle(library="msgspec", after="__post_init__")
STYLES["msgspec.Struct"] = STRUCT
RENAMES: dict[str, Callable[[str], str]] = {
    "camel": camel, "pascal": pascal, "kebab": kebab, "lower": str.lower, "upper": str.upper,
}  # fmt: skip
FORMS = ("json", "msgpack", "yaml", "toml")


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("attr", "attrs", "cattr", "cattrs", "msgspec")
    library.aliases["attrs"] = "attr"
    library.aliases["cattr"] = library.aliases["cattrs.preconf"] = "cattrs"
    _register_attrs(library)
    _register_structs(library)


def _register_attrs(library: Outsides) -> None:
    library.function("attr.s", "attr.attrs", "attr.attributes", "attr.dataclass")(decorator(_attrs))
    library.function("attr.define", "attr.mutable", "attr.frozen")(decorator(_attrs))
    library.function("attr.ib", "attr.attrib", "attr.attr", "attr.field")(kept_as("attr.Attribute"))
    library.functions["attr.Factory"] = kept_as("attr.Factory", "factory")
    library.classes["attr.Attribute"] = Outside(methods={"default": _default, "validator": lambda m, a, k, at: a[1]})
    library.functions["attr.asdict"] = lambda m, a, k, at: dumped(m, a[0], "dump", options(k))
    library.function("attr.evolve", "attr.assoc")(lambda m, a, k, at: remade(m, a[0], k, at))
    library.functions["attr.fields"] = lambda m, a, k, at: m.library.functions["dataclasses.fields"](m, a, k, at)
    library.functions["attr.has"] = lambda m, a, k, at: style_of(m, a[0]) is not None
    for owner in ("cattrs", "cattrs.json"):
        library.functions[f"{owner}.structure"] = lambda m, a, k, at: _structured(m, a, k, at, "python")
        library.functions[f"{owner}.unstructure"] = lambda m, a, k, at: dumped(m, a[0], "dump", options(k))
    converter = Outside(methods=CONVERTER)
    library.classes["cattrs.Converter"] = library.classes["cattrs.GenConverter"] = converter
    library.functions["cattrs.json.make_converter"] = lambda m, a, k, at: m.bare(External("cattrs.Converter"), at)


def _attrs(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    cls = a[0]
    if isinstance(cls, Class):
        loose = not cls.annotations and k.get("auto_attribs") is not True
        style = replace(ATTRS, loose=loose, by_keyword=k.get("kw_only") is True)
        memory(m).styles[cls] = style
        make_record(m, cls)
    return cls


def _default(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`@field.default`: the method below makes the default, given the object."""
    m.write(a[0], "factory", a[1])
    m.write(a[0], "keeps_self", True)
    return a[1]


def _structured(m: Machine, a: Arguments, k: Named, at: CallSite, how: str, place: int = 1) -> Value:
    data, cls = a[place - 1] if len(a) >= place else None, given(a, k, place, "cl")
    return _read(m, type_shape(m, cls, at, 1), data, at, how)


def _read(m: Machine, shape: AnnotationShape, data: Value, at: CallSite, how: str) -> Value:
    """Return data, or text that is parsed first, as a shape says."""
    if how == "json" and not isinstance(data, Received):
        data = m.library.functions["json.loads"](m, [data], {}, at)
    return validated(m, shape, data, at, how)


CONVERTER: dict[str, Any] = {
    "structure": lambda m, a, k, at: _structured(m, a, k, at, "python", 2),
    "loads": lambda m, a, k, at: _structured(m, a, k, at, "json", 2),
    "unstructure": lambda m, a, k, at: dumped(m, a[1], "dump", options(k)),
    "dumps": lambda m, a, k, at: dumped(m, a[1], "json", options(k)),
    **dict.fromkeys(("register_structure_hook", "register_unstructure_hook"), nothing),
}


# msgspec


def _register_structs(library: Outsides) -> None:
    library.classes["msgspec.Struct"] = Outside(
        init=_init,
        derived=_derived,
        methods={"__init__": lambda m, a, k, at: _init(m, a[0], a[1:], k, at), "__init_subclass__": nothing},
    )
    library.functions["msgspec.field"] = kept_as("msgspec.Field")
    library.functions["msgspec.to_builtins"] = lambda m, a, k, at: dumped(m, a[0], "dump", options(k))
    library.functions["msgspec.convert"] = _convert
    library.functions["msgspec.structs.asdict"] = lambda m, a, k, at: dumped(m, a[0], "dump", options(k))
    library.functions["msgspec.structs.replace"] = lambda m, a, k, at: remade(m, a[0], k, at)
    for form in FORMS:
        how = "json" if form == "json" else "python"
        library.functions[f"msgspec.{form}.encode"] = _encodes(form)
        library.functions[f"msgspec.{form}.decode"] = _decodes(form, how)
        library.classes[f"msgspec.{form}.Encoder"] = Outside(methods={"encode": _method(_encodes(form))})
        library.classes[f"msgspec.{form}.Decoder"] = Outside(init=_decoder, methods={"decode": _decoded_by(form, how)})


def _derived(m: Machine, cls: Class) -> None:
    """Keep how a struct's fields are called on the wire, and whether they are passed by keyword."""
    rename = cls.keywords.get("rename")
    renamed = RENAMES.get(rename) if isinstance(rename, str) else caller(m, rename)
    inherited = style_of(m, cls) or STRUCT
    if renamed is not None or cls.keywords.get("kw_only") is True:
        by_keyword = cls.keywords.get("kw_only") is True
        memory(m).styles[cls] = replace(inherited, renamed=renamed or inherited.renamed, by_keyword=by_keyword)


def _init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    fill(m, owner, style_of(m, owner.cls) or STRUCT, a, k, at)


def _encodes(form: str) -> Any:
    return lambda m, a, k, at: dumped(m, a[0], form, options(k))


def _method(run: Any) -> Any:
    return lambda m, a, k, at: run(m, a[1:], k, at)


def _parsed(form: str) -> Any:
    """Return the row of `encoding` that reads a form."""
    names = {"json": "json.loads", "msgpack": "msgpack.unpackb", "yaml": "yaml.safe_load", "toml": "tomllib.loads"}
    return lambda m, data, at: m.library.functions[names[form]](m, [data], {}, at)


def _decodes(form: str, how: str) -> Any:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        wanted = given(a, k, 1, "type")
        shape = type_shape(m, wanted, at, -1, "type") if wanted is not None else ANYTHING
        return _as(m, shape, a[0] if a else None, at, form, how)

    return run


def _as(m: Machine, shape: AnnotationShape, data: Value, at: CallSite, form: str, how: str) -> Value:
    if shape.plain or not isinstance(data, Received) or how != "json":
        data, how = _parsed(form)(m, data, at), "python"
    return validated(m, shape, data, at, how)


def _decoder(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    wanted = given(a, k, 0, "type")
    owner.extra = type_shape(m, wanted, at, 0, "type") if wanted is not None else ANYTHING


def _decoded_by(form: str, how: str) -> Any:
    return lambda m, a, k, at: _as(m, a[0].extra or ANYTHING, a[1] if len(a) > 1 else None, at, form, how)


def _convert(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return validated(m, type_shape(m, given(a, k, 1, "type"), at, 1, "type"), a[0] if a else None, at, "python")
