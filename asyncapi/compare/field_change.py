"""One thing that differs between two payloads, and the place at which it does. Knows no schemas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from asyncapi.schemas.prover.answers import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One thing that differs. `kind` is kebab-case; `before` and `after` are JSON data, None where there is none,
    a default in a list of its own.

    `path` leads through the old payload, `new_path` through the new one; `owner` is the component that holds the
    field and `at` the path inside of it, so that one change of a shared model is known again in every message.
    `typed` tells of a field that came or went that the other side says something of fields it does not name.
    """

    kind: str
    path: Path
    new_path: Path
    before: Any = None
    after: Any = None
    owner: str = ""
    at: Path = ()
    required: bool = False
    typed: bool = False
    old_schema: Any = None
    new_schema: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlace:
    """A field on both sides, and where in which component it is declared."""

    path: Path = ()
    new_path: Path = ()
    owner: str = ""
    at: Path = ()

    def into(self, step: str, new_step: str = "") -> FieldPlace:
        """Return the place one step further in."""
        return replace(
            self, path=(*self.path, step), new_path=(*self.new_path, new_step or step), at=(*self.at, new_step or step)
        )


def made(kind: str, place: FieldPlace, before: Any = None, after: Any = None, **more: Any) -> FieldChange:
    """Return a change at a place."""
    return FieldChange(
        kind=kind,
        path=place.path,
        new_path=place.new_path,
        owner=place.owner,
        at=place.at,
        before=before,
        after=after,
        **more,
    )
