"""Every key of a document, decided before anything is written: channels, schemas, messages, replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from asyncapi.contracts.definitions import envelope_of, reachable
from asyncapi.contracts.facts import Model
from asyncapi.delivery import DeclaredReply
from asyncapi.names import channel_keys, schema_keys, short_name
from asyncapi.resolve.resolved import ResolvedSystem, ResolvedTopic
from asyncapi.topics import erase

ENVELOPE = ".envelope"
ACCEPTS = ".accepts"


@dataclass(frozen=True, slots=True)
class MessageUse:
    """A model as it travels on a topic; uses that agree in everything but the key are one message component.

    Without a model, `plain` says what travels: text, a number or bytes.
    """

    key: str
    model: str
    wire: str
    event_type: str
    correlation: str
    plain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Keys by identity: addresses → channel keys, definition ids → schema keys, addresses → messages and replies."""

    channels: Mapping[str, str]
    schemas: Mapping[str, str]
    messages: Mapping[str, tuple[MessageUse, ...]]
    replies: Mapping[str, tuple[DeclaredReply, ...]]
    envelope: Model | None


def plan(system: ResolvedSystem) -> Plan:
    """Decide all keys of a system's document."""
    contracts = system.contracts
    envelope = envelope_of(contracts, system.settings)
    channels = channel_keys(topic.address for topic in system.topics)
    by_identity = {erase(topic.address): topic for topic in system.topics}
    replies = {topic.address: tuple(_replies(topic, by_identity)) for topic in system.topics}
    roots = [model for topic in system.topics for model in topic.models] + ([envelope.id] if envelope else [])
    needed = reachable(roots, contracts)
    schemas = schema_keys((d for d in contracts.definitions if d in needed), contracts.package)
    return Plan(
        channels=channels,
        schemas=schemas,
        messages=_messages(system, channels, schemas, replies, envelope),
        replies=replies,
        envelope=envelope,
    )


def _replies(topic: ResolvedTopic, topics: Mapping[str, ResolvedTopic]) -> Iterator[DeclaredReply]:
    """Yield the replies of a topic; a field that nobody said is the first by which both sides correlate."""
    for reply in topic.replies:
        answer = topics.get(erase(reply.topic))
        if answer is None:
            continue
        shared = next((name for name in topic.correlation if name in answer.correlation), "")
        field = reply.field or shared
        yield replace(reply, topic=answer.address, field=field, answer_field=reply.answer_field or field)


def _messages(
    system: ResolvedSystem,
    channels: Mapping[str, str],
    schemas: Mapping[str, str],
    replies: Mapping[str, tuple[DeclaredReply, ...]],
    envelope: Model | None,
) -> dict[str, tuple[MessageUse, ...]]:
    answers: dict[str, list[str]] = {}
    for reply in (reply for group in replies.values() for reply in group):
        answers.setdefault(reply.topic, []).append(reply.answer_field)
    uses = {
        topic.address: tuple(_use(topic, model, system, replies, answers, envelope) for model in topic.models)
        for topic in system.topics
    }
    several = Counter(use.model for use in {use for group in uses.values() for use in group})
    found = {
        address: tuple(replace(use, key=_message_key(use.model, schemas, several, channels[address])) for use in group)
        for address, group in uses.items()
    }
    return found | {topic.address: (_plain_use(topic, channels),) for topic in system.topics if topic.plain}


def _plain_use(topic: ResolvedTopic, channels: Mapping[str, str]) -> MessageUse:
    key = f"{channels[topic.address]}.{topic.plain}"
    return MessageUse(key=key, model="", wire="", event_type="", correlation="", plain=topic.plain)


def _message_key(model: str, schemas: Mapping[str, str], several: Counter[str], channel: str) -> str:
    key = schemas.get(model) or short_name(model)
    return key if several[model] == 1 else f"{key}.{channel}"


def _use(
    topic: ResolvedTopic,
    model: str,
    system: ResolvedSystem,
    replies: Mapping[str, tuple[DeclaredReply, ...]],
    answers: Mapping[str, list[str]],
    envelope: Model | None,
) -> MessageUse:
    enveloped = topic.wire == "envelope" and envelope is not None
    properties = system.contracts.definitions.get(model, {}).get("properties", {})
    wanted = [reply.field for reply in replies[topic.address]]
    wanted += answers.get(topic.address, [])
    field = next((name for name in (*wanted, *topic.correlation) if name in properties), "")
    location = f"$message.payload#/{system.settings.wire.data + '/' if enveloped else ''}{field}" if field else ""
    return MessageUse(
        key="",
        model=model,
        wire=topic.wire,
        event_type=topic.event_type if enveloped and len(topic.models) == 1 else "",
        correlation=location,
    )
