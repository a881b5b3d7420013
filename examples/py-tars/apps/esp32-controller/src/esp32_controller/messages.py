"""Messages as JSON, without models: there is no room for Pydantic on the board."""

import json
import os
from binascii import hexlify

import utime

# The board counts seconds from 2000, everybody else from 1970.
EPOCH = 946684800 if utime.gmtime(0)[0] == 2000 else 0

FRAME = {
    "message_id": str,
    "timestamp": (int, float),
    "id": str,
    "seq": int,
    "total": int,
    "duration_ms": int,
    "hold_ms": int,
    "channels": dict,
    "disable_after": bool,
    "done": bool,
}
TEST = {
    "message_id": str,
    "timestamp": (int, float),
    "command": str,
    "speed": (int, float),
    "params": dict,
    "request_id": (str, type(None)),
}
STOP = {"message_id": str, "timestamp": (int, float), "reason": (str, type(None))}


def read(payload, fields):
    """Return the message in a payload; raises ValueError when a field is missing, unknown or of another type."""
    message = json.loads(payload)
    if not isinstance(message, dict) or set(message) != set(fields):
        raise ValueError("fields")
    for name, kind in fields.items():
        if not isinstance(message[name], kind):
            raise ValueError(name)
    return message


def write(**fields):
    """Return a payload: the fields, with identity and time."""
    fields["message_id"] = hexlify(os.urandom(16)).decode()
    fields["timestamp"] = utime.time() + EPOCH
    return json.dumps(fields).encode()
