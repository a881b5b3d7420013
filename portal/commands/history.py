"""`portal history`: export a workspace at its git tags once, so that the portal can show what each version changed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from asyncapi.errors import PortalError
from asyncapi.workspace import git
from portal.commands.shown import place


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "workspace", nargs="?", type=place, default=Path(), help="folder with a portal.toml (default: here)"
    )
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")


def run(options: argparse.Namespace) -> int:
    """Export at each tag at which no document is known, and say what came of it; 1 when one failed."""
    from portal.versions import export_missing, tags

    if not options.workspace.is_dir():
        said = "is no folder" if options.workspace.exists() else "no such folder"
        raise PortalError(said, source=str(options.workspace), hint="name a workspace")
    known = tags(options.workspace)
    if not known and not git.folders(options.workspace):
        raise PortalError("is in no git repository", source=str(options.workspace), hint="name a workspace in one")
    if not known:
        raise PortalError("no git tags were found", source=str(options.workspace), hint="fetch them: git fetch --tags")
    worked, failed = export_missing(options.workspace, python=options.python, tell=_tell)
    print(
        f"portal: {len(known)} {'tag' if len(known) == 1 else 'tags'}, {worked} exported, {failed} failed",
        file=sys.stderr,
    )
    return 1 if failed else 0


def _tell(line: str) -> None:
    print(f"portal: {line}", file=sys.stderr, flush=True)
