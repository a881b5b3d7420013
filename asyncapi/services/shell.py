"""Shell text as the simple commands in it that may start Python, each with its line and the folder it runs in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

HEREDOC = re.compile(r"(?<!<)<<-?\s*[\"']?(\w+)[\"']?")
ENDS = frozenset(";&|()")  # A word of these characters ends a simple command.
KEYWORDS = frozenset(["if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "exec", "time"])
# A line without any of these names no program in Python, no app object, no shell; splitting it would be wasted time.
TELLING = re.compile(r"py|\w:\w|fastapi|sh\b|\bsu\b|\bcd\b")
ASSIGNMENT = re.compile(r"\w+\+?=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """One simple command: its words without assignments and redirections, its line, the folder it runs in."""

    words: tuple[str, ...]
    line: int
    folder: str = ""


def simple_commands(text: str, line: int = 1, folder: str = "") -> Iterator[Simple]:
    """Yield the simple commands of a shell text in order, without lines that start no Python or cannot be split."""
    for number, logical in joined_lines(text, line):
        for words in _split(logical) if TELLING.search(logical) else ():
            if words[0] == "cd" and len(words) > 1:
                folder = into(folder, words[1])
            else:
                yield Simple(words=tuple(words), line=number, folder=folder)


def into(folder: str, path: str) -> str:
    """Return where a path leads from a folder: itself when it is absolute or starts with a variable."""
    return path if not folder or path.startswith(("/", "$", "~")) else f"{folder}/{path}"


def joined_lines(text: str, line: int = 1) -> Iterator[tuple[int, str]]:
    """Yield (number, line) with continued lines joined, without comments and the bodies of here-documents."""
    pending, start, closing = "", line, ""
    for number, raw in enumerate(text.split("\n"), line):
        if closing:
            closing = "" if raw.strip() == closing else closing
            continue
        if raw.lstrip().startswith("#"):
            continue
        start = start if pending else number
        if raw.endswith("\\"):
            pending += raw[:-1] + " "
            continue
        pending += raw
        if match := HEREDOC.search(pending):
            closing = match[1]
        yield start, pending
        pending = ""
    if pending:
        yield start, pending


def _split(line: str) -> Iterator[list[str]]:
    """Yield the words of each simple command on a line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        tokens = list(lexer)
    except ValueError:
        return
    words: list[str] = []
    redirected = False
    for token in [*tokens, ";"]:
        if redirected or (set(token) <= set("<>&|") and set(token) & set("<>")):
            redirected = not redirected
        elif token.startswith("#") or (token and set(token) <= ENDS):
            if words:
                yield words
            words = []
            if token.startswith("#"):
                return
        elif words or not (token in KEYWORDS or ASSIGNMENT.match(token)):
            words.append(token)
