"""Code and JSON → HTML with classes for colours; long texts stay plain."""

from __future__ import annotations

import functools

from markupsafe import Markup, escape

LONGEST = 12_000


@functools.lru_cache(maxsize=1_024)
def highlight(text: str, language: str) -> Markup:
    """Return a text as HTML to put into `<code>`; an unknown language stays plain."""
    if len(text) > LONGEST or language == "text":
        return escape(text)
    import pygments  # type: ignore[import-untyped]
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

    out: list[Markup] = []
    for kind, value in pygments.lex(text, get_lexer_by_name(language, stripnl=False, ensurenl=False)):
        mark = _mark(str(kind))
        out.append(Markup('<span class="h{}">{}</span>').format(mark, value) if mark else escape(value))
    return Markup("").join(out)


def _mark(kind: str) -> str:
    """Return the one-letter class of a token: key, string, number, comment, word of the language; else nothing."""
    name = kind.removeprefix("Token.")
    if name == "Name.Tag":
        return "t"
    for start, mark in (("Keyword", "k"), ("Literal.String", "s"), ("Literal.Number", "n"), ("Comment", "c")):
        if name.startswith(start):
            return mark
    return ""
