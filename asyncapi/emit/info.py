"""The head of a document: what system it is, its brokers, services and policy, and what could not be decided."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from asyncapi.emit.sources import Lines
from asyncapi.emit.tags import tags
from asyncapi.findings import Finding
from asyncapi.resolve.resolved import ResolvedSystem
from asyncapi.resolve.unseen import gaps
from asyncapi.sources import Source
from asyncapi.workspace.settings import Settings, mask_credentials
from asyncapi.workspace.settings.model import FlowStepSettings

Json = dict[str, Any]
LICENSES = "https://spdx.org/licenses/"


def identifier(system: ResolvedSystem) -> str:
    """Return the URN of the system: as said, else from its title."""
    said = system.settings.identifier
    return said or "urn:contracts:" + (re.sub(r"[^a-z0-9]+", "-", title(system).lower()).strip("-") or "system")


def title(system: ResolvedSystem) -> str:
    """Return the title: as said, else the distribution or package of the contracts."""
    return system.settings.title or system.contracts.distribution or system.contracts.package


def _flow_step(step: FlowStepSettings) -> Json:
    return {
        "sender": step.sender,
        "topic": step.topic,
        "receiver": step.receiver,
        **({"when": step.when} if step.when else {}),
        **({"alternative": True} if step.alternative else {}),
    }


def info(system: ResolvedSystem, findings: Iterable[Finding], lines: Lines) -> Json:
    """Return the info object; call it last, when every line is known."""
    settings, contracts = system.settings, system.contracts
    built: Json = {
        "title": title(system),
        "version": settings.version or contracts.version or "0.0.0",
        "description": settings.description or contracts.doc,
        "contact": dict(settings.contact),
        "license": dict(settings.license),
        "tags": [{"$ref": f"#/components/tags/{key}"} for key in tags(system)],
        "x-services": {name: _service(name, system, lines) for name in system.parties},
        "x-policy": _policy(settings),
        "x-flows": {
            name: {
                "summary": flow.summary,
                **({"carries": flow.carries} if flow.carries else {}),
                "steps": [_flow_step(step) for step in flow.steps],
            }
            for name, flow in settings.flows.items()
        },
        "x-undelivered": [
            {"service": site.service, "filter": site.topic, "source": lines.ref(site.source)}
            for site in system.sites
            if not system.reached(site.topic)
        ],
        "x-coverage": _coverage(system),
        "x-findings": [_finding(finding, lines) for finding in findings],
        "x-unseen": [
            {
                "service": gap.service,
                "kind": gap.kind,
                "actions": list(gap.actions),
                "source": lines.ref(gap.source),
                "said": gap.said,
            }
            for gap in gaps(system.scan)
        ],
        "x-source-url": settings.source_url,
    }
    built["x-lines"] = lines.map()
    return {key: value for key, value in built.items() if value not in ("", None, [], {})}


def servers(settings: Settings) -> Json:
    """Return the brokers; credentials in an address are masked."""
    return {key: _server(server) for key, server in settings.servers.items()}


def _server(server: Any) -> Json:
    said: Json = {
        "host": mask_credentials(server.host),
        "protocol": server.protocol,
        "description": server.description,
    }
    return {key: value for key, value in said.items() if value}


def _service(name: str, system: ResolvedSystem, lines: Lines) -> Json:
    party = system.parties[name]
    said: Json = {
        "summary": party.summary,
        "owner": party.owner,
        "contact": party.contact,
        "repository": party.repository,
        "source": lines.ref(party.source) if party.source else "",
        "declared": party.declared or "",
    }
    return {key: value for key, value in said.items() if value != ""}


def _policy(settings: Settings) -> Json:
    policy = settings.policy
    said: Json = {
        "classes": {
            name: {
                k: v
                for k, v in (("qos", c.qos), ("retain", c.retain), ("description", c.description))
                if v not in (None, "")
            }
            for name, c in policy.classes.items()
        },
        "topic_name": policy.topic_name,
        "exceptions": dict(policy.exceptions),
        "required_fields": list(policy.required_fields),
        "correlation": list(policy.correlation),
        "severity": dict(settings.severity),
        "ignore": [dict(item) for item in settings.ignore],
        "diff_severity": dict(settings.diff_severity),
    }
    return {key: value for key, value in said.items() if value not in ("", [], {})}


def _coverage(system: ResolvedSystem) -> Json:
    scan = system.scan
    said = {
        "topics": len(system.topics),
        "topics_with_model": sum(1 for topic in system.topics if topic.models),
        "files": scan.files,
        "sites": len(scan.sites),
        "unresolved": len(scan.unresolved),
        **{name: count for name, count in (("silent", len(scan.silent)), ("cut", len(scan.cuts))) if count},
    }
    return said if scan.files else {key: said[key] for key in ("topics", "topics_with_model")}


def _finding(finding: Finding, lines: Lines) -> Json:
    said: Json = {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "subject": finding.subject,
        "remedy": finding.remedy,
        "source": _remembered(finding, lines),
        "pointer": finding.pointer.removeprefix("#"),
        "topics": list(finding.topics),
        "services": list(finding.services),
    }
    return {key: value for key, value in said.items() if value not in ("", [])}


def _remembered(finding: Finding, lines: Lines) -> str:
    file, _, symbol = finding.source.partition("#")
    return lines.ref(Source(file=file, symbol=symbol, line=finding.line)) if finding.source else ""
