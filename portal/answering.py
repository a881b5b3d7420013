"""What all answers to programs have in common: which systems are asked, what is left out, and what is near a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from asyncapi.errors import PortalError
from asyncapi.view.registry import Topic
from portal.library import Library
from portal.system import System

Json = dict[str, Any]


def systems_of(library: Library, key: str) -> tuple[System, ...]:
    """Return the system of a key, all without one; PortalError where there is none."""
    systems = library.systems()
    if not key:
        return systems
    found = tuple(system for system in systems if system.key == key)
    if not found:
        raise no_such("system", key, (system.key for system in systems if system.key))
    return found


def no_such(kind: str, wanted: str, names: Iterable[str]) -> PortalError:
    """Return the error that something is not there, with what is near."""
    near = names_near(wanted, names)
    return PortalError(f"there is no such {kind}", hint=f"near it: {', '.join(near)}" if near else "")


def names_near(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the few names that are most like one."""
    candidates = [name for _, name in zip(range(5_000), names, strict=False) if len(name) <= 300]
    return tuple(difflib.get_close_matches(wanted[:300], candidates, n=4, cutoff=0.5))


def named(library: Library, system: System, answer: Json) -> Json:
    """Return an answer with the system it is from, where there are several."""
    return {"system": system.key, **answer} if library.inner else answer


def said(answer: Json, keep: tuple[str, ...] = ()) -> Json:
    """Return an answer without what is not said."""
    return {name: value for name, value in answer.items() if name in keep or value not in (None, "", [], {}, ())}


def meant(system: System, name: str) -> Iterator[Topic]:
    """Yield the topic with this address or key, else the most telling one that a concrete topic belongs to.

    Where there is none, those that carry a message of this name.
    """
    from asyncapi.payload import find

    found = find(system.registry, name)[:1] if name else ()
    keys = {item.key for item in system.index.messages.values() if name and name in (item.name, item.key)}
    yield from found or (item for item in system.index.topics.values() if keys.intersection(item.messages))
