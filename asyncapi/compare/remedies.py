"""Ways out of a break: what to do instead, or before, so that nobody is hurt."""

from __future__ import annotations

from asyncapi.compare.judgement import HURTING, DiffFinding

_ADDED = ("optional-field-added", "required-field-added", "extras-allowed")
_GONE = ("optional-field-removed", "required-field-removed")


def remedies(finding: DiffFinding) -> tuple[str, ...]:
    """Return what can be done, the cheapest first; empty where nothing is broken."""
    forward, backward = finding.subscribers in HURTING, finding.publishers in HURTING
    stored = finding.retained in HURTING
    if not forward and not backward and not stored:
        return ()
    found: list[str] = []
    if finding.rule in ("topic-renamed", "topic-removed", "last-publisher-removed"):
        found.append("publish on both topics until every subscriber has moved")
    elif finding.rule == "field-renamed":
        found += _renamed(finding)
    else:
        found += _forward(finding) if forward else ()
        found += _backward(finding) if backward else ()
    if stored:
        found += [
            f"clear the retained message, or publish a new one, before subscribers restart: {clear(topic)}"
            for topic in finding.topics
        ]
    if forward and backward and finding.rule not in ("topic-renamed", "topic-removed"):
        found.append("use a new topic for the new form, and publish both until every subscriber has moved")
    return tuple(dict.fromkeys(found))


def _renamed(finding: DiffFinding) -> list[str]:
    return [
        f"let the new model read both names: AliasChoices({finding.after!r}, {finding.before!r})",
        "send both fields until every subscriber reads the new one",
    ]


def _forward(finding: DiffFinding) -> list[str]:
    found = ["deploy subscribers first"] if finding.publishers not in HURTING else []
    if finding.rule in _ADDED:
        found.append("let the old models ignore extras one release earlier")
    if finding.rule == "optional-field-added":
        found.append("publish with exclude_none (or leave the field unset) until all subscribers are upgraded")
    if finding.rule in _GONE or finding.rule == "field-became-optional":
        found.append("keep sending the field until all subscribers are upgraded")
    if finding.rule in ("enum-value-added", "union-arm-added", "null-added"):
        found.append("do not send the new value until all subscribers are upgraded")
    return found


def _backward(finding: DiffFinding) -> list[str]:
    stored = finding.retained in HURTING
    found = ["deploy publishers first"] if finding.subscribers not in HURTING and not stored else []
    if finding.rule == "required-field-added":
        found.append("give the new field a default until all publishers send it")
    if finding.rule in _GONE or finding.rule == "extras-forbidden":
        found.append("let the new model ignore extras until all publishers are upgraded")
    if finding.rule in ("enum-value-removed", "union-arm-removed", "null-removed", "type-narrowed", "range-narrowed"):
        found.append("keep accepting the old values until all publishers are upgraded")
    return found


def clear(topic: str) -> str:
    """Return the command that clears the retained message of a topic."""
    word = "'" + topic.replace("'", "'\\''") + "'"
    return f"mosquitto_pub -t {word} -r -n"
