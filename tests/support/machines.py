"""Runs a program by the machine and by Python itself, and says whether what the machine saw covers what happened."""

from __future__ import annotations

import ast
import itertools
import random
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from asyncapi.machine import items
from asyncapi.machine.depth import deeply
from asyncapi.machine.lattice import each, maybe_absent, present
from asyncapi.machine.library import standard
from asyncapi.machine.machine import Interpreter
from asyncapi.machine.texts import matched
from asyncapi.machine.values import (
    REST,
    REST_KEY,
    Beyond,
    Bound,
    Cell,
    Class,
    DictCell,
    Func,
    HoledText,
    Instance,
    ListCell,
    Opaque,
    SetCell,
    Tup,
    Union,
)


class Word(str):
    """How a value that is no plain data is told: by a word."""


@dataclass
class ProgramFile:
    """A source file held in memory."""

    name: str
    text: str
    package: bool = False
    own: bool = True

    @property
    def file(self) -> str:
        """Return its path."""
        return self.name.replace(".", "/") + ".py"

    def tree(self) -> ast.Module:
        """Return it parsed."""
        return ast.parse(self.text)


@dataclass(frozen=True)
class Several:
    """A snapshot of a container: its kind, elements or pairs with whether they are surely there, and any others."""

    kind: str
    held: tuple[tuple[Any, bool], ...]
    rest: Any = None


@dataclass(frozen=True)
class Either:
    """A snapshot of what can be several things."""

    choices: tuple[Any, ...]


def snapshot(value: Any, depth: int = 6) -> Any:
    """Return a value as it is now: later writes to its cells do not change what is returned."""
    if value.__class__ is Union:
        return Either(tuple(snapshot(item, depth) for item in each(value)))
    if depth == 0:
        return Opaque("a value that holds itself")
    if value.__class__ is Tup:
        return Several("tuple", tuple((snapshot(item, depth - 1), True) for item in value.items))
    if isinstance(value, ListCell):
        rest = value.fields.get(REST)
        held = [(snapshot(v, depth - 1), sure) for v, sure in items.elements(value)]
        if REST in value.fields:
            held.pop()
        return Several("list", tuple(held), None if rest is None else snapshot(present(rest), depth - 1))
    if isinstance(value, SetCell):
        held = [
            (snapshot(present(v), depth - 1), not maybe_absent(v) and v.__class__ is not HoledText)
            for k, v in value.fields.items()
            if k is not REST
        ]
        rest = value.fields.get(REST)
        return Several("set", tuple(held), None if rest is None else snapshot(present(rest), depth - 1))
    if isinstance(value, DictCell):
        pairs = [
            ((snapshot(items.key_value(k), depth - 1), snapshot(present(v), depth - 1)),
             not maybe_absent(v) and items.key_value(k).__class__ is not HoledText)
            for k, v in value.fields.items()
            if k is not REST and k is not REST_KEY
        ]  # fmt: skip
        if REST not in value.fields:
            return Several("dict", tuple(pairs))
        key = value.fields.get(REST_KEY, Opaque("a key"))
        return Several(
            "dict", tuple(pairs), (snapshot(present(key), depth - 1), snapshot(present(value.fields[REST]), depth - 1))
        )
    if isinstance(value, Instance):
        return Word(f"object {value.cls.name}")
    if isinstance(value, (Func, Bound)):
        return Word("function")
    if isinstance(value, Class):
        return Word("class")
    return Opaque("another cell") if isinstance(value, Cell) else value


def concrete(value: Any) -> Any:
    """Return a real value as it is now, objects and functions as words."""
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value)(map(concrete, value)) if not isinstance(value, list) else [concrete(v) for v in value]
    if isinstance(value, dict):
        return {concrete(k): concrete(v) for k, v in value.items()}
    if isinstance(value, type):
        return Word("class")
    if callable(value) and not hasattr(value, "__dict__"):
        return Word("function")
    return Word("function" if hasattr(value, "__code__") else f"object {type(value).__name__}")


NUMBERS = {"int": (int,), "bool": (bool,), "float": (int, float), "str": (str,), "bytes": (bytes,)}


def covers(value: Any, real: Any) -> bool:
    """Say whether a snapshot of the machine's value contains a real value."""
    if isinstance(value, Either):
        return any(covers(choice, real) for choice in value.choices)
    if value.__class__ is Opaque:
        return not value.kind or isinstance(real, NUMBERS[value.kind])
    if value.__class__ is Beyond:
        return True
    if isinstance(value, HoledText):
        return isinstance(real, str) and matched(value, real) is not None
    if not isinstance(value, Several):
        return (value.__class__ is Word) == (real.__class__ is Word) and _same(value, real)
    if value.kind == "dict":
        return isinstance(real, dict) and _covers_dict(value, real)
    if value.kind == "set":
        return isinstance(real, (set, frozenset)) and _covers_set(value, real)
    if value.kind == "tuple" or value.rest is None:
        if not isinstance(real, tuple if value.kind == "tuple" else list):
            return False
    elif not isinstance(real, (list, tuple)):
        return False
    return _covers_sequence(value, list(real))


def _same(value: Any, real: Any) -> bool:
    if isinstance(value, str) and isinstance(real, str):
        return str(value) == str(real)
    return type(value) is type(real) and value == real


def _covers_sequence(value: Several, real: list[Any]) -> bool:
    """Say whether the elements come in this order, those that are not sure left out or not, any others at the end."""
    places = {0}
    ends: set[int] = {0}
    for item, sure in value.held:
        after = {place + 1 for place in places if place < len(real) and covers(item, real[place])}
        places = after if sure else places | after
        ends = places
    if value.rest is None:
        return len(real) in ends
    return any(all(covers(value.rest, item) for item in real[place:]) for place in ends)


def _covers_set(value: Several, real: Iterable[Any]) -> bool:
    held = [item for item, _ in value.held] + ([] if value.rest is None else [value.rest])
    return all(any(covers(item, one) for item in held) for one in real) and all(
        any(covers(item, one) for one in real) for item, sure in value.held if sure
    )


def _covers_dict(value: Several, real: dict[Any, Any]) -> bool:
    held = [item for item, _ in value.held] + ([] if value.rest is None else [value.rest])
    return all(any(covers(k, key) and covers(v, one) for k, v in held) for key, one in real.items()) and all(
        any(covers(k, key) for key in real) for (k, _), sure in value.held if sure
    )


Emits = dict[int, list[tuple[Any, ...]]]


def by_machine(text: str, *, files: Iterable[ProgramFile] = (), fuel: int = 300_000) -> tuple[Emits, Interpreter]:
    """Run a program by the machine; `choose` gives something unknown."""
    library = standard()
    library.own("rec")
    seen: Emits = {}

    def emit(m: Interpreter, a: list[Any], *_: object) -> None:
        seen.setdefault(a[0], []).append(tuple(snapshot(m.seen(item)) for item in a[1:]))

    library.functions["rec.emit"] = emit
    library.functions["rec.choose"] = lambda *_: Opaque("an input", name="input", kind="int")
    known = {file.name: file for file in files}
    machine = Interpreter(lambda name, _: known.get(name), library, fuel=fuel)
    deeply(lambda: machine.run_module(ProgramFile("main", text), "main", main=True))
    machine.wait()
    return seen, machine


def is_open(value: Any) -> bool:
    """Say whether anything in a snapshot is not known."""
    if isinstance(value, Either):
        return any(map(is_open, value.choices))
    if isinstance(value, Several):
        return any(is_open(item) for item, _ in value.held) or is_open(value.rest)
    if isinstance(value, tuple):
        return any(map(is_open, value))
    return isinstance(value, (Opaque, Beyond))


def told(value: Any) -> str:
    """Return a snapshot as text: `a|b` for either, `?` for not known, `x?` for an element that may be missing,
    `x*` for any number of elements."""
    if isinstance(value, Either):
        return "|".join(sorted(map(told, value.choices), key=lambda text: (text.startswith("?"), text)))
    if isinstance(value, Opaque):
        return f"?{value.kind}"
    if not isinstance(value, Several):
        return repr(value) if not isinstance(value, Word) else str(value)
    parts = [told_pair(item) if value.kind == "dict" else told(item) for item, _ in value.held]
    parts = [part if sure else f"{part}?" for part, (_, sure) in zip(parts, value.held, strict=True)]
    if value.rest is not None:
        parts.append((told_pair(value.rest) if value.kind == "dict" else told(value.rest)) + "*")
    if value.kind == "tuple":
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    left, right = "[]" if value.kind == "list" else "{}"
    return f"{left}{', '.join(parts)}{right}"


def told_pair(pair: tuple[Any, Any]) -> str:
    """Return a key and its value as text."""
    return f"{told(pair[0])}: {told(pair[1])}"


class Stop(BaseException):
    """The inputs of a run are used up."""


def program(text: str) -> CodeType:
    """Return a program compiled for `by_python`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(text.replace("from rec import choose, emit\n", "\n", 1), "main.py", "exec")


def by_python(code: CodeType, inputs: Callable[[int], int], most: int = 40) -> list[tuple[int, tuple[Any, ...]]]:
    """Run a program by Python with inputs, and return what it emits until it ends, fails or takes too many inputs."""
    seen: list[tuple[int, tuple[Any, ...]]] = []
    stopped = False
    count = 0

    def emit(label: int, *values: Any) -> None:
        if len(seen) > 400:
            raise Stop
        if not stopped:
            seen.append((label, tuple(concrete(value) for value in values)))

    def choose(limit: int) -> int:
        nonlocal count, stopped
        count += 1
        if count > most:
            stopped = True
            raise Stop
        return inputs(limit)

    names: dict[str, Any] = {"emit": emit, "choose": choose, "__name__": "__main__"}
    try:
        exec(code, names)
    except Stop:
        pass
    except Exception:
        pass
    return seen


def vectors(seed: int, count: int) -> Iterator[Callable[[int], int]]:
    """Return sources of inputs: all lowest, all highest, in turn, then random ones."""
    yield lambda _: 0
    yield lambda limit: limit - 1
    turn = itertools.count()
    yield lambda limit: next(turn) % limit
    for number in range(count - 3):
        source = random.Random(seed * 1000 + number)
        yield source.randrange


def uncovered(text: str, seed: int = 0, count: int = 12) -> list[tuple[int, tuple[Any, ...], list[Any]]]:
    """Return what real runs of a program emit and the machine did not see; nothing where the machine says it cut."""
    seen, machine = by_machine(text)
    if machine.cuts:
        return []
    wrong = {}
    code = program(text)
    for inputs in vectors(seed, count):
        for label, values in by_python(code, inputs):
            mark = (label, repr(values))
            if mark not in wrong and not any(
                len(values) == len(one) and all(map(covers, one, values)) for one in seen.get(label, ())
            ):
                wrong[mark] = (label, values, seen.get(label, []))
    return list(wrong.values())
