"""Code and JSON → HTML with classes for colours; long texts stay plain."""

from __future__ import annotations

import functools
import keyword
from typing import Any

from markupsafe import Markup, escape

LONGEST = 12_000  # characters; more is shown without colours


@functools.lru_cache(maxsize=16_384)
def highlight(text: str, language: str) -> Markup:
    """Return a text as HTML to put into `<code>`; an unknown language stays plain."""
    if len(text) > LONGEST or language == "text":
        return escape(text)
    out: list[str] = []
    run, mark = "", ""
    for kind, value in _lexer(language).get_tokens(text):
        found = _mark(kind)
        if found != mark:
            out.append(_marked(run, mark))
            run, mark = "", found
        run += value
    out.append(_marked(run, mark))
    return Markup("".join(out))


def _marked(text: str, mark: str) -> str:
    return f'<span class="h{mark}">{escape(text)}</span>' if mark else str(escape(text))


@functools.cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

    if language == "python":
        return _few_words_of_python()(stripnl=False, ensurenl=False)
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@functools.cache
def _mark(kind: Any) -> str:
    """Return the one-letter class of a token: key, string, number, comment, word of the language; else nothing."""
    name = str(kind).removeprefix("Token.")
    if name == "Name.Tag":
        return "t"
    for start, mark in (("Keyword", "k"), ("Literal.String", "s"), ("Literal.Number", "n"), ("Comment", "c")):
        if name.startswith(start):
            return mark
    return ""


def _few_words_of_python() -> type:
    """Return a lexer that tells apart what is coloured here and no more, in a fifth of the time."""
    from pygments.lexer import RegexLexer, words  # type: ignore[import-untyped]
    from pygments.token import Comment, Keyword, Name, Number, String, Text  # type: ignore[import-untyped]

    soft = {"and", "in", "is", "not", "or"}  # operators that are spelled out
    spelled = words(sorted(set(keyword.kwlist) - soft), prefix=r"\b", suffix=r"\b")
    quoted = r'"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''

    class FewWords(RegexLexer):  # type: ignore[misc]
        tokens = {  # noqa: RUF012
            "root": [
                (r"#[^\n]*", Comment),
                (rf"[rRbBuUfF]{{0,2}}(?:{quoted})", String),
                (spelled, Keyword),
                (r"\d[\w.]*(?:(?<=[eE])[+-]\d+)?", Number),
                (r"[^\W\d]\w*", Name),
                (r"\s+|[^\w\s\"'#]+|.", Text),
            ]
        }

    return FewWords
