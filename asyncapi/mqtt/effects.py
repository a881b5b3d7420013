"""What a program did to its MQTT clients: each publish and subscribe, on which path, through which calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from asyncapi.machine.code import CallSite, Code
from asyncapi.machine.values import Instance, Value
from asyncapi.mqtt.sinks import Sink


@dataclass(slots=True, eq=False)
class Effect:
    """One publish, subscribe or last will, as values: what it was given, and where the program was then.

    `stack` are the functions that were running, outermost first, each with the call that led into it. `assumed` is
    what the path had assumed, `conditions` the tests it stood under. `message` is the one that was being handled.
    `sure` is False where what it was called on is not known to be a client, `root` says whether a process starts
    there ("run") or it was supposed to ("assumed").
    """

    row: Sink
    client: Instance | None
    topic: Value
    payload: Value
    qos: Value
    retain: Value
    handler: Value
    at: CallSite
    stack: tuple[tuple[Code, CallSite | None], ...]
    assumed: dict[object, Value]
    conditions: tuple[tuple[Any, bool], ...]
    message: Arrival | None
    root: str
    sure: bool = True


@dataclass(slots=True, eq=False)
class Arrival:
    """A symbolic message of one subscription: its topic, who handles it, and what was seen on the way.

    `start` is the function that gets it, `conditions` how many tests that stood under; `handlers` are functions that
    it is handed to once the program has looked at what it is. `validated` are (class, how,
    path into the payload, what was assumed then).
    """

    number: int
    subscription: Effect
    topic: Value
    filter: str
    handlers: list[tuple[Code, dict[object, Value]]] = field(default_factory=list)
    conditions: int = 0
    start: Code | None = None
    validated: list[tuple[Any, str, tuple[object, ...], dict[object, Value]]] = field(default_factory=list)
