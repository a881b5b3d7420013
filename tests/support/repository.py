"""A git repository in a folder of a test, whoever runs it and from wherever."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path


def repository(folder: Path) -> Callable[..., None]:
    """Make a repository and return what runs git in it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=environment)

    git("init", "-q", "-b", "main")
    return git
