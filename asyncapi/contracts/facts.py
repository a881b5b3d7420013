"""What looking at a contracts package yields: constants, models, rows and event types as plain values.

Nothing here decides which model belongs on which topic; `asyncapi.resolve.answers` does, from these facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from asyncapi.delivery import DeclaredReply, Wire
from asyncapi.findings import Finding
from asyncapi.schemas import Schema
from asyncapi.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A topic as a team spells it in code.

    `name` is what code says after the module (`TOPIC_STT_FINAL`, `Topics.STATE`, `state()`); `value` the text
    with `{parameters}`. `kind` is `address`, `prefix` (completed at run time, value ends in `/`) or `filter`
    (holds `+` or `#`). `recognised` says by what it was taken for a topic. `model` is a model id given beside
    the constant (annotated metadata), where there is one.
    """

    name: str
    module: str
    value: str
    kind: Literal["address", "prefix", "filter"]
    recognised: str
    source: Source
    doc: str = ""
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelField:
    """One field of a model: Python name, where it is written, and the id of the class that declares it."""

    name: str
    declared_by: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A class whose instances can be payloads.

    `id` is `module.QualifiedName`. `payload` (what its instances serialize to) and `accepts` (what it
    validates) are JSON Schema 2020-12 whose references are `#/$defs/<definition id>`; `accepts` is None when
    it says the same as `payload`. `payload` spells fields as a dump without `by_alias` does; `aliased` is the
    payload of a dump with `by_alias=True`, None when that says the same. `extra` is what happens to unknown
    fields on reading.
    """

    id: str
    name: str
    module: str
    kind: Literal["pydantic", "dataclass", "typeddict"]
    source: Source
    doc: str = ""
    extra: Literal["forbid", "ignore", "allow"] | None = None
    deprecated: bool = False
    fields: tuple[ModelField, ...] = ()
    bases: tuple[str, ...] = ()
    payload: Schema = field(default_factory=dict)
    accepts: Schema | None = None
    aliased: Schema | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One row of a declaration table, recognised by its attributes; None and empty mean "not said"."""

    topic: str
    source: Source
    models: tuple[str, ...] = ()
    topic_class: str = ""
    qos: int | None = None
    retain: bool | None = None
    wire: Wire | None = None
    summary: str = ""
    description: str = ""
    replies: tuple[DeclaredReply, ...] = ()
    correlation: tuple[str, ...] = ()
    state: str = ""
    replaced_by: str = ""
    remove_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A name for a topic used by a registry: `order.placed` → `order/placed`."""

    name: str
    topic: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUnion:
    """A name for several models of which one travels: `Command = Start | Stop`; `models` are their ids."""

    name: str
    module: str
    models: tuple[str, ...]
    source: Source
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """Everything seen in one contracts package, in source order.

    `definitions`, `accepted` and `aliased` hold the schemas that `Model.payload`, `Model.accepts` and
    `Model.aliased` refer to, keyed by definition id (`module.QualifiedName`, with type arguments for
    generics). `symbols` gives the source of every definition that is written somewhere, and `members`, for
    every enum, its member names in order, each with its docstring or an empty text. `candidates` are texts of
    the package that could be topics but do not look it; one becomes a topic when a service uses it as such.
    """

    package: str
    distribution: str = ""
    version: str = ""
    python: str = ""
    pydantic: str = ""
    doc: str = ""
    constants: tuple[Constant, ...] = ()
    models: tuple[Model, ...] = ()
    rows: tuple[Declaration, ...] = ()
    event_types: tuple[EventType, ...] = ()
    choices: tuple[ModelUnion, ...] = ()
    candidates: tuple[Constant, ...] = ()
    definitions: Mapping[str, Schema] = field(default_factory=dict)
    accepted: Mapping[str, Schema] = field(default_factory=dict)
    aliased: Mapping[str, Schema] = field(default_factory=dict)
    symbols: Mapping[str, Source] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
