"""Regular expression → one short text that it should match, by a deterministic walk over Python's parse of it.

The caller checks the text: look-around and word boundaries are stepped over, not solved.
"""

from __future__ import annotations

import re
import warnings
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_LONGEST = 512  # characters of an example that is still shown
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. "
_LIKED = 3  # further turns of repeats, so that `[a-z]*` gives a word and not nothing


def matching(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """Return text for a pattern, at least `least` characters where a repeat allows it; None when there is none."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    for extra in (_LIKED, 0, max(0, least - _minimum(tree))):
        text = _Walk(extra).run(tree)
        if text is not None and len(text) >= least and (most is None or len(text) <= most):
            return text
    return None


def _minimum(tree: Any) -> int:
    return min(int(tree.getwidth()[0]), _LONGEST)


class _Walk:
    """One walk; repeats run to their minimum and share `extra` further turns, first come first served."""

    def __init__(self, extra: int) -> None:
        self.extra = extra
        self.length = 0
        self.turn = 0
        self.groups: dict[int, str] = {}

    def run(self, tree: Any) -> str | None:
        try:
            return self.sequence(tree)
        except (_TooLongError, RecursionError):
            return None

    def sequence(self, items: Any) -> str:
        return "".join(self.item(str(code), argument) for code, argument in items)

    def item(self, code: str, argument: Any) -> str:
        if code == "LITERAL":
            return self.grown(chr(argument))
        if code == "NOT_LITERAL":
            return self.grown(next(letter for letter in _ALPHABET if ord(letter) != argument))
        if code == "ANY":
            return self.letter(lambda _: True)
        if code == "IN":
            return self.one_of(argument)
        if code == "BRANCH":
            return self.sequence(argument[1][0])
        if code == "SUBPATTERN":
            self.groups[argument[0] or 0] = text = self.sequence(argument[3])
            return text
        if code == "ATOMIC_GROUP":
            return self.sequence(argument)
        if code in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self.repeat(*argument)
        if code == "GROUPREF":
            return self.grown(self.groups.get(argument, ""))
        return ""

    def repeat(self, least: int, most: int, inner: Any) -> str:
        turns = int(least)
        if turns > _LONGEST:
            raise _TooLongError
        spare = min(self.extra, int(most) - turns if most is not _constants.MAXREPEAT else self.extra)
        self.extra -= spare
        return "".join(self.sequence(inner) for _ in range(turns + spare))

    def one_of(self, choices: Any) -> str:
        """Pick from a set, walking on through it so that repeats do not repeat one letter."""
        wanted = [(str(code), argument) for code, argument in choices]
        negated = wanted[0][0] == "NEGATE"
        rest = wanted[1:] if negated else wanted
        return self.letter(lambda letter: negated != any(_in(letter, *choice) for choice in rest), rest)

    def letter(self, allowed: Any, choices: Any = ()) -> str:
        liked = [letter for letter in _ALPHABET if allowed(letter)]
        if not liked:
            liked = [chr(code) for code in range(33, 0x3000) if allowed(chr(code))][:1]
        if not liked:
            starts = {"LITERAL": lambda argument: argument, "RANGE": lambda argument: argument[0]}
            liked = [chr(starts[code](argument)) for code, argument in choices if code in starts][:1]
        if not liked:
            raise _TooLongError
        self.turn += 1
        return self.grown(liked[(self.turn - 1) % len(liked)])

    def grown(self, text: str) -> str:
        self.length += len(text)
        if self.length > _LONGEST:
            raise _TooLongError
        return text


class _TooLongError(Exception):
    """The text would be longer than an example may be."""


def _in(letter: str, code: str, argument: Any) -> bool:
    if code == "LITERAL":
        return bool(ord(letter) == argument)
    if code == "RANGE":
        return bool(argument[0] <= ord(letter) <= argument[1])
    return bool(code == "CATEGORY" and _in_category(letter, str(argument)))


def _in_category(letter: str, category: str) -> bool:
    word = category.rpartition("_")[2]
    member = {"DIGIT": letter.isdecimal(), "SPACE": letter.isspace(), "WORD": letter.isalnum() or letter == "_"}
    return bool(member.get(word, False)) != ("_NOT_" in category)
