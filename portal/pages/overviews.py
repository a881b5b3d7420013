"""Pages over the whole system: all messages, the matrix of delivery against policy, all findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from asyncapi.findings import SEVERITIES
from asyncapi.view.registry import Operation, PolicyClass, Topic
from portal import delivery, markdown
from portal.delivery import ShownFact
from portal.index import Index
from portal.pages.shown import Link, ShownFinding, message_link, nobody, problems, service_link, topic_link


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMessage:
    """A message in the list of all."""

    message: Link
    summary: str
    topics: tuple[Link, ...]
    wire: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    """The page of all messages."""

    messages: tuple[ListedMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCell:
    """What one service says of one topic; `verdict` is met, differs, unchecked or unknown."""

    service: Link
    sends: bool
    qos: int | None
    retain: bool | None
    qos_verdict: str
    retain_verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """A topic in the matrix: what is expected and why, and what each service says."""

    topic: Link
    topic_class: str
    expected_qos: int | None
    expected_retain: bool | None
    expected_by: str
    qos: ShownFact
    retain: ShownFact
    senders: tuple[PolicyCell, ...]
    receivers: tuple[PolicyCell, ...]

    @property
    def differs(self) -> bool:
        """Whether a sender does not meet what is expected."""
        return any("differs" in (cell.qos_verdict, cell.retain_verdict) for cell in self.senders)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesView:
    """The matrix of expected and actual delivery; nothing is `asked` while no topic has an expectation."""

    classes: tuple[tuple[PolicyClass, int], ...]
    rows: tuple[PolicyRow, ...]
    asked: bool
    met: int
    differing: int
    unknown: int
    topic_name: str
    nobody: str
    exceptions: tuple[tuple[str, str], ...]
    required_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """The findings of one rule; `text` is what the rule says of itself, empty for a rule of somebody else's.

    `remedy` is how all of them are mended, where it is the same for several.
    """

    rule: str
    severity: str
    text: str
    remedy: str
    problems: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsView:
    """All findings, the worst first, those of one rule together."""

    groups: tuple[FindingGroup, ...]
    counts: tuple[tuple[str, int], ...]
    coverage: tuple[tuple[str, int], ...]


def messages(index: Index) -> MessagesView:
    """Return all messages with the topics they travel on."""
    listed = []
    for message in index.messages.values():
        topics = (index.find(address) for address in message.topics)
        listed.append(
            ListedMessage(
                message=message_link(index, message),
                summary=markdown.first_paragraph(message.summary or message.description),
                topics=tuple(topic_link(index, topic) for topic in topics if topic),
                wire=message.wire,
                state="" if message.state == "active" else message.state,
            )
        )
    return MessagesView(messages=tuple(sorted(listed, key=lambda item: item.message.name.lower())))


def policies(index: Index) -> PoliciesView:
    """Return topic × what is expected and what services say, those that differ first."""
    policy = index.registry.policy
    found = (_policy_row(index, topic) for topic in index.topics.values())
    rows = tuple(sorted(found, key=lambda row: not row.differs))
    known = [row for row in rows if row.expected_qos is not None or row.expected_retain is not None]
    classes = Counter(row.topic_class for row in rows)
    return PoliciesView(
        classes=tuple((item, classes[item.name]) for item in policy.classes),
        rows=rows,
        asked=bool(known or policy.classes),
        met=sum(not row.differs and row.qos.origin == "said" for row in known),
        differing=sum(row.differs for row in known),
        unknown=sum(row.qos.origin != "said" for row in rows),
        topic_name=policy.topic_name,
        nobody=nobody(index.registry),
        exceptions=policy.exceptions,
        required_fields=policy.required_fields,
    )


def _policy_row(index: Index, topic: Topic) -> PolicyRow:
    operations = index.operations_of(topic)
    expected = topic.expected
    return PolicyRow(
        topic=topic_link(index, topic),
        topic_class=topic.topic_class,
        expected_qos=expected.qos,
        expected_retain=expected.retain,
        expected_by=expected.source,
        qos=delivery.qos(topic, operations),
        retain=delivery.retain(topic, operations),
        senders=tuple(_cell(index, topic, operation) for operation in operations if operation.action == "send"),
        receivers=tuple(_cell(index, topic, operation) for operation in operations if operation.action == "receive"),
    )


def _cell(index: Index, topic: Topic, operation: Operation) -> PolicyCell:
    said, expected = operation.delivery, topic.expected
    sends = operation.action == "send"
    lower = not sends and None not in (said.qos, expected.qos) and (said.qos or 0) < (expected.qos or 0)
    qos = _verdict(said.qos, expected.qos) if sends else ("lower" if lower else "unchecked")
    return PolicyCell(
        service=service_link(index, operation.service),
        sends=sends,
        qos=said.qos,
        retain=said.retain,
        qos_verdict=qos,
        retain_verdict=_verdict(said.retain, expected.retain) if sends else "unchecked",
    )


def _verdict(said: int | None, expected: int | None) -> str:
    if said is None:
        return "unknown"
    if expected is None:
        return "unchecked"
    return "met" if said == expected else "differs"


def findings(index: Index) -> FindingsView:
    """Return all findings grouped by rule, the worst rule first."""
    from asyncapi.checks.catalogue import every

    shown = problems(index, index.registry.findings)
    groups: dict[tuple[str, str], list[ShownFinding]] = {}
    for problem in shown:
        groups.setdefault((problem.severity, problem.rule), []).append(problem)
    texts = {rule: text for rule, (_, text) in every().items()}
    counts = Counter(problem.severity for problem in shown)
    return FindingsView(
        groups=tuple(
            FindingGroup(
                rule=rule,
                severity=severity,
                text=texts.get(rule, ""),
                remedy=_shared_remedy(found),
                problems=tuple(found),
            )
            for (severity, rule), found in groups.items()
        ),
        counts=tuple((severity, counts[severity]) for severity in SEVERITIES),
        coverage=index.registry.coverage,
    )


def _shared_remedy(found: list[ShownFinding]) -> str:
    """Return how all problems are mended, if it is the same for several."""
    remedies = {problem.remedy for problem in found}
    return remedies.pop() if len(found) > 1 and len(remedies) == 1 else ""
