"""Models that all their senders dump by alias: their schemas say the names that travel."""

from __future__ import annotations

from dataclasses import replace

from asyncapi.contracts.definitions import reachable
from asyncapi.contracts.facts import Contracts
from asyncapi.findings import Finding, finding
from asyncapi.resolve.resolved import ResolvedSystem

BY_ALIAS = ("by_alias", True)


def with_aliases(system: ResolvedSystem) -> ResolvedSystem:
    """Return the system with the definitions of models that are sent by alias spelled by alias.

    A definition that is also sent by name keeps its names; then, and where senders disagree, there is a finding.
    """
    contracts = system.contracts
    spelled = {model.id for model in contracts.models if model.aliased is not None}
    if not spelled:
        return system
    by_alias, by_name = set[str](), set[str]()
    told = _forms(system)
    for topic in system.topics:
        forms = told.get(topic.address, set())
        for model in topic.models:
            by_alias |= {model} if True in forms and model in spelled else set()
            by_name |= set() if forms == {True} and model in spelled else {model}
    wanted = {d for d in reachable(sorted(by_alias - by_name), _aliased(contracts)) if d in contracts.aliased}
    shared = wanted & reachable(sorted(by_name), contracts)
    mixed = sorted(shared | (by_alias & by_name))
    if not wanted and not mixed:
        return system
    replaced = {d: contracts.aliased[d] for d in wanted} if not shared else {}
    definitions = {d: replaced.get(d, schema) for d, schema in contracts.definitions.items()}
    return replace(
        system,
        contracts=replace(contracts, definitions=definitions),
        findings=(*system.findings, *(_mixed(item, contracts) for item in mixed)),
    )


def _forms(system: ResolvedSystem) -> dict[str, set[bool]]:
    """Return address → whether its senders dump by alias: each answer that one of them gives."""
    found: dict[str, set[bool]] = {}
    for site in system.sites:
        for address in system.reached(site.topic) if site.action == "send" else ():
            found.setdefault(address, set()).add(BY_ALIAS in site.dump)
    return found


def _aliased(contracts: Contracts) -> Contracts:
    return replace(contracts, definitions={**contracts.definitions, **contracts.aliased})


def _mixed(definition: str, contracts: Contracts) -> Finding:
    name = definition.rpartition(".")[2]
    return finding(
        "dump-names-mixed",
        "warning",
        f"{name} is sent by alias in one place and by name in another; its schema says the names",
        contracts.symbols.get(definition),
        subject=definition,
        remedy="dump it the same way everywhere",
    )
