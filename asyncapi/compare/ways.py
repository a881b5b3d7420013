"""Ways out of a break that were tried: each is applied to the model that changed, and offered when the break is gone.

A way changes what is sent or what is read for a while, so it is proven against both versions of the other side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asyncapi.compare.comparing import touches
from asyncapi.compare.comparison import Comparison, MessagePair
from asyncapi.compare.field_change import FieldChange
from asyncapi.payload.wire import Dump, WireSchemas, dumps, emitted
from asyncapi.schemas.dialects import closure
from asyncapi.schemas.prover.answers import Proven, Refuted
from asyncapi.schemas.prover.subset import Prover

Json = dict[str, Any]
_Sided = tuple[str, Mapping[str, Any]]
_Question = tuple[_Sided, Dump, _Sided]
Edit = Callable[["ChangedModel"], "Json | None"]

_ADDED = ("optional-field-added", "required-field-added")
_GONE = ("optional-field-removed", "required-field-removed")
_VALUES = (
    *(
        "type-widened",
        "type-narrowed",
        "type-changed",
        "null-added",
        "null-removed",
        "union-arm-added",
        "union-arm-removed",
    ),
    *("enum-value-added", "enum-value-removed", "enum-added", "enum-removed", "const-changed", "range-widened"),
    *("range-narrowed", "length-widened", "length-narrowed", "count-widened", "count-narrowed", "pattern-added"),
    *("pattern-removed", "pattern-changed", "format-added", "format-removed", "format-changed", "multiple-added"),
    *("multiple-removed", "multiple-changed", "unique-added", "unique-removed", "tuple-changed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedModel:
    """The model that holds a changed field, before and after, and the name of the field in both."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What can be done about some kinds of change: a new sender that sends otherwise, a new reader that reads more,
    or an old reader that did so before. Exactly one of the edits is given; `dump` is how the sender dumps then."""

    kinds: tuple[str, ...]
    text: str
    sends: Edit | None = None
    reads: Edit | None = None
    read_before: Edit | None = None
    dump: Dump | None = None


def _fields(model: Mapping[str, Any]) -> Json:
    found = model.get("properties")
    return dict(found) if isinstance(found, Mapping) else {}


def _needed(model: Mapping[str, Any]) -> list[Any]:
    found = model.get("required")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _made(model: Mapping[str, Any], fields: Json, needed: list[Any]) -> Json:
    return {**model, "properties": fields, "required": needed}


def _alone(model: Mapping[str, Any], names: set[str]) -> Mapping[str, Any]:
    """Return a model with some of its fields only, so that other changes do not decide whether a way helps."""
    if not names:
        return model
    found = model.get("properties")
    fields = {name: found[name] for name in sorted(names) if name in found} if isinstance(found, Mapping) else {}
    return _made(model, fields, [name for name in _needed(model) if name in names])


def _unset(place: ChangedModel) -> Json | None:
    """Return the sender's model without the field: it is not sent."""
    fields = {name: one for name, one in _fields(place.new).items() if name != place.after}
    return _made(place.new, fields, [name for name in _needed(place.new) if name != place.after])


def _null_unset(place: ChangedModel) -> Json | None:
    """Return the sender's model with the field left out where it would be null."""
    field = _fields(place.new).get(place.after)
    return _unset(place) if isinstance(field, Mapping) and field.get("default", 0) is None else None


def _kept(place: ChangedModel) -> Json | None:
    """Return the sender's model with the removed field added again: both are sent for a while."""
    if place.before not in _fields(place.old):
        return None
    fields = _fields(place.new) | {place.before: _fields(place.old)[place.before]}
    return _made(place.new, fields, [*_needed(place.new), place.before])


def _as_before(place: ChangedModel) -> Json | None:
    """Return the sender's model with the old schema of the field: it sends the values of before."""
    if not place.after:
        return dict(place.old)
    if place.before not in _fields(place.old):
        return None
    return _made(place.new, _fields(place.new) | {place.after: _fields(place.old)[place.before]}, _needed(place.new))


def _either(place: ChangedModel) -> Json | None:
    """Return the reader's model with the old and the new schema of the field: it reads both."""
    if not place.after:
        return {"anyOf": [place.new, place.old]}
    one, two = _fields(place.old).get(place.before), _fields(place.new).get(place.after)
    if one is None or two is None:
        return None
    return _made(place.new, _fields(place.new) | {place.after: {"anyOf": [two, one]}}, _needed(place.new))


def _both_names(place: ChangedModel) -> Json | None:
    """Return the reader's model with the field under its old and its new name."""
    fields = _fields(place.new)
    if place.after not in fields:
        return None
    return _made(
        place.new, fields | {place.before: fields[place.after]}, [n for n in _needed(place.new) if n != place.after]
    )


def _defaulted(place: ChangedModel) -> Json | None:
    """Return the reader's model with the field not required: messages without it are read."""
    return _made(place.new, _fields(place.new), [name for name in _needed(place.new) if name != place.after])


def _opened(model: Mapping[str, Any]) -> Json:
    return {word: value for word, value in model.items() if word not in ("additionalProperties", "x-extra")}


WAYS: tuple[Way, ...] = (
    Way(
        kinds=(*_ADDED, "extras-allowed"),
        text="let the old models ignore extras one release earlier",
        read_before=lambda place: _opened(place.old),
    ),
    Way(
        kinds=_ADDED[:1],
        text="publish with exclude_none until all subscribers are upgraded, and leave the field None so long",
        sends=_null_unset,
        dump="without-none",
    ),
    Way(
        kinds=_ADDED[:1],
        text="publish with exclude_unset until all subscribers are upgraded, and leave the field unset so long",
        sends=_unset,
        dump="partial",
    ),
    Way(
        kinds=(*_GONE, "field-became-optional"),
        text="keep sending the field until all subscribers are upgraded",
        sends=_kept,
    ),
    Way(
        kinds=_VALUES,
        text="do not send the new values until all subscribers are upgraded",
        sends=_as_before,
    ),
    Way(
        kinds=("field-renamed",),
        text="send both fields until every subscriber reads the new one",
        sends=_kept,
    ),
    Way(
        kinds=("field-renamed",),
        text="let the new model read both names, AliasChoices({after!r}, {before!r}), and deploy subscribers first",
        reads=_both_names,
    ),
    Way(
        kinds=("required-field-added", "field-became-required"),
        text="give the field a default until all publishers send it",
        reads=_defaulted,
    ),
    Way(
        kinds=(*_GONE, "extras-forbidden"),
        text="let the new model ignore extras until all publishers are upgraded",
        reads=lambda place: _opened(place.new),
    ),
    Way(
        kinds=_VALUES,
        text="keep accepting the old values until all publishers are upgraded",
        reads=_either,
    ),
)
"""In the order in which they are offered: what costs least comes first."""


MOST_TRIED = 400  # each takes several proofs, and nobody reads more


class Trials:
    """Tries ways out of the breaks of one comparison; what was tried for a change is reused for all its messages.

    After `MOST_TRIED` causes nothing more is tried, and so nothing more is offered.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._wires = {"old": WireSchemas(comparison.old), "new": WireSchemas(comparison.new)}
        self._tried: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def offered(self, change: FieldChange, pair: MessagePair, *, forward: bool, backward: bool) -> tuple[str, ...]:
        """Return the ways that mend the directions which are broken."""
        ways = {side: dumps(one for one in found if one.action == "send") for side, found in _senders(pair)}
        place = self._place(change, pair)
        if place is None:
            return ()
        text = json.dumps([place.old, place.new], sort_keys=True, default=str)
        key = (change.kind, text, change.at, forward, backward, ways["old"], ways["new"])
        if key not in self._tried:
            if len(self._tried) >= MOST_TRIED:
                return ()
            self._tried[key] = tuple(self._offer(change, place, ways, forward=forward, backward=backward))
        return self._tried[key]

    def _offer(
        self,
        change: FieldChange,
        place: ChangedModel,
        ways: Mapping[str, tuple[Dump, ...]],
        *,
        forward: bool,
        backward: bool,
    ) -> Iterator[str]:
        if "x-extra" not in place.old and "x-extra" not in place.new:
            ways = {side: found[:1] for side, found in ways.items()}
        for way in WAYS:
            if change.kind not in way.kinds or not (backward if way.reads else forward):
                continue
            if self._mends(way, change, place, ways):
                yield way.text.format(before=place.before, after=place.after)
                forward = forward and way.dump != "without-none"  # exclude_unset would say the same again

    def _place(self, change: FieldChange, pair: MessagePair) -> ChangedModel | None:
        sides = [self._holder(change, side, message) for side, message in (("old", pair.old), ("new", pair.new))]
        old, new = sides
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return None
        after = change.at[0] if change.at else ""
        renamed = change.kind == "field-renamed" and len(change.at) == 1
        before = change.path[-1] if renamed and change.path else after
        names = {before, after} if after else set()
        return ChangedModel(old=_alone(old, names), new=_alone(new, names), before=before, after=after)

    def _holder(self, change: FieldChange, side: str, message: Any) -> Any:
        if change.owner:
            return self._wires[side].schemas.get(change.owner)
        return None if message is None or message.accepts is not None else message.payload

    def _mends(self, way: Way, change: FieldChange, place: ChangedModel, ways: Mapping[str, tuple[Dump, ...]]) -> bool:
        edit = way.sends or way.reads or way.read_before
        if edit is None or not (place.after or change.kind in (*_VALUES, "extras-forbidden", "extras-allowed")):
            return False
        if (edited := edit(place)) is None:
            return False
        here = replace(change, path=(place.before, *change.at[1:]), new_path=change.at)
        if way.sends is not None:
            found: list[_Question] = [
                (("new", edited), dump, read)
                for read in (("old", place.old), ("new", place.new))
                for dump in ((way.dump,) if way.dump else ways["new"])
            ]
        else:
            reader = ("new", edited) if way.reads is not None else ("old", edited)
            found = [
                ((side, holder), dump, reader)
                for side, holder in (("old", place.old), ("new", place.new))
                for dump in ways[side]
            ]
        return all(self._gone(here, sent, dump, read) for sent, dump, read in found)

    def _gone(self, change: FieldChange, sent: _Sided, dump: Dump, read: _Sided) -> bool:
        """Say whether this change breaks nothing any more: no rejection of what the sender sends is at its place."""
        a, a_schemas = self._closed(change.owner, *sent)
        b, b_schemas = self._closed(change.owner, *read)
        a_schemas = {name: emitted(schema, dump, a_schemas) for name, schema in a_schemas.items()}
        answer = Prover().subset(
            a if change.owner else emitted(a, dump, a_schemas), b, a_schemas=a_schemas, b_schemas=b_schemas
        )
        if isinstance(answer, Refuted):
            return not answer.doubts and not any(touches(change, cause) for cause in answer.causes)
        return isinstance(answer, Proven)

    def _closed(self, owner: str, side: str, holder: Mapping[str, Any]) -> tuple[Mapping[str, Any], Json]:
        """Return a reference to an edited model, and the components it needs, itself in its edited form among them."""
        schemas = self._wires[side].schemas
        found = {name: schemas[name] for name in closure(holder, schemas) if name in schemas}
        if not owner:
            return holder, found
        return {"$ref": f"#/components/schemas/{owner}"}, found | {owner: holder}


def _senders(pair: MessagePair) -> tuple[tuple[str, Any], ...]:
    return (("old", pair.topic.before), ("new", pair.topic.after))
