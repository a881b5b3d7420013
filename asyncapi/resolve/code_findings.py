"""What only source facts can tell, before they become a document: unused constants, shadows, calls nobody resolved.

Takes a resolved system; its findings travel in the document, so that every later check shows them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from asyncapi.findings import Finding
from asyncapi.resolve.model_findings import (
    about,
    local_model_shadows_contract,
    models_share_a_name,
    other_namesake_at_call,
)
from asyncapi.resolve.resolved import ResolvedSystem
from asyncapi.resolve.unseen import amount, missing_key
from asyncapi.rules import EXPORT_RULES
from asyncapi.sites import Silent, Site, Unresolved
from asyncapi.topics import PARAMETER, erase, is_filter

MOST_PLACES = 5  # of calls that one finding names: enough to see what they have in common
_CALLS = {"send": "publishes to", "receive": "subscribes to"}
CodeRule = Callable[[ResolvedSystem], Iterator[Finding]]


def code_findings(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield what the rules of this module find in a system, in the order of the list."""
    for rule in CODE_RULES:
        name = rule.__name__.replace("_", "-")
        for found in rule(system):
            yield replace(found, rule=name, severity=EXPORT_RULES[name][0])


def constant_unused(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the topic constants that no service uses and on whose topic nothing is sent or received."""
    if len(system.parties) < 2 or not system.scan.files:
        return
    reached = {address for site in system.sites for address in system.reached(site.topic)}
    filters = {site.topic for site in system.sites if is_filter(site.topic)}
    quiet = {
        f"{constant.module}.{constant.name}": topic.address
        for topic in system.topics
        for constant in topic.constants
        if topic.address not in reached and topic.state != "deprecated"
    }
    for constant in system.contracts.constants:
        name = f"{constant.module}.{constant.name}"
        idle = constant.value not in filters if constant.kind == "filter" else name in quiet
        if idle and name not in system.scan.constants_used:
            yield about(
                f"{constant.name} ({constant.value}) is used by no service",
                constant.source,
                remedy="remove it, or declare the party that uses it in portal.toml",
                topic=quiet.get(name, ""),
                subject=name,
            )


def hard_coded_topic(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the calls that spell a topic out for which the contracts have a constant."""
    texts = _Texts(system)
    modules = frozenset(constant.module for constant in system.contracts.constants)
    homes = {topic.address: topic for topic in system.topics if topic.constants}
    importing = {site.service for site in system.sites if _of_contracts(site.constant, modules)}
    for site in system.scan.sites:
        topic = homes.get(system.addresses.home(site.topic) or "")
        if topic is None or site.implied or is_filter(site.topic) or _of_contracts(site.constant, modules):
            continue
        respelled = bool(site.constant) and site.service in importing
        if respelled or (not site.constant and texts.hold(site)):
            yield about(
                f"{site.service} spells {site.topic} out"
                + (f" in {site.constant.rpartition('.')[2]}" if respelled else ""),
                site.source,
                remedy=f"import {topic.constants[0].name} from {topic.constants[0].module}",
                topic=topic.address,
                subject=f"{topic.address} {site.source.symbol}",
                service=site.service,
            )


def reply_topic_unknown(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the declared replies whose topic the system does not have."""
    for topic in system.topics:
        for reply in topic.replies:
            if erase(reply.topic) not in system.addresses.known:
                yield about(
                    f"answers to {topic.address} are said to go to {reply.topic}, which is no topic of the system",
                    topic.source,
                    remedy="correct the reply, or declare its topic",
                    topic=topic.address,
                    subject=f"{topic.address} {reply.topic}",
                )


def event_type_unknown(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the calls that name an event type which the table of event types does not have."""
    for item, key in _missing_keys(system):
        if system.addresses.home(key) is None:
            yield _unresolved(
                item,
                f"{item.service} {_CALLS[item.action]} the event type {key}, which the table does not have",
                "register the event type, or correct the name",
                key,
            )


def topic_as_event_type(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the calls that pass a topic where an event type is expected."""
    for item, key in _missing_keys(system):
        if (address := system.addresses.home(key)) is not None:
            known = next((event.name for event in system.contracts.event_types if event.topic == address), "")
            yield _unresolved(
                item,
                f"{item.service} passes the topic {key} where an event type is expected",
                f"pass {known}" if known else "pass the event type, or publish without the table",
                key,
            )


def call_not_resolved(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the calls whose topic could not be found, with the construct at which the search ended."""
    for item in system.scan.unresolved:
        if not missing_key(item):
            yield _unresolved(
                item,
                f"{item.service} {_CALLS[item.action]} {item.expression}, which is not known: {item.reason}",
                "say the topic in the source, or declare the edge under [service] in portal.toml",
                item.expression,
            )


def client_not_known(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield one finding a service for its calls that look like a client's but are made on something unknown."""
    services: dict[str, list[Silent]] = {}
    for call in system.scan.silent:
        services.setdefault(call.service, []).append(call)
    for service, calls in services.items():
        count = f"{len(calls)} calls look" if len(calls) > 1 else "a call looks"
        more = f" and {len(calls) - MOST_PLACES} more" if len(calls) > MOST_PLACES else ""
        yield about(
            f"in {service}, {count} like those of an MQTT client, but what they are called on is not known: "
            f"{', '.join(_shown(call) for call in calls[:MOST_PLACES])}{more}",
            calls[0].source,
            remedy="name the client's class in an annotation, describe the call under [[scan.sinks]], or declare its "
            "edge under [service] in portal.toml",
            subject=service,
            service=service,
        )


def _shown(call: Silent) -> str:
    return f"{call.expression} in {call.source.ref}"


def scan_cut_short(system: ResolvedSystem) -> Iterator[Finding]:
    """Yield the bounds of the scanner that were reached, with what may be missing for each."""
    for cut in system.scan.cuts:
        lost = "topics" if cut.hides else "models, texts or what follows from a message"
        yield about(
            f"only {amount(cut)} were followed; {lost} beyond them may be missing",
            cut.source,
            remedy="write fewer of them in one place, or declare what is missing under [service] in portal.toml",
            subject=f"{cut.service} {cut.bound} {cut.source.ref}",
            service=cut.service,
        )


CODE_RULES: tuple[CodeRule, ...] = (
    constant_unused,
    hard_coded_topic,
    other_namesake_at_call,
    local_model_shadows_contract,
    models_share_a_name,
    reply_topic_unknown,
    event_type_unknown,
    topic_as_event_type,
    call_not_resolved,
    client_not_known,
    scan_cut_short,
)


class _Texts:
    """Reads the files of calls, each once, to see whether a topic is spelled there and not in a table elsewhere."""

    def __init__(self, system: ResolvedSystem) -> None:
        self._root = system.settings.root
        self._files: dict[str, str] = {}

    def hold(self, site: Site) -> bool:
        """Say whether the fixed text of a site's topic stands where the call, or a step towards it, stands."""
        fixed = max(PARAMETER.split(site.topic)[::2], key=len)
        places = (site.source, *(step.source for step in site.steps))
        return any(fixed in self._text(place.file) for place in places)

    def _text(self, file: str) -> str:
        if file not in self._files:
            self._files[file] = _content(self._root / file)
        return self._files[file]


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _of_contracts(constant: str, modules: frozenset[str]) -> bool:
    """Say whether a dotted name is one of the contracts: a constant, or a member of a class, in their modules."""
    module = constant
    while module := module.rpartition(".")[0]:
        if module in modules:
            return True
    return False


def _missing_keys(system: ResolvedSystem) -> Iterator[tuple[Unresolved, str]]:
    for item in system.scan.unresolved:
        if key := missing_key(item):
            yield item, key


def _unresolved(item: Unresolved, message: str, remedy: str, subject: str) -> Finding:
    return about(message, item.source, remedy=remedy, subject=f"{item.service} {subject}", service=item.service)
