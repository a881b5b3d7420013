"""How arguments meet parameters: spread, bound by position and name, defaulted, handed up to base classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.values import Bindings

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast
import itertools
from collections.abc import Mapping
from collections.abc import Sequence as Sequence_
from typing import NamedTuple

from asyncapi.scan import labels, strings
from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.values import Frame, Given, Instance, Key, Klass, Lazy, Sequence, Table, Text, Value, one, unknown


class Arguments(NamedTuple):
    """The arguments of one call, plain ones not yet evaluated; `open` tells that more may follow than can be seen."""

    positional: list[Given]
    named: dict[str, Given]
    open: bool = False
    needs: frozenset[Key] = frozenset()

    def forced(self, ev: Evaluator) -> tuple[list[Value], dict[str, Value]]:
        """Return the arguments with every value worked out."""
        positional = [ev.force(item) for item in self.positional]
        return positional, {key: ev.force(item) for key, item in self.named.items()}


def arguments(ev: Evaluator, node: ast.Call, frame: Frame) -> Arguments:
    """Return the arguments of a call; `*items` and `**table` are spread where source shows what they hold."""
    positional: list[Given] = []
    named: dict[str, Given] = {}
    vague = False
    needs: frozenset[Key] = frozenset()
    for item in node.args:
        if isinstance(item, ast.Starred):
            spread = ev.value(item.value, frame)
            needs |= spread.needs
            known = [one.datum for one in spread.alternatives if isinstance(one.datum, Sequence)]
            vague = vague or len(known) != 1
            positional.extend(known[0].items if len(known) == 1 else [])
        else:
            positional.append(Lazy(item, frame))
    for keyword in node.keywords:
        if keyword.arg is not None:
            named[keyword.arg] = Lazy(keyword.value, frame)
            continue
        value = ev.value(keyword.value, frame)
        needs |= value.needs
        found = strings.pairs(value)
        vague = vague or not any(isinstance(item.datum, Table) for item in value.alternatives)
        named.update({strings.key_of(key): inner for key, inner in found})
    return Arguments(positional, named, vague, needs)


def receiver(
    ev: Evaluator, scope: Scope, owner: object, positional: Sequence_[Given]
) -> tuple[object, Sequence_[Given]]:
    """Return the object a method runs on; for `Class.method(obj, …)` it is the first argument."""
    from asyncapi.scan.functions import decorated

    if decorated(scope, "staticmethod"):
        return None, positional
    if not isinstance(owner, Klass) or decorated(scope, "classmethod") or not positional:
        return owner, positional
    found = [item.datum for item in ev.force(positional[0]).alternatives if isinstance(item.datum, Instance)]
    return (found[0] if found else Instance(owner.scope, "")), positional[1:]


def bind(
    ev: Evaluator,
    scope: Scope,
    positional: Sequence_[Given],
    named: Mapping[str, Given],
    owner: object,
) -> dict[Key, Given]:
    """Return parameter → value for a call of a readable function; what is not passed has its default."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    found: dict[Key, Given] = {}
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if isinstance(owner, Instance) and owner.itself is not None:
        owner = owner.itself
    if owner is not None and names:
        found[(id(scope), names[0])] = one(owner)  # type: ignore[arg-type]
        names = names[1:]
    for name, value in zip(names, positional, strict=False):
        found[(id(scope), name)] = value
    if node.args.vararg is not None:
        found[(id(scope), node.args.vararg.arg)] = one(
            Sequence(tuple(ev.force(item) for item in positional[len(names) :]))
        )
    wanted = {*names, *(argument.arg for argument in node.args.kwonlyargs)}
    rest = []
    for name, value in named.items():
        if name in wanted:
            found[(id(scope), name)] = value
        else:
            rest.append((name, value))
    if node.args.kwarg is not None:
        found[(id(scope), node.args.kwarg.arg)] = one(
            Table(tuple((one(Text(name)), ev.force(value)) for name, value in rest))
        )
    for name in itertools.chain(wanted):
        if (id(scope), name) not in found:
            value_or_none = default(ev, scope, name)
            if value_or_none is not None:
                found[(id(scope), name)] = value_or_none
    return found


def default(ev: Evaluator, scope: Scope, name: str) -> Value | None:
    """Return the default of a parameter, marked as such."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    plain = [*node.args.posonlyargs, *node.args.args]
    pairs = list(zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
    for argument, expr in pairs:
        if argument.arg == name and scope.parent is not None:
            found = ev.value(expr, ev.frame(scope.parent))
            step = ev.step(f"default of {name} in {scope.qualname}()", scope, argument.lineno)
            marked = tuple(i._replace(default=True, steps=(step, *i.steps)[:12]) for i in found.alternatives)
            return Value(marked, found.needs)
    return None


def constructed(ev: Evaluator, datum: Instance) -> Bindings:
    """Return what is bound inside the methods of an object: its constructor's parameters, through `super()` too."""
    known = ev.nothing.memo.get(("made", id(datum)))
    if known is None:
        known = (datum, _constructed(ev, datum))
        ev.nothing.memo["made", id(datum)] = known
    return known[1]  # type: ignore[index,no-any-return]


def _constructed(ev: Evaluator, datum: Instance) -> Bindings:
    assert datum.scope is not None
    found = Bindings()
    classes = ev.chain(datum.scope)[0]
    positional: list[Given] = list(datum.positional)
    named: dict[str, Given] = dict(datum.given)
    for scope in classes:
        init = scope.child("__init__")
        if init is None:
            continue
        found.update(bind(ev, init, positional, named, datum))
        upward = _super_call(init)
        if upward is None:
            break
        at, node = upward
        passed = arguments(ev, node, Frame(init, at, found, frozenset(), {}))
        positional, named = passed.positional, passed.named
    return found


def _super_call(init: Scope) -> tuple[int, ast.Call] | None:
    for at, record in enumerate(init.records):
        node = record.node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            func = node.value.func
            if (
                isinstance(func, ast.Attribute)
                and func.attr == "__init__"
                and isinstance(func.value, ast.Call)
                and labels.label(func.value.func) == "super"
            ):
                return at, node.value
    return None


def argument(ev: Evaluator, place: tuple[int, str] | None, call: ast.Call, frame: Frame) -> Value | None:
    """Return the value of one argument of a call by position or keyword, None when it is not passed."""
    if place is None:
        return None
    from asyncapi.scan.passing import arguments

    position, name = place
    for keyword in call.keywords:
        if keyword.arg == name:
            return ev.value(keyword.value, frame)
    plain = not any(isinstance(item, ast.Starred) for item in call.args)
    if plain and 0 <= position < len(call.args):
        return ev.value(call.args[position], frame)
    if plain and all(keyword.arg is not None for keyword in call.keywords):
        return None
    passed = arguments(ev, call, frame)
    if name in passed.named:
        return ev.force(passed.named[name])
    if 0 <= position < len(passed.positional):
        found = ev.force(passed.positional[position])
        return Value(found.alternatives, found.needs | passed.needs)
    if not passed.open:
        return None
    return Value(
        unknown(name, "the arguments are spread from something only known at run time").alternatives, passed.needs
    )
