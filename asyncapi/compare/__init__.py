"""Two documents in, what changed and whom it breaks out: `judge(compare(old, new))`.

Importing this package loads nothing; each function loads what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncapi.compare.comparison import Comparison
    from asyncapi.compare.judgement import DiffFinding, DiffSettings
    from asyncapi.documents.document import Document

__all__ = ["compare", "judge"]


def compare(old: Document, new: Document) -> Comparison:
    """Return what two versions of a document have in common and where they differ, by what is on the wire."""
    from asyncapi.compare import comparing
    from asyncapi.view import build

    return comparing.compare(build(old), build(new))


def judge(comparison: Comparison, settings: DiffSettings | None = None) -> tuple[DiffFinding, ...]:
    """Return every change with what it breaks, worst first.

    `settings` says how grave which kind of change is; by default it is as `[diff.severity]` of the old version has it.
    """
    from asyncapi.compare import judging
    from asyncapi.compare.judgement import DiffSettings

    return judging.judge(comparison, settings or DiffSettings(levels=dict(comparison.old.policy.diff_severity)))
