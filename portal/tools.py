"""The questions that programs ask about contracts, answered as JSON data: short, and without anything to look at.

Knows no protocol; `portal.mcp_server` hands these to language models. What cannot be answered is a PortalError.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from asyncapi.errors import PortalError
from asyncapi.registry import Flow, Message, Topic
from portal.library import Library
from portal.pages import flows, topics
from portal.pages import topic as topic_page
from portal.pages.shown import Problem, problems
from portal.pages.topic import Party
from portal.system import System

Json = dict[str, Any]
SEVERITIES = ("error", "warning", "note")


def find_topic(library: Library, query: str, *, system: str = "", limit: int = 20) -> Json:
    """Return the topics that a query finds, by words, a wildcard filter or a concrete topic; near ones when none."""
    found: list[Json] = []
    total = 0
    for one in _chosen(library, system):
        rows = topics.view(one.index, one.rows(), {"q": query}).rows
        total += len(rows)
        found += [_named(library, one, _row(row)) for row in rows[: max(0, limit - len(found))]]
    near = () if found else _near(query, (row.address for one in _chosen(library, system) for row in one.rows()))
    return _said({"total": total, "topics": found, "near": list(near)}, keep=("total", "topics"))


def get_contract(library: Library, topic: str, *, system: str = "") -> Json:
    """Return all that is known of a topic, named by its address or a concrete one: in each system that has it."""
    chosen = _chosen(library, system)
    found = [_named(library, one, _contract(one, item)) for one in chosen for item in _meant(one, topic)]
    if not found:
        raise _no_such("topic", topic, (row.address for one in chosen for row in one.rows()))
    return {"contracts": found}


def validate_payload(library: Library, payload: str, *, topic: str = "", system: str = "") -> Json:
    """Return which topics accept a payload, written as JSON text, and what is wrong with it for the others."""
    from asyncapi.payload import as_data

    data = payload.encode("utf-8", "surrogatepass")
    reports = [_named(library, one, dict(as_data(one.check(data, topic)))) for one in _chosen(library, system)]
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
        _named(library, one, _finding(problem))
        for one in _chosen(library, system)
        for problem in problems(one.index, one.registry.findings)
        if severity in ("", problem.severity)
        and rule in ("", problem.rule)
        and all(name == "" or _is_about(one, problem, name) for name in (topic, service))
    ]
    found.sort(key=lambda finding: SEVERITIES.index(finding["severity"]))
    return {"total": len(found), "findings": found[:limit]}


def explain_flow(library: Library, name: str = "", *, system: str = "") -> Json:
    """Return a flow step by step, or, without a name, which flows there are."""
    known = [(one, flow) for one in _chosen(library, system) for flow in one.registry.flows]
    if not name:
        return {"flows": [_named(library, one, _flow(one, flow)) for one, flow in known]}
    found = [(one, flow) for one, flow in known if name in (flow.name, flow.title)]
    if not found:
        raise _no_such("flow", name, (flow.name for _, flow in known))
    return {"flows": [_named(library, one, {**_flow(one, flow), **_steps(one, flow)}) for one, flow in found]}


def _chosen(library: Library, key: str) -> tuple[System, ...]:
    systems = library.systems()
    if not key:
        return systems
    found = tuple(system for system in systems if system.key == key)
    if not found:
        raise _no_such("system", key, (system.key for system in systems if system.key))
    return found


def _no_such(kind: str, wanted: str, names: Iterable[str]) -> PortalError:
    near = _near(wanted, names)
    return PortalError(f"there is no such {kind}", hint=f"near it: {', '.join(near)}" if near else "")


def _near(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    candidates = [name for _, name in zip(range(5_000), names, strict=False) if len(name) <= 300]
    return tuple(difflib.get_close_matches(wanted[:300], candidates, n=4, cutoff=0.5))


def _named(library: Library, system: System, answer: Json) -> Json:
    """Return an answer with the system it is from, where there are several."""
    return {"system": system.key, **answer} if library.inner else answer


def _said(answer: Json, keep: tuple[str, ...] = ()) -> Json:
    """Return an answer without what is not said."""
    return {name: value for name, value in answer.items() if name in keep or value not in (None, "", [], {}, ())}


def _row(row: topics.Row) -> Json:
    return _said(
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


def _meant(system: System, name: str) -> Iterator[Topic]:
    """Yield the topic with this address or key, else the most telling one that a concrete topic belongs to."""
    from asyncapi.payload import find

    yield from find(system.registry, name)[:1] if name else ()


def _contract(system: System, item: Topic) -> Json:
    view = topic_page.view(system.index, item)
    return _said(
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
                _said({"name": p.name, "description": p.description, "enum": p.enum}) for p in view.parameters
            ],
            "publishers": [_party(party) for party in view.senders],
            "subscribers": [_party(party) for party in view.receivers],
            "answered_on": [
                _said({"topic": a.topic.name, "field": a.field, "answer_field": a.answer_field}) for a in view.answers
            ],
            "answers": [link.name for link in view.answers_to],
            "correlation": view.correlation,
            "messages": [_message(system, message) for message in system.index.messages_of(item)],
            "findings": [_finding(problem) for problem in view.problems],
        }
    )


def _party(party: Party) -> Json:
    return _said(
        {
            "service": party.service.name,
            "qos": party.qos,
            "retain": party.retain,
            "through": party.filter,
            "at": [call.place.text for call in party.calls if call.place],
        }
    )


def _message(system: System, message: Message) -> Json:
    from asyncapi.dialects import to_2020
    from portal.pages.message import view

    shown = view(system.index, message)
    return _said(
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


def _finding(problem: Problem) -> Json:
    return _said(
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


def _is_about(system: System, problem: Problem, name: str) -> bool:
    found = system.index.find(name)
    names = {name, found.address or found.key} if found else {name}
    return any(link.name in names for link in problem.about)


def _flow(system: System, flow: Flow) -> Json:
    view = flows.view(system.index, flow)
    return _said(
        {
            "name": flow.name,
            "title": view.title if view.title != flow.name else "",
            "summary": view.summary,
            "services": [link.name for link in view.participants],
        }
    )


def _steps(system: System, flow: Flow) -> Json:
    from asyncapi.flow_text import mermaid

    steps = [
        _said(
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
