"""Texts of the contracts that only their use in a service shows to be topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from asyncapi.contracts.facts import Constant, Contracts
from asyncapi.sites import Scan, Site
from asyncapi.topics import erase, is_filter


def with_used(contracts: Contracts, scan: Scan) -> Contracts:
    """Return the contracts with those texts among the constants that a service uses as a topic.

    Those of a module that cannot be imported count as well: the contracts have them, though nobody could look.
    """
    used = {(site.constant, erase(site.topic)) for site in scan.sites if site.constant}
    more = [c for c in contracts.candidates if (f"{c.module}.{c.name}", erase(c.value)) in used]
    known = {f"{c.module}.{c.name}" for c in (*contracts.constants, *contracts.candidates)}
    lost = {c.name: c for site in scan.sites if site.constant not in known if (c := _unseen(site, contracts))}
    if not more and not lost:
        return contracts
    order = {symbol: index for index, symbol in enumerate(dict.fromkeys(c.module for c in contracts.constants))}
    constants = sorted(
        (*contracts.constants, *more, *lost.values()),
        key=lambda c: (order.get(c.module, len(order)), c.source.line or 0),
    )
    return replace(contracts, constants=tuple(constants))


def without_roots(contracts: Contracts, sites: Iterable[Site], said: Iterable[str]) -> Contracts:
    """Return the contracts without constants that only begin topics: `ROOT = "plant"`, used in `f"{ROOT}/pump"`.

    `said` are addresses of which somebody says that they are topics.
    """
    exact = {erase(address) for address in said}
    begun: set[str] = set()
    for site in sites:
        exact.add(erase(site.topic))
        begun.add(f"{site.constant} {erase(site.topic)}")
    roots = {
        f"{c.module}.{c.name}"
        for c in contracts.constants
        if c.kind == "address"
        and not c.model
        and erase(c.value) not in exact
        and any(word.startswith(f"{c.module}.{c.name} {erase(c.value)}/") for word in begun)
    }
    if not roots:
        return contracts
    return replace(contracts, constants=tuple(c for c in contracts.constants if f"{c.module}.{c.name}" not in roots))


def _unseen(site: Site, contracts: Contracts) -> Constant | None:
    """Return the constant that a call takes from a contracts module which itself could not be imported."""
    failed = any(item.rule == "module-not-importable" for item in contracts.findings)
    inside = any(site.constant.startswith(f"{package}.") for package in contracts.package.split(", "))
    step = next((step for step in site.steps if step.text == f"constant {site.constant}"), None)
    if not failed or not inside or step is None or is_filter(site.topic):
        return None
    parts = site.constant.split(".")
    cut = next((index for index, part in enumerate(parts) if not part.islower()), len(parts) - 1)
    return Constant(
        name=".".join(parts[cut:]),
        module=".".join(parts[:cut]),
        value=site.topic,
        kind="address",
        recognised="used by a service",
        source=replace(step.source, symbol=".".join(parts[cut:])),
    )
