"""View → HTML: the template environment, the filters of the templates, and what a page knows of where it stands."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portal import markdown
from portal.addresses import encoded, up
from portal.delivery import in_words
from portal.highlight import highlight

LONGEST_LEVEL = 24
_JOINTS = re.compile(r"(?<=[._-])")
_PIECES = re.compile(f".{{1,{LONGEST_LEVEL}}}", re.DOTALL)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An entry of the navigation; `count` is shown beside it, `mark` is its style, `fragment` a place on the page.

    `served` ones need a server and are left out of a static site.
    """

    name: str
    path: str
    fragment: str = ""
    count: int = 0
    mark: str = ""
    served: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page of one site shows around its content; `within` names what leads to all systems, if any."""

    title: str
    version: str = ""
    menu: tuple[MenuItem, ...] = ()
    document: bool = True
    error: str = ""
    made: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a page stands and how it is delivered.

    `path` is its directory below the root of its site; `root` leads from it back there, and `top` to the root of
    the portal, which is another one where several systems are shown. A static page spells `index.html` out, so that
    links work from `file://`. `poll` makes the script look for a new version.
    """

    path: str
    root: str
    top: str = ""
    section: str = ""
    static: bool = False
    poll: bool = False
    version: str = ""
    twins: bool = True
    searched: str = ""
    csp: str = ""
    here: str = ""
    assets: Mapping[str, str] = field(default_factory=dict)

    def href(self, path: str) -> str:
        """Return the link to a page by its path below the root of the site."""
        link = self.root + encoded(path)
        return f"{link}index.html" if self.static and link.endswith("/") else link

    def asset(self, name: str) -> str:
        """Return the link to an asset by its plain name."""
        return f"{self.top or self.root}static/{self.assets.get(name, name)}"


def standing(path: str, base: str = "", **rest: Any) -> Standing:
    """Return the standing of a page that is reached by its own path, below the directory of its site."""
    return Standing(path=path, root=up(path), top=up(base + path), **rest)


def html(
    template: str, *, title: str, view: Any, frame: Frame, page: Standing, pictures: Mapping[str, Markup] | None = None
) -> str:
    """Return a page; `pictures` are drawings with links that fit where the page stands."""
    return (
        environment()
        .get_template(template)
        .render(
            title=title,
            view=view,
            site=frame,
            page=page,
            pictures=pictures or {},
            href=page.href,
            asset=page.asset,
        )
    )


@functools.cache
def environment() -> Environment:
    """Return the environment of the templates; undefined names and unescaped text are errors, not accidents."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    made.filters.update(
        constraint=constraint,
        markdown=markdown.render,
        line=markdown.render_line,
        inline=markdown.inline,
        breakable=breakable,
        facet_values=facet_values,
        finding_words=finding_words,
        highlight=highlight,
        pretty=pretty,
        url=encoded,
        in_words=in_words,
    )
    return made


def visible(value: Any) -> Any:
    """Make characters visible that would turn or hide the text around them."""
    if not isinstance(value, str) or not _INVISIBLE.search(value):
        return value
    shown = _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", value)
    return Markup(shown) if isinstance(value, Markup) else shown


def constraint(words: str) -> Markup:
    """Return a constraint in words with the pattern that it may end in as code."""
    said, match, pattern = words.partition("match ") if words.startswith("keys ") else words.partition("matches ")
    if not match or said not in ("", "keys "):
        return escape(words)
    return Markup("{}<code>{}</code>").format(said + match, pattern)


def pretty(value: Any) -> str:
    """Return any data as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def breakable(text: str, longer_than: int = 0) -> Markup:
    """Return an address or a path that may be wrapped after its slashes, and within levels that are too long."""
    if len(text) <= longer_than:
        return escape(text)
    return Markup("/<wbr>").join(map(_level, text.split("/")))


def _level(text: str) -> Markup:
    """Return a level that may be wrapped when a narrow page has no room for it."""
    if len(text) <= LONGEST_LEVEL:
        return escape(text)
    pieces = (piece for part in _JOINTS.split(text) for piece in _PIECES.findall(part))
    return Markup("<wbr>").join(pieces)


def facet_values(row: Any) -> str:
    """Return the values of a row's facets for the script: facets separated by `|`, values by `,`, percent-encoded."""
    return "|".join(
        ",".join(quote(value, safe="-_.{} ", errors="replace") for value in values) for values in row.values.values()
    )


def finding_words(row: Any) -> str:
    """Return how many findings a row has, by severity, the notes left out when there is worse."""
    parts = (
        (row.errors, "error"),
        (row.warnings, "warning"),
        (row.notes if not row.errors + row.warnings else 0, "note"),
    )
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in parts if count)
