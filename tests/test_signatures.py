"""What is looked at to notice a change, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.repository import repository

from portal.signatures import signature


@pytest.mark.parametrize(
    ("file", "noticed"),
    [
        ("apps/pump.py", True),
        ("apps/readme.md", False),
        (".venv/lib/site.py", False),
        ("node_modules/tool/setup.py", False),
        ("dist/asyncapi.yaml", False),
        (".git/refs/tags/v1", True),
        (".git/reftable/tables.list", True),
        (".git/index", False),
    ],
)
def test_a_new_file_is_noticed_where_it_can_matter(tmp_path: Path, file: str, noticed: bool) -> None:
    """Sources and tags are looked at; what tools install, build or keep for themselves is not."""
    repository(tmp_path)
    before = signature(tmp_path, ())
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert (signature(tmp_path, ()) != before) is noticed
