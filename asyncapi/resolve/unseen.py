"""What a scan knows not to have seen: in which direction, of which service, where. Takes a scan, reads no source.

While there is any of it, that nobody publishes or subscribes to a topic is not certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from asyncapi.sites import Action, Cut, Scan, Unresolved
from asyncapi.sources import Source

Kind = Literal["unresolved", "silent", "cut", "file"]
BOTH: tuple[Action, ...] = ("send", "receive")
_NO_KEY = re.compile(r"the table has no key '(?P<key>[^']*)' in source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing not seen: a call of unknown topic, one not recognised, what a bound left out, an unreadable file."""

    service: str
    kind: Kind
    actions: tuple[Action, ...]
    source: Source
    said: str


def gaps(scan: Scan) -> Iterator[Gap]:
    """Yield what a scan has not seen of topics; a call that names no key of its table is wrong, and hides none."""
    for item in scan.unresolved:
        if not missing_key(item):
            yield _gap(item.service, "unresolved", (item.action,), item.source, item.expression)
    for call in scan.silent:
        yield _gap(call.service, "silent", (call.action,) if call.action else BOTH, call.source, call.expression)
    for cut in scan.cuts:
        if cut.hides:
            yield _gap(cut.service, "cut", cut.hides, cut.source, amount(cut))
    for finding in scan.findings:
        if finding.rule == "file-not-readable":
            place = Source(file=finding.source, line=finding.line)
            for service in finding.services:
                yield _gap(service, "file", BOTH, place, finding.message)


def _gap(service: str, kind: Kind, actions: tuple[Action, ...], source: Source, said: str) -> Gap:
    return Gap(service=service, kind=kind, actions=actions, source=source, said=said)


def missing_key(item: Unresolved) -> str:
    """Return the key that a call asks a table for which does not have it, or an empty text."""
    found = _NO_KEY.search(item.reason)
    return found["key"] if found else ""


def amount(cut: Cut) -> str:
    """Return how much a bound has kept, in words: `128 of 200 rounds of a loop`."""
    return f"{cut.kept} of {cut.seen} {cut.bound}" if cut.seen is not None else f"the first {cut.kept} {cut.bound}"
