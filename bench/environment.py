"""The environment that is measured in: byte code is there, as after an installation, whatever this shell says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def installed(folder: Path) -> dict[str, str]:
    """Return the variables of a process that finds byte code in `folder`; the project's own is written here."""
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    variables["PYTHONPYCACHEPREFIX"] = str(folder)
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "portal", "asyncapi"], cwd=ROOT, env=variables, check=True
    )
    return variables
