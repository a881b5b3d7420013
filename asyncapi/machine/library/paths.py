"""os.path and pathlib: paths are texts, with holes where their parts are not known; nothing of a disk is looked at."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncapi.machine import items, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import made, together, united
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, failing, given, make, nothing, row, rows, test, unknown
from asyncapi.machine.values import ABSENT, Encoded, External, HoledText, Instance, NativeCall, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

PATH = "pathlib.Path"


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("pathlib")
    library.aliases.update({f"pathlib.{n}": PATH for n in ("PurePath", "PosixPath", "PurePosixPath", "WindowsPath")})
    library.aliases.update({"posixpath": "os.path", "ntpath": "os.path"})
    library.function("os.path.join")(lambda m, a, k, at: joined(m, a, at))
    for name in (
        "dirname",
        "basename",
        "normpath",
        "abspath",
        "realpath",
        "expanduser",
        "expandvars",
        "splitext",
        "split",
    ):
        library.functions[f"os.path.{name}"] = _part(name)
    library.function("os.fspath")(lambda m, a, k, at: text_of(m, a[0], at))
    rows(library, "os.path", ("exists", "isfile", "isdir", "islink", "isabs", "samefile", "lexists"), test)
    rows(
        library,
        "os.path",
        ("getmtime", "getsize", "getctime"),
        unknown("what a file system says", "size", "int", fails=True),
    )
    path = row(library, PATH, init=_init, methods=METHODS)
    path.attribute, path.text = _attribute, lambda m, owner: owner.fields.get("_text")
    library.functions[f"{PATH}.cwd"] = library.functions[f"{PATH}.home"] = lambda m, a, k, at: path_of(
        m, Opaque("a folder of the machine", name="folder", kind="str"), at
    )


def text_of(m: Machine, value: Value, at: CallSite) -> Value:
    """Return a path as a text; an unknown one as a hole."""
    return united((_single(m, item, at), guards) for (item,), guards in together([value]))


def _single(m: Machine, item: Value, at: CallSite) -> Value:
    if isinstance(item, Instance) and "_text" in item.fields:
        return item.fields["_text"]
    return texts.shown(m, item, "path", None, -1, at)


def path_of(m: Machine, text: Value, at: CallSite) -> Instance:
    """Return a path object."""
    return make(m, PATH, at, _text=text_of(m, text, at))


def joined(m: Machine, parts: Arguments, at: CallSite) -> Value:
    """Return paths put one behind the other; an absolute one begins anew."""
    sides = [text_of(m, part, at) for part in parts if part.__class__.__name__ != "Spread"]
    return united((_joined(m, values), guards) for values, guards in together(sides)) if sides else ""


def _joined(m: Machine, values: tuple[Value, ...]) -> Value:
    pieces: list[Value] = []
    for value in values:
        first = value.parts[0] if isinstance(value, HoledText) else value
        if isinstance(first, str) and first.startswith("/"):
            pieces = [value]
        elif pieces and value != "":
            last = pieces[-1].parts[-1] if isinstance(pieces[-1], HoledText) else pieces[-1]
            pieces += [value] if (isinstance(last, str) and last.endswith("/")) or last == "" else ["/", value]
        elif value != "":
            pieces = [value]
    return texts.joined(m, pieces) if pieces else ""


PURE: dict[str, Callable[..., object]] = {
    "dirname": posixpath.dirname,
    "basename": posixpath.basename,
    "normpath": posixpath.normpath,
    "splitext": posixpath.splitext,
    "split": posixpath.split,
}


def _part(name: str) -> NativeCall:
    """Return a function of `os.path`: what needs no disk runs for real; the rest leaves a path as it is."""

    def one(m: Machine, value: Value, at: CallSite) -> Value:
        if isinstance(value, str):
            return items.lifted(m, PURE[name](str(value)), at) if name in PURE else value
        if name == "split":
            return Tup((cut(m, value, at, last=False), cut(m, value, at, last=True)))
        if name == "splitext":
            return Tup((value, Opaque("the ending of a file's name", name="suffix", kind="str")))
        return cut(m, value, at, last=name == "basename") if name in ("dirname", "basename") else value

    return lambda m, a, k, at: united(
        (one(m, item, at), guards) for (item,), guards in together([text_of(m, a[0], at)])
    )


def cut(m: Machine, value: Value, at: CallSite, *, last: bool) -> Value:
    """Return a path's last part, or what is in front of it; of a hole, a hole."""
    found = texts.levels(value, "/") if isinstance(value, HoledText) else None
    if found is None or len(found) == 1:
        return Opaque("a part of a path", name="file" if last else "folder", kind="str")
    if last:
        return made(found[-1])
    front: list[texts.Part] = []
    for number, level in enumerate(found[:-1]):
        front.extend(["/", *level] if number else level)
    return made(front)


# pathlib.


def _init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    m.write(owner, "_text", joined(m, a, at) if a else ".")


def _attribute(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    text = owner.fields.get("_text", ABSENT)
    if text is ABSENT:
        return ABSENT
    if name == "parent":
        return path_of(m, _part("dirname")(m, [text], {}, at), at)
    if name == "name":
        return _part("basename")(m, [text], {}, at)
    if name in ("stem", "suffix"):
        pair = _part("splitext")(m, [_part("basename")(m, [text], {}, at)], {}, at)
        return items.item(m, pair, 0 if name == "stem" else 1, at)
    if name == "parts":
        return Tup(text.strip("/").split("/")) if isinstance(text, str) else Opaque("the parts of a path")
    if name == "parents":
        return items.open_list(m, path_of(m, Opaque("a folder", name="folder", kind="str"), at), at)
    return ABSENT


def _beside(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return path_of(m, joined(m, a, at), at)


def _behind(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return path_of(m, joined(m, [a[1], a[0]], at), at)


def _itself(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0]


def _renamed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`with_name` and `with_suffix`, on a known path."""
    folder = _part("dirname")(m, [a[0]], {}, at)
    name = given(a, k, 1)
    if isinstance(name, str) and name.startswith("."):
        stem = m.attribute(a[0], "stem", at)
        name = texts.joined(m, [texts.shown(m, stem, "file", None, -1, at), name])
    return path_of(m, joined(m, [folder, name], at), at)


def _open(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return m.call_outside(External("builtins.open"), a, k, at)


def _read_text(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    opened = m.call_outside(External("builtins.open"), a[:1], {}, at)
    found = m.call(m.attribute(opened, "read", at), [], {}, at)
    return Opaque("what a file holds", name=found.name, kind="str") if found.__class__ is Opaque else found


def _read_bytes(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = _read_text(m, a, k, at)
    return Opaque("what a file holds", kind="bytes") if found.__class__ is Opaque else Encoded(found, "bytes")


def _files(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    name = Opaque("the name of a file", name="file", kind="str")
    return items.open_list(m, _beside(m, [a[0], name], {}, at), at)


METHODS: dict[str, NativeCall] = {
    "__truediv__": _beside,
    "__rtruediv__": _behind,
    "joinpath": _beside,
    "with_name": _renamed,
    "with_suffix": _renamed,
    "__fspath__": lambda m, a, k, at: a[0].fields.get("_text"),
    "as_posix": lambda m, a, k, at: a[0].fields.get("_text"),
    "open": _open,
    "read_text": _read_text,
    "read_bytes": _read_bytes,
    "write_text": failing,
    "write_bytes": failing,
    "stat": unknown("what a file system says", "stat", fails=True),
    **dict.fromkeys(("resolve", "absolute", "expanduser", "relative_to", "as_uri"), _itself),
    **dict.fromkeys(("exists", "is_file", "is_dir", "is_absolute", "match", "is_symlink"), test),
    **dict.fromkeys(("iterdir", "glob", "rglob"), _files),
    **dict.fromkeys(("mkdir", "touch", "chmod"), nothing),
    **dict.fromkeys(("unlink", "rename", "rmdir", "replace"), failing),
}
