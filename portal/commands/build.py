"""`portal build`: write the portal as files that any web server, or none, can show."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "sources",
        nargs="*",
        metavar="WORKSPACE|DOCUMENT",
        help="folder with a portal.toml, or an AsyncAPI 3 file; several are shown together (default: here)",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("site"), metavar="DIR", help="default: site")
    parser.add_argument(
        "--old",
        action="append",
        default=[],
        metavar="[NAME=]DOCUMENT",
        help="an older version to compare with, the newest first; those at git tags are found by themselves",
    )
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")


def run(options: argparse.Namespace) -> int:
    """Build, and say what was written."""
    from portal.library import library
    from portal.static_site import build
    from portal.watch import read, sources

    started = time.monotonic()
    systems = read(sources(options.sources, options.python, options.old))
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
