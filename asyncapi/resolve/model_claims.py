"""Which models are claimed for which topic, by whom: portal.toml, declarations, calls, docstrings, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from asyncapi.contracts.facts import Constant, Contracts, Declaration, Model, ModelUnion
from asyncapi.findings import Finding, finding
from asyncapi.resolve import matching
from asyncapi.resolve.claims import Claim
from asyncapi.sites import Site
from asyncapi.sources import Source
from asyncapi.workspace.settings import TopicSettings


class ModelNames:
    """Finds the one model that a class name or dotted path means."""

    def __init__(self, contracts: Contracts) -> None:
        self._ids = {model.id for model in contracts.models}
        self._by_name: dict[str, list[Model]] = {}
        for model in contracts.models:
            self._by_name.setdefault(model.name, []).append(model)
        self._choices: dict[str, list[ModelUnion]] = {}
        for choice in contracts.choices:
            self._choices.setdefault(choice.name, []).append(choice)

    def known(self, name: str) -> tuple[str, ...]:
        """Return the ids of the models that a name means, or nothing when it means none or is ambiguous."""
        if name in self._ids:
            return (name,)
        last = name.rpartition(".")[2].rpartition(":")[2]
        found: list[tuple[str, ...]] = [(model.id,) for model in self._by_name.get(last, [])]
        found += [choice.models for choice in self._choices.get(last, [])]
        return found[0] if len(found) == 1 and self._ids.issuperset(found[0]) else ()

    def complaint(self, name: str, source: Source | None) -> Finding:
        """Return the finding for a name that `known` does not know."""
        several = [model.id for model in self._by_name.get(name.rpartition(".")[2], [])]
        said = f"ambiguous: {', '.join(several)}" if len(several) > 1 else "not a model of the contracts"
        return finding(
            "model-not-found",
            "error",
            f"{name} is {said}{f'; {several[0]} is' if len(several) == 1 else ''}",
            source,
            subject=name,
            remedy="name the class with its module, as in package.module.Class",
        )


def claims_of(
    names: ModelNames,
    override: TopicSettings | None,
    rows: Sequence[Declaration],
    constants: Sequence[Constant],
    sites: Sequence[Site],
    documented: Sequence[Model],
) -> list[Claim]:
    """Return the claims about the models of one topic, best rank first; a pairing by name only without any other."""
    found: list[Claim] = []
    if override and override.models:
        found.append(Claim(value=_all(names, override.models), by="portal.toml", source=override.source))
    found += [Claim(value=_all(names, row.models), by="declared", source=row.source) for row in rows if row.models]
    found += [Claim(value=names.known(c.model), by="declared", source=c.source) for c in constants if c.model]
    found += [
        Claim(value=names.known(site.model), by="service code", source=site.source, confidence=site.confidence)
        for site in sites
        if site.model
    ]
    if documented:
        value = tuple(model.id for model in documented)
        found.append(Claim(value=value, by="docstring", source=documented[0].source, confidence=0.95))
    for constant in constants:
        said = _all(names, matching.documented_models(constant.doc))
        found.append(Claim(value=said, by="docstring", source=constant.source, confidence=0.9))
    return [claim for claim in found if claim.value]


def read_through_filter(names: ModelNames, sites: Sequence[Site]) -> list[Claim]:
    """Return the claim of subscribers who validate one model for all topics of a filter such as `orders/+/state`.

    There is none where two of them validate different models.
    """
    read = {names.known(site.model) for site in sites if site.model}
    if len(read) != 1 or not all(read):
        return []
    site = next(site for site in sites if site.model)
    return [Claim(value=read.pop(), by="service code", source=site.source, confidence=site.confidence)]


def _all(names: ModelNames, wanted: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model for name in wanted for model in names.known(name)))


def unknown_names(names: ModelNames, said: Iterable[tuple[str, Source | None]]) -> list[Finding]:
    """Return a finding for every model that portal.toml or a declaration names but the contracts do not have."""
    return [names.complaint(name, source) for name, source in said if not names.known(name)]


def documented_models(contracts: Contracts, constants: Mapping[str, str]) -> dict[str, list[Model]]:
    """Return address → models whose docstrings say they travel there; `constants` maps names and addresses."""
    found: dict[str, list[Model]] = {}
    for model in contracts.models:
        for word in matching.documented_topics(model.doc):
            if address := constants.get(word):
                found.setdefault(address, []).append(model)
    return found


def named_alike(
    contracts: Contracts,
    homes: Mapping[str, str],
    claims: Mapping[str, Sequence[Claim]],
    nested: frozenset[str],
) -> dict[str, Claim]:
    """Return address → claim for topics about which nothing else is said and whose name pairs with one model's.

    `homes` maps a constant (`module.NAME`) to its address. Every constant and model takes part in the pairing,
    so that nobody wins because the better partner was already taken.
    """
    bases = {base for model in contracts.models for base in model.bases}
    models = [model for model in contracts.models if model.id not in bases]
    choices = {f"{choice.module}.{choice.source.symbol}": choice for choice in contracts.choices}
    models += [
        Model(id=name, name=c.name, module=c.module, kind="pydantic", source=c.source) for name, c in choices.items()
    ]
    constants = [c for c in contracts.constants if f"{c.module}.{c.name}" in homes]
    sources = {f"{c.module}.{c.name}": c.source for c in constants}
    taken = {model for said in claims.values() for claim in said for model in claim.value}
    found: dict[str, Claim] = {}
    rivals: set[str] = set()
    for pair in matching.match_names(constants, models, nested=nested):
        address = homes[pair.constant]
        meant = choices[pair.model].models if pair.model in choices else (pair.model,)
        claim = Claim(value=meant, by="name", source=sources[pair.constant], confidence=pair.confidence)
        if address in found and found[address].value != claim.value:
            rivals.add(address)
        said = {model for other in claims.get(address, ()) for model in other.value}
        chosen = pair.model in choices and set(meant) == said
        if chosen or (not said and pair.model not in taken):
            found[address] = claim
    for address in rivals:
        del found[address]
    return found
