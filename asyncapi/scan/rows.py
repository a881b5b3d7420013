"""Handlers and models among the arguments of a subscribe call, of its callers and of the row it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.scan.edges import Edge
from asyncapi.scan.values import Datum

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator
import ast
from collections.abc import Iterator

from asyncapi.scan import payloads
from asyncapi.scan.modules import Scope
from asyncapi.scan.passing import argument
from asyncapi.scan.values import External, Frame, Instance, Klass, Routine, Sequence, Table, Value, one


def handler_and_models(ev: Evaluator, edge: Edge) -> tuple[Scope | None, tuple[str, ...]]:
    """Return the handler and the models among the arguments of the subscribe call, its callers and its row."""
    handler: Scope | None = None
    models: dict[str, None] = {}
    for value in _reachable_values(ev, edge):
        found = [_model(ev, item.datum) for part in _parts(ev, value) for item in part.alternatives]
        if not models:
            models = dict.fromkeys(name for name in found if name)
        for item in value.alternatives:
            if isinstance(item.datum, Routine) and handler is None:
                handler = item.datum.scope
    return handler, tuple(models)


def _model(ev: Evaluator, datum: Datum) -> str:
    if isinstance(datum, Klass) and ev.chain(datum.scope)[1]:
        return payloads.class_name(datum)
    return datum.name if isinstance(datum, External) and _class_like(datum.name) else ""


def _class_like(name: str) -> bool:
    last = name.rpartition(".")[2]
    return "." in name and last[:1].isupper() and not last.isupper() and not name.startswith(("builtins.", "typing."))


def _reachable_values(ev: Evaluator, edge: Edge) -> Iterator[Value]:
    for element in edge.elements:
        yield from _arguments(ev, element)
    if edge.row.handler is not None:
        value = argument(ev, edge.row.handler, edge.spot.call, edge.frame)
        if value is not None:
            yield value
    frames: list[tuple[ast.Call, Frame]] = [(edge.spot.call, edge.frame)]
    frames += [(caller.spot.call, frame._replace(open=frozenset())) for caller, frame in edge.calls]
    for call, frame in frames:
        for expr in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(expr, ast.Name | ast.Attribute | ast.Call | ast.Lambda):
                yield ev.value(expr, frame)


def _arguments(ev: Evaluator, value: Value) -> Iterator[Value]:
    """Yield what a row is made of: items of a tuple, arguments of an object, values of a dict."""
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Sequence):
            yield from datum.items
        elif isinstance(datum, Instance):
            for inner in (*datum.positional, *(inner for _, inner in datum.given)):
                yield ev.force(inner)
        elif isinstance(datum, Table):
            yield from (inner for _, inner in datum.pairs)


def _parts(ev: Evaluator, value: Value) -> Iterator[Value]:
    """Yield a value's innermost parts: items of tuples, arguments of rows."""
    for item in value.alternatives:
        inner = list(_arguments(ev, Value((item,))))
        if isinstance(item.datum, Sequence | Instance | Table):
            for part in inner:
                yield from _parts(ev, part)
        else:
            yield one(item.datum)
