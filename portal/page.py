"""What a site is made of: pages that are drawn for people, and files for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from portal.data import as_data, dumps
from portal.lanes import Lane
from portal.render import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: the directory it stands in, its template, its view and its text form, made when asked for.

    `asked` makes the view for a query and `posted` for a form, where the page takes one. A `served` page answers
    only those and is no part of a static site. `pictures` draws what needs links that fit where the page stands.
    `lane` is where a request for it waits.
    """

    path: str
    section: str
    title: str
    template: str
    view: Callable[[], Any]
    text: Callable[[Any], str]
    asked: Callable[[Mapping[str, str]], Any] | None = None
    pictures: Callable[[Standing], Mapping[str, Markup]] | None = None
    posted: Callable[[Mapping[str, bytes]], Any] | None = None
    served: bool = False
    lane: Lane = Lane.PLAIN

    def data(self, view: Any) -> bytes:
        """Return the page's view as JSON."""
        return dumps(as_data(view))

    def markdown(self, view: Any) -> bytes:
        """Return the page's view as Markdown."""
        return self.text(view).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to download or to read by machine; `name` is what a browser saves it as, if it should.

    `built` is what a static site holds in its place, where that differs.
    """

    content_type: str
    body: Callable[[], bytes]
    name: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    built: Callable[[], bytes] | None = None
    lane: Lane = Lane.PLAIN
