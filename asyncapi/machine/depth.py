"""Room for deep programs: nested calls of a program that is run on symbols are nested calls of ours."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
STACK = 512 * 1024 * 1024
"""Bytes of stack for a run: nested calls of a program are nested calls of ours, some forty frames deep each."""
NESTED = 60_000
"""Frames of ours that may be nested; `limits.DEPTH` calls of a program need far fewer."""


def deeply(work: Callable[[], T]) -> T:
    """Do some work in a thread with a deep stack."""
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size()
    sys.setrecursionlimit(max(limit, NESTED))
    threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failed:
        raise failed[0]
    return found[0]
