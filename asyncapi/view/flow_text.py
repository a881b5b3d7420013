"""Flows as text and as Mermaid sequence diagrams."""

from __future__ import annotations

import re
from collections.abc import Mapping

from asyncapi.view.flows import frames
from asyncapi.view.registry import Flow, FlowStep

_NOT_MERMAID = re.compile(r"[;:#<>\"\r\n%{}]")


def text(flow: Flow) -> str:
    """Return a flow as numbered lines: who sends what to whom, by which field, and where it breaks."""
    lines = [flow.title] + ([f"  {flow.summary}"] if flow.summary else [])
    for number, step in enumerate(flow.steps, start=1):
        before = flow.steps[number - 2].when if number > 1 else ""
        if step.when and step.when != before:
            lines.append(f"      {'or when' if step.alternative else 'when'} {step.when}:")
        elif before and not step.when:
            lines.append("      then:")
        tie = f"  [{step.correlation}]" if step.correlation else ""
        lines.append(f"  {number:>2}. {step.sender} → {step.topic} → {step.receiver}{tie}")
        lines += [f"      breaks: {step.broken}"] if step.broken else []
    return "\n".join("".join(letter if letter.isprintable() else " " for letter in line) for line in lines) + "\n"


def mermaid(flow: Flow) -> str:
    """Return a flow as Mermaid source; names are shown as they are, without anything Mermaid would obey."""
    parties = list(dict.fromkeys(name for step in flow.steps for name in (step.sender, step.receiver)))
    keys = {name: f"p{index}" for index, name in enumerate(parties)}
    lines = ["sequenceDiagram", *(f"  participant {keys[name]} as {_plain(name)}" for name in parties)]
    for frame in frames(flow.steps):
        for branch in frame:
            if branch[0].when:
                word = "else" if branch is not frame[0] else "alt" if len(frame) > 1 else "opt"
                lines.append(f"  {word} {_plain(branch[0].when)}")
            lines += (_arrow(step, keys) for step in branch)
        lines += ["  end"] if frame[0][0].when else []
    return "\n".join(lines) + "\n"


def _arrow(step: FlowStep, keys: Mapping[str, str]) -> str:
    tie = f" ({_plain(step.correlation)})" if step.correlation else ""
    arrow = "--x" if step.broken else "->>"
    return f"  {keys[step.sender]}{arrow}{keys[step.receiver]}: {_plain(step.topic)}{tie}"


def _plain(name: str) -> str:
    return _NOT_MERMAID.sub(lambda match: f"#{ord(match[0])};", name) or "?"
