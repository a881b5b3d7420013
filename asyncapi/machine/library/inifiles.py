"""INI files by configparser: options hold unless the file is changed; of a file that is not read, any may come."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import join
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.files import setting, text_in, text_of
from asyncapi.machine.library.model_rows import Arguments, Named, given, nothing
from asyncapi.machine.values import ABSENT, REST, Assumed, DictCell, External, Instance, NativeCall, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

PARSER = "configparser.ConfigParser"
SECTION = "configparser.SectionProxy"
SECTIONS = "__sections__"
OPEN = "__open__"
"""Under these names a parser keeps its sections, and that a file which was not read may have given it others."""


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("configparser")
    for name in ("RawConfigParser", "SafeConfigParser"):
        library.aliases[f"configparser.{name}"] = PARSER
    library.classes[PARSER] = Outside(init=_init, methods=PARSER_METHODS, loop=_loop_sections)
    library.classes[SECTION] = Outside(methods=SECTION_METHODS, loop=_loop_options)


# INI files


def _init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields[SECTIONS] = items.new_dict(m, at)


def _take(m: Machine, owner: Instance, text: str | None, at: CallSite) -> None:
    """Add the sections of a text; of one that cannot be read, any section may come."""
    if text is None:
        m.write(owner, OPEN, True)
        return
    reader = configparser.ConfigParser(strict=False, allow_no_value=True)
    try:
        reader.read_string(text)
    except configparser.Error:
        m.write(owner, OPEN, True)
        return
    table = owner.fields[SECTIONS]
    for name in [*reader.sections(), "DEFAULT"]:
        section = items.new_dict(m, at)
        for option in reader[name]:
            try:
                value = reader[name][option]
            except configparser.Error:
                value = reader.get(name, option, raw=True)
            section.fields[option] = setting(value, option)
        m.write(table, name, section)


def _read_paths(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    told = given(a, k, 1, "filenames")
    single = isinstance(told, (str, Instance)) or told.__class__ in (Assumed, Opaque)
    for path in [told] if single else [value for value, _ in items.listed(m, told, at)]:
        _take(m, a[0], text_of(m, path), at)
    return told


def _read_dict(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for name, section in items.keywords(m, a[1]).items():
        m.write(a[0].fields[SECTIONS], name, section)
    return None


def _section(m: Machine, owner: Instance, name: Value) -> DictCell | None:
    held = owner.fields[SECTIONS].fields.get(name) if isinstance(name, str) else None
    return held if isinstance(held, DictCell) else None


def option(m: Machine, owner: Instance, section: Value, name: Value, fallback: Value, kind: str) -> Value:
    """Return an option of a parser: as its file says, else the fallback, else unknown."""
    label = str(name) if isinstance(name, str) else ""
    for held in (_section(m, owner, section), _section(m, owner, "DEFAULT")):
        value = held.fields.get(label.lower(), held.fields.get(label, ABSENT)) if held is not None else ABSENT
        if value is not ABSENT:
            return m.call(External(f"builtins.{kind}"), [value], {}, m.place) if kind in ("int", "float") else value
    if fallback is ABSENT:
        m.fails()
        return Opaque(f"the option {label} of a file", name=label, kind=kind)
    return join([None, setting(None, label, kind=kind)]) if fallback is None else setting(fallback, label, kind=kind)


def _get(kind: str) -> NativeCall:
    return lambda m, a, k, at: option(
        m, a[0], given(a, k, 1, "section"), given(a, k, 2, "option"), k.get("fallback", ABSENT), kind
    )


def _get_in(kind: str) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        owner = a[0].fields
        return option(
            m, owner["parser"], owner["name"], given(a, k, 1, "option"), given(a, k, 2, "fallback", None), kind
        )

    return run


def _proxy(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made: Instance = m.bare(External(SECTION), at)
    made.fields.update({"parser": a[0], "name": a[1]})
    return made


def _set_section(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.set_item(m, a[0].fields[SECTIONS], a[1], a[2], at)
    return None


def _set_option(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    held = _section(m, a[0], a[1])
    if held is None:
        held = items.new_dict(m, at)
        items.set_item(m, a[0].fields[SECTIONS], a[1], held, at)
    items.set_item(m, held, a[2], a[3] if len(a) > 3 else None, at)
    return None


def _holds(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    held = _section(m, a[0], a[1])
    known = held is not None and (len(a) < 3 or a[2] in held.fields)
    if known or OPEN not in a[0].fields:
        return known
    return Opaque("whether a file has an option", kind="bool")


def _names(m: Machine, owner: Instance) -> list[str]:
    return [str(name) for name in owner.fields[SECTIONS].fields if isinstance(name, str) and name != "DEFAULT"]


def _sections(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, _names(m, a[0]), at)
    if OPEN in a[0].fields:
        made.fields[REST] = Opaque("a section of a file", name="section", kind="str")
    return made


def _items(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    held = _section(m, a[0], a[1]) if len(a) > 1 else None
    if held is not None:
        return m.library.functions["dict.items"](m, [held], {}, at)
    return items.open_list(m, Tup((Opaque("an option", name="option", kind="str"), Opaque("an option's value"))), at)


def _loop_sections(m: Machine, owner: Instance, body: Any, at: CallSite) -> bool:
    return items.each(m, _sections(m, [owner], {}, at), body, at)


def _loop_options(m: Machine, owner: Instance, body: Any, at: CallSite) -> bool:
    held = _section(m, owner.fields["parser"], owner.fields["name"])
    return items.each(m, held, body, at) if held is not None else body(Opaque("an option", kind="str"), False)


def _of_section(run: NativeCall) -> NativeCall:
    return lambda m, a, k, at: run(m, [a[0].fields["parser"], a[0].fields["name"], *a[1:]], k, at)


PARSER_METHODS: dict[str, NativeCall] = {
    "read": _read_paths,
    "read_file": lambda m, a, k, at: _take(m, a[0], text_in(m, given(a, k, 1, "f")), at),
    "read_string": lambda m, a, k, at: _take(m, a[0], text_in(m, given(a, k, 1, "string")), at),
    "read_dict": _read_dict,
    "get": _get("str"),
    "getint": _get("int"),
    "getfloat": _get("float"),
    "getboolean": _get("bool"),
    "__getitem__": _proxy,
    "__setitem__": _set_section,
    "__contains__": _holds,
    "has_section": _holds,
    "has_option": _holds,
    "sections": _sections,
    "items": _items,
    "set": _set_option,
    "add_section": nothing,
    "write": nothing,
}
SECTION_METHODS: dict[str, NativeCall] = {
    "get": _get_in("str"),
    "getint": _get_in("int"),
    "getfloat": _get_in("float"),
    "getboolean": _get_in("bool"),
    "__getitem__": lambda m, a, k, at: option(m, a[0].fields["parser"], a[0].fields["name"], a[1], ABSENT, "str"),
    "__setitem__": _of_section(_set_option),
    "__contains__": _of_section(_holds),
    "items": _of_section(_items),
}
