"""What a condition that may hold or not tells of either side of it."""

from __future__ import annotations

from typing import Any

from asyncapi.machine.values import Cell, Value

Assume = dict[object, Value]
Place = tuple[Cell, Any]


class Fork:
    """A condition that may hold or not: what may be assumed on either side, and what places then hold."""

    __slots__ = ("no", "no_places", "yes", "yes_places")

    def __init__(self) -> None:
        self.yes: Assume = {}
        self.no: Assume = {}
        self.yes_places: list[tuple[Cell, Any, Value]] = []
        self.no_places: list[tuple[Cell, Any, Value]] = []

    def turned(self) -> Fork:
        """Return the fork of the opposite condition."""
        made = Fork()
        made.yes, made.no = self.no, self.yes
        made.yes_places, made.no_places = self.no_places, self.yes_places
        return made


Answer = bool | Fork
