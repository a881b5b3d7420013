"""Checks a system: runs every rule over its registry, applies the team's severities and ignores. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from asyncapi.checks.catalogue import RULES, rule_id
from asyncapi.checks.subject import Problem, Subject
from asyncapi.findings import SEVERITIES, Finding, Severity
from asyncapi.registry import Registry

__all__ = ["check"]


def check(registry: Registry, raw: Mapping[str, Any], *, today: date) -> tuple[Finding, ...]:
    """Return all findings of a system, worst first: those of its making and its reading, then those of the rules.

    Severities and ignores are the team's, from the policy that the document carries; an ignore that has
    expired or that met nothing is a finding of its own.
    """
    subject = Subject(registry=registry, raw=raw, today=today)
    found = [*registry.findings, *_problems(subject)]
    kept, used = _without_ignored([_regraded(finding, registry) for finding in found], registry, today)
    severe = [finding for finding in kept if finding is not None]
    every = [*severe, *_stale_ignores(registry, used, today)]
    return tuple(sorted(every, key=lambda finding: SEVERITIES.index(finding.severity)))


def _problems(subject: Subject) -> Iterator[Finding]:
    owners = {topic.address: topic.owner for topic in subject.registry.topics}
    for rule, severity in RULES:
        for problem in rule(subject):
            yield _finding(rule_id(rule), severity, problem, owners)


def _finding(rule: str, severity: Severity, problem: Problem, owners: Mapping[str | None, str]) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=problem.message,
        subject=problem.about or next(iter(problem.topics), ""),
        remedy=problem.remedy,
        source=problem.source.ref if problem.source else "",
        line=problem.source.line if problem.source else None,
        pointer=problem.pointer,
        topics=problem.topics,
        services=problem.services,
        owner=next((owners[topic] for topic in problem.topics if owners.get(topic)), ""),
    )


def _regraded(finding: Finding, registry: Registry) -> Finding | None:
    """Return the finding with the team's severity, or None where the team switched the rule off."""
    said = dict(registry.policy.severity).get(finding.rule, finding.severity)
    return None if said == "off" else replace(finding, severity=said)


def _without_ignored(findings: list[Finding | None], registry: Registry, today: date) -> tuple[list[Finding], set[int]]:
    kept: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        if finding is None:
            continue
        hit = next((i for i, item in enumerate(registry.policy.ignore) if _ignores(item, finding, today)), None)
        if hit is None:
            kept.append(finding)
        else:
            used.add(hit)
    return kept, used


def _ignores(item: Mapping[str, str], finding: Finding, today: date) -> bool:
    if item.get("until") and str(item["until"]) < f"{today}":
        return False
    return (
        item.get("rule") in (None, finding.rule)
        and item.get("topic") in (None, *finding.topics)
        and item.get("service") in (None, *finding.services)
    )


def _stale_ignores(registry: Registry, used: set[int], today: date) -> Iterator[Finding]:
    for index, item in enumerate(registry.policy.ignore):
        about = " ".join(f"{key}={item[key]}" for key in ("rule", "topic", "service") if item.get(key))
        expired = bool(item.get("until")) and str(item["until"]) < f"{today}"
        if expired or index not in used:
            yield Finding(
                rule="ignore-expired" if expired else "ignore-unused",
                severity="note",
                message=f"the ignore of {about} {'expired on ' + str(item['until']) if expired else 'meets nothing'}",
                subject=about,
                remedy="take it out of portal.toml, or give it a later date"
                if expired
                else "take it out of portal.toml",
            )
