"""`portal check`: what does not meet in a workspace or a document, with file and line."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.errors import PortalError
from asyncapi.findings import Finding, reaches
from portal.commands.output import write_text
from portal.commands.shown import place

if TYPE_CHECKING:
    from asyncapi.documents.document import Document
    from asyncapi.view.registry import Registry
    from asyncapi.workspace.settings import Settings

FORMATS = ("text", "json", "markdown", "github", "sarif", "junit")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("subject", nargs="?", type=place, default=Path(), help="workspace or document (default: here)")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")
    parser.add_argument("--fail-on", choices=("error", "warning", "note", "never"), default="error")
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="findings listed there do not fail")
    parser.add_argument("--write-baseline", type=Path, metavar="FILE", help="list today's findings there and stop")
    parser.add_argument(
        "--fix-table",
        type=Path,
        metavar="FILE",
        help="write the topics as a table between <!-- portal:topics --> and <!-- /portal:topics --> of FILE and stop",
    )
    parser.add_argument("--check", action="store_true", help="with --fix-table: write nothing, fail when it is stale")


def run(options: argparse.Namespace) -> int:
    """Check, write the report, and say by the exit code whether a finding reaches the threshold."""
    from asyncapi.checks import check
    from asyncapi.view import build

    if options.check and not options.fix_table:
        raise PortalError("--check needs --fix-table FILE")
    document = read_document(options.subject, options.python)
    registry = build(document)
    if options.fix_table:
        return _table(registry, options)
    findings = check(registry, document.raw, today=date.today())
    if options.write_baseline:
        write_text(_baseline(findings), options.write_baseline)
        return 0
    fresh = _fresh(findings, _known(options.baseline)) if options.baseline else findings
    write_text(_report(fresh, len(findings) - len(fresh), registry, options), options.output)
    return 1 if any(reaches(finding, options.fail_on) for finding in fresh) else 0


def read_document(subject: Path, python: Path | None) -> Document:
    """Return the document to check: read from a file, or exported from a workspace."""
    from asyncapi.documents.document import Document, load

    if _is_document(subject):
        return load(subject)
    from asyncapi.exporting.export import export
    from portal.kept import scan_cache
    from portal.progress import progress

    settings = _settings(subject)
    with progress() as tell:
        made = export(settings, python=python, progress=tell, cache=scan_cache(settings.root)).document
    return Document(raw=made, source=str(subject), format="json")


def _is_document(subject: Path) -> bool:
    from asyncapi.workspace.settings import FILE

    return subject.name != FILE and not subject.is_dir()


def _settings(subject: Path) -> Settings:
    """Return what portal.toml says; without one, what looking around finds, told before anything is imported."""
    from asyncapi.workspace.settings import FILE, load_settings

    if not subject.is_dir() or (subject / FILE).exists():
        return load_settings(subject)
    from asyncapi.exporting.discovered import discovered_settings

    settings, told = discovered_settings(subject)
    for line in told:
        print(f"portal: {line}", file=sys.stderr)
    return settings


def _report(findings: Sequence[Finding], known: int, registry: Registry, options: argparse.Namespace) -> str:
    from asyncapi.reports import github, json, junit, markdown, sarif, text
    from asyncapi.reports.coverage import coverage

    subject: Path = options.subject
    if options.format == "text":
        colour = options.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        shown = _below(findings, _from_here(subject))
        return text.write(shown, coverage=coverage(registry), known=known, colour=colour)
    if options.format == "markdown":
        url = "" if _is_document(subject) else _filled(registry.source_url, subject)
        return markdown.write(findings, coverage=coverage(registry), known=known, source_url=url)
    if options.format == "json":
        return json.write(findings, coverage=coverage(registry), known=known)
    if options.format == "junit":
        return junit.write(findings)
    inside = _below(findings, _in_repository(subject))
    if options.format == "github":
        return github.write(inside)
    from asyncapi.checks.catalogue import every

    texts = {rule: text for rule, (_, text) in every().items()}
    return sarif.write(inside, texts, fallback=_fallback(subject))


def _filled(template: str, subject: Path) -> str:
    if "{commit}" not in template:
        return template
    from portal.watch import commit

    return template.replace("{commit}", commit(subject).removesuffix("-dirty"))


# where findings stand, for whoever reads them


def _below(findings: Sequence[Finding], folder: str) -> tuple[Finding, ...]:
    """Return findings with their files below a folder."""
    prefix = f"{folder}/" if folder not in ("", ".") else ""
    return tuple(replace(f, source=prefix + f.source) if f.source else f for f in findings)


def _root(subject: Path) -> Path:
    return (subject if subject.is_dir() else subject.parent).resolve()


def _from_here(subject: Path) -> str:
    """Return the way from the working directory to a workspace, so that a terminal can open files."""
    if _is_document(subject):
        return ""
    root, here = _root(subject), Path.cwd()
    return root.relative_to(here).as_posix() if root.is_relative_to(here) else root.as_posix()


def _in_repository(subject: Path) -> str:
    """Return the way from the top of the repository to a workspace; hosts know files by that."""
    if _is_document(subject):
        return ""
    root = _root(subject)
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return root.relative_to(top).as_posix()


def _fallback(subject: Path) -> str:
    from asyncapi.workspace.settings import FILE

    if _is_document(subject):
        return subject.as_posix()
    return f"{_in_repository(subject)}/{FILE}".removeprefix("./")


# baseline and table


def _baseline(findings: Sequence[Finding]) -> str:
    import json

    listed = [{"fingerprint": f.fingerprint, "rule": f.rule, "message": f.message} for f in findings]
    return json.dumps({"accepted": listed}, ensure_ascii=False, indent=2) + "\n"


def _known(file: Path) -> Counter[str]:
    import json

    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["accepted"]
        return Counter(str(item["fingerprint"]) for item in listed)
    except OSError as error:
        raise PortalError(f"cannot be read: {error.strerror}", source=str(file)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PortalError("not a baseline", source=str(file), hint="make one with --write-baseline") from error


def _fresh(findings: Sequence[Finding], known: Counter[str]) -> tuple[Finding, ...]:
    """Return the findings that the baseline does not list, or not as often."""
    left, fresh = Counter(known), []
    for finding in findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        else:
            fresh.append(finding)
    return tuple(fresh)


def _table(registry: Registry, options: argparse.Namespace) -> int:
    from asyncapi.reports.table import topic_table, with_table

    file: Path = options.fix_table
    try:
        page = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise PortalError(f"cannot be read: {error.strerror}", source=str(file)) from error
    except UnicodeDecodeError as error:
        raise PortalError("is not UTF-8", source=str(file), hint="name a Markdown file") from error
    made = with_table(page, topic_table(registry), str(file))
    if made == page:
        return 0
    if options.check:
        command = shlex.join(["portal", "check", str(options.subject), "--fix-table", str(file)])
        print(f"portal: {file}: the table of topics is stale; run {command}", file=sys.stderr)
        return 1
    write_text(made, file)
    return 0
