"""Fields of classes: what constructors are given, class-level defaults, and the variables that fill settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.values import Alternative

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast

from asyncapi.scan import labels, strings
from asyncapi.scan.assignments import assigned
from asyncapi.scan.modules import Scope
from asyncapi.scan.values import Frame, Instance, Text, Value, join, unknown


def named_constant(ev: Evaluator, item: Alternative, dotted: str, scope: Scope, at: int) -> Alternative:
    if not isinstance(item.datum, Text) or not ev.renames(item, dotted):
        return item
    line = scope.records[at].line if at >= 0 else None
    return item._replace(constant=dotted, partly=False, steps=(ev.step(f"constant {dotted}", scope, line), *item.steps))


def fields(classes: tuple[Scope, ...]) -> list[str]:
    """Return the names of annotated class-level fields in the order a generated constructor takes them."""
    found: list[str] = []
    for scope in reversed(classes):
        for record in scope.records:
            node = record.node
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id not in found:
                found.append(node.target.id)
    return found


def generic_fields(classes: tuple[Scope, ...]) -> tuple[str, ...]:
    """Return the fields whose type is a type variable of their class: `body: T` in `class Message(…, Generic[T])`."""
    found: dict[str, None] = {}
    for scope in classes:
        variables = _type_variables(scope.node)
        for record in scope.records if variables else ():
            node = record.node
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = {item.id for item in ast.walk(node.annotation) if isinstance(item, ast.Name)} - {"Optional"}
                if names and names <= variables:
                    found.setdefault(node.target.id)
    return tuple(found)


def _type_variables(node: ast.AST) -> frozenset[str]:
    if not isinstance(node, ast.ClassDef):
        return frozenset()
    named = [
        item.id
        for base in node.bases
        if isinstance(base, ast.Subscript) and labels.label(base.value) in ("Generic", "GenericModel")
        for item in ast.walk(base.slice)
        if isinstance(item, ast.Name)
    ]
    return frozenset((*named, *(item.name for item in getattr(node, "type_params", ()))))


def given_value(ev: Evaluator, classes: tuple[Scope, ...], datum: Instance, name: str) -> Value | None:
    if any(scope.child("__init__") for scope in classes):
        return None
    given = dict(datum.given)
    if name in given:
        return ev.force(given[name])
    if datum.positional:
        order = fields(classes)
        if name in order and order.index(name) < len(datum.positional):
            return ev.force(datum.positional[order.index(name)])
    return None


def class_level(ev: Evaluator, scope: Scope, classes: tuple[Scope, ...], name: str, frame: Frame) -> Value:
    binding = scope.bindings[name][-1]
    inner = ev.frame(scope, frame)._replace(at=binding.at)
    found = default_of(ev, binding.expr, scope, frame) or ev.bound(scope, name, binding, inner)
    dotted = f"{scope.module.name}.{scope.qualname}.{name}"
    found = Value(
        tuple(named_constant(ev, item, dotted, scope, binding.at) for item in found.alternatives), found.needs
    )
    variable = _variable(ev, classes, name, binding.expr)
    line = scope.records[binding.at].line if binding.at >= 0 else None
    step = ev.step(f"default of {scope.name}.{name}", scope, line)
    return Value(
        tuple(
            item._replace(
                environment=tuple(dict.fromkeys((*item.environment, *variable))), steps=(step, *item.steps)[:12]
            )
            for item in found.alternatives
        ),
        found.needs,
    )


def is_class_constant(ev: Evaluator, scope: Scope, name: str) -> bool:
    """Say whether an attribute is set in the bodies of classes alone, so that no object has a value of its own."""
    classes = ev.chain(scope)[0]
    bindings = [binding for item in classes for binding in item.bindings.get(name, [])]
    if not bindings or any(name in assigned(ev, item) for item in classes):
        return False
    annotations = [binding.extra for binding in bindings if isinstance(binding.extra, ast.expr)]
    return all(labels.label(_outermost(item)) in ("ClassVar", "Final") for item in annotations)


def _outermost(annotation: ast.expr) -> ast.expr:
    return annotation.value if isinstance(annotation, ast.Subscript) else annotation


FIELDS = ("Field", "field", "ib", "attrib", "Factory")


def default_of(ev: Evaluator, expr: ast.expr | None, scope: Scope, frame: Frame) -> Value | None:
    """Return the default inside `Field(…)` or `field(…)`; None for any other expression."""
    if not isinstance(expr, ast.Call) or labels.label(expr.func) not in FIELDS:
        return None
    inner = ev.frame(scope, frame)
    named = {item.arg: item.value for item in expr.keywords}
    if "default" in named:
        return ev.value(named["default"], inner)
    factory = named.get("default_factory") or named.get("factory")
    if factory is not None:
        from asyncapi.scan.calls import invoke

        return join(invoke(ev, item, [], {}, inner) for item in ev.value(factory, inner).alternatives)
    if expr.args and not (isinstance(expr.args[0], ast.Constant) and expr.args[0].value is Ellipsis):
        return ev.value(expr.args[0], inner)
    return unknown("value", "the field has no default")


def _variable(ev: Evaluator, classes: tuple[Scope, ...], name: str, expr: ast.expr | None) -> tuple[str, ...]:
    """Return the environment variable that fills a field of a settings class."""
    foreign = [item.rpartition(".")[2] for item in ev.chain(classes[0])[1]]
    if "BaseSettings" not in foreign:
        return ()
    if isinstance(expr, ast.Call):
        for keyword in expr.keywords:
            if keyword.arg in ("env", "validation_alias", "alias") and isinstance(keyword.value, ast.Constant):
                return (str(keyword.value.value),)
    prefix = ""
    for item in classes:
        prefix = _prefix(ev, item) or prefix
    return (f"{prefix}{name}".upper(),)


def _prefix(ev: Evaluator, scope: Scope) -> str:
    places = [(scope, binding.expr) for binding in scope.bindings.get("model_config", [])]
    config = scope.child("Config")
    if config is not None:
        for binding in config.bindings.get("env_prefix", []):
            if binding.expr is not None:
                return strings.key_of(ev.value(binding.expr, ev.frame(config)))
    for place, expr in places:
        if isinstance(expr, ast.Call):
            for keyword in expr.keywords:
                if keyword.arg == "env_prefix":
                    return strings.key_of(ev.value(keyword.value, ev.frame(place)))
        elif expr is not None:
            for key, value in strings.pairs(ev.value(expr, ev.frame(place))):
                if strings.key_of(key) == "env_prefix":
                    return strings.key_of(value)
    return ""
