"""Names of functions whose results are understood: environment readers, pass-through functions, codecs."""

from __future__ import annotations

import re

ENVIRONMENT = frozenset(
    [
        "os.getenv",
        "os.environ.get",
        "os.environ.setdefault",
        "os.environ.pop",
        "decouple.config",
        "starlette.config.Config",
        "getenv",
        "environ.get",
    ]
)


PASSING = frozenset(
    [
        "builtins.str",
        "builtins.bytes",
        "builtins.bytearray",
        "builtins.memoryview",
        "typing.cast",
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.wait_for",
        "asyncio.shield",
        "copy.copy",
        "copy.deepcopy",
        "builtins.list",
        "builtins.tuple",
        "builtins.set",
        "builtins.frozenset",
        "builtins.sorted",
        "builtins.reversed",
        "builtins.iter",
        "builtins.next",
        "builtins.aiter",
        "builtins.anext",
        "builtins.int",
        "builtins.float",
        "builtins.bool",
        "types.MappingProxyType",
        "builtins.filter",
        "urllib.parse.quote",
        "sys.intern",
        "os.path.expandvars",
        "builtins.repr",
    ]
)


LISTS = frozenset(
    ["builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted", "builtins.reversed"]
)


DUMPS = ("dumps", "encode", "to_json", "packb")


CODECS = re.compile("json|msgpack|msgspec|cbor", re.IGNORECASE)


GETTING = frozenset(["get", "setdefault", "pop", "getlist"])


LOADS = ("loads", "load", "decode", "unpackb")


MAPPING = frozenset(["dataclasses.replace", "builtins.vars", "dataclasses.asdict", "attrs.asdict", "attr.asdict"])
