"""The camera of the bench: draws its pictures, where the robot takes them."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A grey picture, one byte per pixel."""

    width: int
    height: int
    pixels: bytes

    def encode(self, wanted: str) -> tuple[str, bytes]:
        """Return format and bytes: raw when that is wanted, else PNG, which is all this camera can do."""
        return ("raw", self.pixels) if wanted == "raw" else ("png", self.png())

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        rows = b"".join(b"\0" + self.pixels[line * self.width : (line + 1) * self.width] for line in range(self.height))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 0, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


class Camera:
    """Draws a gradient that moves from picture to picture."""

    def __init__(self, width: int = 64, height: int = 48) -> None:
        """Set the size of pictures for which nothing else is wanted."""
        self.width, self.height = width, height
        self.taken = 0

    def take(self, width: int | None = None, height: int | None = None) -> Picture:
        """Take a picture; at most 1920 by 1080, as the real one."""
        columns, lines = min(width or self.width, 1920), min(height or self.height, 1080)
        self.taken += 1
        row = bytes((column + self.taken) % 256 for column in range(columns))
        return Picture(columns, lines, row * lines)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
