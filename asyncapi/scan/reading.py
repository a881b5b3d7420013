"""How a handler reads a message: which model it validates, and whether it expects an envelope around it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import payloads
from asyncapi.scan.follow import levels
from asyncapi.scan.handlers import Region, bound_in, frame_of
from asyncapi.scan.modules import FUNCTIONS
from asyncapi.scan.parameters import typed
from asyncapi.scan.spots import Spot, last_name
from asyncapi.scan.values import Bindings, External, Frame, Instance, Klass, Value
from asyncapi.sites import WireForm

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

TEXTUAL = ("model_validate_json", "parse_raw", "validate_json", "from_json")
STRUCTURED = ("model_validate", "parse_obj", "validate_python", "from_dict")
INSIDE = re.compile(r"data|payload", re.IGNORECASE)


class Reading(NamedTuple):
    """What a handler makes of a message."""

    models: tuple[str, ...]
    wire: WireForm


class Validation(NamedTuple):
    """One validation: of which class, whether that is an envelope, and whether it is fed from inside one or a part."""

    name: str
    envelope: bool
    inside: bool
    json: bool
    part: bool = False


def reading(ev: Evaluator, regions: list[Region], bound: Bindings | None = None, topic: str = "") -> Reading:
    """Return the models that the handling of a message validates, and the wire form it accepts.

    With a `topic`, what is looked up by the topic of the message is what stands there for it.
    """
    ev.topic = topic
    try:
        return _reading(ev, regions, bound)
    finally:
        ev.topic = ""


def _reading(ev: Evaluator, regions: list[Region], bound: Bindings | None) -> Reading:
    found: list[Validation] = []
    named: list[str] = []
    for region in regions:
        near: list[str] = []
        own_bound = bound if bound is not None or not (region.rows or ev.topic) else bound_in(ev, region)
        for level in levels(ev, region, deep=4, library=True, bound=bound):
            seen = [(spot, item) for spot in level for item in _validation(ev, spot, own_bound)]
            found += [item for _, item in seen]
            if not near:
                own = [item for spot, item in seen if not spot.scope.module.library]
                near = [item.name for item in own if not item.envelope and not item.part]
        named += near or _hints(ev, region)
    envelope = any(item.envelope for item in found)
    plain = [item for item in found if not item.envelope]
    return Reading(tuple(dict.fromkeys(name for name in named if name)), _wire(plain, envelope))


def _wire(plain: list[Validation], envelope: bool) -> WireForm:
    inside = envelope or any(item.inside for item in plain)
    if any(item.part for item in plain):
        plain = [item for item in plain if item.name and not item.part]
    bare = any((item.json or not envelope) and not item.inside for item in plain)
    if inside and bare:
        return "mixed"
    if inside:
        return "envelope"
    return "raw" if plain else "unknown"


def _validation(ev: Evaluator, spot: Spot, bound: Bindings | None = None) -> list[Validation]:
    name = last_name(spot.call.func)
    func = spot.call.func
    ev.refuel()
    frame = frame_of(ev, spot, bound)
    if name in (*TEXTUAL, *STRUCTURED) and isinstance(func, ast.Attribute):
        fed = spot.call.args[0] if spot.call.args else None
        inside = fed is not None and _inside(ev, fed)
        carried = _carried(ev, func.value, frame)
        if carried:
            return carried
        part = fed is not None and not inside and _part(fed)
        known = [
            _about(ev, item, inside, name in TEXTUAL)._replace(part=part) for item in _classes(ev, func.value, frame)
        ]
        nameless = [Validation("", False, inside, name in TEXTUAL)] if name.startswith("model_validate") else []
        return known or nameless
    if name == "loads":
        return [Validation("", False, _unwraps(ev, spot), True)]
    if any(keyword.arg is None for keyword in spot.call.keywords):
        spread = next(keyword.value for keyword in spot.call.keywords if keyword.arg is None)
        if isinstance(func, ast.Name | ast.Attribute) and _is_read(ev.value(spread, frame)):
            classes = [item for item in _classes(ev, func, frame) if _is_model(ev, item)]
            return [_about(ev, item, _inside(ev, spread), False) for item in classes]
    found = []
    for argument in spot.call.args[:3]:
        if isinstance(argument, ast.Name | ast.Attribute) and last_of(argument)[:1].isupper():
            classes = [item for item in _classes(ev, argument, frame) if _is_model(ev, item)]
            if classes and len(spot.call.args) > 1 and name not in ("isinstance", "issubclass", "cast"):
                found += [_about(ev, item, False, False)._replace(inside=False) for item in classes]
    return found


UNWRAPPING = re.compile(r"""(?:\[|\.get\()["'](\w+)["'](?:\]|,|\))""")


GENERIC = re.compile(r"\bGeneric\[|^class \w+\[", re.MULTILINE)


def _carriers(ev: Evaluator) -> frozenset[str]:
    """Return the names of fields that hold the message in an envelope: as told, and of generic ones in sight."""
    key = ("carriers", 0)
    if key not in ev.memo:
        classes = [
            scope
            for module in ev.view.everything
            if GENERIC.search(module.text)
            for scope in (module.scope.children if module.scope else ())
            if scope.kind == "class" and ev.is_model(scope) and payloads.is_envelope(ev, scope)
        ]
        generic = {name for scope in classes for name in payloads.carriers(ev, scope)}
        ev.memo[key] = frozenset(("data", *ev.envelopes.values(), *generic))
    return ev.memo[key]  # type: ignore[return-value]


def _unwraps(ev: Evaluator, spot: Spot) -> bool:
    """Say whether the function that reads JSON takes the message out of a `data` field."""
    lines = spot.scope.module.text.split("\n")[spot.scope.start - 1 : spot.scope.end]
    return any(not _carriers(ev).isdisjoint(UNWRAPPING.findall(line)) for line in lines)


def last_of(node: ast.expr) -> str:
    """Return the last name of a dotted expression."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _part(node: ast.expr) -> bool:
    """Say whether an expression is one named part of a message that was decoded on the spot: `json.loads(…)["car"]`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Constant):
        return False
    return (
        isinstance(node.slice.value, str) and isinstance(node.value, ast.Call) and last_name(node.value.func) == "loads"
    )


def _carried(ev: Evaluator, node: ast.expr, frame: Frame) -> list[Validation]:
    """Return an envelope and the messages in it that `Envelope[Model]` names."""
    if not isinstance(node, ast.Subscript):
        return []
    outer = [_about(ev, item, False, True) for item in _classes(ev, node.value, frame)]
    inner = [_about(ev, item, True, False) for item in _classes(ev, node.slice, frame) if _is_model(ev, item)]
    return [*outer, *inner] if inner and any(item.envelope for item in outer) else []


def _is_read(value: Value) -> bool:
    return all(not isinstance(item.datum, Instance) for item in value.alternatives)


def _inside(ev: Evaluator, node: ast.expr) -> bool:
    """Say whether an expression takes something out of a message: `envelope.data`, `message["data"]`."""
    if isinstance(node, ast.Attribute):
        return node.attr in _carriers(ev) - {"payload"}  # which is what clients call the bytes themselves
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in _carriers(ev)
    if isinstance(node, ast.Call) and last_name(node.func) == "get" and node.args:
        return isinstance(node.args[0], ast.Constant) and node.args[0].value in _carriers(ev)
    if isinstance(node, ast.BoolOp):
        return any(_inside(ev, item) for item in node.values)
    return False


def _classes(ev: Evaluator, node: ast.expr, frame: Frame) -> list[Klass | External]:
    if isinstance(node, ast.Call) and last_name(node.func) == "TypeAdapter" and node.args:
        node = node.args[0]
    found: list[Klass | External] = []
    for item in ev.value(node, frame).alternatives:
        datum = item.datum
        if isinstance(datum, Klass) or (isinstance(datum, External) and datum.name.rpartition(".")[2][:1].isupper()):
            found.append(datum)
        elif isinstance(datum, Instance) and datum.name.endswith("TypeAdapter") and datum.positional:
            for inner in ev.force(datum.positional[0]).alternatives:
                if isinstance(inner.datum, Klass | External):
                    found.append(inner.datum)
    return found


def _is_model(ev: Evaluator, item: Klass | External) -> bool:
    if isinstance(item, Klass):
        return ev.is_model(item.scope)
    return "." in item.name and not item.name.startswith("builtins.")


def _about(ev: Evaluator, item: Klass | External, inside: bool, json: bool) -> Validation:
    if isinstance(item, Klass):
        return Validation(payloads.class_name(item), payloads.is_envelope(ev, item.scope), inside, json)
    envelope = payloads.ENVELOPE_NAME.search(item.name.rpartition(".")[2]) is not None
    return Validation(item.name, envelope, inside, json)


def _hints(ev: Evaluator, region: Region) -> list[str]:
    """Return the models that annotate the parameters of a handler."""
    node = region.scope.node
    if not isinstance(node, FUNCTIONS) or (region.first > node.lineno + 1 and region.first != region.scope.start):
        return []
    found = []
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if argument.annotation is None or region.scope.parent is None:
            continue
        value = typed(ev, argument.annotation, ev.frame(region.scope.parent), argument.arg)
        for item in value.alternatives:
            datum = item.datum
            if not isinstance(datum, Instance) or datum.scope is None or not ev.is_model(datum.scope):
                continue
            if not payloads.is_envelope(ev, datum.scope):
                found.append(payloads.class_name(datum))
    return found
