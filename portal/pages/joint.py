"""The registry over several systems: topics of one broker joined, and where the systems do not fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from asyncapi.compare.joint import Clash, Fits, joined
from portal.addresses import system_path
from portal.brokers import listed_brokers
from portal.delivery import ShownFact
from portal.pages.shown import Link, nobody
from portal.pages.topics import Misfit, SystemEntry, TopicRow, TopicsView, table
from portal.system import System, Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Everything that the page shows for any query."""

    rows: tuple[TopicRow, ...]
    systems: tuple[SystemEntry, ...]
    misfits: tuple[Misfit, ...]
    nobody: str
    services: int
    messages: int


def joint(systems: Sequence[System | Unread]) -> Joint:
    """Return the topics of all systems, joined by the wire, and where the systems do not fit; names tell them apart."""
    read = {system.name: system for system in systems if isinstance(system, System)}
    repeated = _repeated(read.values())
    prefixed = {
        name: {row.topic.path: _prefixed(row, system, repeated) for row in system.rows()}
        for name, system in read.items()
    }
    rows, misfits, fits = [], [], Fits()
    for topic in joined({name: system.registry for name, system in read.items()}):
        paths = ((member.system, read[member.system].index.topic_paths[member.topic.key]) for member in topic.members)
        parts = [prefixed[name][path] for name, path in paths if path in prefixed[name]]
        if parts:
            found = fits.clashes(topic)
            rows.append(_merged(parts, found))
            misfits += [_misfit(clash, rows[-1]) for clash in found]
    return Joint(
        rows=tuple(rows),
        systems=listed(systems),
        misfits=tuple(misfits),
        nobody=_nobody(read.values()),
        services=sum(len(system.registry.services) for system in read.values()),
        messages=sum(len(system.registry.messages) for system in read.values()),
    )


def view(made: Joint, query: Mapping[str, str] | None = None) -> TopicsView:
    """Return the page for a query: what the registry of one system takes, and `system` besides."""
    return table(
        made.rows,
        query,
        title="All systems",
        description="Topics of one broker are one row, whoever describes them.",
        services=made.services,
        messages=made.messages,
        undelivered=(),
        nobody=made.nobody,
        systems=made.systems,
        misfits=made.misfits,
    )


def listed(systems: Sequence[System | Unread]) -> tuple[SystemEntry, ...]:
    """Return what there is in each system; one alone stands at the root."""
    alone = len(systems) == 1
    return tuple(_listed(system, "" if alone else system_path(system.key)) for system in systems)


def _listed(system: System | Unread, path: str) -> SystemEntry:
    if isinstance(system, Unread):
        return SystemEntry(key=system.key, system=Link(name=system.name), error=system.error)
    registry = system.registry
    return SystemEntry(
        key=system.key,
        system=Link(name=system.name, path=path),
        version=registry.version,
        topics=len(system.index.topics),
        services=len(registry.services),
        findings=len(registry.findings),
        brokers=tuple(broker.address for broker in listed_brokers(registry)),
        error=system.error,
    )


def _prefixed(row: TopicRow, system: System, repeated: frozenset[str]) -> TopicRow:
    """Return a row as it stands above its system: links lead into it, and it says to which system it belongs."""

    def into(link: Link) -> Link:
        return replace(link, path=system_path(system.key) + link.path) if link.path else link

    def service(link: Link) -> Link:
        return into(replace(link, name=f"{link.name} ({system.key})") if link.name in repeated else link)

    return replace(
        row,
        topic=into(row.topic),
        messages=tuple(map(into, row.messages)),
        senders=tuple(map(service, row.senders)),
        receivers=tuple(map(service, row.receivers)),
        answers=tuple(map(into, row.answers)),
        systems=(replace(into(row.topic), name=system.name),),
        values={**row.values, "system": (system.name,)},
    )


def _nobody(systems: Iterable[System]) -> str:
    """Return the word for a missing side; one system that tells only of itself leaves open who else there is."""
    words = {nobody(system.registry) for system in systems}
    return words.pop() if len(words) == 1 else "not said"


def _repeated(systems: Iterable[System]) -> frozenset[str]:
    """Return the names of services that several systems have; those are told apart by the system."""
    names = [name for system in systems for name in system.index.services]
    return frozenset(name for name in names if names.count(name) > 1)


def _merged(parts: list[TopicRow], found: tuple[Clash, ...]) -> TopicRow:
    first = parts[0]
    if len(parts) == 1:
        return first
    values = {name: _values(name, [value for part in parts for value in part.values[name]]) for name in first.values}
    return replace(
        first,
        messages=_each(parts, "messages"),
        topic_class=next((part.topic_class for part in parts if part.topic_class), ""),
        qos=_shown([part.qos for part in parts]),
        retain=_shown([part.retain for part in parts]),
        senders=_each(parts, "senders"),
        receivers=_each(parts, "receivers"),
        answers=_each(parts, "answers"),
        systems=tuple(part.systems[0] for part in parts),
        state=next((part.state for part in parts if part.state), ""),
        errors=sum(part.errors for part in parts),
        warnings=sum(part.warnings for part in parts),
        notes=sum(part.notes for part in parts),
        clashes=tuple(dict.fromkeys(_WORDS[clash.kind] for clash in found)),
        values=values,
    )


_WORDS = {
    "payload": "payloads do not fit",
    "undecided": "payloads undecided",
    "qos": "QoS differs",
    "retain": "retained differs",
}


def _values(name: str, values: list[str]) -> tuple[str, ...]:
    """Return the values of a facet, each once; what nobody says only where nobody says anything."""
    said = dict.fromkeys(values)
    silent = {"none", "unknown"} if name != "findings" else {"none"}
    return tuple(value for value in said if value not in silent) or tuple(said)


def _each(parts: list[TopicRow], name: str) -> tuple[Link, ...]:
    """Return links by name, each name once, the first system's page for it."""
    return tuple({link.name: link for part in reversed(parts) for link in reversed(getattr(part, name))}.values())[::-1]


def _shown(said: list[ShownFact]) -> ShownFact:
    """Return what systems say together: what calls say counts more than what is only expected."""
    for origin in ("said", "subscribed", "expected"):
        known = [one for one in said if one.origin == origin]
        if known:
            spelled = {
                value: text for one in known for value, text in zip(one.values, one.text.split(" / "), strict=True)
            }
            return replace(
                known[0],
                text=" / ".join(spelled[value] for value in sorted(spelled)),
                values=tuple(sorted(spelled)),
                against_policy=any(one.against_policy for one in known),
            )
    return said[0]


def _misfit(clash: Clash, row: TopicRow) -> Misfit:
    return Misfit(
        topic=row.topic.name,
        kind=clash.kind,
        message=clash.message,
        example=clash.example,
        pages=tuple(link for link in row.systems if link.name in clash.systems),
    )
