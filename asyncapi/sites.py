"""What scanning service source yields: every call that publishes or subscribes, and what leads from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from asyncapi.findings import Finding
from asyncapi.sources import Source

Action = Literal["send", "receive"]
Said = Literal["said", "default", "unknown"]
WireForm = Literal["raw", "envelope", "mixed", "unknown"]
Plain = Literal["", "text", "number", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a derivation, readable: `text` says what was followed, `source` where."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One call that publishes (`send`) or subscribes (`receive`).

    `topic` is an address, a template or, for subscriptions, a filter. `qos_from` and `retain_from` tell
    whether the value was said at the call, is the library's or wrapper's default, or is unknown (value None).
    `model` is the class name named at the site (dotted module path where an import shows it). `handler` is
    the function that receives. `dump` holds the dump options seen (`exclude_none`, `by_alias` …).
    `plain` says what travels where it is no message of a model (text, a number, bytes), `texts` which ones are spelled.
    `environment` names the variable that can override the topic at run time. `confidence` is 1.0 for a value
    that follows from the source alone, lower where a default or a registry had to be assumed. `through` are the other
    calls on the way to the client, its own among them: they are seen, too, though they are not the place to show.
    """

    service: str
    action: Action
    topic: str
    source: Source
    qos: int | None = None
    qos_from: Said = "unknown"
    retain: bool | None = None
    retain_from: Said = "unknown"
    model: str = ""
    handler: str = ""
    wire: WireForm = "unknown"
    plain: Plain = ""
    texts: tuple[str, ...] = ()
    dump: tuple[tuple[str, bool], ...] = ()
    environment: str = ""
    constant: str = ""
    implied: bool = False
    steps: tuple[Step, ...] = ()
    confidence: float = 1.0
    through: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A publish or subscribe call whose topic could not be found; `reason` says at which construct it ended.

    `through` are the other calls on the way to the client, as those of a site.
    """

    service: str
    action: Action
    source: Source
    expression: str
    reason: str
    through: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A call that looks like a client's publish or subscribe, and of which nothing else in the scan speaks.

    Without `action` it may be either: only what it is given looks like a topic.
    """

    service: str
    action: Action | Literal[""]
    source: Source
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A bound of the scanner that left something out: which `bound`, at what, how many were there and were kept.

    `seen` is None where nobody counted them. `hides` are the directions in which topics may be missing for it; nothing
    where only models, texts or what follows from a message are.
    """

    service: str
    bound: str
    source: Source
    seen: int | None
    kept: int
    hides: tuple[Action, ...] = ("send", "receive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A service that receives `received` in `handler` can publish `sent`; `copies` are (from field, to field)."""

    service: str
    received: str
    sent: str
    handler: Source
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSource:
    """A service as found: its name, its folder relative to the workspace, its one-line description."""

    name: str
    path: str
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Everything the scan saw, in path and source order. `constants_used` are dotted names of contracts symbols.

    `silent` and `cuts` are what it knows to have missed.
    """

    services: tuple[ServiceSource, ...] = ()
    sites: tuple[Site, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    causes: tuple[Cause, ...] = ()
    constants_used: frozenset[str] = field(default_factory=frozenset)
    local_models: tuple[tuple[str, tuple[str, ...], Source], ...] = ()
    files: int = 0
    findings: tuple[Finding, ...] = ()
    silent: tuple[Silent, ...] = ()
    cuts: tuple[Cut, ...] = ()
