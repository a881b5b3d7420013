"""Search over everything that has a name: one index for server and browser, one ranking that both implement.

Every word of the query must be found in an entry. A word scores by the best of: the whole name 100, its
beginning 60, the beginning of one of its parts 40, anywhere in it 25, the beginning of a word of its text 8,
anywhere in the text 4. When nothing is found, names whose trigrams are at least 35 % the same score a fifth of
their likeness. The scores add up; kinds break ties in the order of KINDS, then shorter names, then the order
of the document. `static/portal.js` does the same; one table of cases holds both to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asyncapi.fields import shape
from portal import markdown
from portal.index import Index
from portal.pages.rows import Branch, Row, branches, rows

KINDS = ("topic", "message", "service", "flow", "field", "value")
LONGEST_TEXT = 160
MOST_DESCRIBED = 2_000
MOST_FIELDS = 20_000
_PARTS = re.compile(r"[a-z]+|[0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Trigrams = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be found: its kind, name, page, and what is said of it."""

    kind: str
    name: str
    path: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page of results."""

    q: str
    hits: tuple[Entry, ...]
    total: int


def entries(index: Index) -> tuple[Entry, ...]:
    """Return everything that can be found in a system, in document order within each kind."""
    registry = index.registry
    found = [
        Entry(kind="topic", name=topic.address or key, path=index.topic_paths[key], text=_short(_said(topic)))
        for key, topic in index.topics.items()
    ]
    fields: list[Entry] = []
    for key, message in index.messages.items():
        path = index.message_paths[key]
        inner = shape(message.model or message.payload or {}, registry.schemas)
        said = message.summary or message.description or inner.description
        found.append(Entry(kind="message", name=message.name, path=path, text=_short(said)))
        if len(fields) < MOST_FIELDS:
            parts_of_it = (*rows(inner.children), *_inside(branches(inner.arms, "b")))
            fields += _fields(parts_of_it, path, message.name)
    found += [
        Entry(kind="service", name=name, path=index.service_paths[name], text=_short(service.summary))
        for name, service in index.services.items()
    ]
    found += [
        Entry(kind="flow", name=flow.title or flow.name, path=index.flow_paths[flow.name], text=_short(flow.summary))
        for flow in registry.flows
    ]
    described = len(fields) <= MOST_DESCRIBED
    return (*found, *(fields if described else map(_without_text, fields)))


def _said(topic: object) -> str:
    return getattr(topic, "summary", "") or getattr(topic, "description", "")


def _short(text: str) -> str:
    line = " ".join(markdown.first_paragraph(text).split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _without_text(entry: Entry) -> Entry:
    return Entry(kind=entry.kind, name=entry.name, path=entry.path, text=entry.text.partition(": ")[0])


def _fields(found: Iterable[Row], path: str, message: str) -> list[Entry]:
    entered: list[Entry] = []
    for row in found:
        place = f"{path}#{row.anchor}"
        said = f": {_short(row.description)}" if row.description else ""
        entered.append(Entry(kind="field", name=row.name, path=place, text=f"{message}{said}"))
        entered += [
            Entry(kind="value", name=value.value[1:-1], path=place, text=f"{message}: {row.name}")
            for value in row.values
            if value.value.startswith('"')
        ]
        entered += _fields((*row.rows, *_inside(row.branches)), path, message)
    return entered


def _inside(found: Iterable[Branch]) -> tuple[Row, ...]:
    return tuple(row for branch in found for row in branch.rows)


def search(found: Sequence[Entry], query: str, *, limit: int = 60) -> View:
    """Return the best entries for a query, the best first."""
    words = query.lower()[:300].split()
    scored = _scored(found, words) if words else []
    scored.sort(key=lambda item: (-item[0], KINDS.index(item[2].kind), len(item[2].name), item[1]))
    return View(q=query, hits=tuple(entry for _, _, entry in scored[:limit]), total=len(scored))


def _scored(found: Sequence[Entry], words: list[str]) -> list[tuple[int, int, Entry]]:
    strict = [(score, number, entry) for number, entry in enumerate(found) if (score := _score(entry, words))]
    if strict:
        return strict
    wanted = [trigrams(word) for word in words]
    return [(score, number, entry) for number, entry in enumerate(found) if (score := _likeness(entry, wanted))]


def _score(entry: Entry, words: list[str]) -> int:
    name, text = entry.name.lower(), entry.text.lower()
    if not all(word in name or word in text for word in words):
        return 0
    split = parts(entry.name)
    return sum(_word_score(word, name, split, text) for word in words)


def _word_score(word: str, name: str, split: Sequence[str], text: str) -> int:
    if name == word:
        return 100
    if name.startswith(word):
        return 60
    if any(part.startswith(word) for part in split):
        return 40
    if word in name:
        return 25
    return 8 if f" {word}" in f" {text}" else 4


def _likeness(entry: Entry, wanted: list[Trigrams]) -> int:
    having = [trigrams(part) for part in (*parts(entry.name), entry.name.lower())]
    total = 0
    for word in wanted:
        best = max((200 * len(word & part) // (len(word) + len(part)) for part in having), default=0)
        if best < 35:
            return 0
        total += best // 5
    return total


def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name in lower case: `stateChanged/v2` → state, changed, v, 2."""
    return tuple(_PARTS.findall(_CAMEL.sub(" ", name).lower()))


def trigrams(word: str) -> Trigrams:
    """Return the runs of three characters in a word with two spaces before and one behind it."""
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
