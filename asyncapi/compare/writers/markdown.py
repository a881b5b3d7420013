"""A report as Markdown, for comments and summaries. Everything that a document says is neutralised."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

from asyncapi.compare.judgement import DiffFinding
from asyncapi.compare.report import Report
from asyncapi.compare.writers.words import VERDICTS, behind, what_happens, where

LONGEST = 60_000  # GitHub takes comments of 65,536 characters; the rest is for what stands around
_MOST_ROWS = 12  # changes that are read in a comment; the others are folded
_MOST_NODES = 30  # boxes of a graph that can still be told apart
_LONGEST_NAME = 60
_LONGEST_WORDS = 300
_MARKS = re.compile(
    r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|(?<!\w)#|#(?![^\W\d_])|^[-+]|^(?P<number>[0-9]{1,9})[.)]", re.ASCII
)
"""What would be markup: underscores between letters and `file.py#symbol` are none."""
_LIVE = re.compile(r"[@$]|:(?=[\w+/-])|(?<=www)\.", re.IGNORECASE)
"""What hosts look for in text: mentions, formulas, links and emoji. A colon before a space is none of them."""


def write(report: Report) -> str:
    """Return verdict, deployment order, a table worst first, and the rest folded; capped by whole rows."""
    shown = [one for one in report.findings if one.level != "ok" and one.accepted is None]
    others = [one for one in report.findings if one not in shown]
    lines = [f"**Contracts: {report.verdict}**", ""]
    lines += [f"- **{plain(one.message)}**" for one in report.incomplete] + [""] * bool(report.incomplete)
    if report.findings:
        lines += [plain(report.deployment.sentence), ""]
    lines += _table(shown[:_MOST_ROWS]) if shown else []
    lines += _folded(f"{len(shown) - _MOST_ROWS} more", _table(shown[_MOST_ROWS:])) if len(shown) > _MOST_ROWS else []
    lines += _folded("Why, with messages, and ways out", [_why(one) for one in shown])
    lines += _folded("Who is affected", _drawn(shown)) if shown else []
    lines += _folded("Safe and accepted changes", [_row_of(one) for one in others])
    lines += [f"- {plain(one.message)}" for one in report.stale]
    lines += _folded("Not looked at", [f"- {plain(spot)}" for spot in report.blind_spots]) if report.findings else []
    return _capped(lines)


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, links, mentions or HTML come of it."""
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
    marked = _MARKS.sub(_escaped, html.escape(line, quote=False))
    return _LIVE.sub(lambda mark: f"&#{ord(mark.group())};", marked)


def _escaped(mark: re.Match[str]) -> str:
    return f"{mark['number'] or ''}\\{mark.group()[-1]}"


def code(value: object) -> str:
    """Return JSON as a fenced block whose fence is longer than any in it."""
    text = json.dumps(value, ensure_ascii=True, indent=2)[:4_000]
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return f"{fence}json\n{text}\n{fence}"


def _table(findings: Sequence[DiffFinding]) -> list[str]:
    head = ["| topic · message | change | old subscribers | old publishers, retained |", "|---|---|---|---|"]
    return [*head, *(_row(finding) for finding in findings), ""]


def _row(finding: DiffFinding) -> str:
    names = f" · {', '.join(finding.messages[:2])}" if finding.messages else ""
    cells = (where(finding) + names, finding.message, VERDICTS[finding.subscribers], behind(finding))
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"


def _row_of(finding: DiffFinding) -> str:
    accepted = f" (accepted by {finding.accepted.owner} until {finding.accepted.expires})" if finding.accepted else ""
    return f"- {plain(where(finding))}: {plain(finding.message + accepted)}"


def _why(finding: DiffFinding) -> str:
    parts = [
        f"**{plain(finding.message)}** ({plain(where(finding))}), {finding.rule}, fingerprint {finding.fingerprint}"
    ]
    if finding.hurt:
        parts.append(f"Hurt: {plain(', '.join(finding.hurt))}.")
    parts += [f"Undecided because of {plain(reason)}." for reason in finding.reasons]
    for example in finding.examples:
        parts.append(f"{what_happens(example).capitalize()}:\n\n{code(example.payload)}")
        if example.verdict == "lost":
            parts.append(f"They read:\n\n{code(example.received)}")
    ways = "\n".join(f"- {plain(remedy)}" for remedy in finding.remedies)
    return "\n\n".join([*parts, ways] if ways else parts) + "\n"


def _drawn(findings: Sequence[DiffFinding]) -> list[str]:
    """Return who sends what to whom, as far as it breaks or is risky, as a small Mermaid graph."""
    edges: dict[tuple[str, str, str], str] = {}
    for finding in findings:
        for topic in finding.topics:
            edges |= dict.fromkeys((("service", sender, topic) for sender in finding.senders), "-->")
            edges |= dict.fromkeys((("topic", topic, hurt) for hurt in finding.hurt), "-. breaks .->")
    nodes: dict[tuple[str, str], str] = {}
    lines = ["```mermaid", "graph LR"]
    for (kind, left, right), arrow in edges.items():
        ends = ((kind, left), ("topic" if kind == "service" else "service", right))
        if len({*nodes, *ends}) > _MOST_NODES:
            continue
        for end in ends:
            if end not in nodes:
                nodes[end] = f"n{len(nodes)}"
                shape = '(["{}"])' if end[0] == "topic" else '["{}"]'
                lines.append(f"  {nodes[end]}{shape.format(_label(end[1]))}")
        lines.append(f"  {nodes[ends[0]]} {arrow} {nodes[ends[1]]}")
    return ["\n".join([*lines, "```"])] if nodes else []


def _label(name: str) -> str:
    """Return a name as Mermaid shows it, without anything that it or the fence around it would obey."""
    shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return "".join(letter if letter.isalnum() or letter in " /._-" else f"#{ord(letter)};" for letter in shown)


def _folded(summary: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return [f"<details><summary>{html.escape(summary)}</summary>", "", *lines, "", "</details>", ""]


def _capped(lines: Sequence[str]) -> str:
    """Leave out whole lines at the end when the text would be too long, closing what is open."""
    text = ""
    left = 0
    depth = 0
    for number, line in enumerate(lines):
        if len(text.encode()) + len(line.encode()) > LONGEST:
            left = len(lines) - number
            break
        depth += line.startswith("<details>") - line.startswith("</details>")
        text += line + "\n"
    if left:
        text += "\n</details>\n" * depth + f"\n{left} more lines are in the full report.\n"
    return text
