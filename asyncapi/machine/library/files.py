"""Configuration files: YAML, TOML and JSON files of the program, whose values hold unless the file is changed.

A file is read where the machine has a method `read_file(path)` that gives its text, or None where there is none;
everything in a file that is not read is unknown.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.model_rows import Arguments, Named, given, is_of, kept_as, nothing, over
from asyncapi.machine.limits import TEXT, Limit
from asyncapi.machine.values import ABSENT, Assumed, Encoded, External, Instance, NativeCall, Opaque, Received, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

VALUES = Limit("values of a configuration file", 20_000, "a table of topics in a file has up to some hundreds of rows")
TOO_MANY = "a file with too many values"
FILE = "io.TextIOWrapper"


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("yaml", "ruamel", "io")
    library.functions["builtins.open"] = _open
    library.aliases["io.open"] = "builtins.open"
    opened = library.classes.setdefault(FILE, Outside())
    for name, run in {
        "read": _read,
        "readlines": _readlines,
        "write": nothing,
        "close": nothing,
        "flush": nothing,
    }.items():
        opened.methods.setdefault(name, run)
    library.functions["yaml.safe_load_all"] = library.functions["yaml.load_all"] = over(_all_documents)
    library.functions["ruamel.yaml.YAML"] = kept_as("ruamel.yaml.YAML", "typ")
    library.functions["ruamel.yaml.safe_load"] = _document_of(0)
    library.functions["ruamel.yaml.load"] = _document_of(0)
    library.classes["ruamel.yaml.YAML"] = Outside(methods={"load": _document_of(1), "dump": nothing})


# Texts of files


def path_of(m: Machine, value: Value) -> str:
    """Return the path that a value says, that of a setting as it is by default; empty where it is not known."""
    if value.__class__ is Assumed:
        value = value.value
    if isinstance(value, Instance):
        value = m.text_of(value, None)
    return str(value) if isinstance(value, str) else ""


def text_of(m: Machine, path: Value) -> str | None:
    """Return the text of a file of the program; None where it cannot be read."""
    hook: Any = getattr(m, "read_file", None)
    name = path_of(m, path)
    found = hook(name) if hook is not None and name else None
    return found if isinstance(found, str) and len(found) <= TEXT.most else None


def _open(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    made: Instance = m.bare(External(FILE), at)
    made.fields["name"] = given(a, k, 0, "file")
    return made


def _read(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    path = a[0].fields.get("name")
    found = text_of(m, path)
    name = path_of(m, path).rpartition("/")[2].partition(".")[0]
    return Opaque("what a file holds", name=name, kind="str") if found is None else Assumed(found, name=name)


def _readlines(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return items.open_list(m, Opaque("a line of a file", name="line", kind="str"), at)


def text_in(m: Machine, source: Value) -> str | None:
    """Return the text that a parser is given: itself, that of a setting, or that of an open file."""
    if source.__class__ is Assumed:
        source = source.value
    if isinstance(source, bytes):
        return source.decode(errors="replace")
    if isinstance(source, str):
        return str(source)
    return text_of(m, source.fields.get("name")) if is_of(source, FILE) else None


# Documents


def parsed(m: Machine, source: Value, form: str, at: CallSite) -> Value:
    """Return what a document says, from a text or an open file; each value holds unless it is changed there."""
    if isinstance(source, Received):
        return m.seen(Received(source.message, source.path, form))
    if isinstance(source, Encoded):
        return source.value
    text = text_in(m, source)
    if text is None:
        m.fails()
        return Opaque("what a file holds")
    try:
        data = _data(text, form)
    except (ValueError, RecursionError, yaml.YAMLError):
        m.fails()
        return Opaque(f"a file that is no {form}")
    if isinstance(source, (str, bytes)):
        return items.lifted(m, data, at) if _size(data) <= VALUES.most else Opaque(TOO_MANY)
    return leaves(m, data, getattr(source, "name", ""), getattr(source, "environment", ""), at)


def _data(text: str, form: str) -> Any:
    if form == "yaml":
        return yaml.safe_load(text)
    return tomllib.loads(text) if form == "toml" else json.loads(text)


def _size(data: Any) -> int:
    """Return how many values data has, one more than the bound where it has more: aliases can make it endless."""
    pending, count = [data], 0
    while pending and count <= VALUES.most:
        value = pending.pop()
        count += 1
        pending.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    return count


def leaves(m: Machine, data: Any, name: str, environment: str, at: CallSite) -> Value:
    """Return data whose values are settings, named by their keys; an empty value says nothing."""
    size = _size(data)
    if size > VALUES.most:
        m.cut(VALUES, at, size, 0)
        return Opaque(TOO_MANY, name=name, environment=environment)
    return _leaves(m, data, name, environment, at)


def _leaves(m: Machine, data: Any, name: str, environment: str, at: CallSite) -> Value:
    if isinstance(data, dict):
        made = items.new_dict(m, at)
        for key, value in data.items():
            items.set_item(m, made, items.lifted(m, key, at), _leaves(m, value, str(key), environment, at), at)
        return made
    if isinstance(data, list):
        single = name[:-1] if name.endswith("s") else name
        return items.new_list(m, [_leaves(m, value, single, environment, at) for value in data], at)
    return setting(data if isinstance(data, (str, int, float)) else None, name, environment)


def setting(default: Value, name: str, environment: str = "", kind: str = "") -> Value:
    """Return a value that can be set from outside: its default, unless it is empty, which says nothing of it."""
    if default.__class__ is Assumed:
        return Assumed(default.value, name=name or default.name, environment=environment or default.environment)
    if default is None or default == "" or default is ABSENT:
        reason = f"{name} is set from outside" if name else "a setting"
        told = kind or ("str" if default == "" else "")
        return Opaque(reason, name=name, environment=environment, kind=told)
    if default.__class__ is Opaque:
        return Opaque(
            default.reason, name=name, environment=environment or default.environment, kind=kind or default.kind
        )
    return Assumed(default, name=name, environment=environment)


def _document_of(place: int) -> NativeCall:
    return lambda m, a, k, at: parsed(m, a[place] if len(a) > place else None, "yaml", at)


def _all_documents(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    text = text_in(m, a[0] if a else None)
    if text is None:
        return items.open_list(m, Opaque("what a file holds"), at)
    try:
        data = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError):
        m.fails()
        return items.open_list(m, Opaque("a file that is no yaml"), at)
    return leaves(m, data, "", "", at)
