"""The same pages as files: works from `file://`, below any path, and writes only what has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from asyncapi.errors import PortalError
from portal import assets
from portal.assets import Asset
from portal.front import CSP
from portal.library import Library
from portal.page import Page
from portal.render import html, standing
from portal.site import Website

LISTED = ".portal-files.json"
DRAWING = {".py", ".html", ".css", ".js", ".svg", ".json"}
META_CSP = "; ".join(part for part in CSP.split("; ") if not part.startswith("frame-ancestors"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: files there are, files written, files removed, bytes in all."""

    files: int
    written: int
    removed: int
    size: int


def build(
    library: Library,
    directory: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> Built:
    """Write every site of a portal into a directory; files of an earlier build that no longer belong there are removed.

    `beside` are more files by name.

    Raises PortalError when the directory holds something that was not built here.
    """
    of = _digest(library, beside or {})
    before, made_of = _before(directory)
    if of == made_of and _stand(directory, before):
        return Built(files=len(before), written=0, removed=0, size=sum(before.values()))
    total = sum(3 * len(site.pages) + len(site.files) for site in library.sites())
    written = 0
    now: dict[str, int] = {}
    for number, (path, content) in enumerate(chain((beside or {}).items(), _files(library))):
        now[path] = len(content)
        written += _write(directory / path, content)
        if progress and number % 50 == 0:
            progress(number, total)
    removed = _remove(directory, before.keys() - now.keys())
    _write(directory / LISTED, json.dumps({"of": of, "files": dict(sorted(now.items()))}, indent=0).encode())
    return Built(files=len(now), written=written, removed=removed, size=sum(now.values()))


def _digest(library: Library, beside: Mapping[str, bytes]) -> str:
    """Return what changes when any file of the site would: what is shown, and everything that draws it."""
    digest = hashlib.sha256(library.version.encode())
    for name, content in sorted(beside.items()):
        digest.update(f"\0{name}\0".encode() + content)
    drawing = Path(__file__).parent
    for root in (drawing, drawing.parent / "asyncapi", assets.directory()):
        for path in sorted(path for path in root.rglob("*") if path.suffix in DRAWING):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _before(directory: Path) -> tuple[dict[str, int], str]:
    """Return the files of the build before this one with their sizes, and the digest of what they were made of."""
    listed = directory / LISTED
    if listed.is_file():
        try:
            said = json.loads(listed.read_text(encoding="utf-8"))
            files = {name: int(size) for name, size in said["files"].items() if _inside(name)}
            return files, str(said["of"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PortalError("not a list of files that was written here", source=str(listed)) from error
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise PortalError(
            "holds something that was not built here", source=str(directory), hint="choose an empty directory"
        )
    return {}, ""


def _inside(name: str) -> bool:
    """Say whether a name that was listed stays in the directory: no root, no drive, no way up."""
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and not {"\\", ":"} & set(name)


def _stand(directory: Path, files: Mapping[str, int]) -> bool:
    """Say whether all files of the build before are there as they were written, as far as sizes tell."""
    try:
        return all((directory / name).stat().st_size == size for name, size in files.items())
    except OSError:
        return False


def _files(library: Library) -> Iterator[tuple[str, bytes]]:
    loaded = assets.load()
    for asset in loaded.values():
        yield f"static/{asset.hashed}", asset.body
    for site in library.sites():
        for path, content in _of_site(site, loaded):
            yield site.base + path, content


def _of_site(site: Website, loaded: dict[str, Asset]) -> Iterator[tuple[str, bytes]]:
    for page in (page for page in site.pages.values() if not page.served):
        view = page.view()
        yield f"{page.path}index.html", _html(site, page, view, loaded)
        yield f"{page.path}index.json", page.data(view)
        yield f"{page.path}index.md", page.markdown(view)
    for path, file in site.files.items():
        yield path, (file.built or file.body)()


def _html(site: Website, page: Page, view: Any, loaded: dict[str, Asset]) -> bytes:
    at = standing(
        page.path,
        site.base,
        section=page.section,
        static=True,
        csp=META_CSP,
        assets={name: asset.hashed for name, asset in loaded.items()},
    )
    pictures = page.pictures(at) if page.pictures else None
    text = html(page.template, title=page.title, view=view, frame=site.frame, page=at, pictures=pictures)
    return text.encode("utf-8", "replace")


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it holds the same already; say whether it was written."""
    try:
        if path.read_bytes() == content:
            return False
    except OSError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise PortalError(f"cannot write: {error.strerror}", source=str(path)) from error
    return True


def _remove(directory: Path, names: Set[str]) -> int:
    for name in names:
        path = directory / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == directory or any(folder.iterdir()):
                break
            folder.rmdir()
    return len(names)
