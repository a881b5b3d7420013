"""AsyncAPI documents of MQTT systems: make them from code, read them, check them, compare them.

Knows documents. Knows nothing of the web, of terminals, or of any particular team's contracts.

    from asyncapi import check, export, load
    from asyncapi.compare import compare, judge

`docs/reference/library.md` shows how they go together. Importing this package loads nothing; each function loads what
it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from asyncapi.documents.document import Document
    from asyncapi.findings import Finding

__all__ = ["check", "export", "load"]


def export(workspace: str | Path, *, python: str | Path | None = None) -> Document:
    """Return the document of a workspace: a folder with a portal.toml, or that file.

    The contracts are imported in a process of their own, by `python` where that is given or portal.toml names one.
    Raises SettingsError when portal.toml is wrong, IntrospectionError when the contracts cannot be looked at.
    """
    from pathlib import Path

    from asyncapi.documents.document import Document
    from asyncapi.exporting.export import export_workspace

    made = export_workspace(Path(workspace), python=Path(python) if python else None)
    return Document(raw=made, source=str(workspace), format="json")


def load(file: str | Path) -> Document:
    """Return the AsyncAPI 3 document in a file, YAML or JSON; raises DocumentError when it cannot be read as one."""
    from asyncapi.documents import document

    return document.load(file)


def check(document: Document, *, today: date | None = None) -> tuple[Finding, ...]:
    """Return the findings of a document, worst first, with the severities and ignores that it carries.

    `today` decides which ignores and deprecations are over; by default it is the day on this machine.
    """
    from datetime import date

    from asyncapi import checks
    from asyncapi.view import build

    return checks.check(build(document), document.raw, today=today or date.today())
