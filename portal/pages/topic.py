"""One topic: how it is delivered, who sends and receives it, what answers it, why we believe so, and its messages."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.delivery import Delivery
from asyncapi.view.registry import Call, Extras, Operation, Parameter, Topic
from portal import delivery
from portal.delivery import ShownFact
from portal.index import Index
from portal.overlay import Mark
from portal.pages import message as message_page
from portal.pages.changes import history_path
from portal.pages.shown import Link, ShownFinding, SourceLink, address_link, place, problems, service_link, topic_link


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCall:
    """One call in a service's source: where, in which function, and how its delivery was found out."""

    place: SourceLink | None
    handler: str = ""
    wire: str = ""
    model: str = ""
    qos_from: str = ""
    retain_from: str = ""
    literal: bool = False
    environment: str = ""
    steps: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownParty:
    """A service on one side of a topic, what it says about delivery, and the calls by which it takes part."""

    service: Link
    qos: int | None
    retain: bool | None
    calls: tuple[ShownCall, ...] = ()
    filter: str = ""
    wire: str = ""
    declared: bool = False
    expiry: int | None = None
    dump: tuple[tuple[str, bool], ...] = ()
    messages: tuple[str, ...] = ()
    description: str = ""
    against_policy: bool = False
    next: tuple[tuple[Link, tuple[tuple[str, str], ...]], ...] = ()
    reply: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReply:
    """Where answers go, and the fields that tie an answer to its question."""

    topic: Link
    field: str = ""
    answer_field: str = ""
    services: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason to believe a fact; `used` marks the one that won."""

    fact: str
    value: str
    by: str
    place: SourceLink | None
    confidence: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """The page of a topic; of a `whole` system the document tells both sides, of one application only its own."""

    topic: Link
    key: str
    has_address: bool
    whole: bool
    title: str
    summary: str
    description: str
    topic_class: str
    class_description: str
    qos: ShownFact
    retain: ShownFact
    expected: Delivery
    wires: tuple[str, ...]
    state: str
    replaced_by: Link | None
    remove_after: str
    owner: str
    contact: str
    event_type: str
    parameters: tuple[Parameter, ...]
    senders: tuple[ShownParty, ...]
    receivers: tuple[ShownParty, ...]
    answers: tuple[ShownReply, ...]
    answers_to: tuple[Link, ...]
    correlation: tuple[str, ...]
    flows: tuple[Link, ...]
    evidence: tuple[Reason, ...]
    problems: tuple[ShownFinding, ...]
    place: SourceLink | None
    tags: tuple[str, ...]
    extras: Extras
    messages: tuple[message_page.MessageView, ...]
    changed: Mark | None
    since: str
    diff: str
    history: str


def view(index: Index, topic: Topic) -> TopicView:
    """Return everything the document tells about a topic."""
    operations = index.operations_of(topic)
    registry = index.registry
    messages = index.messages_of(topic)
    classes = {item.name: item.description for item in registry.policy.classes}
    return TopicView(
        topic=topic_link(index, topic),
        key=topic.key,
        has_address=topic.address is not None,
        whole=registry.knows_edges,
        title=topic.title,
        summary=topic.summary,
        description=topic.description,
        topic_class=topic.topic_class,
        class_description=classes.get(topic.topic_class, ""),
        qos=delivery.qos(topic, operations),
        retain=delivery.retain(topic, operations),
        expected=topic.expected,
        wires=tuple(dict.fromkeys(message.wire for message in messages if message.wire)),
        state=topic.state,
        replaced_by=address_link(index, topic.replaced_by) if topic.replaced_by else None,
        remove_after=topic.remove_after,
        owner=topic.owner,
        contact=topic.contact,
        event_type=topic.event_type,
        parameters=topic.parameters,
        senders=tuple(_party(index, topic, o) for o in operations if o.action == "send"),
        receivers=tuple(_party(index, topic, o) for o in operations if o.action == "receive"),
        answers=tuple(_answers(index, topic)),
        answers_to=tuple(topic_link(index, asked) for asked in index.answers_to.get(topic.key, ())),
        correlation=topic.correlation,
        flows=tuple(
            Link(name=flow.title or flow.name, path=index.flow_paths[flow.name])
            for flow in index.flows_of.get(topic.key, ())
        ),
        evidence=tuple(
            Reason(
                fact=e.fact,
                value=e.value,
                by=e.by,
                place=place(registry, e.source),
                confidence=e.confidence,
                used=e.used,
            )
            for e in topic.evidence
        ),
        problems=problems(index, index.findings_of(topic.address, topic.key)),
        place=place(registry, topic.source),
        tags=topic.tags,
        extras=topic.extras,
        messages=tuple(message_page.view(index, message, on=topic) for message in messages),
        changed=index.overlay.topics.get(topic.address or topic.key),
        since=index.overlay.since,
        diff=index.overlay.page,
        history=history_path(index.topic_paths[topic.key]) if index.overlay.since and topic.address is not None else "",
    )


def _party(index: Index, topic: Topic, operation: Operation) -> ShownParty:
    said, expected = operation.delivery, topic.expected
    sends = operation.action == "send"
    wrong_qos = None not in (said.qos, expected.qos) and said.qos != expected.qos and sends
    wrong_retain = None not in (said.retain, expected.retain) and said.retain != expected.retain and sends
    return ShownParty(
        service=service_link(index, operation.service),
        qos=said.qos,
        retain=said.retain,
        calls=tuple(_call(index, site) for site in operation.sites),
        filter=operation.filter,
        wire=operation.wire,
        declared=operation.declared,
        expiry=operation.expiry,
        dump=operation.dump,
        messages=tuple(index.messages[key].name for key in operation.messages if key in index.messages),
        description="" if operation.description in (topic.summary, topic.description) else operation.description,
        against_policy=wrong_qos or wrong_retain,
        next=tuple(_following(index, operation)),
        reply=address_link(index, operation.reply.topic) if operation.reply else None,
    )


def _call(index: Index, site: Call) -> ShownCall:
    return ShownCall(
        place=place(index.registry, site.source),
        handler=site.handler,
        wire=site.wire,
        model=site.model,
        qos_from=site.qos_from,
        retain_from=site.retain_from,
        literal=site.literal,
        environment=site.environment,
        steps=site.steps,
        confidence=site.confidence,
    )


def _following(index: Index, operation: Operation) -> list[tuple[Link, tuple[tuple[str, str], ...]]]:
    """Return the topics that the service sends to after it received this one, with the fields it carries over."""
    found = []
    for cause in operation.causes:
        following = index.operations.get(cause.operation)
        if following is not None:
            found.append((address_link(index, following.topic), cause.copies))
    return found


def _answers(index: Index, topic: Topic) -> list[ShownReply]:
    found = []
    for reply in topic.replies:
        answer = index.find(reply.topic)
        operations = index.operations_of(answer) if answer else ()
        names = dict.fromkeys(operation.service for operation in operations if operation.action == "send")
        found.append(
            ShownReply(
                topic=address_link(index, reply.topic),
                field=reply.field,
                answer_field=reply.answer_field,
                services=tuple(service_link(index, name) for name in names),
            )
        )
    return list(dict.fromkeys(found))
