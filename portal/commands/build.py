"""`portal build`: write the portal as files that any web server, or none, can show."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from portal.commands.shown import add_sources, add_versions, named_sources


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sources(parser)
    parser.add_argument("-o", "--output", type=Path, default=Path("site"), metavar="DIR", help="default: site")
    add_versions(parser)


def run(options: argparse.Namespace) -> int:
    """Build, and say what was written."""
    from portal.library import library
    from portal.static_site import build
    from portal.watch import read

    started = time.monotonic()
    systems = read(named_sources(options))
    built = build(library(systems), options.output, progress=_progress if sys.stderr.isatty() else None)
    seconds = time.monotonic() - started
    print(
        f"portal: {built.files} files ({built.size / 1e6:.1f} MB) in {options.output}, {built.written} written, "
        f"{built.removed} removed, {seconds:.1f} s",
        file=sys.stderr,
    )
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} files", end="\r", file=sys.stderr, flush=True)
