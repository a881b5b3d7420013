"""A report as an HTML fragment: headings, a table, details. Styles and scripts are the page's affair."""

from __future__ import annotations

import json
from html import escape

from asyncapi.compare.judgement import Counterexample, DiffFinding
from asyncapi.compare.report import Report
from asyncapi.compare.writers.words import VERDICTS, behind, what_happens, where


def write(report: Report) -> str:
    """Return a `<section class="diff">`."""
    rows = "".join(_row(finding) for finding in report.findings)
    head = "<tr><th>topic</th><th>change</th><th>old subscribers</th><th>old publishers</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""
    details = "".join(_details(finding) for finding in report.findings if finding.level != "ok")
    stale = "".join(f"<li>{escape(one.message)}</li>" for one in report.stale)
    spots = "".join(f"<li>{escape(spot)}</li>" for spot in report.blind_spots) if rows else ""
    return (
        f'<section class="diff">\n<p class="verdict">{escape(report.verdict)}</p>\n'
        + "".join(f'<p class="incomplete">{escape(one.message)}</p>\n' for one in report.incomplete)
        + (f'<p class="order">{escape(report.deployment.sentence)}</p>\n' if rows else "")
        + f"{table}\n{details}"
        + (f'<ul class="stale">{stale}</ul>\n' if stale else "")
        + (f"<details><summary>Not looked at</summary><ul>{spots}</ul></details>\n" if spots else "")
        + "</section>\n"
    )


def _row(finding: DiffFinding) -> str:
    accepted = " accepted" if finding.accepted else ""
    cells = (where(finding), finding.message, VERDICTS[finding.subscribers], behind(finding))
    return (
        f'<tr class="{finding.level}{accepted}" id="diff-{finding.fingerprint}">'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
    )


def _details(finding: DiffFinding) -> str:
    parts = [f"<p>{escape(finding.rule)} <code>{finding.fingerprint}</code></p>"]
    if finding.hurt:
        parts.append(f"<p>Hurt: {escape(', '.join(finding.hurt))}</p>")
    parts += [f"<p>Undecided because of {escape(reason)}</p>" for reason in finding.reasons]
    parts += [_example(example) for example in finding.examples]
    parts.append("<ul>" + "".join(f"<li>{escape(remedy)}</li>" for remedy in finding.remedies) + "</ul>")
    summary = escape(f"{where(finding)}: {finding.message}")
    return f"<details><summary>{summary}</summary>{''.join(parts)}</details>\n"


def _example(example: Counterexample) -> str:
    text = f"<p>{escape(what_happens(example).capitalize())}</p><pre>{_json(example.payload)}</pre>"
    return text + (f"<p>They read</p><pre>{_json(example.received)}</pre>" if example.verdict == "lost" else "")


def _json(value: object) -> str:
    return escape(json.dumps(value, ensure_ascii=False, indent=2))
