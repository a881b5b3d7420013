"""From facts seen in code to one answer per question about each topic, in source order; open ones are findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from asyncapi.contracts.definitions import envelope_of, nested
from asyncapi.contracts.facts import Constant, Contracts, Declaration, Model
from asyncapi.contracts.spelling import resembles_topic
from asyncapi.delivery import DeclaredReply, Delivery
from asyncapi.findings import Finding, finding
from asyncapi.resolve.addresses import Addresses, collect, complete
from asyncapi.resolve.claims import Claim, Decision, decide
from asyncapi.resolve.copies import without_copies
from asyncapi.resolve.matching import documented_topics
from asyncapi.resolve.model_claims import (
    ModelNames,
    claims_of,
    documented_models,
    named_alike,
    read_through_filter,
    unknown_names,
)
from asyncapi.resolve.parties import declared_sites, owner_of_topic, parties
from asyncapi.resolve.resolved import ResolvedSystem, ResolvedTopic
from asyncapi.resolve.used import with_used, without_roots
from asyncapi.sites import Action, Plain, Scan, Site
from asyncapi.sources import Source
from asyncapi.topics import as_filter, erase, is_filter, overlaps, unshared
from asyncapi.workspace.settings import Settings, TopicSettings

Item = TypeVar("Item")
_CONFIGURATION = re.compile(r"Config(?:uration)?$|Settings$|Options$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is known of one topic before anything is decided."""

    address: str
    constants: Sequence[Constant]
    rows: Sequence[Declaration]
    sites: Sequence[Site]
    override: TopicSettings | None

    @property
    def said(self) -> tuple[TopicSettings | Declaration, ...]:
        """Return what portal.toml and the declarations say, best first."""
        return (*((self.override,) if self.override else ()), *self.rows)

    @property
    def source(self) -> Source | None:
        """Return where the topic is written: its constant, else its declaration, else the first call."""
        return next((fact.source for group in (self.constants, self.said, self.sites) for fact in group), None)


def resolve(contracts: Contracts, scan: Scan, settings: Settings) -> ResolvedSystem:
    """Decide model, class, delivery and wire form of every topic."""
    contracts, scan = without_copies(contracts, scan)
    declared = declared_sites(settings)
    contracts = with_used(contracts, scan)
    sites = (*scan.sites, *declared)
    said = (*(row.topic for row in contracts.rows), *settings.topics)
    documented = (word for model in contracts.models for word in documented_topics(model.doc))
    contracts = without_roots(contracts, sites, (*said, *documented))
    addresses = _addresses(contracts, settings, sites)
    facts = _facts(contracts, settings, addresses, sites)
    decisions = _models(contracts, addresses, facts, sites)
    if more := tuple(_only_documented(contracts, addresses, facts, decisions)):
        contracts = replace(contracts, rows=(*contracts.rows, *more))
        addresses = _addresses(contracts, settings, sites)
        facts = _facts(contracts, settings, addresses, sites)
        decisions = _models(contracts, addresses, facts, sites)
    reach = _Reach(addresses)
    topics = tuple(_topic(fact, decisions[fact.address], contracts, settings, reach) for fact in facts)
    return ResolvedSystem(
        contracts=contracts,
        scan=scan,
        settings=settings,
        addresses=addresses,
        topics=topics,
        parties=parties(scan, settings),
        sites=sites,
        declared=frozenset((site.service, site.action, site.topic) for site in declared),
        findings=(
            *contracts.findings,
            *scan.findings,
            *_naming_findings(contracts, settings),
            *(found for fact in facts for found in _findings(fact, decisions[fact.address])),
            *_unused_models(contracts, settings, topics),
        ),
    )


# which topics there are


def _addresses(contracts: Contracts, settings: Settings, sites: Sequence[Site]) -> Addresses:
    spelled = [constant.value for constant in contracts.constants if constant.kind == "address"]
    spelled += [row.topic for row in contracts.rows] + list(settings.topics)
    seen = [site.topic for site in sites]
    documented = [word for model in contracts.models for word in documented_topics(model.doc)]
    full = _completer((*spelled, *seen, *documented))
    in_order = [full(constant) for constant in contracts.constants if constant.kind != "filter"]
    in_order += [address if not address.endswith("/") else complete(address, (*spelled, *seen)) for address in spelled]
    values = {
        address: {name: p.enum for name, p in said.parameters.items()} for address, said in settings.topics.items()
    }
    return collect(in_order, seen, values)


def _only_documented(
    contracts: Contracts, addresses: Addresses, facts: Sequence[_Facts], decisions: Mapping[str, Decision]
) -> Iterator[Declaration]:
    """Yield topics that only docstrings name, of models that are on no topic that is declared in another way."""
    declared = {fact.address for fact in facts if fact.constants or fact.said}
    placed = {model for address in declared for model in decisions[address].value}
    for model in contracts.models:
        for word in documented_topics(model.doc) if model.id not in placed else ():
            if resembles_topic(word) and not is_filter(word) and addresses.home(word) not in declared:
                yield Declaration(topic=word, source=model.source)


def _completer(spellings: Iterable[str]) -> Callable[[Constant], str]:
    listed = tuple(spelling for spelling in spellings if not is_filter(spelling))
    return lambda constant: complete(constant.value, listed) if constant.kind == "prefix" else constant.value


def _group(items: Iterable[Item], key: Callable[[Item], str | None]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        if (name := key(item)) is not None:
            found.setdefault(name, []).append(item)
    return found


def _facts(contracts: Contracts, settings: Settings, addresses: Addresses, sites: Sequence[Site]) -> list[_Facts]:
    full = _completer(addresses.known.values())

    def spelled(address: str) -> str | None:
        whole = complete(address, addresses.known.values()) if address.endswith("/") else address
        return addresses.known.get(erase(whole))

    constants = _group((c for c in contracts.constants if c.kind != "filter"), lambda c: spelled(full(c)))
    rows = _group(contracts.rows, lambda row: spelled(row.topic))
    exact = _group((s for s in sites if not is_filter(s.topic)), lambda site: addresses.home(site.topic))
    overrides = {erase(address): said for address, said in settings.topics.items()}
    return [
        _Facts(
            address=address,
            constants=constants.get(address, ()),
            rows=rows.get(address, ()),
            sites=exact.get(address, ()),
            override=overrides.get(identity),
        )
        for identity, address in addresses.known.items()
    ]


# which model is on them


def _models(
    contracts: Contracts, addresses: Addresses, facts: Sequence[_Facts], sites: Sequence[Site]
) -> dict[str, Decision]:
    names = ModelNames(contracts)
    homes = {f"{c.module}.{c.name}": fact.address for fact in facts for c in fact.constants}
    spelled = {c.name: fact.address for fact in facts for c in fact.constants}
    documented = documented_models(contracts, _Spellings(spelled, addresses))
    filters = {as_filter(fact.address): fact.address for fact in facts if "{" in fact.address}
    filtered = _group((s for s in sites if is_filter(s.topic)), lambda site: filters.get(unshared(site.topic)))
    claims = {
        fact.address: claims_of(
            names, fact.override, fact.rows, fact.constants, fact.sites, documented.get(fact.address, ())
        )
        or read_through_filter(names, filtered.get(fact.address, ()))
        for fact in facts
    }
    for address, claim in named_alike(contracts, homes, claims, nested(contracts)).items():
        claims[address].append(claim)
    return {address: decide("model", address, said) for address, said in claims.items()}


class _Spellings(dict[str, str]):
    """Finds the topic that a word of a docstring names: by its constant, or its address with any parameter names."""

    def __init__(self, names: Mapping[str, str], addresses: Addresses) -> None:
        super().__init__(names)
        self._known = addresses.known

    def get(self, word: str, default: Any = None) -> Any:
        return super().get(word) or self._known.get(erase(word), default)


# one topic


class _Reach:
    """Says which topics a filter of portal.toml is about; the same rule decides that for subscriptions."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._reached: dict[str, frozenset[str]] = {}

    def __call__(self, pattern: str, address: str) -> bool:
        if not is_filter(pattern):
            return overlaps(pattern, address)
        if pattern not in self._reached:
            self._reached[pattern] = frozenset(self._addresses.reached(pattern))
        return address in self._reached[pattern]


def _topic(fact: _Facts, models: Decision, contracts: Contracts, settings: Settings, reach: _Reach) -> ResolvedTopic:
    kind = decide("class", fact.address, _class_claims(fact, settings, reach))
    wire = decide("wire", fact.address, _wire_claims(fact, settings, reach))
    owner, contact = owner_of_topic(fact.address, fact.source, settings)
    doc = next((constant.doc for constant in fact.constants if constant.doc), "")
    declared = fact.constants or fact.said
    return ResolvedTopic(
        address=fact.address,
        source=fact.source,
        constants=tuple(fact.constants),
        models=models.value,
        topic_class=kind.first,
        expected=_expected(fact, kind.first, settings),
        wire=wire.first,
        plain="" if models.value else _plain(fact),
        texts=tuple(dict.fromkeys(text for site in fact.sites for text in site.texts)),
        replies=_replies(fact),
        correlation=_first(fact, "correlation", ()),
        event_type=next((e.name for e in contracts.event_types if erase(e.topic) == erase(fact.address)), ""),
        summary=_first(fact, "summary", "") or " ".join(doc.partition("\n\n")[0].split()),
        description=_first(fact, "description", "") or doc.partition("\n\n")[2].strip(),
        state=_first(fact, "state", "") or ("" if declared else "undeclared"),
        replaced_by=_first(fact, "replaced_by", ""),
        remove_after=_first(fact, "remove_after", ""),
        owner=owner,
        contact=contact,
        evidence=(*models.evidence, *kind.evidence, *wire.evidence),
    )


def _first(fact: _Facts, name: str, default: Any) -> Any:
    return next((value for said in fact.said if (value := getattr(said, name))), default)


def _replies(fact: _Facts) -> tuple[DeclaredReply, ...]:
    return _first(fact, "replies", ())  # type: ignore[no-any-return]


def _class_claims(fact: _Facts, settings: Settings, reach: _Reach) -> list[Claim]:
    claims: list[Claim] = []
    if fact.override and fact.override.topic_class:
        claims.append(Claim(value=(fact.override.topic_class,), by="portal.toml", source=fact.override.source))
    claims += [Claim(value=(r.topic_class,), by="declared", source=r.source) for r in fact.rows if r.topic_class]
    if not claims:
        for name, policy in settings.policy.classes.items():
            if any(reach(pattern, fact.address) for pattern in policy.topics):
                return [Claim(value=(name,), by="policy", source=policy.source)]
    return claims


def _wire_claims(fact: _Facts, settings: Settings, reach: _Reach) -> list[Claim]:
    claims: list[Claim] = []
    if fact.override and fact.override.wire:
        claims.append(Claim(value=(fact.override.wire,), by="portal.toml", source=fact.override.source))
    claims += [Claim(value=(row.wire,), by="declared", source=row.source) for row in fact.rows if row.wire]
    claims += _seen_wires(fact, "send")
    if form := settings.wire.form(fact.address, reach):
        claims.append(Claim(value=(form,), by="policy", source=settings.wire.source))
    if not claims and all(site.action == "receive" for site in fact.sites):
        read = _seen_wires(fact, "receive")
        claims += read if len({claim.value for claim in read}) == 1 else []
    return claims


def _seen_wires(fact: _Facts, action: Action) -> list[Claim]:
    return [
        Claim(value=(site.wire,), by="service code", source=site.source, confidence=site.confidence)
        for site in fact.sites
        if site.action == action and site.wire in ("raw", "envelope")
    ]


def _plain(fact: _Facts) -> Plain:
    """Return what travels on a topic without a model, where every sender in sight sends the same kind."""
    kinds = {site.plain for site in fact.sites if site.action == "send"}
    return kinds.pop() if len(kinds) == 1 else ""


def _expected(fact: _Facts, topic_class: str, settings: Settings) -> Delivery:
    policy = settings.policy.classes.get(topic_class)
    qos = next(((s.qos, s.source) for s in fact.said if s.qos is not None), None)
    retain = next(((s.retain, s.source) for s in fact.said if s.retain is not None), None)
    source = qos[1] if qos else retain[1] if retain else policy.source if policy else None
    return Delivery(
        qos=qos[0] if qos else policy.qos if policy else None,
        retain=retain[0] if retain else policy.retain if policy else None,
        source=source.ref if source else "",
    )


# what stays open


def _findings(fact: _Facts, models: Decision) -> Iterator[Finding]:
    yield from models.findings
    spelled_out = [constant for constant in fact.constants if not constant.name.endswith("()")]
    if len(spelled_out) > 1:
        names = ", ".join(f"{constant.name} ({constant.module})" for constant in spelled_out)
        yield finding(
            "constant-duplicated",
            "warning",
            f"{fact.address} is spelled by {len(spelled_out)} constants: {names}",
            spelled_out[1].source,
            remedy="keep one and import it where the others are used",
            topic=fact.address,
        )
    if not models.value and not _plain(fact) and (fact.constants or fact.said):
        yield finding(
            "topic-without-model",
            "warning",
            f"no model is known for {fact.address}",
            fact.source,
            remedy=f'declare it, write "Published to: {fact.address}" in the model\'s docstring, '
            "or name it in portal.toml",
            topic=fact.address,
        )


def _naming_findings(contracts: Contracts, settings: Settings) -> list[Finding]:
    said: list[tuple[str, Source | None]] = [
        (name, override.source) for override in settings.topics.values() for name in override.models
    ]
    said += [(name, row.source) for row in contracts.rows for name in row.models]
    said += [(constant.model, constant.source) for constant in contracts.constants if constant.model]
    names, wire = ModelNames(contracts), settings.wire
    lost = [names.complaint(wire.model, wire.source)] if wire.envelope and not envelope_of(contracts, settings) else []
    return [*lost, *unknown_names(names, said)]


def _unused_models(contracts: Contracts, settings: Settings, topics: Sequence[ResolvedTopic]) -> Iterator[Finding]:
    used = {model for topic in topics for model in topic.models} | nested(contracts)
    used |= {base for model in contracts.models for base in model.bases}
    if envelope := envelope_of(contracts, settings):
        used.add(envelope.id)
    for model in contracts.models:
        if model.id not in used and not (model.kind == "dataclass" and _CONFIGURATION.search(model.name)):
            yield _unused(model)


def _unused(model: Model) -> Finding:
    return finding(
        "model-without-topic",
        "note",
        f"{model.name} is on no topic and in no other message; it is left out",
        model.source,
        subject=model.id,
        remedy="declare its topic, or remove it",
    )
