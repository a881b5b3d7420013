"""The questions that programs ask about contracts, answered as JSON data: short, and without anything to look at.

Knows no protocol; `portal.mcp_server` hands these to language models. What cannot be answered is a PortalError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from asyncapi.errors import PortalError
from asyncapi.view.registry import Flow, Message, Topic
from portal.answering import Json, meant, named, names_near, no_such, said, systems_of
from portal.brokers import listed_brokers
from portal.library import Library
from portal.markdown import first_paragraph
from portal.pages import flows, topics
from portal.pages import topic as topic_page
from portal.pages.shown import ShownFinding, problems
from portal.pages.topic import ShownParty
from portal.search import search
from portal.system import System

MOST_INSIDE: Final = 20
MOST_VERSIONS: Final = 50
SEVERITIES = ("error", "warning", "note")


def describe(library: Library, *, system: str = "") -> Json:
    """Return what each system is: brokers, services, flows and versions, and how many topics and findings it has."""
    return {"systems": [named(library, one, _described(one)) for one in systems_of(library, system)]}


def find_topic(library: Library, query: str, *, service: str = "", system: str = "", limit: int = 20) -> Json:
    """Return the topics that a query finds, by words, a wildcard filter or a concrete topic; near ones when none.

    Where no topic fits, it is told where else the words stand: fields, values and messages with their topics.
    """
    found: list[Json] = []
    total = 0
    asked = {"q": query, "service": service} if service else {"q": query}
    chosen = systems_of(library, system)
    for one in chosen:
        rows = topics.view(one.index, one.rows(), asked).rows
        total += len(rows)
        found += [named(library, one, _row(row)) for row in rows[: max(0, limit - len(found))]]
    if found:
        return {"total": total, "topics": found}
    near = names_near(query, (row.address for one in chosen for row in one.rows()))
    inside = [] if service else [named(library, one, each) for one in chosen for each in _inside(one, query)]
    return {"total": total, "topics": [], **said({"near": list(near), "inside": inside[:limit]})}


def get_contract(library: Library, topic: str, *, system: str = "") -> Json:
    """Return all that is known of a topic, named by its address, a concrete one or its message, in each system."""
    chosen = systems_of(library, system)
    found = [named(library, one, _contract(one, item)) for one in chosen for item in meant(one, topic)]
    if not found:
        names = [row.address for one in chosen for row in one.rows()]
        raise no_such("topic", topic, [*names, *(item.name for one in chosen for item in one.index.messages.values())])
    return {"contracts": found}


def validate_payload(library: Library, payload: str, *, topic: str = "", wire: str = "", system: str = "") -> Json:
    """Return which topics accept a payload, written as JSON text, and what is wrong with it for the others."""
    from asyncapi.payload import as_data

    data = payload.encode("utf-8", "surrogatepass")
    reports = [
        named(library, one, _report(as_data(one.check(data, topic, wire)))) for one in systems_of(library, system)
    ]
    return {"reports": reports}


def list_findings(
    library: Library,
    *,
    severity: str = "",
    rule: str = "",
    topic: str = "",
    service: str = "",
    system: str = "",
    limit: int = 50,
) -> Json:
    """Return what does not meet, the worst first: of one severity, rule, topic or service where that is said."""
    if severity and severity not in SEVERITIES:
        raise PortalError("there is no such severity", hint=f"one of {', '.join(SEVERITIES)}")
    found = [
        named(library, one, _finding(problem))
        for one in systems_of(library, system)
        for problem in problems(one.index, one.registry.findings)
        if severity in ("", problem.severity)
        and rule in ("", problem.rule)
        and all(name == "" or _is_about(one, problem, name) for name in (topic, service))
    ]
    found.sort(key=lambda finding: SEVERITIES.index(finding["severity"]))
    return {"total": len(found), "findings": found[:limit]}


def explain_flow(library: Library, name: str = "", *, system: str = "") -> Json:
    """Return a flow step by step, or, without a name, which flows there are."""
    known = [(one, flow) for one in systems_of(library, system) for flow in one.registry.flows]
    if not name:
        return {"flows": [named(library, one, _flow(one, flow)) for one, flow in known]}
    found = [(one, flow) for one, flow in known if name in (flow.name, flow.title)]
    if not found:
        raise no_such("flow", name, (flow.name for _, flow in known))
    return {"flows": [named(library, one, {**_flow(one, flow), **_steps(one, flow)}) for one, flow in found]}


def _described(system: System) -> Json:
    registry = system.registry
    return said(
        {
            "title": registry.title,
            "version": registry.version,
            "description": first_paragraph(registry.description),
            "brokers": [
                said({"address": item.address, "name": item.name, "security": list(item.security)})
                for item in listed_brokers(registry)
            ],
            "topics": len(system.rows()),
            "services": {name: service.summary for name, service in system.index.services.items()},
            "flows": [flow.name for flow in registry.flows],
            "findings": len(registry.findings),
            "versions": [version.id for version in system.history.versions[:MOST_VERSIONS]],
        }
    )


def _inside(system: System, query: str) -> Iterator[Json]:
    """Yield where the words of a query stand in messages: as fields, values or names."""
    on: dict[str, list[str]] = {}
    for item in system.index.topics.values():
        for message in system.index.messages_of(item):
            on.setdefault(system.index.message_paths[message.key], []).append(item.address or item.key)
    found = search(system.entries(), query, limit=MOST_INSIDE)
    for hit in found.hits if not found.near else ():
        where = on.get(hit.path.partition("#")[0])
        if where:
            yield (
                {hit.kind: hit.name, "of": hit.text, "topics": where}
                if hit.text
                else {hit.kind: hit.name, "topics": where}
            )


def _report(report: Mapping[str, Any]) -> Json:
    """Return what was found out about a payload, without what goes without saying."""
    matches = [
        said(
            {
                "topic": match["topic"],
                "message": match["name"],
                "verdict": match["verdict"],
                "read_as": match["form"] if match["form"] != match["wire"] else "",
                "problems": [_problem(problem) for problem in match["accepted"]["problems"]],
                "more": match["accepted"]["count"] - len(match["accepted"]["problems"]) or None,
                "unchecked": match["accepted"]["unchecked"],
                "reason": match["accepted"]["reason"],
                "notes": match["notes"],
            }
        )
        for match in report["matches"]
    ]
    told = {"accepting": report["accepting"] or sum(match["verdict"] == "accepts" for match in report["matches"])}
    faults = [] if not report["readable"] else [said(dict(fault)) for fault in report["faults"]]
    return {"summary": report["summary"], **told, **said({"faults": faults, "matches": matches})}


def _problem(problem: Mapping[str, Any]) -> Json:
    expected = problem["expected"] or problem["constraint"]
    told = {"at": problem["path"], "message": problem["message"]}
    return said({**told, "expected": "" if expected in problem["message"] else expected, "in": problem["alternative"]})


def _row(row: topics.TopicRow) -> Json:
    return said(
        {
            "topic": row.address,
            "summary": row.summary,
            "messages": [link.name for link in row.messages],
            "class": row.topic_class,
            "qos": row.qos.word,
            "retained": row.retain.word,
            "publishers": [link.name for link in row.senders],
            "subscribers": [link.name for link in row.receivers],
            "answered_on": [link.name for link in row.answers],
            "state": row.state,
            "findings": row.findings,
        }
    )


def _contract(system: System, item: Topic) -> Json:
    view = topic_page.view(system.index, item)
    return said(
        {
            "topic": view.topic.name,
            "description": view.description or view.summary,
            "class": view.topic_class,
            "state": view.state,
            "replaced_by": view.replaced_by.name if view.replaced_by else "",
            "owner": view.owner,
            "qos": view.qos.word,
            "retained": view.retain.word,
            "parameters": [
                said({"name": p.name, "description": p.description, "enum": p.enum}) for p in view.parameters
            ],
            "publishers": [_party(party) for party in view.senders],
            "subscribers": [_party(party) for party in view.receivers],
            "answered_on": [
                said({"topic": a.topic.name, "field": a.field, "answer_field": a.answer_field}) for a in view.answers
            ],
            "answers": [link.name for link in view.answers_to],
            "correlation": view.correlation,
            "messages": [_message(system, message) for message in system.index.messages_of(item)],
            "findings": [_finding(problem) for problem in view.problems],
        }
    )


def _party(party: ShownParty) -> Json:
    return said(
        {
            "service": party.service.name,
            "qos": party.qos,
            "retain": party.retain,
            "through": party.filter,
            "at": [call.place.text for call in party.calls if call.place],
        }
    )


def _message(system: System, message: Message) -> Json:
    from asyncapi.schemas.dialects import to_2020
    from portal.pages.message import view

    shown = view(system.index, message)
    return said(
        {
            "name": message.name,
            "description": message.description or message.summary,
            "wire": message.wire,
            "content_type": message.content_type,
            "schema": None if message.payload is None else to_2020(message.payload, system.registry.schemas),
            "schema_format": message.schema_format if message.payload is None else "",
            "example": shown.examples[0][1] if shown.examples else None,
        }
    )


def _finding(problem: ShownFinding) -> Json:
    return said(
        {
            "rule": problem.rule,
            "severity": problem.severity,
            "message": problem.message,
            "remedy": problem.remedy,
            "at": problem.place.text if problem.place else "",
            "about": [link.name for link in problem.about],
            "owner": problem.owner,
        }
    )


def _is_about(system: System, problem: ShownFinding, name: str) -> bool:
    found = system.index.find(name)
    names = {name, found.address or found.key} if found else {name}
    return any(link.name in names for link in problem.about)


def _flow(system: System, flow: Flow) -> Json:
    view = flows.view(system.index, flow)
    return said(
        {
            "name": flow.name,
            "title": view.title if view.title != flow.name else "",
            "summary": view.summary,
            "services": [link.name for link in view.participants],
        }
    )


def _steps(system: System, flow: Flow) -> Json:
    from asyncapi.view.flow_text import mermaid

    steps = [
        said(
            {
                "from": step.sender.name,
                "topic": step.topic.name,
                "to": step.receiver.name,
                "tied_by": step.correlation,
                "when": step.when,
                "instead": step.alternative or None,
                "broken": step.broken,
            }
        )
        for step in flows.view(system.index, flow).steps
    ]
    return {"steps": steps, "mermaid": mermaid(flow)}
