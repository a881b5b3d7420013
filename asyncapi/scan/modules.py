"""Python files as text, tree and outline: who is defined where, and which statement stands on a line.

Bodies are outlined only when somebody asks; nothing is imported or run.
"""

from __future__ import annotations

import ast
import bisect
import re
import symtable
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ENDINGS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
NEWLINE = re.compile("\n")
CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
LARGEST = 4_000_000


class Block:
    """A run of statements: which arm of which statement it is, and whether control leaves at its end."""

    __slots__ = ("arm", "depth", "ends", "owner", "parent")

    def __init__(self, parent: Block | None, owner: ast.stmt | None, arm: str, ends: bool) -> None:
        self.parent, self.owner, self.arm, self.ends = parent, owner, arm, ends
        self.depth: int = parent.depth + 1 if parent else 0

    def within(self, other: Block) -> bool:
        """Say whether this block is `other` or lies inside it."""
        block: Block | None = self
        while block is not None and block.depth > other.depth:
            block = block.parent
        return block is other


class Record(NamedTuple):
    """One statement of a scope, in source order."""

    node: ast.stmt
    block: Block
    line: int


class Binding(NamedTuple):
    """One place that gives a name a value; `path` leads into an unpacked value."""

    kind: str
    expr: ast.expr | None
    path: tuple[int, ...]
    at: int
    extra: object = None


class Module:
    """One file: dotted `name`, `file` relative to the workspace, text, and tree on demand."""

    __slots__ = (
        "_starts",
        "error",
        "file",
        "found",
        "library",
        "name",
        "package",
        "path",
        "root",
        "text",
    )

    def __init__(self, path: Path, file: str, name: str, *, library: bool) -> None:
        self.path, self.file, self.name, self.library = path, file, name, library
        self.package = path.name == "__init__.py"
        self.text = ""
        self.error: tuple[str, int | None] | None = None
        self._starts: list[int] | None = None
        self.root: Scope | None = None
        self.found: dict[str, tuple[int, ...]] = {}
        self._read()

    def _read(self) -> None:
        try:
            if self.path.stat().st_size > LARGEST:
                self.error = ("the file is larger than 4 MB", None)
                return
            data = self.path.read_bytes()
            self.text = _decode(data)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.error = (f"it is not written in {error.encoding}, and its first lines name no other encoding", line)
        except (OSError, UnicodeError, LookupError) as error:
            self.error = (getattr(error, "strerror", None) or str(error), None)

    @property
    def scope(self) -> Scope | None:
        """Return the outline of the module, or None for a file that is no Python."""
        if self.root is None and self.error is None:
            tree = self._attempt(ast.parse)
            if isinstance(tree, ast.Module):
                self.root = Scope("module", "", "", tree, self, None)
        return self.root

    def check(self) -> tuple[str, int | None] | None:
        """Return why the file is no Python and on which line; cheaper than a tree for files nobody asked about."""
        if self.root is None and self.error is None:
            self._attempt(lambda text: symtable.symtable(text, "", "exec"))
        return self.error

    def _attempt(self, read: Callable[[str], object]) -> object:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return read(self.text)
        except SyntaxError as error:
            self.error = (error.msg, error.lineno)
        except (RecursionError, MemoryError):
            self.error = ("an expression in it is nested too deeply", None)
        except ValueError as error:
            self.error = (str(error) or type(error).__name__, None)
        return None

    def line(self, offset: int) -> int:
        """Return the line of an offset into the text, counting from 1."""
        if self._starts is None:
            self._starts = [match.end() for match in NEWLINE.finditer(self.text)]
        return bisect.bisect_right(self._starts, offset) + 1

    def mentions(self, word: str) -> tuple[int, ...]:
        """Return the lines on which a word stands."""
        if word not in self.found:
            found: list[int] = []
            if word in self.text:
                pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
                found = [self.line(match.start()) for match in re.finditer(pattern, self.text)]
            self.found[word] = tuple(dict.fromkeys(found))
        return self.found[word]


def _decode(data: bytes) -> str:
    encoding = "utf-8-sig"
    for line in data.split(b"\n", 2)[:2]:
        match = CODING.match(line)
        if match:
            encoding = match.group(1).decode("ascii")
            break
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


class Scope:
    """A module, class or function: its statements, inner scopes and bindings, worked out on demand."""

    __slots__ = (
        "_bindings",
        "_children",
        "_lines",
        "_records",
        "end",
        "kind",
        "module",
        "name",
        "node",
        "parent",
        "qualname",
        "start",
    )

    def __init__(
        self,
        kind: str,
        name: str,
        qualname: str,
        node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
        module: Module,
        parent: Scope | None,
    ) -> None:
        self.kind, self.name, self.qualname = kind, name, qualname
        self.node, self.module, self.parent = node, module, parent
        self.start: int = 1 if isinstance(node, ast.Module) else start_of(node)
        self.end: int = 1 << 30 if isinstance(node, ast.Module) else (node.end_lineno or node.lineno)
        self._records: list[Record] | None = None
        self._children: list[Scope] = []
        self._lines: list[int] = []
        self._bindings: dict[str, list[Binding]] | None = None

    @property
    def records(self) -> list[Record]:
        """Return the statements of this scope that can run, without those of inner scopes, in source order."""
        if self._records is None:
            self._records = []
            self._outline(self.node.body, Block(None, None, "", False))
            self._lines = [record.line for record in self._records]
        return self._records

    @property
    def children(self) -> list[Scope]:
        """Return the classes and functions defined directly in this scope."""
        _ = self.records
        return self._children

    def _outline(self, body: list[ast.stmt], block: Block) -> None:
        records = self._records
        assert records is not None
        for node in body:
            if isinstance(node, FUNCTIONS):
                records.append(Record(node, block, start_of(node)))
                self._child("function", node)
            elif isinstance(node, ast.ClassDef):
                records.append(Record(node, block, start_of(node)))
                self._child("class", node)
            else:
                records.append(Record(node, block, node.lineno))
                for arm, inner in arms(node):
                    self._outline(inner, Block(block, node, arm, isinstance(inner[-1], ENDINGS)))
                if isinstance(node, ENDINGS):
                    return

    def _child(self, kind: str, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        qualname = f"{self.qualname}.{node.name}" if self.qualname else node.name
        self._children.append(Scope(kind, node.name, qualname, node, self.module, self))

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Return every name this scope gives a value, with the places that do."""
        if self._bindings is None:
            from asyncapi.scan.bindings import collect

            self._bindings = collect(self)
        return self._bindings

    def child(self, name: str) -> Scope | None:
        """Return the class or function defined in this scope under a name; the last one wins."""
        found = None
        for scope in self.children:
            if scope.name == name and not (found is not None and _secondary(scope.node)):
                found = scope
        return found

    def inner(self, line: int) -> Scope:
        """Return the innermost scope whose body or header spans a line."""
        for scope in self.children:
            if scope.start <= line <= scope.end:
                return scope.inner(line)
        return self

    def record_at(self, line: int) -> int | None:
        """Return the index of the innermost statement on a line."""
        _ = self.records
        index = bisect.bisect_right(self._lines, line) - 1
        return index if index >= 0 else None


def _secondary(node: ast.AST) -> bool:
    """Say whether a definition only adds to one of the same name: a property's setter, an overload."""
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(item, ast.Attribute) and item.attr in ("setter", "deleter") for item in decorators)


def start_of(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the first line of a definition, decorators included."""
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])


def arms(node: ast.stmt) -> list[tuple[str, list[ast.stmt]]]:
    """Return the blocks inside a compound statement with the arm each one is, without those behind `if False`."""
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
        found = [("body", node.body if node.test.value else []), ("else", node.orelse if not node.test.value else [])]
    elif isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While):
        found = [("body", node.body), ("else", node.orelse)]
    elif isinstance(node, ast.With | ast.AsyncWith):
        found = [("with", node.body)]
    elif isinstance(node, ast.Try):
        found = [("try", node.body), *((f"except{i}", item.body) for i, item in enumerate(node.handlers))]
        found += [("try", node.orelse), ("finally", node.finalbody)]
    elif isinstance(node, ast.Match):
        found = [(f"case{i}", case.body) for i, case in enumerate(node.cases)]
    else:
        return []
    return [(arm, body) for arm, body in found if body]


def headers(node: ast.stmt) -> list[ast.AST]:
    """Return the expressions a statement evaluates itself, without the statements in its body."""
    if isinstance(node, FUNCTIONS):
        defaults = [item for item in (*node.args.defaults, *node.args.kw_defaults) if item is not None]
        return [*node.decorator_list, *defaults]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(item.value for item in node.keywords)]
    if isinstance(node, ast.If | ast.While):
        return [node.test]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [item.context_expr for item in node.items]
    if isinstance(node, ast.Try):
        return []
    if isinstance(node, ast.Match):
        return [node.subject, *(case.guard for case in node.cases if case.guard is not None)]
    return [node]
