"""`compare(old, new)`: pairs what belongs together and proves of every changed message who still understands whom."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from asyncapi.compare.comparison import Comparison, Direction, MessagePair, OperationPair, TopicPair
from asyncapi.compare.facets import facets
from asyncapi.compare.field_change import FieldChange
from asyncapi.compare.fieldwise import field_changes
from asyncapi.compare.pairing import pair_messages, pair_operations, pair_topics
from asyncapi.payload.wire import Dump, Wired, WireSchemas, dumps
from asyncapi.schemas.dialects import closure
from asyncapi.schemas.prover.answers import Answer, Departure, Proven, Refuted, Undecided
from asyncapi.schemas.prover.subset import BUDGET, Prover
from asyncapi.view.registry import Message, Operation, Registry, Topic

_HARMLESS = ("words-changed", "default-changed", "validator-added", "validator-removed")


def compare(old: Registry, new: Registry, *, budget: int = BUDGET) -> Comparison:
    """Return everything that differs, and what the prover says of it; `budget` bounds the work for each question."""
    return _Comparing(old, new, budget).run()


class _Comparing:
    """One comparison on its way; what was proven of a pair of messages is kept for other topics."""

    def __init__(self, old: Registry, new: Registry, budget: int) -> None:
        self.old, self.new = _Side(old), _Side(new)
        self.prover = Prover(budget=budget)
        self.same = self._same_components()
        self._fields: dict[tuple[str, str], tuple[FieldChange, ...]] = {}
        self._asked: dict[tuple[Any, ...], Answer] = {}

    def run(self) -> Comparison:
        topics = pair_topics(self.old.registry, self.new.registry, self._shapes)
        operations = pair_operations(topics)
        by_topic: dict[str, tuple[OperationPair, ...]] = {}
        for pair in operations:
            by_topic[pair.topic.name] = (*by_topic.get(pair.topic.name, ()), pair)
        return Comparison(
            old=self.old.registry,
            new=self.new.registry,
            topics=topics,
            operations=operations,
            by_topic=by_topic,
            messages=tuple(message for topic in topics for message in self._messages(topic)),
        )

    def _same_components(self) -> frozenset[str]:
        old, new = self.old.registry.schemas, self.new.registry.schemas
        equal = {name for name in old if name in new and old[name] == new[name]}
        while True:
            kept = {name for name in equal if set(closure(old[name], old)) <= equal}
            if kept == equal:
                return frozenset(kept)
            equal = kept

    def _shapes(self, registry: Registry, topic: Topic) -> frozenset[str]:
        side = self.old if registry is self.old.registry else self.new
        found = side.messages(topic)
        return frozenset(message.name for message in found) | {side.text(message) for message in found}

    def _messages(self, topic: TopicPair) -> Iterable[MessagePair]:
        old, new = self.old.messages(topic.old), self.new.messages(topic.new)
        sides = {id(message): side for side, found in ((self.old, old), (self.new, new)) for message in found}
        pairs = pair_messages(
            old,
            new,
            lambda message: sides[id(message)].text(message),
            lambda message: sides[id(message)].names(message),
        )
        for one, two, renamed in pairs:
            yield self._message(topic, one, two, renamed=renamed)

    def _message(self, topic: TopicPair, old: Message | None, new: Message | None, *, renamed: bool) -> MessagePair:
        before, after = self.old.dumps(old, topic.before), self.new.dumps(new, topic.after)
        if topic.old is None or topic.new is None:
            return MessagePair(topic=topic, old=old, new=new)
        fields = self._changes(old, new) if old and new else ()
        if old and new and self.old.text(old) == self.new.text(new) and (before == after or not self.old.modelled(old)):
            return MessagePair(topic=topic, old=old, new=new, renamed=renamed, fields=fields)
        if old and new and old.wire != new.wire and old.wire and new.wire:
            return MessagePair(topic=topic, old=old, new=new, renamed=renamed)
        ours = [old] if old and new else self.old.messages(topic.old)
        theirs = [new] if old and new else self.new.messages(topic.new)
        known = self._known_before(old, before) if old and new and _may_differ(old, before) else set()
        forward = self._direction(self.new, new, after, self.old, ours, known, fields)
        backward = self._direction(self.old, old, before, self.new, theirs, known, fields)
        pair = MessagePair(topic=topic, old=old, new=new, renamed=renamed, fields=fields)
        both = old is not None and new is not None and _may_differ(new, after)
        inward = self._direction(self.new, new, after, self.new, [new], known, ()) if both and new else None
        return replace(pair, forward=forward, backward=backward, inward=inward)

    def _changes(self, old: Message, new: Message) -> tuple[FieldChange, ...]:
        if old.payload is None or new.payload is None:
            return ()
        keys = (old.key, new.key)
        if keys not in self._fields:
            schemas = (self.old.registry.schemas, self.new.registry.schemas)
            found = field_changes(old.payload, new.payload, *schemas, self.same)
            if old.accepts is not None or new.accepts is not None:
                read = [message.payload if message.accepts is None else message.accepts for message in (old, new)]
                known = {(change.kind, change.path, change.new_path) for change in found}
                more = field_changes(read[0], read[1], *schemas, self.same)
                found += tuple(one for one in more if (one.kind, one.path, one.new_path) not in known)
            self._fields[keys] = found
        return self._fields[keys]

    def _direction(
        self,
        sender: _Side,
        sent: Message | None,
        ways: tuple[Dump, ...],
        reader: _Side,
        readers: list[Message],
        known: set[tuple[Any, str]],
        fields: tuple[FieldChange, ...],
    ) -> Direction | None:
        """Prove whether all that is sent is accepted; a rejection that was there before the change does not count."""
        if sent is None:
            return None
        answers = [self._ask(sender, sent, way, reader, readers) for way in ways]
        answer = _worst(answers)
        if not isinstance(answer, Refuted):
            return Direction(answer=answer, doubts=(answer.reason,) if isinstance(answer, Undecided) else ())
        causes = [cause for one in answers if isinstance(one, Refuted) for cause in one.causes]
        telling = [change for change in fields if change.kind not in _HARMLESS]
        fresh = [c for c in causes if (c.path, c.keyword) not in known or any(touches(one, c) for one in telling)]
        doubts = tuple(doubt for one in answers for doubt in (one.doubts if isinstance(one, Refuted) else ()))
        if not fresh and not doubts:
            return Direction(answer=Proven())
        return Direction(answer=answer, causes=_once(fresh), doubts=doubts)

    def _known_before(self, old: Message, ways: tuple[Dump, ...]) -> set[tuple[Any, str]]:
        """Return places at which the old version did not accept what it sent itself."""
        answers = [self._ask(self.old, old, way, self.old, [old]) for way in ways]
        return {(c.path, c.keyword) for one in answers if isinstance(one, Refuted) for c in one.causes}

    def _ask(self, sender: _Side, sent: Message, way: Dump, reader: _Side, readers: list[Message]) -> Answer:
        asked = (id(sender), sent.key, way, id(reader), tuple(message.key for message in readers))
        if asked not in self._asked:
            self._asked[asked] = self._prove(sender.wire.sent(sent, way), [reader.wire.accepted(m) for m in readers])
        return self._asked[asked]

    def _prove(self, sent: Wired | None, accepted: list[Wired | None]) -> Answer:
        known = [one for one in accepted if one is not None]
        if sent is None or not known:
            return Undecided(reason="a payload that is no JSON Schema")
        schema = known[0].schema if len(known) == 1 else {"anyOf": [one.schema for one in known]}
        return self.prover.subset(sent.schema, schema, a_schemas=sent.schemas, b_schemas=known[0].schemas)


class _Side:
    """One registry with what is asked of it often."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.wire = WireSchemas(registry)
        self._by_key = {message.key: message for message in registry.messages}
        self._texts: dict[str, str] = {}
        self._components: dict[str, str] = {}

    def messages(self, topic: Topic | None) -> list[Message]:
        return [self._by_key[key] for key in topic.messages if key in self._by_key] if topic else []

    def text(self, message: Message) -> str:
        """Return a text by which messages are compared: equal where payload and acceptance schemas are the same."""
        if message.key not in self._texts:
            parts = [_text(message.payload), _text(message.accepts), message.schema_format, _text(message.opaque)]
            names = dict.fromkeys((*self._closure(message.payload), *self._closure(message.accepts)))
            parts += [f"{name}={self._component(name)}" for name in names]
            self._texts[message.key] = "\0".join(parts)
        return self._texts[message.key]

    def modelled(self, message: Message) -> bool:
        """Say whether how the message is dumped makes a difference."""
        return '"x-extra"' in self.text(message)

    def dumps(self, message: Message | None, operations: Iterable[Operation]) -> tuple[Dump, ...]:
        """Return the ways in which a message is dumped; only one of them where all give the same schema."""
        ways = dumps(one for one in operations if one.action == "send")
        return ways if message is None or self.modelled(message) else ways[:1]

    def names(self, message: Message) -> frozenset[str]:
        """Return the names of the fields of a message's own model."""
        schema = message.model if message.model is not None else message.payload
        return frozenset(facets(schema, self.registry.schemas).properties) if schema is not None else frozenset()

    def _closure(self, schema: Any) -> tuple[str, ...]:
        return () if schema is None else closure(schema, self.registry.schemas)

    def _component(self, name: str) -> str:
        if name not in self._components:
            self._components[name] = _text(self.registry.schemas[name])
        return self._components[name]


def _may_differ(message: Message, ways: tuple[Dump, ...]) -> bool:
    """Say whether a model may reject what is sent of it.

    Where it has no acceptance schema of its own, what is sent follows from what is read by closing it, and always fits.
    """
    return message.accepts is not None or any(way.endswith("without-none") for way in ways)


def touches(change: FieldChange, cause: Departure) -> bool:
    """Say whether a change can explain a rejection: it is at the same path, around it, or inside of it for a union."""
    for path in (change.path, change.new_path):
        if cause.path[: len(path)] == path:
            return True
        if cause.keyword in ("anyOf", "oneOf") and path[: len(cause.path)] == cause.path:
            return True
    return False


def _worst(answers: list[Answer]) -> Answer:
    order = (Refuted, Undecided, Proven)
    return min(answers, key=lambda answer: order.index(type(answer)))


def _once(causes: list[Departure]) -> tuple[Departure, ...]:
    found: dict[tuple[Any, str], Departure] = {}
    for cause in causes:
        found.setdefault((cause.path, cause.keyword), cause)
    return tuple(found.values())


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True, default=str)
