"""Search over everything that has a name: one index for server and browser, one ranking that both implement.

Case and accents make no difference. Every word of the query must be found in an entry. A word scores by the best of:
the whole name 100, a topic that is meant by the concrete topic in the word 80, the beginning of the name or a topic
that a wildcard filter takes 60, one of its parts 50, the beginning of one 40, anywhere in it 25, the beginning of a
word of its text 8, anywhere in the text 4; fields and values count half. When no entry has all words, those count
that have the most, and a word is also found in a name whose trigrams are at least 35 % the same, for a fifth of the
likeness; two neighbouring letters that changed places in a word of four or more make it 70 % the same. The scores add
up; kinds break ties in the order of KINDS, then shorter names, then the order of the document. `static/portal.js`
does the same; one table of cases holds both to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asyncapi.schemas.fields import shape
from asyncapi.topics import is_filter, matches, overlaps
from portal import markdown
from portal.index import Index
from portal.pages.rows import Branch, FieldRow, branches, rows
from portal.query import fold

KINDS = ("topic", "message", "service", "flow", "field", "value")
LONGEST_TEXT = 160
MOST_DESCRIBED = 2_000
MOST_FIELDS = 20_000
MOST_NEAREST = 5
SWAPPED = 70  # a word with two letters swapped counts as near as one that shares most of its letters
_PARTS = re.compile(r"[^\W\d_]+|\d+")
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
class SearchView:
    """The page of results; `near` says that no entry has all the words."""

    q: str
    hits: tuple[Entry, ...]
    total: int
    near: bool = False


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
        apart = index.told_apart(message)
        text = ": ".join(filter(None, (apart, _short(said))))
        found.append(Entry(kind="message", name=message.name, path=path, text=text))
        if len(fields) < MOST_FIELDS:
            parts_of_it = (*rows(inner.children), *_inside(branches(inner.arms, "b")))
            fields += _fields(parts_of_it, path, f"{message.name} {apart}".rstrip())
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


def _fields(found: Iterable[FieldRow], path: str, message: str) -> list[Entry]:
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


def _inside(found: Iterable[Branch]) -> tuple[FieldRow, ...]:
    return tuple(row for branch in found for row in branch.rows)


def search(found: Sequence[Entry], query: str, *, limit: int = 60) -> SearchView:
    """Return the best entries for a query, the best first."""
    words = fold(query[:300]).split()
    strict = _ranked((_score(entry, words), entry) for entry in found) if words else []
    scored = strict or (_nearest(found, words) if words else [])
    return SearchView(q=query, hits=tuple(scored[:limit]), total=len(scored), near=bool(scored) and not strict)


def nearest(names: Iterable[tuple[str, str]], query: str) -> tuple[str, ...]:
    """Return the few names, each with its kind, that come nearest to a query which found no topic."""
    found = [Entry(kind=kind, name=name, path="") for kind, name in dict.fromkeys(names)]
    return tuple(dict.fromkeys(entry.name for entry in search(found, query, limit=MOST_NEAREST).hits))


def _ranked(scored: Iterable[tuple[int, Entry]]) -> list[Entry]:
    found = [(score, entry) for score, entry in scored if score]
    return [entry for _, entry in sorted(found, key=lambda item: (-item[0], *_order(item[1])))]


def _order(entry: Entry) -> tuple[int, int]:
    return KINDS.index(entry.kind), len(entry.name)


def _score(entry: Entry, words: list[str]) -> int:
    name, text = fold(entry.name), fold(entry.text)
    if not all(word in name or word in text or _meant(word, entry.kind, name) for word in words):
        return 0
    split = parts(entry.name)
    return sum(_word_score(word, entry, name, split, text) for word in words)


def _word_score(word: str, entry: Entry, name: str, split: Sequence[str], text: str) -> int:
    half = 2 if entry.kind in ("field", "value") else 1
    if name == word:
        return 100 // half
    if meant := _meant(word, entry.kind, name):
        return meant
    if name.startswith(word):
        return 60 // half
    if word in split:
        return 50 // half
    if any(part.startswith(word) for part in split):
        return 40 // half
    if word in name:
        return 25 // half
    return (8 if f" {word}" in f" {text}" else 4) if word in text else 0


def _meant(word: str, kind: str, name: str) -> int:
    if kind != "topic":
        return 0
    if is_filter(word):
        return 60 if overlaps(word, name) else 0
    return 80 if "/" in word and matches(name, word) else 0


def _nearest(found: Sequence[Entry], words: list[str]) -> list[Entry]:
    wanted = [_runs(word) for word in words]
    known: dict[str, list[int]] = {}
    scored = []
    for entry in found:
        if entry.name not in known:
            known[entry.name] = _likeness(entry.name, wanted)
        name, split, text = fold(entry.name), parts(entry.name), fold(entry.text)
        points = [
            _word_score(word, entry, name, split, text) or likeness
            for word, likeness in zip(words, known[entry.name], strict=True)
        ]
        scored.append((sum(map(bool, points)), sum(points), entry))
    most = max((count for count, _, _ in scored), default=0)
    return _ranked((score, entry) for count, score, entry in scored if count == most)


def _likeness(name: str, wanted: list[tuple[str, Trigrams]]) -> list[int]:
    having = [_runs(part) for part in (*parts(name), fold(name))]
    best = (max(_alike(word, part) for part in having) for word in wanted)
    return [likeness // 5 if likeness >= 35 else 0 for likeness in best]


def _runs(word: str) -> tuple[str, Trigrams]:
    return word, trigrams(word)


def _alike(one: tuple[str, Trigrams], other: tuple[str, Trigrams]) -> int:
    """Return how much two words are the same, in percent."""
    (word, runs), (part, others) = one, other
    if _is_swapped(word, part):
        return SWAPPED
    return 200 * len(runs & others) // (len(runs) + len(others))


def _is_swapped(word: str, part: str) -> bool:
    """Say whether words of four or more letters differ by two neighbours that changed places."""
    if len(word) != len(part) or len(word) < 4:
        return False
    at, *rest = [at for at, (a, b) in enumerate(zip(word, part, strict=True)) if a != b] or [0]
    return rest == [at + 1] and word[at : at + 2] == part[at + 1] + part[at]


def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name in lower case: `stateChanged/v2` → state, changed, v, 2."""
    return tuple(_PARTS.findall(fold(_CAMEL.sub(" ", name))))


def trigrams(word: str) -> Trigrams:
    """Return the runs of three characters in a word with two spaces before and one behind it."""
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
