"""Python's own functions and types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import attributes, items, lists, operators, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import Guards, alternatives, each, join, together, united
from asyncapi.machine.library import Outside, Outsides
from asyncapi.machine.library.containers import ordered
from asyncapi.machine.values import (
    ABSENT,
    ANY,
    Assumed,
    Class,
    Deferred,
    DictCell,
    Encoded,
    External,
    Func,
    HoledText,
    Instance,
    ListCell,
    Module,
    Native,
    Opaque,
    Property,
    Received,
    SetCell,
    SliceOf,
    Tup,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Arguments = list[Value]
Named = dict[str, Value]


def register(library: Outsides) -> None:
    """Add the rows of Python's own names."""
    for name, run in FUNCTIONS.items():
        library.functions[f"builtins.{name}"] = run
    for name, value in {
        "True": True,
        "False": False,
        "None": None,
        "__debug__": True,
        "NotImplemented": Opaque("NotImplemented"),
        "Ellipsis": ...,
    }.items():
        library.constants[f"builtins.{name}"] = value
    library.classes["builtins.object"] = Outside(
        methods={
            "__init__": _nothing,
            "__setattr__": _object_set,
            "__getattribute__": _getattr,
            "__init_subclass__": _nothing,
            "__eq__": _unknown_bool,
            "__hash__": _unknown_number,
            "__str__": _object_text,
            "__repr__": _object_text,
        },
        class_methods={"__new__": lambda m, a, k, at: m.bare(a[1] if len(a) > 1 else a[0], at)},
    )
    _register_exceptions(library)
    _register_texts(library)
    library.functions["float.is_integer"] = _unknown_bool
    library.functions["int.to_bytes"] = lambda m, a, k, at: Encoded(a[0], "bytes")
    library.functions["generator.send"] = _next
    library.functions["generator.close"] = _nothing
    library.functions["coroutine.close"] = _nothing


def _register_exceptions(library: Outsides) -> None:
    """Add the classes of exceptions, each with what it derives from."""
    for name in (
        "Exception",
        "BaseException",
        "ValueError",
        "RuntimeError",
        "TypeError",
        "KeyError",
        "OSError",
        "ConnectionError",
        "TimeoutError",
        "AttributeError",
        "LookupError",
        "NotImplementedError",
        "KeyboardInterrupt",
        "StopIteration",
    ):
        library.classes[f"builtins.{name}"] = Outside(
            init=_exception,
            text=lambda m, owner: Opaque("the text of an exception", name="error", kind="str"),
            bases=()
            if name == "BaseException"
            else ("builtins.BaseException",)
            if name in ("Exception", "KeyboardInterrupt")
            else ("builtins.Exception",),
        )


def _register_texts(library: Outsides) -> None:
    """Add what texts, and values that stand for texts, can do."""
    for name in (
        "split",
        "strip",
        "lower",
        "upper",
        "decode",
        "encode",
        "startswith",
        "endswith",
        "replace",
        "rstrip",
        "lstrip",
        "partition",
        "rsplit",
        "isdigit",
        "title",
        "casefold",
        "hex",
        "find",
        "isnumeric",
    ):
        library.functions[f"received.{name}"] = _received_text(name)
        library.functions[f"encoded.{name}"] = _encoded_text(name)
        library.functions[f"bytes.{name}"] = _bytes(name)
    for kind in ("str", "int", "float", "bytes", "bool"):
        for name in ("decode", "encode", "strip", "lower", "upper", "rstrip", "lstrip", "replace", "title"):
            library.functions.setdefault(f"{kind}.{name}", _unknown_text(name))
        for name in ("split", "rsplit", "splitlines"):
            library.functions.setdefault(f"{kind}.{name}", _unknown_split)


def _nothing(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return None


def _unknown_bool(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Opaque("a test", kind="bool")


def _unknown_number(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Opaque("a number", kind="int")


def _object_set(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) == 3 and isinstance(a[0], Instance) and isinstance(a[1], str):
        m.write(a[0], str(a[1]), a[2])
    return None


def _object_text(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Opaque("an object as text", name=a[0].cls.name if a and isinstance(a[0], Instance) else "", kind="str")


def _exception(m: Machine, owner: Instance, arguments: Arguments, named: Named, at: CallSite) -> None:
    owner.fields["args"] = Tup(arguments)


def _received_text(name: str) -> Callable[..., Value]:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        owner: Received = a[0]
        if name in ("decode", "strip", "lower", "upper", "rstrip", "lstrip", "title", "casefold"):
            return Received(owner.message, owner.path, "text" if owner.form == "payload" else owner.form)
        if name == "encode":
            return Encoded(owner, "bytes")
        if name in ("split", "partition", "rsplit"):
            return items.open_list(m, Received(owner.message, (*owner.path, ANY), "text"), at)
        return Opaque(f"the result of {name}()", kind="bool" if name.startswith("is") or name.endswith("with") else "")

    return run


def _encoded_text(name: str) -> Callable[..., Value]:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        owner: Encoded = a[0]
        if name in ("encode", "decode", "strip"):
            if owner.form == "bytes" and name == "decode":
                return owner.value
            return owner
        return Opaque(f"the result of {name}()", kind="str")

    return run


def _bytes(name: str) -> Callable[..., Value]:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if isinstance(a[0], bytes) and not k:
            try:
                return items.lifted(m, getattr(a[0], name)(*a[1:]), at)
            except (TypeError, ValueError, AttributeError, LookupError):
                m.fails()
        return Opaque(f"the result of {name}()")

    return run


def _unknown_text(name: str) -> Callable[..., Value]:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        owner = a[0]
        return Opaque(
            getattr(owner, "reason", "a text"),
            name=getattr(owner, "name", ""),
            environment=getattr(owner, "environment", ""),
            kind="bytes" if name == "encode" else "str",
        )

    return run


def _unknown_split(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return items.open_list(m, Opaque("a part of a split text", kind="str"), at)


def _converted(kind: type, name: str) -> Callable[..., Value]:
    """Return a type as a function: a constant is converted, a setting stays one, anything else has that type."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if not a:
            return kind()
        return united((one(m, item, a[1:], at), guards) for item, guards in alternatives(a[0]))

    def one(m: Machine, value: Value, more: Arguments, at: CallSite) -> Value:
        if value.__class__ is Assumed:
            inner = one(m, value.value, more, at)
            return (
                Assumed(inner, name=value.name, environment=value.environment)
                if isinstance(inner, (str, int, float, bool))
                else inner
            )
        if isinstance(value, Instance) and isinstance(value.cls, Class) and m.members_of(value.cls) is not None:
            inner = value.fields.get("_value_")
            if isinstance(inner, (int, float)):
                value = inner
        if kind is bool:
            answer = operators.truth(m, value)
            return Opaque("a test", kind="bool", name=getattr(value, "name", "")) if answer is None else answer
        if isinstance(value, (str, int, float)) and all(isinstance(item, int) for item in more):
            try:
                return kind(value, *more)
            except (ValueError, TypeError, OverflowError):
                m.fails()
                return Opaque(f"{name}() fails", kind=name)
        m.fails()
        if value.__class__ is Received:
            return Received(value.message, value.path, value.form)
        if isinstance(value, HoledText) and len(value.parts) == 1:
            hole = value.parts[0]
            return Opaque(f"a {name}", name=hole.name if not isinstance(hole, str) else "", kind=name)
        return Opaque(
            getattr(value, "reason", f"a {name}"),
            name=getattr(value, "name", ""),
            environment=getattr(value, "environment", ""),
            kind=name,
        )

    return run


def _str(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if not a:
        return ""
    found: list[tuple[Value, Guards]] = []
    for item, guards in alternatives(a[0]):
        if isinstance(item, (Encoded, Received)):
            found.append(
                (
                    Received(item.message, item.path, "text" if item.form == "payload" else item.form)
                    if isinstance(item, Received)
                    else item,
                    guards,
                )
            )
        elif item.__class__ is Assumed and isinstance(item.value, str):
            found.append((item, guards))
        elif item.__class__ is Opaque:
            found.append((Opaque(item.reason, name=item.name, environment=item.environment, kind="str"), guards))
        else:
            found.append((texts.shown(m, item, getattr(item, "name", ""), None, -1, at), guards))
    return united(found)


def _repr(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return texts.shown(m, a[0], "", None, ord("r"), at) if a else Opaque("a text", kind="str")


def _bytes_of(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if not a:
        return b""
    value = a[0]
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeError:
            return Encoded(value, "bytes")
    if isinstance(value, (bytes, Encoded, Received)):
        return value
    return Encoded(value, "bytes")


def _list(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, (), at)
    for value, certain in items.listed(m, a[0], at) if a else ():
        items.add_maybe(m, made, value, certain)
    made.shuffled = bool(a) and items.unordered(a[0])
    return made


def _tuple(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.unpacked(m, a[0], at) if a else []
    if any(item.__class__.__name__ == "Spread" for item in found):
        return items.new_list(m, found, at)
    return Tup(found)


def _set(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_set(m, [], at)
    for value, certain in items.listed(m, a[0], at) if a else ():
        items.add_maybe(m, made, value, certain)
    return made


def _dict(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_dict(m, at)
    if a:
        items.update(m, made, a[0], at)
        if isinstance(a[0], DictCell):
            made.factory = None
    for name, value in k.items():
        if name == "**":
            items.update(m, made, value, at)
        else:
            made.fields[name] = value
    return made


def _len(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0] if a else None
    if isinstance(owner, Instance):
        return m.special(owner, "__len__", [], at)
    members = m.members_of(owner)
    return len(members) if members is not None else items.length(m, owner)


LONGEST_RANGE = 3_000
"""Ranges longer than this count something that no table of topics has as many of."""


def _range(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    plain = [item.value if item.__class__ is Assumed else item for item in a]
    if plain and all(isinstance(item, int) for item in plain) and (len(plain) < 3 or plain[2] != 0):
        numbers = range(*plain)
        if len(numbers) <= LONGEST_RANGE:
            return items.new_list(m, list(numbers), at)
    return items.open_list(m, Opaque("a number of a range", name="index", kind="int"), at)


def _enumerate(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    start = a[1] if len(a) > 1 else k.get("start", 0)
    made = items.new_list(m, (), at)
    sure = isinstance(start, int) and not items.unordered(a[0])
    for number, (value, certain) in enumerate(items.listed(m, a[0], at)):
        counted = number + start if sure else Opaque("a count", name="index", kind="int")
        if certain is False:
            counted = Opaque("a count", name="index", kind="int")
        items.add_maybe(m, made, Tup((counted, value)), certain)
        sure = sure and certain is True
    return made


def _zip(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    columns = [items.listed(m, item, at) for item in a]
    if all(certain for column in columns for _, certain in column) and not any(map(items.unordered, a)):
        return items.new_list(m, [Tup([v for v, _ in row]) for row in zip(*columns, strict=False)], at)
    if not all(columns):
        return items.new_list(m, (), at)
    return items.open_list(m, Tup([join([v for v, _ in column]) for column in columns]), at)


def _map(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, (), at)
    if len(a) == 2:

        def mapped(value: Value, certain: bool | None) -> bool:
            def run() -> Value:
                items.add_maybe(m, made, m.call(a[0], [value], {}, at), certain is not False)
                return None

            if certain:
                run()
            else:
                m.fork([run, lambda: None])
            return False

        items.each(m, a[1], mapped, at)
        made.shuffled = items.unordered(a[1])
        return made
    rows = _zip(m, a[1:], {}, at)
    return _map(
        m,
        [Native("map", lambda m_, b, k_, s: m_.call(a[0], [v for v, _ in items.listed(m_, b[0], s)], {}, s)), rows],
        {},
        at,
    )


def _filter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, (), at)
    for value, certain in items.listed(m, a[1], at) if len(a) > 1 else ():
        kept = value if a[0] is None else m.call(a[0], [value], {}, at)
        answers = [operators.truth(m, item) for item in each(kept)]
        if all(answer is False for answer in answers):
            continue
        sure = all(answer is True for answer in answers)
        if a[0] is None:
            value = operators.split_truth(value, m)[0]
        items.add_maybe(m, made, value, certain if sure or certain is False else None)
    made.shuffled = len(a) > 1 and items.unordered(a[1])
    return made


def _sorted(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    made = items.new_list(m, items.unpacked(m, a[0], at), at)
    found = ordered(m, lists.plain(made), k, at)
    if found is not None:
        return items.new_list(m, found, at)
    made.shuffled = True
    return made


def _reversed(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.listed(m, a[0], at)
    if all(c is not False for _, c in found):
        made = items.new_list(m, [v if c else lists.maybe(v) for v, c in found][::-1], at)
    else:
        made = items.new_list(m, items.unpacked(m, a[0], at), at)
    made.shuffled = getattr(a[0], "shuffled", False) or any(c is False for _, c in found)
    return made


def _sides(m: Machine, a: Arguments, at: CallSite) -> list[bool | None]:
    """Return for each element whether it counts as true; None where it may be missing, too."""
    found: list[bool | None] = []
    for value, certain in items.listed(m, a[0], at):
        answers = {operators.truth(m, one) for one in each(value)}
        found.append(answers.pop() if certain and len(answers) == 1 else False if answers == {False} else None)
    return found


def _any(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = _sides(m, a, at)
    return True if True in answers else Opaque("a test", kind="bool") if None in answers else False


def _all(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    unsure = False
    for value, certain in items.listed(m, a[0], at):
        answers = {operators.truth(m, one) for one in each(value)}
        if answers == {False} and certain:
            return False
        unsure = unsure or answers != {True}
    return Opaque("a test", kind="bool") if unsure else True


def _next(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0]
    if isinstance(owner, Deferred):
        if owner.kept is None:
            owner.kept = items.gathered(m, owner, at)
        owner = owner.kept
    if isinstance(owner, ListCell):
        first = lists.at(m, owner, 0)
        sure = lists.surely(owner, 0)
        if not sure and len(a) < 2:
            m.fails()
        lists.pop(m, owner, 0)
        if first is ABSENT:
            return a[1] if len(a) > 1 else Opaque("the next of something empty")
        return first if sure else join([first, *a[1:2]])
    if isinstance(owner, Instance):
        return m.special(owner, "__next__", [], at)
    return items.one_of(m, owner)


def _iter(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if a and isinstance(a[0], (ListCell, Tup, DictCell)):
        made = items.new_list(m, (), at)
        for value, certain in items.listed(m, a[0], at):
            items.add_maybe(m, made, value, certain)
        made.shuffled = items.unordered(a[0])
        return made
    if a and isinstance(a[0], SetCell):
        return _list(m, a, k, at)
    if a and isinstance(a[0], Instance):
        return m.special(a[0], "__iter__", [], at)
    return a[0] if a else None


def _getattr(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = []
    for (owner, name), guards in together(a[:2]):
        if not isinstance(name, str):
            found.append((_any_attribute(m, owner, name), guards))
            continue
        if len(a) > 2:
            value = has(m, owner, str(name), at)
            found.append(
                (
                    a[2]
                    if value is False
                    else m.attribute(owner, str(name), at)
                    if value
                    else join([m.attribute(owner, str(name), at), a[2]]),
                    guards,
                )
            )
        else:
            found.append((m.attribute(owner, str(name), at), guards))
    return united(found)


def _any_attribute(m: Machine, owner: Value, name: Value) -> Value:
    """Return what an attribute can be whose name is only partly known: the methods that fit it."""
    if isinstance(name, HoledText) and isinstance(owner, Instance) and isinstance(owner.cls, Class):
        fitting = [
            n
            for base in owner.cls.mro
            if isinstance(base, Class)
            for n in base.fields
            if isinstance(n, str) and texts.matched(name, n) is not None
        ]
        if fitting:
            return join([m.attribute(owner, n, m.place) for n in dict.fromkeys(fitting)])
    return Opaque("an attribute whose name is not known", name=getattr(owner, "name", ""))


def has(m: Machine, owner: Value, name: str, at: CallSite) -> bool | None:
    """Say whether something has an attribute."""
    if isinstance(owner, Instance):
        if name in owner.fields:
            return True
        if attributes.from_class(m, owner, owner.cls, name, at) is not ABSENT:
            return True
        unread = isinstance(owner.cls, External) or any(
            isinstance(b, External) and b.path != "builtins.object" for b in owner.cls.mro
        )
        return None if unread or attributes.class_attribute(m, owner.cls, "__getattr__") is not ABSENT else False  # type: ignore[arg-type]
    if isinstance(owner, Class):
        if attributes.class_attribute(m, owner, name) is not ABSENT:
            return True
        return None if any(isinstance(b, External) for b in owner.mro) else False
    if isinstance(owner, Module):
        return name in owner.fields or m.submodule(owner, name) is not None
    if owner is None or isinstance(owner, (str, int, float, bytes)):
        return hasattr(owner, name)
    if isinstance(owner, HoledText):
        return hasattr("", name)
    if isinstance(owner, (ListCell, DictCell, Tup)):
        return m.library.functions.get(f"{attributes.CONTAINERS[owner.__class__]}.{name}") is not None
    if isinstance(owner, Func):
        return name in owner.fields or name in ("__name__", "__doc__", "__module__")
    return None


def _hasattr(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = {has(m, owner, a[1], at) if isinstance(a[1], str) else None for owner in each(a[0])}
    return (
        answers.pop()
        if len(answers) == 1 and None not in answers
        else Opaque("whether there is an attribute", kind="bool")
    )


def _setattr(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) == 3:
        for name in each(a[1]):
            if isinstance(name, str):
                m.set_attribute(a[0], str(name), a[2], at)
    return None


def _isinstance(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = {m.is_instance(value, a[1]) for value in each(a[0])}
    return answers.pop() if len(answers) == 1 and None not in answers else Opaque("a test of a type", kind="bool")


def _issubclass(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = {m.is_subclass(value, a[1]) for value in each(a[0])}
    return answers.pop() if len(answers) == 1 and None not in answers else Opaque("a test of a class", kind="bool")


def _callable(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    answers = {m.callable_(value) for value in each(a[0])}
    return answers.pop() if len(answers) == 1 and None not in answers else Opaque("a test", kind="bool")


def _type(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if len(a) == 3 and isinstance(a[0], str):
        from asyncapi.machine.classes import linear

        module = m.current.module if m.current is not None else None
        if module is None:
            return Opaque("a class")
        made: Class = m.new(Class, str(a[0]), module, str(a[0]))
        made.bases = tuple(v for v, _ in items.listed(m, a[1], at) if isinstance(v, (Class, External)))
        made.mro = linear(made)
        if isinstance(a[2], DictCell):
            made.fields.update({n: v for n, v in a[2].fields.items() if isinstance(n, str)})
        m.subclassed(made)
        return made
    found: list[tuple[Value, Guards]] = []
    for value, guards in alternatives(a[0]):
        if isinstance(value, Instance):
            found.append((value.cls, guards))
        elif isinstance(value, str):
            found.append((External("builtins.str"), guards))
        elif value is None or isinstance(value, (int, float, bytes)):
            found.append((External(f"builtins.{type(value).__name__}"), guards))
        elif value.__class__ in attributes.CONTAINERS:
            found.append((External(f"builtins.{attributes.CONTAINERS[value.__class__]}"), guards))
        else:
            found.append((Opaque("a type", name=getattr(value, "name", "")), guards))
    return united(found)


def _property(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Property(a[0] if a else k.get("fget"), a[1] if len(a) > 1 else k.get("fset"))


def _minmax(least: bool) -> Callable[..., Value]:
    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        pairs = items.listed(m, a[0], at) if len(a) == 1 else [(v, True) for v in a]
        values = [v for v, _ in pairs]
        found = ordered(m, values, {"key": k["key"]} if "key" in k else {}, at) if all(c for _, c in pairs) else None
        if found:
            keys = found if least else found[::-1]
            return keys[0] if least or "key" not in k else join(values)
        unsure = not any(c for _, c in pairs)
        if unsure and "default" not in k:
            m.fails()
        if unsure and "default" in k:
            values.append(k["default"])
        return join(values) if values else Opaque("the least or most of nothing")

    return run


def _sum(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    found = items.listed(m, a[0], at)
    if all(c and isinstance(v, (int, float)) for v, c in found) and all(isinstance(s, (int, float)) for s in a[1:]):
        return sum([v for v, _ in found], *a[1:])
    return Opaque("a sum", kind="float")


def _plain(run: Callable[..., Any], kind: str) -> Callable[..., Value]:
    def native(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if all(isinstance(item, (int, float, str)) for item in a) and not k:
            try:
                return items.lifted(m, run(*a), at)
            except (TypeError, ValueError, ArithmeticError):
                pass
        m.fails()
        return Opaque(
            "a number" if kind != "str" else "a text", name=next((getattr(i, "name", "") for i in a), ""), kind=kind
        )

    return native


def _format(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return texts.shown(m, a[0], "", a[1] if len(a) > 1 else None, -1, at)


def _vars(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if a and isinstance(a[0], (Instance, Class, Module)):
        return m.dict_of(a[0])
    if not a and m.current is not None:
        return m.dict_of(m.current)
    return Opaque("the attributes of something")


def _globals(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return m.dict_of(m.current.module) if m.current is not None else Opaque("the names of a module")


def _dir(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    owner = a[0] if a else None
    names: list[str] = []
    if isinstance(owner, (Instance, Class, Module)):
        names = [n for n in owner.fields if isinstance(n, str)]
        cls = owner.cls if isinstance(owner, Instance) else owner
        if isinstance(cls, Class):
            names += [n for base in cls.mro if isinstance(base, Class) for n in base.fields if isinstance(n, str)]
        return items.new_list(m, sorted(set(names)), at)
    return items.open_list(m, Opaque("the name of an attribute", kind="str"), at)


def _input(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    m.wait()
    return Opaque("what is typed in", name="input", kind="str")


def _import(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    if a and isinstance(a[0], str) and m.current is not None:
        return m.import_(str(a[0]), m.current.module)
    return Opaque("a module whose name is not known")


def _super(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    from asyncapi.machine.values import Super

    if len(a) == 2 and isinstance(a[0], Class) and isinstance(a[1], (Instance, Class)):
        return Super(a[0], a[1])
    return Opaque("super()")


def _exit(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    from asyncapi.machine.heap import PathEnd

    if m.arms or m.tries:
        if m.current is not None:
            m.raised(m.current, External("builtins.SystemExit"))
        raise PathEnd
    return Opaque("the program ends")


def _hash(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return Opaque("a hash", kind="int")


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "str": _str,
    "int": _converted(int, "int"),
    "float": _converted(float, "float"),
    "bool": _converted(bool, "bool"),
    "bytes": _bytes_of,
    "bytearray": _bytes_of,
    "memoryview": _bytes_of,
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "frozenset": _set,
    "dict": _dict,
    "len": _len,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "sorted": _sorted,
    "reversed": _reversed,
    "any": _any,
    "all": _all,
    "next": _next,
    "iter": _iter,
    "anext": _next,
    "aiter": _iter,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "delattr": lambda m, a, k, at: m.delete_attribute(a[0], a[1]) if len(a) > 1 and isinstance(a[1], str) else None,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "callable": _callable,
    "type": _type,
    "property": _property,
    "staticmethod": lambda m, a, k, at: Wrapped(a[0], "static"),
    "classmethod": lambda m, a, k, at: Wrapped(a[0], "class"),
    "min": _minmax(True),
    "max": _minmax(False),
    "sum": _sum,
    "abs": _plain(abs, "float"),
    "round": _plain(round, "float"),
    "ord": _plain(ord, "int"),
    "chr": _plain(chr, "str"),
    "hex": _plain(hex, "str"),
    "oct": _plain(oct, "str"),
    "bin": _plain(bin, "str"),
    "divmod": _plain(divmod, ""),
    "ascii": _plain(ascii, "str"),
    "repr": _repr,
    "format": _format,
    "print": _nothing,
    "vars": _vars,
    "locals": _vars,
    "globals": _globals,
    "dir": _dir,
    "id": _hash,
    "hash": _hash,
    "input": _input,
    "__import__": _import,
    "super": _super,
    "exit": _exit,
    "quit": _exit,
    "slice": lambda m, a, k, at: SliceOf(*([None, a[0], None] if len(a) == 1 else [*a, None, None][:3])),
    "object": lambda m, a, k, at: m.bare(External("builtins.object"), at),
    "open": lambda m, a, k, at: (m.fails(), m.bare(External("io.TextIOWrapper"), at))[1],
    "pow": _plain(lambda a, b, *c: pow(a, b, *c) if abs(b) < 64 and abs(a) < 1 << 32 else 0, "float"),
    "breakpoint": _nothing,
    "compile": lambda m, a, k, at: Opaque("compiled code"),
    "eval": lambda m, a, k, at: Opaque("what a text of code gives"),
    "exec": _nothing,
}
