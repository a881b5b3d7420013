"""The same models give the same AsyncAPI schemas under the oldest and the installed Pydantic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.oldest import VERSION as OLDEST
from support.oldest import oldest_pydantic

from asyncapi.documents.yaml12 import dumps
from asyncapi.exporting.export import export
from asyncapi.names import schema_keys
from asyncapi.schemas.conversion import convert
from asyncapi.workspace.settings import default_settings

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "tests/fixtures/schemas"


@pytest.fixture(scope="module")
def oldest() -> Path:
    """Return a folder with the oldest supported Pydantic."""
    return oldest_pydantic()


def test_oldest_and_newest_pydantic_agree(oldest: Path) -> None:
    """Both versions yield the same text, key order included, in both modes."""
    old, new = _emitted(oldest), _emitted(None)
    assert old["pydantic"] == OLDEST
    assert new["pydantic"] != OLDEST
    for mode in ("validation", "serialization"):
        before, after = _converted(old[mode]), _converted(new[mode])
        assert list(before) == list(after)
        for key in before:
            assert json.dumps(before[key], indent=1) == json.dumps(after[key], indent=1), (mode, key)


def test_versions_really_differ(oldest: Path) -> None:
    """Unconverted, the two do not agree: the comparison compares something."""
    old, new = _emitted(oldest), _emitted(None)
    differing = {name for name in new["validation"] if old["validation"].get(name) != new["validation"][name]}
    assert {"zoo.Literals", "zoo.Containers", "zoo.Loose"} <= differing


def _emitted(directory: Path | None) -> dict[str, Any]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(path) for path in (directory, ZOO) if path)}
    command = [sys.executable, str(ZOO / "emit.py")]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    emitted: dict[str, Any] = json.loads(done.stdout)
    return emitted


def _converted(definitions: dict[str, Any]) -> dict[str, Any]:
    keys = schema_keys(definitions)
    converted = {}
    for identifier, schema in definitions.items():
        result, findings = convert(schema, rename=keys.__getitem__, path=f"#/components/schemas/{keys[identifier]}")
        assert {finding.rule for finding in findings} <= {"schema-default-lost"}
        converted[keys[identifier]] = result
    return converted


CONTRACTS = '''
from enum import Enum
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, Field


class Colour(Enum):
    RED = "r"
    GREEN = "g"


class Point(NamedTuple):
    x: int
    y_value: float = 2.0


class Lamp(BaseModel):
    """Published to: lamp/state"""

    at: Point
    by_colour: dict[Colour, int] = {}
    by_word: dict[Literal["a", "b"], int] = {}
    by_name: dict[Annotated[str, Field(min_length=2)], int] = {}
    unknown: float = float("nan")


TOPIC_LAMP = "lamp/state"
'''


def test_whole_documents_agree(oldest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export looks at contracts through either version and writes the same document."""
    (tmp_path / "lamp.py").write_text(CONTRACTS, encoding="utf-8")
    settings = default_settings(tmp_path, contracts=["lamp"])
    newest = dumps(export(settings).document)
    monkeypatch.setenv("PYTHONPATH", str(oldest))
    assert dumps(export(settings).document) == newest
    assert "y_value" in newest
