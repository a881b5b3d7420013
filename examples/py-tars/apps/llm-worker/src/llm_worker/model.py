"""The language model of the bench: a few rules, where the robot has a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STORY = (
    "Once there was a robot with four slabs for legs and an honesty setting of ninety percent. "
    "It went through a wormhole, into the dark, and counted every star it met on the way. "
    "When it came back it was asked what it had seen. Everything, it said, and nobody believed the other ten percent."
)
SET_TRAIT = re.compile(r"set (?:your )?(?P<trait>[a-z]+) to (?P<value>\d{1,3})", re.IGNORECASE)
RESET_TRAITS = re.compile(r"reset (?:your )?traits", re.IGNORECASE)
SETTINGS = re.compile(r"\byour (traits|settings)\b", re.IGNORECASE)
LOOK = re.compile(r"\b(look|see)\b", re.IGNORECASE)
WAVE = re.compile(r"\b(wave|greet)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """What has to be done before the reply can be written."""

    tool: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    trait: tuple[str, int] | None = None
    reset: bool = False
    section: str | None = None
    wave: bool = False


def think(text: str, tools: Sequence[str]) -> Plan:
    """Return what an utterance makes necessary, given the tools there are."""
    if found := SET_TRAIT.search(text):
        return Plan(trait=(found["trait"].lower(), min(int(found["value"]), 100)))
    if RESET_TRAITS.search(text):
        return Plan(reset=True)
    if SETTINGS.search(text):
        return Plan(section="traits")
    if LOOK.search(text) and "camera_capture" in tools:
        return Plan(tool="camera_capture", arguments={"purpose": text})
    return Plan(wave=bool(WAVE.search(text)))


def write(text: str, plan: Plan, facts: Mapping[str, Any], memories: Sequence[str]) -> str:
    """Return the reply."""
    if plan.trait:
        return f"{plan.trait[0].capitalize()} is {plan.trait[1]} percent."
    if plan.reset:
        return "Traits are back to where they were."
    if plan.section:
        return f"My {plan.section}: {facts.get(plan.section) or 'unknown'}."
    if plan.tool:
        picture = facts.get(plan.tool)
        return f"I see {picture}." if picture else "I cannot see anything."
    if "story" in text.lower():
        return STORY
    if memories:
        return f"You said before: {memories[0]}"
    return f"You said: {text}"


def pieces(reply: str) -> Iterator[str]:
    """Yield the reply word by word."""
    words = reply.split(" ")
    yield from (word + " " for word in words[:-1])
    yield words[-1]
