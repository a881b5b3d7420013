"""Sources as documents carry them: `file#symbol` where a fact stands, line numbers in one map."""

from __future__ import annotations

from asyncapi.sources import Source


class Lines:
    """Collects the line of every source that a document mentions."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def ref(self, source: Source) -> str:
        """Return the spelling without a line, and remember the line.

        Facts on several lines of one symbol are told apart by a number: `file#symbol`, `file#symbol~2` …
        """
        if source.line is None:
            return source.ref
        ref, count = source.ref, 1
        while self._lines.setdefault(ref, source.line) != source.line:
            count += 1
            ref = f"{source.file}#{source.symbol}~{count}"
        return ref

    def map(self) -> dict[str, int]:
        """Return `file#symbol` → line in the order of the spelling."""
        return dict(sorted(self._lines.items()))
