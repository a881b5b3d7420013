"""What a parameter can be: what callers pass, else its default, else what its annotation tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.values import Const

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast
import warnings

from asyncapi.scan import bounds, callbacks, labels, objects, passing
from asyncapi.scan.functions import decorated, first_parameter, owner_of
from asyncapi.scan.known_names import BUILTIN
from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.values import Alternative, External, Frame, Instance, Klass, Unknown, Value, join, one, unknown
from asyncapi.sites import Plain


def parameter(ev: Evaluator, scope: Scope, name: str, frame: Frame) -> Value:
    """Return what a parameter can be: bound, open (then it is needed), or whatever any caller passes."""
    key = (id(scope), name)
    if key in frame.bound:
        return _annotated(ev, ev.force(frame.bound[key]), scope, name, frame)
    owner = owner_of(scope)
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    if owner is not None and name == first_parameter(scope):
        return one(Klass(owner)) if decorated(scope, "classmethod") else one(Instance(owner, ""))
    if key in frame.open:
        hint = hinted(ev, scope, name, frame)
        return Value(hint.alternatives, hint.needs | {key})
    own = objects.known_self(ev, scope, frame)
    if own is not None:
        if ("passed", key) not in frame.bound.memo:
            frame.bound.memo["passed", key] = unknown(name, f"parameter {name} of {scope.qualname}() depends on itself")
            found = _annotated(ev, _from_callers(ev, scope, name, own), scope, name, frame)
            frame.bound.memo["passed", key] = found
        return frame.bound.memo["passed", key]  # type: ignore[return-value]
    if ev.topic and key not in ev.closed:
        return _annotated(ev, _from_callers(ev, scope, name), scope, name, frame)
    if key not in ev.closed:
        cycles = ev.cycles
        ev.closed[key] = unknown(name, f"parameter {name} of {scope.qualname}() depends on itself")
        found = _annotated(ev, _from_callers(ev, scope, name), scope, name, frame)
        ev.closed[key] = found
        if cycles != ev.cycles:
            del ev.closed[key]
        return found
    return ev.closed[key]


def _annotated(ev: Evaluator, found: Value, scope: Scope, name: str, frame: Frame) -> Value:
    """Let the annotation speak where the caller passes something of which nothing is known."""
    for item in found.alternatives:
        vague = isinstance(item.datum, Unknown) and not item.datum.origin[0] and not item.environment
        if not vague and not _injected(item) and item.datum != Const(None):
            return found
    hint = hinted(ev, scope, name, frame)
    if any(isinstance(item.datum, Instance) for item in hint.alternatives):
        return Value((*hint.alternatives, *filter(_injected, found.alternatives)), found.needs)
    for item in hint.alternatives:
        if isinstance(item.datum, Unknown) and (kind := item.datum.plain):
            return Value(tuple(kinded(own, kind) for own in found.alternatives), found.needs)
    return found


def _injected(item: Alternative) -> bool:
    """Say whether a default marks where a library puts something else: `client: Client = Depends(made)`."""
    return item.default and isinstance(item.datum, Instance) and item.datum.scope is None and item.datum.known


def kinded(item: Alternative, kind: Plain) -> Alternative:
    """Say of what is known only at run time which kind it is."""
    return item._replace(datum=item.datum._replace(plain=kind)) if isinstance(item.datum, Unknown) else item


def _from_callers(ev: Evaluator, scope: Scope, name: str, own: Instance | None = None) -> Value:
    """Return what calls pass, those on one object only where it is given."""
    from asyncapi.scan.callers import callers

    key = (id(scope), name)
    if not ev.following:
        default = passing.default(ev, scope, name)
        return default if default is not None else hinted(ev, scope, name, ev.frame(scope))
    passed = [
        ev.force(caller.bound[key])
        for caller in (
            item.bind(ev)
            for item in bounds.first(callers(ev, scope), 48, "callers of a function", ev.source(scope, scope.start))
            if item.spot.scope is not scope and (own is None or objects.fits(ev, item, own))
        )
        if key in caller.bound
    ]
    if passed:
        return join(passed)
    client = callbacks.client(ev, scope, name)
    if client is not None:
        return client
    default = passing.default(ev, scope, name)
    return default if default is not None else _handed(scope, name, hinted(ev, scope, name, ev.frame(scope)))


DELIVERED = frozenset(["payload", "msg", "message", "data", "body"])


def _handed(scope: Scope, name: str, found: Value) -> Value:
    """Mark the `topic` that nobody in sight passes beside a payload as that of the received message."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    if name != "topic" or not DELIVERED & {argument.arg for argument in node.args.args}:
        return found
    return Value(
        tuple(
            item._replace(datum=item.datum._replace(incoming=())) if isinstance(item.datum, Unknown) else item
            for item in found.alternatives
        ),
        found.needs,
    )


def hinted(ev: Evaluator, scope: Scope, name: str, frame: Frame) -> Value:
    """Return what the annotation of a parameter tells, else unknown."""
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if argument.arg == name and argument.annotation is not None:
            outer = ev.frame(scope.parent) if scope.parent else frame
            return typed(ev, argument.annotation, outer, name)
    return unknown(name, f"no call in sight passes {name} to {scope.qualname}()")


def typed(ev: Evaluator, annotation: ast.expr, frame: Frame, name: str) -> Value:
    """Return an object of the annotated class, or unknown."""
    reason = f"{name} is only known at run time"
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        parsed = _parsed(ev, annotation, annotation.value)
        if parsed is None:
            return unknown(name, reason)
        annotation = parsed
    if isinstance(annotation, ast.BinOp):
        return join([typed(ev, annotation.left, frame, name), typed(ev, annotation.right, frame, name)])
    if isinstance(annotation, ast.Subscript):
        head = labels.label(annotation.value)
        if head in ("Optional", "Union", "Annotated", "Final", "ClassVar"):
            inner = annotation.slice
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return join(typed(ev, part, frame, name) for part in parts[: 1 if head == "Annotated" else None])
        generic = typed(ev, annotation.value, frame, name)
        own = all(isinstance(item.datum, Instance) and item.datum.scope for item in generic.alternatives)
        return generic if own else unknown(name, reason)
    found = []
    for item in ev.value(annotation, frame).alternatives:
        if isinstance(item.datum, Klass):
            found.append(one(Instance(item.datum.scope, "", received=ev.is_model(item.datum.scope))))
        elif isinstance(item.datum, External) and item.datum.name in BUILTIN:
            found.append(one(Unknown(name, reason, plain=BUILTIN[item.datum.name])))
        elif isinstance(item.datum, External) and not item.datum.name.startswith(("builtins.", "typing.")):
            found.append(one(Instance(None, item.datum.name)))
    return join(found) if found else unknown(name, reason)


def _parsed(ev: Evaluator, node: ast.expr, text: str) -> ast.expr | None:
    """Return an annotation that is written as a string."""
    if id(node) not in ev.annotations:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ev.annotations[id(node)] = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            ev.annotations[id(node)] = None
    return ev.annotations[id(node)]
