"""Remembering: searching earlier conversations, and the character that the robot has."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from tars.contracts.message import Message, Record, new_id

TOPIC_MEMORY_QUERY = "memory/query"
TOPIC_MEMORY_RESULTS = "memory/results"
TOPIC_CHARACTER_GET = "character/get"
TOPIC_CHARACTER_RESULT = "character/result"
TOPIC_CHARACTER_UPDATE = "character/update"
TOPIC_SYSTEM_CHARACTER_CURRENT = "system/character/current"


class MemoryQuery(Message):
    """Search the long-term memory."""

    request_id: str = Field(
        default_factory=new_id, description="Names the search; its results repeat it.", examples=["mem-31"]
    )
    text: str = Field(description="What to look for, in plain words.", examples=["the docking manoeuvre"])
    top_k: int = Field(default=5, ge=1, le=50, description="How many memories to return at most.")
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=10000,
        description="Stop before the memories exceed this many tokens together.",
        examples=[1500],
    )
    include_context: bool = Field(default=False, description="Return what was said just before and after as well.")
    context_window: int = Field(
        default=1, ge=0, le=5, description="How many neighbours on each side, when context is wanted."
    )
    retrieval_strategy: str = Field(
        default="hybrid", description="How to search: by meaning, by words, or both.", examples=["hybrid"]
    )
    utt_id: str | None = Field(
        default=None, description="The utterance for which memories are needed.", examples=["utt-000042"]
    )


class MemoryResult(Record):
    """One memory."""

    document: dict[str, Any] | str = Field(
        description="What was remembered: a text, or a record as it was stored.",
        examples=["Cooper docked by hand at 67 revolutions per minute."],
    )
    score: float | None = Field(default=None, description="How well it fits the search.", examples=[0.82])
    timestamp: str | None = Field(
        default=None, description="When it was stored (ISO 8601).", examples=["2025-01-01T10:30:00Z"]
    )
    context_type: str = Field(
        default="target", description="Whether it was found itself or is a neighbour of one that was."
    )
    token_count: int | None = Field(default=None, description="Its length in tokens.", examples=[12])


class MemoryResults(Message):
    """The memories that fit a search, best first."""

    request_id: str = Field(description="The search that this answers.", examples=["mem-31"])
    query: str = Field(description="What was looked for.", examples=["the docking manoeuvre"])
    k: int = Field(description="How many memories were asked for.", examples=[5])
    results: list[MemoryResult] = Field(default_factory=list, description="What was found; may be empty.")
    total_tokens: int | None = Field(default=None, description="Length of all of them in tokens.", examples=[48])
    strategy_used: str = Field(default="hybrid", description="How the search was done.", examples=["hybrid"])
    truncated: bool = Field(default=False, description="True when the limit on tokens cut the list short.")
    utt_id: str | None = Field(
        default=None, description="The utterance for which memories were needed.", examples=["utt-000042"]
    )


class CharacterGetRequest(Message):
    """Ask for the robot's character, or for one part of it."""

    request_id: str = Field(
        default_factory=new_id, description="Names the question; its answer repeats it.", examples=["char-4"]
    )
    section: str | None = Field(
        default=None, description="The part that is wanted; without one, all of it.", examples=["traits"]
    )


class CharacterSnapshot(Message):
    """The whole character of the robot as it is now."""

    request_id: str | None = Field(
        default=None,
        description="The question that this answers; empty when it is published without being asked for.",
        examples=["char-4"],
    )
    name: str = Field(description="What the robot is called.", examples=["TARS"])
    description: str | None = Field(
        default=None, description="Who it is, in a sentence.", examples=["Former marine robot with a dry wit."]
    )
    systemprompt: str | None = Field(
        default=None,
        description="System prompt for the language model.",
        examples=["You are TARS. Be brief, honest to 90 percent."],
    )
    traits: dict[str, Any] = Field(
        default_factory=dict,
        description="How strong each trait is, from 0 to 100.",
        examples=[{"humour": 75, "honesty": 90}],
    )
    voice: dict[str, Any] = Field(
        default_factory=dict, description="How it sounds.", examples=[{"voice": "tars-deep", "speed": 1.0}]
    )
    meta: dict[str, Any] = Field(
        default_factory=dict, description="Where the character comes from.", examples=[{"version": 3}]
    )
    scenario: dict[str, Any] = Field(
        default_factory=dict, description="The situation it believes to be in.", examples=[{"place": "Endurance"}]
    )
    personality_notes: dict[str, Any] = Field(
        default_factory=dict, description="Hints for its author, by topic.", examples=[{"banter": "keep it short"}]
    )
    example_interactions: dict[str, Any] = Field(
        default_factory=dict,
        description="Typical questions and the answers it would give.",
        examples=[{"What is your honesty setting?": "Ninety percent."}],
    )


class CharacterSection(Message):
    """One part of the robot's character."""

    request_id: str = Field(description="The question that this answers.", examples=["char-4"])
    section: str = Field(description="Which part.", examples=["traits"])
    value: dict[str, Any] | str | None = Field(
        default=None, description="What it holds; empty when there is no such part.", examples=[{"humour": 75}]
    )


class CharacterTraitUpdate(Message):
    """Make one trait weaker or stronger."""

    section: str = Field(default="traits", description="The part of the character that holds the trait.")
    trait: str = Field(description="The trait.", examples=["humour"])
    value: int = Field(ge=0, le=100, description="How strong it should be from now on.", examples=[60])


class CharacterResetTraits(Message):
    """Set all traits back to what the character file says."""

    action: str = Field(default="reset_traits", description="Sets this message apart from a change of one trait.")
