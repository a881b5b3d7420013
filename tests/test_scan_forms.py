"""Every form in which services name their topics, one small service each; expectations are written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.scanning import look

SERVICES = Path(__file__).parent / "fixtures" / "services"
FORMS = sorted(path.parent.name for path in SERVICES.glob("*/expected.txt"))


@pytest.mark.parametrize("form", FORMS)
def test_form(form: str) -> None:
    """A service's sites, causes, findings, and what it did not see, are exactly those written in expected.txt."""
    expected = (SERVICES / form / "expected.txt").read_text().splitlines()
    assert look(SERVICES / form) == sorted(expected)


def test_every_fixture_has_expectations() -> None:
    """No fixture service stands without its table of expectations."""
    assert {path.name for path in SERVICES.iterdir() if path.is_dir()} == set(FORMS)
