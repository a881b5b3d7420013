"""Moving: what the robot should do, the servo frames that do it, and what the controller reports."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field
from tars.contracts.message import Message, new_id

TOPIC_MOVEMENT_COMMAND = "movement/command"
TOPIC_MOVEMENT_FRAME = "movement/frame"
TOPIC_MOVEMENT_STATE = "movement/state"
TOPIC_MOVEMENT_TEST = "movement/test"
TOPIC_MOVEMENT_STOP = "movement/stop"
TOPIC_MOVEMENT_STATUS = "movement/status"
TOPIC_HEALTH_MOVEMENT_SERVICE = "system/health/movement"
TOPIC_HEALTH_MOVEMENT_CONTROLLER = "system/health/movement-controller"


class MovementAction(StrEnum):
    """What the robot can be asked to do; the movement service turns it into frames."""

    RESET = "reset"
    """Stand upright, all servos centred."""
    DISABLE = "disable"
    """Take the power off the servos."""
    STEP_FORWARD = "step_forward"
    """One step ahead."""
    STEP_BACKWARD = "step_backward"
    """One step back."""
    TURN_LEFT = "turn_left"
    """Turn on the spot, to the left."""
    TURN_RIGHT = "turn_right"
    """Turn on the spot, to the right."""
    BALANCE = "balance"
    """Shift the weight from side to side."""
    LAUGH = "laugh"
    """Shake as if laughing."""
    SWING_LEGS = "swing_legs"
    """Swing the outer legs."""
    POSE = "pose"
    """Strike a pose and hold it."""
    BOW = "bow"
    """Bow to the audience."""


class TestMovementCommand(StrEnum):
    """Sequences stored in the controller itself, for trying out servos without the movement service."""

    __test__ = False

    RESET = "reset"
    """Stand upright, all servos centred."""
    STEP_FORWARD = "step_forward"
    """One step ahead."""
    STEP_BACKWARD = "step_backward"
    """One step back."""
    TURN_LEFT = "turn_left"
    """Turn on the spot, to the left."""
    TURN_RIGHT = "turn_right"
    """Turn on the spot, to the right."""
    WAVE = "wave"
    """Wave with the right arm."""
    LAUGH = "laugh"
    """Shake as if laughing."""
    SWING_LEGS = "swing_legs"
    """Swing the outer legs."""
    PEZZ = "pezz"
    """Tilt the head back."""
    PEZZ_DISPENSER = "pezz_dispenser"
    """Tilt the head back and hand something out."""
    NOW = "now"
    """Stamp once, impatiently."""
    BALANCE = "balance"
    """Shift the weight from side to side."""
    MIC_DROP = "mic_drop"
    """Let the arm fall."""
    MONSTER = "monster"
    """Raise both arms and advance."""
    POSE = "pose"
    """Strike a pose and hold it."""
    BOW = "bow"
    """Bow to the audience."""
    DISABLE = "disable"
    """Take the power off the servos."""
    STOP = "stop"
    """End the sequence that is running."""
    MOVE_LEGS = "move_legs"
    """Put the legs where `params` says."""
    MOVE_ARM = "move_arm"
    """Put one arm where `params` says."""


class MovementStatusEvent(StrEnum):
    """What the controller can report."""

    CONNECTED = "connected"
    """It is on the network."""
    DISCONNECTED = "disconnected"
    """It is about to leave the network."""
    COMMAND_STARTED = "command_started"
    """A sequence began."""
    COMMAND_COMPLETED = "command_completed"
    """A sequence reached its end."""
    COMMAND_FAILED = "command_failed"
    """A sequence could not be run; `detail` says why."""
    EMERGENCY_STOP = "emergency_stop"
    """All servos were switched off."""
    STOP_CLEARED = "stop_cleared"
    """Movement is allowed again."""
    QUEUE_FULL = "queue_full"
    """A frame was dropped because too many were waiting."""
    BATTERY_LOW = "battery_low"
    """The battery should be charged."""


class MovementStateEvent(StrEnum):
    """How a movement can be going."""

    STARTED = "started"
    """The first frame is about to be sent."""
    FRAME_SENT = "frame_sent"
    """A frame was sent; `seq` says which."""
    COMPLETED = "completed"
    """All frames were sent."""
    FAILED = "failed"
    """The movement was given up; `detail` says why."""
    CANCELLED = "cancelled"
    """A stop came in between."""


class MovementCommand(Message):
    """Move."""

    id: str = Field(
        default_factory=new_id, description="Names the movement; frames and state repeat it.", examples=["mov-8"]
    )
    command: MovementAction = Field(description="What to do.")
    params: dict[str, Any] = Field(
        default_factory=dict, description="Details for actions that take any.", examples=[{"steps": 2}]
    )


class MovementFrame(Message):
    """One position of all servos, and how to get there. Frames of a movement are numbered."""

    id: str = Field(description="The movement to which the frame belongs.", examples=["mov-8"])
    seq: int = Field(description="Position of the frame in the movement, counted from 1.", examples=[2])
    total: int = Field(description="How many frames the movement has.", examples=[4])
    duration_ms: int = Field(description="How long moving there takes, in milliseconds.", examples=[250])
    hold_ms: int = Field(description="How long to stay there, in milliseconds.", examples=[100])
    channels: dict[str, int] = Field(
        description="Pulse width in microseconds for each servo channel.", examples=[{"0": 1500, "1": 1320}]
    )
    disable_after: bool = Field(default=False, description="Take the power off the servos afterwards.")
    done: bool = Field(default=False, description="True on the last frame.")


class MovementState(Message):
    """How a movement is going, as the movement service sees it."""

    id: str = Field(description="The movement.", examples=["mov-8"])
    event: MovementStateEvent = Field(description="What just happened.")
    seq: int | None = Field(default=None, description="The frame it happened to.", examples=[2])
    detail: str | None = Field(default=None, description="More about it.", examples=["controller is not there"])


class TestMovementRequest(Message):
    """Run a sequence that is stored in the controller."""

    __test__ = False

    command: TestMovementCommand = Field(description="Which sequence.")
    speed: float = Field(default=1.0, ge=0.1, le=1.0, description="Share of full speed.", examples=[0.8])
    params: dict[str, Any] = Field(
        default_factory=dict, description="Details for sequences that take any.", examples=[{"arm": "right"}]
    )
    request_id: str | None = Field(
        default=None, description="Names the request; reports about it repeat it.", examples=["test-3"]
    )


class MovementStatusUpdate(Message):
    """What the controller reports."""

    event: MovementStatusEvent = Field(description="What just happened.")
    command: str | None = Field(default=None, description="The sequence it happened to.", examples=["wave"])
    detail: str | None = Field(default=None, description="More about it.", examples=["servo 3 does not answer"])
    request_id: str | None = Field(
        default=None,
        description="The request it is about; after an emergency stop, the `message_id` of that stop.",
        examples=["test-3"],
    )


class EmergencyStopCommand(Message):
    """Switch all servos off, at once."""

    reason: str | None = Field(default=None, description="Why, for the logs.", examples=["spoken stop"])
