"""Who says what about a topic: claims in ranked order, the winner chosen, the losers kept as evidence.

The ranks: 1 said in portal.toml, 2 declared in the contracts, 3 seen in service code, 4 written in a docstring,
5 named alike, 6 policy. Ranks never mix: the best one that says anything wins, the others agree or are a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from asyncapi.findings import Finding, finding
from asyncapi.sources import Evidence, Source

Rank = Literal["portal.toml", "declared", "service code", "docstring", "name", "policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody says something: the value (a tuple, so that two models can be said together), by what, where."""

    value: tuple[str, ...]
    by: Rank
    source: Source | None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, on which evidence, and what contradicts it."""

    value: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def first(self) -> str:
        """Return the value of a question that has one answer, or nothing."""
        return self.value[0] if self.value else ""


def decide(fact: str, address: str, claims: Sequence[Claim]) -> Decision:
    """Return what the best rank says (all of its claims together); `claims` come best rank first.

    A claim of a lower rank that says something else is a contradiction; what service code does is left to the
    checks, which know whose code it is.
    """
    if not claims:
        return Decision()
    best = claims[0].by
    value = tuple(dict.fromkeys(item for claim in claims if claim.by == best for item in claim.value))
    against = [c for c in claims if c.by not in (best, "service code", "policy") and not set(c.value) <= set(value)]
    return Decision(
        value=value,
        evidence=tuple(_evidence(fact, claim, used=claim.by == best) for claim in claims),
        findings=tuple(_contradiction(fact, address, value, best, claim) for claim in against),
    )


def _evidence(fact: str, claim: Claim, *, used: bool) -> Evidence:
    return Evidence(
        fact=fact,
        value=_names(claim.value),
        by=claim.by,
        source=claim.source,
        confidence=claim.confidence,
        used=used,
    )


def _contradiction(fact: str, address: str, value: tuple[str, ...], by: str, claim: Claim) -> Finding:
    said, other = _names(value), _names(claim.value)
    if said == other:
        said, other = ", ".join(value), ", ".join(claim.value)
    return finding(
        "evidence-contradicts",
        "error",
        f"{address}: the {fact} is {said} as {by} says, but {other} as {claim.by} says",
        claim.source,
        subject=f"{address} {fact} {_names(claim.value)}",
        remedy="put one of them right, or say it in portal.toml",
        topic=address,
    )


def _names(value: tuple[str, ...]) -> str:
    return ", ".join(item.rpartition(".")[2] for item in value)
