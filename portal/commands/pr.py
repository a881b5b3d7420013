"""`portal pr`: a pull request on GitHub. `collect` runs with its code, `comment` without it and with a token."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.errors import PortalError
from portal.commands.diff import add_threshold
from portal.commands.shown import place

if TYPE_CHECKING:
    from asyncapi.compare.report import Report
    from asyncapi.compare.revisions import Side

ARTIFACT = "contract-portal"
LARGEST_SUMMARY = 1_000_000  # bytes; GitHub takes 1 MiB for the summary of a step


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "step",
        choices=("collect", "comment"),
        help="collect: in the pull request's job; comment: afterwards, in a job of workflow_run",
    )
    parser.add_argument("--workspace", type=place, default=Path(), metavar="DIR", help="the contracts (default: here)")
    parser.add_argument(
        "--accept",
        type=Path,
        metavar="FILE",
        help="accepted breaks: TOML with [[accept]] entries (default: what portal.toml names)",
    )
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("contract-portal"), metavar="DIR", help="what collect hands on"
    )
    parser.add_argument(
        "--artifact", default=ARTIFACT, metavar="NAME", help=f"under which it is handed on (default: {ARTIFACT})"
    )
    parser.add_argument("--preview", type=Path, metavar="DIR", help="build a static site of the new version there, too")
    parser.add_argument("--status", action="store_true", help="comment: set a commit status, which can be required")
    add_threshold(parser, default="error")


def run(options: argparse.Namespace) -> int:
    """Run one of the two steps."""
    return _collect(options) if options.step == "collect" else _comment(options)


def _collect(options: argparse.Namespace) -> int:
    """Export what the pull request makes of the contracts, say what it changes, and hand the document on."""
    from asyncapi.compare.revisions import merge_base, working_tree
    from asyncapi.compare.writers import write
    from portal.data import dumps
    from portal.pull_request.handed import FILE

    new = working_tree(options.workspace, python=options.python)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / FILE).write_bytes(dumps(new.document.raw))
    branch = os.environ.get("GITHUB_BASE_REF", "")
    base = merge_base(options.workspace, branch=f"origin/{branch}" if branch else "")
    old = _old(base, options)
    report = _compared(old, new, options)
    _summarise(write(report, "markdown"))
    print(write(report, "github"), end="")
    _preview(old, new, report, options.preview)
    print(f"portal: {report.verdict}", file=sys.stderr)
    return 1 if report.fails(options.fail_on) else 0


def _comment(options: argparse.Namespace) -> int:
    """Compare the handed document with the old one, made here, and keep one comment on every pull request it is for."""
    from asyncapi.compare.revisions import Side
    from portal.pull_request.event import event, finished_run, pull_requests, repository
    from portal.pull_request.handed import unpacked

    github = repository(os.environ)
    finished = finished_run(event(os.environ))
    listed = list(github.pages(f"actions/runs/{finished.number}/artifacts", "artifacts", name=options.artifact))
    if not listed:
        raise PortalError(
            f"has no artifact {options.artifact}", source=f"run {finished.number}", hint="did collect fail?"
        )
    document = unpacked(github.download(f"actions/artifacts/{int(listed[-1]['id'])}/zip"))
    found = pull_requests(github, finished)
    told: list[tuple[bool, Report]] = []
    for request in found:
        old = _old(request.merge_base, options)
        new = Side(name=finished.head_sha[:12], document=document)
        report = _compared(old, new, options)
        outcome = _say(report, request.number, finished.page, options)
        told.append((report.fails(options.fail_on), report))
        _preview(old, new, report, options.preview / str(request.number) if options.preview else None)
        print(f"portal: #{request.number}: {report.verdict} Comment {outcome}.", file=sys.stderr)
    if not told:
        print(f"portal: no open pull request has the head {finished.head_sha}", file=sys.stderr)
        return 0
    failed, worst = max(told, key=lambda one: one[0])
    if options.status:
        _set_status(finished.head_sha, finished.page, worst, failed=failed)
        return 0
    return int(failed)


def _old(revision: str, options: argparse.Namespace) -> Side:
    """Return the contracts at a revision; nothing at all where the pull request brings the workspace."""
    from asyncapi.compare.revisions import Side, at_revision
    from asyncapi.documents.document import Document
    from asyncapi.errors import AbsentError

    try:
        return at_revision(revision, options.workspace, python=options.python)
    except AbsentError:
        empty = {"asyncapi": "3.1.0", "info": {"title": "Nothing yet", "version": "0"}, "channels": {}}
        return Side(name=revision, document=Document(raw=empty, source=revision))


def _compared(old: Side, new: Side, options: argparse.Namespace) -> Report:
    """Return what changed, weighed as the old version says and told without secrets of either."""
    from datetime import date

    from asyncapi.compare.accepting import accept_file, load_accepted
    from asyncapi.compare.judgement import DiffSettings
    from asyncapi.compare.report import report, without_secrets
    from asyncapi.view import build

    before = build(old.document)
    accepted = load_accepted(accept_file(options.accept, options.workspace))
    levels = dict(before.policy.diff_severity)
    settings = DiffSettings(levels=levels, accepted=accepted, today=date.today().isoformat())
    found = report(before, build(new.document), settings=settings, names=(old.name[:12], new.name))
    return without_secrets(found, old.document.raw, new.document.raw)


def _say(report: Report, number: int, page: str, options: argparse.Namespace) -> str:
    from asyncapi.compare.writers import write
    from portal.pull_request.event import repository
    from portal.pull_request.sticky import keep

    link = f"\n[The run with the preview]({page})\n" if page.startswith("https://") else ""
    return keep(
        repository(os.environ),
        number,
        write(report, "markdown") + link,
        key=options.workspace.as_posix(),
        quiet=not report.findings,
        short=f"**{report.verdict}** {report.deployment.order}.{link}",
    )


def _set_status(sha: str, page: str, report: Report, *, failed: bool) -> None:
    from portal.pull_request.event import repository

    body = {"state": "failure" if failed else "success", "context": "contracts", "description": report.verdict[:140]}
    repository(os.environ).post(f"statuses/{sha}", body | ({"target_url": page} if page else {}))


def _preview(old: Side, new: Side, report: Report, directory: Path | None) -> None:
    if directory is not None:
        from portal.commands.preview import build_preview

        build_preview(old, new, report, directory)


def _summarise(markdown: str) -> None:
    """Write to the summary of the step, which takes at most a mebibyte."""
    path = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if path:
        with Path(path).open("ab") as summary:
            summary.write(markdown.encode("utf-8", "replace")[:LARGEST_SUMMARY] + b"\n")
