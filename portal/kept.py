"""Where the command line keeps what it read of service source, so that the next run reads only what changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def history_cache(workspace: Path) -> Path:
    """Return the folder of a workspace's exports at git tags; it is safe to delete."""
    return scan_cache(workspace) / "history"


def scan_cache(workspace: Path) -> Path:
    """Return the cache folder of a workspace, below XDG_CACHE_HOME or ~/.cache; it is safe to delete."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "contract-portal" / hashlib.sha256(str(workspace.resolve()).encode()).hexdigest()[:16]
