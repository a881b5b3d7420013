"""Topics of messages: the filter of a subscription with holes for its open levels, and what tests tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncapi.machine.lattice import compose
from asyncapi.machine.values import Assumed, Hole, HoledText, Tested, Value
from asyncapi.topics import unshared

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine


def spelled(topic: Value) -> str:
    """Return a topic as text, holes by their defaults or names; empty where it is not known."""
    if isinstance(topic, str):
        return str(topic)
    if topic.__class__ is Assumed and isinstance(topic.value, str):
        return str(topic.value)
    if isinstance(topic, HoledText):
        return "".join(
            part if isinstance(part, str) else part.default if part.default else "{" + part.name + "}"
            for part in topic.parts
        )
    return ""


def opened(topic: Value, message: object) -> Value:
    """Return the topic of a message: the filter with a hole for each level that it leaves open."""
    if topic.__class__ is Assumed:
        topic = topic.value
    if not isinstance(topic, (str, HoledText)):
        return HoledText((Hole("topic", wide=True, source=message),))
    pieces: list[str | Hole] = []
    count = 0
    parts = (unshared(topic),) if isinstance(topic, str) else topic.parts
    for part in parts:
        if isinstance(part, Hole):
            pieces.append(
                Hole(part.name, default=None, environment=part.environment, choices=part.choices, source=message)
                if part.default is None
                else part
            )
            continue
        for number, level in enumerate(part.split("/")):
            if number:
                pieces.append("/")
            if level == "+":
                count += 1
                pieces.append(Hole("level" if count == 1 else f"level{count}", source=message))
            elif level == "#":
                pieces.append(Hole("rest", wide=True, source=message))
            elif level:
                pieces.append(level)
    return compose(pieces, getattr(topic, "origin", None))


def narrowed(m: Machine, topic: HoledText, wanted: str) -> Value:
    """Return the test whether a received topic matches a filter, with what it says of the topic's open levels.

    Example: that the topic of `lamp/+/set` matches `lamp/hall/set` holds where the open level is `hall`.
    """
    filters = unshared(wanted).split("/")
    yes = _aligned(_levels(topic), filters)
    if yes is None:
        return False
    if not yes:
        return True
    no: dict[object, Value] = {}
    if "+" not in filters and "#" not in filters:
        name = ("not", topic.key)
        ruled_out = m.assumed.get(name, frozenset())
        if unshared(wanted) in ruled_out:
            return False
        no[name] = frozenset((*ruled_out, unshared(wanted)))
    return Tested("a test of a topic", {hole: value for hole, value in yes.items() if hole is not None}, no)


def _levels(topic: HoledText) -> list[list[str | Hole]]:
    """Return the levels of a topic, each as its parts."""
    levels: list[list[str | Hole]] = [[]]
    for part in topic.parts:
        if isinstance(part, Hole):
            levels[-1].append(part)
        else:
            words = part.split("/")
            if words[0]:
                levels[-1].append(words[0])
            levels.extend([[word] if word else [] for word in words[1:]])
    return levels


def _aligned(levels: list[list[str | Hole]], filters: list[str]) -> dict[Hole | None, Value] | None:
    """Return what open levels are where a topic matches a filter: nothing where it surely does, None where it cannot.

    Under None stands that it may match without saying anything of a whole level.
    """
    yes: dict[Hole | None, Value] = {}
    for place, level in enumerate(levels):
        only = level[0] if len(level) == 1 else None
        if isinstance(only, Hole) and only.wide:
            if filters[place:] != ["#"]:
                yes[only] = _rest(filters[place:], only)
            return yes
        if place >= len(filters):
            return None
        if filters[place] == "#":
            return yes
        if filters[place] == "+":
            continue
        if isinstance(only, Hole):
            if only.choices and filters[place] not in only.choices:
                return None
            yes[only] = filters[place]
        elif len(level) > 1:
            yes[None] = True
        elif (only or "") != filters[place]:
            return None
    return yes if filters[len(levels) :] in ([], ["#"]) else None


def _rest(filters: list[str], hole: Hole) -> Value:
    """Return the last levels of a filter as what a hole of several levels is."""
    pieces: list[str | Hole] = []
    for number, level in enumerate(filters):
        if number:
            pieces.append("/")
        if level == "+":
            pieces.append(Hole("level", source=hole.source))
        elif level == "#":
            pieces.append(Hole("rest", wide=True, source=hole.source))
        else:
            pieces.append(level)
    return compose(pieces)
