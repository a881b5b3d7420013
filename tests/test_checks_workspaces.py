"""A grown workspace with defects built in: what is found is exactly what was planted, whatever moves around it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.checking import TODAY, expected, told, workspace

from asyncapi.checks import check
from asyncapi.documents import derive
from asyncapi.documents.document import Document
from asyncapi.findings import Finding
from asyncapi.view import build

LEGACY = Path(__file__).parent / "fixtures" / "workspaces" / "legacy"


@pytest.fixture(scope="module")
def legacy() -> Document:
    """Return the document of the legacy workspace."""
    return workspace(LEGACY)


def _checked(document: Document, policy: Mapping[str, Any] | None = None) -> tuple[Finding, ...]:
    raw = copy.deepcopy(dict(document.raw))
    raw["info"]["x-policy"] |= policy or {}
    return check(build(Document(raw=raw, source=document.source)), raw, today=TODAY)


def test_legacy_workspace_shows_what_was_planted(legacy: Document) -> None:
    """Contracts and services that have grown for years: every planted defect is found with its line, nothing else."""
    assert told(_checked(legacy)) == expected(LEGACY / "planted.yaml")


def test_fingerprints_survive_moved_lines(legacy: Document, tmp_path: Path) -> None:
    """Three lines more at the top of every file change the lines of the findings, and no fingerprint."""
    moved = Path(shutil.copytree(LEGACY, tmp_path / "legacy"))
    for file in moved.rglob("*.py"):
        file.write_text("# one\n# two\n# three\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    before, after = _checked(legacy), _checked(workspace(moved))
    assert [item.fingerprint for item in before] == [item.fingerprint for item in after]
    in_python = [item for item in zip(before, after, strict=True) if ".py" in item[0].source]
    assert all(old.line is not None and new.line == old.line + 3 for old, new in in_python)


def test_owners_are_named(legacy: Document) -> None:
    """A finding names the owners of the services it is about."""
    found = [item for item in _checked(legacy) if len(item.services) == 1]
    owners = {item.services[0]: item.owner for item in found}
    assert (owners["irrigation"], owners["climate"], owners["camera"]) == ("Water team", "Air team", "")


IGNORES: list[tuple[dict[str, str], set[str], set[str]]] = [
    ({"rule": "retained-command"}, {"retained-command"}, set()),
    ({"topic": "climate/command"}, {"retained-command"}, set()),
    ({"rule": "retained-command", "topic": "climate/+"}, {"retained-command"}, set()),
    ({"rule": "retained-command", "service": "dashboard", "until": "2026-06-01"}, {"retained-command"}, set()),
    ({"rule": "retained-command", "service": "camera"}, set(), {"ignore-unused"}),
    ({"rule": "retained-command", "topic": "climate/state"}, set(), {"ignore-unused"}),
    ({"rule": "retained-command", "until": "2026-05-31"}, set(), {"ignore-expired"}),
    ({"rule": "retained-command", "until": "some day"}, set(), {"ignore-expired"}),
    ({"until": "2027-01-01"}, set(), {"ignore-unused"}),
]


@pytest.mark.parametrize(("ignore", "hidden", "stale"), IGNORES)
def test_ignores_hide_what_they_name(
    legacy: Document, ignore: dict[str, str], hidden: set[str], stale: set[str]
) -> None:
    """An ignore hides the findings that meet all it says, until its date; one that hides nothing is told."""
    before = {item.rule for item in _checked(legacy)}
    kept = legacy.raw["info"]["x-policy"]["ignore"]
    after = {item.rule for item in _checked(legacy, {"ignore": [*kept, ignore | {"reason": "on purpose"}]})}
    assert (before - after, after - before) == (hidden, stale)


def test_severity_is_the_teams(legacy: Document) -> None:
    """A rule has the severity that the policy gives it, or is off; rules of the export and about ignores too."""
    severity = {"retained-command": "note", "constant-unused": "error", "ignore-unused": "error"}
    policy = {"severity": severity | {"secret-in-contract": "off"}, "ignore": [{"rule": "nothing"}]}
    found = {item.rule: item.severity for item in _checked(legacy, policy)}
    assert {rule: found.get(rule) for rule in [*severity, "secret-in-contract"]} == severity | {
        "secret-in-contract": None
    }


def test_worst_comes_first(legacy: Document) -> None:
    """Findings are ordered by severity."""
    order = [item.severity for item in _checked(legacy)]
    assert order == sorted(order, key=["error", "warning", "note"].index)


def test_checking_changes_nothing(legacy: Document) -> None:
    """A check leaves the document as it was, and says the same twice."""
    before = copy.deepcopy(dict(legacy.raw))
    registry = build(legacy)
    assert check(registry, legacy.raw, today=TODAY) == check(registry, legacy.raw, today=TODAY)
    assert legacy.raw == before


def test_documents_of_one_service_are_left_in_peace(legacy: Document) -> None:
    """The document of one service alone shows no end that is missing, since the other ends are elsewhere."""
    ends = {"topic-without-publisher", "topic-without-subscriber", "request-never-answered", "flow-broken"}
    for service in derive.services(legacy.raw):
        raw = derive.per_service(legacy.raw, service)
        found = check(build(Document(raw=raw)), raw, today=TODAY)
        assert {item.rule for item in found} & ends == set()
