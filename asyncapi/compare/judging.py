"""`judge(comparison, settings)`: every change as a finding, one for each cause, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from asyncapi.compare.blaming import KINDS, Told, blamed, example, told_of
from asyncapi.compare.comparison import Comparison, Direction, MessagePair, TopicPair
from asyncapi.compare.field_change import FieldChange
from asyncapi.compare.judgement import (
    HURTING,
    LEVELS,
    VERDICTS,
    Acceptance,
    DiffFinding,
    DiffSettings,
    Level,
    Verdict,
    order_of,
    worst,
)
from asyncapi.compare.remedies import remedies
from asyncapi.compare.rules.delivery import DELIVERY_RULES, retained
from asyncapi.compare.rules.messages import MESSAGE_RULES
from asyncapi.compare.rules.payload import spelled
from asyncapi.compare.rules.topics import TOPIC_RULES
from asyncapi.compare.ways import Trials
from asyncapi.schemas.prover.answers import Proven
from asyncapi.sources import Source
from asyncapi.view.registry import Operation, Registry

_PROVEN = ("message-added", "message-removed")
_ORDERED = frozenset((*KINDS, *_PROVEN, "payload-incompatible", "payload-undecided"))
"""Rules of changes that a deployment order can help; no order brings back a topic or a publisher."""


def judge(comparison: Comparison, settings: DiffSettings | None = None) -> tuple[DiffFinding, ...]:
    """Return what every change means, worst first. Accepted breaks carry their acceptance."""
    settings = settings or DiffSettings()
    found = [*_payloads(comparison), *_messages(comparison), *_operations(comparison), *_topics(comparison)]
    accepted = {one.fingerprint: one for one in sorted(settings.accepted, key=lambda one: one.expires)}
    weighed = [_weighed(finding, settings, accepted) for finding in found]
    return tuple(sorted(weighed, key=_rank))


def _rank(finding: DiffFinding) -> tuple[Any, ...]:
    verdict = worst(finding.subscribers, finding.publishers, finding.retained or "ok")
    return (-LEVELS.index(finding.level), -VERDICTS.index(verdict), finding.topics, finding.subject, finding.rule)


def _weighed(finding: DiffFinding, settings: DiffSettings, known: Mapping[str, Acceptance]) -> DiffFinding:
    """Return a finding with level, order and remedies, accepted by the entry that holds longest if that still does."""
    verdict = worst(finding.subscribers, finding.publishers, finding.retained or "ok")
    level: Level = "break" if verdict in HURTING else "risk" if verdict == "risk" else "ok"
    level = settings.levels.get(finding.rule, level)
    order = order_of(finding.subscribers, finding.publishers, finding.retained)
    if finding.rule not in _ORDERED and order not in ("any order", "undecided"):
        order = "neither"
    whole = replace(finding, level=level, order=order)
    whole = replace(whole, remedies=remedies(whole))
    accepted = known.get(whole.fingerprint)
    if accepted is not None and (not settings.today or accepted.expires >= settings.today):
        return replace(whole, accepted=accepted)
    return whole


def _payloads(comparison: Comparison) -> Iterator[DiffFinding]:
    """Yield one finding for every cause, whatever number of messages it shows in."""
    causes: dict[tuple[Any, ...], DiffFinding] = {}
    trials = Trials(comparison)
    for pair in comparison.messages:
        for change, told in told_of(pair, comparison):
            finding = _of_change(change, told, pair, comparison)
            hurt = told.forward in HURTING, told.backward in HURTING
            if any(hurt):
                finding = replace(finding, remedies=trials.offered(change, pair, forward=hurt[0], backward=hurt[1]))
            key = (change.kind, finding.subject, finding.fingerprint)
            causes[key] = _joined(causes[key], finding) if key in causes else finding
    yield from causes.values()


def _of_change(change: FieldChange, told: Told, pair: MessagePair, comparison: Comparison) -> DiffFinding:
    rule = KINDS[change.kind]
    holder, steps = (change.owner, change.at) if change.owner else (f"{pair.topic.name} {pair.name}", change.path)
    message = rule.says(change)
    if inherited := _declared_by(comparison.new, change) or _declared_by(comparison.old, change):
        holder = inherited
        message = f"{rule.says(replace(change, path=change.at, new_path=change.at))}, in {inherited.partition('#')[2]}"
    finding = DiffFinding(
        rule=rule.id,
        message=message,
        subject=".".join((holder, *steps)),
        subscribers=told.forward,
        publishers=told.backward,
        before=change.before,
        after=change.after,
        path=spelled(change.new_path),
        messages=(pair.name,),
        examples=tuple(told.examples),
        reasons=tuple(told.reasons),
    )
    placed = _placed(finding, pair.topic, pair)
    source = _field_source(comparison.new, change) or _field_source(comparison.old, change)
    return replace(placed, source=source or placed.source)


def _declared_by(registry: Registry, change: FieldChange) -> str:
    """Return the base class (`file#symbol`) that declares the changed field, empty when its own model does."""
    component = registry.schemas.get(change.owner)
    declared = component.get("x-declared-by") if isinstance(component, Mapping) else None
    ref = declared.get(change.at[0]) if isinstance(declared, Mapping) and change.at else None
    return ref if isinstance(ref, str) else ""


def _field_source(registry: Registry, change: FieldChange) -> Source | None:
    """Return where the changed field is written: its line, else the line of its class."""
    component = registry.schemas.get(change.owner)
    if not isinstance(component, Mapping):
        return None
    name = change.at[0] if change.at else ""
    ref = _declared_by(registry, change) or component.get("x-source")
    if not isinstance(ref, str):
        return None
    exact = f"{ref}.{name}" if name else ref
    file, _, symbol = (exact if exact in registry.lines else ref).partition("#")
    return Source(file=file, symbol=symbol, line=registry.lines.get(exact, registry.lines.get(ref)))


def _placed(finding: DiffFinding, topic: TopicPair, pair: MessagePair | None = None) -> DiffFinding:
    """Return the finding with the services it hurts, the verdict on retained messages, and both places."""
    readers = _parties(topic.before, "receive") if finding.subscribers in HURTING else []
    if finding.publishers in HURTING:
        readers += _parties(topic.after, "receive")
    senders = [*_parties(topic.after, "send"), *_parties(topic.before, "send")]
    stored = retained(topic)
    message = pair.new or pair.old if pair else None
    return replace(
        finding,
        topics=(topic.name,),
        hurt=tuple(dict.fromkeys(readers)),
        senders=tuple(dict.fromkeys(senders)),
        retained=finding.publishers if stored else None,
        source=message.source if message else None,
        old_pointer=(pair.old.pointer if pair and pair.old else "") or (topic.old.pointer if topic.old else ""),
        new_pointer=(pair.new.pointer if pair and pair.new else "") or (topic.new.pointer if topic.new else ""),
        owners=tuple(dict.fromkeys(t.owner for t in (topic.new, topic.old) if t is not None and t.owner)),
    )


def _parties(operations: Iterable[Operation], action: str) -> list[str]:
    return [operation.service for operation in operations if operation.action == action]


def _joined(one: DiffFinding, two: DiffFinding) -> DiffFinding:
    """Return one finding for a cause that shows in several messages: the worst of both."""
    stored = [verdict for verdict in (one.retained, two.retained) if verdict is not None]
    sides = {example.sender for example in one.examples}
    return replace(
        one,
        subscribers=worst(one.subscribers, two.subscribers),
        publishers=worst(one.publishers, two.publishers),
        retained=worst(*stored) if stored else None,
        topics=tuple(dict.fromkeys((*one.topics, *two.topics))),
        messages=tuple(dict.fromkeys((*one.messages, *two.messages))),
        hurt=tuple(dict.fromkeys((*one.hurt, *two.hurt))),
        senders=tuple(dict.fromkeys((*one.senders, *two.senders))),
        examples=(*one.examples, *(example for example in two.examples if example.sender not in sides)),
        reasons=tuple(dict.fromkeys((*one.reasons, *two.reasons))),
        owners=tuple(dict.fromkeys((*one.owners, *two.owners))),
        remedies=_common(one, two),
    )


def _common(one: DiffFinding, two: DiffFinding) -> tuple[str, ...]:
    """Return the ways out that help in every message that one change breaks."""
    broken = [found for found in (one, two) if HURTING & {found.subscribers, found.publishers}]
    if len(broken) < 2:
        return broken[0].remedies if broken else ()
    return tuple(way for way in one.remedies if way in two.remedies)


def _messages(comparison: Comparison) -> Iterator[DiffFinding]:
    """Yield findings about whole messages, and about rejections that no change of a field explains."""
    for pair in comparison.messages:
        for rule in MESSAGE_RULES:
            if rule.id in ("payload-incompatible", "payload-undecided"):
                continue
            for finding in rule.says(pair):
                finding = replace(finding, rule=rule.id, messages=(pair.name,))
                if rule.id in _PROVEN:
                    finding = _with_proof(finding, pair)
                yield _placed(finding, pair.topic, pair)
        yield from _rest(pair, comparison)


def _with_proof(finding: DiffFinding, pair: MessagePair) -> DiffFinding:
    """Return a finding with the verdicts and examples of both directions."""
    for direction, letter in ((pair.forward, "a"), (pair.backward, "b")):
        verdict = _verdict(direction)
        if verdict == "ok" or direction is None:
            continue
        name = "subscribers" if letter == "a" else "publishers"
        examples = tuple(example(cause, letter) for cause in direction.causes[:1])
        finding = replace(finding, **{name: verdict}, examples=(*finding.examples, *examples))  # type: ignore[arg-type]
        finding = replace(finding, reasons=tuple(dict.fromkeys((*finding.reasons, *direction.doubts))))
    return finding


def _verdict(direction: Direction | None) -> Verdict:
    if direction is None or isinstance(direction.answer, Proven):
        return "ok"
    return "breaks" if direction.causes else "undecided"


def _rest(pair: MessagePair, comparison: Comparison) -> Iterator[DiffFinding]:
    """Yield findings for causes and doubts that no change explains, so that none is ever silent."""
    if pair.old is None or pair.new is None or pair.old.payload is None or pair.new.payload is None:
        return
    told = list(told_of(pair, comparison))
    for direction, letter in ((pair.forward, "a"), (pair.backward, "b")):
        if direction is None:
            continue
        able = [(change, one) for change, one in told if letter in KINDS[change.kind].breaks]
        alone = tuple(cause for cause in direction.causes if not blamed(cause, able))
        unsaid = direction.doubts if not any(one.reasons for _, one in able) else ()
        if alone:
            yield _whole("payload-incompatible", pair, Direction(answer=direction.answer, causes=alone), letter)
        if unsaid:
            yield _whole("payload-undecided", pair, Direction(answer=direction.answer, doubts=unsaid), letter)


def _whole(rule: str, pair: MessagePair, direction: Direction, letter: str) -> DiffFinding:
    says = next(one.says for one in MESSAGE_RULES if one.id == rule)
    finding: DiffFinding = replace(next(iter(says(pair))), rule=rule, messages=(pair.name,), after=letter)
    if direction.causes:
        places = ", ".join(dict.fromkeys(f"{spelled(cause.path)} ({cause.keyword})" for cause in direction.causes))
        finding = replace(finding, message=f"{finding.message}: {places}")
    nothing = replace(pair, forward=None, backward=None)
    one_way = replace(nothing, forward=direction) if letter == "a" else replace(nothing, backward=direction)
    return _placed(_with_proof(finding, one_way), pair.topic, pair)


def _operations(comparison: Comparison) -> Iterator[DiffFinding]:
    for pair in comparison.operations:
        for rule in DELIVERY_RULES:
            finding = rule.says(pair)
            if finding is not None:
                placed = _placed(replace(finding, rule=rule.id), pair.topic)
                sites = (pair.new or pair.old).sites if pair.new or pair.old else ()  # type: ignore[union-attr]
                operation = pair.new or pair.old
                yield replace(
                    placed,
                    retained=None,
                    source=sites[0].source if sites else None,
                    new_pointer=operation.pointer if operation else "",
                    hurt=placed.hurt or _affected(pair.action, placed, pair.topic, pair.service),
                )


def _affected(action: str, finding: DiffFinding, topic: TopicPair, service: str) -> tuple[str, ...]:
    if finding.subscribers == "ok":
        return ()
    return (service,) if action == "receive" else tuple(dict.fromkeys(_parties(topic.after, "receive")))


def _topics(comparison: Comparison) -> Iterator[DiffFinding]:
    for pair in comparison.topics:
        for rule in TOPIC_RULES:
            for finding in rule.says(pair, comparison):
                yield _placed(replace(finding, rule=rule.id), pair)
