"""Data in other forms: JSON and its kin, packed and compressed bytes, written and read.

What the program writes becomes `Encoded`, which keeps the value; read again it is that value. What came in a
message becomes `Received` in the form that it is read in. Constants are computed where the result stays small.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.files import leaves, parsed
from asyncapi.machine.library.model_rows import Arguments, Named, given, nothing, options, over
from asyncapi.machine.limits import TEXT
from asyncapi.machine.values import ANY, Assumed, Encoded, Instance, NativeCall, Opaque, Received, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

JSON = ("json", "orjson", "ujson", "simplejson", "rapidjson", "json5", "hjson", "commentjson", "flask.json")
PACKED = {
    "msgpack": ("packb", "dumps", "pack", "unpackb", "loads", "unpack"),
    "umsgpack": ("packb", "dumps", "pack", "unpackb", "loads", "unpack"),
    "ormsgpack": ("packb", "", "", "unpackb", "", ""),
    "cbor2": ("dumps", "encode", "dump", "loads", "decode", "load"),
    "cbor": ("dumps", "", "dump", "loads", "", "load"),
    "pickle": ("dumps", "", "dump", "loads", "", "load"),
    "dill": ("dumps", "", "dump", "loads", "", "load"),
    "cloudpickle": ("dumps", "", "dump", "loads", "", "load"),
    "marshal": ("dumps", "", "dump", "loads", "", "load"),
    "bson": ("dumps", "encode", "dump", "loads", "decode", "load"),
    "toml": ("dumps", "", "dump", "loads", "", "load"),
    "tomllib": ("", "", "", "loads", "", "load"),
    "tomli": ("", "", "", "loads", "", "load"),
    "tomli_w": ("dumps", "", "dump", "", "", ""),
    "yaml": ("dump", "safe_dump", "dump_all", "load", "safe_load", "full_load"),
    "xmltodict": ("unparse", "", "", "parse", "", ""),
}
"""Functions of each library: two that write a value, one that writes a file, two that read a value, one a file."""
FORMS = {"umsgpack": "msgpack", "ormsgpack": "msgpack", "cbor2": "cbor", "dill": "pickle", "cloudpickle": "pickle",
         "tomllib": "toml", "tomli": "toml", "tomli_w": "toml", "xmltodict": "xml"}  # fmt: skip
SQUEEZED = ("zlib", "gzip", "bz2", "lzma", "zstandard", "snappy", "lz4.frame", "brotli")


def register(library: Outsides) -> None:
    """Add the rows."""
    for module in JSON:
        library.own(module)
        library.function(f"{module}.dumps")(_dumps)
        library.function(f"{module}.dump")(nothing)
        library.function(f"{module}.loads")(over(loads))
        library.function(f"{module}.load")(over(_load))
        library.classes[f"{module}.JSONEncoder"] = Outside(methods=ENCODER)
        library.classes[f"{module}.JSONDecoder"] = Outside(methods={"decode": _method(over(loads))})
    library.aliases["json.encoder"] = library.aliases["json.decoder"] = "json"
    for module, names in PACKED.items():
        library.own(module)
        _packed(library, module, FORMS.get(module, module), names)
    for module in SQUEEZED:
        library.own(module)
        library.functions[f"{module}.compress"] = writes(module)
        library.functions[f"{module}.decompress"] = over(reads(module))
    library.own("base64", "binascii", "struct")
    for name in ("b64", "standard_b64", "urlsafe_b64", "b32", "b16", "a85", "b85"):
        _plain(library, f"base64.{name}", getattr(base64, f"{name}encode"), getattr(base64, f"{name}decode"))
    library.functions["binascii.hexlify"] = over(_real("hex", binascii.hexlify))
    library.functions["binascii.unhexlify"] = over(_real("hex", binascii.unhexlify, reading=True))
    library.functions["struct.pack"] = pack
    library.functions["struct.unpack"] = lambda m, a, k, at: unpack(m, a[0], given(a, k, 1, "buffer"), at)
    library.functions["struct.unpack_from"] = library.functions["struct.unpack"]
    library.functions["struct.calcsize"] = _calcsize
    library.classes["struct.Struct"] = Outside(init=_struct, methods=STRUCT)


# JSON


def _dumps(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`dumps`: the value as JSON text, whatever it can be."""
    return united((Encoded(item, "json", options(k)), guards) for item, guards in alternatives(given(a, k, 0, "obj")))


def loads(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`loads`: data out of JSON text; a hook for objects sees the whole."""
    data = given(a, k, 0, "s", given(a, k, 0, "obj"))
    found = _loaded(m, data, at)
    hook = k.get("object_hook")
    plain = found is None or isinstance(found, (str, int, float))
    return m.call(hook, [found], {}, at) if hook is not None and not plain else found


def _loaded(m: Machine, data: Value, at: CallSite) -> Value:
    if data.__class__ is Received:
        m.fails()
        return m.seen(Received(data.message, data.path, "json"))
    if data.__class__ is Encoded:
        return data.value if data.form in ("json", "dump") else _loaded(m, data.value, at)
    if isinstance(data, (str, bytes)):
        return _of_text(m, data, "", "", at)
    if data.__class__ is Assumed and isinstance(data.value, str):
        return _of_text(m, data.value, data.name, data.environment, at)
    m.fails()
    name, environment = getattr(data, "name", ""), getattr(data, "environment", "")
    return Opaque(getattr(data, "reason", "JSON that is not known"), name=name, environment=environment)


def _of_text(m: Machine, data: Any, name: str, environment: str, at: CallSite) -> Value:
    """Return what a JSON text of the program says; that of a setting holds unless it is set."""
    try:
        found = json.loads(data) if len(data) <= TEXT.most else None
    except (ValueError, RecursionError):
        m.fails()
        return Opaque("a text that is no JSON", name=name)
    return leaves(m, found, name, environment, at) if name else items.lifted(m, found, at)


def _load(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`load`: data of a file, read where the machine can."""
    return parsed(m, a[0] if a else None, "json", at)


def _method(run: NativeCall) -> NativeCall:
    return lambda m, a, k, at: run(m, a[1:], k, at)


ENCODER: dict[str, NativeCall] = {
    "encode": _method(_dumps),
    "iterencode": _method(_dumps),
    "default": lambda m, a, k, at: a[1] if len(a) > 1 else None,
    "__init__": lambda m, a, k, at: None,
}


# Other forms


def writes(form: str) -> NativeCall:
    """Return a row that gives its argument in a form."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        return united((Encoded(item, form, options(k)), guards) for item, guards in alternatives(a[0] if a else None))

    return run


def reads(form: str) -> NativeCall:
    """Return a row that reads a form: what was written in it, or something received."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        data = a[0] if a else None
        if data.__class__ is Received:
            m.fails()
            return m.seen(Received(data.message, data.path, form))
        if data.__class__ is Encoded:
            return data.value if data.form == form else run(m, [data.value], k, at)
        m.fails()
        name, environment = getattr(data, "name", ""), getattr(data, "environment", "")
        return Opaque(getattr(data, "reason", f"{form} that is not known"), name=name, environment=environment)

    return run


def _packed(library: Outsides, module: str, form: str, names: tuple[str, ...]) -> None:
    """Add the rows of a library that writes and reads a form."""
    for name in filter(None, names[:2]):
        library.functions[f"{module}.{name}"] = writes(form)
    for name in filter(None, names[3:]):
        library.functions[f"{module}.{name}"] = over(_document(form))
    if names[2]:
        library.functions[f"{module}.{names[2]}"] = nothing


def _document(form: str) -> NativeCall:
    """Return a row that reads a form from a value or a file; texts of YAML and TOML are read for real."""
    read = reads(form)

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        data = a[0] if a else None
        is_text = form in ("yaml", "toml") and (isinstance(data, str) or data.__class__ is Assumed)
        return parsed(m, data, form, at) if isinstance(data, Instance) or is_text else read(m, a, k, at)

    return run


def _plain(library: Outsides, path: str, encode: Callable[..., Any], decode: Callable[..., Any]) -> None:
    library.functions[f"{path}encode"] = over(_real("base64", encode))
    library.functions[f"{path}decode"] = over(_real("base64", decode, reading=True))


def _real(form: str, run: Callable[..., Any], *, reading: bool = False) -> NativeCall:
    """Return a row that computes constants, and of everything else keeps what it is made of."""
    other = reads(form) if reading else writes(form)

    def row(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        data = a[0] if a else None
        if isinstance(data, (bytes, str)) and len(data) <= TEXT.most:
            try:
                found: bytes = run(data if isinstance(data, bytes) else str(data))
            except (ValueError, TypeError):
                m.fails()
                return Opaque(f"a text that is no {form}", kind="bytes")
            return found
        return other(m, a, k, at)

    return row


# Packed bytes


def pack(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`struct.pack(format, ...)`: bytes where all is known."""
    if a and all(isinstance(item, (str, bytes, int, float)) for item in a):
        try:
            return struct.pack(str(a[0]), *a[1:]) if struct.calcsize(str(a[0])) <= TEXT.most else Opaque("packed bytes")
        except (struct.error, TypeError, OverflowError, MemoryError):
            m.fails()
    return Encoded(Tup(a[1:]), "struct", (("format", a[0] if a else None),))


def unpack(m: Machine, form: Value, data: Value, at: CallSite) -> Value:
    """`struct.unpack(format, bytes)`: as many values as the format names."""
    m.fails()
    if data.__class__ is Encoded and data.form == "struct" and dict(data.options).get("format") == form:
        return data.value
    count = _count(form)
    if isinstance(data, bytes) and count is not None:
        try:
            return items.lifted(m, struct.unpack(str(form), data), at)
        except struct.error:
            return Opaque("bytes that do not fit their format")
    if data.__class__ is Received:
        part = [Received(data.message, (*data.path, step), "struct") for step in (ANY, *range(count or 0))]
        return Tup(part[1:]) if count is not None else items.open_list(m, part[0], at)
    value = Opaque("a part of packed bytes")
    return Tup([value] * count) if count is not None else items.open_list(m, value, at)


def _count(form: Value) -> int | None:
    """Return how many values a format names; None where it cannot be read."""
    if not isinstance(form, str):
        return None
    try:
        size = struct.calcsize(str(form))
        return len(struct.unpack(str(form), bytes(size))) if size <= TEXT.most else None
    except (struct.error, OverflowError, MemoryError):
        return None


def _calcsize(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    try:
        return struct.calcsize(str(a[0])) if a and isinstance(a[0], str) else Opaque("a size", kind="int")
    except struct.error:
        m.fails()
        return Opaque("a size", kind="int")


def _struct(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["format"] = given(a, k, 0, "format")
    owner.fields["size"] = _calcsize(m, a, k, at)


STRUCT: dict[str, NativeCall] = {
    "pack": lambda m, a, k, at: pack(m, [a[0].fields["format"], *a[1:]], k, at),
    "unpack": lambda m, a, k, at: unpack(m, a[0].fields["format"], a[1], at),
    "unpack_from": lambda m, a, k, at: unpack(m, a[0].fields["format"], a[1], at),
}
