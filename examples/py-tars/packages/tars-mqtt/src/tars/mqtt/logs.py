"""Logs as JSON lines: every line about a message carries the fields by which its conversation can be followed."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

from pydantic import BaseModel

CORRELATION = ("message_id", "request_id", "id", "call_id", "utt_id", "tts_id", "seq", "frame_number")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, service, level, what happened, and whatever was given as `about`."""

    def __init__(self, service: str) -> None:
        """Name the service that logs."""
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "time": round(record.created, 3),
            "service": self.service,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(service: str) -> None:
    """Send the logs of this process to stderr as JSON lines; LOG_LEVEL says how many."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO").upper(), handlers=[handler], force=True)


def about(topic: str, message: BaseModel | None = None, **more: Any) -> dict[str, Any]:
    """Return the `extra` of a log call: the topic, and the correlation fields that the message has."""
    fields = {name: value for name in CORRELATION if (value := getattr(message, name, None)) is not None}
    return {"about": {"topic": topic, **fields, **more}}
