"""Check a fixture, a document or a workspace, and spell what was found as its expectations are written."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from asyncapi.checks import check
from asyncapi.documents.document import Document, load
from asyncapi.documents.yaml12 import loads
from asyncapi.exporting.export import export_workspace
from asyncapi.findings import Finding
from asyncapi.reports.place import spelled
from asyncapi.schemas.conversion import convert
from asyncapi.view import build

TODAY = date(2026, 6, 1)


def findings(subject: Path, *, today: date = TODAY) -> tuple[Finding, ...]:
    """Return all findings of a document, of the document made from a workspace, or of a schema written in Python."""
    if subject.suffix == ".py":
        return tuple(convert(runpy.run_path(str(subject))["SCHEMA"], rename=str, path="#/components/schemas/Level")[1])
    document = load(subject) if subject.is_file() else workspace(subject)
    return check(build(document), document.raw, today=today)


def workspace(folder: Path) -> Document:
    """Return the document of a workspace."""
    return Document(raw=export_workspace(folder), source=str(folder), format="json")


def told(found: Sequence[Finding]) -> list[dict[str, str]]:
    """Return findings in a fixed order, each with its rule, severity, message and place."""
    items = [{"rule": f.rule, "severity": f.severity, "message": f.message, "at": spelled(f)} for f in found]
    return sorted(items, key=lambda item: tuple(item.values()))


def expected(file: Path) -> list[dict[str, str]]:
    """Return the expectations written in a file, in the same order."""
    items: list[dict[str, str]] = loads(file.read_text(encoding="utf-8")) or []
    return sorted(items, key=lambda item: tuple(item.values()))
