"""Operations of a document: one for every service, direction and topic, as the code says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from asyncapi.emit.plan import Plan
from asyncapi.emit.sources import Lines
from asyncapi.emit.tags import reference
from asyncapi.names import service_key, short_digits
from asyncapi.resolve.resolved import ResolvedSystem
from asyncapi.sites import Action, Site
from asyncapi.topics import is_filter

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A service that sends or receives on a topic: the calls in its source, or a declaration."""

    service: str
    action: Action
    address: str
    sites: tuple[Site, ...]
    declared: bool = False

    @property
    def filter(self) -> str:
        """Return the wildcard by which the service receives the topic, if it is one and the same at every call."""
        filters = {site.topic for site in self.sites if is_filter(site.topic)}
        exact = any(not is_filter(site.topic) for site in self.sites)
        return filters.pop() if len(filters) == 1 and not exact else ""


def edges(system: ResolvedSystem) -> list[Edge]:
    """Return every edge of a system in topic order, senders before receivers, services in their order."""
    sites: dict[tuple[str, str, str], list[Site]] = {}
    for site in system.sites:
        for address in system.reached(site.topic):
            sites.setdefault((address, site.action, site.service), []).append(site)
    found = []
    for topic in system.topics:
        for action in ("send", "receive"):
            for service in system.parties:
                group = sites.get((topic.address, action, service))
                if group:
                    is_declared = all((s.service, s.action, s.topic) in system.declared for s in group)
                    found.append(
                        Edge(
                            service=service,
                            action="send" if action == "send" else "receive",
                            address=topic.address,
                            sites=tuple(group),
                            declared=is_declared,
                        )
                    )
    return found


def operations(system: ResolvedSystem, plan: Plan, lines: Lines) -> Json:
    """Return the operations of all services."""
    found = edges(system)
    keys = operation_keys(found, plan.channels)
    causes = _causes(system, keys)
    said = {topic.address: topic.summary for topic in system.topics}
    return {keys[_identity(edge)]: _operation(edge, said[edge.address], plan, lines, causes) for edge in found}


def operation_keys(found: Iterable[Edge], channels: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    """Return `<service>_<send|receive>_<channelKey>` for every edge; colliding keys all take six hex digits."""
    short = {_identity(e): f"{service_key(e.service)}_{e.action}_{channels[e.address]}" for e in found}
    counts = Counter(short.values())
    return {
        identity: key if counts[key] == 1 else f"{key}_{short_digits(identity[0])}" for identity, key in short.items()
    }


def _identity(edge: Edge) -> tuple[str, str, str]:
    return edge.service, edge.action, edge.address


def _operation(edge: Edge, said: str, plan: Plan, lines: Lines, causes: Mapping[Any, list[Json]]) -> Json:
    channel = plan.channels[edge.address]
    verb = "sends" if edge.action == "send" else "receives"
    operation: Json = {
        "action": edge.action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{edge.service} {verb} {edge.address}",
        "description": said,
        "tags": [reference("service", edge.service)],
        "bindings": _bindings(edge),
        "messages": [{"$ref": f"#/channels/{channel}/messages/{use.key}"} for use in plan.messages[edge.address]],
        "reply": _reply(edge, plan),
        "x-service": edge.service,
        "x-source": lines.ref(edge.sites[0].source),
        "x-declared": edge.declared or None,
        "x-filter": edge.filter,
        "x-wire": _agreed([site.wire for site in edge.sites if site.wire != "unknown"]),
        "x-dump": dict(_agreed([site.dump for site in edge.sites]) or ()),
        "x-sites": [] if edge.declared else [_site(site, lines, edge) for site in edge.sites],
        "x-causes": [{**cause, "source": lines.ref(cause["source"])} for cause in causes.get(_identity(edge), ())],
    }
    return {key: value for key, value in operation.items() if value not in ("", None, [], {})}


def _agreed(values: list[Any]) -> Any:
    """Return the value that all calls agree on, or nothing."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _bindings(edge: Edge) -> Json:
    """Return the MQTT operation binding: what all calls of the edge agree on; retain is for senders only.

    Where several filters of one receiver match, the broker delivers with the highest of their QoS.
    """
    binding: Json = {"qos": _overlapping(edge) or _agreed([site.qos for site in edge.sites])}
    if edge.action == "send":
        binding["retain"] = _agreed([site.retain for site in edge.sites])
    said = {key: value for key, value in binding.items() if value is not None}
    return {"mqtt": said | {"bindingVersion": "0.2.0"}} if said else {}


def _overlapping(edge: Edge) -> int | None:
    """Return the highest QoS of a receiver's different filters, where each says its own."""
    levels = {site.topic: site.qos for site in edge.sites} if edge.action == "receive" else {}
    known = [qos for qos in levels.values() if qos is not None]
    alike = all(levels[site.topic] == site.qos for site in edge.sites if levels)
    return max(known) if alike and len(levels) > 1 and len(known) == len(levels) else None


def _reply(edge: Edge, plan: Plan) -> Json:
    for reply in plan.replies[edge.address]:
        channel = plan.channels[reply.topic]
        uses = plan.messages[reply.topic]
        return {
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/{use.key}"} for use in uses],
        }
    return {}


def _site(site: Site, lines: Lines, edge: Edge) -> Json:
    calls_differ = len({(other.qos, other.retain) for other in edge.sites}) > 1
    said: Json = {
        "source": lines.ref(site.source),
        "topic": site.topic,
        "qos": site.qos if calls_differ else None,
        "qos_from": site.qos_from,
        "retain": site.retain if calls_differ and site.action == "send" else None,
        "retain_from": site.retain_from if site.action == "send" else "",
        "wire": site.wire if site.wire != "unknown" else "",
        "model": site.model,
        "handler": site.handler,
        "dump": dict(site.dump),
        "environment": site.environment,
        "literal": (not site.constant and not site.implied) or None,
        "implied": site.implied or None,
        "steps": [f"{step.text} ({lines.ref(step.source)})" for step in site.steps],
        "confidence": site.confidence,
    }
    return {key: value for key, value in said.items() if value not in ("", None, [], {})}


def _causes(system: ResolvedSystem, keys: Mapping[tuple[str, str, str], str]) -> dict[tuple[str, str, str], list[Json]]:
    found: dict[tuple[str, str, str], list[Json]] = {}
    for cause in system.scan.causes:
        for received in system.reached(cause.received):
            for sent in system.reached(cause.sent):
                receives, sends = (cause.service, "receive", received), (cause.service, "send", sent)
                if receives in keys and sends in keys:
                    item: Json = {"operation": keys[sends], "source": cause.handler}
                    if cause.copies:
                        item["copies"] = dict(cause.copies)
                    if item not in found.setdefault(receives, []):
                        found[receives].append(item)
    return found
