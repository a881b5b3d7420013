"""How the robot moves: each action as positions of its servos, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from tars.contracts.v1.movement import MovementAction, MovementCommand, MovementFrame

LIFT, LEFT_LEG, RIGHT_LEG, LEFT_ARM, RIGHT_ARM = "0", "1", "2", "3", "4"
CENTRE = {LIFT: 1500, LEFT_LEG: 1500, RIGHT_LEG: 1500, LEFT_ARM: 1500, RIGHT_ARM: 1500}


@dataclass(frozen=True)
class Position:
    """Where some servos go, how long that takes, and how long they stay; in milliseconds."""

    channels: dict[str, int]
    duration_ms: int = 120
    hold_ms: int = 30


STEP = (Position({LIFT: 1800}), Position({LEFT_LEG: 1700, RIGHT_LEG: 1700}), Position({LIFT: 1500}), Position(CENTRE))
TURN = (Position({LIFT: 1800}), Position({LEFT_LEG: 1700, RIGHT_LEG: 1300}), Position({LIFT: 1500}), Position(CENTRE))
SWAY = (Position({LEFT_LEG: 1560, RIGHT_LEG: 1560}), Position({LEFT_LEG: 1440, RIGHT_LEG: 1440}), Position(CENTRE))
GAITS: dict[MovementAction, tuple[Position, ...]] = {
    MovementAction.RESET: (Position(CENTRE),),
    MovementAction.DISABLE: (Position({}, duration_ms=0, hold_ms=0),),
    MovementAction.STEP_FORWARD: STEP,
    MovementAction.STEP_BACKWARD: tuple(reversed(STEP)),
    MovementAction.TURN_LEFT: TURN,
    MovementAction.TURN_RIGHT: tuple(reversed(TURN)),
    MovementAction.BALANCE: SWAY,
    MovementAction.LAUGH: SWAY * 2,
    MovementAction.SWING_LEGS: SWAY * 3,
    MovementAction.POSE: (Position({LEFT_ARM: 2000, RIGHT_ARM: 1000}, hold_ms=800), Position(CENTRE)),
    MovementAction.BOW: (Position({LIFT: 1250}, duration_ms=300, hold_ms=200), Position(CENTRE, duration_ms=300)),
}


def frames(command: MovementCommand) -> list[MovementFrame]:
    """Return the frames of a movement, numbered from 1; `steps` in its parameters repeats it, ten times at most."""
    steps = command.params.get("steps", 1)
    times = steps if isinstance(steps, int) and 1 <= steps <= 10 else 1
    positions = GAITS[command.command] * times
    return [
        MovementFrame(
            id=command.id,
            seq=number,
            total=len(positions),
            duration_ms=position.duration_ms,
            hold_ms=position.hold_ms,
            channels=position.channels,
            disable_after=command.command is MovementAction.DISABLE,
            done=number == len(positions),
        )
        for number, position in enumerate(positions, start=1)
    ]
