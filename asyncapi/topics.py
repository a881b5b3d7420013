"""Topic addresses, templates and MQTT filters: how they are spelled, matched and compared.

An *address* may hold `{parameter}` placeholders; a *filter* may hold `+` and `#` (MQTT 5.0, section 4.7).
"""

from __future__ import annotations

import re

PARAMETER = re.compile(r"\{([^{}/]+)\}")
SHARE = "$share/"


def parameters(address: str) -> tuple[str, ...]:
    """Return the parameter names of a template in order, each once."""
    return tuple(dict.fromkeys(PARAMETER.findall(address)))


def erase(address: str) -> str:
    """Return the address with parameter names erased: the identity of a topic on the wire."""
    return PARAMETER.sub("{}", address)


def is_filter(address: str) -> bool:
    """Say whether the address holds an MQTT wildcard or the group of a shared subscription: for subscribers only."""
    return address.startswith(SHARE) or any(level in ("+", "#") for level in address.split("/"))


def unshared(address: str) -> str:
    """Return the filter of a shared subscription, without `$share/group/` (MQTT 5.0, section 4.8.2)."""
    if not address.startswith(SHARE):
        return address
    group, _, rest = address.removeprefix(SHARE).partition("/")
    return rest if group and rest else address


def _levels(address: str) -> list[str]:
    """Split into levels; a level that holds a parameter becomes a pattern with `*`."""
    return [PARAMETER.sub("\0", level) for level in address.split("/")]


def _level_matches(pattern: str, level: str) -> bool:
    """Say whether two levels can name one string; either may hold placeholders (`\\0`), at least one character each."""
    if "\0" in pattern and "\0" in level:
        head, tail = pattern.split("\0", 1)[0], pattern.rsplit("\0", 1)[1]
        other_head, other_tail = level.split("\0", 1)[0], level.rsplit("\0", 1)[1]
        heads = head.startswith(other_head) or other_head.startswith(head)
        tails = tail.endswith(other_tail) or other_tail.endswith(tail)
        return heads and tails
    if "\0" in level:
        pattern, level = level, pattern
    if "\0" not in pattern:
        return pattern == level
    return re.fullmatch("[^/]+".join(re.escape(part) for part in pattern.split("\0")), level) is not None


def overlaps(left: str, right: str) -> bool:
    """Say whether some concrete topic fits both sides; each may be an address, a template or a filter.

    `#` also matches the parent level, and wildcards at the first level do not match topics that start
    with `$` (MQTT 5.0, section 4.7). A shared subscription receives what its filter receives.
    """
    one, two = _levels(unshared(left)), _levels(unshared(right))
    if (one[0] in ("+", "#") and two[0].startswith("$")) or (two[0] in ("+", "#") and one[0].startswith("$")):
        return False
    for index in range(max(len(one), len(two)) + 1):
        a = one[index] if index < len(one) else None
        b = two[index] if index < len(two) else None
        if a == "#" or b == "#":
            return True
        if a is None or b is None:
            return a is None and b is None
        if a != "+" and b != "+" and not _level_matches(a, b):
            return False
    return True


def matches(pattern: str, topic: str) -> bool:
    """Say whether a filter or a template matches a concrete topic, for example `a/{id}` and `a/7`."""
    return overlaps(pattern, topic)


def as_filter(address: str) -> str:
    """Return the MQTT filter that subscribes to every topic of a template: `a/{id}/x` → `a/+/x`."""
    return "/".join("+" if PARAMETER.search(level) else level for level in address.split("/"))
