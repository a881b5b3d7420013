"""`portal preview`: a static site of a new version with what it changes laid over, and reports for a pull request."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from portal.commands.diff import add_sides, add_threshold, compared

if TYPE_CHECKING:
    from asyncapi.compare.report import Report


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sides(parser)
    parser.add_argument("-o", "--output", type=Path, default=Path("preview"), metavar="DIR", help="default: preview")
    add_threshold(parser, default="never")


def run(options: argparse.Namespace) -> int:
    """Compare, build the site, and say by the exit code whether a change reaches the threshold."""
    from asyncapi.compare.judgement import fails
    from portal.library import library
    from portal.static_site import build
    from portal.system import system
    from portal.versions import read

    old, new, report = compared(options)
    shown = system(new.document, older=[(old.name, "", partial(read, old.document))], current=new.name)
    built = build(library([shown]), options.output, beside=reports(report))
    print(f"portal: {report.verdict} {built.files} files in {options.output}", file=sys.stderr)
    return 1 if fails(report.findings, options.fail_on) else 0


def reports(report: Report) -> dict[str, bytes]:
    """Return what a pull request shows of a comparison: its comment, its summary, and the result as data."""
    from asyncapi.compare.writers import write

    markdown = write(report, "markdown").encode("utf-8", "replace")
    return {
        "comment.md": markdown,
        "summary.md": markdown,
        "result.json": write(report, "json").encode("utf-8", "backslashreplace"),
    }
