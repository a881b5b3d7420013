"""Envelope or bare model: which of the two a message travels as, and which of the two was pasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asyncapi.payload.outline import Outlines, least, outlines, shared
from asyncapi.payload.report import Form
from asyncapi.schemas import Schema
from asyncapi.schemas.dialects import COMPONENTS, unescape
from asyncapi.schemas.properties import properties
from asyncapi.schemas.violations.violation import Part
from asyncapi.view.registry import Message, Registry

_DEEPEST = 8  # references and parts of `allOf` on the way to the properties of an envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read what was pasted: the schemas to hold a part of it against. `parts` lead to that part.

    `inner` is the property of an envelope that holds the model, and what the model looks like from outside.
    """

    form: Form
    schema: Schema
    accepts: Schema | None
    outlines: Outlines
    value: Any
    parts: tuple[Part, ...] = ()
    inner: tuple[str, Outlines] | None = None

    @property
    def least(self) -> int:
        """Return a lower bound of the number of problems."""
        return least(self.outlines, self.value)

    @property
    def shared(self) -> int:
        """Return how many names of the payload the message knows; of a model in an envelope, one is needed."""
        known = shared(self.outlines, self.value)
        model = self.value.get(self.inner[0]) if self.inner and isinstance(self.value, dict) else None
        if not self.inner or not isinstance(model, dict) or not model:
            return known
        inside = shared(self.inner[1], model)
        return known + inside if inside else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope: the property that holds the model, and the model's schema."""

    data: str
    model: Schema


def envelope(schema: Schema | None, message: Message, schemas: Mapping[str, Schema]) -> Envelope | None:
    """Return the envelope that a schema is, as its mark or the message's wire form and model say."""
    schema = resolved(schema, schemas)
    known = properties(schema, schemas) if schema else None
    if not schema or not known:
        return None
    mark = schema.get("x-envelope")
    data = mark.get("data") if isinstance(mark, Mapping) else None
    if not isinstance(data, str) and message.wire == "envelope" and message.model is not None:
        data = next((name for name, inner in known.items() if inner == message.model), None)
    model = known.get(data) if isinstance(data, str) else None
    return Envelope(data=str(data), model=model) if isinstance(model, Mapping) else None


def has_envelope(registry: Registry) -> bool:
    """Say whether any message of a system travels in an envelope."""
    return any(envelope(message.payload, message, registry.schemas) for message in registry.messages)


def resolved(schema: Schema | None, schemas: Mapping[str, Schema]) -> Schema | None:
    """Return what a schema refers to."""
    for _ in range(_DEEPEST):
        target = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(target, str):
            break
        schema = schemas.get(unescape(target.removeprefix(COMPONENTS)))
    return schema if isinstance(schema, Mapping) else None


def data_names(registry: Registry) -> tuple[str, ...]:
    """Return the properties in which envelopes of the system hold their model."""
    marks = (schema.get("x-envelope") for schema in registry.schemas.values() if isinstance(schema, Mapping))
    names = (mark.get("data") for mark in marks if isinstance(mark, Mapping))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str))) or ("data", "payload")


class Readings:
    """The ways to read a payload for the messages of one system, the usual one first."""

    def __init__(self, registry: Registry, value: Any) -> None:
        self.registry, self.value = registry, value
        self.names = data_names(registry)
        self.known: dict[int, Outlines] = {}

    def of(self, message: Message, wire: str = "") -> tuple[Form, tuple[Reading, ...]]:
        """Return how a message travels, and the readings of the payload in the form asked for, or in either."""
        schemas = self.registry.schemas
        if message.payload is None:
            return "", ()
        around = envelope(message.payload, message, schemas)
        found = tuple(self._enveloped(message, around) if around else self._bare(message))
        chosen = tuple(reading for reading in found if reading.form == wire) if wire else found
        return ("envelope" if around else "raw"), chosen or found

    def _enveloped(self, message: Message, around: Envelope) -> Iterator[Reading]:
        assert message.payload is not None
        accepted = envelope(message.accepts, message, self.registry.schemas) if message.accepts else None
        whole = self._reading("envelope", message.payload, message.accepts, self.value)
        model = accepted.model if accepted else around.model
        yield replace(whole, inner=(around.data, self._outlines(model)))
        yield self._reading("raw", around.model, accepted.model if accepted else None, self.value)

    def _bare(self, message: Message) -> Iterator[Reading]:
        assert message.payload is not None
        yield self._reading("raw", message.payload, message.accepts, self.value)
        for name in self.names:
            if isinstance(self.value, dict) and isinstance(self.value.get(name), dict):
                yield self._reading("envelope", message.payload, message.accepts, self.value[name], (name,))

    def _reading(
        self, form: Form, schema: Schema, accepts: Schema | None, value: Any, parts: tuple[Part, ...] = ()
    ) -> Reading:
        deciding = accepts if accepts is not None else schema
        return Reading(
            form=form, schema=schema, accepts=accepts, outlines=self._outlines(deciding), value=value, parts=parts
        )

    def _outlines(self, schema: Schema) -> Outlines:
        target = resolved(schema, self.registry.schemas) or schema
        if id(target) not in self.known:
            self.known[id(target)] = outlines(target, self.registry.schemas)
        return self.known[id(target)]
