"""Declaration rows, recognised by their attributes: whatever a team calls them, they come out as `Declaration`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncapi.contracts.facts import Declaration
from asyncapi.contracts.spelling import is_topic, normalise, resembles_topic
from asyncapi.delivery import DeclaredReply, Wire
from asyncapi.sources import Source

ALIASES: Mapping[str, tuple[str, ...]] = {
    "topic": ("topic", "address", "channel", "topic_template", "mqtt_topic", "topic_name", "name"),
    "models": (
        "models", "model", "payload", "payload_model", "payload_type", "schema", "messages", "message", "message_type",
    ),
    "topic_class": ("topic_class", "klass", "cls", "class", "kind", "category"),
    "qos": ("qos",),
    "retain": ("retain", "retained"),
    "wire": ("wire", "envelope", "wire_form"),
    "summary": ("summary",),
    "description": ("description", "doc"),
    "replies": ("replies", "reply", "reply_to", "answered_by", "response_topic"),
    "correlation": ("correlation", "correlation_id", "correlation_fields"),
    "state": ("state", "status", "lifecycle"),
    "deprecated": ("deprecated",),
    "replaced_by": ("replaced_by",),
    "remove_after": ("remove_after", "sunset"),
}  # fmt: skip
_STATES = frozenset({"active", "deprecated"})
_ARROW = re.compile(r"\s*(?:→|->|=>|=)\s*")


def rows(records: Iterable[Mapping[str, Any]], event_types: Mapping[str, str] | None = None) -> tuple[Declaration, ...]:
    """Return the rows among the records that the child saw, in source order.

    A table may name event types in place of topics: `("order.placed", Order)`. `event_types` has the topic of each.
    """
    found = []
    for record in records:
        said = row(record)
        meant = (event_types or {}).get(said.topic) if record["guessed"] else None
        if meant:
            found.append(replace(said, topic=meant))
        elif resembles_topic(said.topic) if record["guessed"] else is_topic(said.topic):
            found.append(said)
    return tuple(found)


def row(record: Mapping[str, Any]) -> Declaration:
    """Return one row; its symbol names the table and the topic, so that other rows do not change it."""
    said = {name.lower().strip("_"): value for name, value in record["attributes"].items()}
    topic = normalise(_text(_first(said, "topic")))
    symbol = record["symbol"] if record["whole"] else f"{record['symbol']}[{topic}]"
    state, replaced_by = _state(said)
    return Declaration(
        topic=topic,
        source=Source(file=record["file"], symbol=symbol, line=record["line"]),
        models=tuple(_models(said)),
        topic_class=_word(_first(said, "topic_class")),
        qos=_qos(_first(said, "qos")),
        retain=_flag(_first(said, "retain")),
        wire=_wire(said),
        summary=_text(_first(said, "summary")),
        description=_text(_first(said, "description")),
        replies=tuple(_replies(said)),
        correlation=_words(_first(said, "correlation")),
        state=state,
        replaced_by=replaced_by or _text(_first(said, "replaced_by")),
        remove_after=_text(_first(said, "remove_after")),
    )


def _first(said: Mapping[str, Any], fact: str) -> Any:
    return next((said[name] for name in ALIASES[fact] if said.get(name) is not None), None)


def _text(value: Any) -> str:
    if isinstance(value, Mapping) and "$enum" in value:
        return _text(value["$enum"][1])
    return value.strip() if isinstance(value, str) else ""


def _word(value: Any) -> str:
    """Return a word such as a topic class; enum members without a text of their own give their name."""
    if isinstance(value, Mapping) and "$enum" in value:
        name, inner = value["$enum"]
        return inner if isinstance(inner, str) else str(name).lower()
    return _text(value)


def _qos(value: Any) -> int | None:
    if isinstance(value, Mapping) and "$enum" in value:
        value = value["$enum"][1]
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2 else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _models(said: Mapping[str, Any]) -> list[str]:
    """Return the ids of classes, or the names that stand for them."""
    for name in ALIASES["models"]:
        if found := _named_models(said.get(name)):
            return found
    return []


def _named_models(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [value["$class"]] if "$class" in value else []
    if isinstance(value, str):
        return (
            [value]
            if re.fullmatch(r"[A-Za-z_][\w.]*(\[.*\])?", value) and value.rpartition(".")[2][:1].isupper()
            else []
        )
    if isinstance(value, Sequence):
        return list(dict.fromkeys(name for item in value for name in _named_models(item)))
    return []


def _wire(said: Mapping[str, Any]) -> Wire | None:
    value = _first(said, "wire")
    if isinstance(value, bool):
        return "envelope" if value else "raw"
    word = _word(value).lower()
    return "envelope" if word in ("envelope", "enveloped") else "raw" if word in ("raw", "bare") else None


def _state(said: Mapping[str, Any]) -> tuple[str, str]:
    """Return the state, and the replacement where `deprecated` names it."""
    state = _word(_first(said, "state")).lower()
    deprecated = _first(said, "deprecated")
    if state in _STATES:
        return state, ""
    if isinstance(deprecated, str) and deprecated:
        return "deprecated", deprecated if "/" in deprecated and " " not in deprecated else ""
    return ("deprecated", "") if deprecated is True else ("active" if deprecated is False else "", "")


def _replies(said: Mapping[str, Any]) -> list[DeclaredReply]:
    """Return the replies of a text, an object or a list of them; one pair of fields may stand beside."""
    value = _first(said, "replies")
    field, answer = _pair(_text(said.get("reply_field") or said.get("reply_correlation")))
    found = [reply for item in (value if isinstance(value, list) else [value]) for reply in _reply(item)]
    if field:
        found = [
            reply if reply.field else DeclaredReply(topic=reply.topic, field=field, answer_field=answer)
            for reply in found
        ]
    return found


def _reply(item: Any) -> list[DeclaredReply]:
    if isinstance(item, Mapping):
        inner = {name.lower().strip("_"): part for name, part in item.get("$object", item).items()}
        topic = _text(_first(inner, "topic"))
        field, answer = _pair(_text(inner.get("field") or inner.get("correlation") or inner.get("request_field")))
        answer = _text(inner.get("answer_field") or inner.get("response_field") or inner.get("reply_field")) or answer
        return [DeclaredReply(topic=normalise(topic), field=field, answer_field=answer or field)] if topic else []
    if isinstance(item, list):
        return [reply for part in item for reply in _reply(part)]
    if not isinstance(item, str) or not item.strip():
        return []
    address, _, fields = item.strip().partition(" ")
    field, answer = _pair(fields.strip(" ()[]"))
    return [DeclaredReply(topic=normalise(address.rstrip(",:")), field=field, answer_field=answer)]


def _pair(text: str) -> tuple[str, str]:
    """Split `message_id → request_id`; a single name stands for both sides."""
    parts = _ARROW.split(text.strip(), maxsplit=1)
    if not re.fullmatch(r"[\w.]+", parts[0]):
        return "", ""
    return parts[0], parts[-1]


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [word for part in re.split(r"[,;\s]+", value) for word in _ARROW.split(part)]
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(word for item in value if (word := _text(item))))
