"""`portal export`: make an AsyncAPI document from a contracts package and its services."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asyncapi.errors import PortalError
from asyncapi.findings import Finding, reaches
from portal.commands.output import write_text
from portal.commands.shown import place
from portal.kept import scan_cache
from portal.progress import progress

if TYPE_CHECKING:
    from asyncapi.workspace.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("workspace", nargs="?", type=place, help="folder with a portal.toml (default: here)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of to standard output")
    parser.add_argument("--format", choices=("yaml", "json"), help="default: by the ending of FILE, else yaml")
    parser.add_argument("--asyncapi", choices=("3.1.0", "3.0.0"), default="3.1.0", help="version of the specification")
    parser.add_argument(
        "--contracts", action="append", metavar="MODULE", help="contracts package; needs no portal.toml"
    )
    parser.add_argument("--path", action="append", metavar="DIR", help="folder from which the contracts are imported")
    parser.add_argument("--python", type=Path, metavar="PATH", help="interpreter that has the contracts' dependencies")
    parser.add_argument("--service", metavar="NAME", help="only what this service sends and receives")
    parser.add_argument("--per-service", type=Path, metavar="DIR", help="write a document for every service there")
    parser.add_argument("--fail-on", choices=("error", "warning", "note", "never"), default="error")


def run(options: argparse.Namespace) -> int:
    """Export, print findings on standard error, and say by the exit code whether any reaches the threshold."""
    from asyncapi.exporting.export import export

    if options.service and options.per_service:
        raise PortalError("--service and --per-service exclude each other")
    if options.output and options.per_service:
        raise PortalError("--output and --per-service exclude each other", hint="leave --output out")
    with progress() as tell:
        settings = _settings(options)
        exported = export(
            settings,
            python=options.python,
            specification=options.asyncapi,
            progress=tell,
            cache=scan_cache(settings.root),
        )
    if options.per_service:
        _write_all(exported.document, options)
    else:
        write_text(_text(_of_service(exported.document, options.service), _format(options)), options.output)
    for finding in exported.findings:
        print(_line(finding), file=sys.stderr)
    return 1 if any(reaches(finding, options.fail_on) for finding in exported.findings) else 0


def _of_service(document: dict[str, Any], service: str | None) -> dict[str, Any]:
    """Return the document of one service, or the whole when none is named."""
    if service is None:
        return document
    from asyncapi.documents.derive import per_service, services

    if service not in (known := services(document)):
        near = difflib.get_close_matches(service, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise PortalError(f"no service {service} in the document", hint=hint)
    return per_service(document, service)


def _write_all(document: dict[str, Any], options: argparse.Namespace) -> None:
    """Write a document for every service into a folder, named after the service."""
    from asyncapi.documents.derive import per_service, services

    folder: Path = options.per_service
    form = options.format or "yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PortalError(f"cannot be made: {error.strerror}", source=str(folder)) from error
    for service, name in _file_names(services(document)).items():
        write_text(_text(per_service(document, service), form), folder / f"{name}.{form}")


def _file_names(services: Sequence[str]) -> dict[str, str]:
    """Return a file name for each service: its own, with digits of its hash where another one is spelled the same."""
    spelled = {service: re.sub(r"[^A-Za-z0-9._-]", "_", service).lstrip(".") or "_" for service in services}
    often = Counter(name.lower() for name in spelled.values())
    return {
        service: name
        if often[name.lower()] == 1
        else f"{name}-{sha256(service.encode('utf-8', 'replace')).hexdigest()[:6]}"
        for service, name in spelled.items()
    }


def _text(document: dict[str, Any], form: str) -> str:
    if form == "json":
        from asyncapi.exporting.export import write_json

        return write_json(document)
    from asyncapi.documents.yaml12 import dumps

    return dumps(document)


def _settings(options: argparse.Namespace) -> Settings:
    from asyncapi.workspace.settings import default_settings, load_settings

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


def _line(finding: Finding) -> str:
    place = finding.source.partition("#")[0] + (f":{finding.line}" if finding.line else "")
    text = f"{finding.severity}: {finding.message} [{finding.rule}]"
    return (f"{place}: " if place else "") + text + (f"\n  {finding.remedy}" if finding.remedy else "")
