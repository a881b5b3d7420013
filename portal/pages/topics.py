"""The registry: every topic in one table, narrowed by facets and a filter box, sorted by any column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from asyncapi.findings import SEVERITIES, Severity
from asyncapi.view.registry import Topic
from portal import delivery
from portal.brokers import ListedBroker, listed_brokers
from portal.delivery import ShownFact
from portal.index import Index
from portal.overlay import Mark, Overlay
from portal.pages.shown import Link, address_link, message_link, nobody, service_link, topic_link
from portal.query import finds
from portal.search import nearest

FACETS = ("system", "domain", "service", "class", "qos", "retained", "state", "findings", "changed")
LABELS = {"qos": "QoS"}
COLUMNS = ("topic", "message", "class", "qos", "retained", "services", "answered", "findings")
SHOWN_VALUES = 10
MOST_VALUES = 60
MOST_PARTIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """One topic in the table; `values` are its values of each facet.

    In the registry over several systems `systems` lead to the topic in each, and `clashes` say where they do not fit.
    """

    topic: Link
    address: str
    summary: str
    messages: tuple[Link, ...]
    topic_class: str
    qos: ShownFact
    retain: ShownFact
    senders: tuple[Link, ...]
    receivers: tuple[Link, ...]
    answers: tuple[Link, ...]
    state: str
    errors: int
    warnings: int
    notes: int
    changed: Mark | None = None
    clashes: tuple[str, ...] = ()
    systems: tuple[Link, ...] = ()
    values: Mapping[str, tuple[str, ...]]

    @property
    def findings(self) -> int:
        """How many findings there are of any severity."""
        return self.errors + self.warnings + self.notes

    @property
    def text(self) -> str:
        """What the filter box looks into: the words that stand in the row, in lower case."""
        links = (self.topic, *self.systems, *self.messages, *self.senders, *self.receivers, *self.answers)
        return " ".join((*(link.name for link in links), self.topic_class, self.state)).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoice:
    """One value of a facet: how many topics it leaves, and the query that chooses it, or gives it up again."""

    value: str
    count: int
    chosen: bool
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A facet with its values, the most frequent first; `more` are those shown only when asked for."""

    name: str
    label: str
    choices: tuple[FacetChoice, ...]
    more: tuple[FacetChoice, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that can be sorted by: the query that sorts, and how it is sorted at present."""

    name: str
    label: str
    query: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEntry:
    """One of several systems: what there is in it, or why it could not be read."""

    key: str
    system: Link
    version: str = ""
    topics: int = 0
    services: int = 0
    findings: int = 0
    brokers: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Where two of several systems do not fit together on a topic; `pages` lead to the topic in both."""

    topic: str
    kind: str
    message: str
    example: str
    pages: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsView:
    """The registry page; `systems` and `misfits` are empty unless it is about several systems.

    It is `calm` while no topic has a state, a finding or a change to tell of, `bare` while none has a class and `mute`
    while none is answered; `nobody` is the word for a missing side. `near` are names to filter by
    where nothing was found.
    """

    title: str
    description: str
    rows: tuple[TopicRow, ...]
    total: int
    q: str
    chosen: tuple[tuple[str, str], ...]
    facets: tuple[Facet, ...]
    columns: tuple[Column, ...]
    services: int
    messages: int
    undelivered: tuple[tuple[Link, str], ...]
    nobody: str
    brokers: tuple[ListedBroker, ...] = ()
    systems: tuple[SystemEntry, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    overlay: Overlay | None = None
    calm: bool = False
    bare: bool = False
    mute: bool = False
    near: tuple[str, ...] = ()


Query = Mapping[str, str]


def rows(index: Index) -> tuple[TopicRow, ...]:
    """Return every topic as a row, in document order."""
    return tuple(_row(index, topic) for topic in index.registry.topics if index.topics[topic.key] is topic)


def view(index: Index, all_rows: tuple[TopicRow, ...], query: Query | None = None) -> TopicsView:
    """Return the page for a query: `q`, `sort` and one value for each of FACETS; unknown names are ignored."""
    registry = index.registry
    return table(
        all_rows,
        query,
        title=registry.title,
        description=registry.description,
        services=len(registry.services),
        messages=len(registry.messages),
        undelivered=tuple((service_link(index, service), address) for service, address, _ in registry.undelivered),
        nobody=nobody(registry),
        brokers=listed_brokers(registry),
        overlay=index.overlay if index.overlay.since else None,
    )


def table(all_rows: tuple[TopicRow, ...], query: Query | None, **about: Any) -> TopicsView:
    """Return the table of rows for a query, with what else the page shows."""
    asked = {name: value for name, value in (query or {}).items() if value and name in (*FACETS, "q", "sort")}
    searched = [row for row in all_rows if finds(asked.get("q", ""), row.address, row.text)]
    left = [row for row in searched if _fits(row, asked)]
    return TopicsView(
        rows=tuple(_sorted(left, asked.get("sort", ""))),
        total=len(all_rows),
        q=asked.get("q", ""),
        chosen=tuple((name, asked[name]) for name in FACETS if name in asked),
        facets=tuple(facet for name in FACETS if (facet := _facet(name, searched, asked))),
        columns=tuple(_column(name, asked, together=bool(about.get("systems"))) for name in COLUMNS),
        bare=not any(row.topic_class for row in all_rows),
        mute=not any(row.answers for row in all_rows),
        near=nearest(_named(all_rows), asked.get("q", "")) if not left else (),
        calm=not any(row.findings or row.state or row.changed or row.systems for row in all_rows),
        **about,
    )


def _named(all_rows: Iterable[TopicRow]) -> Iterator[tuple[str, str]]:
    """Yield the topics, messages and services that stand in rows, with their kind."""
    for row in all_rows:
        yield "topic", row.address
        yield from (("message", link.name) for link in row.messages)
        yield from (("service", link.name) for link in (*row.senders[:MOST_PARTIES], *row.receivers[:MOST_PARTIES]))


def _row(index: Index, topic: Topic) -> TopicRow:
    operations = index.operations_of(topic)
    qos, retain = delivery.qos(topic, operations), delivery.retain(topic, operations)
    link = topic_link(index, topic)
    senders, receivers = (
        tuple(service_link(index, name) for name in dict.fromkeys(o.service for o in operations if o.action == action))
        for action in ("send", "receive")
    )
    messages = tuple(message_link(index, message) for message in index.messages_of(topic))
    answers = tuple(dict.fromkeys(address_link(index, reply.topic) for reply in topic.replies))
    severities = Counter(finding.severity for finding in index.findings_of(topic.address, topic.key))
    state = "" if topic.state == "active" else topic.state
    return TopicRow(
        topic=link,
        address=link.name,
        summary=topic.summary,
        messages=messages,
        topic_class=topic.topic_class,
        qos=qos,
        retain=retain,
        senders=senders,
        receivers=receivers,
        answers=answers,
        state=state,
        errors=severities["error"],
        warnings=severities["warning"],
        notes=severities["note"],
        changed=index.overlay.topics.get(topic.address or topic.key),
        values=_values(index, topic, operations, qos, retain, severities),
    )


def _values(
    index: Index,
    topic: Topic,
    operations: Iterable[Any],
    qos: ShownFact,
    retain: ShownFact,
    severities: Counter[Severity],
) -> dict[str, tuple[str, ...]]:
    changed = index.overlay.topics.get(topic.address or topic.key)
    found = [f"{severity}s" for severity in SEVERITIES if severities[severity]]
    words = {0: "no", 1: "yes"}
    return {
        "system": (),
        "domain": (index.domain(topic),),
        "service": tuple(dict.fromkeys(operation.service for operation in operations)) or ("none",),
        "class": (topic.topic_class or "none",),
        "qos": tuple(map(str, qos.values)) or ("unknown",),
        "retained": tuple(words[value] for value in retain.values) or ("unknown",),
        "state": (topic.state or "active",),
        "findings": tuple(found) or ("none",),
        "changed": (changed.word,) if changed else ("no",) if index.overlay.since else (),
    }


def _fits(row: TopicRow, asked: Query, without: str = "") -> bool:
    return all(asked[name] in row.values[name] for name in FACETS if name in asked and name != without)


def _facet(name: str, searched: list[TopicRow], asked: Query) -> Facet | None:
    """Return a facet counted over what the other facets leave; None when it tells nothing apart."""
    counts = Counter(value for row in searched if _fits(row, asked, name) for value in row.values[name])
    if name in asked:
        counts.setdefault(asked[name], 0)
    single = name == "domain" and max(counts.values(), default=0) < 2
    if name not in asked and (len(counts) < 2 or single):
        return None
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    choices = [_choice(name, value, count, asked) for value, count in ranked]
    choices.sort(key=lambda choice: not choice.chosen)
    return Facet(
        name=name,
        label=LABELS.get(name, name.capitalize()),
        choices=tuple(choices[:SHOWN_VALUES]),
        more=tuple(choices[SHOWN_VALUES:MOST_VALUES]),
        left_out=max(0, len(choices) - MOST_VALUES),
    )


def _choice(name: str, value: str, count: int, asked: Query) -> FacetChoice:
    chosen = asked.get(name) == value
    return FacetChoice(value=value, count=count, chosen=chosen, query=_link(asked, name, "" if chosen else value))


def _link(asked: Query, name: str, value: str) -> str:
    """Return the query with one value changed, spelled the same whatever order was asked for."""
    changed = {**asked, name: value}
    return urlencode([(key, changed[key]) for key in ("q", *FACETS, "sort") if changed.get(key)])


_KEYS: Mapping[str, Callable[[TopicRow], Any]] = {
    "topic": lambda row: row.address,
    "message": lambda row: [link.name for link in row.messages],
    "class": lambda row: row.topic_class,
    "qos": lambda row: row.qos.values or (9,),
    "retained": lambda row: row.retain.values or (9,),
    "services": lambda row: ([link.name for link in row.senders], [link.name for link in row.receivers]),
    "answered": lambda row: [link.name for link in row.answers] or ["\U0010ffff"],
    "findings": lambda row: (-row.errors, -row.warnings, -row.notes),
}


def _sorted(found: list[TopicRow], sort: str) -> list[TopicRow]:
    key = _KEYS.get(sort.removeprefix("-"))
    return found if key is None else sorted(found, key=key, reverse=sort.startswith("-"))


_HEADS = {
    "qos": "QoS",
    "services": "Publishers → subscribers",
    "answered": "Answered by",
    "findings": "State",
}


def _column(name: str, asked: Query, *, together: bool) -> Column:
    sort = asked.get("sort", "")
    following = {name: f"-{name}", f"-{name}": ""}.get(sort, name)
    direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
    return Column(
        name=name,
        label="Systems" if together and name == "findings" else _HEADS.get(name, name.capitalize()),
        query=_link(asked, "sort", following),
        direction=direction,
    )
