"""The frozen view of one system that pages, checks, diffs and derived documents read.

Built from a document by `asyncapi.view`. "Not said" is None or empty, never a default. Every value keeps the
JSON pointer of what it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asyncapi.delivery import Delivery
from asyncapi.findings import Finding, Severity
from asyncapi.schemas import Schema
from asyncapi.sources import Evidence, Source
from asyncapi.topics import erase

Action = Literal["send", "receive"]
Extras = tuple[tuple[str, Any], ...]
_VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A `{name}` of an address: description, allowed values, default, examples."""

    name: str
    description: str = ""
    enum: tuple[str, ...] = ()
    default: str | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Where answers go: the address (None when only known at run time), the fields that tie both messages.

    `source` says where in the question the address stands when it is only known at run time.
    """

    topic: str | None
    messages: tuple[str, ...] = ()
    field: str = ""
    answer_field: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a message: the payload as JSON data."""

    payload: Any
    name: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of the system.

    `key` is its component key (or `channel.message` where written inline) and its address on the portal;
    `name` its identity on the wire side. `payload` is the schema of what travels, references unresolved (look
    them up in `Registry.schemas`); `model` the schema of the model alone where `wire` is an envelope; both are
    None when the payload is not JSON Schema, and `schema_format` then says what it is. `correlation` is a
    location such as `/request_id` inside the payload, `correlation_header` one inside the headers.
    """

    key: str
    name: str
    pointer: str
    title: str = ""
    summary: str = ""
    description: str = ""
    content_type: str = ""
    schema_format: str = ""
    payload: Schema | None = None
    model: Schema | None = None
    model_key: str = ""
    accepts: Schema | None = None
    headers: Schema | None = None
    opaque: Any = None
    wire: str = ""
    correlation: str = ""
    correlation_header: str = ""
    correlation_description: str = ""
    examples: tuple[Example, ...] = ()
    state: str = ""
    replaced_by: str = ""
    remove_after: str = ""
    deprecated: bool = False
    source: Source | None = None
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    extras: Extras = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call in a service's source that an operation stands for; QoS and retain flag are said where calls differ."""

    source: Source
    qos: int | None = None
    qos_from: str = ""
    retain: bool | None = None
    retain_from: str = ""
    wire: str = ""
    model: str = ""
    handler: str = ""
    literal: bool = False
    environment: str = ""
    dump: tuple[tuple[str, bool], ...] = ()
    steps: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What can follow from a receive operation: key of a send operation, fields carried over, handler."""

    operation: str
    copies: tuple[tuple[str, str], ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A service sends or receives on a topic.

    `messages` are message keys; `topic` is an address, None when only known at run time; `channel` is its key.
    """

    key: str
    action: Action
    service: str
    topic: str | None
    pointer: str
    channel: str = ""
    messages: tuple[str, ...] = ()
    delivery: Delivery = field(default_factory=Delivery)
    expiry: int | None = None
    reply: Reply | None = None
    title: str = ""
    summary: str = ""
    description: str = ""
    filter: str = ""
    wire: str = ""
    dump: tuple[tuple[str, bool], ...] = ()
    declared: bool = False
    sites: tuple[Call, ...] = ()
    causes: tuple[Consequence, ...] = ()
    tags: tuple[str, ...] = ()
    extras: Extras = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic: every channel of the document with the same address, parameter names erased.

    `address` is None for a channel whose address is only known at run time; `key` is then what identifies it.
    `messages` are message keys. `operations` are operation keys. `expected` is what policy or declaration ask
    for; what the code does is in the operations.
    """

    key: str
    address: str | None
    pointer: str
    title: str = ""
    summary: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    messages: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    topic_class: str = ""
    expected: Delivery = field(default_factory=Delivery)
    replies: tuple[Reply, ...] = ()
    correlation: tuple[str, ...] = ()
    event_type: str = ""
    evidence: tuple[Evidence, ...] = ()
    state: str = ""
    replaced_by: str = ""
    remove_after: str = ""
    owner: str = ""
    contact: str = ""
    source: Source | None = None
    tags: tuple[str, ...] = ()
    extras: Extras = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A party: operations by key, and what is said of it; `declared` when it was not seen in source."""

    name: str
    summary: str = ""
    owner: str = ""
    contact: str = ""
    repository: str = ""
    source: Source | None = None
    declared: bool = False
    sends: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A broker: host without credentials, protocol, description; `security` are types of security schemes."""

    key: str
    host: str
    protocol: str
    pathname: str = ""
    description: str = ""
    security: tuple[str, ...] = ()
    variables: tuple[Parameter, ...] = ()
    bindings: Extras = ()

    def filled(self, address: str) -> str:
        """Return an address of this server with the defaults of its variables in their places."""
        defaults = {variable.name: variable.default for variable in self.variables if variable.default}
        return _VARIABLE.sub(lambda found: defaults.get(found[1], found[0]), address)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyClass:
    """A class of topics and the delivery it asks for."""

    name: str
    qos: int | None = None
    retain: bool | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the team expects of its contracts; empty parts are not checked."""

    classes: tuple[PolicyClass, ...] = ()
    topic_name: str = ""
    exceptions: tuple[tuple[str, str], ...] = ()
    required_fields: tuple[str, ...] = ()
    correlation: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity | Literal["off"]], ...] = ()
    ignore: tuple[Mapping[str, str], ...] = ()
    diff_severity: tuple[tuple[str, Literal["break", "risk", "ok"]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One arrow of a flow: who sends what to whom; `correlation` is the field that ties it to the step before.

    With `when` it is not always taken; an `alternative` is taken instead of the branch before it.
    """

    sender: str
    topic: str
    receiver: str
    correlation: str = ""
    when: str = ""
    alternative: bool = False
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A named sequence of steps; `declared` by the team or derived from replies and causality.

    `carries` is a field that every step of a declared flow is to carry.
    """

    name: str
    title: str
    summary: str = ""
    carries: str = ""
    steps: tuple[FlowStep, ...] = ()
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Something that the making of the document did not see: in which directions a topic may be missing for it.

    `kind` is `unresolved`, `silent`, `cut` or `file`; `said` is the call as it is written, what a bound kept, or why a
    file cannot be read.
    """

    service: str
    kind: str
    actions: tuple[str, ...]
    source: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One system as its document tells it; all tuples in document order."""

    title: str
    version: str = ""
    specification: str = ""
    identifier: str = ""
    description: str = ""
    license: str = ""
    contact: str = ""
    servers: tuple[Server, ...] = ()
    topics: tuple[Topic, ...] = ()
    messages: tuple[Message, ...] = ()
    operations: tuple[Operation, ...] = ()
    services: tuple[Service, ...] = ()
    policy: Policy = field(default_factory=Policy)
    flows: tuple[Flow, ...] = ()
    findings: tuple[Finding, ...] = ()
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    source_url: str = ""
    coverage: tuple[tuple[str, int], ...] = ()
    undelivered: tuple[tuple[str, str, str], ...] = ()
    unseen: tuple[Unseen, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    extras: Extras = ()

    index: Mapping[tuple[str, str], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index everything by what identifies it, once."""
        index: dict[tuple[str, str], Any] = {}
        for topic in reversed(self.topics):
            index["topic", topic.key] = topic
        for topic in reversed(self.topics):
            if topic.address is not None:
                index["topic", erase(topic.address)] = topic
        for kind, items in (("message", self.messages), ("operation", self.operations)):
            index |= {(kind, item.key): item for item in items}
        index |= {("service", service.name): service for service in self.services}
        object.__setattr__(self, "index", index)

    @property
    def knows_edges(self) -> bool:
        """Say whether the document tells of a whole system; one application alone never has both ends."""
        return len({operation.service for operation in self.operations}) > 1

    def topic(self, address_or_key: str) -> Topic | None:
        """Return the topic with this address (parameter names do not matter) or channel key."""
        return self.index.get(("topic", erase(address_or_key)))

    def message(self, key: str) -> Message | None:
        """Return the message with this key."""
        return self.index.get(("message", key))

    def operation(self, key: str) -> Operation | None:
        """Return the operation with this key."""
        return self.index.get(("operation", key))

    def service(self, name: str) -> Service | None:
        """Return the service with this name."""
        return self.index.get(("service", name))
