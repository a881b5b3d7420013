"""Changes as teams make them, from source to verdict, each held to what Pydantic itself does with real messages."""

from __future__ import annotations

import importlib
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from asyncapi.compare.judgement import HURTING, VERDICTS
from asyncapi.compare.report import Report, report
from asyncapi.documents.document import Document
from asyncapi.exporting.export import export_workspace
from asyncapi.view import build

HERE = Path(__file__).parent / "fixtures" / "teams"
CHANGES: list[dict[str, Any]] = tomllib.loads((HERE / "changes.toml").read_text(encoding="utf-8"))["change"]
SETTINGS = 'title = "Teams"\ncontracts = ["teams_{version}"]\npath = ["."]\nservices = ["apps/*"]\n'
CONTRACT = '''"""One change."""
from __future__ import annotations
from teams_{version}.classes import *

TOPIC_MESSAGE = "teams/{name}"
{body}

CONTRACTS = [dict(topic=TOPIC_MESSAGE, model=Message)]
'''
SENDER = """import aiomqtt
from teams_{version}.{name} import Message, TOPIC_MESSAGE
async def send(client: aiomqtt.Client, message: Message):
    await client.publish(TOPIC_MESSAGE, message.model_dump_json(), qos=1)
"""
READER = """import aiomqtt
from teams_{version}.{name} import Message, TOPIC_MESSAGE
async def start(client: aiomqtt.Client):
    await client.subscribe(TOPIC_MESSAGE, qos=1)
"""


def _workspace(folder: Path, version: str) -> Path:
    """Write the contracts of one version of every change, a sender and a reader of each."""
    package = folder / f"teams_{version}"
    for place in (package, folder / "apps/sender", folder / "apps/reader"):
        place.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copy(HERE / "classes.py", package / "classes.py")
    (folder / "portal.toml").write_text(SETTINGS.format(version=version), encoding="utf-8")
    for change in CHANGES:
        name, body = change["name"], change[version]
        body = body if "\n" in body else f"class Message(Closed):\n    value: {body}"
        for path, text in (
            (package, CONTRACT),
            (folder / "apps/sender", SENDER),
            (folder / "apps/reader", READER),
        ):
            (path / f"{name}.py").write_text(text.format(version=version, name=name, body=body), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Write both versions and make their classes importable."""
    made = {version: _workspace(tmp_path_factory.mktemp(version), version) for version in ("old", "new")}
    sys.path[:0] = [str(folder) for folder in made.values()]
    yield made
    del sys.path[:2]


@pytest.fixture(scope="module")
def compared(folders: dict[str, Path]) -> Report:
    """Compare the documents of both versions."""
    old, new = (build(Document(raw=export_workspace(folder))) for folder in folders.values())
    return report(old, new)


def _messages(change: dict[str, Any], version: str) -> tuple[type[BaseModel], list[str]]:
    """Return the class of a version and what a publisher sends of its messages."""
    cls: type[BaseModel] = importlib.import_module(f"teams_{version}.{change['name']}").Message
    alone = "\n" not in change[version]
    texts = [f'{{"value": {text}}}' if alone else text for text in change[f"{version}_json"]]
    return cls, [cls.model_validate_json(text).model_dump_json() for text in texts]


def _reads(cls: type[BaseModel], texts: list[str]) -> bool:
    try:
        for text in texts:
            cls.model_validate_json(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change["name"])
def test_verdict_is_what_happens(change: dict[str, Any], compared: Report) -> None:
    """The report says for both sides what the table says, and real messages are rejected where it says so.

    Where Pydantic quietly converts what the report calls a break, or a function of the team rejects what it calls
    good, the table names the side.
    """
    found = [one for one in compared.findings if f"teams/{change['name']}" in one.topics]
    said = {
        side: max((getattr(one, side) for one in found), key=VERDICTS.index, default="ok")
        for side in ("subscribers", "publishers")
    }
    assert said == {side: change[side] for side in said}
    (old, sent_before), (new, sent_after) = (_messages(change, version) for version in ("old", "new"))
    reads = {"subscribers": _reads(old, sent_after), "publishers": _reads(new, sent_before + sent_after)}
    broken = {side for side in said if said[side] in HURTING - {"lost"}}
    assert {side for side in broken if reads[side]} == set(change.get("converted", ()))
    assert {side for side in set(said) - broken if not reads[side]} == set(change.get("unseen", ()))
