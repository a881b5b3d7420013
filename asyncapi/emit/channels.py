"""Channels of a document: one for every topic, with what is expected of it and the evidence for each fact."""

from __future__ import annotations

from typing import Any

from asyncapi.delivery import Delivery
from asyncapi.emit.plan import Plan
from asyncapi.emit.sources import Lines
from asyncapi.emit.tags import reference
from asyncapi.resolve.resolved import ResolvedSystem, ResolvedTopic
from asyncapi.sources import Evidence
from asyncapi.topics import parameters

Json = dict[str, Any]


def channels(system: ResolvedSystem, plan: Plan, lines: Lines) -> Json:
    """Return the channels in source order."""
    return {plan.channels[topic.address]: _channel(topic, system, plan, lines) for topic in system.topics}


def _channel(topic: ResolvedTopic, system: ResolvedSystem, plan: Plan, lines: Lines) -> Json:
    said = system.settings.topic(topic.address)
    channel: Json = {
        "address": topic.address,
        "summary": topic.summary,
        "description": topic.description,
        "messages": {use.key: {"$ref": f"#/components/messages/{use.key}"} for use in plan.messages[topic.address]},
        "parameters": {name: _parameter(name, said) for name in parameters(topic.address)},
        "tags": [reference("domain", topic.address.partition("/")[0])],
        "x-source": lines.ref(topic.source) if topic.source else "",
        "x-class": topic.topic_class,
        "x-expected": _delivery(topic.expected),
        "x-state": topic.state if topic.state != "active" else "",
        "x-replaced-by": topic.replaced_by,
        "x-remove-after": topic.remove_after,
        "x-owner": topic.owner,
        "x-contact": topic.contact,
        "x-replies": [
            _present({"topic": reply.topic, "field": reply.field, "answer_field": reply.answer_field})
            for reply in plan.replies[topic.address]
        ],
        "x-correlation": list(topic.correlation),
        "x-event-type": topic.event_type,
        "x-evidence": [_evidence(item, lines) for item in topic.evidence],
    }
    return _present(channel)


def _present(item: Json) -> Json:
    """Return the entries that say something; false and zero do."""
    return {key: value for key, value in item.items() if value not in ("", None, [], {})}


def _parameter(name: str, said: Any) -> Json:
    given = said.parameters.get(name) if said else None
    if given is None:
        return {"description": f"Level `{name}` of the address."}
    return _present(
        {
            "description": given.description,
            "enum": list(given.enum),
            "default": given.default,
            "examples": list(given.examples),
        }
    )


def _delivery(delivery: Delivery) -> Json:
    if delivery.qos is None and delivery.retain is None:
        return {}
    return _present({"qos": delivery.qos, "retain": delivery.retain, "source": delivery.source})


def _evidence(evidence: Evidence, lines: Lines) -> Json:
    return _present(
        {
            "fact": evidence.fact,
            "value": evidence.value,
            "by": evidence.by,
            "source": lines.ref(evidence.source) if evidence.source else "",
            "confidence": evidence.confidence,
            "used": evidence.used,
        }
    )
