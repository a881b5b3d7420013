"""Reads a normalised document piece by piece: any value may be a reference, missing or wrong, and nothing raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.documents.normalise import Normalised, malformed, wrong_type
from asyncapi.documents.references import Spot
from asyncapi.findings import Finding
from asyncapi.pointers import escape

Json = Mapping[str, Any]
MAX_FINDINGS = 1000  # a document with more is broken as a whole


class Reader:
    """Follows references and collects findings. Places are pointers, with `file#` in front in another file."""

    def __init__(self, normalised: Normalised) -> None:
        self.normalised = normalised
        self.raw = normalised.document.raw
        self._findings = dict.fromkeys(normalised.findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, in order, each once; a thousand say enough."""
        return tuple(self._findings)[:MAX_FINDINGS]

    def malformed(self, pointer: str, message: str, remedy: str) -> None:
        """Keep the finding that something is not as the specification has it."""
        if len(self._findings) < MAX_FINDINGS:
            self._findings.setdefault(malformed(pointer, message, remedy))

    def follow(self, value: Any, pointer: str) -> tuple[Any, str] | None:
        """Return what a value is or refers to, and its place; None when it refers to nothing."""
        if not isinstance(value, Mapping) or not isinstance(value.get("$ref"), str):
            return self.normalised.merged.get(Spot.of(pointer), value) if "traits" in _keys(value) else value, pointer
        found = self.normalised.follow(value, Spot.of(pointer))
        return (found[0], str(found[1])) if found is not None else None

    def object(self, value: Any, pointer: str) -> tuple[Json, str]:
        """Return the object that a value is or refers to, and its place; an empty one when there is none."""
        target, place = self.follow(value, pointer) or ({}, pointer)
        if isinstance(target, Mapping):
            return target, place
        if value is not None:
            self.wrong_type(place, "an object", target)
        return {}, place

    def objects(self, value: Any, pointer: str) -> Iterator[tuple[str, Json, str]]:
        """Yield key, object and place of a map of objects or references; what is neither is left out."""
        for key, item in self.object(value, pointer)[0].items() if value is not None else ():
            place = f"{pointer}/{escape(key)}"
            found = self.follow(item, place)
            if found is not None and isinstance(found[0], Mapping):
                yield key, found[0], found[1]
            elif found is not None:
                self.wrong_type(place, "an object", found[0])

    def items(self, value: Any, pointer: str) -> list[Any]:
        """Return a list, or an empty one with a finding."""
        if value is not None and not isinstance(value, list):
            self.wrong_type(pointer, "a list", value)
        return value if isinstance(value, list) else []

    def text(self, value: Json, name: str, pointer: str) -> str:
        """Return a text field, empty when it is missing or something else."""
        found = value.get(name)
        if found is not None and not isinstance(found, str):
            self.wrong_type(f"{pointer}/{name}", "text", found)
        return found if isinstance(found, str) else ""

    def wrong_type(self, pointer: str, wanted: str, found: Any) -> None:
        """Keep the finding that a value has another type than the specification asks for."""
        if len(self._findings) < MAX_FINDINGS:
            self._findings.setdefault(wrong_type(pointer, wanted, found))


def _keys(value: Any) -> Any:
    return value if isinstance(value, Mapping) else ()
