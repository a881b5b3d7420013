"""Renamed fields: pairs of one that was removed and one that was added which are the same field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from asyncapi.compare.facets import Facets

_ALIKE = 0.6  # below that a renamed field cannot be told from one that was removed and one that was added
_MOST_PAIRS = 10_000  # every removed field with every added one: a hundred of each
_MOST_SPELLINGS = 20  # fields of one model whose names differ only in case and punctuation


def renames(
    one: Facets, two: Facets, gone: list[str], come: list[str], alike: Callable[[Any, Any], bool]
) -> list[tuple[str, str]]:
    """Pair removed fields with added ones: alike in type, and in name or in place.

    Where there are very many, only names that differ in nothing but case and punctuation are paired.
    """
    pairs: list[tuple[float, str, str]] = []
    many = len(gone) * len(come) > _MOST_PAIRS
    spelled: dict[str, list[str]] = {}
    for other in come if many else ():
        spelled.setdefault(_plain(other), []).append(other)
    for name in gone:
        for other in spelled.get(_plain(name), ())[:_MOST_SPELLINGS] if many else come:
            if alike(one.properties[name], two.properties[other]):
                pairs.append((_likeness(one, two, name, other, alone=len(gone) == len(come) == 1), name, other))
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for score, name, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score >= _ALIKE and name not in chosen and other not in taken:
            chosen[name] = other
            taken.add(other)
    return list(chosen.items())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _likeness(one: Facets, two: Facets, name: str, other: str, *, alone: bool) -> float:
    plain, plainer = _plain(name), _plain(other)
    if plain == plainer:
        return 2.0
    place = list(one.properties).index(name) == list(two.properties).index(other)
    equal_size = len(one.properties) == len(two.properties)
    if alone and place and equal_size and (name in one.required) == (other in two.required):
        return 1.0
    return difflib.SequenceMatcher(None, plain, plainer).ratio()
