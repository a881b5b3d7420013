"""A report as JSON, as `diff.schema.json` beside this module describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asyncapi.compare.judgement import Counterexample, DiffFinding
from asyncapi.compare.report import Report

FORMAT = 1  # raised when a reader of the last one would misread the report


def write(report: Report) -> str:
    """Return the report as JSON text."""
    return json.dumps(data(report), ensure_ascii=False, indent=2, allow_nan=False, default=str) + "\n"


def schema() -> Any:
    """Return the JSON Schema of what `write` returns."""
    return json.loads(Path(__file__).with_name("diff.schema.json").read_text(encoding="utf-8"))


def data(report: Report) -> dict[str, Any]:
    """Return the report as JSON data."""
    return {
        "format": FORMAT,
        "old": report.old_name,
        "new": report.new_name,
        "verdict": report.verdict,
        "compared": dict(report.compared),
        "deployment": {
            "order": report.deployment.order,
            "sentence": report.deployment.sentence,
            "stages": [list(stage) for stage in report.deployment.stages],
            "rollback": [list(stage) for stage in report.deployment.rollback],
        },
        "findings": [_finding(finding) for finding in report.findings],
        "stale": [
            {"rule": one.rule, "severity": one.severity, "message": one.message, "fingerprint": one.subject}
            for one in report.stale
        ],
        "incomplete": [
            {"rule": one.rule, "severity": one.severity, "message": one.message, "subject": one.subject}
            for one in report.incomplete
        ],
        "blind_spots": list(report.blind_spots),
    }


def _finding(finding: DiffFinding) -> dict[str, Any]:
    said: dict[str, Any] = {
        "rule": finding.rule,
        "fingerprint": finding.fingerprint,
        "level": finding.level,
        "severity": finding.severity,
        "message": finding.message,
        "subject": finding.subject,
        "subscribers": finding.subscribers,
        "publishers": finding.publishers,
        "retained": finding.retained,
        "order": finding.order,
        "rollback": finding.rollback,
        "before": finding.before,
        "after": finding.after,
        "path": finding.path,
        "examples": [_example(example) for example in finding.examples],
    }
    for name in ("topics", "messages", "hurt", "senders", "reasons", "remedies", "owners"):
        said[name] = list(getattr(finding, name))
    said["source"] = asdict(finding.source) if finding.source else None
    said |= {"old_pointer": finding.old_pointer, "new_pointer": finding.new_pointer}
    said["accepted"] = asdict(finding.accepted) if finding.accepted else None
    return said


def _example(example: Counterexample) -> dict[str, Any]:
    said = {"payload": example.payload, "verdict": example.verdict, "sender": example.sender, "reader": example.reader}
    said |= {"path": list(example.path), "keyword": example.keyword}
    return said | ({"received": example.received} if example.verdict == "lost" else {})
