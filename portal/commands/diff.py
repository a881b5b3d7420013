"""`portal diff`: what changed between two versions, whom it breaks, and in which order it can be deployed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from portal.commands.output import write_text
from portal.commands.shown import place

if TYPE_CHECKING:
    from asyncapi.compare.judgement import DiffSettings, Level
    from asyncapi.compare.report import Report
    from asyncapi.compare.revisions import Side
    from asyncapi.view.registry import Registry

FORMATS = ("text", "json", "markdown", "html", "github", "sarif", "junit")
FAIL_ON = ("error", "warning", "note", "never", "subscribers", "publishers", "retained", "risk")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sides(parser)
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")
    add_threshold(parser, default="error")


def add_sides(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what is compared and how it is weighed."""
    what = "document, workspace, git revision of the workspace, or REVISION:FILE"
    parser.add_argument("old", nargs="?", metavar="OLD", help=f"{what} (default: where the main branch was left)")
    parser.add_argument("new", nargs="?", metavar="NEW", help="likewise (default: the workspace as it is now)")
    parser.add_argument(
        "--workspace", type=place, default=Path(), metavar="DIR", help="of which revisions are (default: here)"
    )
    parser.add_argument(
        "--accept",
        type=Path,
        metavar="FILE",
        help="accepted breaks: TOML with [[accept]] entries (default: what portal.toml names)",
    )
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")


def add_threshold(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Add the argument that says which changes make the command fail."""
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default=default,
        help="exit with 1 from this severity on, or only for breaks of subscribers, publishers or retained messages, "
        f"or for any risk (default: {default})",
    )


def run(options: argparse.Namespace) -> int:
    """Compare, write the report, and say by the exit code whether a change reaches the threshold."""
    from asyncapi.compare.writers import write

    found = compared(options)[2]
    write_text(write(found, options.format), options.output)
    return 1 if found.fails(options.fail_on) else 0


def compared(options: argparse.Namespace) -> tuple[Side, Side, Report]:
    """Return both sides that the options name, and what changed between them, told without secrets of either."""
    from asyncapi.compare.report import report, without_secrets
    from asyncapi.view import build

    old, new = _sides(options)
    before = build(old.document)
    settings = _settings(options, before)
    found = report(before, build(new.document), settings=settings, names=(old.name, new.name))
    return old, new, without_secrets(found, old.document.raw, new.document.raw)


def _sides(options: argparse.Namespace) -> tuple[Side, Side]:
    from asyncapi.compare.revisions import at_revision, merge_base, side, working_tree

    workspace, python = options.workspace, options.python
    if options.old is None:
        old = at_revision(merge_base(workspace), workspace, python=python)
    else:
        old = side(options.old, workspace, python=python)
    new = working_tree(workspace, python=python) if options.new is None else side(options.new, workspace, python=python)
    return old, new


def _settings(options: argparse.Namespace, old: Registry) -> DiffSettings:
    from asyncapi.compare.accepting import accept_file, load_accepted
    from asyncapi.compare.judgement import DiffSettings

    accepted = load_accepted(accept_file(options.accept, *_places(options)))
    return DiffSettings(levels=_levels(options, old), accepted=accepted, today=date.today().isoformat())


def _levels(options: argparse.Namespace, old: Registry) -> Mapping[str, Level]:
    """Return `[diff.severity]` of the workspace, where there is one, else as the old document says it."""
    from asyncapi.workspace.settings import FILE, load_settings

    for candidate in _places(options):
        if candidate.is_dir() and (candidate / FILE).is_file():
            return cast("Mapping[str, Level]", load_settings(candidate).diff_severity)
    return dict(old.policy.diff_severity)


def _places(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return what may be a workspace that says how changes are weighed, the first that is one counts."""
    return (options.workspace, *(Path(name) for name in (options.new, options.old) if name))
