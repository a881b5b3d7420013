"""Validators of pydantic models: marked by their decorators, run on what is passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncapi.machine import items
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import each
from asyncapi.machine.library.fields import (
    methods_marked,
)
from asyncapi.machine.library.model_rows import (
    Arguments,
    Named,
    same,
)
from asyncapi.machine.values import Class, External, Func, Instance, Native, Opaque, Received, Tup, Value, Wrapped

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

VALIDATES = "__validates__"
"""Under this name a function keeps what it validates: (kind, mode, names of fields)."""


# Validators.

Check = tuple[Value, str, str, tuple[str, ...]]


def validator(kind: str) -> Any:
    """Return the row of a decorator for validators: the function stays what it is, marked with what it validates."""

    def row(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if len(a) == 1 and not isinstance(a[0], str):
            return mark(m, a, k, at)
        names = tuple(str(name) for name in a if isinstance(name, str))
        mode = k.get("mode", "before" if k.get("pre") is True else "after")
        return Native(kind, lambda m_, b, _, site: mark(m_, b, {"mode": mode, "names": Tup(names)}, site))

    def mark(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        func = a[0].func if isinstance(a[0], Wrapped) else a[0]
        if isinstance(func, Func):
            m.write(func, VALIDATES, Tup((kind, k.get("mode", "after"), k.get("names", Tup(())))))
        return a[0]

    return row


def checks_of(m: Machine, cls: Class) -> list[Check]:
    found = []
    for func, mark in methods_marked(cls, VALIDATES):
        kind, mode, names = mark.items
        found.append((func, kind, mode if isinstance(mode, str) else "after", names.items))
    return found


def changed(m: Machine, cls: Class, func: Func, mode: str, named: Named, at: CallSite) -> Named:
    """Return the keywords of a model after a validator saw them."""
    base = named.get("**")
    data: Value = (
        Received(base.message, base.path[:-1], base.form) if len(named) == 1 and isinstance(base, Received) else None
    )
    if data is None:
        data = items.new_dict(m, at)
        data.fields.update(named)
    handler = [Native("handler", same)] if mode == "wrap" else []
    value = m.call(func, _with_info(m, func, [cls, data, *handler], data), {}, at)
    found = items.keywords(m, value)
    return found if set(found) != {"**"} or isinstance(found["**"], Received) else {**named}


def _with_info(m: Machine, func: Func, arguments: Arguments, data: Value) -> Arguments:
    """Return the arguments of a validator, with what else it asks for: the fields that were set before it."""
    more = len(func.code.positional) - len(arguments)
    if more <= 0:
        return arguments
    if func.code.positional[len(arguments)] == "values":
        return [*arguments, data]
    info: Instance = m.bare(External("pydantic.ValidationInfo"), m.place)
    info.fields.update(
        {"data": data, "context": None, "mode": "python", "field_name": Opaque("the name of a field", kind="str")}
    )
    return [*arguments, info]


def run_checks(m: Machine, owner: Instance, checks: list[Check], passed: set[str], at: CallSite) -> None:
    """Run the validators of a model on the fields that were passed; what they give is what the fields hold.

    A part of a message stays itself where a validator makes something of it that is not known.
    """
    assert isinstance(owner.cls, Class)
    for func, kind, mode, names in sorted(checks, key=lambda check: check[2] == "after"):
        if kind in ("field_validator", "validator"):
            for name in [item for item in owner.fields if item in passed and (item in names or "*" in names)]:
                old = owner.fields[name]
                handler = [Native("handler", same)] if mode == "wrap" else []
                arguments = _with_info(m, func, [owner.cls, old, *handler], m.dict_of(owner))
                value = m.call(func, arguments, {}, at)
                if not (old.__class__ is Received and all(item.__class__ is Opaque for item in each(value))):
                    m.write(owner, name, value)
        elif kind == "model_validator" and mode == "after":
            m.call(func, _with_info(m, func, [owner], None), {}, at)
        elif kind == "root_validator" and mode == "after":
            value = m.call(func, [owner.cls, m.dict_of(owner)], {}, at)
            for name, said in items.keywords(m, value).items():
                if name in owner.fields:
                    m.write(owner, name, said)
