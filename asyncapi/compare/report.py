"""A comparison judged: what writers write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asyncapi.compare.comparing import compare
from asyncapi.compare.comparison import Comparison
from asyncapi.compare.deployment import Deployment, deployment
from asyncapi.compare.judgement import DiffFinding, DiffSettings, FailOn, fails
from asyncapi.compare.judging import judge
from asyncapi.documents.masking import Masked, masked
from asyncapi.findings import Finding, Severity
from asyncapi.view.registry import Registry

LEFT_OUT = "module-not-importable"
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
    """Findings worst first, the deployment order, stale acceptances, and the names of both sides.

    `incomplete` tells of modules that were left out of one side alone: what they hold looks added or removed.
    """

    old_name: str
    new_name: str
    findings: tuple[DiffFinding, ...]
    deployment: Deployment
    stale: tuple[Finding, ...] = ()
    incomplete: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    compared: Mapping[str, int] = field(default_factory=dict)
    blind_spots: tuple[str, ...] = BLIND_SPOTS

    @property
    def breaks(self) -> tuple[DiffFinding, ...]:
        """Return the findings that break somebody and that nobody has accepted."""
        return tuple(one for one in self.findings if one.level == "break" and one.accepted is None)

    def fails(self, threshold: FailOn) -> bool:
        """Say whether changes that nobody accepted reach the threshold, or the new version is not there in full."""
        unreadable = any(one.severity == "error" for one in self.incomplete) and threshold != "never"
        return unreadable or fails(self.findings, threshold)

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
        incomplete=tuple(_incomplete(comparison, names)),
        lines=comparison.new.lines,
        compared={"topics": len(comparison.topics), "messages": len(comparison.messages)},
    )


def _incomplete(comparison: Comparison, names: tuple[str, str]) -> Iterator[Finding]:
    """Yield what was said when a module of the contracts was left out of one version alone; of the new one it fails."""
    old, new = (_left_out(side) for side in (comparison.old, comparison.new))
    sides: tuple[tuple[str, dict[str, Finding], dict[str, Finding], Severity], ...] = (
        (names[0], old, new, "warning"),
        (names[1], new, old, "error"),
    )
    for name, lost, other, severity in sides:
        for subject in sorted(lost.keys() - other.keys()):
            found = lost[subject]
            said = found.message.replace("; the rest is exported without it", "")
            message = f"in {name} {said}; what it holds is missing from the comparison"
            yield replace(found, severity=severity, message=message)


def _left_out(registry: Registry) -> dict[str, Finding]:
    return {one.subject: one for one in registry.findings if one.rule == LEFT_OUT}
