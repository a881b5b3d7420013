"""What a command shows: the arguments that name workspaces, documents and their older versions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.system import System, Unread
    from portal.watch import Watched


def place(word: str) -> Path:
    """Return the file or folder that an argument names; an empty one is a variable that nobody set, not this folder."""
    if not word:
        raise argparse.ArgumentTypeError("it is empty: name a file or folder, or leave it out")
    return Path(word)


def add_sources(parser: argparse.ArgumentParser, *, together: str = "shown together") -> None:
    """Add the arguments that name what is shown, and with whose interpreter contracts are looked at."""
    parser.add_argument(
        "sources",
        nargs="*",
        type=place,
        metavar="WORKSPACE|DOCUMENT",
        help=f"folder with a portal.toml, or an AsyncAPI 3 file; several are {together} (default: here)",
    )
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")


def add_versions(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what is shown of older versions."""
    parser.add_argument(
        "--old",
        action="append",
        default=[],
        metavar="[NAME=]DOCUMENT",
        help="an older version besides those at git tags; it stands where the version number in its name puts it, "
        "without one before all others, in the order given (the newest first)",
    )
    parser.add_argument(
        "--accept",
        type=Path,
        metavar="FILE",
        help="accepted breaks: TOML with [[accept]] entries (default: what portal.toml names)",
    )


def named_sources(options: argparse.Namespace) -> tuple[Watched, ...]:
    """Return what the arguments name, this folder where they name nothing."""
    from portal.watch import sources

    return sources(
        options.sources,
        options.python,
        versions=options.old,
        accept=options.accept,
    )


def opened(
    shown: Sequence[Watched], *, reload: bool
) -> tuple[tuple[System | Unread, ...], Callable[[Callable[..., None]], None]]:
    """Return the systems of sources, and what hands newer ones of them to a function from then on, with `reload`."""
    from portal.watch import read, watch

    seen = [source.signature() for source in shown] if reload else []
    systems = read(shown)

    def follow(show: Callable[..., None]) -> None:
        if reload:
            watch(shown, systems, show, seen=seen)

    return systems, follow
