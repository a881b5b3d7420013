"""A comparison judged: what writers write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asyncapi.compare.comparing import compare
from asyncapi.compare.comparison import Comparison
from asyncapi.compare.deployment import Deployment, deployment
from asyncapi.compare.judgement import DiffFinding, DiffSettings
from asyncapi.compare.judging import judge
from asyncapi.findings import Finding
from asyncapi.masking import Masked, masked
from asyncapi.registry import Registry

BLIND_SPOTS: tuple[str, ...] = (
    "what validators reject or convert, text that is stripped, and what a model computes from several fields",
    'lax conversions: a subscriber may quietly turn "1" into 1; here that counts as a break',
    "limits of keys that are not text, such as those of dict[PositiveInt, …]",
    "patterns, which every language reads a little differently",
    "NaN and infinity",
    "in documents of other tools: digits of decimals, bounds of dates and times, and whether they have an offset",
)
"""What no comparison of schemas sees; named in every report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Findings worst first, the deployment order, stale acceptances, and the names of both sides."""

    old_name: str
    new_name: str
    findings: tuple[DiffFinding, ...]
    deployment: Deployment
    stale: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, int] = field(default_factory=dict)
    blind_spots: tuple[str, ...] = BLIND_SPOTS

    @property
    def breaks(self) -> tuple[DiffFinding, ...]:
        """Return the findings that break somebody and that nobody has accepted."""
        return tuple(one for one in self.findings if one.level == "break" and one.accepted is None)

    @property
    def verdict(self) -> str:
        """Return the result in one sentence."""
        if not self.findings:
            return "Nothing changed that is on the wire."
        counts = {
            level: sum(one.level == level and one.accepted is None for one in self.findings)
            for level in ("break", "risk", "ok")
        }
        words = {"break": "breaking", "risk": "risky", "ok": "safe"}
        said = [f"{number} {words[level]}" for level, number in counts.items() if number]
        accepted = sum(one.accepted is not None for one in self.findings)
        said += [f"{accepted} accepted"] if accepted else []
        total = len(self.findings)
        return f"{total} change{'s' if total != 1 else ''}: {', '.join(said)}."


def report(
    old: Registry, new: Registry, *, settings: DiffSettings | None = None, names: tuple[str, str] = ("old", "new")
) -> Report:
    """Compare and judge two registries."""
    settings = settings or DiffSettings()
    comparison = compare(old, new)
    findings = judge(comparison, settings)
    return assembled(comparison, findings, settings, names)


def without_secrets(found: Report, *documents: Mapping[str, Any]) -> Report:
    """Return a report in which what looks like a secret in any of the documents is masked; fingerprints stay."""
    return without(found, *map(masked, documents))


def without(found: Report, *documents: Masked) -> Report:
    """Return a report told without what is masked in any of the documents; fingerprints stay."""
    for hidden in documents:
        if hidden.secrets:
            findings = tuple(replace(one, identity=one.fingerprint) for one in found.findings)
            found = hidden.told(replace(found, findings=findings))
    return found


def assembled(
    comparison: Comparison, findings: tuple[DiffFinding, ...], settings: DiffSettings, names: tuple[str, str]
) -> Report:
    """Return the report of findings that were judged already."""
    from asyncapi.compare.accepting import stale

    return Report(
        old_name=names[0],
        new_name=names[1],
        findings=findings,
        deployment=deployment(comparison, findings),
        stale=stale(settings.accepted, findings, settings.today),
        lines=comparison.new.lines,
        compared={"topics": len(comparison.topics), "messages": len(comparison.messages)},
    )
