"""Which topics a system has: every spelling of an address in one place, and which topics a spelling reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asyncapi.topics import erase, is_filter, matches, overlaps, parameters

DEFAULT_PARAMETER = "name"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The topics of a system: identity (address with parameter names erased) → address, in source order."""

    known: Mapping[str, str]

    def home(self, topic: str) -> str | None:
        """Return the address that a sent or exactly subscribed topic belongs to; a concrete one beats a template."""
        identity = erase(topic)
        if identity in self.known:
            return self.known[identity]
        if parameters(topic):
            return None
        return next((address for address in self.known.values() if matches(address, topic)), None)

    def reached(self, topic: str) -> tuple[str, ...]:
        """Return all addresses that an address, a template or a filter at a call site reaches."""
        if is_filter(topic):
            return tuple(address for address in self.known.values() if overlaps(topic, address))
        home = self.home(topic)
        return () if home is None else (home,)


def collect(declared: Iterable[str], seen: Iterable[str]) -> Addresses:
    """Return the topics of a system: every declared address, then those that only service code names.

    An address seen in code that fits a declared one is no new topic. Filters never are.
    """
    known: dict[str, str] = {}
    for address in declared:
        if not is_filter(address):
            known.setdefault(erase(address), address)
    for address in seen:
        if not is_filter(address) and Addresses(known).home(address) is None:
            known[erase(address)] = address
    return Addresses(known)


def complete(prefix: str, spellings: Iterable[str]) -> str:
    """Return the template of a topic spelled as a prefix (`a/b/`), by the spelling that somebody else gives it."""
    for spelling in spellings:
        rest = spelling.removeprefix(prefix)
        if rest != spelling and "/" not in rest and len(parameters(rest)) == 1 and erase(rest) == "{}":
            return spelling
    return f"{prefix}{{{DEFAULT_PARAMETER}}}"
