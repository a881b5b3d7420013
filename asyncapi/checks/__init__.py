"""Checks a system: runs every rule over its registry, applies the team's severities and ignores. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from asyncapi.checks.catalogue import RULES, rule_id
from asyncapi.checks.subject import Problem, Subject
from asyncapi.documents.masking import Masked, masked
from asyncapi.findings import SEVERITIES, Finding, Severity
from asyncapi.rules import IGNORE_RULES, SYSTEM_RULES
from asyncapi.topics import erase, is_filter, matches
from asyncapi.view.registry import Registry

__all__ = ["check"]


def check(
    registry: Registry, raw: Mapping[str, Any], *, today: date, hidden: Masked | None = None
) -> tuple[Finding, ...]:
    """Return all findings of a system, worst first: those of its making and its reading, then those of the rules.

    Severities and ignores are the team's, from the policy that the document carries; an ignore that has
    expired or that met nothing is a finding of its own. What looks like a secret is masked in what they say;
    `hidden` is `masked(raw)`, where the caller has it already.
    """
    hidden = hidden or masked(raw)
    subject = Subject(registry=registry, raw=raw, today=today, hidden=hidden)
    made = [finding for item in registry.findings if (finding := _graded(item, registry))]
    found = [*made, *_problems(subject)]
    kept, used = _without_ignored(found, subject)
    stale = (_graded(item, registry) for item in _stale_ignores(subject, used))
    every = hidden.told(tuple(_owned(finding, registry) for finding in (*kept, *stale) if finding))
    return tuple(sorted(every, key=lambda finding: SEVERITIES.index(finding.severity)))


def _problems(subject: Subject) -> Iterator[Finding]:
    """Yield what the rules find, graded; what is unsure stays a note, also where the team grades the rule higher."""
    for rule in RULES:
        name = rule_id(rule)
        for problem in rule(subject):
            finding = _graded(_finding(name, SYSTEM_RULES[name], problem), subject.registry)
            if finding is not None:
                yield replace(finding, severity="note") if problem.unsure else finding


def _finding(rule: str, severity: Severity, problem: Problem) -> Finding:
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
        services=tuple(dict.fromkeys(problem.services)),
    )


def _owned(finding: Finding, registry: Registry) -> Finding:
    """Return the finding with who is to look at it: the owners of the services it names, else of the topics."""
    services = [service.owner for name in finding.services if (service := registry.service(name))]
    topics = [topic.owner for name in finding.topics if (topic := registry.topic(name))]
    owners = [owner for owner in services if owner] or [owner for owner in topics if owner]
    return replace(finding, owner=", ".join(dict.fromkeys(owners)))


def _graded(finding: Finding, registry: Registry) -> Finding | None:
    """Return the finding with the team's severity, or None where the team switched the rule off."""
    said = dict(registry.policy.severity).get(finding.rule, finding.severity)
    return None if said == "off" else replace(finding, severity=said)


def _without_ignored(findings: list[Finding], subject: Subject) -> tuple[list[Finding], set[int]]:
    kept: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        hits = [i for i, item in enumerate(subject.registry.policy.ignore) if _ignores(item, finding, subject)]
        used.update(hits)
        if not hits:
            kept.append(finding)
    return kept, used


def _ignores(item: Mapping[str, str], finding: Finding, subject: Subject) -> bool:
    """Say whether an ignore that is in force names the finding; one that names nothing ignores nothing."""
    said = {key: item[key] for key in ("rule", "topic", "service") if item.get(key)}
    return (
        bool(said)
        and not _expired(item, subject)
        and said.get("rule", finding.rule) == finding.rule
        and said.get("service") in (None, *finding.services)
        and ("topic" not in said or any(_names(said["topic"], topic) for topic in finding.topics))
    )


def _names(pattern: str, topic: str) -> bool:
    return matches(pattern, topic) if is_filter(pattern) else erase(pattern) == erase(topic)


def _expired(item: Mapping[str, str], subject: Subject) -> bool:
    """Say whether an ignore is over; a date that is none counts as over."""
    try:
        return bool(item.get("until")) and date.fromisoformat(item["until"]) < subject.today
    except ValueError:
        return True


def _stale_ignores(subject: Subject, used: set[int]) -> Iterator[Finding]:
    for index, item in enumerate(subject.registry.policy.ignore):
        about = " ".join(f"{key}={item[key]}" for key in ("rule", "topic", "service") if item.get(key))
        expired = _expired(item, subject)
        if expired or index not in used:
            rule = "ignore-expired" if expired else "ignore-unused"
            verdict = f"expired on {item['until']}" if expired else "meets nothing"
            yield Finding(
                rule=rule,
                severity=IGNORE_RULES[rule][0],
                message=f"the ignore of {about or 'nothing'} {verdict}",
                subject=about,
                pointer=f"/info/x-policy/ignore/{index}",
                remedy=f"take it out of portal.toml{', or give it a later date' if expired else ''}",
            )
