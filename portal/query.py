"""What a text in the filter box means: words, a wildcard filter, or the topic of a message that was seen.

The same rules stand in `static/portal.js`; one table of cases holds both to them.
"""

from __future__ import annotations

from asyncapi.topics import is_filter, matches, overlaps

LONGEST = 300


def words(query: str) -> tuple[str, ...]:
    """Return the words of a query, each of which must be found."""
    return tuple(query[:LONGEST].split())


def found(word: str, address: str, text: str) -> bool:
    """Say whether a word finds a topic: as filter, as concrete topic, or anywhere in its text (lower case)."""
    if is_filter(word):
        return overlaps(word, address)
    return word.lower() in text or ("/" in word and matches(address, word))


def finds(query: str, address: str, text: str) -> bool:
    """Say whether all words of a query find a topic; an empty query finds everything."""
    return all(found(word, address, text) for word in words(query))
