"""Address → answer: pages, their twins as data and text, downloads, assets, redirects and what is not there.

Knows nothing of HTTP beyond status codes and headers; finished answers are kept in one bounded cache.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anyio import CapacityLimiter

from asyncapi.topics import matches
from portal import assets
from portal.addresses import encoded, up
from portal.assets import Asset
from portal.cache import Body, Cache, body
from portal.lanes import Lanes
from portal.library import Library, library
from portal.page import Page
from portal.pages.shown import Link
from portal.render import Standing, html, standing
from portal.site import Website
from portal.system import System, Unread

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
FOREVER = ("cache-control", "public, max-age=31536000, immutable")
TWINS = {"index.html": HTML, "index.json": JSON, "index.md": MARKDOWN}
LONGEST_PATH = 4_000  # characters; proxies refuse longer ones themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: the decoded path without its first slash, and the query's values by name."""

    path: str
    query: Mapping[str, str]


class Answers:
    """Answers requests for one portal; what it shows may be replaced at any time, answers already begun stay whole."""

    def __init__(
        self, *systems: System | Unread, root_path: str = "", poll: bool = False, cache: Cache | None = None
    ) -> None:
        """Start with systems; `root_path` is where a proxy shows the portal, `poll` lets pages renew themselves."""
        self.library = library(systems)
        self.root_path = root_path
        self.poll = poll
        self.cache = cache or Cache()
        self.lanes = Lanes()
        self.assets = assets.load()
        self._by_hash = {asset.hashed: asset for asset in self.assets.values()}
        self._names = {name: asset.hashed for name, asset in self.assets.items()}

    def show(self, *systems: System | Unread) -> None:
        """Show other versions of the systems from the next request on."""
        self.library = library(systems)

    def lane(self, path: str) -> CapacityLimiter:
        """Return where a request for a page waits for a thread."""
        current, inside = self.library.locate(path)
        return self.lanes.limit(current.base, current.lane(inside))

    def kept(self, path: str) -> Body | None:
        """Return a finished answer without work, when there is one."""
        return self.cache.get(f"{self.library.version}/{path}")

    def answer(self, request: Request) -> Body:
        """Return the answer to a request; never raises for anything that a request can hold."""
        shown = self.library
        if request.path.startswith("static/"):
            name = request.path.removeprefix("static/")
            return self._asset(name) or self._missing(shown.front, request.path)
        current, path = shown.locate(request.path)
        if len(path) > LONGEST_PATH:
            return self._missing(current, "")
        if asked := self._asked(path, request.query, current, shown.version):
            return asked
        key = f"{shown.version}/{request.path}"
        found = self.cache.get(key)
        if found is None:
            found = self._made(current, path, shown.version)
            if found is None:
                return _entrance(shown, path) or _redirect(current, path) or self._missing(current, path)
            self.cache.put(key, found)
        return found

    def _asked(self, path: str, query: Mapping[str, str], current: Website, version: str) -> Body | None:
        """Return a page that takes a query: never kept, because there are too many of them."""
        directory, slash, name = path.rpartition("/")
        page = current.pages.get(directory + slash)
        if not query or page is None or page.asked is None or name not in ("", *TWINS):
            return None
        view = page.asked(query)
        if name == "index.json":
            return body(page.data(view), JSON)
        if name == "index.md":
            return body(page.markdown(view), MARKDOWN)
        return self._html(current, page, view, version, level=1, searched=query.get("q", "") if directory else "")

    def takes_form(self, path: str) -> bool:
        """Say whether a page takes a form."""
        current, inside = self.library.locate(path)
        page = current.pages.get(inside)
        return page is not None and page.posted is not None

    def form(self, path: str, values: Mapping[str, bytes]) -> Body:
        """Return the answer to a form; nothing of it is kept."""
        shown = self.library
        current, inside = shown.locate(path)
        page = current.pages[inside]
        assert page.posted is not None
        made = self._html(current, page, page.posted(values), shown.version, level=1)
        return replace(made, headers=(("cache-control", "no-store"),), etag="")

    def _made(self, current: Website, path: str, version: str) -> Body | None:
        file = current.files.get(path)
        if file is not None:
            saved = (("content-disposition", f'attachment; filename="{file.name}"'),) if file.name else ()
            return body(file.body(), file.content_type, headers=(*saved, *file.headers))
        directory, slash, name = path.rpartition("/")
        page = current.pages.get(directory + slash)
        if page is None or name not in ("", *TWINS):
            return None
        if name == "index.json":
            return body(page.data(page.view()), JSON)
        if name == "index.md":
            return body(page.markdown(page.view()), MARKDOWN)
        return self._html(current, page, page.view(), version)

    def _html(
        self, current: Website, page: Page, view: Any, version: str, *, level: int = 6, searched: str = ""
    ) -> Body:
        at = standing(
            page.path,
            current.base,
            section=page.section,
            poll=self.poll,
            version=version,
            assets=self._names,
            searched=searched,
        )
        pictures = page.pictures(at) if page.pictures else None
        text = html(page.template, title=page.title, view=view, frame=current.frame, page=at, pictures=pictures)
        return body(text.encode("utf-8", "replace"), HTML, level=level)

    def _asset(self, name: str) -> Body | None:
        found = self._by_hash.get(name)
        if found is not None:
            return _asset_body(found, (FOREVER,))
        found = self.assets.get(name)
        return _asset_body(found, ()) if found else None

    def _missing(self, current: Website, path: str) -> Body:
        top = f"{self.root_path}/"
        at = Standing(
            path="", root=top + encoded(current.base), top=top, section="none", assets=self._names, twins=False
        )
        text = html("missing.html", title="Not found", view=near(current, path), frame=current.frame, page=at)
        return replace(body(text.encode("utf-8", "replace"), HTML, level=1), status=404)


def _entrance(shown: Library, path: str) -> Body | None:
    """Return the way into one of several systems that was named without the slash at the end."""
    return _moved(f"./{encoded(path.rpartition('/')[2])}/", 308) if f"{path}/" in shown.inner else None


def _redirect(current: Website, path: str) -> Body | None:
    """Return where a page really stands: its directory ends in a slash, its twins inside of it."""
    if path in ("topics", "topics/"):
        return _moved("../" if path.endswith("/") else "./", 308)
    name = path.rpartition("/")[2]
    target = ""
    if f"{path}/" in current.pages:
        target = f"{name}/"
    for ending in (".html", ".json", ".md"):
        if not target and path.endswith(ending) and f"{path.removesuffix(ending)}/" in current.pages:
            twin = "" if ending == ".html" else f"index{ending}"
            target = f"{name.removesuffix(ending)}/{twin}"
    if target:
        return _moved("./" + encoded(target), 308)
    topic = _seen(current, path)
    return _moved(up(path) + encoded(topic), 307) if topic else None


def _seen(current: Website, path: str) -> str:
    """Return the path of the topic that a plain address or a concrete topic belongs to."""
    folder, _, address = path.partition("/")
    if folder != "topics" or not address or current.system is None:
        return ""
    index = current.system.index
    for candidate in (address, address.rstrip("/")):
        found = index.find(candidate) or next(
            (topic for topic in index.topics.values() if topic.address and matches(topic.address, candidate)), None
        )
        if found is not None:
            return index.topic_paths[found.key]
    return ""


def near(current: Website, path: str) -> tuple[Link, ...]:
    """Return the pages whose addresses are most like a path that is not there."""
    wanted = path[:200].strip("/").lower()
    if not wanted:
        return ()
    candidates = list(current.pages)[:5_000]
    by_name = {candidate.strip("/").lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(wanted, by_name, n=6, cutoff=0.6)
    last = wanted.rpartition("/")[2]
    found += [name for name in by_name if last and last in name.rpartition("/")[2]][:6]
    pages = [current.pages[by_name[name]] for name in dict.fromkeys(found)]
    return tuple(Link(name=page.title, path=page.path) for page in pages[:8])


def _moved(location: str, status: int) -> Body:
    return Body(
        raw=b"",
        gzipped=b"",
        content_type="text/plain; charset=utf-8",
        etag="",
        headers=(("location", location),),
        status=status,
    )


def _asset_body(asset: Asset, headers: tuple[tuple[str, str], ...]) -> Body:
    return Body(
        raw=asset.body,
        gzipped=asset.gzipped,
        content_type=asset.content_type,
        etag=asset.hashed.split(".")[-2],
        headers=headers,
    )
