"""Views as Markdown for people in terminals and for language models: the same facts as the pages, in plain lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from portal import search as search_page
from portal.addresses import encoded, system_path
from portal.delivery import in_words
from portal.pages import changes as changes_page
from portal.pages import check as check_page
from portal.pages import flows as flow_pages
from portal.pages import maps as map_page
from portal.pages import message as message_page
from portal.pages import overviews
from portal.pages import services as service_pages
from portal.pages import topic as topic_page
from portal.pages import topics as topics_page
from portal.pages.rows import Branch, Row
from portal.pages.shown import Link, Problem

if TYPE_CHECKING:
    from portal.system import System

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_LINES = re.compile(r"[\r\n\u2028\u2029]+")
_DEEPEST = 6


def plain(value: str) -> str:
    """Return text on one line in which Markdown marks stand for themselves."""
    return _SPECIAL.sub(r"\\\1", _LINES.sub(" ", value))


def code(value: str) -> str:
    """Return text as inline code, whatever backticks it holds."""
    value = _LINES.sub(" ", value)
    fence = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    pad = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def block(value: str, language: str) -> list[str]:
    """Return text as a fenced block."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    return ["", f"{fence}{language}", value.rstrip("\n"), fence, ""]


def quote(value: str) -> list[str]:
    """Return a description as a quotation, so that it cannot pass for a part of the page."""
    return ["", *(f"> {line}".rstrip() for line in value.strip().splitlines()), ""] if value.strip() else []


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; nothing when there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return ["", f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines, ""] if lines else []


def names(links: Iterable[Link]) -> str:
    """Return names separated by commas."""
    return ", ".join(plain(link.name) for link in links)


def topics(view: topics_page.View) -> str:
    """Return the registry."""
    lines = [f"# {plain(view.title)}", *quote(view.description), f"{view.total} topics"]
    head = ("topic", "message", "class", "QoS", "retained", "publishers", "subscribers", "answered by", "findings")
    rows = (
        (
            code(row.address),
            names(row.messages),
            plain(row.topic_class),
            row.qos.word,
            row.retain.word,
            names(row.senders),
            names(row.receivers),
            names(row.answers),
            str(row.findings or ""),
        )
        for row in view.rows
    )
    return _joined([*lines, *_systems(view), *table(head, rows)])


def _systems(view: topics_page.View) -> list[str]:
    """Return the systems over which a registry stands, and where they do not fit; nothing for one system."""
    head = ("system", "version", "topics", "services", "findings", "brokers")
    rows = (
        (
            _page(item.system),
            plain(item.version),
            *(str(number) for number in (item.topics, item.services, item.findings)),
            plain(item.error) if item.error else ", ".join(map(code, item.brokers)),
        )
        for item in view.systems
    )
    misfits = [
        f"- {code(item.topic)}: {plain(item.message)}" + (f", for example {code(item.example)}" if item.example else "")
        for item in view.misfits
    ]
    return [*table(head, rows), *(["## Where systems do not fit", "", *misfits, ""] if misfits else [])]


def _page(link: Link) -> str:
    return f"[{plain(link.name)}]({_target(link.path)}index.md)" if link.path else plain(link.name)


def _target(path: str) -> str:
    return encoded(path).replace("(", "%28").replace(")", "%29")


def topic(view: topic_page.View) -> str:
    """Return one topic with its messages."""
    facts = [f"QoS {view.qos.word}", f"retained: {view.retain.word}"]
    facts += [f"class {plain(view.topic_class)}"] if view.topic_class else []
    facts += [plain(view.state)] if view.state else []
    lines = [f"# {code(view.topic.name)}", "", " · ".join(facts), *quote(view.description or view.summary)]
    for title, parties in (("Publishers", view.senders), ("Subscribers", view.receivers)):
        lines += (
            [f"## {title}", "", *(_party(party) for party in parties)] + ([] if parties else ["None known."]) + [""]
        )
    for answer in view.answers:
        tie = f" ({code(answer.field)} → {code(answer.answer_field or answer.field)})" if answer.field else ""
        lines.append(f"- answered by {code(answer.topic.name)}{tie}")
    lines += [f"- answers {code(asked.name)}" for asked in view.answers_to]
    lines += [f"- correlation: {', '.join(map(code, view.correlation))}"] if view.correlation else []
    lines += problems(view.problems)
    for item in view.messages:
        lines += ["", f"## Message {plain(item.message.name)}", *_message(item)]
    return _joined(lines)


def _party(party: topic_page.Party) -> str:
    from asyncapi.registry import Delivery

    said = in_words(Delivery(qos=party.qos, retain=party.retain)) or "delivery unknown"
    through = f", through {code(party.filter)}" if party.filter else ""
    places = [code(call.place.text) for call in party.calls if call.place]
    return f"- {plain(party.service.name)}: {said}{through}" + (f" ({', '.join(places)})" if places else "")


def message(view: message_page.View) -> str:
    """Return one message."""
    lines = [f"# {plain(view.message.name)}", ""]
    lines += [f"- on {code(use.topic.name)}: QoS {use.qos.word}, retained: {use.retain.word}" for use in view.uses]
    return _joined([*lines, *_message(view), *problems(view.problems)])


def _message(view: message_page.View) -> list[str]:
    lines = quote(view.description or view.summary)
    if not view.has_schema:
        lines.append(f"The payload is described in {plain(view.schema_format or 'another format')}.")
    if view.envelope_name:
        lines += [f"Travels in {plain(view.envelope_name)}, in its property {code(view.data_name)}:"]
        lines += [*_rows(view.envelope, 0), ""]
    lines += _rows(view.rows, 0) if view.rows else [f"Type: {plain(view.type)}"] if view.has_schema else []
    lines += _branches(view.branches, 0)
    if view.examples:
        lines += block(json.dumps(view.examples[0][1], ensure_ascii=False, indent=2, default=str), "json")
    return lines


def _rows(rows: Iterable[Row], level: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        parts = [plain(row.type), *(["nullable"] if row.nullable else []), *map(plain, row.marks)]
        parts += [f"default {code(row.default)}"] if row.default else []
        parts += [row.presence] if row.presence else []
        parts += ["deprecated"] if row.deprecated else []
        parts += [f"one of {', '.join(code(value.value) for value in row.values)}"] if row.values else []
        words = f": {plain(row.description)}" if row.description else ""
        lines.append(f"{'  ' * level}- {code(row.name)} {' · '.join(parts)}{words}")
        if level < _DEEPEST:
            lines += _rows(row.rows, level + 1) + _branches(row.branches, level + 1)
    return lines


def _branches(branches: Iterable[Branch], level: int) -> list[str]:
    lines: list[str] = []
    for branch in branches:
        lines.append(f"{'  ' * level}- either {plain(branch.label)}")
        if level < _DEEPEST:
            lines += _rows(branch.rows, level + 1)
    return lines


def messages(view: overviews.MessagesView) -> str:
    """Return the list of messages."""
    rows = ((plain(item.message.name), plain(item.summary), names(item.topics), item.wire) for item in view.messages)
    return _joined(["# Messages", *table(("message", "what it is for", "topics", "wire form"), rows)])


def services(view: service_pages.ListView) -> str:
    """Return the list of services."""
    rows = (
        (plain(item.service.name), plain(item.summary), str(item.sends), str(item.receives), plain(item.owner))
        for item in view.services
    )
    return _joined(["# Services", *table(("service", "what it does", "publishes", "subscribes", "owner"), rows)])


def service(view: service_pages.View) -> str:
    """Return one service."""
    lines = [f"# {plain(view.service.name)}", *quote(view.summary)]
    for title, parts in (("Publishes", view.sends), ("Subscribes", view.receives)):
        rows = (
            (
                code(part.topic.name),
                names(part.messages),
                "unknown" if part.qos is None else str(part.qos),
                names(part.others),
                ", ".join(code(place.text) for place in part.places),
            )
            for part in parts
        )
        lines += [f"## {title}", *table(("topic", "message", "QoS", "other side", "where"), rows)]
    return _joined([*lines, *problems(view.problems)])


def policies(view: overviews.PoliciesView) -> str:
    """Return the matrix of delivery."""
    rows = (
        (
            code(row.topic.name),
            plain(row.topic_class),
            "" if row.expected_qos is None else str(row.expected_qos),
            "" if row.expected_retain is None else "yes" if row.expected_retain else "no",
            row.qos.word,
            row.retain.word,
            "differs" if row.differs else "",
        )
        for row in view.rows
    )
    head = ("topic", "class", "expected QoS", "expected retained", "QoS", "retained", "")
    return _joined(["# Policies", *table(head, rows)])


def findings(view: overviews.FindingsView) -> str:
    """Return all findings."""
    shown = [problem for group in view.groups for problem in group.problems]
    return _joined(["# Findings", *(problems(shown)[2:] if shown else ["", "Nothing was found that does not meet."])])


def problems(items: Sequence[Problem]) -> list[str]:
    """Return findings as a list under a heading; nothing when there are none."""
    lines = [
        f"- **{item.severity}** {plain(item.message)} ({item.rule})"
        + (f" {plain(item.remedy)}" if item.remedy else "")
        + (f" {code(item.place.text)}" if item.place else "")
        for item in items
    ]
    return ["", "## Findings", "", *lines, ""] if lines else []


def flows(view: flow_pages.ListView) -> str:
    """Return the list of flows."""
    lines = (f"- {plain(item.title)}: {names(item.participants)}" for item in view.flows)
    return _joined(["# Flows", "", *lines])


def flow(view: flow_pages.View) -> str:
    """Return one flow, step by step."""
    lines = [
        f"{number}. {plain(step.sender.name)} → {code(step.topic.name)} → {plain(step.receiver.name)}"
        + (f", tied by {code(step.correlation)}" if step.correlation else "")
        + (f" ({'or ' if step.alternative else ''}when {plain(step.when)})" if step.when else "")
        + (f" — {plain(step.broken)}" if step.broken else "")
        for number, step in enumerate(view.steps, 1)
    ]
    return _joined([f"# {plain(view.title)}", *quote(view.summary), *lines])


def versions(view: changes_page.ListView) -> str:
    """Return what each version changed, the newest first."""
    lines = []
    for step in view.steps:
        date = f" ({step.version.date})" if step.version.date else ""
        lines.append(f"- {_page(step.page)}{date}: {plain(step.verdict)} {plain(step.order)}".rstrip())
    return _joined(["# Changes", "", *lines])


def compared(view: changes_page.View) -> str:
    """Return what changed between two versions."""
    if not view.old or not view.new or not view.verdict:
        listed = ", ".join(code(choice.id) for choice in view.choices)
        return _joined(["# Compare versions", "", f"Versions to choose for `?old=` and `?new=`: {listed}"])
    lines = [f"# {plain(view.old.name)} → {plain(view.new.name)}", "", plain(view.verdict), plain(view.order), ""]
    for group in (*view.groups, *view.safe):
        lines += [f"## {', '.join(code(topic.name) for topic in group.topics[:9]) or 'The whole system'}", ""]
        for change in group.changes:
            lines += [*_change(change), ""]
    return _joined(lines)


def _change(change: changes_page.Change) -> list[str]:
    said = f"- **{change.level}** {plain(change.message)} ({change.rule}, {change.fingerprint})"
    lines = [f"{said}: running subscribers {change.subscribers}, running publishers {change.publishers}"]
    lines += [f"  - hurt: {names(change.hurt)}"] if change.hurt else []
    lines += [f"  - {plain(change.accepted)}"] if change.accepted else []
    lines += [f"  - {plain(remedy)}" for remedy in change.remedies]
    return lines


def history(view: changes_page.TopicView) -> str:
    """Return what each version changed on one topic."""
    lines = [f"# History of {code(view.topic.name)}", ""]
    for step in view.steps:
        lines += [f"## {plain(step.version.name)}", ""]
        for change in step.changes:
            lines += _change(change)
    lines += ["", f"Known since {plain(view.since.name)}."] if view.since else []
    return _joined(lines)


def results(view: search_page.View) -> str:
    """Return what was found."""
    lines = (f"- {item.kind} {code(item.name)}" + (f": {plain(item.text)}" if item.text else "") for item in view.hits)
    return _joined([f"# Search: {plain(view.q)}", "", *lines])


def map_(view: map_page.View) -> str:
    """Return services × topics as a list of what each service does with each topic."""
    lines = (
        f"- {code(row.topic.name)}: " + ", ".join(f"{plain(name)} {words}" for name, words in row.words)
        for row in view.rows
    )
    return _joined(["# Map", "", *lines])


def check(view: check_page.View) -> str:
    """Return what was found out about a payload, or how to ask."""
    if not view.checked:
        return "# Check a payload\n\nPOST the payload to `api/check`, with `?topic=` to ask about one topic.\n"
    lines = [f"# {plain(view.summary)}", ""]
    for match in view.matches:
        lines.append(f"- {match.verdict}: {code(match.topic.name)} ({plain(match.message.name)})")
        lines += [f"  - {code(item.path or 'the whole')}: {plain(item.message)}" for item in match.wrong]
    return _joined(lines)


def llms(system: System) -> str:
    """Return what a language model reads first: what this is, and where everything stands as Markdown."""
    registry, index = system.registry, system.index
    first = _LINES.split(registry.description.strip())[0]
    lines = [
        f"# {plain(registry.title)}",
        "",
        f"> Contracts of an event-driven system on MQTT. {plain(first)}".rstrip(),
    ]
    lines += [
        "",
        "Every page has `index.json` and `index.md` beside it. The whole document: [AsyncAPI](asyncapi.json).",
        "",
    ]
    lines += ["- [All topics](index.md)", "- [All messages](messages/index.md)", "- [All services](services/index.md)"]
    lines += ["- [Flows](flows/index.md)", "- [Policies](policies/index.md)", "- [Findings](findings/index.md)"]
    sections: tuple[tuple[str, Iterable[tuple[str, str, str]]], ...] = (
        ("Topics", ((row.address, row.topic.path, row.summary) for row in system.rows)),
        ("Messages", ((item.name, index.message_paths[key], item.summary) for key, item in index.messages.items())),
        ("Services", ((name, index.service_paths[name], item.summary) for name, item in index.services.items())),
    )
    for title, entries in sections:
        lines += ["", f"## {title}", "", *(_entry(*entry) for entry in entries)]
    return _joined(lines)


def llms_of_all(systems: Iterable[System]) -> str:
    """Return what a language model reads first where several systems are shown: where each of them stands."""
    lines = ["# Contracts of several systems on MQTT", "", "- [All topics](index.md)", "", "## Systems", ""]
    lines += [
        f"- [{plain(system.name)}]({_target(system_path(system.key))}llms.txt): {len(system.rows)} topics"
        for system in systems
    ]
    return _joined(lines)


def _entry(name: str, path: str, summary: str) -> str:
    return f"- {_page(Link(name=name, path=path))}" + (f": {plain(summary)}" if summary else "")


def _joined(lines: Iterable[Any]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
