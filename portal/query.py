"""What a text in the filter box means: words, a wildcard filter, or the topic of a message that was seen.

The same rules stand in `static/portal.js`; one table of cases holds both to them.
"""

from __future__ import annotations

import re
import unicodedata

from asyncapi.topics import is_filter, matches, overlaps

LONGEST = 300
_ACCENTS = re.compile("[\u0300-\u036f]+")


def words(query: str) -> tuple[str, ...]:
    """Return the words of a query, each of which must be found."""
    return tuple(query[:LONGEST].split())


def found(word: str, address: str, text: str) -> bool:
    """Say whether a word finds a topic: as filter, as concrete topic, or anywhere in its text."""
    if is_filter(word):
        return overlaps(word, address)
    return fold(word) in fold(text) or ("/" in word and matches(address, word))


def finds(query: str, address: str, text: str) -> bool:
    """Say whether all words of a query find a topic; an empty query finds everything."""
    return all(found(word, address, text) for word in words(query))


def fold(text: str) -> str:
    """Return text in lower case and without accents."""
    lower = text.lower()
    return lower if lower.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", lower))
