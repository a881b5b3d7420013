"""What portal.toml says, as frozen values; empty and None mean "not said"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from asyncapi.delivery import DeclaredReply, Wire
from asyncapi.sources import Source
from asyncapi.topics import erase, overlaps


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSettings:
    """What a parameter of an address stands for."""

    description: str = ""
    enum: tuple[str, ...] = ()
    default: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSettings:
    """What the team says of one topic, above everything else."""

    source: Source
    models: tuple[str, ...] = ()
    topic_class: str = ""
    summary: str = ""
    description: str = ""
    owner: str = ""
    contact: str = ""
    qos: int | None = None
    retain: bool | None = None
    wire: Wire | None = None
    state: str = ""
    replaced_by: str = ""
    remove_after: str = ""
    correlation: tuple[str, ...] = ()
    replies: tuple[DeclaredReply, ...] = ()
    parameters: Mapping[str, ParameterSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSettings:
    """A topic that a declared party sends or receives."""

    topic: str
    qos: int | None = None
    retain: bool | None = None
    wire: Wire | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What the team says of a service; `sends` and `receives` are for parties whose source is not scanned."""

    source: Source
    summary: str = ""
    owner: str = ""
    contact: str = ""
    repository: str = ""
    path: str = ""
    sends: tuple[EdgeSettings, ...] = ()
    receives: tuple[EdgeSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """A broker; `host` may still hold credentials, which `address` leaves out."""

    host: str
    protocol: str = "mqtt"
    description: str = ""

    @property
    def address(self) -> str:
        """Return host and port alone."""
        return mask_credentials(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSettings:
    """A policy class: the delivery it expects, and filters of the topics in it."""

    source: Source
    qos: int | None = None
    retain: bool | None = None
    topics: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """What the team expects of its contracts."""

    topic_name: str = ""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    required_fields: tuple[str, ...] = ()
    correlation: tuple[str, ...] = ()
    classes: Mapping[str, ClassSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
    """How models travel: bare, or inside an envelope model (`module:Class`) whose field `data` holds them."""

    source: Source | None = None
    default: Wire | None = None
    envelope: str = ""
    data: str = "data"
    type: str = "type"
    raw: tuple[str, ...] = ()
    enveloped: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        """Return the id of the envelope model that is named, `module.Class`, or nothing."""
        return self.envelope.replace(":", ".")

    def form(self, address: str, reaches: Callable[[str, str], bool] = overlaps) -> str:
        """Return the form in which a topic travels, or nothing when it is not said; `reaches` (filter, address)."""
        if any(reaches(pattern, address) for pattern in self.raw):
            return "raw"
        if any(reaches(pattern, address) for pattern in self.enveloped):
            return "envelope"
        return self.default or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStepSettings:
    """One arrow; with `when` it is not always taken, and an `alternative` is taken instead of the branch before."""

    sender: str
    topic: str
    receiver: str
    when: str = ""
    alternative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSettings:
    """A flow as the team draws it, its arrows in order; `carries` is a field that every step has."""

    summary: str = ""
    carries: str = ""
    steps: tuple[FlowStepSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings:
    """A call that publishes or subscribes: argument positions (from 0) or names, and what it does unsaid."""

    call: str
    action: Literal["send", "receive"]
    topic: int | str = 0
    payload: int | str | None = None
    qos: int | str | None = None
    retain: int | str | None = None
    default_qos: int | None = None
    default_retain: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedSettings:
    """A class whose construction implies an edge."""

    constructor: str
    action: Literal["send", "receive"]
    topic: str
    qos: int | None = None
    retain: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """What the scanner needs to know beyond its own tables."""

    env_wrappers: tuple[str, ...] = ()
    sinks: tuple[SinkSettings, ...] = ()
    implies: tuple[ImpliedSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A workspace: `root` is its folder, `contracts` import names, `path` import roots, `services` folder patterns."""

    root: Path
    contracts: tuple[str, ...]
    path: tuple[str, ...] = (".",)
    python: Path | None = None
    timeout: float = 60.0
    services: tuple[str, ...] = ()
    services_source: Source | None = None
    path_source: Source | None = None
    title: str = ""
    version: str = ""
    identifier: str = ""
    description: str = ""
    license: Mapping[str, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    source_url: str = ""
    parties: Mapping[str, ServiceSettings] = field(default_factory=dict)
    servers: Mapping[str, ServerSettings] = field(default_factory=dict)
    policy: PolicySettings = field(default_factory=PolicySettings)
    wire: WireSettings = field(default_factory=WireSettings)
    topics: Mapping[str, TopicSettings] = field(default_factory=dict)
    flows: Mapping[str, FlowSettings] = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[Mapping[str, str], ...] = ()
    diff_severity: Mapping[str, str] = field(default_factory=dict)
    accept: Path | None = None
    scan: ScanSettings = field(default_factory=ScanSettings)
    codeowners: tuple[tuple[str, str], ...] = ()

    def topic(self, address: str) -> TopicSettings | None:
        """Return what is said of a topic; parameter names do not matter."""
        wanted = erase(address)
        return next((said for spelled, said in self.topics.items() if erase(spelled) == wanted), None)


def mask_credentials(host: str) -> str:
    """Return a broker address as host and port, without scheme, user and password."""
    parts = urlsplit(host if "://" in host else f"//{host}")
    return parts.netloc.rpartition("@")[2] or host.rpartition("@")[2]


def plain(value: Any) -> Any:
    """Return TOML values as documents carry them: dates as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
