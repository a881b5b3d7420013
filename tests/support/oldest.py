"""The oldest Pydantic that is supported and has a wheel for the running Python, installed once beside the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = "2.9.2" if sys.version_info < (3, 14) else "2.12.0"


def oldest_pydantic() -> Path:
    """Return a folder from which Python imports the oldest Pydantic; safe to call from several processes at once."""
    target = ROOT / ".cache" / f"pydantic-{VERSION}-python-{sys.version_info.major}.{sys.version_info.minor}"
    if not target.is_dir():
        target.parent.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent))
        locked = ["--only-binary", ":all:", "--require-hashes", "-r", str(ROOT / "requirements-oldest.txt")]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, *locked, "--target", str(unfinished)], check=True, capture_output=True, timeout=300)
        try:
            unfinished.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(unfinished)
    return target
