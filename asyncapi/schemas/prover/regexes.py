"""Regular languages by derivatives: whether a text matches, and a shortest text of a language.

Patterns are read as ECMA 262 does without flags (classes are ASCII, `$` is the end only); what is not regular, or
read differently elsewhere, is out of reach. (Brzozowski 1964; Owens, Reppy and Turon 2009 on classes of characters.)
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from asyncapi.schemas.prover.answers import UndecidedError

Regex = tuple[Any, ...]
Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF  # the last code point of Unicode; without surrogates, which are no characters
NEVER: Regex = ("set", ())
ANYTHING: Ranges = ((0, 0xD7FF), (0xE000, LAST))
EMPTY: Regex = ("empty",)
ALL: Regex = ("star", ("set", ANYTHING))
_LINE_ENDS: Ranges = ((10, 10), (13, 13), (0x2028, 0x2029))
_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = (
    *((9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_LIKED = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. /:@"
_MOST_WORK = 100_000  # parts of languages that are derived; bounds one question
_LONGEST = 2_000  # characters of a text that is looked for
_MOST_REPEATS = 1_000  # of `{n}`, which is written out


def language(pattern: str) -> Regex:
    """Return the language of all texts in which the pattern is found; raises UndecidedError where it is not regular."""
    if re.search(r"\\[AZbBpPkuxcG]|\(\?[<P]", pattern.replace("\\\\", "")):
        raise UndecidedError(f"the pattern {pattern!r}")
    try:
        parsed = _parser.parse(pattern)
        if len(pattern) > _LONGEST or parsed.state.flags != re.UNICODE:
            raise NotImplementedError
        return _branch(parsed.data)
    except (re.error, OverflowError, RecursionError, NotImplementedError):
        raise UndecidedError(f"the pattern {pattern!r}") from None


def literal(text: str) -> Regex:
    """Return the language of one text."""
    return _cat([("set", ((ord(letter), ord(letter)),)) for letter in text])


def length(least: int, most: int | None) -> Regex:
    """Return the language of all texts of these lengths."""
    return _repeat(("set", ANYTHING), least, most)


def both(parts: Iterable[Regex]) -> Regex:
    """Return the intersection."""
    return _and(frozenset(parts))


def either(parts: Iterable[Regex]) -> Regex:
    """Return the union."""
    return _or(frozenset(parts))


def complement(regex: Regex) -> Regex:
    """Return all other texts."""
    return regex[1] if regex[0] == "not" else ("not", regex)


def holds(regex: Regex, text: str) -> bool:
    """Say whether a text is in the language; the time is linear in its length."""
    for letter in text:
        regex = derive(regex, ord(letter))
        if regex == NEVER:
            return False
    return nullable(regex)


def shortest(regex: Regex) -> str | None:
    """Return a shortest text of the language, None when there is none; raises UndecidedError when it is too large."""
    alphabet = _alphabet(regex)
    seen = {regex}
    waiting = deque([(regex, "")])
    work = 0
    while waiting:
        state, text = waiting.popleft()
        work += len(alphabet) * _size(state)
        if work > _MOST_WORK:
            raise UndecidedError("patterns of too many states")
        if nullable(state):
            return text
        for letter in alphabet:
            following = derive(state, letter)
            if following != NEVER and following not in seen:
                seen.add(following)
                waiting.append((following, text + chr(letter)))
    return None


def nullable(regex: Regex) -> bool:
    """Say whether the empty text is in the language."""
    kind = regex[0]
    if kind in ("empty", "star"):
        return True
    if kind == "set":
        return False
    if kind == "cat":
        return nullable(regex[1]) and nullable(regex[2])
    if kind == "or":
        return any(nullable(part) for part in regex[1])
    if kind == "and":
        return all(nullable(part) for part in regex[1])
    if kind == "not":
        return not nullable(regex[1])
    return regex[2] == 0 or nullable(regex[1])


def derive(regex: Regex, letter: int) -> Regex:
    """Return what may follow the letter."""
    kind = regex[0]
    if kind == "set":
        return EMPTY if any(low <= letter <= high for low, high in regex[1]) else NEVER
    if kind == "empty":
        return NEVER
    if kind == "cat":
        left = _join(derive(regex[1], letter), regex[2])
        return _or(frozenset((left, derive(regex[2], letter)))) if nullable(regex[1]) else left
    if kind == "or":
        return _or(frozenset(derive(part, letter) for part in regex[1]))
    if kind == "and":
        return _and(frozenset(derive(part, letter) for part in regex[1]))
    if kind == "not":
        return complement(derive(regex[1], letter))
    if kind == "star":
        return _join(derive(regex[1], letter), regex)
    least, most = regex[2], regex[3]
    rest = _repeat(regex[1], max(0, least - 1), None if most is None else most - 1)
    return _join(derive(regex[1], letter), rest)


def _join(left: Regex, right: Regex) -> Regex:
    if left == NEVER or right == NEVER:
        return NEVER
    if left == EMPTY:
        return right
    if right == EMPTY:
        return left
    if left[0] == "cat":
        return ("cat", left[1], _join(left[2], right))
    return ("cat", left, right)


def _cat(parts: list[Regex]) -> Regex:
    whole = EMPTY
    for part in reversed(parts):
        whole = _join(part, whole)
    return whole


def _or(parts: frozenset[Regex]) -> Regex:
    flat: set[Regex] = set()
    for part in parts:
        flat.update(part[1] if part[0] == "or" else (part,))
    flat.discard(NEVER)
    if ALL in flat or ("not", NEVER) in flat:
        return ALL
    if not flat:
        return NEVER
    return next(iter(flat)) if len(flat) == 1 else ("or", frozenset(flat))


def _and(parts: frozenset[Regex]) -> Regex:
    flat: set[Regex] = set()
    for part in parts:
        flat.update(part[1] if part[0] == "and" else (part,))
    flat -= {ALL, ("not", NEVER)}
    if NEVER in flat or ("not", ALL) in flat:
        return NEVER
    if not flat:
        return ALL
    return next(iter(flat)) if len(flat) == 1 else ("and", frozenset(flat))


def _repeat(regex: Regex, least: int, most: int | None) -> Regex:
    if most == 0:
        return EMPTY
    if least == 0 and most is None:
        return ("star", regex)
    if least == 1 and most == 1:
        return regex
    return ("repeat", regex, least, most)


def _alphabet(regex: Regex) -> list[int]:
    """Return one character of every class that the language tells apart, pleasant ones first."""
    sets = _sets(regex)
    borders = sorted(
        {0, 0xE000, *(low for one in sets for low, _ in one), *(high + 1 for one in sets for _, high in one)}
    )
    candidates = [*map(ord, _LIKED), *(point for point in borders if point <= LAST and not 0xD800 <= point < 0xE000)]
    chosen: dict[tuple[bool, ...], int] = {}
    for letter in candidates:
        chosen.setdefault(tuple(any(low <= letter <= high for low, high in one) for one in sets), letter)
    return list(chosen.values())


def _size(regex: Regex) -> int:
    """Return how many parts a language is made of: what deriving it costs."""
    size = 0
    waiting = [regex]
    while waiting:
        part = waiting.pop()
        size += 1
        if part[0] in ("or", "and"):
            waiting += part[1]
        elif part[0] == "cat":
            waiting.append(part[1])
            if nullable(part[1]):
                waiting.append(part[2])
        elif part[0] in ("not", "repeat", "star"):
            waiting.append(part[1])
    return size


def _sets(regex: Regex) -> tuple[Ranges, ...]:
    found: dict[Ranges, None] = {}
    waiting = [regex]
    while waiting:
        part = waiting.pop()
        if part[0] == "set":
            found[part[1]] = None
        elif part[0] in ("or", "and"):
            waiting += part[1]
        else:
            waiting += [inner for inner in part[1:] if isinstance(inner, tuple)]
    return tuple(found)


def _branch(items: list[Any]) -> Regex:
    """Return the language of texts in which a sequence at the top is found."""
    if len(items) == 1 and str(items[0][0]) == "BRANCH":
        return either(_branch(list(branch)) for branch in items[0][1][1])
    if len(items) == 1 and str(items[0][0]) == "SUBPATTERN" and not items[0][1][1]:
        return _branch(list(items[0][1][3]))
    start = bool(items) and items[0] == (_constants.AT, _constants.AT_BEGINNING)
    body = _sequence(items[1:] if start else items)
    return body if start else _join(ALL, body)


def _sequence(items: list[Any]) -> Regex:
    """Return what a sequence leaves of a text from here to its end; look-aheads hold from where they stand."""
    whole = ALL
    if items and items[-1] == (_constants.AT, _constants.AT_END):
        whole, items = EMPTY, items[:-1]
    for code, argument in reversed(items):
        if str(code) in ("ASSERT", "ASSERT_NOT") and argument[0] == 1:
            ahead = _sequence(list(argument[1]))
            whole = both((whole, ahead if str(code) == "ASSERT" else complement(ahead)))
        else:
            whole = _join(_item(str(code), argument), whole)
    return whole


def _inner(items: Any) -> Regex:
    return _cat([_item(str(code), argument) for code, argument in items])


def _item(code: str, argument: Any) -> Regex:
    if code == "LITERAL":
        return ("set", ((argument, argument),))
    if code == "NOT_LITERAL":
        return ("set", _without(((argument, argument),)))
    if code == "ANY":
        return ("set", _without(_LINE_ENDS))
    if code == "IN":
        return ("set", _ranges(argument))
    if code == "BRANCH":
        return either(_inner(branch) for branch in argument[1])
    if code == "SUBPATTERN" and not argument[1] and not argument[2]:
        return _inner(argument[3])
    if code in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inner = argument
        if least > _MOST_REPEATS:
            raise NotImplementedError
        return _repeat(_inner(inner), int(least), None if most is _constants.MAXREPEAT else int(most))
    raise NotImplementedError


def _ranges(choices: Any) -> Ranges:
    words = [(str(code), argument) for code, argument in choices]
    ranges: list[tuple[int, int]] = []
    for code, argument in words:
        if code == "LITERAL":
            ranges.append((argument, argument))
        elif code == "RANGE":
            ranges.append(tuple(argument))
        elif code == "CATEGORY":
            ranges += _category(str(argument))
    return _without(tuple(ranges)) if words[0][0] == "NEGATE" else tuple(sorted(ranges))


def _category(name: str) -> Ranges:
    ranges = {"DIGIT": _DIGIT, "SPACE": _SPACE, "WORD": _WORD}[name.rpartition("_")[2]]
    return _without(ranges) if "_NOT_" in name else ranges


def _without(ranges: Ranges) -> Ranges:
    rest: list[tuple[int, int]] = []
    for start, end in ANYTHING:
        for low, high in sorted(ranges):
            if start < low <= end:
                rest.append((start, low - 1))
            if low <= end:
                start = max(start, high + 1)
        if start <= end:
            rest.append((start, end))
    return tuple(rest)
