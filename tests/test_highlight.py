"""Colours of code: every character stays, what is coloured is what Pygments would colour, nothing runs away."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from support.client import shown

from portal.highlight import LONGEST, _lexer, _mark, highlight
from portal.pages import message

CODE = '''# a comment with "quotes"
import json
from a.b import c as d

async def main(count: int = 1_000, ratio=1.5e-3) -> None:
    """Docstring with 'apostrophes'."""
    text = "it\'s \\" escaped" + r'raw' + b"bytes".decode()
    if not text or text in ("x", 'y') and None is True:
        raise ValueError("no " + text)
    return [lambda n: n ** 2 for _ in range(0xFF)]
'''


def _runs(lexer: Any, text: str) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for kind, value in lexer.get_tokens(text):
        mark = _mark(kind)
        if runs and runs[-1][0] == mark:
            runs[-1] = (mark, runs[-1][1] + value)
        else:
            runs.append((mark, value))
    return runs


def _samples() -> list[str]:
    index = shown().index
    found = [item for one in index.messages.values() for item in message.view(index, one).snippets]
    return [item.text for item in found if item.language == "python"]


def test_python_is_coloured_as_by_the_whole_language() -> None:
    """The few words that are looked for give every sample the colours that Pygments gives it."""
    whole = get_lexer_by_name("python", stripnl=False, ensurenl=False)
    samples = [CODE, *_samples()]
    assert len(samples) > 5
    assert [text for text in samples if _runs(_lexer("python"), text) != _runs(whole, text)] == []


@pytest.mark.parametrize("language", ["python", "json", "bash", "javascript", "text"])
@pytest.mark.parametrize("text", [CODE, "", '"open', "'''", "<script>&", "\\", "\x00\u202e", "x" * (LONGEST + 1)])
def test_every_character_stays(language: str, text: str) -> None:
    """Colours change nothing of the text, and nothing in it becomes markup."""
    made = str(highlight(text, language))
    assert html.unescape(re.sub(r'<span class="h[ksnct]">|</span>', "", made)) == text
