"""`portal changelog`: release notes of the contracts, by what the comparison of two versions found."""

from __future__ import annotations

import argparse
from pathlib import Path

from portal.commands.diff import add_sides, compared
from portal.commands.output import write_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sides(parser)
    parser.add_argument("--title", metavar="TEXT", help="heading (default: the version of the new document)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")


def run(options: argparse.Namespace) -> int:
    """Compare and write the notes."""
    from asyncapi.compare.writers.changelog import write
    from asyncapi.view import build

    _, new, report = compared(options)
    write_text(write(report, title=options.title or build(new.document).version or new.name), options.output)
    return 0
