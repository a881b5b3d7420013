"""What to do about a break: the order of deployment, the ways out that were tried, and what lies on the broker."""

from __future__ import annotations

import re
import shlex

from asyncapi.compare.judgement import HURTING, DiffFinding

_MOVED = ("topic-renamed", "topic-removed")


def remedies(finding: DiffFinding) -> tuple[str, ...]:
    """Return what can be done, the cheapest first; empty where nothing is broken. What was tried is kept."""
    forward, backward = finding.subscribers in HURTING, finding.publishers in HURTING
    stored = finding.retained in HURTING
    if finding.rule == "topic-removed" and finding.retained == "risk":
        return tuple(_clearing(finding))
    if not forward and not backward and not stored:
        return ()
    found: list[str] = []
    if finding.order in ("subscribers first", "publishers first"):
        found.append(f"deploy {finding.order}")
    if finding.rule == "topic-renamed":
        found.append("publish on both topics until every subscriber has moved")
    if finding.rule == "topic-removed":
        found.append("keep publishing until nobody subscribes any more")
    if finding.rule == "last-publisher-removed":
        found.append("let another service publish before the last one stops")
    found += finding.remedies
    if stored:
        found += _clearing(finding)
    if finding.order == "neither" and forward and backward and finding.rule not in _MOVED:
        found.append("use a new topic for the new form, and publish both until every subscriber has moved")
    return tuple(dict.fromkeys(found))


def _clearing(finding: DiffFinding) -> list[str]:
    """Return the commands that clear what lies on the broker, with what has to be done before."""
    if finding.rule in _MOVED:
        old = [str(finding.before)] if finding.before else []
        return [
            f"clear the old retained message when all have moved, or it stays for ever: {clear(one)}" for one in old
        ]
    if finding.subscribers in HURTING:
        head = "clear the retained message before new subscribers start"
    else:
        head = "deploy publishers first, clear the retained message, and then deploy subscribers"
    return [f"{head}: {clear(topic)}" for topic in finding.topics]


def clear(topic: str) -> str:
    """Return the command that clears the retained message of a topic, or of every topic that a template stands for."""
    levels = ["+" if re.search(r"\{[^{}/]*\}", level) else level for level in topic.split("/")]
    if "+" in levels or "#" in levels:
        return f"mosquitto_sub -t {shlex.quote('/'.join(levels))} --retained-only --remove-retained -W 5"
    return f"mosquitto_pub -t {shlex.quote(topic)} -r -n"
