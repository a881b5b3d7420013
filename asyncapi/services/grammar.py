"""Text to trees, also of Python newer than the one that runs: a newer interpreter then parses, in one child process."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import subprocess
import threading
import warnings
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from asyncapi.services.interpreters import newer_pythons
from asyncapi.services.parsing_child import CHILD, rebuilt

START = 15.0  # Seconds until a child answers first; shims that choose an interpreter take one or two of their own.
PARSE = 60.0  # Seconds for one file: the largest that is read takes about ten on a slow machine.
LIVES = 3  # A text on which a child hangs or dies costs one; more than a few of these are no accident.

JOINED = 20  # Lines: an f-string of joined parts is refused at its last line; longer ones are rare.
LONGEST_LINE = 1000  # Characters of a line that are looked at, since looking takes their square.

# What tells on the line of an error that a newer grammar reads it, and from which version on.
HEADER = re.compile(r"\s*(?:(?:async\s+)?def|class)\s+\w+\s*\[|\s*type\s+\w+\s*(?:\[.*\]\s*)?=")
SAME_QUOTE = re.compile(
    r"""(?<!\w)(?:[fF][rR]?|[rR][fF])(["'])(?:(?!\1)[^{]|\{\{|\{(?:(?!\1)[^{}])*\})*\{[^{}]*\1.*\}.*\1"""
)
IN_BRACES = re.compile(r"f-string expression part cannot include (?:a backslash|'#')")
TEMPLATE = re.compile(r"""(?<!\w)(?:[tT][rR]?|[rR][tT])["']""")
SEVERAL_TYPES = re.compile(r"multiple exception types must be parenthesized")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file is no Python, and on which line."""

    reason: str
    line: int | None = None


class Grammar:
    """Parses with the running Python, and what that refuses with a newer one where the machine has any."""

    def __init__(self, python: Path | None = None) -> None:
        """Take the interpreter of the team, which is asked before others; nothing is started before it is needed."""
        self._candidates: Iterator[Path] = newer_pythons(python)
        self._child: _Child | None = None
        self._lives = LIVES
        self._lock = threading.Lock()

    def parse(self, text: str) -> ast.Module | Unreadable:
        """Return the tree of a text, or why no Python at hand reads it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except SyntaxError as error:
            with self._lock:
                return self._newer(text) or Unreadable(_reason(error, text), error.lineno)
        except (RecursionError, MemoryError):
            return Unreadable("an expression in it is nested too deeply")
        except ValueError as error:
            return Unreadable(str(error) or type(error).__name__)

    def _newer(self, text: str) -> ast.Module | Unreadable | None:
        child = self._started()
        if child is None:
            return None
        answer = child.ask(text)
        if answer is None:
            self._lives -= 1
            self._child, self._candidates = None, iter([child.python] if self._lives else [])
            return None
        if "error" in answer:
            line = answer.get("line")
            return Unreadable(str(answer["error"]), line if isinstance(line, int) else None)
        try:
            return rebuilt(answer)
        except (ValueError, TypeError, LookupError) as error:
            return Unreadable(f"it is written for a newer Python than is known here: {error}")

    def _started(self) -> _Child | None:
        while self._child is None and (python := next(self._candidates, None)) is not None:
            child = _Child(python)
            self._child = child if child.ready() else None
        return self._child


class _Child:
    """A running interpreter that takes texts and gives trees, a line of JSON each; ends with its owner."""

    def __init__(self, python: Path) -> None:
        self.python = python
        self._answers: Queue[str] = Queue()
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(
                [str(python), "-I", "-S", "-c", CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
            )
        except OSError:
            return
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        self._stop = weakref.finalize(self, _end, self._process)

    def ready(self) -> bool:
        """Say whether it runs and speaks; one that does not is ended."""
        return self._process is not None and self._next(START) == {"ready": True}

    def ask(self, text: str) -> dict[str, object] | None:
        """Return the answer to a text, or None when it gives none in time and was ended."""
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(text) + "\n")
            self._process.stdin.flush()
        except OSError:
            self._stop()
            return None
        return self._next(PARSE)

    def _next(self, seconds: float) -> dict[str, object] | None:
        try:
            answer = json.loads(self._answers.get(timeout=seconds))
        except (Empty, ValueError):
            answer = None
        if not isinstance(answer, dict):
            self._stop()
            return None
        return answer


def _listen(process: subprocess.Popen[str], answers: Queue[str]) -> None:
    assert process.stdout is not None
    with process.stdout, contextlib.suppress(ValueError):  # A line that is no text ends the talk.
        for line in process.stdout:
            answers.put(line)
    answers.put("")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _reason(error: SyntaxError, text: str) -> str:
    """Return what is wrong in words, and which Python would read it where the line of the error shows that."""
    last = error.lineno or 0
    lines = [line[:LONGEST_LINE] for line in text.split("\n")[max(last - JOINED, 0) : last]]
    line = lines[-1] if lines else ""
    formatted = lines if error.msg.startswith("f-string") else [line]
    if TEMPLATE.search(line) or SEVERAL_TYPES.search(error.msg):
        return f"it needs Python 3.14 or newer, and none was found ({error.msg})"
    if HEADER.match(line) or any(map(SAME_QUOTE.search, formatted)) or IN_BRACES.match(error.msg):
        return f"it needs Python 3.12 or newer, and none was found ({error.msg})"
    return error.msg
