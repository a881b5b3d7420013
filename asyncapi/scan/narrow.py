"""What of the surroundings can matter inside a function or class; without the rest, answers can be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.modules import Scope
from asyncapi.scan.values import Bindings, Frame, Key

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def narrowed(ev: Evaluator, frame: Frame, scope: Scope) -> tuple[Bindings, frozenset[Key]]:
    """Return the bindings and open parameters of a frame that code inside `scope` can see."""
    if scope.parent is not None and scope.parent.kind == "function":
        return frame.bound, frame.open
    ids = visible(ev, scope)
    bound = frame.bound
    if bound:
        key = ("narrowed", id(scope))
        known = bound.memo.get(key)
        if known is None:
            kept = {name: value for name, value in bound.items() if name[0] in ids}
            known = bound if len(kept) == len(bound) else Bindings(kept) if kept else ev.nothing
            bound.memo[key] = known
        bound = known  # type: ignore[assignment]
    opened = frame.open
    if opened and not all(name[0] in ids for name in opened):
        opened = frozenset(name for name in opened if name[0] in ids)
    return bound, opened


def visible(ev: Evaluator, scope: Scope) -> frozenset[int]:
    """Return the functions whose parameters code inside `scope` can depend on: itself, and methods of its class."""
    key = ("visible", id(scope))
    if key not in ev.memo:
        found = {id(scope)}
        owner = scope if scope.kind == "class" else scope.parent
        if owner is not None and owner.kind == "class":
            found.update(id(child) for item in ev.chain(owner)[0] for child in item.children)
        ev.memo[key] = frozenset(found)
    return ev.memo[key]  # type: ignore[return-value]
