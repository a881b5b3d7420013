"""Findings as other programs and people read them: one writer a module, findings in, text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asyncapi.findings import Finding
from asyncapi.reports import github, json, junit, markdown, sarif

Writer = Callable[[Sequence[Finding]], str]
WRITERS: dict[str, Writer] = {
    "json": json.write,
    "markdown": markdown.write,
    "github": github.write,
    "sarif": sarif.write,
    "junit": junit.write,
}

__all__ = ["WRITERS", "Writer"]
