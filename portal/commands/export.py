"""`portal export`: make an AsyncAPI document from a contracts package and its services."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.errors import PortalError
from asyncapi.findings import Finding, reaches

if TYPE_CHECKING:
    from asyncapi.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("workspace", nargs="?", type=Path, help="folder with a portal.toml (default: here)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")
    parser.add_argument("--format", choices=("yaml", "json"), help="default: by the ending of FILE, else yaml")
    parser.add_argument("--asyncapi", choices=("3.1.0", "3.0.0"), default="3.1.0", help="version of the specification")
    parser.add_argument(
        "--contracts", action="append", metavar="MODULE", help="contracts package; needs no portal.toml"
    )
    parser.add_argument("--path", action="append", metavar="DIR", help="folder from which the contracts are imported")
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")
    parser.add_argument("--fail-on", choices=("error", "warning", "note", "never"), default="error")


def run(options: argparse.Namespace) -> int:
    """Export, print findings on standard error, and say by the exit code whether any reaches the threshold."""
    from asyncapi.export import export, write_json

    exported = export(_settings(options), python=options.python, specification=options.asyncapi)
    if _format(options) == "json":
        text = write_json(exported.document)
    else:
        from asyncapi.yaml12 import dumps

        text = dumps(exported.document)
    _write(text, options.output)
    for finding in exported.findings:
        print(_line(finding), file=sys.stderr)
    return 1 if any(reaches(finding, options.fail_on) for finding in exported.findings) else 0


def _settings(options: argparse.Namespace) -> Settings:
    from asyncapi.settings import default_settings, load_settings

    root = options.workspace or Path()
    if options.contracts:
        return default_settings(root, contracts=options.contracts, path=options.path or ["."])
    if options.path:
        raise PortalError("--path needs --contracts", hint="or say both in portal.toml")
    return load_settings(root)


def _format(options: argparse.Namespace) -> str:
    if options.format:
        return str(options.format)
    return "json" if options.output and options.output.suffix == ".json" else "yaml"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PortalError(f"cannot write: {error.strerror}", source=str(output)) from error


def _line(finding: Finding) -> str:
    place = finding.source.partition("#")[0] + (f":{finding.line}" if finding.line else "")
    text = f"{finding.severity}: {finding.message} [{finding.rule}]"
    return (f"{place}: " if place else "") + text + (f"\n  {finding.remedy}" if finding.remedy else "")
