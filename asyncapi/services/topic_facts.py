"""Topics as facts name them: an address or template, the variable that can replace it, or why it is not known."""

from __future__ import annotations

from typing import NamedTuple

from asyncapi.machine.lattice import alternatives, each, united
from asyncapi.machine.state import Machine
from asyncapi.machine.values import (
    ABSENT,
    Assumed,
    Beyond,
    Encoded,
    External,
    Hole,
    HoledText,
    Instance,
    Opaque,
    Origin,
    Received,
    Union,
    Value,
)


class TopicFact(NamedTuple):
    """A topic as facts name it, or why it is not known."""

    address: str
    environment: str = ""
    reason: str = ""
    assumptions: int = 0
    origin: Origin | None = None


def topic_of(m: Machine, value: Value) -> TopicFact:
    """Return a single value as a topic."""
    if isinstance(value, str):
        return (
            TopicFact(str(value), origin=getattr(value, "origin", None))
            if value
            else TopicFact("", reason="the topic is an empty text")
        )
    if isinstance(value, bytes):
        try:
            return topic_of(m, value.decode())
        except UnicodeDecodeError:
            return TopicFact("", reason="the topic is no text")
    if isinstance(value, HoledText):
        return _text(value)
    if value.__class__ is Assumed:
        inner = topic_of(m, value.value)
        return inner._replace(environment=value.environment, assumptions=inner.assumptions + 1)
    if value.__class__ is Encoded:
        return topic_of(m, value.value)
    if isinstance(value, Instance):
        told = m.text_of(value, None)
        if told is not None and not isinstance(told, Instance):
            return topic_of(m, told)
        held = value.fields.get("value", ABSENT)
        if held is not ABSENT and not isinstance(held, Instance):
            return topic_of(m, held)
        return TopicFact("", reason=f"it is an object of {value.cls.name}")
    if value.__class__ is Received:
        return TopicFact("", reason="it comes out of a message")
    if value.__class__ is Opaque:
        missing = f"environment variable {value.environment} has no default"
        return TopicFact("", reason=missing if value.environment else value.reason)
    if value.__class__ is Beyond:
        return TopicFact("", reason=value.reason)
    if value is ABSENT:
        return TopicFact("", reason="no topic is given")
    if value.__class__ is External:
        return TopicFact("", reason=f"{value.path} is not read")
    return TopicFact("", reason="it is no text")


def _text(value: HoledText) -> TopicFact:
    words: list[str] = []
    environment, assumptions, fixed = "", 0, False
    used: dict[str, object] = {}
    for part in value.parts:
        if isinstance(part, str):
            words.append(part)
            fixed = fixed or bool(part.strip("/"))
            continue
        if part.default:
            words.append(part.default)
            fixed = True
            environment = environment or part.environment
            assumptions += 1
            continue
        environment = environment or part.environment
        words.append("{" + _name(part, used) + "}")
    address = "".join(words)
    if not fixed:
        holes = [part for part in value.parts if isinstance(part, Hole)]
        if len(holes) == 1 and holes[0].environment:
            return TopicFact("", reason=f"environment variable {holes[0].environment} has no default")
        if len(words) == 1:
            return TopicFact("", reason=f"{holes[0].name} is only known at run time")
    return TopicFact(address, environment, assumptions=assumptions, origin=value.origin)


def _name(hole: Hole, used: dict[str, object]) -> str:
    """Return a parameter's name: letters, digits and `_`; the same for one hole, another for others of its name."""
    name = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in hole.name).strip("_") or "value"
    number = 1
    wanted = name
    while used.get(wanted, hole.key) != hole.key:
        number += 1
        wanted = f"{name}{number}"
    used[wanted] = hole.key
    return wanted


def settled(value: Value) -> tuple[Value, str]:
    """Return a topic without what only the environment may say, where a default is known, and the variable's name."""
    if value.__class__ is not Union:
        return value, ""
    kept = [(one, guards) for one, guards in alternatives(value) if not _from_outside(one)]
    said = next((one.environment for one in each(value) if _from_outside(one)), "")
    return (united(kept), said) if kept and said else (value, "")


def _from_outside(value: Value) -> bool:
    return value.__class__ is Opaque and bool(value.environment)
