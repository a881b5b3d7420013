"""Operators on values: for constants as Python has them, for everything else what can be said without guessing."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncapi.machine import items, lists, texts
from asyncapi.machine.code import CallSite
from asyncapi.machine.lattice import Guards, alternatives, each, key, together, united
from asyncapi.machine.limits import TEXT
from asyncapi.machine.values import (
    ABSENT,
    REST,
    Assumed,
    Beyond,
    Bound,
    Cell,
    Class,
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
    Received,
    SetCell,
    Tup,
    Value,
)

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
NAMES = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.Pow: "pow", ast.MatMult: "matmul",
    ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
LARGEST_POWER = 64
"""Bases and exponents beyond this give numbers that count nothing."""
LARGE = 1 << 64
"""Numbers beyond this are no counts, levels or sizes; what would grow them further is not computed."""


def truth(m: Machine, value: Value) -> bool | None:
    """Say whether a single value counts as true; None where only a run knows."""
    if value is None or isinstance(value, (str, int, float, bytes, complex)):
        return bool(value)
    if isinstance(value, HoledText):
        return True if any(isinstance(p, str) and p for p in value.parts) else None
    if value.__class__ is Tup:
        return bool(value.items)
    if isinstance(value, (ListCell, DictCell, SetCell)):
        return _holds_any(value)
    if isinstance(value, Instance):
        return m.truth_of(value)
    if isinstance(value, (Class, Func, Bound, Native, Module)):
        return True
    return None


def _holds_any(value: Cell) -> bool | None:
    """Say whether a container has any elements."""
    found = False
    for _, certain in items.elements(value):
        if certain:
            return True
        found = True
    return None if found else False


def split_truth(value: Value, m: Machine) -> tuple[Value, Value]:
    """Return the part of a value that counts as true and the part that does not; ABSENT for none."""
    yes, no = [], []
    for item, guards in alternatives(value):
        answer = truth(m, item)
        if answer is not False:
            yes.append((item, guards))
        if answer is not True:
            no.append((item, guards))
    return (united(yes) if yes else ABSENT), (united(no) if no else ABSENT)


def binary(
    m: Machine, kind: type[ast.operator], left: Value, right: Value, at: CallSite, names: tuple[str, str]
) -> Value:
    """Return `left kind right` for every combination that can stand together."""
    if left.__class__ is str and right.__class__ is str and kind is ast.Add:
        return left + right
    return united((_binary(m, kind, a, b, at, names), guards) for (a, b), guards in together((left, right)))


def _binary(m: Machine, kind: type[ast.operator], a: Value, b: Value, at: CallSite, names: tuple[str, str]) -> Value:
    if a.__class__ is Beyond or b.__class__ is Beyond:
        return a if a.__class__ is Beyond else b
    if isinstance(a, Instance) or isinstance(b, Instance):
        found = m.operate(NAMES[kind], a, b, at)
        if found is not ABSENT:
            return found
    textual = isinstance(a, (str, HoledText)) or isinstance(b, (str, HoledText))
    if kind is ast.Add and textual and _may_be_text(a) and _may_be_text(b):
        return texts.joined(m, [texts.shown(m, a, names[0], None, -1, at), texts.shown(m, b, names[1], None, -1, at)])
    if kind is ast.Add and _text_like(a) and _text_like(b):
        return texts.joined(m, [texts.shown(m, a, names[0], None, -1, at), texts.shown(m, b, names[1], None, -1, at)])
    if kind is ast.Mod and isinstance(a, (str, HoledText)):
        return texts.percent(m, a, b, at)
    if kind is ast.Div and (a.__class__ is External or b.__class__ is External):
        return Opaque("a path", name=names[1])
    if a.__class__ is Assumed or b.__class__ is Assumed:
        return _assumed(m, kind, a, b, at, names)
    if a.__class__ is Tup and b.__class__ is Tup and kind is ast.Add:
        return Tup((*a.items, *b.items))
    if isinstance(a, ListCell) and kind is ast.Add:
        return _joined_lists(m, a, b, at)
    if isinstance(a, (ListCell, Tup)) and kind is ast.Mult and isinstance(b, int):
        return _repeated(m, a, b, at)
    if isinstance(a, DictCell) and kind is ast.BitOr:
        made = items.new_dict(m, at)
        items.update(m, made, a, at)
        items.update(m, made, b, at)
        return made
    if isinstance(a, SetCell) and kind in (ast.BitOr, ast.Sub, ast.BitAnd, ast.BitXor):
        return sets(m, kind, a, b, at)
    if isinstance(a, (Class, External, Tup)) and kind is ast.BitOr:
        return Tup((*(a.items if a.__class__ is Tup else (a,)), *(b.items if b.__class__ is Tup else (b,))))
    return _plain(m, kind, a, b, names)


def _plain(m: Machine, kind: type[ast.operator], a: Value, b: Value, names: tuple[str, str]) -> Value:
    """Return what Python gives for two constants, unless it is of foreign size; else an unknown number."""
    run = OPERATORS.get(kind)
    numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
    plain = numbers or (isinstance(a, (str, bytes, int)) and isinstance(b, (str, bytes, int)))
    if run is not None and plain and not _is_large(kind, a, b):
        try:
            found = run(a, b)
        except (TypeError, ValueError, ArithmeticError, MemoryError):
            m.fails()
            return Opaque("an operation that fails")
        return Opaque("a complex number") if isinstance(found, complex) else found
    result = _kind_of_result(kind, a, b)
    divides = kind in (ast.Div, ast.FloorDiv, ast.Mod)
    if not result or (divides and not (isinstance(b, (int, float)) and b)):
        m.fails()
    return Opaque("the result of an operation", name=names[0] or names[1], kind=result)


def _is_large(kind: type[ast.operator], a: Any, b: Any) -> bool:
    """Say whether a result of two constants is of foreign size: of huge numbers, large powers, long repetitions."""
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        bound = LARGEST_POWER if kind in (ast.Pow, ast.LShift) else LARGE
        return abs(a) > bound or abs(b) > bound
    if kind is ast.Mult and (isinstance(a, int) or isinstance(b, int)):
        return (a * len(b) if isinstance(a, int) else len(a) * b) > TEXT.most
    return False


def _kind_of_result(kind: type[ast.operator], a: Value, b: Value) -> str:
    """Return the type of what an operator gives, where the types of both sides decide it; else nothing."""
    sides = {_type_name(a), _type_name(b)}
    if sides <= {"int", "float"}:
        return "float" if "float" in sides or kind is ast.Div else "" if kind is ast.Pow else "int"
    return "str" if sides == {"str"} and kind is ast.Add else ""


def _type_name(value: Value) -> str:
    if isinstance(value, Opaque):
        return "int" if value.kind == "bool" else str(value.kind)
    if isinstance(value, (str, HoledText)):
        return "str"
    return "int" if isinstance(value, int) else "float" if isinstance(value, float) else ""


def _text_like(value: Value) -> bool:
    return value.__class__ in (Opaque, Received, Assumed) and bool(
        getattr(value, "environment", "")
        or getattr(value, "kind", "") == "str"
        or (value.__class__ is Assumed and isinstance(value.value, str))
    )


def _may_be_text(value: Value) -> bool:
    if value.__class__ is Assumed:
        return isinstance(value.value, (str, HoledText))
    return isinstance(value, (str, HoledText)) or value.__class__ in (Opaque, Received, External)


def _assumed(m: Machine, kind: type[ast.operator], a: Value, b: Value, at: CallSite, names: tuple[str, str]) -> Value:
    """Compute with a setting's default; the result holds unless the setting is changed."""
    first = a if a.__class__ is Assumed else b
    found = _binary(
        m, kind, a.value if a.__class__ is Assumed else a, b.value if b.__class__ is Assumed else b, at, names
    )
    if found is None or isinstance(found, (str, int, float)):
        return Assumed(found, name=first.name, environment=first.environment)
    return found


def _joined_lists(m: Machine, a: ListCell, b: Value, at: CallSite) -> Value:
    made = items.new_list(m, (), at)
    for side in (a, b):
        for item, certain in items.listed(m, side, at):
            items.add_maybe(m, made, item, certain if certain is None or REST not in made.fields else False)
    made.shuffled = a.shuffled or getattr(b, "shuffled", False)
    return made


def _repeated(m: Machine, a: Value, count: int, at: CallSite) -> Value:
    values = lists.places(a)
    if len(values) * max(count, 0) > TEXT.most or (isinstance(a, ListCell) and REST in a.fields):
        return items.open_list(m, items.element(m, a), at)
    if a.__class__ is Tup:
        return Tup(values * count)
    made = items.new_list(m, values * count, at)
    made.shuffled = a.shuffled
    return made


def in_place(m: Machine, kind: type[ast.operator], owner: Value, value: Value, at: CallSite) -> Value:
    """Run `owner += value` and the like where it changes the owner itself; ABSENT where it makes a new value."""
    if isinstance(owner, ListCell) and kind is ast.Add:
        for item, certain in items.listed(m, value, at):
            items.add_maybe(m, owner, item, certain)
        return owner
    if isinstance(owner, SetCell) and kind in (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor):
        made = sets(m, kind, owner, value, at)
        for name in [name for name in owner.fields if name not in made.fields]:
            m.erase(owner, name)
        for name, held in made.fields.items():
            m.write(owner, name, held)
        return owner
    if isinstance(owner, DictCell) and kind is ast.BitOr:
        items.update(m, owner, value, at)
        return owner
    if isinstance(owner, Instance) and isinstance(owner.cls, Class):
        method = m.class_attribute(owner.cls, f"__i{NAMES[kind]}__")
        if method is not ABSENT:
            return m.call(method, [owner, value], {}, at)
    return ABSENT


def sets(m: Machine, kind: type[ast.operator], a: Value, b: Value, at: CallSite) -> Value:
    """Return `a | b`, `a & b`, `a - b` or `a ^ b` of two sets."""
    made = items.new_set(m, [], at)
    if kind in (ast.BitOr, ast.BitAnd, ast.Sub):
        _add_side(m, made, a, b, {ast.BitOr: None, ast.BitAnd: True, ast.Sub: False}[kind], at)
    if kind is ast.BitOr:
        _add_side(m, made, b, a, None, at)
    if kind is ast.BitXor:
        _add_side(m, made, a, b, False, at)
        _add_side(m, made, b, a, False, at)
    return made


def _add_side(m: Machine, made: SetCell, side: Value, other: Value, held: bool | None, at: CallSite) -> None:
    """Add the elements of one side that are (True) or are not (False) held by the other; all of them for None."""
    for item, certain in items.listed(m, side, at):
        for one in each(item):
            answer = held if held is None else items.contains(m, other, one)
            if answer is None and held is not None:
                items.add_maybe(m, made, one, certain and None)
            elif answer is held:
                items.add_maybe(m, made, one, certain and (True if one is item else None))


def unary(m: Machine, kind: type[ast.unaryop], value: Value) -> Value:
    """Return `-value`, `+value` or `~value`."""
    found: list[tuple[Value, Guards]] = []
    for item, guards in alternatives(value):
        if isinstance(item, (int, float)):
            try:
                found.append((SIGNS[kind](item), guards))
                continue
            except TypeError:
                pass
        name = _type_name(item)
        if name not in ("int", "float"):
            m.fails()
        found.append((Opaque("the result of an operation", kind="" if name == "str" else name), guards))
    return united(found)


def equal(m: Machine, a: Value, b: Value) -> bool | None:
    """Say whether two single values are equal; None where only a run knows."""
    if a is b and not isinstance(a, (Opaque, Beyond, External)):
        return True
    plain_a = a is None or isinstance(a, (str, int, float, bytes))
    plain_b = b is None or isinstance(b, (str, int, float, bytes))
    if plain_a and plain_b:
        return bool(a == b)
    if isinstance(a, HoledText) and isinstance(b, str):
        return None if texts.matched(a, b) is not None and not m.excluded(a, b) else False
    if isinstance(b, HoledText) and isinstance(a, str):
        return equal(m, b, a)
    if isinstance(a, HoledText) and isinstance(b, HoledText):
        return None if a.key == b.key or texts.overlaps(a, b) else False
    if a.__class__ is Received and (plain_b or b.__class__ is Tup):
        return False if m.excluded(a, b) else None
    if b.__class__ is Received and plain_a:
        return equal(m, b, a)
    open_ = (Opaque, Beyond, Assumed, External, Received, Encoded)
    if a.__class__ in open_ or b.__class__ in open_:
        return True if a.__class__ is External and b.__class__ is External and a.path == b.path else None
    if isinstance(a, Instance) or isinstance(b, Instance):
        return m.same(a, b)
    if a.__class__ is Tup and b.__class__ is Tup:
        if len(a.items) != len(b.items):
            return False
        answers = [equal(m, x, y) for x, y in zip(a.items, b.items, strict=True)]
        return False if False in answers else None if None in answers else True
    if isinstance(a, (Class, Func, Module)) or isinstance(b, (Class, Func, Module)):
        return a is b
    if isinstance(a, (HoledText, str)) or isinstance(b, (HoledText, str)) or a is None or b is None:
        return False if isinstance(a, Cell) or isinstance(b, Cell) else None
    return True if key(a) == key(b) and not isinstance(a, Cell) else None
