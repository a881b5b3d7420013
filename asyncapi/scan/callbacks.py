"""Callbacks of MQTT clients: their first parameter is the client they are registered on."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncapi.scan.modules import FUNCTIONS, Scope
from asyncapi.scan.spots import statement
from asyncapi.scan.values import External, Frame, Instance, Value, one

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

CLIENT = re.compile(r"_*(client|mqttc|mqtt_client|c|mqtt)", re.IGNORECASE)
REGISTERING = re.compile(r"on_\w+|message_callback_add|subscribe\w*|set_callback")


def client(ev: Evaluator, scope: Scope, name: str) -> Value | None:
    """Return the client that a function is registered on, for the parameter that callbacks receive it in."""
    from asyncapi.scan.functions import owner_of

    node = scope.node
    if not isinstance(node, FUNCTIONS) or not CLIENT.fullmatch(name):
        return None
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if owner_of(scope) is not None:
        names = names[1:]
    if not names or names[0] != name:
        return None
    for decorator in node.decorator_list:
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(func, ast.Attribute) and REGISTERING.fullmatch(func.attr) and scope.parent is not None:
            found = _client(ev, func.value, ev.frame(scope.parent))
            if found is not None:
                return found
    return _registered(ev, scope)


def _registered(ev: Evaluator, scope: Scope) -> Value | None:
    """Look for `client.on_x = function` and `client.subscribe(…, function)` in the service."""
    for module in ev.view.everything if scope.module.library else ev.view.files:
        for line in module.mentions(scope.name):
            place = statement(module, line)
            if place is None:
                continue
            inner, at = place
            receiver = _receiver(inner.records[at].node)
            if receiver is not None:
                found = _client(ev, receiver, Frame(inner, at, ev.nothing, frozenset(), {}))
                if found is not None:
                    return found
    return None


def _receiver(node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and REGISTERING.fullmatch(target.attr):
                return target.value
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if isinstance(func, ast.Attribute) and REGISTERING.fullmatch(func.attr):
            return func.value
    return None


def _client(ev: Evaluator, node: ast.expr, frame: Frame) -> Value | None:
    for item in ev.value(node, frame).alternatives:
        datum = item.datum
        if isinstance(datum, External) and not datum.name.startswith("builtins."):
            return None
        if isinstance(datum, Instance) and (datum.scope is not None or "mqtt" in datum.name.lower()):
            return one(datum._replace(known=datum.known))
    return None
