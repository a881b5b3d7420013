"""The channels of a document, each with what identifies its topic on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncapi.pointers import from_fragment, split
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
    """The channels of a document, found by what operations refer to."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.by_key: dict[str, Channel] = {}
        self.by_pointer: dict[str, Channel] = {}
        self._addresses: dict[str, str | None] = {}
        for key, raw, pointer in reader.objects(reader.raw.get("channels"), "/channels"):
            address = raw.get("address")
            if address is not None and not isinstance(address, str):
                reader.wrong_type(f"{pointer}/address", "text or null", address)
            channel = Channel(key, raw, pointer, address if isinstance(address, str) else None)
            self.by_key[key] = channel
            self.by_pointer.setdefault(pointer, channel)
            self._addresses.setdefault(channel.identity, channel.address)

    def address(self, channel: Channel | None) -> str | None:
        """Return the address of a channel's topic: as the first channel with that address spells it."""
        return self._addresses[channel.identity] if channel is not None else None

    @property
    def all(self) -> tuple[Channel, ...]:
        """Return the channels in document order."""
        return tuple(self.by_key.values())

    def find(self, value: Any, pointer: str) -> Channel | None:
        """Return the channel that a value refers to: by its key, else by the object that stands there."""
        if value is None:
            return None
        step = ref_steps(value)
        if len(step) == 2 and step[0] == "channels" and step[1] in self.by_key:
            return self.by_key[step[1]]
        found = self.reader.follow(value, pointer)
        channel = self.by_pointer.get(found[1]) if found is not None else None
        if channel is None and found is not None:
            self.reader.malformed(pointer, "this is no channel of the document", "refer to #/channels/…")
        return channel


def ref_steps(value: Any) -> list[str]:
    """Return the keys that a reference inside of the document names, an empty list for anything else."""
    target = value.get("$ref") if isinstance(value, dict) else None
    return split(from_fragment(target[1:])) if isinstance(target, str) and target.startswith("#/") else []
