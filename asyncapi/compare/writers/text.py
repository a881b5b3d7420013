"""A report for a terminal."""

from __future__ import annotations

import json

from asyncapi.compare.judgement import DiffFinding
from asyncapi.compare.report import Report
from asyncapi.compare.writers.words import LEVELS, VERDICTS, behind, what_happens, where

_WIDEST = 2_000  # characters; a longer value would push everything else out of a terminal


def write(report: Report) -> str:
    """Return verdict, deployment order, and every finding with evidence and ways out."""
    lines = [f"{report.old_name} → {report.new_name}", report.verdict]
    lines += [f"{one.severity}: {one.message} [{one.rule}]" for one in report.incomplete]
    if report.findings:
        lines.append(report.deployment.sentence)
    for finding in report.findings:
        lines += ["", *_finding(finding)]
    for stale in report.stale:
        lines += ["", f"{stale.severity}: {stale.message} [{stale.rule}]"]
    if report.breaks:
        lines += ["", "Not looked at: " + "; ".join(report.blind_spots) + "."]
    return "".join(f"{_clean(line)}\n" for line in lines)


def _finding(finding: DiffFinding) -> list[str]:
    head = f"{LEVELS[finding.level]}  {where(finding)}: {finding.message} [{finding.rule} {finding.fingerprint}]"
    lines = [head if finding.accepted is None else f"accepted  {head}"]
    if finding.level == "ok":
        return lines
    lines.append(f"    old subscribers: {VERDICTS[finding.subscribers]} · old publishers: {behind(finding)}")
    if finding.order != "any order":
        lines.append(f"    order: {finding.order}; to roll back: {finding.rollback}")
    if finding.hurt:
        lines.append(f"    hurt: {', '.join(finding.hurt)}; sent by {', '.join(finding.senders) or 'unknown'}")
    for reason in finding.reasons:
        lines.append(f"    undecided because of {reason}")
    for example in finding.examples:
        lines.append(f"    {what_happens(example)}: {json.dumps(example.payload, ensure_ascii=False)[:_WIDEST]}")
        if example.verdict == "lost":
            lines.append(f"        they read: {json.dumps(example.received, ensure_ascii=False)[:_WIDEST]}")
    lines += [f"    → {remedy}" for remedy in finding.remedies]
    if finding.accepted is not None:
        lines.append(
            f"    accepted by {finding.accepted.owner} until {finding.accepted.expires}: {finding.accepted.reason}"
        )
    return lines


def _clean(line: str) -> str:
    """Keep what a document says from steering the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
