"""Views as Markdown for people in terminals and for language models: the same facts as the pages, in plain lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from asyncapi.delivery import Delivery
from portal import search as search_page
from portal.addresses import up
from portal.delivery import in_words
from portal.marked import block, code, joined, names, plain, quote, table, to
from portal.pages import changes as changes_page
from portal.pages import check as check_page
from portal.pages import flows as flow_pages
from portal.pages import maps as map_page
from portal.pages import message as message_page
from portal.pages import overviews
from portal.pages import services as service_pages
from portal.pages import topic as topic_page
from portal.pages import topics as topics_page
from portal.pages.rows import Branch, FieldRow
from portal.pages.shown import Link, ShownFinding

_DEEPEST = 6


def topics(view: topics_page.TopicsView) -> str:
    """Return the registry."""
    lines = [f"# {plain(view.title)}", *quote(view.description), *_brokers(view), f"{view.total} topics"]
    head = ("topic", "message", "class", "QoS", "retained", "publishers", "subscribers", "answered by", "findings")
    rows = (
        (
            to(Link(name=row.address, path=row.topic.path), "", code),
            names(row.messages, ""),
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
    return joined([*lines, *_systems(view), *table(head, rows)])


def _brokers(view: topics_page.TopicsView) -> list[str]:
    """Return where clients connect to, and a blank line."""
    lines = [
        f"- broker {plain(item.name)} {code(item.address)}"
        + (f" by {', '.join(map(plain, item.security))}" if item.security else "")
        + (f": {plain(item.description)}" if item.description else "")
        for item in view.brokers
    ]
    return [*lines, ""] if lines else []


def _systems(view: topics_page.TopicsView) -> list[str]:
    """Return the systems over which a registry stands, and where they do not fit; nothing for one system."""
    head = ("system", "version", "topics", "services", "findings", "brokers")
    rows = (
        (
            to(item.system, ""),
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


def topic(view: topic_page.TopicView) -> str:
    """Return one topic with its messages."""
    root = up(view.topic.path)
    facts = [f"QoS {view.qos.word}", f"retained: {view.retain.word}"]
    facts += [f"class {plain(view.topic_class)}"] if view.topic_class else []
    facts += [plain(view.state)] if view.state else []
    lines = [f"# {code(view.topic.name)}", "", " · ".join(facts), *quote(view.description or view.summary)]
    for title, parties in (("Publishers", view.senders), ("Subscribers", view.receivers)):
        lines += [f"## {title}", "", *([_party(party, root) for party in parties] or ["None known."]), ""]
    for answer in view.answers:
        tie = f" ({code(answer.field)} → {code(answer.answer_field or answer.field)})" if answer.field else ""
        lines.append(f"- answered by {to(answer.topic, root, code)}{tie}")
    lines += [f"- answers {to(asked, root, code)}" for asked in view.answers_to]
    lines += [f"- correlation: {', '.join(map(code, view.correlation))}"] if view.correlation else []
    lines += [f"- flows: {names(view.flows, root)}"] if view.flows else []
    lines += [f"- {code(f'{{{item.name}}}')}: {plain(item.description) or 'any level'}" for item in view.parameters]
    lines += [f"- owner: {plain(view.owner)}"] if view.owner else []
    lines += problems(view.problems)
    for item in view.messages:
        lines += ["", f"## Message {to(item.message, root)}", *_message(item)]
    return joined(lines)


def _party(party: topic_page.ShownParty, root: str) -> str:
    said = in_words(Delivery(qos=party.qos, retain=party.retain)) or "delivery unknown"
    through = f", through {code(party.filter)}" if party.filter else ""
    places = [code(call.place.text) for call in party.calls if call.place]
    return f"- {to(party.service, root)}: {said}{through}" + (f" ({', '.join(places)})" if places else "")


def message(view: message_page.MessageView) -> str:
    """Return one message."""
    lines, root = [f"# {plain(view.message.name)}", ""], up(view.message.path)
    lines += [f"- on {to(use.topic, root, code)}: QoS {use.qos.word}, retained: {use.retain.word}" for use in view.uses]
    lines += [f"- correlation: {code(view.correlation)}"] if view.correlation else []
    lines += [f"- content type: {code(view.content_type)}"] if view.content_type else []
    return joined([*lines, *_message(view), *problems(view.problems)])


def _message(view: message_page.MessageView) -> list[str]:
    lines = quote(view.description or view.summary)
    if not view.has_schema:
        lines.append(f"The payload is described in {plain(view.schema_format or 'another format')}.")
    if view.envelope_name:
        lines += [f"Travels in {plain(view.envelope_name)}, in its property {code(view.data_name)}:"]
        lines += [*_rows(view.envelope, 0), ""]
    lines += [f"Type: {' · '.join(map(plain, (view.type, *view.marks)))}", ""] if view.has_schema and view.whole else []
    lines += _rows(view.rows, 0)
    lines += _branches(view.branches, 0)
    lines += ["", "Headers:", "", *_rows(view.headers, 0)] if view.headers else []
    if view.examples:
        lines += block(json.dumps(view.examples[0][1], ensure_ascii=False, indent=2, default=str), "json")
    return lines


def _rows(rows: Iterable[FieldRow], level: int) -> list[str]:
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
    rows = (
        (to(item.message, "../"), plain(item.summary), names(item.topics, "../", code), item.wire)
        for item in view.messages
    )
    return joined(["# Messages", *table(("message", "what it is for", "topics", "wire form"), rows)])


def services(view: service_pages.ServicesView) -> str:
    """Return the list of services."""
    rows = (
        (to(item.service, "../"), plain(item.summary), str(item.sends), str(item.receives), plain(item.owner))
        for item in view.services
    )
    return joined(["# Services", *table(("service", "what it does", "publishes", "subscribes", "owner"), rows)])


def service(view: service_pages.ServiceView) -> str:
    """Return one service."""
    lines, root = [f"# {plain(view.service.name)}", *quote(view.summary)], up(view.service.path)
    for title, parts in (("Publishes", view.sends), ("Subscribes", view.receives)):
        rows = (
            (
                to(part.topic, root, code),
                names(part.messages, root),
                "unknown" if part.qos is None else str(part.qos),
                names(part.others, root),
                ", ".join(code(place.text) for place in part.places),
            )
            for part in parts
        )
        lines += [f"## {title}", *table(("topic", "message", "QoS", "other side", "where"), rows)]
    return joined([*lines, *problems(view.problems)])


def policies(view: overviews.PoliciesView) -> str:
    """Return the matrix of delivery."""
    rows = (
        (
            to(row.topic, "../", code),
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
    return joined(["# Policies", *_classes(view), *table(head, rows)])


def _classes(view: overviews.PoliciesView) -> list[str]:
    """Return what is asked for of each class of topics, and of every message."""
    rows = (
        (
            plain(item.name),
            "any" if item.qos is None else str(item.qos),
            "any" if item.retain is None else "yes" if item.retain else "no",
            str(count),
            plain(item.description),
        )
        for item, count in view.classes
    )
    said = f"{view.met} as expected, {view.differing} differing, {view.unknown} where no sender says its QoS"
    fields = f"Every message has {', '.join(map(code, view.required_fields))}." if view.required_fields else ""
    return ["", said, *table(("class", "QoS", "retained", "topics", "for"), rows), fields]


def findings(view: overviews.FindingsView) -> str:
    """Return all findings."""
    shown = [problem for group in view.groups for problem in group.problems]
    return joined(["# Findings", *(problems(shown)[2:] if shown else ["", "Nothing was found that does not meet."])])


def problems(items: Sequence[ShownFinding]) -> list[str]:
    """Return findings as a list under a heading; nothing when there are none."""
    lines = [
        f"- **{item.severity}** {plain(item.message)} ({item.rule})"
        + (f" {plain(item.remedy)}" if item.remedy else "")
        + (f" {code(item.place.text)}" if item.place else "")
        for item in items
    ]
    return ["", "## Findings", "", *lines, ""] if lines else []


def flows(view: flow_pages.FlowsView) -> str:
    """Return the list of flows."""
    lines = (f"- {to(replace(item.flow, name=item.title), '../')}: {names(item.participants)}" for item in view.flows)
    return joined(["# Flows", "", *lines])


def flow(view: flow_pages.FlowView) -> str:
    """Return one flow, step by step."""
    root = up(view.flow.path)
    lines = [
        f"{number}. {to(step.sender, root)} → {to(step.topic, root, code)} → {to(step.receiver, root)}"
        + (f", tied by {code(step.correlation)}" if step.correlation else "")
        + (f" ({'or ' if step.alternative else ''}when {plain(step.when)})" if step.when else "")
        + (f" — {plain(step.broken)}" if step.broken else "")
        for number, step in enumerate(view.steps, 1)
    ]
    return joined([f"# {plain(view.title)}", *quote(view.summary), *lines])


def versions(view: changes_page.ChangesView) -> str:
    """Return what each version changed, the newest first."""
    lines = []
    for step in view.steps:
        date = f" ({step.version.date})" if step.version.date else ""
        lines.append(f"- {to(step.page, '../')}{date}: {plain(step.verdict)} {plain(step.order)}".rstrip())
    return joined(["# Changes", "", *lines, *(["", view.hint] if view.hint else [])])


def compared(view: changes_page.ComparisonView) -> str:
    """Return what changed between two versions."""
    if not view.old or not view.new or not view.verdict:
        listed = ", ".join(code(choice.id) for choice in view.choices)
        choose = f"Versions to choose for `?old=` and `?new=`: {listed}"
        return joined(["# Compare versions", "", *map(plain, view.unread), "", choose])
    lines = [f"# {plain(view.old.name)} → {plain(view.new.name)}", "", plain(view.verdict), plain(view.order), ""]
    for group in (*view.groups, *view.safe):
        lines += [f"## {', '.join(code(topic.name) for topic in group.topics[:9]) or 'The whole system'}", ""]
        for change in group.changes:
            lines += [*_change(change), ""]
    lines += [f"and {view.left_out} more, which `portal diff` lists."] if view.left_out else []
    return joined(lines)


def _change(change: changes_page.Change) -> list[str]:
    said = f"- **{change.level}** {plain(change.message)} ({change.rule}, {change.fingerprint})"
    lines = [f"{said}: running subscribers {change.subscribers}, running publishers {change.publishers}"]
    lines += [f"  - hurt: {names(change.hurt)}"] if change.hurt else []
    lines += [f"  - {plain(change.accepted)}"] if change.accepted else []
    lines += [f"  - {plain(remedy)}" for remedy in change.remedies]
    return lines


def history(view: changes_page.TopicHistoryView) -> str:
    """Return what each version changed on one topic."""
    lines = [f"# History of {code(view.topic.name)}", ""]
    for step in view.steps:
        lines += [f"## {plain(step.version.name)}", ""]
        for change in step.changes:
            lines += _change(change)
    lines += ["", f"Known since {plain(view.since.name)}."] if view.since else []
    return joined(lines)


def results(view: search_page.SearchView) -> str:
    """Return what was found."""
    lines = (
        f"- {item.kind} {to(Link(name=item.name, path=item.path.partition('#')[0]), '../', code)}"
        + (f": {plain(item.text)}" if item.text else "")
        for item in view.hits
    )
    none = ["Nothing is called or described like this. Try fewer or shorter words, or a topic filter such as `a/#`."]
    near = ["Nothing has all of these words; this is nearest:", ""] if view.near else []
    return joined([f"# Search: {plain(view.q)}", "", *near, *(lines if view.hits or not view.q else none)])


def map_(view: map_page.MapView) -> str:
    """Return services × topics as a list of what each service does with each topic."""
    top, places = up(view.path), view.places
    said = ((row, (f"{plain(name)} {words}" for name, words in row.words)) for row in view.rows)
    lines = [f"- {to(row.topic, top, code)}: {', '.join(words)}" for row, words in said]
    if view.too_large:
        parts = ((Link(name=name, path=places.get(name, "")), count) for name, count in view.parts or view.domains)
        lines = ["Too large for one table; its parts, also as `map/?domain=`:", ""]
        lines += [f"- {to(link, top, code)}: {count} topics" for link, count in parts]
    return joined([f"# Map{f' of {plain(view.domain)}' if view.domain else ''}", "", *lines])


def check(view: check_page.CheckView) -> str:
    """Return what was found out about a payload, or how to ask."""
    if not view.checked:
        return "# Check a payload\n\nPOST it to `api/check`, with `?topic=` for one topic, `?wire=envelope` or `raw`.\n"
    lines = [f"# {plain(view.summary)}", ""]
    for match in view.matches:
        lines.append(f"- {match.verdict}: {code(match.topic.name)} ({plain(match.message.name)})")
        lines += [
            f"  - {code(item.path or 'the whole')}: found {plain(item.found)}, expected {plain(item.expected)}"
            for item in match.wrong
        ]
    return joined(lines)
