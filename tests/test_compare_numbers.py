"""Numbers that no float can hold are compared like any other."""

from __future__ import annotations

from support.hostile import clean, documents

from asyncapi.documents.document import Document
from portal.system import system


def test_numbers_larger_than_any_float_are_compared() -> None:
    """A document with such bounds is compared with its version before."""
    raw = dict(documents())["numbers"]
    older = [("v1", "2026-01-02T03:04:05+00:00", Document(raw=clean(), source="v1"))]
    shown = system(Document(raw=raw, source="numbers.json"), older=older)
    assert len(shown.history.versions) == 2
