"""Unions of values: a lawful join, and what is left of a value on one branch.

The join is commutative, associative and idempotent in what a value can be (`tests/test_machine_lattice.py` holds
that on random values). An unknown alternative never vanishes: it is the `rest` of the union.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from asyncapi.machine.limits import ALTERNATIVES, OBJECTS, TEXT
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Beyond,
    Bound,
    Cell,
    Encoded,
    External,
    Hole,
    HoledText,
    Opaque,
    Origin,
    Received,
    Spread,
    Str,
    Tup,
    Union,
    Value,
)

MANY = Beyond(f"it can be more than {ALTERNATIVES.most} things, or {OBJECTS.most} objects")
"""What is left beyond the bounds: one reason for both, which gives way to any other, whatever was joined first."""
Guards = frozenset[tuple[int, int]]
NO_GUARDS: Guards = frozenset()
Assumptions = Mapping[object, Value]
FEW_GUARDS = 6
"""Branches that an alternative remembers; forgetting the oldest only lets more combinations pass."""


def key(value: Value) -> object:
    """Return something hashable that two values share when they are the same alternative."""
    kind = value.__class__
    if kind is str or kind is int or kind is bool or kind is float or kind is bytes or value is None:
        return (kind, value)
    if isinstance(value, str):
        return (str, str(value))
    if isinstance(value, HoledText | Received | External | Bound):
        return (kind, value.key)
    if kind is Tup:
        return (Tup, tuple(key(item) for item in value.items))
    if kind is Union:
        return (Union, frozenset(key(item) for item in value.known), None if value.rest is None else key(value.rest))
    if kind is Opaque:
        return (Opaque, value.reason, value.name, value.environment, value.kind)
    if kind is Beyond:
        return (Beyond, value.reason)
    if kind is Assumed:
        return (Assumed, key(value.value), value.name, value.environment)
    if kind is Encoded:
        return (Encoded, value.form, key(value.value), tuple((name, key(said)) for name, said in value.options))
    if kind is Spread:
        return (Spread, key(value.value))
    if isinstance(value, float) and value != value:
        return (float, "nan")
    if isinstance(value, Cell):
        return value
    return (kind, value) if isinstance(value, complex) else value


def join(values: Iterable[Value], token: int | None = None) -> Value:
    """Return a value that can be each of the given ones; ABSENT is an alternative like others.

    With a `token`, alternative i of the result remembers that it was chosen on arm i of that branch.
    """
    parts = list(values)
    if len(parts) == 2 and parts[0] is parts[1]:
        return parts[0]
    known: dict[object, tuple[Value, Guards]] = {}
    rest: Opaque | Beyond | None = None
    for arm, value in enumerate(parts):
        chosen = NO_GUARDS if token is None else frozenset(((token, arm),))
        for item, guards in alternatives(value):
            if (item.__class__ is Opaque and not item.environment) or item.__class__ is Beyond:
                rest = _open(rest, item)
            else:
                name = key(item)
                old = known.get(name)
                now = guards | chosen
                known[name] = (item, now) if old is None else (_richer(old[0], item), old[1] & now)
    if len(known) > OBJECTS.most:
        words = sum(1 for item, _ in known.values() if isinstance(item, str | HoledText | Tup))
        if words > ALTERNATIVES.most or len(known) - words > OBJECTS.most:
            rest = _open(rest, MANY)
    if rest.__class__ is Beyond:
        known = {}
    if rest is None and len(known) == 1:
        return next(iter(known.values()))[0]
    if rest is not None and not known:
        return rest
    if not known:
        return ABSENT
    return Union(
        tuple(item for item, _ in known.values()),
        rest,
        tuple(
            guards if len(guards) <= FEW_GUARDS else frozenset(sorted(guards)[-FEW_GUARDS:])
            for _, guards in known.values()
        ),
    )


def _richer(one: Value, other: Value) -> Value:
    """Return the one of two equal alternatives that knows where it comes from."""
    return other if getattr(one, "origin", None) is None and getattr(other, "origin", None) is not None else one


def _open(one: Opaque | Beyond | None, other: Opaque | Beyond) -> Opaque | Beyond:
    """Return what stands for both: a cut stays a cut; of two reasons, the first in the order of their texts.

    A kind is kept where both have it.
    """
    if one is None or one is other:
        return other
    if isinstance(one, Beyond) or isinstance(other, Beyond):
        cuts = [item for item in (one, other) if isinstance(item, Beyond)]
        return min(cuts, key=lambda item: (item.reason == MANY.reason, item.reason))
    first = one if (one.reason, one.name) <= (other.reason, other.name) else other
    kind = one.kind if one.kind == other.kind else ""
    return first if first.kind == kind else Opaque(first.reason, name=first.name, kind=kind, source=first.source)


def alternatives(value: Value) -> Iterator[tuple[Value, Guards]]:
    """Yield everything that a value can be, with the branches it was chosen on; the rest comes last."""
    if value.__class__ is Union:
        yield from zip(value.known, value.guards, strict=True)
        if value.rest is not None:
            yield value.rest, NO_GUARDS
    else:
        yield value, NO_GUARDS


def each(value: Value) -> tuple[Value, ...]:
    """Return everything that a value can be; an unknown rest comes last."""
    if value.__class__ is Union:
        return value.known if value.rest is None else (*value.known, value.rest)
    return (value,)


def agree(one: Guards, other: Guards) -> bool:
    """Say whether two alternatives can stand together: they were not chosen on different arms of one branch."""
    if not one or not other:
        return True
    arms = dict(one)
    return all(arms.get(branch, arm) == arm for branch, arm in other)


def together(values: Iterable[Value]) -> Iterator[tuple[tuple[Value, ...], Guards]]:
    """Yield every combination of alternatives that can stand together, one for each of the values.

    Beyond the bound of alternatives a last combination stands for all others: a cut for each value.
    """
    combined: list[tuple[tuple[Value, ...], Guards]] = [((), NO_GUARDS)]
    width = 0
    left_out = False
    for value in values:
        width += 1
        if value.__class__ is not Union:
            combined = [((*items, value), guards) for items, guards in combined]
            continue
        more = [
            ((*items, item), guards | chosen)
            for items, guards in combined
            for item, chosen in alternatives(value)
            if agree(guards, chosen)
        ]
        left_out = left_out or len(more) > ALTERNATIVES.most
        combined = more[: ALTERNATIVES.most]
    yield from combined
    if left_out:
        yield (Beyond(f"more than {ALTERNATIVES.most} combinations"),) * width, NO_GUARDS


def united(pairs: Iterable[tuple[Value, Guards]]) -> Value:
    """Return the union of results, each with the branches that its operands were chosen on."""
    found = list(pairs)
    if len(found) == 1:
        return found[0][0]
    merged: list[Value] = []
    for value, guards in found:
        merged.append(guarded(value, guards))
    return join(merged)


def guarded(value: Value, guards: Guards) -> Value:
    """Return a value whose alternatives also remember the given branches."""
    if not guards:
        return value
    if value.__class__ is Union:
        return Union(value.known, value.rest, tuple(own | guards for own in value.guards))
    if (value.__class__ is Opaque and not value.environment) or value.__class__ is Beyond:
        return value
    return Union((value,), None, (guards,))


def under(value: Value, assumed: Assumptions) -> Value:
    """Return what a value can be where the assumptions hold; the value itself where they say nothing of it.

    Assumptions map a branch (int) to an arm, a `Hole` to the text it is, the key of a `Received` to its value.
    """
    kind = value.__class__
    if kind is HoledText:
        return filled(value, assumed)
    if kind is Received:
        return assumed.get(value.key, value)
    if kind is not Union:
        return value
    kept = [
        (under(item, assumed), guards)
        for item, guards in alternatives(value)
        if all(assumed.get(branch, arm) == arm for branch, arm in guards)
    ]
    if len(kept) == len(value.known) + (value.rest is not None) and all(
        new is old for (new, _), old in zip(kept, each(value), strict=True)
    ):
        return value
    return united(kept) if kept else value


def filled(text: HoledText, assumed: Assumptions) -> Value:
    """Return a text with what is assumed of its holes put in."""
    if not any(part.__class__ is Hole and part in assumed for part in text.parts):
        return text
    return compose(
        [
            piece
            for part in text.parts
            for piece in (_pieces(assumed[part]) if part.__class__ is Hole and part in assumed else (part,))
        ],
        text.origin,
    )


def _pieces(value: Value) -> tuple[str | Hole, ...]:
    return value.parts if value.__class__ is HoledText else (value,)


def compose(parts: Iterable[str | Hole], origin: object = None) -> Value:
    """Return a text of parts: a `HoledText` when a hole is among them, else a `str`."""
    merged: list[str | Hole] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] = str.__add__(merged[-1], part)
        elif not isinstance(part, str) or part:
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        return merged[0] if merged else ""
    return HoledText(tuple(merged), origin)  # type: ignore[arg-type]


def made(parts: Iterable[str | Hole], origin: Origin | None = None) -> Value:
    """Return a text of parts that remembers where it was named."""
    found = compose(parts, origin)
    if isinstance(found, str):
        if len(found) > TEXT.most:
            return Beyond(f"a text of more than {TEXT.most} letters")
        return Str(found, origin) if origin is not None else str(found)
    return found


def present(value: Value) -> Value:
    """Return a value without its ABSENT alternative; ABSENT where nothing else is left."""
    if value.__class__ is Union and any(item is ABSENT for item in value.known):
        kept = [(item, guards) for item, guards in alternatives(value) if item is not ABSENT]
        return united([(guarded(item, guards), NO_GUARDS) for item, guards in kept]) if len(kept) > 1 else kept[0][0]
    return value


def maybe_absent(value: Value) -> bool:
    """Say whether a place may hold nothing."""
    return value is ABSENT or (value.__class__ is Union and any(item is ABSENT for item in value.known))
