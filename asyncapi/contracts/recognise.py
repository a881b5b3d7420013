"""Which of the names in a contracts package are topics, and which are event types, by convention and shape."""

# ruff: noqa: SIM905

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from asyncapi.contracts.facts import Constant, Declaration, EventType
from asyncapi.contracts.rows import row, rows
from asyncapi.contracts.spelling import (
    TOPIC_WORDS,
    fault,
    is_key,
    is_topic,
    looks_like_topic,
    normalise,
    resembles_topic,
    tells_topic,
    words,
)
from asyncapi.contracts.unnamed import unnamed_topics
from asyncapi.findings import Finding
from asyncapi.sources import Source
from asyncapi.topics import is_filter, parameters

Entry = Mapping[str, Any]
_OWNER_WORDS = frozenset({"topic", "topics", "channel", "channels"})
_ENDINGS = frozenset({"pattern", "filter", "prefix", "template", "subscription", "wildcard"})
_NOT_TOPICS = frozenset(
    "url uri http https api log logger logging cache file files path dir directory folder route key table image env "
    "regex regexp separator delimiter sep encoding charset version type qos description owner host hostname port "
    "broker client package module class format media mime default".split()
)
_BLOCKS = frozenset({"base", "root", "namespace", "ns", "domain"})
_NOT_OWNERS = _NOT_TOPICS | frozenset("region zone locale platform arch repo repository endpoint media mime".split())
_NOT_FUNCTIONS = frozenset(
    "path paths url uri file filename dir key route endpoint label title link href slug repr str mime image "
    "unit".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Topic constants and event types in source order, the rows that annotations on constants make, and candidates."""

    constants: tuple[Constant, ...]
    rows: tuple[Declaration, ...]
    event_types: tuple[EventType, ...]
    candidates: tuple[Constant, ...] = ()
    findings: tuple[Finding, ...] = ()


def recognise(answer: Mapping[str, Any]) -> Recognised:
    """Decide for every text, function and mapping that the child saw whether it is a topic."""
    whole = {(entry["module"], entry["symbol"]) for entry in answer["records"] if entry["whole"]}
    strings = [entry for entry in answer["strings"] if (entry["module"], entry["scope"]) not in whole]
    owners = _topic_owners(strings)
    blocks = {name for entry in (*strings, *answer["functions"]) for name in entry["parts"] if not entry.get("alias")}
    reasons = [_why(entry, owners, blocks, strings) for entry in strings]
    reasons = _with_unnamed(strings, reasons, blocks, answer)
    found = [(entry, why) for entry, why in zip(strings, reasons, strict=True) if why]
    originals = {entry["value"] for entry, _ in found if not entry["alias"]}
    kept = [(entry, why) for entry, why in found if not entry["alias"] or entry["value"] not in originals]
    constants = [_constant(entry, why) for entry, why in kept]
    constants += [
        _constant(entry, "function that returns a topic") for entry in answer["functions"] if _is_topic_function(entry)
    ]
    constants += _from_mappings(answer["mappings"], {constant.value for constant in constants})
    order = {module: index for index, module in enumerate(dict.fromkeys(e["module"] for e in _entries(answer)))}
    constants.sort(
        key=lambda constant: (constant.source.file.split("/"), constant.source.line or 0, order.get(constant.module, 0))
    )
    return Recognised(
        constants=tuple(constants),
        rows=tuple(_rows(entry for entry, _ in kept)),
        event_types=tuple(_event_types(answer, constants)),
        candidates=tuple(
            _constant(entry, "used by a service")
            for entry, why in zip(strings, reasons, strict=True)
            if not why and is_topic(normalise(entry["value"]))
        ),
        findings=tuple(_faulty(strings)),
    )


def _faulty(strings: Iterable[Entry]) -> Iterator[Finding]:
    """Yield a finding for each constant that is called a topic and that no broker would take for one."""
    for entry in strings:
        value, said = normalise(entry["value"]), words(entry["name"])
        called = said[:1] == ("topic",) or said[-1:] in (("topic",), ("filter",), ("subscription",))
        if called and "/" in value and not re.search(r"\s|[\\^$()|\[\]*?]", value) and (reason := fault(value)):
            name = f"{entry['scope']}.{entry['name']}" if entry["scope"] else entry["name"]
            place = Source(file=entry["file"], symbol=name)
            yield Finding(
                rule="topic-not-valid",
                severity="error",
                message=f"{name} is called a topic, but no broker takes {value!r} for one: {reason}",
                subject=f"{entry['module']}.{name}",
                remedy="correct it, or give it a name that does not say topic; it is left out",
                source=place.ref,
                line=entry["line"],
            )


def _with_unnamed(strings: list[Entry], reasons: list[str], blocks: set[str], answer: Mapping[str, Any]) -> list[str]:
    """Return why each text is taken for a topic, also those whose names do not say that they are."""
    rest = [index for index, why in enumerate(reasons) if not why and words(strings[index]["name"])[:1] != ("event",)]
    known = [normalise(entry["value"]) for entry, why in zip(strings, reasons, strict=True) if why]
    known += [found.topic for found in rows(answer["records"])]
    known += [normalise(entry["value"]) for entry in answer["functions"] if _is_topic_function(entry)]
    models = [entry["name"].rpartition(".")[2] for entry in (*answer["models"], *answer["choices"])]
    more = unnamed_topics([strings[index] for index in rest], models=models, known=known, blocks=blocks)
    found = {rest[position]: why for position, why in more.items()}
    return [found.get(index, why) for index, why in enumerate(reasons)]


def _entries(answer: Mapping[str, Any]) -> Iterator[Entry]:
    yield from answer["strings"]
    yield from answer["functions"]
    yield from answer["mappings"]


def _topic_owners(strings: Iterable[Entry]) -> Mapping[tuple[str, str], str]:
    """Return the classes whose attributes are topics, such as `class Topics`, each with why it is taken for one."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in strings:
        if entry["scope"]:
            groups.setdefault((entry["module"], entry["scope"]), []).append(entry)
    found: dict[tuple[str, str], str] = {}
    for (module, scope), members in groups.items():
        kind = "enum" if members[0]["kind"] == "enum" else "class"
        about = {word for part in scope.split(".") for word in words(part)}
        if about & TOPIC_WORDS or (about & _OWNER_WORDS and any("/" in member["value"] for member in members)):
            found[module, scope] = f"member of {kind} {scope}"
        elif len(members) > 1 and _mostly_topics(members):
            found[module, scope] = f"member of {kind} {scope}, whose values look like topics"
    return found


def _mostly_topics(members: Sequence[Entry]) -> bool:
    values = [normalise(member["value"]) for member in members]
    if _NOT_OWNERS & {word.removesuffix("s") for part in members[0]["scope"].split(".") for word in words(part)}:
        return False
    return _are_topics(values)


def _are_topics(values: Sequence[str]) -> bool:
    """Say whether texts of one class or mapping are topics.

    Most must look like topics. Besides, one of them can hardly be anything else or has three levels, or all begin
    with the same level.
    """
    alike = [value for value in values if resembles_topic(value)]
    if len(alike) < 2 or len(alike) < 0.7 * len(values):
        return False
    deep = any(tells_topic(value) or value.count("/") > 1 for value in alike)
    return deep or len({value.partition("/")[0] for value in alike}) == 1


def _is_root(said: set[str], value: str, entry: Entry, strings: Sequence[Entry]) -> bool:
    """Say whether a text is only where other topics begin: its name says root or the like, and it has no levels."""
    if not said & (_BLOCKS | {"prefix"}) or value.endswith("/"):
        return False
    beside = (other["value"] for other in strings if other["module"] == entry["module"])
    return "/" not in value or any(text.startswith(value + "/") for text in beside)


def _why(entry: Entry, owners: Mapping[tuple[str, str], str], blocks: set[str], strings: Sequence[Entry]) -> str:
    """Return by what a text is taken for a topic, empty when it is none."""
    value = normalise(entry["value"])
    said = words(entry["name"])
    if not is_topic(value) or said[:2] == ("event", "type") or entry["name"].startswith("__") or is_key(value):
        return ""
    if _is_root(set(said), value, entry, strings):
        return ""
    named = _by_name(entry["name"], said, value, blocks)
    if owner := owners.get((entry["module"], entry["scope"])):
        block = entry["name"] in blocks and (set(said) & (_BLOCKS | {"prefix"}) or "/" not in value)
        if named or (
            not block and not set(said) & (_NOT_TOPICS - {"default", "type", "version", "log", "image", "file"})
        ):
            return owner
        return ""
    return named


def _by_name(name: str, said: tuple[str, ...], value: str, blocks: set[str]) -> str:
    about = set(said)
    if about & TOPIC_WORDS:
        block = name in blocks and (about & (_BLOCKS | {"prefix"})) and not name.startswith("TOPIC_")
        aside = said[-1] in _NOT_TOPICS or "default" in about
        return "" if block or (aside and not looks_like_topic(value)) else "name says topic"
    ending = said[-1] if said else ""
    if ending not in _ENDINGS or about & _NOT_TOPICS or "/" not in value or value.startswith("/"):
        return ""
    if ending == "prefix" and (name in blocks or not value.endswith("/")):
        return ""
    if ending in ("pattern", "template", "filter") and not (
        is_filter(value) or parameters(value) or looks_like_topic(value)
    ):
        return ""
    return f"name ends in {ending}"


def _constant(entry: Entry, why: str) -> Constant:
    value = normalise(entry["value"])
    name = f"{entry['scope']}.{entry['name']}" if entry["scope"] else entry["name"]
    function = "returns" in entry
    models = [model for meta in entry.get("meta", ()) for model in row(_meta_record(entry, meta)).models]
    return Constant(
        name=f"{name}()" if function else name,
        module=entry["module"],
        value=value,
        kind=_kind(value),
        recognised=why,
        source=Source(file=entry["file"], symbol=name, line=entry["line"]),
        doc=entry["doc"],
        model=models[0] if models else None,
    )


def _kind(value: str) -> Literal["address", "prefix", "filter"]:
    if is_filter(value):
        return "filter"
    return "prefix" if value.endswith("/") else "address"


def _is_topic_function(entry: Entry) -> bool:
    """Say whether a one-line function builds a topic: parameters between levels, or a name that says so."""
    value = normalise(entry["value"])
    said = set(words(entry["name"]))
    around = {word for part in (entry["scope"], entry["module"].rpartition(".")[2]) for word in words(part)}
    if not is_topic(value) or said & _NOT_FUNCTIONS or entry["name"].startswith("__"):
        return False
    if said & _OWNER_WORDS or around & _OWNER_WORDS or "Topic" in entry["returns"]:
        return "/" in value or bool(parameters(value) and said & TOPIC_WORDS)
    levels = [level for level in value.split("/") if not parameters(level)]
    return bool(parameters(value)) and bool(levels) and (looks_like_topic(value) or tells_topic(value))


def _rows(entries: Iterable[Entry]) -> Iterator[Declaration]:
    """Yield a row where the metadata of a constant says more than its model."""
    for entry in entries:
        for meta in entry["meta"]:
            said = row(_meta_record(entry, meta))
            said = replace(said, models=())
            if said != Declaration(topic=said.topic, source=said.source):
                yield said


def _meta_record(entry: Entry, meta: Mapping[str, Any]) -> dict[str, Any]:
    symbol = f"{entry['scope']}.{entry['name']}" if entry["scope"] else entry["name"]
    place = {"file": entry["file"], "symbol": symbol, "line": entry["line"], "whole": True}
    return {**place, "attributes": {**meta, "topic": entry["value"]}}


# ── mappings and event types ──────────────────────────────────────────────────────────────────────────────────


def _from_mappings(mappings: Iterable[Entry], known: set[str]) -> list[Constant]:
    """Return topics that only stand in a mapping: `TOPICS = {"state": "devices/{id}/state"}`."""
    found = []
    for entry in mappings:
        if not _holds_topics(entry):
            continue
        for key, value, line in entry["items"]:
            address = normalise(value)
            if address not in known and is_topic(address) and "/" in address:
                symbol = f"{entry['name']}[{key}]"
                source = Source(file=entry["file"], symbol=symbol, line=line)
                found.append(
                    Constant(
                        name=symbol,
                        module=entry["module"],
                        value=address,
                        kind=_kind(address),
                        recognised=f"value of {'type' if entry.get('literal') else 'mapping'} {entry['name']}",
                        source=source,
                    )
                )
    return found


def _holds_topics(entry: Entry) -> bool:
    """Say whether the values of a mapping are topics: its name says so.

    Of a `Literal` or a namespace, which nobody needs to name so, the texts may look it, too.
    """
    said = set(words(entry["name"].rpartition(".")[2]))
    by_name = bool(said & _OWNER_WORDS)
    values = [normalise(value) for _, value, _ in entry["items"]]
    if entry.get("attributes"):
        alike = all("/" in value and resembles_topic(value) for value in values)
        other = _NOT_OWNERS & {word.removesuffix("s") for word in said}
        return by_name or (alike and not other and 2 * sum(map(tells_topic, values)) > len(values))
    if entry.get("literal"):
        return by_name or all(tells_topic(v) or (resembles_topic(v) and v.count("/") > 1) for v in values)
    return by_name and not any("." in key for key, *_ in entry["items"])


def _event_types(answer: Mapping[str, Any], constants: Sequence[Constant]) -> list[EventType]:
    """Return the names that registries give to topics, then EVENT_TYPE_* constants named like a topic constant."""
    named = [entry for entry in answer["strings"] if words(entry["name"])[:2] == ("event", "type")]
    names = {entry["value"] for entry in named}
    topics = {constant.value for constant in constants}
    found: dict[str, EventType] = {}
    for entry in answer["mappings"]:
        for name, topic, line in _event_items(entry, names, topics):
            symbol = f"{entry['name']}[{name}]"
            source = Source(file=entry["file"], symbol=symbol, line=line)
            found.setdefault(name, EventType(name=name, topic=topic, source=source))
    tails = {_tail(constant.name): constant.value for constant in reversed(constants)}
    for entry in named:
        spelled = tails.get(_tail(entry["name"]))
        if entry["value"] not in found and spelled:
            source = Source(file=entry["file"], symbol=entry["name"], line=entry["line"])
            found[entry["value"]] = EventType(name=entry["value"], topic=spelled, source=source)
    return list(found.values())


def _tail(name: str) -> tuple[str, ...]:
    """Return the words of a name without those for its kind.

    `EVENT_TYPE_ORDER_PLACED` and `ORDER_PLACED_TOPIC` both give order, placed.
    """
    said = words(name)
    said = said[2:] if said[:2] == ("event", "type") else said
    return tuple(word for word in said if word not in TOPIC_WORDS)


def _event_items(entry: Entry, names: set[str], topics: set[str]) -> Iterator[tuple[str, str, int]]:
    """Yield event name, topic and line of a mapping in either direction, when it is one of that kind."""
    items = [(key, normalise(value), line) for key, value, line in entry["items"]]
    about = set(words(entry["name"])) & {"event", "events", "type", "types", "registry"}
    for name, topic in ((0, 1), (1, 0)):
        sides = [(normalise(item[topic]), str(item[name]), item[2]) for item in items]
        known = sum(address in topics or looks_like_topic(address) for address, _, _ in sides)
        dotted = sum(label in names or ("." in label and "/" not in label) for _, label, _ in sides)
        bare = all("/" not in label for _, label, _ in sides)
        if sides and known == len(sides) and (dotted == len(sides) or (about and bare)):
            yield from ((label, address, line) for address, label, line in sides)
            return
