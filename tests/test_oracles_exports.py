"""What we export satisfies the readers of AsyncAPI that other people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import oracles
from support.packages import packages

from asyncapi.documents.yaml12 import dumps
from asyncapi.exporting.export import SPECIFICATIONS, Specification, export, write_json
from asyncapi.workspace.settings import default_settings

pytestmark = pytest.mark.node

OLDER = "asyncapi-latest-version"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[Specification, list[Path]]:
    """Return the exported documents of all fixture packages, as files, by version of the specification."""
    place = tmp_path_factory.mktemp("exports")
    written: dict[Specification, list[Path]] = {version: [] for version in SPECIFICATIONS}
    for package in packages():
        settings = default_settings(package.root, contracts=list(package.modules), path=list(package.paths))
        for version in SPECIFICATIONS:
            path = place / f"{package.name}-{version}.json"
            path.write_text(write_json(export(settings, specification=version).document), encoding="utf-8")
            written[version].append(path)
    return written


def test_parser_says_nothing(documents: dict[Specification, list[Path]]) -> None:
    """The official parser has nothing to say of 3.1.0, and of 3.0.0 only that there is a later version."""
    found = oracles.parser_diagnostics([path for paths in documents.values() for path in paths])
    assert _complaints({path: found[path] for path in documents["3.1.0"]}) == {}
    assert {path.name: [item.code for item in found[path]] for path in documents["3.0.0"]} == {
        path.name: [OLDER] for path in documents["3.0.0"]
    }


@pytest.mark.parametrize("version", SPECIFICATIONS)
def test_official_schema_accepts(version: Specification, documents: dict[Specification, list[Path]]) -> None:
    """The official JSON Schema of the document's version accepts it."""
    assert _complaints(oracles.schema_errors(documents[version], version)) == {}


def test_redocly_accepts(documents: dict[Specification, list[Path]]) -> None:
    """Redocly accepts every export under the committed rules."""
    assert _complaints(oracles.redocly_problems(documents["3.1.0"] + documents["3.0.0"])) == {}


def test_spectral_accepts(documents: dict[Specification, list[Path]]) -> None:
    """Spectral accepts every export under the committed rules."""
    assert _complaints(oracles.spectral_problems(documents["3.1.0"])) == {}


def test_yaml_reads_back_unchanged(documents: dict[Specification, list[Path]]) -> None:
    """A JavaScript reader of YAML 1.2 sees in our YAML the values that our JSON has, types included."""
    values = {path: json.loads(path.read_text(encoding="utf-8")) for path in documents["3.1.0"]}
    for path, value in values.items():
        path.with_suffix(".yaml").write_text(dumps(value), encoding="utf-8")
    read = oracles.yaml_values(path.with_suffix(".yaml") for path in values)
    assert [
        path.name for path, value in values.items() if not oracles.same(read[path.with_suffix(".yaml")], value)
    ] == []


def _complaints(found: oracles.Diagnostics) -> dict[str, list[oracles.Diagnostic]]:
    return {path.name: items for path, items in found.items() if items}
