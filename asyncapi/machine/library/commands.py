"""Commands of click and typer: their options hold by default unless the program is started otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.commandline import destination, is_empty, one_of_choices
from asyncapi.machine.library.files import setting
from asyncapi.machine.library.model_rows import Arguments, Named, is_of, kept_as, nothing
from asyncapi.machine.library.shapes import ShapeReader
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Bound,
    External,
    Func,
    Instance,
    Native,
    NativeCall,
    Opaque,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

COMMAND = "click.Command"
OPTIONS = "__options__"
"""Under this name a function keeps the options that decorators gave it."""
OPTION_INFO = ("typer.OptionInfo", "typer.ArgumentInfo")


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("click", "typer", "asyncclick", "rich_click")
    library.aliases["asyncclick"] = library.aliases["rich_click"] = "click"
    for name in ("option", "argument", "password_option", "confirmation_option"):
        library.functions[f"click.{name}"] = _option(name)
    for name in ("version_option", "help_option", "pass_obj"):
        library.functions[f"click.{name}"] = lambda m, a, k, at: Native(
            "decorator", lambda m_, b, o, s: b[0] if b else None
        )
    library.functions["click.Choice"] = kept_as("click.Choice", "choices")
    library.functions["click.pass_context"] = _pass_context
    library.function("click.command", "click.group")(_command)
    library.classes[COMMAND] = Outside(called=_run_command, methods=COMMAND_METHODS)
    library.functions["typer.Option"] = kept_as("typer.OptionInfo")
    library.functions["typer.Argument"] = kept_as("typer.ArgumentInfo")
    library.functions["typer.run"] = lambda m, a, k, at: _run(m, a[0], at)
    library.classes["typer.Typer"] = Outside(
        called=_run_typer, methods={"command": _typed, "callback": _typed, "add_typer": nothing}
    )


# click


def _option(kind: str) -> NativeCall:
    def row(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        flags = [str(item) for item in a if isinstance(item, str)]
        bare = next((flag for flag in flags if not flag.startswith("-")), "")
        made: Instance = m.bare(External("click.Option"), at)
        made.fields.update({key: value for key, value in k.items() if key != "**"})
        made.fields["dest"] = (bare if kind != "argument" else flags[0] if flags else "") or destination(_long(flags))
        if made.fields["dest"] == bare:
            made.fields["dest"] = bare.replace("-", "_").lower()
        return Native("option", lambda m_, b, o, site: _marked(m_, b[0] if b else None, made))

    return row


def _long(flags: list[str]) -> list[str]:
    """Return the flags of an option, those that turn it off left away: `--ssl/--no-ssl` is `ssl`."""
    return [flag.partition("/")[0] for flag in flags]


def _marked(m: Machine, target: Value, info: Instance) -> Value:
    func = target.fields["callback"] if is_of(target, COMMAND) else target
    func = func.func if isinstance(func, Bound) else func
    if isinstance(func, Func):
        old = func.fields.get(OPTIONS, Tup(()))
        m.write(func, OPTIONS, Tup((info, *old.items)))
    return target


def _pass_context(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if a and isinstance(a[0], Func):
        m.write(a[0], "__passes_context__", True)
    return a[0] if a else None


def _command(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if a and isinstance(a[0], (Func, Bound)):
        return _made_command(m, a[0], at)
    return Native("command", lambda m_, b, o, site: _made_command(m_, b[0] if b else None, site))


def _made_command(m: Machine, func: Value, at: CallSite) -> Value:
    made: Instance = m.bare(External(COMMAND), at)
    made.fields.update({"callback": func, "commands": items.new_list(m, (), at)})
    return made


def option_value(m: Machine, info: Instance, at: CallSite) -> Value:
    """Return what an option of click is."""
    said, name = info.fields, str(info.fields["dest"])
    environment = said.get("envvar")
    variable = str(environment) if isinstance(environment, str) else ""
    if said.get("is_flag") is True and "default" not in said:
        return Assumed(False, name=name, environment=variable)
    default, kind = said.get("default"), said.get("type")
    if isinstance(kind, Instance) and is_of(kind, "click.Choice") and is_empty(default):
        return one_of_choices(m, kind.fields.get("choices", Tup(())), name, at)
    if said.get("multiple") is True or said.get("nargs") == -1:
        return items.open_list(m, Opaque(f"{name} is given on the command line", name=name, kind="str"), at)
    told = kind.name if isinstance(kind, External) and kind.path.startswith("builtins.") else ""
    return setting(default, name, variable, told)


def _run_command(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    """Run a command with its options as they are by default, then each of the commands in it."""
    func = owner.fields["callback"]
    inner = func.func if isinstance(func, Bound) else func
    told = inner.fields.get(OPTIONS, Tup(())).items if isinstance(inner, Func) else ()
    named = {str(info.fields["dest"]): option_value(m, info, at) for info in told}
    context = (
        [m.bare(External("click.Context"), at)]
        if isinstance(inner, Func) and "__passes_context__" in inner.fields
        else []
    )
    found = m.call(func, context, named, at)
    found = m.awaited(found, at)
    commands = [item for item, _ in items.elements(owner.fields["commands"])]
    if commands:
        m.fork([_command_run(m, item, at) for item in commands])
    return found


def _command_run(m: Machine, command: Value, at: CallSite) -> Callable[[], Value]:
    return lambda: _run_command(m, command, [], {}, at)


def _subcommand(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    def run(m_: Machine, b: Arguments, o: Named, site: CallSite) -> Value:
        made = _made_command(m_, b[0] if b else None, site)
        items.add(m_, a[0].fields["commands"], made)
        return made

    return Native("command", run)


def _add_command(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    items.add(m, a[0].fields["commands"], a[1])
    return None


COMMAND_METHODS: dict[str, NativeCall] = {
    "command": _subcommand,
    "group": _subcommand,
    "add_command": _add_command,
    "main": lambda m, a, k, at: _run_command(m, a[0], [], {}, at),
}


# typer


def _typed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    def run(m_: Machine, b: Arguments, o: Named, site: CallSite) -> Value:
        if b:
            old = a[0].fields.get("functions", Tup(()))
            m_.write(a[0], "functions", Tup((*old.items, b[0])))
        return b[0] if b else None

    return Native("command", run)


def _run_typer(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> Value:
    functions = owner.fields.get("functions", Tup(())).items
    if functions:
        m.fork([_function_run(m, item, at) for item in functions])
    return None


def _function_run(m: Machine, func: Value, at: CallSite) -> Callable[[], Value]:
    return lambda: _run(m, func, at)


def _run(m: Machine, func: Value, at: CallSite) -> Value:
    """Run a function of typer: its parameters are arguments of the command line."""
    named: Named = {}
    if isinstance(func, Func) and func.code.args is not None:
        args = func.code.args
        defaults = dict(zip(reversed(func.code.positional), reversed(func.defaults), strict=False))
        defaults.update(func.keyword_defaults)
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
            named[arg.arg] = _typer_value(m, func, arg, defaults.get(arg.arg, ABSENT))
    return m.awaited(m.call(func, [], named, at), at)


def _typer_value(m: Machine, func: Func, arg: Any, default: Value) -> Value:
    reader = ShapeReader(m, func, {})
    info = default if is_of(default, *OPTION_INFO) else None
    info = info or next((note for note in reader.notes(arg.annotation) if is_of(note, *OPTION_INFO)), None)
    environment: Value = None
    if info is not None:
        default = info.fields.get("default", ABSENT) if default is info else default
        environment = info.fields.get("envvar")
    if default is ...:
        default = ABSENT
    variable = str(environment) if isinstance(environment, str) else ""
    return setting(default, arg.arg, variable, reader.shape(arg.annotation).number_kind)
