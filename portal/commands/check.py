"""`portal check`: what does not meet in a workspace or a document, with file and line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.errors import PortalError
from asyncapi.findings import Finding, reaches

if TYPE_CHECKING:
    from asyncapi.document import Document
    from asyncapi.registry import Registry

FORMATS = ("text", "json", "markdown", "github", "sarif", "junit")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("subject", nargs="?", type=Path, default=Path(), help="workspace or document (default: here)")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")
    parser.add_argument("--fail-on", choices=("error", "warning", "note", "never"), default="error")
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="findings listed there do not fail")
    parser.add_argument("--write-baseline", type=Path, metavar="FILE", help="list today's findings there and stop")


def run(options: argparse.Namespace) -> int:
    """Check, write the report, and say by the exit code whether a finding reaches the threshold."""
    from asyncapi.checks import check
    from asyncapi.view import build

    document = read_document(options.subject, options.python)
    registry = build(document)
    findings = check(registry, document.raw, today=date.today())
    if options.write_baseline:
        _write(_baseline(findings), options.write_baseline)
        return 0
    known = _known(options.baseline) if options.baseline else frozenset()
    fresh = tuple(finding for finding in findings if finding.fingerprint not in known)
    _write(_report(fresh, len(findings) - len(fresh), registry, options.format), options.output)
    return 1 if any(reaches(finding, options.fail_on) for finding in fresh) else 0


def read_document(subject: Path, python: Path | None) -> Document:
    """Return the document to check: read from a file, or exported from a workspace."""
    from asyncapi.document import Document, load
    from asyncapi.settings import FILE

    if subject.is_file() and subject.name != FILE:
        return load(subject)
    from asyncapi.export import export_workspace

    return Document(raw=export_workspace(subject, python=python), source=str(subject), format="json")


def _report(findings: Sequence[Finding], known: int, registry: Registry, form: str) -> str:
    if form == "text":
        from asyncapi.reports import text

        return text.write(findings, registry, known=known, colour=sys.stdout.isatty())
    from asyncapi.reports import WRITERS

    return WRITERS[form](findings)


def _baseline(findings: Sequence[Finding]) -> str:
    listed = [{"fingerprint": f.fingerprint, "rule": f.rule, "message": f.message} for f in findings]
    return json.dumps({"accepted": listed}, ensure_ascii=False, indent=2) + "\n"


def _known(file: Path) -> frozenset[str]:
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["accepted"]
        return frozenset(item["fingerprint"] for item in listed)
    except OSError as error:
        raise PortalError(f"cannot be read: {error.strerror}", source=str(file)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PortalError("not a baseline", source=str(file), hint="make one with --write-baseline") from error


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PortalError(f"cannot write: {error.strerror}", source=str(output)) from error
