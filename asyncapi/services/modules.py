"""A Python file as text and tree, and the dotted names by which it can be imported; nothing of it is run."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncapi.services.grammar import Grammar, Unreadable

LARGEST = 4_000_000  # A tree takes about a hundred bytes for each byte of source, so this is some 400 MB of memory.
QUADRATIC = frozenset(["punycode", "idna"])  # Decoding a few megabytes of these takes minutes; no source is in them.
PROJECTS = ("pyproject.toml", "setup.py", "setup.cfg")


class FileContent:
    """What is in a file, for everybody who looks at it: the text is read and parsed once, when first asked for."""

    __slots__ = ("_grammar", "_text", "_tree", "path")

    def __init__(self, path: Path, grammar: Grammar) -> None:
        """Look at nothing yet; `grammar` parses when it is time."""
        self.path = path
        self._grammar = grammar
        self._text: str | Unreadable | None = None
        self._tree: ast.Module | Unreadable | None = None

    @property
    def text(self) -> str | Unreadable:
        """Return the text with plain newlines, or why it cannot be read."""
        if self._text is None:
            self._text = _read(self.path)
        return self._text

    @property
    def tree(self) -> ast.Module | Unreadable:
        """Return the tree, or why there is none."""
        if self._tree is None:
            text = self.text
            self._tree = text if isinstance(text, Unreadable) else self._grammar.parse(text)
        return self._tree


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceFile:
    """One Python file as a service sees it.

    `name` is the dotted name by which it is imported, `file` its path relative to the workspace. `package` says
    whether it is the `__init__.py` of a package, `own` whether it is the service's or a library's.
    """

    name: str
    file: str
    path: Path
    own: bool
    content: FileContent

    @property
    def package(self) -> bool:
        """Say whether it is the `__init__.py` of a package."""
        return self.path.name == "__init__.py"

    @property
    def text(self) -> str:
        """Return the text with plain newlines; nothing for a file that cannot be read."""
        text = self.content.text
        return "" if isinstance(text, Unreadable) else text

    @property
    def error(self) -> tuple[str, int | None] | None:
        """Return why the file cannot be read as Python and on which line, or None; parses it if nobody did yet."""
        tree = self.content.tree
        return (tree.reason, tree.line) if isinstance(tree, Unreadable) else None

    def tree(self) -> ast.Module | None:
        """Return the tree, the same one for every service, or None where `error` says why there is none."""
        tree = self.content.tree
        return None if isinstance(tree, Unreadable) else tree


def _read(path: Path) -> str | Unreadable:
    try:
        if path.stat().st_size > LARGEST:
            return Unreadable("the file is larger than 4 MB")
        data = path.read_bytes()
        encoding = _encoding(data)
        if codecs.lookup(encoding).name in QUADRATIC:
            return Unreadable(f"it says that it is written in {encoding}, which is no encoding for source", 1)
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Unreadable(f"it is not written in {error.encoding}, and its first lines name no other encoding", line)
    except SyntaxError as error:
        return Unreadable(error.msg)
    except (OSError, UnicodeError, LookupError) as error:
        return Unreadable(getattr(error, "strerror", None) or str(error))


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        if error.msg.startswith("invalid or missing"):  # The first lines are no UTF-8 and name nothing else.
            return "utf-8"
        raise


class Names:
    """Tells by which names files below a folder can be imported; remembers which folders are packages."""

    def __init__(self, folder: Path, top: Path) -> None:
        """Take the folder that names count from, and the outermost one that may be looked at."""
        self.folder = folder if folder.is_dir() else folder.parent
        self.top = top
        self._packages: dict[Path, bool] = {}
        self._bases: dict[Path, Path] = {}

    def of(self, path: Path) -> list[str]:
        """Return the dotted names of a file, its own one first.

        `apps/x/src/x/client.py` is `x.client`; a package has the name that it has from outside of all packages around
        it, and folders without `__init__.py` count where the folder named, `src` or a project stands above them.
        """
        outside = self.outside(path.parent)
        bases = [self.outside(self.folder)] if self.is_package(self.folder) else [self._base(outside), self.folder]
        if outside != path.parent:
            bases.append(outside)
        return list(dict.fromkeys(name for base in bases if (name := module_name(path, base)))) or [path.stem]

    def outside(self, folder: Path) -> Path:
        """Return the first folder from here upward that is no package."""
        while self.is_package(folder) and folder not in (self.top, folder.parent):
            folder = folder.parent
        return folder

    def is_package(self, folder: Path) -> bool:
        """Say whether a folder has an `__init__.py`."""
        if folder not in self._packages:
            self._packages[folder] = (folder / "__init__.py").is_file()
        return self._packages[folder]

    def _base(self, outside: Path) -> Path:
        """Return the folder from which what lies in `outside` is imported."""
        if outside not in self._bases:
            self._bases[outside] = next(self._sources(outside), self.folder)
        return self._bases[outside]

    def _sources(self, outside: Path) -> Iterator[Path]:
        above = [folder for folder in (outside, *outside.parents) if folder.is_relative_to(self.folder)]
        yield from (folder for folder in above if folder.name == "src")
        yield from (folder for folder in above if any((folder / name).is_file() for name in PROJECTS))


def module_name(path: Path, base: Path) -> str:
    """Return the dotted name of a file below a folder from which it is imported; nothing for one outside."""
    if not path.is_relative_to(base):
        return ""
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def relative(path: Path, root: Path) -> str:
    """Return the path as facts spell it: relative to the workspace with `/`, or as it is when outside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
