"""Settings classes of pydantic, and Dynaconf: a field is its default unless a variable or file says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.fields import STYLES, RecordField, fields_of, shape_of
from asyncapi.machine.library.files import parsed, path_of, setting, text_of
from asyncapi.machine.library.model_rows import Arguments, Named, given, nothing
from asyncapi.machine.library.models import MODEL, base_model, run_finished, setting_of
from asyncapi.machine.library.records import default, replaced, shaped
from asyncapi.machine.library.settings import cast, lines_of
from asyncapi.machine.values import ABSENT, REST, Assumed, Class, External, Instance, NativeCall, Opaque, Tup, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

BASE = "pydantic_settings.BaseSettings"
STYLES[BASE] = MODEL


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("pydantic_settings", "dynaconf")
    library.aliases["pydantic.BaseSettings"] = BASE
    settings = base_model(("pydantic.BaseModel",))
    settings.init = _init
    settings.methods["__init__"] = lambda m, a, k, at: _init(m, a[0], a[1:], k, at)
    library.classes[BASE] = settings
    for name in ("Dynaconf", "LazySettings"):
        library.classes[f"dynaconf.{name}"] = Outside(init=_dynaconf, attribute=_dynamic, methods=DYNAMIC)


# Settings classes


def _init(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    """Make an object of a settings class: fields are what is passed, else set from outside, else their defaults."""
    cls = owner.cls
    assert isinstance(cls, Class)
    prefix, delimiter = setting_of(m, cls, "env_prefix"), setting_of(m, cls, "env_nested_delimiter")
    told = str(prefix) if isinstance(prefix, str) else ""
    files = _env_files(m, cls)
    for item in fields_of(m, cls):
        passed = next((k[name] for name in item.names if name in k), ABSENT)
        if passed is not ABSENT:
            value = shaped(m, passed, shape_of(m, cls, item), at)
        elif item.init:
            value = _from_outside(m, owner, item, told, str(delimiter) if isinstance(delimiter, str) else "", files, at)
        else:
            value = default(m, owner, item, at, shared=False)
        m.write(owner, item.name, value)
    run_finished(m, owner, {item.name for item in fields_of(m, cls)}, at)


def _env_files(m: Machine, cls: Class) -> dict[str, str]:
    """Return what the `.env` files of a settings class say, by variable in upper case."""
    path = setting_of(m, cls, "env_file")
    told: dict[str, str] = {}
    for one in (
        [] if path is ABSENT or path is None else [path] if isinstance(path, str) else items.listed(m, path, None)
    ):
        told.update(lines_of(m, one[0] if isinstance(one, tuple) else one))
    return {name.upper(): value for name, value in told.items()}


def _from_outside(
    m: Machine, owner: Instance, item: RecordField, prefix: str, delimiter: str, files: dict[str, str], at: CallSite
) -> Value:
    """Return a field of a settings class that is not passed."""
    assert isinstance(owner.cls, Class)
    name = environment_of(item, prefix)
    shape = shape_of(m, owner.cls, item)
    value = default(m, owner, item, at, shared=False)
    if name in files:
        value = cast(m, files[name], shape.number_kind or "str", at)
    parts = [part for part in (shape.parts if shape.kind == "union" else (shape,)) if part.cls is not None]
    if value is ABSENT and parts and parts[0].cls is not None and m.members_of(parts[0].cls) is None:
        value = m.construct(parts[0].cls, [], {}, at, None)
    return united(
        (_settable(m, one, item.name, name, delimiter, shape.number_kind), guards)
        for one, guards in alternatives(value)
    )


def environment_of(item: RecordField, prefix: str) -> str:
    """Return the variable that sets a field: its alias, else its name behind the prefix, in upper case."""
    if item.environment:
        return item.environment[0].upper()
    return (item.names[0] if item.names[0] != item.name else prefix + item.name).upper()


def _settable(m: Machine, value: Value, name: str, environment: str, delimiter: str, kind: str) -> Value:
    """Return a default as a setting; an object inside of the settings has settings where variables reach into it."""
    if isinstance(value, Instance) and isinstance(value.cls, Class) and m.members_of(value.cls) is None:
        if not delimiter or m.derives(value.cls, External(BASE)):
            return value
        made: Instance = replaced(m, value, {}, m.place)
        for inner in fields_of(m, value.cls):
            reaching = environment + delimiter.upper() + inner.name.upper()
            told = shape_of(m, value.cls, inner).number_kind
            old = value.fields.get(inner.name, ABSENT)
            made.fields[inner.name] = _settable(m, old, inner.name, reaching, delimiter, told)
        return made
    return setting(value, name, environment, kind)


# Dynaconf


def _dynaconf(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    """Read the files of a Dynaconf object; all sections of a layered file stand beside each other."""
    told = k.get("settings_files", k.get("settings_file", Tup(("settings.toml", "settings.yaml", "settings.json"))))
    prefix = k.get("envvar_prefix", "DYNACONF")
    owner.fields["__prefix__"] = prefix if isinstance(prefix, str) else ""
    table = items.new_dict(m, at)
    for path in [told] if isinstance(told, str) else [value for value, _ in items.listed(m, told, at)]:
        name = path_of(m, path)
        text = text_of(m, path)
        if text is None:
            continue
        form = {"toml": "toml", "json": "json"}.get(name.rpartition(".")[2], "yaml")
        found = parsed(m, Assumed(text, name=""), form, at)
        layers = [
            value for key, value in items.keywords(m, found).items() if key in ("default", "production", "development")
        ]
        for layer in layers[:1] if k.get("environments") else [found]:
            items.update(m, table, layer, at)
    owner.fields["__table__"] = table


def _dynamic(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return a setting by its name, whose case does not count."""
    if name.startswith("__"):
        return ABSENT
    for key, value in owner.fields.get("__table__", items.new_dict(m)).fields.items():
        if key is not REST and isinstance(key, str) and key.lower() == name.lower():
            return value
    prefix = owner.fields.get("__prefix__", "")
    return setting(None, name.lower(), f"{prefix}_{name.upper()}" if prefix else name.upper())


def _dynamic_get(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    name, fallback = a[1] if len(a) > 1 else None, given(a, k, 2, "default")
    if not isinstance(name, str):
        return Opaque("a setting whose name is not known")
    value: Value = a[0]
    for step in str(name).split("."):
        value = _dynamic(m, value, step, at) if isinstance(value, Instance) else items.item(m, value, step, at)
    unset = value.__class__ is Opaque and fallback is not None
    return setting(fallback, value.name, value.environment) if unset else value


DYNAMIC: dict[str, NativeCall] = {
    "get": _dynamic_get,
    "__getitem__": _dynamic_get,
    "exists": lambda m, a, k, at: Opaque("whether a setting exists", kind="bool"),
    "reload": nothing,
}
