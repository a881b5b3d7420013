"""The environment, and libraries that read it: a default holds unless it is set otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, each, join, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.files import leaves, setting, text_of
from asyncapi.machine.library.model_rows import Arguments, Named, given, memory, nothing, same
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    DictCell,
    External,
    Instance,
    ListCell,
    Native,
    NativeCall,
    Opaque,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

CASTS = ("int", "float", "bool", "str", "list", "dict", "json", "bytes", "path", "url", "log_level", "decimal", "tuple")
TYPES = frozenset(["int", "float", "bool", "str", "bytes"])


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("os", "environs", "decouple", "dotenv", "starlette.config")
    library.function("os.getenv", "os.environ.get", "os.environ.pop")(_getenv)
    library.functions["os.environ.__getitem__"] = _required
    library.functions["os.environ.setdefault"] = _setdefault
    library.function("os.environ.update", "os.environ.clear", "os.putenv")(nothing)
    library.function("decouple.config", "starlette.config.Config")(_decoupled)
    for name in ("Config", "AutoConfig"):
        library.functions[f"decouple.{name}"] = lambda m, a, k, at: External("decouple.config")
    library.functions["decouple.Csv"] = lambda m, a, k, at: Native("Csv", _csv)
    library.functions["dotenv.load_dotenv"] = _load_dotenv
    library.functions["dotenv.dotenv_values"] = _dotenv_values
    library.functions["dotenv.find_dotenv"] = lambda m, a, k, at: given(a, k, 0, "filename", ".env")
    for name in ("Env", "FileAwareEnv"):
        library.classes[f"environs.{name}"] = Outside(init=_env, called=_env_called, methods=ENV_METHODS)
    library.constants["environs.env"] = External("environs.env")
    for name in CASTS:
        library.functions[f"environs.env.{name}"] = _plain_env(name)
    library.functions["environs.env"] = _plain_env("")
    library.functions["environs.env.read_env"] = _load_dotenv
    library.classes["environs.prefixed"] = Outside(within=_within_prefix)


# The environment


def variable(m: Machine, name: Value, fallback: Value, kind: str = "") -> Value:
    """Return what a variable of the environment is: its default unless it is set, marked with its name."""
    found = []
    for (key, guards), (value, chosen) in ((x, y) for x in alternatives(name) for y in alternatives(fallback)):
        if key.__class__ is Assumed:
            key = key.value
        label = str(key) if isinstance(key, str) else ""
        held = _written(m, label)
        found.append((setting(value if held is ABSENT else held, label.lower(), label, kind), guards | chosen))
    return united(found)


def _environment(m: Machine) -> DictCell:
    """Return what the program itself puts into the environment: from `.env` files, and by `setdefault`."""
    kept = memory(m)
    if kept.environment is None:
        kept.environment = items.new_dict(m)
        kept.environment.birth = 0
    return kept.environment


def _written(m: Machine, name: str) -> Value:
    return _environment(m).fields.get(name, ABSENT)


def _getenv(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return variable(m, given(a, k, 0, "key"), given(a, k, 1, "default"), "str")


def _required(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.fails()
    return variable(m, a[0], None, "str")


def _setdefault(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    name, value = given(a, k, 0, "key"), given(a, k, 1, "value")
    if isinstance(name, str) and str(name) not in _environment(m).fields:
        m.write(_environment(m), str(name), value)
    return variable(m, name, value, "str")


def cast(m: Machine, value: Value, kind: str, at: CallSite) -> Value:
    """Return a setting as a type: a text that holds several values becomes a list of them."""
    if kind in ("list", "tuple"):
        return _csv(m, [value], {}, at)
    if kind in ("json", "dict"):
        return m.library.functions["json.loads"](m, [value], {}, at) if _is_text(value) else value
    inner = value.value if value.__class__ is Assumed else value
    if isinstance(inner, str) and kind == "bool":
        truth = str(inner).strip().lower() in ("1", "true", "yes", "on", "y", "t")
        return Assumed(truth, name=value.name, environment=value.environment) if inner is not value else truth
    return m.call(External(f"builtins.{kind}"), [value], {}, at) if kind in ("int", "float") else value


def _is_text(value: Value) -> bool:
    return isinstance(value.value if value.__class__ is Assumed else value, str)


def _csv(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Return the values of a setting that is a text with commas."""
    found: list[Value] = []
    for item in each(a[0] if a else None):
        text = item.value if item.__class__ is Assumed else item
        name, environment = getattr(item, "name", ""), getattr(item, "environment", "")
        if isinstance(text, str):
            parts = [part.strip() for part in str(text).split(",") if part.strip()]
            found.append(
                leaves(m, parts, name, environment, at) if item.__class__ is Assumed else items.lifted(m, parts, at)
            )
        elif isinstance(text, (ListCell, Tup)):
            found.append(text)
        else:
            single = name[:-1] if name.endswith("s") else name
            found.append(
                items.open_list(m, Opaque("one of several", name=single, environment=environment, kind="str"), at)
            )
    return join(found)


def _decoupled(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`config("NAME", default=..., cast=...)`."""
    value = variable(m, given(a, k, 0, "option"), given(a, k, 1, "default"))
    to = given(a, k, 2, "cast")
    return m.call(to, [value], {}, at) if to is not None else value


# .env files


def _lines(text: str) -> dict[str, str]:
    """Return what a `.env` file says."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip() and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            found[name.strip()] = value[1:-1] if quoted else value.partition(" #")[0].strip()
    return found


def lines_of(m: Machine, path: Value) -> dict[str, str]:
    return _lines(text_of(m, ".env" if path is None else path) or "")


def _load_dotenv(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for name, value in lines_of(m, given(a, k, 0, "dotenv_path")).items():
        if name not in _environment(m).fields or k.get("override") is True:
            m.write(_environment(m), name, value)
    return True


def _dotenv_values(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    path = given(a, k, 0, "dotenv_path")
    told = lines_of(m, path)
    if text_of(m, ".env" if path is None else path) is None:
        return Opaque("what a file of settings holds", name="settings")
    made = items.new_dict(m, at)
    made.fields.update({name: setting(value, name.lower(), name) for name, value in told.items()})
    return made


# environs


def _env(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["prefix"] = k.get("prefix", "")


def _read_env(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite, kind: str) -> Value:
    prefix, name = owner.fields.get("prefix", ""), given(a, k, 0, "name")
    full = str(prefix) + str(name) if isinstance(prefix, str) and isinstance(name, str) else name
    told = kind if kind in TYPES else ""
    return cast(m, variable(m, full, given(a, k, 1, "default"), told), kind, at)


def _env_called(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    return _read_env(m, owner, a, k, at, "str")


def _env_method(kind: str) -> NativeCall:
    return lambda m, a, k, at: _read_env(m, a[0], a[1:], k, at, kind)


def _plain_env(kind: str) -> NativeCall:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        value = variable(m, given(a, k, 0, "name"), given(a, k, 1, "default"), kind if kind in TYPES else "str")
        return cast(m, value, kind, at)

    return run


def _prefixed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made: Instance = m.bare(External("environs.prefixed"), at)
    made.fields.update({"env": a[0], "prefix": a[1] if len(a) > 1 else ""})
    return made


def _within_prefix(m: Machine, owner: Instance, inside: Any, at: CallSite, f: Any) -> bool:
    """Run a block in which names of variables begin with a prefix."""
    env, prefix = owner.fields["env"], owner.fields["prefix"]
    before = env.fields.get("prefix", "")
    both = isinstance(before, str) and isinstance(prefix, str)
    m.write(env, "prefix", str(before) + str(prefix) if both else "")
    ended: bool = inside(env)
    m.write(env, "prefix", before)
    return ended


ENV_METHODS: dict[str, NativeCall] = {
    **{name: _env_method(name) for name in CASTS},
    "get": _env_method("str"),
    "prefixed": _prefixed,
    "read_env": lambda m, a, k, at: _load_dotenv(m, a[1:], k, at),
    "seal": nothing,
    "add_parser": same,
}
