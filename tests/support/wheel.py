"""The wheel of this checkout, built once for each content and installed into a directory of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUTS = ("asyncapi", "portal", "static", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A built wheel and the directory into which it was installed without its dependencies."""

    wheel: Path
    site: Path

    def names(self) -> set[str]:
        """Return the paths of the files in the wheel that are not metadata."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name for name in archive.namelist() if ".dist-info/" not in name}

    def environment(self) -> dict[str, str]:
        """Return an environment in which Python finds the wheel's packages before those of the checkout."""
        return {**os.environ, "PYTHONPATH": str(self.site), "PYTHONSAFEPATH": "1"}

    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the installed `portal` command in `cwd`."""
        return subprocess.run(
            [sys.executable, self.site / "bin/portal", *arguments],
            capture_output=True,
            text=True,
            cwd=cwd,
            env=self.environment(),
            timeout=120,
            check=False,
        )


def installed() -> Installed:
    """Return the installed wheel, building it unless one with the same content is there; several may ask at once."""
    place = ROOT / ".cache/wheels" / _content()
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=place.parent))
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", unfinished, ROOT)
        _pip("install", "--no-deps", "--no-index", "--target", unfinished / "site", *unfinished.glob("*.whl"))
        try:
            unfinished.rename(place)
        except OSError:  # another process was first
            shutil.rmtree(unfinished)
    return Installed(wheel=next(place.glob("*.whl")), site=place / "site")


def sources() -> list[Path]:
    """Return the files from which the wheel is made."""
    roots = [ROOT / name for name in INPUTS]
    found = [root for root in roots if root.is_file()]
    found += [path for root in roots if root.is_dir() for path in root.rglob("*") if path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _content() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
