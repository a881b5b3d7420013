"""The answering end of the pipe: frames that carry a secret of this run, and JSON of whatever was found."""

from __future__ import annotations

import json
import os
import typing

# Taken before anybody's contracts can put something else in their place.
_dumps, _write = json.dumps, os.write

Json = typing.Any


class Channel:
    """The answering end of the pipe; frames carry a secret of this run, so stray writes cannot be mistaken for them."""

    def __init__(self, descriptor: int, secret: str) -> None:
        self.descriptor = _move_away(descriptor)
        self.secret = secret
        self.process = os.getpid()

    def send(self, kind: str, value: Json) -> None:
        """Write one frame; a forked copy of this process stays silent."""
        if os.getpid() != self.process:
            return
        body = json_text(value).encode("ascii")
        data = memoryview(f"\n{self.secret} {kind} {len(body)}\n".encode("ascii") + body)
        while data:
            data = data[_write(self.descriptor, data) :]


def json_text(value: Json) -> str:
    """Return JSON text; numbers that JSON cannot spell are left out of objects and null in lists."""
    try:
        return _dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return _dumps(_finite(value), separators=(",", ":"), allow_nan=False)


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items() if _finite(item) is not None or item is None}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _move_away(descriptor: int) -> int:
    """Return a copy of the descriptor far from those that programs count on, not inherited by other programs."""
    try:
        import fcntl

        copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 700)
    except (ImportError, OSError, ValueError):
        copy = os.dup(descriptor)
    os.close(descriptor)
    return copy
