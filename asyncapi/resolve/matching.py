"""Which model belongs on which topic, when nobody said so: docstrings that name topics, names that pair one to one.

Takes constants and models as seen, returns pairs with a confidence; a pair that could as well be another is
no pair. Precision comes before recall: what stays open is somebody's to say, not ours to guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asyncapi.contracts.facts import Constant, Model
from asyncapi.topics import PARAMETER

_VERBS = "published|publishes|sent|sends|emitted|emits|received|receives|subscribed|subscribes|consumed|carried|travels"
_SAYS_TOPIC = re.compile(
    rf"^\W*(?:(?:is |are )?(?:{_VERBS})(?:\s+by\s+[\w-]+)?\s+(?:to|on|at|from|via|over)"
    r"(?:\s+(?:the\s+)?(?:mqtt\s+)?topics?\b)?|(?:mqtt\s+)?(?:topics?|channels?)\b)"
    r"\s*[:=\-–—]*\s*(?P<rest>.+)$",
    re.IGNORECASE,
)
_ENDS_WITH_COLON = re.compile(rf"^\W*(?:(?:{_VERBS})\s+(?:to|on|at)|(?:mqtt\s+)?topics?)\s*:$", re.IGNORECASE)
_ADDRESS = re.compile(r"[`'\"<(]*(?P<address>[A-Za-z0-9_$][\w$.{}<>+#/-]*)[`'\">),.;]*")
_BETWEEN = re.compile(r"\s*(?:,|/(?=\s)|&|\band\b|\bor\b)?\s*", re.IGNORECASE)
_SAYS_MODEL = re.compile(
    r"(?:\b(?:payload|model|schema|message|body)(?:\s+(?:model|type|class))?\s*[:=]|\bcarries)"
    r"\s*(?:an?\s+)?(?::class:)?`{0,2}~?(?:\w+\.)*([A-Z]\w+)",
    re.IGNORECASE,
)

_KINDS: Mapping[str, str] = {
    "request": "ask", "query": "ask", "get": "ask", "ask": "ask",
    "response": "answer", "result": "answer", "reply": "answer", "answer": "answer", "ack": "answer",
    "command": "order", "cmd": "order", "control": "order",
    "status": "status", "state": "status", "event": "event", "update": "update", "error": "error",
    "config": "config", "telemetry": "telemetry", "alarm": "alarm", "alert": "alarm",
}  # fmt: skip
_NEUTRAL = frozenset(
    {"message", "msg", "payload", "model", "data", "schema", "contract", "dto", "mqtt", "topic", "body", "v1", "v2"}
)
_SOFT = frozenset(
    {
        "request",
        "response",
        "result",
        "reply",
        "command",
        "cmd",
        "event",
        "update",
        "status",
        "info",
        "notification",
        "report",
    }
)
THRESHOLD = 0.6  # of the words that tell two names apart, more than half must agree
MARGIN = 0.1  # what the best must lead by, so that a nearly equal second one makes a tie
NAMESAKE = 0.88  # for a constant with the model's own name: below what people said, above all other pairings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A topic constant and a model id that belong together, why, and how sure that is (0 to 1)."""

    constant: str
    model: str
    by: str
    confidence: float


def documented_topics(doc: str) -> tuple[str, ...]:
    """Return the addresses and constant names that a docstring says its message travels on.

    Only lines that begin by saying so count ("Published to: camera/capture (if needed)"); words after the
    address are ignored, and sentences that mention a topic in passing say nothing.
    """
    return tuple(dict.fromkeys(word for _, words in _topic_lines(doc) for word in words))


def without_topic_lines(doc: str) -> str:
    """Return a docstring without the lines that only say where the message travels."""
    dropped = {index for indices, _ in _topic_lines(doc) for index in indices}
    kept = [line for index, line in enumerate(doc.splitlines()) if index not in dropped]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _topic_lines(doc: str) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Yield (line numbers from 0, addresses) wherever a docstring says where its message travels."""
    lines = [line.strip(" \t-*") for line in doc.splitlines()]
    for index, line in enumerate(lines):
        if (match := _SAYS_TOPIC.match(line)) and (words := _leading_addresses(match["rest"])):
            yield (index,), words
        elif _ENDS_WITH_COLON.match(line) and (words := _leading_addresses("".join(lines[index + 1 : index + 2]))):
            yield (index, index + 1), words


def _leading_addresses(rest: str) -> list[str]:
    found: list[str] = []
    position = 0
    while match := _ADDRESS.match(rest, position):
        word = match["address"].rstrip(".,;:/")
        if not ("/" in word or word.isupper() or (match[0][:1] == "`" and found == [])):
            break
        found.append(word.replace("<", "{").replace(">", "}"))
        position = _BETWEEN.match(rest, match.end()).end()  # type: ignore[union-attr]
    return found


def documented_models(doc: str) -> tuple[str, ...]:
    """Return the class names that the comment of a constant says it carries ("payload: CameraFrame")."""
    return tuple(dict.fromkeys(name for name in _SAYS_MODEL.findall(doc) if name[0].isupper()))


def match_names(constants: Sequence[Constant], models: Sequence[Model], *, nested: frozenset[str]) -> tuple[Pair, ...]:
    """Pair constants with models whose names say the same, one to one, never on a tie.

    `nested` are ids of models that other models contain. Looks inside each module first, then, for what is
    left, over the whole package where both names agree in full.
    """
    pairs: list[Pair] = []
    for constant_group, model_group, strict in _rounds(constants, models, pairs):
        pairs += _mutual_best(constant_group, model_group, nested, strict=strict)
    return tuple(pairs)


def _rounds(
    constants: Sequence[Constant], models: Sequence[Model], pairs: list[Pair]
) -> Iterable[tuple[list[Constant], list[Model], bool]]:
    for module in dict.fromkeys(constant.module for constant in constants):
        yield [c for c in constants if c.module == module], [m for m in models if m.module == module], False
    matched, taken = {pair.constant for pair in pairs}, {pair.model for pair in pairs}
    yield [c for c in constants if _name(c) not in matched], [m for m in models if m.id not in taken], True


def _name(constant: Constant) -> str:
    return f"{constant.module}.{constant.name}"


def _mutual_best(
    constants: Sequence[Constant], models: Sequence[Model], nested: frozenset[str], *, strict: bool
) -> list[Pair]:
    scores = _scores({c.value: c for c in constants}.values(), models, nested, strict=strict)
    by_topic: dict[str, list[tuple[float, str]]] = {}
    by_model: dict[str, list[tuple[float, str]]] = {}
    for (topic, model), score in scores.items():
        by_topic.setdefault(topic, []).append((score, model))
        by_model.setdefault(model, []).append((score, topic))
    pairs = []
    for constant in {c.value: c for c in constants}.values():
        best = _clear_best(by_topic.get(constant.value, []))
        if best and best[0] >= THRESHOLD and _clear_best(by_model[best[1]]) == (best[0], constant.value):
            confidence = round(min(best[0], 0.9), 2)
            pairs.append(Pair(constant=_name(constant), model=best[1], by="name", confidence=confidence))
    return pairs


def _clear_best(scored: list[tuple[float, str]]) -> tuple[float, str] | None:
    """Return the best of several if it leads by a margin, so that a tie has no winner."""
    ranked = sorted(scored, reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - MARGIN):
        return None
    return ranked[0]


def _scores(
    constants: Iterable[Constant], models: Sequence[Model], nested: frozenset[str], *, strict: bool
) -> dict[tuple[str, str], float]:
    """Return (address, model id) → score for every pair in which the model bears the words of the last level."""
    words = {model.id: frozenset(_words(model.name)) for model in models}
    domains = {model.id: frozenset(_words(model.module.rpartition(".")[2])) for model in models}
    counts = Counter(word for said in words.values() for word in said)
    family = frozenset() if strict else frozenset(word for word, count in counts.items() if count > 1)
    bearing: dict[str, set[str]] = {}
    for model, said in words.items():
        for word in said:
            bearing.setdefault(word, set()).add(model)
    called: dict[frozenset[str], list[str]] = {}
    for item in models:
        called.setdefault(_plain(item.name), []).append(item.id)
    called.pop(frozenset(), None)
    listed = list(constants)
    shared = _shared_words([constant.value for constant in listed])
    scores: dict[tuple[str, str], float] = {}
    for constant in listed:
        levels = [_words(level) for level in PARAMETER.sub("", constant.value).split("/") if level]
        action = next((set(level) for level in reversed(levels) if level), set()) - _NEUTRAL
        if action:
            for model in _candidates(levels, action, shared, bearing):
                score = _score(levels, words[model], domains[model] & set(levels[0]) | shared, family, strict=strict)
                scores[constant.value, model] = score - (0.15 if model in nested else 0.0)
        for model in called.get(_plain(constant.name.replace(".", " ")), ()):
            least = NAMESAKE - (0.15 if model in nested else 0.0)
            scores[constant.value, model] = max(scores.get((constant.value, model), 0.0), least)
    return scores


def _candidates(
    levels: list[list[str]], action: set[str], shared: frozenset[str], bearing: Mapping[str, set[str]]
) -> set[str]:
    """Return the models that bear the words of the last level, without those that can neither win nor tie.

    A model that bears nothing else of the address scores at most the share of the action in what the address says.
    """
    found = set.intersection(*(bearing.get(word, set()) for word in action))
    topic = {word for level in levels for word in level} - _NEUTRAL
    telling = topic - shared - set(levels[0])
    if telling and len(action & telling) <= (THRESHOLD - MARGIN) * len(telling):
        found &= set[str]().union(*(bearing.get(word, set()) for word in topic - action))
    return found


def _plain(name: str) -> frozenset[str]:
    """Return the words of a name, those for kinds of things aside."""
    return frozenset(_words(name)) - _NEUTRAL


def _shared_words(addresses: list[str]) -> frozenset[str]:
    """Return the words of leading levels that all addresses share and that so tell nothing; a few share nothing."""
    split = [address.split("/") for address in addresses]
    words: set[str] = set()
    depth = 0
    while len(split) > 2 and all(len(levels) > depth + 1 and levels[depth] == split[0][depth] for levels in split):
        words.update(_words(split[0][depth]))
        depth += 1
    return frozenset(words)


def _score(
    levels: list[list[str]], name: frozenset[str], domain: frozenset[str], family: frozenset[str], *, strict: bool
) -> float:
    """Return how well two names say the same, 0 to 1; kinds that exclude each other give 0.

    Words of `domain` (what the module is about, what all topics begin with) need not be in the name. Words of
    `family` (several models of the module bear them) weigh little where the topic lacks them.
    """
    topic = {word for level in levels for word in level}
    if _kinds_clash(topic, name):
        return 0.0
    said = topic - _NEUTRAL - (domain - name)
    extra = name - topic - _NEUTRAL
    light = extra & (_SOFT | family)
    weight = len(extra - light) + 0.3 * len(light)
    return len(said & name) / (len(said) + weight * (2.0 if strict else 1.0))


def _kinds_clash(topic: set[str], name: frozenset[str]) -> bool:
    left = {_KINDS[word] for word in topic if word in _KINDS}
    right = {_KINDS[word] for word in name if word in _KINDS}
    return bool(left and right and not left & right)


def _words(text: str) -> list[str]:
    """Split `LLMToolCall`, `tool.call_request` and the like into lower-case words in the singular."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return [_singular(word.lower()) for word in re.findall(r"[A-Za-z0-9]+", spaced)]


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
