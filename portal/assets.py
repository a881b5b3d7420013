"""Style and script as they are served: found beside the code, named by their content, compressed once."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from asyncapi.errors import PortalError

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file: its plain name, the name with its content's hash, its type and its bytes."""

    name: str
    hashed: str
    content_type: str
    body: bytes
    gzipped: bytes


def directory() -> Path:
    """Return the directory of the assets: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    for place in (package / "static", package.parent / "static"):
        if (place / "portal.css").is_file():
            return place
    raise PortalError("the portal's style sheet is missing", source=str(package / "static"), hint="install it again")


def load() -> dict[str, Asset]:
    """Return every asset by its plain name."""
    found = sorted(path for path in directory().iterdir() if path.suffix in TYPES)
    return {path.name: _asset(path) for path in found}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:10]
    return Asset(
        name=path.name,
        hashed=f"{path.stem}.{digest}{path.suffix}",
        content_type=TYPES[path.suffix],
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0),
    )
