"""Small values that every page is made of: links, places in source, findings. Paths are relative to the site's root."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from asyncapi.findings import SEVERITIES, Finding
from asyncapi.sources import Source
from asyncapi.view.registry import Message, Registry, Topic
from portal.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A name and the page about it; no path when there is none."""

    name: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """A place in the team's source: `file:line`, the symbol, and a link to it where one can be made."""

    text: str
    symbol: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding as it is shown: what, how bad, why, how to mend it, and the pages it is about."""

    rule: str
    severity: str
    message: str
    remedy: str = ""
    place: SourceLink | None = None
    about: tuple[Link, ...] = ()
    owner: str = ""
    fingerprint: str = ""


def nobody(registry: Registry) -> str:
    """Return what to say where no service is known on a side: a document of one application tells only of its own."""
    return "nobody" if registry.knows_edges else "not said"


def topic_link(index: Index, topic: Topic) -> Link:
    """Return the link to a topic, named by its address or else by its key."""
    return Link(name=topic.key if topic.address is None else topic.address, path=index.topic_paths[topic.key])


def address_link(index: Index, address: str | None) -> Link:
    """Return the link to the topic with this address, or only its name when the document has no such topic."""
    topic = index.find(address)
    return topic_link(index, topic) if topic else Link(name=address or "only known at run time")


def message_link(index: Index, message: Message) -> Link:
    """Return the link to a message."""
    return Link(name=message.name, path=index.message_paths[message.key])


def service_link(index: Index, name: str) -> Link:
    """Return the link to a service."""
    return Link(name=name, path=index.service_paths.get(name, ""))


def place(registry: Registry, source: Source | None) -> SourceLink | None:
    """Return where something is written, with a link when the document says how to make one."""
    if source is None or not source.file:
        return None
    line = source.line if source.line is not None else registry.lines.get(source.ref)
    text = f"{source.file}:{line}" if line else source.file
    return SourceLink(text=text, symbol=source.symbol, url=_url(registry.source_url, source.file, line))


def _url(template: str, file: str, line: int | None) -> str:
    if not template.startswith(("https://", "http://")) or "{file}" not in template:
        return ""
    filled = template.replace("{file}", quote(file)).replace("{line}", str(line or 1))
    return "" if "{" in filled else filled


def problems(index: Index, findings: Iterable[Finding]) -> tuple[ShownFinding, ...]:
    """Return findings as they are shown, the worst first."""
    worst_first = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    return tuple(_problem(index, finding) for finding in worst_first)


def _problem(index: Index, finding: Finding) -> ShownFinding:
    file, _, symbol = finding.source.partition("#")
    source = Source(file=file, symbol=symbol, line=finding.line) if file else None
    return ShownFinding(
        rule=finding.rule,
        severity=finding.severity,
        message=finding.message,
        remedy=finding.remedy,
        place=place(index.registry, source),
        about=_about(index, finding),
        owner=finding.owner,
        fingerprint=finding.fingerprint,
    )


def _about(index: Index, finding: Finding) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for name in (finding.subject, *finding.topics, *finding.services):
        topic = index.find(name) if name else None
        if topic is not None:
            found.setdefault(index.topic_paths[topic.key], topic_link(index, topic))
        elif name in index.services:
            found.setdefault(index.service_paths[name], service_link(index, name))
        elif name in index.messages:
            found.setdefault(index.message_paths[name], message_link(index, index.messages[name]))
    return tuple(found.values())
