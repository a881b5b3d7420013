"""Seeing: single pictures on request, and a stream of frames."""

from __future__ import annotations

import time
from typing import Literal

from pydantic import Field
from tars.contracts.message import Message, new_id

TOPIC_CAMERA_CAPTURE = "camera/capture"
TOPIC_CAMERA_IMAGE = "camera/image"
TOPIC_CAMERA_FRAME = "camera/frame"


class CameraCaptureRequest(Message):
    """Take a picture."""

    request_id: str = Field(
        default_factory=new_id, description="Names the request; the picture repeats it.", examples=["cap-12"]
    )
    format: Literal["jpeg", "png", "raw"] = Field(default="jpeg", description="How the picture is to be encoded.")
    quality: int = Field(default=85, ge=1, le=100, description="Quality of JPEG pictures; more is better and larger.")
    width: int | None = Field(
        default=None, ge=1, description="Width in pixels; without one, the camera's own.", examples=[640]
    )
    height: int | None = Field(
        default=None, ge=1, description="Height in pixels; without one, the camera's own.", examples=[480]
    )
    purpose: str | None = Field(default=None, description="What the picture is for.", examples=["look around"])


class CameraImageResponse(Message):
    """A picture that was asked for, or the reason why there is none."""

    request_id: str = Field(description="The request that this answers.", examples=["cap-12"])
    image_data: str = Field(description="The picture in base64; empty when it failed.", examples=["/9j/4AAQSkZJRg=="])
    format: Literal["jpeg", "png", "raw"] = Field(description="How the picture is encoded.")
    width: int = Field(ge=0, description="Width in pixels; 0 when it failed.", examples=[640])
    height: int = Field(ge=0, description="Height in pixels; 0 when it failed.", examples=[480])
    size_bytes: int = Field(ge=0, description="Size of the picture before base64.", examples=[10])
    success: bool = Field(default=True, description="Whether there is a picture.")
    error: str | None = Field(default=None, description="What went wrong.", examples=["camera is busy"])
    purpose: str | None = Field(default=None, description="As in the request.", examples=["look around"])
    capture_timestamp: float = Field(
        default_factory=time.time,
        description="When the shutter was released, in seconds since 1970.",
        examples=[1735689601.5],
    )


class CameraFrame(Message):
    """One frame of the live picture. Frames may be lost; the number tells how many."""

    frame_data: str = Field(description="The frame in base64.", examples=["/9j/4AAQSkZJRg=="])
    format: Literal["jpeg", "png"] = Field(default="jpeg", description="How the frame is encoded.")
    width: int = Field(ge=1, description="Width in pixels.", examples=[320])
    height: int = Field(ge=1, description="Height in pixels.", examples=[240])
    frame_number: int = Field(ge=0, description="Counts the frames since the camera was started.", examples=[1287])
    fps: float | None = Field(default=None, ge=0, description="Frames per second at the moment.", examples=[9.8])
