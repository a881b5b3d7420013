"""Reports in words of their readers: each module turns a Report into text of one format."""

from __future__ import annotations

import importlib

from asyncapi.compare.report import Report

FORMATS = ("text", "json", "markdown", "html", "github", "sarif", "junit")


def write(report: Report, form: str) -> str:
    """Return a report in one of the formats."""
    text: str = importlib.import_module(f"asyncapi.compare.writers.{form}").write(report)
    return text
