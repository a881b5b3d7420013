"""Formats of text: for each a check, samples, and a pattern that every such text matches.

A format that is not listed here, and is not known to be mere advice, leaves the answer undecided.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from asyncapi.schemas import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that is asserted. `outline` is a pattern that every text of the format matches."""

    samples: tuple[str, ...]
    check: Callable[[str], bool | None]
    outline: str = ""
    within: tuple[str, ...] = ()


ADVICE = frozenset(
    (
        *("password", "binary", "byte", "path", "file-path", "directory-path", "json-string", "base64", "base64url"),
        *("float", "double", "int32", "int64", "decimal", "color", "textarea", "markdown", "html"),
    )
)
"""Formats that no validator asserts: they tell how to show or store a value."""


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


def _fits(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _is_regex(text: str) -> bool:
    try:
        re.compile(text[:500])
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _pattern(outline: str, *samples: str, within: tuple[str, ...] = ()) -> Format:
    return Format(samples=samples, check=_fits(outline[1:-1]), outline=outline, within=within)


_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+\-][0-9]{2}:[0-9]{2})"
_UUID = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
_URI = r"[A-Za-z][A-Za-z0-9+.\-]*:\S+"
_ONE_UUID = "7d0b7c5e-3c1e-4b6f-9a52-1f2e3d4c5b6a"


def _versioned(version: int) -> str:
    return f"{_ONE_UUID[:14]}{version}{_ONE_UUID[15:]}"


def _uuid(version: int) -> Format:
    text = _versioned(version)
    check = _fits(_UUID[1:-1])
    return Format(
        samples=(text,), check=lambda t: check(t) and uuid.UUID(t).version == version, outline=_UUID, within=("uuid",)
    )


FORMATS: Mapping[str, Format] = {
    "date": Format(samples=("2026-03-14",), check=_parses(date.fromisoformat), outline=f"^{_DATE}$"),
    "date-time": _pattern(f"^{_DATE}[Tt ]{_TIME}$", "2026-03-14T09:26:53Z", "2026-03-14T09:26:53.589793+01:00"),
    "time": _pattern(f"^{_TIME}$", "09:26:53Z", "09:26:53.589793+01:00"),
    "duration": _pattern(r"^-?P[0-9YMWDTHS.,]+$", "P3DT4H", "PT30S"),
    "uuid": Format(samples=(_ONE_UUID, _versioned(1), _versioned(7)), check=_fits(_UUID[1:-1]), outline=_UUID),
    **{f"uuid{version}": _uuid(version) for version in (1, 3, 4, 5, 6, 7, 8)},
    "email": _pattern(r"^[^@\s]+@[^@\s]+$", "ada@example.org", within=("idn-email",)),
    "idn-email": _pattern(r"^[^@\s]+@[^@\s]+$", "ada@example.org", "ädä@example.org"),
    "name-email": _pattern(r"^.*[^@\s]+@[^@\s]+.*$", "Ada <ada@example.org>", "ada@example.org"),
    "hostname": _pattern(r"^[A-Za-z0-9](\.?[A-Za-z0-9\-]+)*\.?$", "broker.example.org", within=("idn-hostname",)),
    "idn-hostname": _pattern(r"^[^\s/@]+$", "broker.example.org", "bücher.example.org"),
    "ipv4": Format(
        samples=("192.0.2.7",),
        check=_parses(ipaddress.IPv4Address),
        outline=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$",
        within=("ipvanyaddress",),
    ),
    "ipv6": Format(samples=("2001:db8::7",), check=_parses(ipaddress.IPv6Address), within=("ipvanyaddress",)),
    "ipvanyaddress": Format(samples=("192.0.2.7", "2001:db8::7"), check=_parses(ipaddress.ip_address)),
    "ipv4network": Format(samples=("192.0.2.0/24",), check=_parses(ipaddress.IPv4Network), within=("ipvanynetwork",)),
    "ipv6network": Format(samples=("2001:db8::/32",), check=_parses(ipaddress.IPv6Network), within=("ipvanynetwork",)),
    "ipvanynetwork": Format(samples=("192.0.2.0/24", "2001:db8::/32"), check=_parses(ipaddress.ip_network)),
    "ipv4interface": Format(
        samples=("192.0.2.7/24",), check=_parses(ipaddress.IPv4Interface), within=("ipvanyinterface",)
    ),
    "ipv6interface": Format(
        samples=("2001:db8::7/32",), check=_parses(ipaddress.IPv6Interface), within=("ipvanyinterface",)
    ),
    "ipvanyinterface": Format(samples=("192.0.2.7/24", "2001:db8::7/32"), check=_parses(ipaddress.ip_interface)),
    "uri": _pattern(
        f"^{_URI}$", "https://example.org/a", "urn:example:a", within=("iri", "uri-reference", "iri-reference")
    ),
    "iri": _pattern(f"^{_URI}$", "https://example.org/ä", within=("iri-reference",)),
    "uri-reference": Format(
        samples=("/a", "https://example.org/a"), check=_fits(r"[^\s<>{}|\\^`\"]*"), within=("iri-reference",)
    ),
    "iri-reference": Format(samples=("/ä", "/a"), check=_fits(r"[^\s<>{}|\\^`\"]*")),
    "multi-host-uri": _pattern(f"^{_URI}$", "postgres://user:word@one:5432,two:5432/db"),
    "regex": Format(samples=("^a$", "a", "[0-9]+"), check=_is_regex),
    "json-pointer": _pattern(r"^(/([^~/]|~[01])*)*$", "/a/0", ""),
}


@lru_cache(maxsize=4096)
def known(name: str) -> Format | None:
    """Return what is known of a format, also of one with limits."""
    limited = None if name in FORMATS else limits.limited(name)
    if limited is None:
        return FORMATS.get(name)
    found = tuple(dict.fromkeys(limits.samples([name])))
    return Format(samples=found, check=limited.admits, outline=limits.OUTLINES.get(limited.base, ""))


def within(inner: str, outer: str) -> bool:
    """Say whether every text of one format is known to have the other, too."""
    seen, waiting = {inner}, [inner]
    while waiting:
        one = FORMATS.get(waiting.pop())
        for name in one.within if one else ():
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return outer in seen or limits.within(inner, outer)


def has(text: str, name: str) -> bool | None:
    """Say whether a text has a format; None where that is not known here."""
    if name in ADVICE:
        return True
    form = known(name)
    return None if form is None else form.check(text)
