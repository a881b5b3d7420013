"""The channels of a document, each with what identifies its topic on the wire."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.topics import erase
from asyncapi.view.reader import Json, Reader


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its key, its object, its pointer, and what identifies its topic."""

    key: str
    raw: Json
    pointer: str
    address: str | None

    @property
    def identity(self) -> str:
        """Return the erased address, or the key where there is no address."""
        return erase(self.address) if self.address is not None else f"\0{self.key}"


class Channels:
    """The channels of a document, found by the pointer that operations refer to."""

    def __init__(self, reader: Reader) -> None:
        self.all: list[Channel] = []
        self.by_pointer: dict[str, Channel] = {}
        for key, raw, pointer in reader.objects(reader.raw.get("channels"), "/channels"):
            address = raw.get("address", None)
            channel = Channel(key, raw, pointer, address if isinstance(address, str) else None)
            self.all.append(channel)
            self.by_pointer.setdefault(pointer, channel)
