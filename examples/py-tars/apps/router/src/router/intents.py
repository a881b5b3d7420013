"""What an utterance asks for: an order to the body, or something for the language model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tars.contracts.v1.movement import MovementAction, TestMovementCommand

STOP = re.compile(r"\b(stop moving|emergency stop|freeze)\b", re.IGNORECASE)
CANCEL = re.compile(r"\b(never mind|forget it)\b", re.IGNORECASE)
TEST = re.compile(r"\btest (?P<name>[a-z ]+)", re.IGNORECASE)
ATTENTION = re.compile(r"(hey |ok )?tars\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Intent:
    """What is to be done; `move` and `test` say which movement."""

    kind: str
    move: MovementAction | None = None
    test: TestMovementCommand | None = None


def understand(text: str) -> Intent:
    """Return the intent of an utterance; what is no order goes to the language model."""
    if ATTENTION.fullmatch(text.strip()):
        return Intent("attention")
    if STOP.search(text):
        return Intent("stop")
    if CANCEL.search(text):
        return Intent("cancel")
    if (found := TEST.search(text)) and (test := _named(TestMovementCommand, found["name"])):
        return Intent("test", test=TestMovementCommand(test))
    if move := _named(MovementAction, ATTENTION.sub("", text)):
        return Intent("move", move=MovementAction(move))
    return Intent("ask")


def _named(names: type[MovementAction] | type[TestMovementCommand], text: str) -> str | None:
    spoken = re.sub(r"[^a-z ]", "", text.lower()).strip().replace(" ", "_")
    return next((name.value for name in names if name.value == spoken), None)
