"""A registry made quick to look things up in: by key, by service, by topic, with the path of every page.

Built once for each version of a document; the pages read nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from asyncapi.findings import Finding
from asyncapi.topics import erase
from asyncapi.view.registry import Flow, Message, Operation, Registry, Service, Topic
from portal.addresses import channel_path, paths, topic_path
from portal.overlay import NOTHING, Overlay

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Look-ups over one registry. Topics, messages, operations and services by key; paths by the same keys.

    `marks` compares with another version when a page first needs it; nothing is compared where there is none.
    """

    registry: Registry
    topics: Mapping[str, Topic]
    messages: Mapping[str, Message]
    operations: Mapping[str, Operation]
    services: Mapping[str, Service]
    identities: Mapping[str, Topic]
    topic_paths: Mapping[str, str]
    message_paths: Mapping[str, str]
    service_paths: Mapping[str, str]
    flow_paths: Mapping[str, str]
    findings: Mapping[str, tuple[Finding, ...]]
    answers_to: Mapping[str, tuple[Topic, ...]]
    flows_of: Mapping[str, tuple[Flow, ...]]
    namesakes: frozenset[str]
    shared_levels: int
    marks: Callable[[], Overlay] = lambda: NOTHING

    @property
    def overlay(self) -> Overlay:
        """Return what changed since another version; it is empty where nothing is compared."""
        return self.marks()

    def find(self, address: str | None) -> Topic | None:
        """Return the topic with this address, whatever its parameters are called."""
        if address is None:
            return None
        return self.identities.get(erase(address)) or self.topics.get(address)

    def operations_of(self, topic: Topic) -> tuple[Operation, ...]:
        """Return the operations on a topic in document order."""
        return tuple(self.operations[key] for key in topic.operations if key in self.operations)

    def messages_of(self, topic: Topic) -> tuple[Message, ...]:
        """Return the messages of a topic in document order."""
        return tuple(self.messages[key] for key in topic.messages if key in self.messages)

    def told_apart(self, message: Message) -> str:
        """Return the topics of a message where others have the same name, else nothing."""
        return f"on {', '.join(message.topics)}" if message.name in self.namesakes and message.topics else ""

    def domain(self, topic: Topic, levels: int = 1) -> str:
        """Return the levels by which topics are grouped, from the first one in which the addresses differ."""
        split = (topic.address or "").split("/")
        first = min(self.shared_levels, len(split) - 1)
        return "/".join(split[first : first + levels]) or "none"

    def findings_of(self, *subjects: str | None) -> tuple[Finding, ...]:
        """Return the findings about any of these topics, messages or services, each once."""
        found = (finding for subject in subjects if subject for finding in self.findings.get(subject, ()))
        return tuple(dict.fromkeys(found))


def build(registry: Registry) -> Index:
    """Return the look-ups of a registry; where keys repeat, the first one counts."""
    identities: dict[str, Topic] = {}
    for topic in registry.topics:
        if topic.address is not None:
            identities.setdefault(erase(topic.address), topic)
    return Index(
        registry=registry,
        topics=_first((topic.key, topic) for topic in registry.topics),
        messages=_first((message.key, message) for message in registry.messages),
        operations=_first((operation.key, operation) for operation in registry.operations),
        services=_first((service.name, service) for service in registry.services),
        identities=identities,
        topic_paths=_first((topic.key, _topic_path(topic)) for topic in registry.topics),
        message_paths=paths("messages", (message.key for message in registry.messages)),
        service_paths=paths("services", (service.name for service in registry.services)),
        flow_paths=paths("flows", (flow.name for flow in registry.flows)),
        findings=_by_subject(registry),
        answers_to=_questions(registry, identities),
        flows_of=_flows_of(registry, identities),
        namesakes=_namesakes(registry),
        shared_levels=_shared_levels([topic.address for topic in registry.topics if topic.address]),
    )


def _first(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def _topic_path(topic: Topic) -> str:
    return channel_path(topic.key) if topic.address is None else topic_path(topic.address)


def _by_subject(registry: Registry) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in registry.findings:
        for subject in dict.fromkeys((finding.subject, *finding.topics, *finding.services)):
            if subject:
                found[subject].append(finding)
    return {subject: tuple(findings) for subject, findings in found.items()}


def _questions(registry: Registry, identities: Mapping[str, Topic]) -> dict[str, tuple[Topic, ...]]:
    """Return, for the key of each topic that carries answers, the topics whose messages it answers."""
    found: dict[str, list[Topic]] = defaultdict(list)
    for topic in registry.topics:
        for reply in topic.replies:
            answer = identities.get(erase(reply.topic)) if reply.topic else None
            if answer is not None and topic not in found[answer.key]:
                found[answer.key].append(topic)
    return {key: tuple(topics) for key, topics in found.items()}


def _flows_of(registry: Registry, identities: Mapping[str, Topic]) -> dict[str, tuple[Flow, ...]]:
    """Return, for the key of each topic, the flows that lead over it."""
    found: dict[str, list[Flow]] = defaultdict(list)
    for flow in registry.flows:
        topics = (identities.get(erase(step.topic)) for step in flow.steps)
        for key in dict.fromkeys(topic.key for topic in topics if topic is not None):
            found[key].append(flow)
    return {key: tuple(flows) for key, flows in found.items()}


def _namesakes(registry: Registry) -> frozenset[str]:
    """Return the names that several messages have."""
    counts = Counter(message.name for message in registry.messages)
    return frozenset(name for name, count in counts.items() if count > 1)


def _shared_levels(addresses: list[str]) -> int:
    """Return how many leading levels all addresses have in common; 0 when there is nothing to tell apart."""
    split = [address.split("/") for address in addresses]
    if len(split) < 2:
        return 0
    shared = 0
    for levels in zip(*split, strict=False):
        if len(set(levels)) > 1:
            return shared
        shared += 1
    return max(0, shared - 1)
