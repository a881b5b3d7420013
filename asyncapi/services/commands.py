"""What a command line starts of a service: `python x.py`, `python -m a.b`, `uvicorn a.b:app`, with anything around it.

Paths of containers and machines are brought back to the workspace by what was copied where, else by their ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from asyncapi.services.files import ServiceFiles
from asyncapi.services.modules import SourceFile
from asyncapi.services.shell import into, simple_commands
from asyncapi.services.tops import defined_names

PYTHON = re.compile(r"(?:python|pypy)[\d.]*w?")
SHELL = re.compile(r"(?:ba|da|a|z|k)?sh|su")
REFERENCE = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(.*\))?")
TAKES_A_WORD = frozenset(["-W", "-X", "--check-hash-based-pycs"])  # Options of Python that a word of their own follows.
UNKNOWN = re.compile(r"[$~*?<>{}%]")  # Marks of what only the shell or a template fills in.
DEEPEST = 3  # `sh -c "bash -c '…'"`: nobody nests command lines deeper.


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line: its words with the line of each, and where it stands and runs.

    `folder` is where relative paths are looked up first, then the folders around it. `workdir` is the folder it runs in
    as the command's machine calls it; `copies` are (path in the workspace, path there).
    """

    words: tuple[str, ...]
    lines: tuple[int | None, ...]
    file: str
    folder: Path
    workdir: str = ""
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a command starts: a module run as `__main__`, or an app object (or what makes one) in a module."""

    target: SourceFile
    line: int | None
    call: str = ""
    factory: bool = False


def starts(command: Command, files: ServiceFiles, depth: int = 0) -> Iterator[Start]:
    """Yield what a command starts of a service; the programs around it (`uv run`, `tini --`, `env`) do not matter."""
    look = _Lookup(command, files)
    for at, word in enumerate(command.words):
        rest, name = command.words[at + 1 :], PurePosixPath(word).name
        target: SourceFile | None = None
        if PYTHON.fullmatch(name):
            target = look.run(rest)
        elif match := REFERENCE.fullmatch(word):
            yield from look.app(match, command.lines[at])
        elif name == "fastapi" and rest[:1] in (("run",), ("dev",)):
            yield from look.fastapi(rest[1:], command.lines[at])
            return
        elif word.endswith(".py") and (at == 0 or command.words[at - 1] in ("exec", "run", "--")):
            target = look.path(word)
        elif SHELL.fullmatch(name) and depth < DEEPEST:
            yield from _inner(command, at, files, depth + 1)
        if target is not None:
            yield Start(target=target, line=command.lines[at])


def _inner(command: Command, at: int, files: ServiceFiles, depth: int) -> Iterator[Start]:
    """Yield what the text behind `sh -c` starts."""
    for option, text in zip(command.words[at + 1 :], command.words[at + 2 :], strict=False):
        if re.fullmatch(r"-\w*c", option):
            for simple in simple_commands(text, folder=command.workdir):
                lines = (command.lines[at],) * len(simple.words)
                yield from starts(_moved(command, simple.words, lines, simple.folder), files, depth)
            return


def _moved(command: Command, words: tuple[str, ...], lines: tuple[int | None, ...], workdir: str) -> Command:
    return Command(
        words=words,
        lines=lines,
        file=command.file,
        folder=command.folder,
        workdir=workdir,
        copies=command.copies,
    )


@dataclass(slots=True)
class _Lookup:
    """Finds the files that a command names."""

    command: Command
    files: ServiceFiles
    bases: list[Path] = field(init=False)

    def __post_init__(self) -> None:
        folder, root = self.command.folder, self.files.root
        self.bases = [place for place in (folder, *folder.parents) if place.is_relative_to(root)] or [root]

    def run(self, words: tuple[str, ...]) -> SourceFile | None:
        """Return the own file that the arguments of Python make it run."""
        waiting, within = iter(words), False
        for word in waiting:
            if word == "-" or re.fullmatch(r"-[a-zA-Z]*c", word):
                return None
            if match := re.fullmatch(r"-[a-zA-Z]*?m(.*)", word):
                found = self.module(match[1] or next(waiting, ""), "__main__")
                if found is not None:
                    return found
                within = True  # `python -m debugpy … -m app.main` runs a module that runs another.
                continue
            if word in TAKES_A_WORD:
                next(waiting, "")
            elif not word.startswith("-") and ((found := self.path(word)) or not within):
                return found
        return None

    def app(self, match: re.Match[str], line: int | None) -> Iterator[Start]:
        """Yield the app that `module:name` means, when there is such a module and it has such a name."""
        module, name, called = match.groups()
        target = self.module(module, "__init__")
        if target is not None and name.partition(".")[0] in defined_names(target.tree()):
            factory = called is not None or "--factory" in self.command.words
            yield Start(target=target, line=line, call=name, factory=factory)

    def fastapi(self, words: tuple[str, ...], line: int | None) -> Iterator[Start]:
        """Yield the app in the file that `fastapi run` is given: it takes the first of these names that there is."""
        target = next((found for word in words if (found := self.path(word))), None)
        names = defined_names(target.tree()) if target is not None else frozenset()
        app = next((name for name in ("app", "api") if name in names), "")
        if target is not None and app:
            yield Start(target=target, line=line, call=app)

    def module(self, name: str, inside: str) -> SourceFile | None:
        """Return the own file of a dotted name; of a package, the file `inside` it."""
        if not all(part.isidentifier() for part in name.split(".")):
            return None
        path = name.replace(".", "/")
        for spelled in (path, f"src/{path}"):
            for text in (f"{spelled}/{inside}.py", f"{spelled}.py"):
                if found := self._place(text):
                    return self.files.at(found)
        found_by_name = self.files.own(f"{name}.{inside}" if inside == "__main__" else name) or self.files.own(name)
        if found_by_name is None or (found_by_name.package and inside == "__main__"):
            return None
        return found_by_name if "." in found_by_name.name else None  # Many folders have a `main`: that is no proof.

    def path(self, text: str) -> SourceFile | None:
        """Return the own file at a path as the command spells it; of a folder, its `__main__.py`."""
        found = self._place(text) or self._place(f"{text}/__main__.py")
        return self.files.at(found) if found else None

    def _place(self, text: str) -> Path | None:
        """Return the file of the workspace that a path means."""
        parts, rooted = _parts(into(self.command.workdir, text))
        for source, there in reversed(self.command.copies):
            known = _parts(there)[0]
            if rooted and parts[: len(known)] == known:
                inner = [*_parts(source)[0], *parts[len(known) :]]
                if found := self._existing(inner):
                    return found
        tails = [parts[start:] for start in range(len(parts))] if rooted else [parts]
        return next((found for tail in tails if (found := self._existing(tail))), None)

    def _existing(self, parts: list[str]) -> Path | None:
        places = (base.joinpath(*parts) for base in self.bases)
        return next((place for place in places if place.suffix == ".py" and place.is_file()), None)


def _parts(path: str) -> tuple[list[str], bool]:
    """Return the parts of a path behind what only the run knows, and whether it may begin anywhere."""
    parts: list[str] = []
    rooted = path.startswith("/")
    for part in path.split("/"):
        if UNKNOWN.search(part):
            parts, rooted = [], True
        elif part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return parts, rooted
