"""The calls that nobody spoke of: they look like a publish or subscribe, and no fact and no unresolved line names them.

A scan goes in, with the text of a service's own files; what its silence hides comes out. How the scan came to its facts
does not matter here, so that every scanner is judged by the same code.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence

from asyncapi.services.lookalikes import ClientCall, Lookalike, Sight
from asyncapi.sites import Scan, Silent, Site, Unresolved
from asyncapi.sources import Source

LONGEST = 200
"""Characters of an expression that are shown: it is to be found again, not to be read."""


def silent_calls(
    scan: Scan, own: Sequence[tuple[str, str]], shared: Sequence[tuple[str, str]], rows: Sequence[ClientCall]
) -> tuple[Silent, ...]:
    """Return the calls of one service that look like a client's publish or subscribe and that its scan does not name.

    `own` are (file, text) of the service's files, `shared` those of the libraries it can see, `rows` what the scanner
    takes for calls of clients.
    """
    named = _named(scan)
    service = scan.services[0].name if scan.services else ""
    found = (item for item in Sight(own, shared, rows).lookalikes() if not _is_named(item, named))
    return tuple(dict.fromkeys(_silent(item, service) for item in found))


def _named(scan: Scan) -> dict[str, set[int]]:
    """Return the lines of each file of which a fact, an unresolved line or a finding speaks."""
    lines: dict[str, set[int]] = defaultdict(set)
    spoken: tuple[Site | Unresolved, ...] = (*scan.sites, *scan.unresolved)
    places = [place for item in spoken for place in (item.source, *item.through)]
    places += [step.source for site in scan.sites for step in site.steps]
    for place in places:
        lines[place.file].add(place.line or 0)
    for finding in scan.findings:
        lines[finding.source.partition("#")[0]].add(finding.line or 0)
    return lines


def _is_named(item: Lookalike, named: dict[str, set[int]]) -> bool:
    if any(_spoken(named, *place) for place in item.inside):
        return True
    return _spoken(named, item.file, item.call.node.lineno, item.call.node.end_lineno or item.call.node.lineno)


def _spoken(named: dict[str, set[int]], file: str, first: int, last: int) -> bool:
    return any(first <= line <= last for line in named.get(file, ()))


def _silent(item: Lookalike, service: str) -> Silent:
    node = item.call.node
    shown = f"{ast.unparse(node.func)}({ast.unparse(item.topic)})"
    return Silent(
        service=service,
        action=item.action,
        source=Source(file=item.file, symbol=item.call.symbol, line=node.lineno),
        expression=" ".join(shown.split())[:LONGEST],
    )
