"""Makes a document easy to read: references can be followed, traits are applied, what is wrong becomes findings.

Nothing is fetched. Files beside the document are read only where a root folder is named, and only inside of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncapi import pointers
from asyncapi.documents.document import Document, Limits
from asyncapi.documents.references import References, Spot, targets
from asyncapi.findings import Finding

Json = Mapping[str, Any]

CONTAINERS = ("channels", "operations", "servers", "components")
COMPONENTS = frozenset(
    (
        *(
            "schemas",
            "servers",
            "channels",
            "operations",
            "messages",
            "securitySchemes",
            "serverVariables",
            "parameters",
        ),
        *("correlationIds", "replies", "replyAddresses", "externalDocs", "tags", "operationTraits", "messageTraits"),
        *("serverBindings", "channelBindings", "operationBindings", "messageBindings"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """A document that can be followed: `document` as it was read, `references` to find one's way in it.

    `merged` holds the operations and messages that traits change, by their spots; ask `at` for them.
    """

    document: Document
    references: References
    merged: Mapping[Spot, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def follow(self, value: Any, spot: Spot) -> tuple[Any, Spot] | None:
        """Return what a value is or refers to, traits applied, and where it stands; None when that is nowhere."""
        found = self.references.follow(value, spot)
        if found is None:
            return None
        target, place = found
        return self.merged.get(place, target), place


def normalise(document: Document, *, root: Path | None = None, limits: Limits | None = None) -> Normalised:
    """Return a document with its references checked and its traits applied; never raises for what is in it.

    References to files are read inside `root` only, and with the same limits; without a root they are findings.
    """
    references = References(document, root=root, limits=limits or Limits())
    findings = [*_misshapen(document), *_unresolved(references)]
    merged = dict(_merged(references, document, findings))
    return Normalised(document=document, references=references, merged=merged, findings=tuple(findings))


def wrong_type(pointer: str, wanted: str, value: Any) -> Finding:
    """Return the finding that something is not of the type that the specification asks for."""
    return malformed(pointer, f"{wanted} is expected here, not {kind(value)}", f"write {wanted}")


def malformed(pointer: str, message: str, remedy: str) -> Finding:
    """Return the finding that something in the document is not as the specification has it."""
    return Finding(
        rule="document-malformed",
        severity="warning",
        message=f"{pointer or '/'}: {message}",
        subject=pointer,
        remedy=f"{remedy}; what cannot be read is left out",
        pointer=pointer,
    )


def kind(value: Any) -> str:
    """Return the JSON type of a value with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    kinds = ((str, "text"), (int, "a number"), (float, "a number"), (list, "a list"), (dict, "an object"))
    return next((name for cls, name in kinds if isinstance(value, cls)), type(value).__name__)


def _misshapen(document: Document) -> Iterator[Finding]:
    """Find maps of objects that are something else, and entries that are no objects."""
    raw = document.raw
    if not isinstance(raw["asyncapi"], str):
        yield wrong_type("/asyncapi", "text in quotes", raw["asyncapi"])
    for name in ("info", *CONTAINERS):
        if name in raw and not isinstance(raw[name], dict):
            yield wrong_type(f"/{name}", "an object", raw[name])
    for name in ("channels", "operations", "servers"):
        yield from _entries_misshapen(raw.get(name), f"/{name}")
    components = raw.get("components")
    for name, entries in components.items() if isinstance(components, dict) else ():
        if name in COMPONENTS and not isinstance(entries, dict):
            yield wrong_type(f"/components/{name}", "an object", entries)
        elif name in COMPONENTS:
            yield from _entries_misshapen(entries, f"/components/{name}")


def _entries_misshapen(entries: Any, pointer: str) -> Iterator[Finding]:
    for key, entry in entries.items() if isinstance(entries, dict) else ():
        if not isinstance(entry, dict) and not (pointer == "/components/schemas" and isinstance(entry, bool)):
            yield wrong_type(pointers.join(pointer, key), "an object", entry)


def _unresolved(references: References) -> Iterator[Finding]:
    """Find references that lead nowhere, each target once."""
    seen: dict[tuple[str, str], list[Spot]] = {}
    swept: set[str] = set()
    while waiting := [file for file in references.files if file not in swept]:
        swept.update(waiting)
        for file in waiting:
            for pointer, target in targets(references.files[file]):
                if references.target(target, Spot(pointer, file)) is None:
                    seen.setdefault((target, file), []).append(Spot(pointer, file))
    for (target, _), places in seen.items():
        if not (reason := references.why(target, places[0])):
            continue
        many = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield Finding(
            rule="reference-not-resolved",
            severity="warning",
            message=f"{target[:200]} {reason}, referred to at {places[0]}{many}",
            subject=target[:200],
            remedy="correct the reference, or bundle the documents into one",
            pointer=str(places[0]),
        )


def _merged(references: References, document: Document, findings: list[Finding]) -> Iterator[tuple[Spot, Json]]:
    """Yield every operation and message that has traits, with them applied."""
    for spot, value in _with_traits(document.raw):
        merged, found = apply_traits(value, spot, references)
        findings += found
        yield spot, merged


def apply_traits(value: Json, spot: Spot, references: References) -> tuple[Json, list[Finding]]:
    """Return an operation or message with its traits applied, and what is wrong with them.

    Traits are merged in their order as JSON merge patches (RFC 7396), and the object itself last: what it says
    itself no trait changes.
    """
    traits, findings = value.get("traits"), []
    if not isinstance(traits, list):
        return value, [wrong_type(pointers.join(spot.pointer, "traits"), "a list", traits)]
    merged: Any = {}
    for at, trait in enumerate(traits):
        place = spot.inside("traits", at)
        found = references.follow(trait, place)
        if found is not None and isinstance(found[0], Mapping):
            merged = _patched(merged, found[0], references, spot)
        elif found is not None:
            findings.append(wrong_type(place.pointer, "an object", found[0]))
    own = {key: item for key, item in value.items() if key != "traits"}
    return _patched(merged, own, references, spot), findings


def _with_traits(raw: Json) -> Iterator[tuple[Spot, Json]]:
    for keys in (("operations",), ("components", "operations"), ("components", "messages")):
        yield from _having_traits(raw, keys)
    for keys in (("channels",), ("components", "channels")):
        value: Any = raw
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        for channel in value if isinstance(value, dict) else ():
            yield from _having_traits(raw, (*keys, channel, "messages"))


def _having_traits(raw: Json, keys: tuple[str, ...]) -> Iterator[tuple[Spot, Json]]:
    value: Any = raw
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    for key, entry in value.items() if isinstance(value, dict) else ():
        if isinstance(entry, dict) and "traits" in entry and "$ref" not in entry:
            yield Spot(pointers.join("", *keys, key)), entry


def _patched(target: Any, patch: Any, references: References, spot: Spot) -> Any:
    """Apply a JSON merge patch (RFC 7396); an object that is a reference is followed before it is merged."""
    if not isinstance(patch, dict) or "$ref" in patch:
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(result.get(key), dict) and isinstance(value, dict):
            result[key] = _patched(
                _inline(result[key], references, spot), _inline(value, references, spot), references, spot
            )
        else:
            result[key] = value
    return result


def _inline(value: Any, references: References, spot: Spot) -> Any:
    found = references.follow(value, spot) if "$ref" in value else None
    return found[0] if found is not None else value
