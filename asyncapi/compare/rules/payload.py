"""Rules for what changes inside of a payload. What a change breaks is proven, not said here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from asyncapi.compare.field_change import FieldChange
from asyncapi.compare.rules.rule import Rule
from asyncapi.schemas.wording import limits


def place(change: FieldChange) -> str:
    """Return the field as a reader writes it: `data.items[].id`, or "the payload"."""
    return spelled(change.new_path if change.kind != "field-renamed" else change.path)


def spelled(path: tuple[str, ...]) -> str:
    """Return a path as text; `[]` and `{}` stand for items and for values under free keys."""
    text = ""
    for step in path:
        text += step if step.startswith(("[", "{")) else f".{step}" if text else step
    return text or "the payload"


def shown(value: Any) -> str:
    """Return a value as short JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"


def _listed(values: Any) -> str:
    return ", ".join(shown(value) for value in values) if isinstance(values, list) else shown(values)


def _types(names: Any) -> str:
    return " or ".join(names) if names else "null"


def _form(name: Any) -> str:
    """Return a format with its limits in words: `date, ge 2020-01-01` is a date, at least 2020-01-01."""
    base, *parts = str(name).split(", ")
    said = {word.replace(" ", "_"): value for word, _, value in (part.rpartition(" ") for part in parts)}
    words = list(limits({"x-limits": said}))
    return ", ".join((base, *words)) if len(words) == len(parts) else str(name)


def optional_field_added(change: FieldChange) -> str:
    """A field was added that need not be there. Subscribers that forbid extras reject it as soon as it is sent."""
    return f"optional field {place(change)} added"


def optional_field_removed(change: FieldChange) -> str:
    """A field that need not be there was removed. Subscribers that forbid extras reject who still sends it."""
    return f"optional field {place(change)} removed"


def required_field_added(change: FieldChange) -> str:
    """A field was added that must be there. Running publishers do not send it yet."""
    return f"required field {place(change)} added"


def required_field_removed(change: FieldChange) -> str:
    """A field that had to be there was removed. Running subscribers wait for it in vain."""
    return f"required field {place(change)} removed"


def field_became_required(change: FieldChange) -> str:
    """A field must be there that could be missing. Running publishers may leave it out."""
    return f"{place(change)} became required"


def field_became_optional(change: FieldChange) -> str:
    """A field may be missing that had to be there. Running subscribers insist on it."""
    return f"{place(change)} became optional"


def field_renamed(change: FieldChange) -> str:
    """A field has another name. Where nothing rejects it, its value is lost silently."""
    return f"{spelled(change.path)} renamed to {change.after}"


def type_widened(change: FieldChange) -> str:
    """A field can have more types than before."""
    return f"type of {place(change)} widened from {_types(change.before)} to {_types(change.after)}"


def type_narrowed(change: FieldChange) -> str:
    """A field can have fewer types than before."""
    return f"type of {place(change)} narrowed from {_types(change.before)} to {_types(change.after)}"


def type_changed(change: FieldChange) -> str:
    """A field has another type."""
    return f"type of {place(change)} changed from {_types(change.before)} to {_types(change.after)}"


def null_added(change: FieldChange) -> str:
    """A field can be null that could not be before."""
    return f"{place(change)} may be null"


def null_removed(change: FieldChange) -> str:
    """A field cannot be null any more."""
    return f"{place(change)} may not be null any more"


def enum_value_added(change: FieldChange) -> str:
    """A field can have a value that running subscribers do not know."""
    return f"{place(change)} may also be {_listed(change.after)}"


def enum_value_removed(change: FieldChange) -> str:
    """A field cannot have a value any more that running publishers may send."""
    return f"{place(change)} may not be {_listed(change.before)} any more"


def enum_added(change: FieldChange) -> str:
    """A field that was free is limited to a list of values."""
    return f"{place(change)} is limited to {_listed(change.after)}"


def enum_removed(change: FieldChange) -> str:
    """A field is not limited to a list of values any more."""
    return f"{place(change)} is not limited to {_listed(change.before)} any more"


def const_changed(change: FieldChange) -> str:
    """A field has another fixed value."""
    return f"{place(change)} is always {shown(change.after)}, was {shown(change.before)}"


def range_widened(change: FieldChange) -> str:
    """A number can be smaller or larger than before."""
    return f"range of {place(change)} widened: {_limit(change.after)}, was {_limit(change.before)}"


def range_narrowed(change: FieldChange) -> str:
    """A number cannot be as small or as large any more."""
    return f"range of {place(change)} narrowed: {_limit(change.after)}, was {_limit(change.before)}"


def length_widened(change: FieldChange) -> str:
    """A text can be shorter or longer than before."""
    return f"length of {place(change)} widened: {_limit(change.after)}, was {_limit(change.before)}"


def length_narrowed(change: FieldChange) -> str:
    """A text cannot be as short or as long any more."""
    return f"length of {place(change)} narrowed: {_limit(change.after)}, was {_limit(change.before)}"


def count_widened(change: FieldChange) -> str:
    """There can be fewer or more items than before."""
    return f"number of items of {place(change)} widened: {_limit(change.after)}, was {_limit(change.before)}"


def count_narrowed(change: FieldChange) -> str:
    """There cannot be as few or as many items any more."""
    return f"number of items of {place(change)} narrowed: {_limit(change.after)}, was {_limit(change.before)}"


def _limit(limits: Any) -> str:
    return ", ".join(f"{word} {shown(value)}" for word, value in limits.items()) if limits else "no limit"


def pattern_added(change: FieldChange) -> str:
    """A text must match a pattern."""
    return f"{place(change)} must match {change.after}"


def pattern_removed(change: FieldChange) -> str:
    """A text need not match a pattern any more."""
    return f"{place(change)} need not match {change.before} any more"


def pattern_changed(change: FieldChange) -> str:
    """A text must match another pattern."""
    return f"{place(change)} must match {change.after}, was {change.before}"


def format_added(change: FieldChange) -> str:
    """A text must have a format."""
    return f"{place(change)} must be a {_form(change.after)}"


def format_removed(change: FieldChange) -> str:
    """A text need not have a format any more."""
    return f"{place(change)} need not be a {_form(change.before)} any more"


def format_changed(change: FieldChange) -> str:
    """A text must have another format."""
    return f"{place(change)} must be a {_form(change.after)}, was a {_form(change.before)}"


def multiple_added(change: FieldChange) -> str:
    """A number must be a multiple."""
    return f"{place(change)} must be a multiple of {change.after}"


def multiple_removed(change: FieldChange) -> str:
    """A number need not be a multiple any more."""
    return f"{place(change)} need not be a multiple of {change.before} any more"


def multiple_changed(change: FieldChange) -> str:
    """A number must be a multiple of something else."""
    return f"{place(change)} must be a multiple of {change.after}, was {change.before}"


def unique_added(change: FieldChange) -> str:
    """Items may not repeat."""
    return f"items of {place(change)} may not repeat"


def unique_removed(change: FieldChange) -> str:
    """Items may repeat."""
    return f"items of {place(change)} may repeat"


def tuple_changed(change: FieldChange) -> str:
    """A list of fixed positions has another number of them."""
    return f"{place(change)} has {shown(change.after)} fixed items, had {shown(change.before)}"


def union_arm_added(change: FieldChange) -> str:
    """A field can be one more alternative that running subscribers do not know."""
    return f"{place(change)} may also be {change.after}"


def union_arm_removed(change: FieldChange) -> str:
    """A field cannot be an alternative any more that running publishers may send."""
    return f"{place(change)} may not be {change.before} any more"


def discriminator_renamed(change: FieldChange) -> str:
    """Another field tells the alternatives of a union apart."""
    return f"alternatives of {place(change)} are told apart by {change.after}, was {change.before}"


def extras_forbidden(change: FieldChange) -> str:
    """A model rejects fields that it does not know. It breaks publishers that send such fields."""
    return f"{place(change)} forbids unknown fields, {_extra(change.before)} them before"


def extras_ignored(change: FieldChange) -> str:
    """A model ignores fields that it does not know."""
    return f"{place(change)} ignores unknown fields, {_extra(change.before)} them before"


def extras_allowed(change: FieldChange) -> str:
    """A model keeps fields that it does not know, and may send such fields itself."""
    return f"{place(change)} allows unknown fields, {_extra(change.before)} them before"


def _extra(word: Any) -> str:
    return {"forbid": "forbade", "allow": "allowed"}.get(str(word), "ignored")


def default_changed(change: FieldChange) -> str:
    """A field that is left out means something else. Nothing is rejected, but both sides understand it differently."""
    before, after = (shown(value[0]) if value else "none" for value in (change.before, change.after))
    return f"default of {place(change)} changed from {before} to {after}"


def validator_added(change: FieldChange) -> str:
    """A function of the team checks or converts what is read. What it rejects, no schema says."""
    return f"{place(change)} is checked by {', '.join(change.after)}; what that rejects is not seen"


def validator_removed(change: FieldChange) -> str:
    """A function of the team does not check any more what is built and read. Running subscribers still do."""
    return f"{place(change)} is no longer checked by {', '.join(change.before)}; running subscribers still do that"


def condition_changed(change: FieldChange) -> str:
    """A keyword that ties several things together changed."""
    return f"{', '.join(change.after or change.before)} of {place(change)} changed"


def words_changed(change: FieldChange) -> str:
    """Title, description, examples or deprecation changed. Nothing on the wire does."""
    return f"{', '.join(change.after or change.before)} of {place(change)} changed"


_ENUM = frozenset(("enum", "const", "type", "anyOf", "oneOf"))
_TYPE = frozenset(("type", "anyOf", "oneOf", "enum"))


def _rule(says: Callable[[FieldChange], str], mirror: str, breaks: str, *keywords: str) -> Rule:
    return Rule(
        id=says.__name__.replace("_", "-"), says=says, mirror=mirror, breaks=breaks, keywords=frozenset(keywords)
    )


PAYLOAD_RULES: tuple[Rule, ...] = (
    _rule(optional_field_added, "optional-field-removed", "ab", "additionalProperties"),
    _rule(optional_field_removed, "optional-field-added", "ab", "additionalProperties"),
    _rule(required_field_added, "required-field-removed", "ab", "additionalProperties", "required"),
    _rule(required_field_removed, "required-field-added", "ab", "additionalProperties", "required"),
    _rule(field_became_required, "field-became-optional", "b", "required"),
    _rule(field_became_optional, "field-became-required", "a", "required"),
    _rule(field_renamed, "field-renamed", "ab", "additionalProperties", "required"),
    _rule(type_widened, "type-narrowed", "a", *_TYPE),
    _rule(type_narrowed, "type-widened", "b", *_TYPE),
    _rule(type_changed, "type-changed", "ab", *_TYPE),
    _rule(null_added, "null-removed", "a", *_TYPE),
    _rule(null_removed, "null-added", "b", *_TYPE),
    _rule(enum_value_added, "enum-value-removed", "a", *_ENUM),
    _rule(enum_value_removed, "enum-value-added", "b", *_ENUM),
    _rule(enum_added, "enum-removed", "ab", *_ENUM),
    _rule(enum_removed, "enum-added", "ab", *_ENUM),
    _rule(const_changed, "const-changed", "ab", *_ENUM),
    _rule(range_widened, "range-narrowed", "a", "minimum", "maximum"),
    _rule(range_narrowed, "range-widened", "b", "minimum", "maximum"),
    _rule(length_widened, "length-narrowed", "a", "minLength", "maxLength"),
    _rule(length_narrowed, "length-widened", "b", "minLength", "maxLength"),
    _rule(count_widened, "count-narrowed", "a", "minItems", "maxItems", "minProperties", "maxProperties", "items"),
    _rule(count_narrowed, "count-widened", "b", "minItems", "maxItems", "minProperties", "maxProperties", "items"),
    _rule(pattern_added, "pattern-removed", "b", "pattern"),
    _rule(pattern_removed, "pattern-added", "a", "pattern"),
    _rule(pattern_changed, "pattern-changed", "ab", "pattern"),
    _rule(format_added, "format-removed", "b", "format"),
    _rule(format_removed, "format-added", "a", "format"),
    _rule(format_changed, "format-changed", "ab", "format"),
    _rule(multiple_added, "multiple-removed", "b", "multipleOf"),
    _rule(multiple_removed, "multiple-added", "a", "multipleOf"),
    _rule(multiple_changed, "multiple-changed", "ab", "multipleOf"),
    _rule(unique_added, "unique-removed", "b", "uniqueItems"),
    _rule(unique_removed, "unique-added", "a", "uniqueItems"),
    _rule(tuple_changed, "tuple-changed", "ab", "items", "minItems", "maxItems"),
    _rule(union_arm_added, "union-arm-removed", "a", *_TYPE),
    _rule(union_arm_removed, "union-arm-added", "b", *_TYPE),
    _rule(discriminator_renamed, "discriminator-renamed", "ab", "required", *_TYPE),
    _rule(extras_forbidden, "extras-ignored", "b", "additionalProperties"),
    _rule(extras_ignored, "extras-forbidden", "ab", "additionalProperties"),
    _rule(extras_allowed, "extras-ignored", "a", "additionalProperties"),
    _rule(default_changed, "default-changed", ""),
    _rule(validator_added, "validator-removed", ""),
    _rule(validator_removed, "validator-added", ""),
    _rule(
        condition_changed, "condition-changed", "ab", "anyOf", "oneOf", "not", "propertyNames", "matching", "required"
    ),
    _rule(words_changed, "words-changed", ""),
)
