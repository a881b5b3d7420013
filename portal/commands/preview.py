"""`portal preview`: a static site of a new version with what it changes laid over, and reports for a pull request."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from portal.commands.diff import add_sides, add_threshold, compared

if TYPE_CHECKING:
    from asyncapi.compare.report import Report
    from asyncapi.compare.revisions import Side


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sides(parser)
    parser.add_argument("-o", "--output", type=Path, default=Path("preview"), metavar="DIR", help="default: preview")
    add_threshold(parser, default="never")


def run(options: argparse.Namespace) -> int:
    """Compare, build the site, and say by the exit code whether a change reaches the threshold."""

    old, new, report = compared(options)
    files = build_preview(old, new, report, options.output)
    print(f"portal: {report.verdict} {files} files in {options.output}", file=sys.stderr)
    return 1 if report.fails(options.fail_on) else 0


def build_preview(old: Side, new: Side, report: Report, directory: Path) -> int:
    """Build the site of `new` with what changed since `old` laid over, reports beside it; return how many files."""
    from portal.library import library
    from portal.static_site import build
    from portal.system import system

    shown = system(new.document, older=[(old.name, "", old.document)], current=new.name, told=report)
    return build(library([shown]), directory, beside=reports(report)).files


def reports(report: Report) -> dict[str, bytes]:
    """Return what a pull request shows of a comparison: its comment, its summary, and the result as data."""
    from asyncapi.compare.writers import write

    markdown = write(report, "markdown").encode("utf-8", "replace")
    return {
        "comment.md": markdown,
        "summary.md": markdown,
        "result.json": write(report, "json").encode("utf-8", "backslashreplace"),
    }
