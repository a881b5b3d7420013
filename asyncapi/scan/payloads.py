"""What travels: which model a payload expression serializes, bare or in an envelope, with which dump options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncapi.scan import strings
from asyncapi.scan.modules import Scope
from asyncapi.scan.values import (
    Alternative,
    Const,
    Instance,
    Klass,
    Payload,
    Table,
    Text,
    Unknown,
    Value,
    join,
    one,
)

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

VALIDATE: tuple[str, ...] = (
    "model_validate",
    "model_validate_json",
    "parse_raw",
    "parse_obj",
    "model_validate_strings",
    "from_json",
)
VALIDATE += (
    "validate_json",
    "validate_python",
    "from_dict",
    "from_bytes",
    "deserialize",
    "decode",
    "from_payload",
    "parse",
)
CONSTRUCT = ("model_construct", "construct")
TO_TEXT = ("model_dump_json", "json", "to_json", "serialize", "to_bytes", "dumps", "to_payload")
TO_DICT = ("model_dump", "dict", "to_dict", "asdict", "as_dict")
OPTIONS = ("exclude_none", "by_alias", "exclude_unset", "exclude_defaults", "round_trip")
METHODS = frozenset((*VALIDATE, *CONSTRUCT, *TO_TEXT, *TO_DICT, "model_copy", "copy", "_replace", "replace"))
CARRIERS = ("data", "payload")
ENVELOPE_NAME = re.compile("envelope|wrapper|cloudevent", re.IGNORECASE)
ENVELOPE_MARKS = frozenset(
    ["type", "event_type", "kind", "topic", "id", "event_id", "source", "ts", "timestamp", "specversion"]
)


def class_name(datum: Instance | Klass) -> str:
    """Return the dotted name of a class: module path and qualified name."""
    if datum.scope is not None:
        return f"{datum.scope.module.name}.{datum.scope.qualname}"
    return datum.name if isinstance(datum, Instance) else ""


def carriers(ev: Evaluator, scope: Scope) -> tuple[str, ...]:
    """Return the fields in which a class can carry a message: as told, by their names, or by a type variable."""
    from asyncapi.scan.class_fields import fields, generic_fields

    if told := ev.envelopes.get(f"{scope.module.name}.{scope.qualname}"):
        return (told,)
    classes = ev.chain(scope)[0]
    return tuple(name for name in fields(classes) if name in CARRIERS) or generic_fields(classes)


def is_envelope(ev: Evaluator, scope: Scope) -> bool:
    """Say whether a class carries other messages: it has a field for them and marks of a wrapper."""
    from asyncapi.scan.class_fields import fields

    if f"{scope.module.name}.{scope.qualname}" in ev.envelopes:
        return True
    names = set(fields(ev.chain(scope)[0]))
    if not carriers(ev, scope):
        return False
    return bool(ENVELOPE_NAME.search(scope.name)) or len(names & ENVELOPE_MARKS) >= 2


def validated(ev: Evaluator, datum: Klass, name: str, positional: list[Value], named: dict[str, Value]) -> Value | None:
    """Return what a class's validating constructors give: a received object, or one made from keywords."""
    if name in CONSTRUCT:
        return one(Instance(datum.scope, "", (), tuple(named.items()), True))
    if name in VALIDATE and ev.chain(datum.scope)[1]:
        for value in positional[:1]:
            given = strings.pairs(value)
            if given and name in ("model_validate", "parse_obj"):
                fields = tuple((strings.key_of(key), inner) for key, inner in given)
                return one(Instance(datum.scope, "", (), fields, True))
        return one(Instance(datum.scope, "", received=True))
    return None


def dumped(ev: Evaluator, item: Alternative, name: str, named: dict[str, Value]) -> Value | None:
    """Return what a model's own dump methods give."""
    datum = item.datum
    assert isinstance(datum, Instance)
    if name in TO_TEXT or name in TO_DICT:
        if not class_name(datum):
            return None
        if datum.scope is None and not datum.name.rpartition(".")[2][:1].isupper():
            return None
        return several(payloads_of(ev, datum, options(named)), item)
    if name in ("model_copy", "copy", "_replace", "replace"):
        return as_mapping(ev, Value((item,)), dict(_updates(named)))
    return None


def several(found: list[Payload], item: Alternative) -> Value:
    """Return payloads as a value that is as sure as what they were made from."""
    return Value(tuple(Alternative(payload, steps=item.steps, confidence=item.confidence) for payload in found))


def _updates(named: dict[str, Value]) -> list[tuple[str, Value]]:
    found = [(name, value) for name, value in named.items() if name not in ("update", "deep")]
    if "update" in named:
        found += [(strings.key_of(key), value) for key, value in strings.pairs(named["update"])]
    return found


def options(named: dict[str, Value]) -> tuple[tuple[str, bool], ...]:
    """Return the dump options that are said at the call."""
    found = []
    for name in OPTIONS:
        for item in named[name].alternatives if name in named else ():
            if isinstance(item.datum, Const) and isinstance(item.datum.value, bool):
                found.append((name, item.datum.value))
                break
    return tuple(found)


def payloads_of(ev: Evaluator, datum: Instance, dump: tuple[tuple[str, bool], ...]) -> list[Payload]:
    """Return what an object serializes to; an envelope gives the models that it can carry."""
    fields = _fields(ev, datum)
    labelled = datum.scope is not None and is_envelope(ev, datum.scope)
    for name in carriers(ev, datum.scope) if datum.scope is not None else CARRIERS:
        inside = inner_payloads(ev, fields[name]) if name in fields else []
        found = [item for item in inside if labelled or (item.model and name in CARRIERS)]
        if found:
            return [item._replace(wire="envelope", dump=tuple(dict([*dump, *item.dump]).items())) for item in found]
    if (labelled and not datum.received) or (datum.scope is None and ENVELOPE_NAME.search(datum.name)):
        return [Payload("", "envelope", dump, copies(fields))]
    return [Payload(class_name(datum), "raw", dump, copies(fields))]


def _fields(ev: Evaluator, datum: Instance) -> dict[str, Value]:
    from asyncapi.scan.class_fields import fields

    found = dict(datum.given)
    if datum.scope is not None and datum.positional:
        found.update(zip(fields(ev.chain(datum.scope)[0]), datum.positional, strict=False))
    return {name: ev.force(value) for name, value in found.items()}


def inner_payloads(ev: Evaluator, value: Value) -> list[Payload]:
    """Return the messages among the alternatives, whether dumped already or still objects."""
    found: list[Payload] = []
    for item in value.alternatives:
        if isinstance(item.datum, Payload):
            found.append(item.datum)
        elif isinstance(item.datum, Instance) and (item.datum.scope is None or ev.chain(item.datum.scope)[1]):
            found += payloads_of(ev, item.datum, ())
        elif isinstance(item.datum, Table):
            found += of_table(ev, item.datum)
    return found


def of_table(ev: Evaluator, datum: Table) -> list[Payload]:
    """Return what a dict serializes to; one with `data` and marks of a wrapper is an envelope."""
    fields = {strings.key_of(key): value for key, value in datum.pairs}
    for name in CARRIERS:
        inside = inner_payloads(ev, fields[name]) if name in fields else []
        found = [item for item in inside if item.model]
        if found and fields.keys() & ENVELOPE_MARKS:
            return [item._replace(wire="envelope") for item in found]
    return [Payload("", "raw", (), copies(fields))]


def copies(fields: dict[str, Value]) -> tuple[tuple[str, str, str], ...]:
    """Return (class, field, own field) for every field filled from a received message."""
    found = []
    for name, value in fields.items():
        for item in value.alternatives:
            if isinstance(item.datum, Unknown) and item.datum.origin[1]:
                found.append((*item.datum.origin, name))
    return tuple(found)


def serialized(ev: Evaluator, value: Value, named: dict[str, Value]) -> Value:
    """Return what `json.dumps(value)` gives."""
    found = []
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Payload):
            found.append(Value((item,)))
        elif isinstance(datum, Instance):
            found.append(several(payloads_of(ev, datum, options(named)), item))
        elif isinstance(datum, Table):
            found.append(several(of_table(ev, datum), item))
        elif isinstance(datum, Text | Const):
            found.append(one(Payload("", "raw")))
        else:
            found.append(one(Payload("", "unknown"), confidence=item.confidence))
    return Value(join(found).alternatives, value.needs)


def as_mapping(ev: Evaluator, value: Value, named: dict[str, Value]) -> Value:
    """Return a copy of an object with some fields replaced; of a plain one, itself."""
    found = []
    for item in value.alternatives:
        if isinstance(item.datum, Instance) and named:
            given = {**dict(item.datum.given), **named}
            found.append(Value((item._replace(datum=item.datum._replace(given=tuple(given.items()))),)))
        elif isinstance(item.datum, Instance) and item.datum.scope is not None and not named:
            found.append(several(payloads_of(ev, item.datum, ()), item))
        else:
            found.append(Value((item,)))
    return Value(join(found).alternatives, value.needs)
