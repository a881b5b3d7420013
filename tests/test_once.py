"""Values that are made once: which are kept, and which are made again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.once import Once


def test_what_was_asked_for_last_is_kept() -> None:
    """Of more values than are kept, the one goes that nobody asked for longest."""
    made: list[str] = []
    kept: Once[str, str] = Once(2)

    def make(key: str) -> Callable[[], str]:
        return lambda: made.append(key) or key  # type: ignore[func-returns-value]

    for key in "abacab":
        assert kept.get(key, make(key)) == key
    assert (made, len(kept)) == (list("abcb"), 2)


def test_a_failure_is_not_kept() -> None:
    """What could not be made is made again by whoever asks next."""
    kept: Once[str, int] = Once(1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert (kept.get("a", lambda: 2), kept.get("a", lambda: 3)) == (2, 2)
