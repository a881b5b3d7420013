"""Everything known of a system before it becomes a document: topics resolved, parties, calls, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asyncapi.contracts.facts import Constant, Contracts
from asyncapi.delivery import DeclaredReply, Delivery
from asyncapi.findings import Finding
from asyncapi.resolve.addresses import Addresses
from asyncapi.sites import Plain, Scan, Site
from asyncapi.sources import Evidence, Source
from asyncapi.workspace.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTopic:
    """One topic with every question answered or left open; `models` are model ids, `wire` raw, envelope or empty.

    `plain` says what travels where no model does: text, a number or bytes; `texts` are some that services send.
    """

    address: str
    source: Source | None
    constants: tuple[Constant, ...] = ()
    models: tuple[str, ...] = ()
    topic_class: str = ""
    expected: Delivery = field(default_factory=Delivery)
    wire: str = ""
    plain: Plain = ""
    texts: tuple[str, ...] = ()
    replies: tuple[DeclaredReply, ...] = ()
    correlation: tuple[str, ...] = ()
    event_type: str = ""
    summary: str = ""
    description: str = ""
    state: str = ""
    replaced_by: str = ""
    remove_after: str = ""
    owner: str = ""
    contact: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A service of the system: found in source, or `declared` in portal.toml."""

    name: str
    summary: str = ""
    owner: str = ""
    contact: str = ""
    repository: str = ""
    source: Source | None = None
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSystem:
    """A whole system; `sites` are calls seen in source and, with `declared` parties, edges said in portal.toml."""

    contracts: Contracts
    scan: Scan
    settings: Settings
    addresses: Addresses
    topics: tuple[ResolvedTopic, ...]
    parties: Mapping[str, Party]
    sites: tuple[Site, ...]
    declared: frozenset[tuple[str, str, str]]
    findings: tuple[Finding, ...]

    def reached(self, topic: str) -> tuple[str, ...]:
        """Return the addresses that a spelling at a call site reaches."""
        return self.addresses.reached(topic)
