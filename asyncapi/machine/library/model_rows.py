"""What rows share: how their arguments are read, and what they remember for one machine."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import alternatives, united
from asyncapi.machine.values import ABSENT, Class, DictCell, External, Instance, Native, NativeCall, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

Arguments = list[Value]
Named = dict[str, Value]


@dataclass(slots=True)
class Memory:
    """What rows know of the classes of one machine, and of its environment.

    `styles` says of decorated classes which library made them a record, `fields` holds the fields that a class
    declares itself, `shapes` what their annotations say, `parsed` the trees of annotations that are texts.
    """

    styles: dict[Class, Any] = field(default_factory=dict)
    fields: dict[Class, tuple[Any, ...]] = field(default_factory=dict)
    shapes: dict[tuple[Class, str], Any] = field(default_factory=dict)
    parsed: dict[int, tuple[ast.expr | None, ast.AST]] = field(default_factory=dict)
    environment: DictCell | None = None


def memory(m: Machine) -> Memory:
    """Return what rows remember for a machine."""
    kept: Memory = vars(m).setdefault("memory_of_rows", Memory())
    return kept


def over(run: NativeCall) -> NativeCall:
    """Return a row that is run for each thing that its first argument can be."""

    def each(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if not a:
            return run(m, a, k, at)
        return united((run(m, [item, *a[1:]], k, at), guards) for item, guards in alternatives(a[0]))

    return each


def given(a: Arguments, k: Named, place: int, name: str, default: Value = None) -> Value:
    """Return an argument by its place or its name."""
    return a[place] if place < len(a) else k.get(name, default)


def options(k: Named) -> tuple[tuple[str, Value], ...]:
    """Return keywords as the options of an encoded value, in the order of their names."""
    return tuple(sorted(((name, value) for name, value in k.items() if name != "**"), key=lambda pair: pair[0]))


def kept_as(path: str, first: str = "default") -> NativeCall:
    """Return a row that keeps what it is called with in an object; `first` names its first argument."""

    def run(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        made: Instance = m.bare(External(path), at)
        if a:
            made.fields[first] = a[0]
        made.fields.update(k)
        return made

    return run


def decorator(run: NativeCall) -> NativeCall:
    """Return a row for a decorator that is used with and without parentheses: `run(m, [target], options, at)`.

    Example: `@dataclass` and `@dataclass(frozen=True)`.
    """

    def decorate(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
        if a and not isinstance(a[0], str) and a[0] is not None:
            return run(m, a, k, at)
        return Native("decorator", lambda m_, b, _, site: run(m_, [*b[:1], *a], k, site) if b else None)

    return decorate


def same(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Return the first argument as it is."""
    return a[0] if a else None


def nothing(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """Return None: the row does nothing that a program can see."""
    return None


def is_of(value: Value, *paths: str) -> bool:
    """Say whether a value is an object of one of some outside classes."""
    return isinstance(value, Instance) and isinstance(value.cls, External) and value.cls.path in paths


def set_field(value: Value, name: str) -> Value:
    """Return what an object of a row keeps under a name; ABSENT for nothing."""
    return value.fields.get(name, ABSENT)
