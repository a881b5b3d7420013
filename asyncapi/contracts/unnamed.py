"""Topics whose names do not say that they are: found by their form, a model of the same name, or topics beside them.

Takes texts that nothing else took for a topic; what stays doubtful is left out, for a wrong topic is worse than none.
"""

# ruff: noqa: SIM905

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from asyncapi.contracts.spelling import normalise, resembles_topic, tells_topic, words
from asyncapi.topics import parameters

Entry = Mapping[str, Any]
_OTHER_THINGS = frozenset(
    "url urls uri http https path paths dir dirs directory folder file files filename route routes endpoint cache key "
    "table regex regexp mime media href slug locale timezone tz zone region platform arch repo repository".split()
)
_ASIDE = frozenset("default example log logger logging env name base root namespace ns domain prefix".split())
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KIND_WORDS = frozenset("message msg payload model topic topics t".split())


def unnamed_topics(
    entries: Sequence[Entry],
    *,
    models: Iterable[str],
    known: Iterable[str],
    blocks: Set[str],
) -> dict[int, str]:
    """Return why an entry is taken for a topic, by its position; the others are none.

    `known` are addresses that are topics for sure, `blocks` names that texts are built from.
    """
    named = {_said(words(name)): name for name in models}
    maybe = {index: words(entry["name"]) for index, entry in enumerate(entries) if _may_be(entry, blocks)}
    found = {index: why for index, said in maybe.items() if (why := _telling(entries[index], said, named))}
    beginnings = {_first_level(address) for address in known}
    beginnings |= {_first_level(normalise(entries[index]["value"])) for index in found}
    speaking = [index for index, said in maybe.items() if index not in found and _names_levels(entries[index], said)]
    groups = Counter(_group(entries[index]) for index in speaking if _levels(entries[index]) > 2)
    for index in speaking:
        if _group(entries[index])[1] in beginnings or groups[_group(entries[index])] > 1:
            found[index] = "begins and is named as topics are"
    return dict(sorted(found.items()))


def _may_be(entry: Entry, blocks: Set[str]) -> bool:
    name = entry["name"]
    spelled = entry["kind"] == "enum" or (name.isupper() and not name.startswith("__"))
    return spelled and name not in blocks and resembles_topic(normalise(entry["value"]))


def _telling(entry: Entry, said: tuple[str, ...], named: Mapping[frozenset[str], str]) -> str:
    if model := named.get(_said(said)):
        return f"named as the model {model}"
    if tells_topic(normalise(entry["value"])) and not _OTHER_THINGS & set(said):
        return "value has the levels of a topic"
    return ""


def _said(name: Iterable[str]) -> frozenset[str]:
    return frozenset(name) - _KIND_WORDS


def _names_levels(entry: Entry, said: tuple[str, ...]) -> bool:
    """Say whether a name repeats a word of the levels below the first, as names of topics do."""
    if (_OTHER_THINGS | _ASIDE) & set(said):
        return False
    _, _, rest = normalise(entry["value"]).partition("/")
    below = {word.translate(_PLAIN) for word in re.split(r"[\W_]+", rest.lower()) if word}
    return bool(below & {word.translate(_PLAIN) for word in said})


def _group(entry: Entry) -> tuple[str, str]:
    return entry["module"], _first_level(normalise(entry["value"]))


def _levels(entry: Entry) -> int:
    return len(entry["value"].split("/"))


def _first_level(address: str) -> str:
    level = address.lstrip("/").partition("/")[0]
    return "" if parameters(level) or level in ("+", "#") else level
