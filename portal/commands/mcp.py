"""`portal mcp`: answer a language model's questions about contracts over standard input and output."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from asyncapi.errors import PortalError
from portal.commands.shown import add_sources, add_versions, named_sources, opened

if TYPE_CHECKING:
    from types import ModuleType


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sources(parser, together="answered for together")
    add_versions(parser)
    parser.add_argument("--reload", action="store_true", help="read again when something changes")


def run(options: argparse.Namespace) -> int:
    """Answer until standard input ends."""
    found = load()

    from portal.library import library

    systems, follow = opened(named_sources(options), reload=options.reload)
    current = [library(systems)]

    def show(*fresh: Any) -> None:
        current[0] = library(fresh)

    follow(show)
    found.mcp_server(lambda: current[0]).run("stdio")
    return 0


def load() -> ModuleType:
    """Return the module that speaks the protocol; PortalError says how to install what it needs."""
    try:
        from portal import mcp_server
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("mcp", "mcp_types"):
            raise
        raise PortalError(
            f"the MCP endpoint needs the package {package}, which is not installed",
            hint="install the portal with its extra: pip install './portal[mcp]', from its checkout or wheel",
        ) from error
    return mcp_server
