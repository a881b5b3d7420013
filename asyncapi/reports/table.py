"""The topics of a system as a Markdown table, and the part of a page between two marks that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asyncapi.errors import PortalError
from asyncapi.reports.markdown import neutral
from asyncapi.view.registry import Operation, Registry, Topic

BEGIN, END = "<!-- portal:topics -->", "<!-- /portal:topics -->"
RETAINED = {True: "yes", False: "no", None: ""}


def topic_table(registry: Registry) -> str:
    """Return one row for every topic: address, messages, QoS, retained, who publishes, who subscribes."""
    rows = [
        "| topic | message | QoS | retained | published by | subscribed by |",
        "|---|---|---|---|---|---|",
        *(_row(topic, registry) for topic in registry.topics),
    ]
    return "\n".join(rows)


def _row(topic: Topic, registry: Registry) -> str:
    operations = [operation for key in topic.operations if (operation := registry.operation(key))]
    sends = [operation for operation in operations if operation.action == "send"]
    messages = [message.name for key in topic.messages if (message := registry.message(key))]
    cells = [
        topic.address if topic.address is not None else topic.key,
        _joined(messages),
        _joined(str(qos) for qos in _levels(topic, sends)),
        _joined(RETAINED[flag] for flag in _flags(topic, sends)),
        _joined(operation.service for operation in sends),
        _joined(operation.service for operation in operations if operation.action == "receive"),
    ]
    return f"| {' | '.join(neutral(cell) for cell in cells)} |"


def _levels(topic: Topic, sends: list[Operation]) -> list[int]:
    found = sorted({operation.delivery.qos for operation in sends if operation.delivery.qos is not None})
    return found or ([topic.expected.qos] if topic.expected.qos is not None else [])


def _flags(topic: Topic, sends: list[Operation]) -> list[bool]:
    found = sorted({operation.delivery.retain for operation in sends if operation.delivery.retain is not None})
    return found or ([topic.expected.retain] if topic.expected.retain is not None else [])


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def with_table(page: str, table: str, source: str) -> str:
    """Return a page with the table between its marks; PortalError names the page that has them not exactly once."""
    ending = "\r\n" if "\r\n" in page else "\n"
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise PortalError(
            "the page has no place for the table", source=source, hint=f"write {BEGIN} and {END} on lines of their own"
        )
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    block = f"{BEGIN}\n\n{table}\n\n{END}".replace("\n", ending)
    return between.sub(lambda _: block, page)
