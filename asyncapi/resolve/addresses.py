"""Which topics a system has: every spelling of an address in one place, and which topics a spelling reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from asyncapi.topics import PARAMETER, erase, is_filter, matches, overlaps, parameters, unshared

DEFAULT_PARAMETER = "name"
INSTALLATION = re.compile(r"(?:^|_)(?:prefix|root|base|namespace|tenant)(?:$|_)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The topics of a system: identity (address with parameter names erased) → address, in source order.

    `spelled` are topics that code names with values for parameters (`lamps/7/state`); `values` says, for an address
    and a parameter of it, what the team says it can be. `apart` are templates that take no other topics in.
    """

    known: Mapping[str, str]
    spelled: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()

    def home(self, topic: str) -> str | None:
        """Return the address that a sent or exactly subscribed topic belongs to; a concrete one beats a template.

        Of several templates it is that with the most levels spelled out.
        A template that gives some parameters of another a value belongs to that one, when there is only one.
        """
        identity = erase(topic)
        if identity in self.known:
            return self.known[identity]
        if parameters(topic):
            wider = [address for address in self.known.values() if _specialises(topic, address)]
            return wider[0] if len(wider) == 1 else None
        fitting = [item for item in self.known.values() if matches(item, topic) and item not in self.apart]
        return max(fitting, key=_spelled_out, default=None)

    def reached(self, topic: str) -> tuple[str, ...]:
        """Return all addresses that an address, a template or a filter at a call site reaches."""
        topic = unshared(topic)
        if is_filter(topic):
            fitting = [address for address in self.known.values() if overlaps(topic, address)]
            return tuple(address for address in fitting if self._means(topic, address, fitting)) or tuple(fitting)
        home = self.home(topic)
        return () if home is None else (home,)

    def _means(self, pattern: str, address: str, fitting: Sequence[str]) -> bool:
        """Say whether a filter that matches an address is about it, although it has a value in place of a parameter.

        The value has to be possible: said of the parameter, spelled somewhere, or at least no level of its own in
        another topic that fits, for `plant/alarm/#` speaks of `plant/alarm/raised` and not of a line called alarm.
        """
        given = list(_given(pattern, address))
        if not given or any(overlaps(pattern, topic) and matches(address, topic) for topic in self.spelled):
            return True
        return all(self._possible(address, index, name, value, fitting) for index, name, value in given)

    def _possible(self, address: str, index: int, name: str, value: str, fitting: Sequence[str]) -> bool:
        if said := self.values.get(address, {}).get(name):
            return value in said
        return not any(_level(other, index) == value for other in fitting)


def _begins_apart(address: str) -> bool:
    """Say whether an address begins with a parameter that names the installation, as `{prefix}/lamp/set` does.

    What other topics have at their first level then says nothing of its values.
    """
    first = PARAMETER.fullmatch(address.split("/")[0])
    return first is not None and INSTALLATION.search(first[1]) is not None


def _spelled_out(address: str) -> int:
    return sum(PARAMETER.search(level) is None for level in address.split("/"))


def _specialises(topic: str, address: str) -> bool:
    """Say whether a topic is a template with some parameters given: `soil/{zone}/a` of `soil/{zone}/{probe}`."""
    ours, theirs = topic.split("/"), address.split("/")
    fixed = [(own, level) for own, level in zip(ours, theirs, strict=False) if not PARAMETER.fullmatch(level)]
    same = all(erase(own) == erase(level) for own, level in fixed)
    return len(ours) == len(theirs) and same and any(not PARAMETER.search(level) for _, level in fixed)


def _given(pattern: str, address: str) -> Iterator[tuple[int, str, str]]:
    """Yield position, parameter and value wherever a filter names a value for a parameter of an address.

    `soil/7/+` gives `zone` of `soil/{zone}/{probe}` the value 7. Where the parameter is only a part of its level, as in
    `unit-{n}`, it is yielded without a name.
    """
    for index, (wanted, level) in enumerate(zip(pattern.split("/"), address.split("/"), strict=False)):
        if wanted == "#":
            return
        if wanted != "+" and PARAMETER.search(level) and not PARAMETER.search(wanted):
            whole = PARAMETER.fullmatch(level)
            yield index, whole[1] if whole else "", wanted


def _level(address: str, index: int) -> str:
    return next(iter(address.split("/")[index : index + 1]), "")


def collect(
    declared: Iterable[str], seen: Iterable[str], values: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None
) -> Addresses:
    """Return the topics of a system: every declared address, then those that only service code names.

    An address seen in code that fits a declared one is no new topic. Filters never are.
    """
    known: dict[str, str] = {}
    for address in declared:
        if not is_filter(address):
            known.setdefault(erase(address), address)
    listed = list(seen)
    apart = frozenset(address for address in listed if erase(address) not in known and _begins_apart(address))
    for address in listed:
        if not is_filter(address) and Addresses(known, apart=apart).home(address) is None:
            known[erase(address)] = address
    spelled = {topic for topic in listed if not is_filter(topic) and not parameters(topic)}
    said = {
        known[identity]: given for address, given in (values or {}).items() if (identity := erase(address)) in known
    }
    return Addresses(known, frozenset(spelled - set(known.values())), said, apart)


def complete(prefix: str, spellings: Iterable[str]) -> str:
    """Return the template of a topic spelled as a prefix (`a/b/`), by the spelling that somebody else gives it."""
    for spelling in spellings:
        rest = spelling.removeprefix(prefix)
        if rest != spelling and "/" not in rest and len(parameters(rest)) == 1 and erase(rest) == "{}":
            return spelling
    return f"{prefix}{{{DEFAULT_PARAMETER}}}"
