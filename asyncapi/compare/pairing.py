"""What belongs together on both sides: topics, operations and messages, renamed ones included."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from asyncapi.compare.comparison import OperationPair, TopicPair
from asyncapi.topics import erase
from asyncapi.view.registry import Message, Operation, Registry, Topic

T = TypeVar("T")
_ALIKE = 0.6  # of the levels of an address; below that a renamed topic cannot be told from another one


def pair_topics(
    old: Registry, new: Registry, shapes: Callable[[Registry, Topic], frozenset[str]]
) -> tuple[TopicPair, ...]:
    """Pair topics by address, then renamed ones: they carry the same and have address or parties in common.

    `shapes` gives names and contents of a topic's messages as text.
    """
    before = {_identity(topic): topic for topic in old.topics}
    after = {_identity(topic): topic for topic in new.topics}
    gone = [topic for name, topic in before.items() if name not in after]
    come = [topic for name, topic in after.items() if name not in before]
    renamed = _renamed(old, new, gone, come, shapes)
    pairs = [(before.get(name) or renamed.get(name), topic, name in renamed) for name, topic in after.items()]
    taken = {_identity(topic) for topic in renamed.values()}
    lost = [(topic, None, False) for topic in gone if _identity(topic) not in taken]
    ours, theirs = ({one.key: one for one in registry.operations} for registry in (old, new))
    return tuple(
        TopicPair(old=one, new=two, renamed=renamed, before=_operations(one, ours), after=_operations(two, theirs))
        for one, two, renamed in (*pairs, *lost)
    )


def _operations(topic: Topic | None, operations: Mapping[str, Operation]) -> tuple[Operation, ...]:
    return tuple(operations[key] for key in topic.operations if key in operations) if topic else ()


def _identity(topic: Topic) -> str:
    return erase(topic.address) if topic.address is not None else f"\0{topic.key}"


def _renamed(
    old: Registry,
    new: Registry,
    gone: list[Topic],
    come: list[Topic],
    shapes: Callable[[Registry, Topic], frozenset[str]],
) -> dict[str, Topic]:
    """Return the old topic of every new one that is another under a new name."""
    if not gone or not come or len(gone) * len(come) > 250_000:
        return {}
    parties = {
        id(topic): _parties(registry, topic) for registry, topics in ((old, gone), (new, come)) for topic in topics
    }
    carried = {
        id(topic): shapes(registry, topic) for registry, topics in ((old, gone), (new, come)) for topic in topics
    }
    scored: list[tuple[float, int, int]] = []
    for i, one in enumerate(gone):
        for j, two in enumerate(come):
            if not carried[id(one)] & carried[id(two)]:
                continue
            like = difflib.SequenceMatcher(None, one.address or one.key, two.address or two.key).ratio()
            shared = bool(parties[id(one)] & parties[id(two)])
            if like >= _ALIKE or shared:
                scored.append((like + shared, i, j))
    found: dict[str, Topic] = {}
    used: set[int] = set()
    for _, i, j in sorted(scored, key=lambda score: (-score[0], score[1], score[2])):
        if i not in used and _identity(come[j]) not in found:
            used.add(i)
            found[_identity(come[j])] = gone[i]
    return found


def _parties(registry: Registry, topic: Topic) -> frozenset[tuple[str, str]]:
    found = (registry.operation(key) for key in topic.operations)
    return frozenset((one.service, one.action) for one in found if one is not None)


def pair_operations(topics: Sequence[TopicPair]) -> tuple[OperationPair, ...]:
    """Pair operations by service, action and topic."""
    pairs: list[OperationPair] = []
    for topic in topics:
        ours, theirs = _by_party(topic.before), _by_party(topic.after)
        for service, action in dict.fromkeys((*theirs, *ours)):
            one, two = ours.get((service, action)), theirs.get((service, action))
            pairs.append(OperationPair(topic=topic, service=service, action=action, old=one, new=two))
    return tuple(pairs)


def _by_party(operations: Sequence[Operation]) -> dict[tuple[str, str], Operation]:
    found: dict[tuple[str, str], Operation] = {}
    for operation in operations:
        found.setdefault((operation.service, operation.action), operation)
    return found


def pair_messages(
    old: Sequence[Message],
    new: Sequence[Message],
    shape: Callable[[Message], str],
    near: Callable[[Message], frozenset[str]],
) -> list[tuple[Message | None, Message | None, bool]]:
    """Pair the messages of a topic by name, then by shape, then those that share most fields; True marks renames."""
    pairs: list[tuple[Message | None, Message | None, bool]] = []
    left, right = list(old), list(new)
    for test in (
        lambda one, two: one.name == two.name,
        lambda one, two: shape(one) == shape(two),
        lambda one, two: _share(near(one), near(two)) > 0.5,
    ):
        for two in list(right):
            one = next((one for one in left if test(one, two)), None)
            if one is not None:
                left.remove(one)
                right.remove(two)
                pairs.append((one, two, one.name != two.name))
    return [*pairs, *((one, None, False) for one in left), *((None, two, False) for two in right)]


def _share(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one and two else 0.0
