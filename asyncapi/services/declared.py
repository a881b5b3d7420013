"""The programs that a project declares: scripts in pyproject.toml, setup.cfg and setup.py, which is read, never run."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncapi.services.deployments import read_small
from asyncapi.services.modules import FileContent

PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
GROUPS = ("console_scripts", "gui_scripts")
ENTRY = re.compile(r"\s*([\w.-]+)\s*=\s*([\w.]+)\s*(?::\s*([\w.]+))?\s*(?:\[.*\])?\s*")
TARGET = re.compile(r"\s*([\w.]+)\s*(?::\s*([\w.]+))?\s*(?:\[.*\])?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A program that a project installs: `call` of `module`; nothing to call where importing is all."""

    module: str
    call: str
    line: int | None


def is_project(name: str) -> bool:
    """Say whether a file may declare programs, by its name."""
    return name in PROJECT_FILES


def scripts(path: Path, content: FileContent) -> Iterator[Script]:
    """Yield the programs that a file of a project declares, in its order; nothing from one that cannot be read."""
    if path.name == "setup.py":
        tree = content.tree
        yield from _setup_py(tree) if isinstance(tree, ast.Module) else ()
        return
    text = read_small(path)
    if text is not None:
        yield from _pyproject(text) if path.name == "pyproject.toml" else _setup_cfg(text)


def _pyproject(text: str) -> Iterator[Script]:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    for keys in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        table: Any = data
        for key in keys:
            table = table.get(key) if isinstance(table, dict) else None
        for name, said in table.items() if isinstance(table, dict) else ():
            target = said.get("reference") or said.get("callable") if isinstance(said, dict) else said
            match = TARGET.fullmatch(target) if isinstance(target, str) else None
            if match:
                yield Script(module=match[1], call=match[2] or "", line=_line(text, name, ".".join(keys)))


def _setup_cfg(text: str) -> Iterator[Script]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for group in GROUPS:
        for entry in parser.get("options.entry_points", group, fallback="").splitlines():
            if match := ENTRY.fullmatch(entry):
                yield Script(module=match[2], call=match[3] or "", line=_line(text, match[1], "options.entry_points"))


def _line(text: str, name: str, section: str) -> int | None:
    """Return the line behind a section's head on which a name is given a value."""
    head = re.search(rf"^\[\s*{re.escape(section)}\s*\]", text, re.MULTILINE)
    start = head.end() if head else 0
    said = re.compile(rf"^[^\S\n]*[\"']?{re.escape(name)}[\"']?[^\S\n]*=", re.MULTILINE).search(text, start)
    return text.count("\n", 0, said.start()) + 1 if said else None


def _setup_py(tree: ast.Module) -> Iterator[Script]:
    """Yield what stands under `console_scripts` anywhere in the file: as a list, a text, or a name given one above."""
    given = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in GROUPS:
                    yield from _entries(given.get(value.id, value) if isinstance(value, ast.Name) else value)
        elif isinstance(node, ast.keyword) and node.arg == "entry_points":
            yield from _sections(node.value)


def _entries(node: ast.expr) -> Iterator[Script]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            for match in filter(None, map(ENTRY.fullmatch, part.value.splitlines())):
                yield Script(module=match[2], call=match[3] or "", line=part.lineno)


def _sections(node: ast.expr) -> Iterator[Script]:
    """Yield what an `entry_points` that is one text declares: sections as in setup.cfg."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    group = ""
    for offset, line in enumerate(node.value.splitlines()):
        if head := re.fullmatch(r"\s*\[(.+)\]\s*", line):
            group = head[1].strip()
        elif group in GROUPS and (match := ENTRY.fullmatch(line)):
            yield Script(module=match[2], call=match[3] or "", line=node.lineno + offset)
