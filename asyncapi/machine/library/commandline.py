"""Arguments of command lines, by argparse: a default holds unless the program is started otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each, join
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.files import setting
from asyncapi.machine.library.model_rows import Arguments, Named, given, is_of, nothing
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    External,
    Instance,
    ListCell,
    NativeCall,
    Opaque,
    Received,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

PARSER = "argparse.ArgumentParser"
NAMESPACE = "argparse.Namespace"
SUBPARSERS = "argparse.Subparsers"


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("argparse", "types", "configargparse", "jsonargparse")
    library.aliases["configargparse"] = library.aliases["jsonargparse"] = "argparse"
    library.aliases["argparse.ArgParser"] = PARSER
    library.classes[PARSER] = Outside(init=_parser, methods=PARSER_METHODS)
    library.classes[SUBPARSERS] = Outside(methods={"add_parser": _add_parser})
    for path in (NAMESPACE, "types.SimpleNamespace"):
        library.classes[path] = Outside(init=_namespace, attribute=_of_namespace)


# argparse


def _parser(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields["parts"] = items.new_list(m, (), at)
    owner.fields["defaults"] = items.new_dict(m, at)
    owner.fields["subparsers"] = items.new_dict(m, at)
    for parent, _ in items.listed(m, k["parents"], at) if "parents" in k else ():
        if is_of(parent, PARSER):
            owner.fields["parts"].fields.update(parent.fields["parts"].fields)
            owner.fields["defaults"].fields.update(parent.fields["defaults"].fields)


def _add_argument(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`add_argument`: kept with the name that its value gets."""
    flags = [str(item) for item in a[1:] if isinstance(item, str)]
    dest = k.get("dest")
    name = str(dest) if isinstance(dest, str) else destination(flags)
    made: Instance = m.bare(External("argparse.Action"), at)
    made.fields.update({"dest": name, **{key: value for key, value in k.items() if key not in ("dest", "**")}})
    made.fields["positional"] = bool(flags) and not flags[0].startswith("-")
    items.add(m, a[0].fields["parts"], made)
    return made


def destination(flags: list[str]) -> str:
    """Return the name of an argument's value: its first long flag, else its first flag, else itself."""
    long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    return long.lstrip("-").replace("-", "_") if long.startswith("-") else long


def _set_defaults(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    for name, value in k.items():
        items.set_item(m, a[0].fields["defaults"], name, value, at)
    return None


def _add_subparsers(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made: Instance = m.bare(External(SUBPARSERS), at)
    made.fields["parser"] = a[0]
    m.write(a[0], "command", k.get("dest"))
    return made


def _add_parser(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made: Instance = m.bare(External(PARSER), at)
    _parser(m, made, [], k, at)
    name = given(a, k, 1, "name")
    items.set_item(m, a[0].fields["parser"].fields["subparsers"], name, made, at)
    return made


def argument_value(m: Machine, info: Instance, default: Value, at: CallSite) -> Value:
    """Return what an argument is that may be given on the command line."""
    said, name = info.fields, str(info.fields["dest"])
    action, kind = said.get("action"), said.get("type")
    if action in ("store_true", "store_false"):
        return Assumed(default if isinstance(default, bool) else action == "store_false", name=name)
    if action == "count":
        return setting(default, name, kind="int")
    if isinstance(default, str) and kind is not None:
        default = m.call(kind, [default], {}, at)
    if is_empty(default) and "choices" in said:
        return one_of_choices(m, said["choices"], name, at)
    told = kind.name if isinstance(kind, External) and kind.path.startswith("builtins.") else "" if kind else "str"
    many = action in ("append", "extend") or said.get("nargs") in ("*", "+") or type(said.get("nargs")) is int
    if many and (is_empty(default) or isinstance(default, ListCell)):
        rest = Opaque(f"{name} is given on the command line", name=name[:-1] if name.endswith("s") else name, kind=told)
        found = items.open_list(m, rest, at)
        return (
            found
            if default is ABSENT or not isinstance(default, ListCell)
            else join([Assumed(default, name=name), found])
        )
    if default.__class__ is Opaque and default.environment == "":
        return default
    return setting(default, name, kind=told)


def is_empty(value: Value) -> bool:
    return value is None or value is ABSENT or (isinstance(value, str) and not value)


def one_of_choices(m: Machine, choices: Value, name: str, at: CallSite) -> Value:
    """Return one of several choices: each stays together with what is done on it."""
    found = [value for value, _ in items.listed(m, choices, at)]
    m.branches += 1
    return join(found, m.branches) if found else Opaque(f"a choice of {name}", name=name)


def _values(m: Machine, parser: Instance, at: CallSite) -> dict[str, Value]:
    """Return the values of a parser's own arguments."""
    found: dict[str, Value] = {}
    told = parser.fields["defaults"].fields
    for info, _ in items.elements(parser.fields["parts"]):
        name = info.fields["dest"]
        if info.fields.get("action") in ("help", "version"):
            continue
        default = told.get(name, info.fields.get("default", ABSENT))
        value = argument_value(m, info, default, at)
        found[name] = join([found[name], value]) if name in found and found[name].__class__ is not Assumed else value
    found.update({str(name): value for name, value in told.items() if name not in found})
    return found


def _parse(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """`parse_args`: an object with the values of all arguments; those of each subparser stay together."""
    m.fails()
    made: Instance = m.bare(External(NAMESPACE), at)
    parser = a[0]
    made.fields.update(_values(m, parser, at))
    commands = [(name, one) for name, value in parser.fields["subparsers"].fields.items() for one in each(value)]
    found = [_values_of_command(m, parser, name, one, at) for name, one in commands if isinstance(one, Instance)]
    if found:
        m.branches += 1
        for name in dict.fromkeys(name for values in found for name in values):
            own = made.fields.get(name, ABSENT)
            made.fields[name] = join([values.get(name, own) for values in found], m.branches)
    return made


def _values_of_command(m: Machine, parser: Instance, name: Value, command: Instance, at: CallSite) -> dict[str, Value]:
    values = dict(_parse(m, [command], {}, at).fields)
    dest = parser.fields.get("command")
    if isinstance(dest, str) and isinstance(name, str):
        values[str(dest)] = name
    return values


def _parse_known(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    rest = items.open_list(m, Opaque("an argument of the command line", kind="str"), at)
    return Tup((_parse(m, a, k, at), rest))


def _self(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0]


PARSER_METHODS: dict[str, NativeCall] = {
    "add_argument": _add_argument,
    "add": _add_argument,
    "add_arg": _add_argument,
    "add_argument_group": _self,
    "add_mutually_exclusive_group": _self,
    "add_subparsers": _add_subparsers,
    "set_defaults": _set_defaults,
    "parse_args": _parse,
    "parse_known_args": _parse_known,
    **dict.fromkeys(("print_help", "print_usage", "exit", "error"), nothing),
    **dict.fromkeys(("format_help", "format_usage"), lambda m, a, k, at: Opaque("a text of help", kind="str")),
}


# Objects made of keywords


def _namespace(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    owner.fields.update(items.keywords(m, a[0]) if a else {})
    owner.fields.update(k)
    rest = owner.fields.pop("**", ABSENT)
    owner.extra = rest


def _of_namespace(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    """Return an attribute that came with keywords nobody knows: a part of the message that they are."""
    rest = owner.extra
    if rest.__class__ is Received and rest.path:
        return m.seen(Received(rest.message, (*rest.path[:-1], name), rest.form))
    return ABSENT
