"""What a language model reads first (llms.txt): what this is, how to read it, where everything stands as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from portal.addresses import system_path
from portal.brokers import listed_brokers
from portal.marked import code, joined, plain, target, to
from portal.pages.shown import Link, nobody
from portal.pages.topics import TopicRow
from portal.system import System

MOST_TOPICS = 400
MOST_NAMES = 200
MOST_PARTIES = 4


def llms(system: System, *, top: str | None = "", key: str = "") -> str:
    """Return the text of one system.

    `top` leads to the root of the portal, where the server answers; None when there is no server. `key` names the
    system among several.
    """
    registry, index = system.registry, system.index
    described = [
        ("Services", [(name, index.service_paths[name], item.summary) for name, item in index.services.items()]),
        ("Flows", [(flow.title or flow.name, index.flow_paths[flow.name], flow.summary) for flow in registry.flows]),
    ]
    messages = [(item.name, index.message_paths[key], item.summary) for key, item in index.messages.items()]
    topics = [_topic(row, nobody(registry)) for row in system.rows()]
    lines = [f"# {plain(registry.title)}", "", f"> {_about(system)}", "", *_brokers(system), *_how(top, key), ""]
    lines += [*_overviews(system), "", "## Topics", "", *_listed(topics, MOST_TOPICS, "index.md")]
    for title, entries in described:
        if entries:
            whole = f"{title.lower()}/index.md"
            lines += ["", f"## {title}", "", *_listed([_entry(*entry) for entry in entries], MOST_NAMES, whole)]
    lines += ["", "## Optional", "", "- [The whole document (AsyncAPI, JSON)](asyncapi.json)"]
    lines += ["- [The whole document (AsyncAPI, YAML)](asyncapi.yaml)"]
    lines += _listed([_entry(*entry) for entry in messages], MOST_NAMES, "messages/index.md")
    return joined(lines)


def llms_of_all(systems: Iterable[System]) -> str:
    """Return the text where several systems are shown: where each of them stands."""
    lines = ["# Contracts of several systems on MQTT", "", "- [All topics](index.md)", "", "## Systems", ""]
    lines += [
        f"- [{plain(system.name)}]({target(system_path(system.key))}llms.txt): {len(system.index.topics)} topics"
        for system in systems
    ]
    return joined(lines)


def _about(system: System) -> str:
    first = re.split(r"\n\s*\n", system.registry.description.strip())[0]
    return f"Contracts of an event-driven system on MQTT. {plain(first)}".rstrip()


def _brokers(system: System) -> list[str]:
    """Return where clients connect to, and a blank line."""
    found = [f"{code(item.address)} ({plain(item.name)})" for item in listed_brokers(system.registry)[:MOST_PARTIES]]
    return [f"Broker{'s' if len(found) > 1 else ''}: {', '.join(found)}", ""] if found else []


def _how(top: str | None, key: str) -> list[str]:
    """Return what a reader must know to make use of the rest."""
    lines = [
        "A topic's page has its JSON, QoS, retained flag, who publishes and subscribes with file and line, and what "
        "answers it. `{name}` in an address stands for one level. Every page has `index.json` and `index.html` beside "
        "its `index.md`."
    ]
    if top is not None:
        chosen = f"system={quote(key)}&" if key else ""
        lines += [
            "",
            f"POST a payload to {code(f'{top}api/check?{chosen}topic=ADDRESS')} to see whether a topic accepts it. "
            "`index.md?q=` takes words, a wildcard filter or a concrete topic and tells the topics that fit, "
            "`search/index.md?q=` finds fields and values as well. Before you change a message, POST the keywords of "
            f"its JSON Schema that you would change to {code(f'{top}api/predict?{chosen}message=NAME')} to see whom "
            "that breaks. "
            f"[The API]({top}openapi.json) has the rest.",
        ]
    return lines


def _overviews(system: System) -> list[str]:
    findings = len(system.registry.findings)
    return [
        "- [All topics](index.md): one table with message, delivery and parties of each",
        "- [Policies](policies/index.md): expected and actual QoS and retained flag",
        "- [Map](map/index.md): services against topics",
        f"- [Findings](findings/index.md): {findings or 'nothing'} that does not meet",
        *(["- [Changes](changes/index.md): what each version changed"] if len(system.history.versions) > 1 else []),
    ]


def _topic(row: TopicRow, nobody: str) -> str:
    delivery = [f"QoS {row.qos.word}"] if row.qos.values else []
    delivery += ["retained"] if row.retain.values == (1,) else []
    delivery += (
        [f"{_few(row.senders) or nobody} → {_few(row.receivers) or nobody}"] if row.senders or row.receivers else []
    )
    told = ". ".join(filter(None, (plain(row.summary).rstrip("."), ", ".join(delivery))))
    return f"- {to(Link(name=row.address, path=row.topic.path), '', code)}" + (f": {told}" if told else "")


def _few(links: Sequence[Link]) -> str:
    names = [plain(link.name) for link in links[:MOST_PARTIES]]
    more = len(links) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _entry(name: str, path: str, summary: str) -> str:
    return f"- {to(Link(name=name, path=path), '')}" + (f": {plain(summary)}" if summary else "")


def _listed(lines: list[str], most: int, whole: str) -> list[str]:
    """Return lines up to a number of them, and where the others are."""
    return lines if len(lines) <= most else [*lines[:most], f"- [{len(lines) - most} more]({whole})"]
