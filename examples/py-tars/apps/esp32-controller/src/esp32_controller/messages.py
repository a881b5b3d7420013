"""Messages as JSON, without models: there is no room for Pydantic on the board."""

import json
import os
from binascii import hexlify

import utime

# The board counts seconds from 2000, everybody else from 1970.
EPOCH = 946684800 if utime.gmtime(0)[0] == 2000 else 0


def text(value):
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def maybe_text(value):
    """Return a text or None."""
    return value if value is None else text(value)


def number(value):
    """Return a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number")
    return value


def whole(value):
    """Return a whole number; to JSON, 250.0 is one."""
    if number(value) % 1 != 0:
        raise ValueError("a whole number")
    return int(value)


def share(value):
    """Return a share of full speed."""
    if not 0.1 <= number(value) <= 1:
        raise ValueError("from 0.1 to 1")
    return value


def flag(value):
    """Return a truth value."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def names(value):
    """Return an object."""
    if not isinstance(value, dict):
        raise ValueError("an object")
    return value


def widths(value):
    """Return pulse widths by channel."""
    return {channel: whole(width) for channel, width in names(value).items()}


# How each field is read, and what it is when it is left out; a field without that must be there.
FRAME = {
    "message_id": (text, None),
    "timestamp": (number, None),
    "id": (text,),
    "seq": (whole,),
    "total": (whole,),
    "duration_ms": (whole,),
    "hold_ms": (whole,),
    "channels": (widths,),
    "disable_after": (flag, False),
    "done": (flag, False),
}
TEST = {
    "message_id": (text, None),
    "timestamp": (number, None),
    "command": (text,),
    "speed": (share, 1.0),
    "params": (names, None),
    "request_id": (maybe_text, None),
}
STOP = {"message_id": (text, None), "timestamp": (number, None), "reason": (maybe_text, None)}


def read(payload, fields):
    """Return the message in a payload; raises ValueError when a field is missing, unknown or of another type."""
    given = names(json.loads(payload))
    for name in given:
        if name not in fields:
            raise ValueError(f"{name} is unknown")
    message = {}
    for name, (take, *default) in fields.items():
        if name not in given and not default:
            raise ValueError(f"{name} is missing")
        try:
            message[name] = take(given[name]) if name in given else default[0]
        except ValueError as error:
            raise ValueError(f"{name} is not {error}") from None
    return message


def write(**fields):
    """Return a payload: the fields, with identity and time."""
    fields["message_id"] = hexlify(os.urandom(16)).decode()
    fields["timestamp"] = utime.time() + EPOCH
    return json.dumps(fields).encode()
