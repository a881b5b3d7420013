"""What follows what: request and reply pairs, chains through several services, and flows the team drew, checked.

Derived from replies, causes and correlation of a registry alone; the same registry always gives the same flows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from asyncapi.schemas.properties import properties
from asyncapi.view.registry import Consequence, Flow, FlowStep, Operation, Registry, Reply, Topic

MAX_STEPS = 60  # arrows of a diagram that somebody can still follow


def flows(registry: Registry) -> tuple[Flow, ...]:
    """Return the declared flows, checked against the operations, then the chains and pairs that they do not cover."""
    declared = tuple(checked(flow, registry) for flow in registry.flows)
    covered = {(step.sender, step.topic, step.receiver) for flow in declared for step in flow.steps}
    derived: list[Flow] = []
    for flow in (*_chains(registry), *_pairs(registry)):
        edges = {(step.sender, step.topic, step.receiver) for step in flow.steps}
        if not edges <= covered:
            covered |= edges
            derived.append(flow)
    return (*declared, *derived)


def checked(flow: Flow, registry: Registry) -> Flow:
    """Return a declared flow whose steps say what the code does not do, and which field ties each to the one before."""
    steps: list[FlowStep] = []
    for frame in frames(flow.steps):
        entering = steps[-1] if steps else None
        for branch in frame:
            before = entering
            for step in branch:
                before = _checked(step, before, flow.carries, registry)
                steps.append(before)
    return replace(flow, steps=tuple(steps))


def _checked(step: FlowStep, before: FlowStep | None, carries: str, registry: Registry) -> FlowStep:
    topic = registry.topic(step.topic)
    tie = _tie(before, step, registry) if before else _first_field(topic)
    return replace(step, correlation=tie, broken=_missing(step, topic, registry) or _lost(carries, topic, registry))


def frames(steps: Sequence[FlowStep]) -> list[list[list[FlowStep]]]:
    """Return steps as frames of branches: steps that are always taken are one frame of one branch without `when`."""
    found: list[list[list[FlowStep]]] = []
    before = ""
    for step in steps:
        if found and step.when == before:
            found[-1][-1].append(step)
        elif found and step.alternative and step.when and before:
            found[-1].append([step])
        else:
            found.append([[step]])
        before = step.when
    return found


def _missing(step: FlowStep, topic: Topic | None, registry: Registry) -> str:
    if topic is None:
        return f"{step.topic} is not a topic of the system"
    sends = {o.service for o in _operations(registry, topic, "send")}
    receives = {o.service for o in _operations(registry, topic, "receive")}
    if not sends | receives:
        return ""
    if step.sender not in sends:
        return f"{step.sender} does not publish {step.topic}"
    return "" if step.receiver in receives else f"{step.receiver} does not subscribe to {step.topic}"


def _operations(registry: Registry, topic: Topic, action: str) -> list[Operation]:
    found = (registry.operation(key) for key in topic.operations)
    return [operation for operation in found if operation and operation.action == action]


# chains


def _chains(registry: Registry) -> Iterator[Flow]:
    """Yield a flow for every send that leads to another: first those that nothing causes, then circles."""
    caused = {cause.operation for operation in registry.operations for cause in operation.causes}
    sends = [operation for operation in registry.operations if operation.action == "send"]
    started: set[str] = set()
    reached: set[tuple[str, str]] = set()
    for operation in sorted(sends, key=lambda operation: operation.key in caused):
        topic = _topic_of(registry, operation)
        if topic is None or topic.key in started or (operation.service, _name(topic)) in reached:
            continue
        started.add(topic.key)
        steps = tuple(_walk(registry, operation))
        reached |= {(step.sender, step.topic) for step in steps}
        if any(step.topic != steps[0].topic for step in steps):
            yield Flow(name=_name(topic), title=f"From {_name(topic)}", summary=topic.summary, steps=steps)


def _topic_of(registry: Registry, operation: Operation) -> Topic | None:
    return registry.topic(operation.topic) if operation.topic is not None else registry.topic(operation.channel)


def _name(topic: Topic) -> str:
    return topic.address if topic.address is not None else topic.key


def _walk(registry: Registry, start: Operation) -> Iterator[FlowStep]:
    """Yield the arrows that follow from a send, depth first, each send and each arrow once."""
    seen: set[str] = set()
    waiting: list[tuple[Operation, Operation | None, Consequence | None]] = [(start, None, None)]
    count = 0
    while waiting and count < MAX_STEPS:
        sending, received, cause = waiting.pop()
        topic = _topic_of(registry, sending)
        if sending.key in seen or topic is None:
            continue
        seen.add(sending.key)
        tie = _carried(registry, received, topic, cause)
        following: list[tuple[Operation, Operation | None, Consequence | None]] = []
        for receiving in _heard(registry, topic):
            count += 1
            yield FlowStep(sender=sending.service, topic=_name(topic), receiver=receiving.service, correlation=tie)
            for next_cause in receiving.causes:
                if (caused := registry.operation(next_cause.operation)) is not None:
                    following.append((caused, receiving, next_cause))
        waiting += reversed(following)


def _heard(registry: Registry, topic: Topic) -> list[Operation]:
    """Return the receivers of a message that then send something; all receivers where none does."""
    receivers = _operations(registry, topic, "receive")
    return [operation for operation in receivers if operation.causes] or receivers


# what ties a step to the one before


def _carried(registry: Registry, received: Operation | None, topic: Topic, cause: Consequence | None) -> str:
    """Return the field that ties a send to what caused it: one the code copies, else one both sides correlate by."""
    before = _topic_of(registry, received) if received else None
    if before is None:
        return _first_field(topic)
    order = {name: rank for rank, name in enumerate((*registry.policy.correlation, *topic.correlation))}
    copied = [pair for pair in (cause.copies if cause else ()) if pair[1] in order]
    if copied:
        source, target = min(copied, key=lambda pair: order[pair[1]])
        return _spelled(source, target)
    return _shared(before, topic, registry)


def _tie(before: FlowStep, step: FlowStep, registry: Registry) -> str:
    left, right = registry.topic(before.topic), registry.topic(step.topic)
    return _shared(left, right, registry) if left and right else ""


def _shared(before: Topic, after: Topic, registry: Registry) -> str:
    """Return the field by which two topics correlate, as a reply says it or as both declare it."""
    for reply in before.replies:
        if reply.topic == after.address and reply.field:
            return _spelled(reply.field, reply.answer_field or reply.field)
    order = (*registry.policy.correlation, *before.correlation)
    return next((name for name in order if name in before.correlation and name in after.correlation), "")


def _spelled(source: str, target: str) -> str:
    return source if source == target else f"{source} → {target}"


def _lost(field: str, topic: Topic | None, registry: Registry) -> str:
    """Return that a topic lacks the field that all of its flow must carry; empty where its payload is unknown."""
    for key in topic.messages if topic and field else ():
        message = registry.message(key)
        known = properties(message.model or message.payload, registry.schemas) if message else None
        if known is not None and field not in known:
            return f"{field} is not carried by {_name(topic)}" if topic else ""
    return ""


def _first_field(topic: Topic | None) -> str:
    return topic.correlation[0] if topic and topic.correlation else ""


# pairs


def _pairs(registry: Registry) -> Iterator[Flow]:
    """Yield a flow for every request and its answers: who asks, who answers, which field ties them."""
    for topic in registry.topics:
        answers = [_Answer(reply, answer, registry) for reply, answer in _answered(topic, registry)]
        steps = tuple(islice(_exchanges(topic, answers, registry), MAX_STEPS)) if answers else ()
        if steps:
            yield Flow(name=_name(topic), title=f"{_name(topic)} and its answer", summary=topic.summary, steps=steps)


def _answered(topic: Topic, registry: Registry) -> Iterator[tuple[Reply, Topic]]:
    for reply in topic.replies:
        answer = registry.topic(reply.topic) if reply.topic else None
        if answer is not None:
            yield reply, answer


class _Answer:
    """An answer to a topic: the reply, where it goes, and the services at both of its ends."""

    def __init__(self, reply: Reply, topic: Topic, registry: Registry) -> None:
        self.reply, self.topic = reply, topic
        self.senders = {operation.service for operation in _operations(registry, topic, "send")}
        self.receivers = {operation.service for operation in _operations(registry, topic, "receive")}

    def back(self, responder: str, asker: str) -> Iterator[FlowStep]:
        """Yield the arrow from who answers to who asked, where both are there."""
        if responder in self.senders and asker in self.receivers:
            tie = _spelled(self.reply.field, self.reply.answer_field or self.reply.field)
            yield FlowStep(sender=responder, topic=_name(self.topic), receiver=asker, correlation=tie)


def _exchanges(topic: Topic, answers: list[_Answer], registry: Registry) -> Iterator[FlowStep]:
    hear = {service for answer in answers for service in answer.receivers}
    tell = {service for answer in answers for service in answer.senders}
    responders = [operation for operation in _operations(registry, topic, "receive") if operation.service in tell]
    for asker in _operations(registry, topic, "send"):
        for responder in responders if asker.service in hear else ():
            back = [step for answer in answers for step in answer.back(responder.service, asker.service)]
            if back:
                yield FlowStep(
                    sender=asker.service,
                    topic=_name(topic),
                    receiver=responder.service,
                    correlation=answers[0].reply.field,
                )
                yield from back
