"""CODEOWNERS: who owns a file where portal.toml does not say."""

from __future__ import annotations

import re
from pathlib import Path

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


def read_codeowners(root: Path) -> tuple[tuple[str, str], ...]:
    """Return (pattern, owners) in file order from the first CODEOWNERS found in or above the workspace."""
    for folder in (root, *root.parents):
        for place in PLACES:
            file = folder / place
            if file.is_file():
                prefix = root.relative_to(folder).as_posix()
                return tuple(_entries(file.read_text(encoding="utf-8", errors="replace"), prefix))
        if (folder / ".git").exists():
            break
    return ()


def _entries(text: str, prefix: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and not words[0].startswith("["):
            pattern = words[0]
            if prefix != "." and pattern.startswith("/"):
                pattern = "/" + pattern[1:].removeprefix(prefix + "/") if pattern[1:].startswith(prefix) else pattern
            found.append((pattern, " ".join(words[1:])))
    return found


def owner(entries: tuple[tuple[str, str], ...], file: str) -> str:
    """Return the owners of a file, the last matching pattern wins (as git hosts do)."""
    return next((owners for pattern, owners in reversed(entries) if _matches(pattern, file)), "")


def _matches(pattern: str, file: str) -> bool:
    anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
    body = re.escape(pattern.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.match(rf"{'' if anchored else '(?:.*/)?'}{body}(?:/|$)", file) is not None
