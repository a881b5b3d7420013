"""Every bound of the machine, with its reason: the only way in which it stops looking.

A bound never cuts silently. What it cuts becomes a value (`values.Beyond` or an `Opaque` that says so), and the cut
itself is kept with its place, so that it is told, lowers coverage and quiets what rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.sources import Source


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound: its name, the most it lets pass, and why so much is enough."""

    name: str
    most: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """What a bound cut: at which place, how many there were at least, how many were looked at."""

    limit: str
    source: Source
    seen: int
    kept: int


ALTERNATIVES = Limit("alternatives", 600, "tables of topics in real systems have up to some hundreds of rows")
OBJECTS = Limit(
    "alternatives that are no texts", 40, "what can be more objects or numbers than that is a counter or a registry"
)
ROUNDS = Limit(
    "rounds of a loop", 2_000, "a table that is looped over is read whole; a loop that counts is not run whole"
)
COUNTED = Limit("rounds of a counting loop", 64, "what depends on a counter shows within the first rounds")
OPEN_ROUNDS = Limit(
    "rounds of an open loop", 2, "the second round sees what the first one wrote; a third adds nothing new"
)
SETTLING = Limit(
    "rounds in which a loop settles", 4, "values get open after two rounds; each further one opens what hangs on them"
)
DEPTH = Limit("depth of calls", 120, "deeper chains of calls in real systems are recursion")
RECURSION = Limit("depth of recursion", 3, "the third round of a recursion sees values of its own making only")
FAR = Limit(
    "runs of a function that is far from what is asked for",
    64,
    "a topic table in a helper has some dozens of rows; what runs more often computes data",
)
FAR_STEPS = Limit(
    "steps of a function that is far from what is asked for",
    3_000,
    "helpers that make topics take some hundred steps; what takes more works on data",
)
REPEATED = Limit(
    "runs of a far function on the same arguments",
    2,
    "the second run sees what the first one wrote; the result is taken from there on",
)
FUEL = Limit("steps of one service", 300_000, "four times what the largest of nine public systems took")
TEXT = Limit("letters of a text", 100_000, "a topic has at most 65,535 bytes")
TAKEN = Limit(
    "rounds of a loop that empties a queue",
    600,
    "rows of a table that go through a queue; a loop that feeds its own queue is not run on",
)
