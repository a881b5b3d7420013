"""Workspaces written for a test: folders of files from a table, and one service of them as the scanner sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from asyncapi.services.files import ServiceFiles, SharedFiles
from asyncapi.sites import ServiceSource


def write(root: Path, texts: Mapping[str, str]) -> Path:
    """Write files by their paths below a folder; return the folder."""
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root


def service_files(
    root: Path,
    path: str,
    *,
    import_roots: Sequence[str] = (),
    shared: SharedFiles | None = None,
    site_packages: Sequence[Path] = (),
) -> ServiceFiles:
    """Return the files of the service at a path of a workspace."""
    service = ServiceSource(name="service", path=path)
    roots = [root / item for item in import_roots]
    return ServiceFiles(service, root=root, import_roots=roots, shared=shared, site_packages=site_packages)
