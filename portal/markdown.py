"""Descriptions as strangers write them → HTML that can only be read: CommonMark without HTML, then cleaned."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

LONGEST = 20_000
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:()'\"/?%=+–—…’“”äöüÄÖÜßéèàç-]*\Z")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_TAGS = {
    *("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "s", "div"),
}
_DEEPEST = 40
_NAMELESS = re.compile(r'(<a href="([^"]*)"[^>]*>)\s*</a>')
_HALVES = re.compile("[\ud800-\udfff]")


def render(text: str, top: int = 3) -> Markup:
    """Return a description as HTML: no scripts, links in place of images, and only to http, https and mailto.

    Its highest headings are of level `top`, and none skips a level.
    """
    text = whole(text.strip())
    if not text:
        return Markup()
    if _PLAIN.match(text):
        return Markup(f"<p>{escape(text)}</p>")
    if len(text) > LONGEST:
        text = text[:LONGEST].rstrip() + " …"
    if _is_knotted(text):
        return Markup(f'<pre tabindex="0">{escape(text)}</pre>')
    return _cleaned(text, top)


def render_line(text: str) -> Markup:
    """Return the first paragraph of a description as HTML without the paragraph around it."""
    return inline(first_paragraph(text))


def inline(text: str) -> Markup:
    """Return a short text as HTML without block elements."""
    text = whole(" ".join(text.split())[:2_000])
    if _PLAIN.match(text):
        return escape(text)
    return _cleaned_inline(text)


def whole(text: str) -> str:
    """Return text without halves of surrogate pairs, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8") if _HALVES.search(text) else text


def first_paragraph(text: str) -> str:
    """Return the text up to its first empty line."""
    return re.split(r"\n[^\S\n]*\n", text.strip(), maxsplit=1)[0]


def _is_knotted(text: str) -> bool:
    """Say whether the text holds so many brackets or quote marks that parsing would take too long."""
    return text.count("[") > 500 or text.count(">") > 2_000 or text.count("*") + text.count("_") > 4_000


@functools.lru_cache(maxsize=2_048)
def _cleaned(text: str, top: int) -> Markup:
    html = _outlined(_parser().render(text), top)
    html = html.replace("<table>", '<div tabindex="0"><table>').replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')
    return _clean(html, _TAGS)


def _outlined(html: str, top: int) -> str:
    """Return HTML whose headings begin at level `top` and go down one level at a time."""
    around: list[str] = []

    def levelled(found: re.Match[str]) -> str:
        closing, level = found.groups()
        if not closing:
            while around and around[-1] >= level:
                around.pop()
            around.append(level)
        return f"<{closing}h{min(6, top + len(around) - 1)}>"

    return _HEADING.sub(levelled, html)


@functools.lru_cache(maxsize=4_096)
def _cleaned_inline(text: str) -> Markup:
    return _clean(_parser().renderInline(text), {"strong", "em", "code", "a", "s"})


def _clean(html: str, tags: set[str]) -> Markup:
    """Return HTML with nothing but these tags; a link without words is named by where it leads."""
    import nh3

    cleaned = nh3.clean(
        html,
        tags=tags,
        attributes={"a": {"href", "title"}, "div": {"tabindex"}, "pre": {"tabindex"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(_NAMELESS.sub(r"\1\2</a>", cleaned))


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    options = {"html": False, "linkify": False, "maxNesting": _DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _linked)
    return parser


def _linked(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """Return the link to an image, or only its words where it stands in a link."""
    image, before = tokens[at], [token.type for token in tokens[:at]]
    words, source = str(escape(self.renderInlineAsText(image.children, options, env))), str(image.attrs["src"])
    within = before.count("link_open") > before.count("link_close")
    outside = source.startswith(("https://", "http://"))
    return words if within or not outside else f'<a href="{escape(source)}">{words}</a>'
