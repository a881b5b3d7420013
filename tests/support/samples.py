"""Code samples of pages, written to files and run: the payload files beside them, and what must arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal import delivery
from portal.pages import message
from portal.system import System

BINARY = bytes(range(256)) * 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One message on one topic: its code by client, the payload shown beside it, and the delivery asked for."""

    folder: Path
    address: str
    message: str
    code: dict[str, str]
    payload: Any
    qos: int
    retain: bool
    content_type: str

    @property
    def body(self) -> bytes:
        """Return what must arrive, as bytes; JSON may be spelled otherwise on the wire."""
        if self.content_type.startswith("text/"):
            return str(self.payload).encode()
        return BINARY if "cbor" in self.content_type else json.dumps(self.payload).encode()

    def is_body(self, payload: bytes) -> bool:
        """Say whether a payload that arrived is the one shown."""
        if self.content_type in ("", "application/json"):
            return canonical(json.loads(payload)) == canonical(self.payload)
        return payload == self.body

    def file(self, key: str) -> Path:
        """Return the file that holds the code for a client."""
        return self.folder / f"{key}{'.mjs' if key == 'javascript' else '.sh' if key == 'mosquitto' else '.py'}"


def written(shown: System, folder: Path) -> Iterator[Sample]:
    """Write the code of every message on every topic to files and yield it."""
    index = shown.index
    for topic in index.topics.values():
        operations = index.operations_of(topic)
        for key in topic.messages:
            view = message.view(index, index.messages[key], on=topic)
            sample = Sample(
                folder=folder / f"{len(list(folder.iterdir())):03}",
                address=topic.address or "",
                message=key,
                code={item.key: item.text for item in view.snippets},
                payload=view.examples[0][1],
                qos=max(delivery.qos(topic, operations).values, default=0),
                retain=bool(max(delivery.retain(topic, operations).values, default=0)),
                content_type=view.content_type,
            )
            sample.folder.mkdir()
            for name in ("message.json", "message.txt", "message.bin"):
                (sample.folder / name).write_bytes(sample.body)
            for client, text in sample.code.items():
                sample.file(client).write_text(text, encoding="utf-8")
            yield sample


def canonical(value: Any) -> str:
    """Return JSON data as text that is the same for equal data: `1.0` is `1`, and names stand in order."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
