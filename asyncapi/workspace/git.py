"""Runs git in a folder: without prompts and locks, and without the variables of a git command that started us."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from asyncapi.errors import PortalError

SECONDS = 120  # enough to write out a large repository; then something hangs


def run(
    place: Path, arguments: Sequence[str], *, index: Path | None = None, given: bytes = b"", seconds: float = SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """Return what git did in a folder, or in that of a file; PortalError when it could not be run.

    `index` is used for the repository's own, `given` is what git reads.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    environment |= {"GIT_INDEX_FILE": str(index)} if index else {}
    folder = place if place.is_dir() else place.parent
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            input=given,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PortalError(f"git could not be run: {error}") from error


def said(place: Path, *arguments: str, given: bytes = b"", seconds: float = 30) -> bytes | None:
    """Return what git says; None where it fails, or is not there."""
    try:
        done = run(place, arguments, given=given, seconds=seconds)
    except PortalError:
        return None
    return done.stdout if done.returncode == 0 else None


def folders(place: Path) -> tuple[Path, ...]:
    """Return where git keeps what is known of a place, without asking it: of its working tree, then of all of them."""
    start = place.absolute()
    for folder in (start, *start.parents):
        own = folder / ".git"
        try:
            if own.is_file():
                said = own.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
                own = folder / said
            if own.is_dir():
                common = own / "commondir"
                shared = (
                    common.read_text(encoding="utf-8", errors="surrogateescape").strip() if common.is_file() else "."
                )
                return tuple(dict.fromkeys((own, Path(os.path.normpath(own / shared)))))
        except (OSError, ValueError):
            continue
    return ()
