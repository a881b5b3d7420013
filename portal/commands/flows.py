"""`portal flows`: what follows what in a system, as text or as Mermaid."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portal.commands.output import write_text
from portal.commands.shown import place


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("subject", nargs="?", type=place, default=Path(), help="workspace or document (default: here)")
    parser.add_argument("--name", help="only the flow of this name")
    parser.add_argument("--format", choices=("text", "mermaid"), default="text")
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")


def run(options: argparse.Namespace) -> int:
    """Print the flows; 1 when one of them breaks."""
    from asyncapi.errors import PortalError
    from asyncapi.view import build
    from asyncapi.view.flow_text import mermaid, text
    from asyncapi.view.flows import flows
    from portal.commands.check import read_document

    found = flows(build(read_document(options.subject, options.python)))
    if options.name:
        found = tuple(flow for flow in found if flow.name == options.name)
        if not found:
            raise PortalError(f"there is no flow {options.name}", hint="portal flows lists them")
    write = mermaid if options.format == "mermaid" else text
    write_text("\n".join(write(flow) for flow in found), None)
    if not found:
        print("portal: no flow is known; [flow.<name>] in portal.toml declares one", file=sys.stderr)
    return 1 if any(step.broken for flow in found for step in flow.steps) else 0
