"""Which change of a field breaks a message: the prover says where it is rejected, this finds the change there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from asyncapi.compare.comparing import touches
from asyncapi.compare.comparison import Comparison, Direction, MessagePair
from asyncapi.compare.facets import facets
from asyncapi.compare.field_change import FieldChange
from asyncapi.compare.judgement import Counterexample, Verdict, worst
from asyncapi.compare.rules.payload import PAYLOAD_RULES
from asyncapi.schemas.prover.answers import Departure, Proven
from asyncapi.view.registry import Registry

KINDS = {rule.id: rule for rule in PAYLOAD_RULES}


@dataclass(slots=True)
class Told:
    """What the two directions of a message say of one change."""

    forward: Verdict = "ok"
    backward: Verdict = "ok"
    examples: list[Counterexample] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def told_of(pair: MessagePair, comparison: Comparison) -> Iterator[tuple[FieldChange, Told]]:
    """Yield each change of a message with the rejections it explains; those that no change explains are for `_rest`."""
    told = [(change, Told()) for change in pair.fields]
    for direction, letter in ((pair.forward, "a"), (pair.backward, "b")):
        if direction is not None:
            _spread(direction, letter, told)
    for change, one in told:
        if change.kind == "default-changed":
            one.forward, one.backward = worst(one.forward, "risk"), worst(one.backward, "risk")
        if change.kind == "validator-added":
            one.backward = worst(one.backward, "risk")
        if change.kind == "validator-removed":
            one.forward = worst(one.forward, "risk")
        if change.kind == "field-renamed":
            _lost(change, one, pair, comparison)
    yield from told


def _spread(direction: Direction, letter: str, told: list[tuple[FieldChange, Told]]) -> None:
    able = [(change, one) for change, one in told if letter in KINDS[change.kind].breaks]
    for cause in direction.causes:
        for change, one in blamed(cause, able):
            if _undeclared(change, cause, letter):
                _hurt(one, letter, "risk")
                continue
            _hurt(one, letter, "breaks")
            if all(example.sender != _sender(letter) for example in one.examples):
                one.examples.append(example(cause, letter))
    if direction.doubts:
        for change, one in able:
            certain = one.forward if letter == "a" else one.backward
            if certain == "ok" and _doubtful(change, direction):
                _hurt(one, letter, "undecided")
                one.reasons += [doubt for doubt in direction.doubts if doubt not in one.reasons]


def _undeclared(change: FieldChange, cause: Departure, letter: str) -> bool:
    """Say whether a cause needs a sender that sends a field which its own, open schema does not name."""
    came = change.kind in ("optional-field-added", "required-field-added") and letter == "b"
    went = change.kind in ("optional-field-removed", "required-field-removed") and letter == "a"
    return (came or went) and not change.typed and cause.keyword not in ("required", "additionalProperties")


def blamed(cause: Departure, able: list[tuple[FieldChange, Told]]) -> list[tuple[FieldChange, Told]]:
    """Return the changes that a cause comes from: those at its place, of its keyword where there are such."""
    near = [(change, one) for change, one in able if touches(change, cause)]
    same = [(change, one) for change, one in near if cause.keyword in KINDS[change.kind].keywords]
    deepest = max((len(change.path) for change, _ in same or near), default=0)
    exact = [pair for pair in same or near if len(pair[0].path) == deepest]
    return near if cause.keyword in ("anyOf", "oneOf") else exact


def _doubtful(change: FieldChange, direction: Direction) -> bool:
    return change.kind not in ("words-changed", "default-changed") and not isinstance(direction.answer, Proven)


def _hurt(one: Told, letter: str, verdict: Verdict) -> None:
    if letter == "a":
        one.forward = worst(one.forward, verdict)
    else:
        one.backward = worst(one.backward, verdict)


def _sender(letter: str) -> Any:
    return "new" if letter == "a" else "old"


def example(cause: Departure, letter: str) -> Counterexample:
    sender, reader = ("new", "old") if letter == "a" else ("old", "new")
    return Counterexample(
        payload=cause.example,
        verdict="breaks",
        sender=sender,  # type: ignore[arg-type]
        reader=reader,  # type: ignore[arg-type]
        path=cause.path,
        keyword=cause.keyword,
    )


def _lost(change: FieldChange, one: Told, pair: MessagePair, comparison: Comparison) -> None:
    """Mark directions in which a renamed field is not rejected, but not read either."""
    old, new = (comparison.old, pair.old), (comparison.new, pair.new)
    for letter, (sending, sent), (registry, message), path in (
        ("a", new, old, change.new_path),
        ("b", old, new, change.path),
    ):
        verdict = one.forward if letter == "a" else one.backward
        if message is None or sent is None or verdict != "ok" or not knows(sent.payload, path, sending):
            continue
        accepted = message.accepts if message.accepts is not None else message.payload
        if not knows(accepted, path, registry):
            _hurt(one, letter, "lost")
            one.examples += _lost_examples(change, letter, pair, comparison)


def _lost_examples(change: FieldChange, letter: str, pair: MessagePair, comparison: Comparison) -> list[Counterexample]:
    from asyncapi.schemas.samples import sample

    registry, message = (comparison.new, pair.new) if letter == "a" else (comparison.old, pair.old)
    path = change.new_path if letter == "a" else change.path
    if message is None or message.payload is None:
        return []
    payload = sample(message.payload, registry.schemas, name=message.name)
    return [
        Counterexample(
            payload=payload,
            verdict="lost",
            sender=_sender(letter),
            reader="old" if letter == "a" else "new",
            path=path,
            received=without(payload, path),
        )
    ]


def without(value: Any, path: tuple[str, ...]) -> Any:
    """Return JSON data with the field at a path taken out."""
    if not path:
        return value
    step, *rest = path
    if isinstance(value, list) and step.startswith("["):
        return [without(item, tuple(rest)) for item in value]
    if isinstance(value, dict):
        if not rest:
            return {name: item for name, item in value.items() if name != step}
        return {name: without(item, tuple(rest)) if name == step else item for name, item in value.items()}
    return value


def knows(schema: Any, path: tuple[str, ...], registry: Registry) -> bool:
    """Say whether a schema names the field at a path, in any arm of a union."""
    waiting = [(schema, path)]
    for _ in range(2_000):
        if not waiting:
            return False
        one, steps = waiting.pop()
        found = facets(one, registry.schemas)
        waiting += [(arm, steps) for arm in found.arms]
        step, rest = steps[0], steps[1:]
        if step in found.properties:
            if not rest:
                return True
            waiting.append((found.properties[step], rest))
        elif rest and step.startswith("[") and found.items is not None:
            waiting.append((found.items, rest))
    return True
