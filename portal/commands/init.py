"""`portal init`: look around an unknown repository, write a commented portal.toml, say what could not be decided."""

from __future__ import annotations

import argparse
import glob
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from asyncapi.errors import PortalError
from portal.commands.output import write_text
from portal.commands.shown import place

if TYPE_CHECKING:
    from asyncapi.scan.discover import Discovery


MANY = 6  # as many names no longer fit on one line


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("folder", nargs="?", type=place, default=Path(), help="repository (default: here)")
    parser.add_argument("--force", action="store_true", help="overwrite a portal.toml that is there")


def run(options: argparse.Namespace) -> int:
    """Write portal.toml into the folder and print what was found; nothing of the repository is imported or run."""
    from asyncapi.scan.discover import discover
    from asyncapi.workspace.settings import FILE
    from portal.progress import progress

    folder: Path = options.folder
    if not folder.is_dir():
        raise PortalError("is not a folder", source=str(folder), hint="name the repository")
    target = folder / FILE
    if target.exists() and not options.force:
        raise PortalError("is there already", source=str(target), hint="overwrite it with --force")
    with progress() as tell:
        tell(f"looking around {folder}")
        found = discover(folder)
    write_text(settings_text(found, folder), target)  # a byte that is no text becomes `?`, which a pattern may hold
    write_text(report(found, target), None)
    return 0 if found.contracts else 1


def report(found: Discovery, target: Path) -> str:
    """Return what was found and what could not be decided, for a person."""
    lines = [f"looked at {found.files} Python files; nothing was imported"]
    for package in found.contracts:
        counts = f"topics {package.constants}, models {package.models}"
        modules = ", ".join(package.imports)
        named = modules if len(package.imports) < MANY else f"{len(package.imports)} modules of {package.name}"
        lines.append(f"contracts  {named} in {package.root} ({counts})")
    lines += [f"service    {service.name} in {service.path}" for service in found.services]
    lines += [f"registry   {source.file}:{source.line} {source.symbol}" for source in found.registries]
    for wrapper in found.wrappers:
        place = f"{wrapper.source.file}:{wrapper.source.line}"
        lines.append(f"client     {wrapper.name} ({', '.join(wrapper.methods)}) at {place}")
    for party in found.foreign:
        lines.append(f"party      {party.name} in {party.path} ({party.language})")
    if found.envelope[0]:
        lines.append(f"envelope   {found.envelope[0]}, which carries messages in {found.envelope[1]}")
    lines += [f"undecided  {words}" for words in found.undecided]
    first = "" if found.contracts else f"name the contracts in {target}, then "
    lines += ["", f"wrote {target}", f"next: {first}portal check {target.parent}"]
    return "\n".join(lines) + "\n"


def settings_text(found: Discovery, folder: Path) -> str:
    """Return a commented portal.toml for what was found; what nobody can know is left as a comment to fill in."""
    packages = [name for package in found.contracts for name in package.imports]
    roots = list(dict.fromkeys([*(package.root for package in found.contracts), *found.import_roots])) or ["."]
    parts = [
        "# What the contract portal has to be told; the rest it reads from the code.",
        "",
        _title(found, folder),
        "",
        "# Packages that hold topics and message models; exporting imports them, in a process of their own.",
        f"contracts = {_list(packages)}" if packages else "# contracts = []  # none was found: name the packages",
        "# Folders from which they are imported.",
        f"path = {_list(roots)}",
        "# Interpreter that has their dependencies, when it is not the one that runs the portal.",
        '# python = ".venv/bin/python"',
        "",
        "# Folders of services; their source is read as text, never run.",
        f"services = {_list([glob.escape(service.path) for service in found.services])}",
        "",
        "# Parties that are not Python: firmware in C, a web page, another team.",
        *_parties(found),
        "# [server.broker]",
        '# host = "localhost:1883"',
        "",
        *_wire(found),
        "# What is expected of topics, by class.",
        "# [policy.classes.state]",
        "# qos = 1",
        "# retain = true",
        '# topics = ["+/state"]',
    ]
    parts += [f"# undecided: {' '.join(words.split())}" for words in found.undecided]
    return "\n".join(parts) + "\n"


def _title(found: Discovery, folder: Path) -> str:
    """Return the line of the title: the folder's name where loose modules have none, else a place to fill in."""
    loose = len({name.partition(".")[0] for package in found.contracts for name in package.imports}) > 1
    return f"title = {json.dumps(folder.resolve().name, ensure_ascii=False)}" if loose else '# title = "My system"'


def _parties(found: Discovery) -> list[str]:
    """Return the parties in other languages: as far as their calls tell, the rest as comments to fill in."""
    taken = {service.name for service in found.services}
    lines: list[str] = []
    for party in found.foreign:
        name = party.name if re.fullmatch(r"[A-Za-z0-9_-]+", party.name) else json.dumps(party.name, ensure_ascii=False)
        known = (party.sends or party.receives) and party.name not in taken
        mark = "" if known else "# "
        lines += [f"{mark}[service.{name}]  # {party.language} in {party.path}, by the text of its calls"]
        lines += [f"{mark}sends = {_list(list(party.sends))}", f"{mark}receives = {_list(list(party.receives))}"]
        lines += [f"# it also names {_list(list(party.topics))}"] if party.topics else []
        lines.append("")
    example = [
        "# [service.panel]",
        '# sends = [{ topic = "lamp/set", qos = 1, retain = false }]',
        '# receives = ["lamp/state"]',
        "",
    ]
    return lines or example


def _wire(found: Discovery) -> list[str]:
    """Return the section on the envelope, where one was found."""
    if not found.envelope[0]:
        return []
    said = [f"{name} = {json.dumps(value)}" for name, value in zip(("envelope", "data"), found.envelope, strict=True)]
    return ["# The model in which others travel, and its field that holds them.", "[wire]", *said, ""]


def _list(items: list[str]) -> str:
    """Return texts as a TOML list, a long one with a line for each; JSON spells all but one letter the same way."""
    return json.dumps(items, ensure_ascii=False, indent=4 if len(items) >= MANY else None).replace("\x7f", "\\u007f")
