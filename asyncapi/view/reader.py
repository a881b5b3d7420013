"""Reads one raw document without trusting it: references followed, traits applied, faults kept as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asyncapi.document import Document
from asyncapi.findings import Finding, Severity
from asyncapi.pointers import escape, from_fragment, look_up

Json = Mapping[str, Any]
MAX_CHAIN = 32


class Reader:
    """Reads one raw document: any value may be a reference, of the wrong type or missing, and nothing raises."""

    def __init__(self, document: Document) -> None:
        self.raw = document.raw
        self.findings: list[Finding] = []

    def find(self, rule: str, severity: Severity, message: str, pointer: str, remedy: str) -> None:
        """Keep a finding about a place in the document, once."""
        found = Finding(rule=rule, severity=severity, message=message, subject=pointer, remedy=remedy, pointer=pointer)
        if found not in self.findings:
            self.findings.append(found)

    def object(self, value: Any, pointer: str) -> tuple[Json, str]:
        """Return the object that a value is or refers to, and its pointer; an empty one when there is none."""
        seen: set[str] = set()
        while isinstance(value, Mapping) and isinstance(target := value.get("$ref"), str):
            if target in seen or len(seen) > MAX_CHAIN:
                self._unresolved(target, pointer, "it leads back to itself")
                return {}, pointer
            seen.add(target)
            if not target.startswith("#"):
                self._unresolved(target, pointer, "it points outside of the document, where nothing is read")
                return {}, pointer
            try:
                value = look_up(self.raw, from_fragment(target[1:]))
            except LookupError:
                self._unresolved(target, pointer, "it points at nothing")
                return {}, pointer
            pointer = from_fragment(target[1:])
        if isinstance(value, Mapping):
            return value, pointer
        if value is not None:
            self._wrong_type(pointer, "an object", value)
        return {}, pointer

    def objects(self, value: Any, pointer: str) -> Iterator[tuple[str, Json, str]]:
        """Yield (key, object, its own pointer) of a map of objects or references."""
        if value is not None and not isinstance(value, Mapping):
            self._wrong_type(pointer, "an object", value)
        for key, item in value.items() if isinstance(value, Mapping) else ():
            place = f"{pointer}/{escape(str(key))}"
            found, where = self.object(item, place)
            if found or not isinstance(item, Mapping) or "$ref" not in item:
                yield str(key), found, where

    def items(self, value: Any, pointer: str) -> list[Any]:
        """Return a list, or an empty one with a finding."""
        if value is not None and not isinstance(value, list):
            self._wrong_type(pointer, "a list", value)
        return value if isinstance(value, list) else []

    def text(self, value: Json, name: str, pointer: str) -> str:
        """Return a text field, empty when it is missing or something else."""
        found = value.get(name)
        if found is not None and not isinstance(found, str):
            self._wrong_type(f"{pointer}/{name}", "text", found)
        return found if isinstance(found, str) else ""

    def with_traits(self, value: Json, pointer: str) -> Json:
        """Return an operation or message with its traits applied: later traits win, the object itself wins most.

        Objects are merged, everything else is replaced (JSON Merge Patch, RFC 7386, as the specification asks).
        """
        if "traits" not in value:
            return value
        merged: dict[str, Any] = {}
        for index, item in enumerate(self.items(value.get("traits"), f"{pointer}/traits")):
            trait, _ = self.object(item, f"{pointer}/traits/{index}")
            merged = _merge(merged, trait)
        return _merge(merged, {key: item for key, item in value.items() if key != "traits"})

    def _unresolved(self, target: str, pointer: str, reason: str) -> None:
        self.find(
            "reference-not-resolved",
            "warning",
            f"reference {target[:200]} is not resolved: {reason}",
            pointer,
            "bundle the document, or correct the reference",
        )

    def _wrong_type(self, pointer: str, wanted: str, found: Any) -> None:
        self.find(
            "document-malformed",
            "warning",
            f"{wanted} is expected here, not {_kind(found)}",
            pointer,
            "correct the document; what cannot be read is left out",
        )


def _merge(below: Json, above: Json) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _kind(value: Any) -> str:
    names = {str: "text", bool: "a boolean", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object")
