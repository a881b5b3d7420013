"""The command lines that start processes: in Dockerfile, compose, Procfile, systemd units and shell scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from asyncapi.documents.yaml12 import loads
from asyncapi.errors import DocumentError
from asyncapi.services.commands import Command
from asyncapi.services.modules import relative
from asyncapi.services.shell import into, joined_lines, simple_commands

LARGEST = 256_000  # Bytes: such files are written by hand, a few kilobytes each.
HEAD = 64  # Bytes in which the first line of a script names its shell.
SHEBANG = re.compile(rb"#!\s*\S*/(?:env\s+(?:-S\s+)?)?(?:ba|da|a|z|k)?sh\b")
DOCKERFILE = re.compile(r"(?:Dockerfile|Containerfile)(?:\..*)?|.*\.(?:[Dd]ockerfile|[Cc]ontainerfile)")
COMPOSE = re.compile(r".*compose.*\.ya?ml")
PROCFILE = re.compile(r"Procfile(?:\..*)?")
UNIT = re.compile(r".*\.service(?:\.\w+)?")
SCRIPT = re.compile(r".*\.(?:sh|bash)|[^.]+")
INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
SETTING = re.compile(r"\s*(\w+)\s*=\s*(.*)")
PROCESS = re.compile(r"\s*([\w-]+)\s*:\s*(\S.*)")


def is_deployment(name: str) -> bool:
    """Say whether a file may start something, by its name; scripts without an ending are looked into later."""
    return any(pattern.fullmatch(name) for pattern in (DOCKERFILE, COMPOSE, PROCFILE, UNIT, SCRIPT))


def commands(path: Path, root: Path) -> Iterator[Command]:
    """Yield the command lines in a file, in its order; nothing from one that is not what its name says."""
    text = read_small(path)
    if text is None:
        return
    name, here = path.name, _Here(path, root)
    if DOCKERFILE.fullmatch(name):
        yield from _docker(text, here)
    elif COMPOSE.fullmatch(name):
        yield from _compose(text, here)
    elif PROCFILE.fullmatch(name):
        for number, line in joined_lines(text):
            if match := PROCESS.match(line):
                yield from here.shell(match[2], number)
    elif UNIT.fullmatch(name):
        yield from _unit(text, here)
    elif "." in name or SHEBANG.match(text[:HEAD].encode()):
        yield from here.shell(text)


def read_small(path: Path) -> str | None:
    """Return the text of a file that is written by hand, or None for a larger one and for one that is no text."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Here:
    """Where command lines stand: makes them."""

    path: Path
    root: Path

    def words(self, words: list[str], lines: list[int | None], image: _Image, folder: Path | None = None) -> Command:
        return Command(
            words=tuple(words),
            lines=tuple(lines),
            file=relative(self.path, self.root),
            folder=folder or self.path.parent,
            workdir=image.workdir,
            copies=tuple(image.copies),
        )

    def shell(
        self, text: str, line: int = 1, image: _Image | None = None, folder: Path | None = None
    ) -> Iterator[Command]:
        known = image or _Image()
        for simple in simple_commands(text, line, known.workdir):
            lines: list[int | None] = [simple.line] * len(simple.words)
            yield self.words(list(simple.words), lines, replace(known, workdir=simple.folder), folder)


@dataclass(slots=True)
class _Image:
    """What a Dockerfile says of an image: where it works, what was copied into it, what it runs.

    `inherited` tells that the command is that of the image it builds on, which an ENTRYPOINT of its own does away with.
    """

    workdir: str = ""
    copies: list[tuple[str, str]] = field(default_factory=list)
    entrypoint: tuple[str, int] = ("", 0)
    command: tuple[str, int] = ("", 0)
    inherited: bool = False


def _images(text: str) -> list[_Image]:
    """Return the stages of a Dockerfile; one that builds on another goes on from there."""
    stages: list[_Image] = []
    called: dict[str, _Image] = {}
    for number, line in joined_lines(text):
        match = INSTRUCTION.match(line)
        if match is None:
            continue
        keyword, rest = match[1].upper(), match[2].strip()
        if keyword == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            before = called.get(words[0].lower()) if words else None
            stages.append(replace(before, copies=list(before.copies), inherited=True) if before else _Image())
            if len(words) == 3:
                called[words[2].lower()] = stages[-1]
        elif stages:
            _instruct(stages[-1], keyword, rest, number)
    return stages


def _instruct(image: _Image, keyword: str, rest: str, line: int) -> None:
    if keyword == "WORKDIR":
        image.workdir = into(image.workdir, rest.strip("\"'"))
    elif keyword in ("COPY", "ADD") and "--from=" not in rest:
        words = [word for word in _listed(rest) or rest.split() if not word.startswith("--")]
        for source in words[:-1]:
            image.copies.append((source, _copied(source, into(image.workdir, words[-1]), several=len(words) > 2)))
    elif keyword == "ENTRYPOINT":
        image.entrypoint = (rest, line)
        image.command = ("", 0) if image.inherited else image.command
    elif keyword == "CMD":
        image.command, image.inherited = (rest, line), False


def _copied(source: str, target: str, *, several: bool) -> str:
    """Return where a copied file or folder ends up: a file (it has an ending) in a folder keeps its name."""
    name = source.rstrip("/").rpartition("/")[2]
    is_file = "." in name.strip(".")
    return f"{target}/{name}" if is_file and (several or target.endswith(("/", "."))) else target


def _docker(text: str, here: _Here) -> Iterator[Command]:
    for image in _images(text):
        yield from _runs(image, here)


def _runs(image: _Image, here: _Here) -> Iterator[Command]:
    """Yield what an image runs: the words of ENTRYPOINT and CMD as one line, or either's shell text."""
    words: list[str] = []
    lines: list[int | None] = []
    for text, line in (image.entrypoint, image.command):
        listed = _listed(text)
        if listed is None:
            yield from here.shell(text, line, image)
        else:
            words += listed
            lines += [line] * len(listed)
    if words:
        yield here.words(words, lines, image)


def _listed(text: str) -> list[str] | None:
    """Return the words of the form `["a", "b"]`, or None for another form."""
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _compose(text: str, here: _Here) -> Iterator[Command]:
    try:
        document = loads(text)
    except DocumentError:
        return
    services = document.get("services") if isinstance(document, dict) else None
    for name, service in services.items() if isinstance(services, dict) else ():
        if isinstance(service, dict):
            yield from _composed(name, service, text, here)


def _composed(name: str, service: dict[str, Any], text: str, here: _Here) -> Iterator[Command]:
    folder, image = _built(service.get("build"), here.path.parent)
    if isinstance(workdir := service.get("working_dir"), str):
        image.workdir = workdir
    volumes = service.get("volumes")
    for volume in volumes if isinstance(volumes, list) else ():
        if isinstance(volume, str) and volume.startswith(".") and ":" in volume:
            source, there = volume.split(":")[:2]
            image.copies.append((source, there))
    words: list[str] = []
    lines: list[int | None] = []
    for key in ("entrypoint", "command"):
        said, line = service.get(key), _line(text, ["services", name, key])
        if isinstance(said, list):
            words += (texts := [str(item) for item in said])
            lines += [line] * len(texts)
        elif isinstance(said, str):
            yield from here.shell(said, line or 1, image, folder)
    if words:
        yield here.words(words, lines, image, folder)


def _built(build: Any, folder: Path) -> tuple[Path, _Image]:
    """Return the folder an image is built from, and what its Dockerfile makes of it."""
    said = build if isinstance(build, dict) else {"context": build}
    context = said.get("context") or "."
    if build is None or not isinstance(context, str) or "://" in context:
        return folder, _Image()
    place = Path(folder, context).resolve()
    name = said.get("dockerfile") or "Dockerfile"
    text = read_small(place / name) if isinstance(name, str) else None
    stages = _images(text) if text else []
    return place, stages[-1] if stages else _Image()


def _line(text: str, keys: list[str]) -> int | None:
    """Return the line of a key below others in YAML in block form, by how far lines are indented."""
    wanted, level, line_found = list(keys), 0, None
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        level = indent if level < 0 else level  # The first line below a key tells how far its keys are indented.
        if wanted and indent == level and re.match(rf"[\"']?{re.escape(wanted[0])}[\"']?\s*:", line.lstrip()):
            wanted.pop(0)
            level, line_found = -1, number
    return line_found if not wanted else None


def _unit(text: str, here: _Here) -> Iterator[Command]:
    settings = [(match, number) for number, line in joined_lines(text) if (match := SETTING.match(line))]
    workdir = next((match[2].strip() for match, _ in settings if match[1] == "WorkingDirectory"), "")
    for match, number in settings:
        if match[1] == "ExecStart":
            yield from here.shell(match[2].lstrip("-@:+!"), number, _Image(workdir=workdir))
