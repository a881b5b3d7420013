"""Names of functions whose results are understood: environment readers, pass-through functions, codecs."""

from __future__ import annotations

import re

from asyncapi.sites import Plain

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


BUILTIN: dict[str, Plain] = {
    "builtins.str": "text",
    "builtins.int": "number",
    "builtins.float": "number",
    "builtins.bytes": "bytes",
    "builtins.bytearray": "bytes",
}


RESULTS: dict[str, Plain] = {
    **dict.fromkeys(("isoformat", "strftime", "hex", "hexdigest", "gethostname", "uuid4", "b64encode", "join"), "text"),
    **dict.fromkeys(("len", "time", "monotonic", "random", "randint", "uniform", "round", "timestamp"), "number"),
    **dict.fromkeys(("pack", "tobytes", "to_bytes", "read_bytes", "urandom"), "bytes"),
}
