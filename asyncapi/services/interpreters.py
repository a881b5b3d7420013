"""Other interpreters on the machine: where the team's one finds packages, and which ones are newer than this one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 20.0  # Seconds: an interpreter on a network drive, with `.pth` files of its own, takes about five.
NEWEST = 20  # Minor version up to which interpreters are looked for by name: some years ahead.

ASK = """
import json, sys, sysconfig
own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
own |= {path + "/lib-dynload" for path in own}
print(json.dumps([path for path in sys.path if path and path not in own and not path.endswith(".zip")]))
"""


def site_packages(python: Path | None) -> tuple[Path, ...]:
    """Return the folders from which an interpreter imports installed packages, in its order; none when none is named.

    The interpreter says so itself, in a short child process without the user's own settings.
    """
    if python is None:
        return ()
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", ASK], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
        answer = json.loads(done.stdout.strip().rpartition("\n")[2] or "[]")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()
    places = [Path(item) for item in answer if isinstance(item, str)] if isinstance(answer, list) else []
    return tuple(place for place in places if place.is_dir() and place.is_absolute())


def newer_pythons(named: Path | None) -> Iterator[Path]:
    """Yield interpreters that may know a newer grammar: the one named, then those on PATH and of pyenv, newest first.

    Whether one runs, and is really newer, shows when it is asked.
    """
    if named is not None:
        yield named
    folder = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    kept = _pyenv(folder)
    for minor in range(NEWEST, sys.version_info[1], -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield Path(found)
        yield from kept.get(minor, [])


def _pyenv(folder: Path) -> dict[int, list[Path]]:
    """Return the interpreters that pyenv keeps, by minor version."""
    found: dict[int, list[Path]] = {}
    try:
        names = sorted((item.name for item in folder.iterdir()), reverse=True)
    except OSError:
        return found
    for name in names:
        if match := re.fullmatch(r"3\.(\d{1,3})\.\w+", name):
            found.setdefault(int(match[1]), []).append(folder / name / "bin" / "python")
    return found
