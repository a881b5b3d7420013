"""Source trees as code that can be run: each function, class body and module is compiled once into closures.

A closure takes the frame it runs in. Names are sorted into local, outer and global ones here, so that running
looks nothing up that the tree already says. Values, branches and calls are the machine's concern.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from asyncapi.sources import Source

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match)
"""Statements in which some paths may leave a function before others do."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class CallSite(NamedTuple):
    """A call in source: the file relative to the workspace, first and last line, the function it stands in."""

    file: str
    line: int
    end: int
    symbol: str
    module: str
    node: Any
    own: bool = True

    @property
    def source(self) -> Source:
        """Return the place as facts name it."""
        return Source(file=self.file, symbol=self.symbol, line=self.line)


NOWHERE = CallSite("", 0, 0, "", "", None)


class ProgramSource(Protocol):
    """A source file as the machine needs it: `own` tells that it belongs to the service itself, not to a library."""

    @property
    def name(self) -> str:
        """Return the dotted name of its module."""

    @property
    def file(self) -> str:
        """Return its path, relative to the workspace."""

    @property
    def package(self) -> bool:
        """Say whether it is the `__init__.py` of a package."""

    @property
    def own(self) -> bool:
        """Say whether it belongs to the service itself."""

    def tree(self) -> ast.Module | None:
        """Return the parsed file, or None where it is no Python."""


class Code:
    """A function, class body, module or comprehension, compiled when it is first run."""

    __slots__ = (
        "active",
        "args",
        "branches",
        "cells",
        "compiled",
        "file",
        "globals",
        "handing",
        "is_async",
        "is_generator",
        "kind",
        "kwarg",
        "kwonly",
        "line",
        "locals",
        "name",
        "node",
        "nonlocals",
        "parent",
        "positional",
        "qualname",
        "runs",
        "vararg",
    )

    def __init__(self, node: Any, kind: str, name: str, file: ProgramSource, parent: Code | None) -> None:
        self.node, self.kind, self.name, self.file, self.parent = node, kind, name, file, parent
        outer = parent.qualname if parent is not None and parent.kind != "module" else ""
        self.qualname: str = "" if kind == "module" else f"{outer}.{name}" if outer else name
        self.line: int = getattr(node, "lineno", 1)
        self.compiled: Callable[[Any], bool] | None = None
        self.handing: set[ast.AST] = set()
        self.branches = False
        self.active = 0
        self.runs = 0
        self.is_async = isinstance(node, ast.AsyncFunctionDef)
        self.is_generator = False
        self.args: ast.arguments | None = getattr(node, "args", None) if isinstance(node, FUNCTIONS) else None
        self.positional: tuple[str, ...] = ()
        self.kwonly: tuple[str, ...] = ()
        self.vararg = self.kwarg = ""
        self.globals: frozenset[str] = frozenset()
        self.nonlocals: frozenset[str] = frozenset()
        self.locals = self._bindings()

    def _bindings(self) -> frozenset[str]:
        found: set[str] = set()
        if self.args is not None:
            self.positional = tuple(item.arg for item in (*self.args.posonlyargs, *self.args.args))
            self.kwonly = tuple(item.arg for item in self.args.kwonlyargs)
            self.vararg = self.args.vararg.arg if self.args.vararg else ""
            self.kwarg = self.args.kwarg.arg if self.args.kwarg else ""
            found.update(self.positional, self.kwonly, filter(None, (self.vararg, self.kwarg)))
        globals_: set[str] = set()
        nonlocals: set[str] = set()
        for item in _own(self.node):
            if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load):
                found.add(item.id)
            elif isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(item.name)
            elif isinstance(item, ast.alias):
                found.add(item.asname or item.name.partition(".")[0])
            elif (isinstance(item, ast.ExceptHandler) and item.name) or (
                isinstance(item, (ast.MatchAs, ast.MatchStar)) and item.name
            ):
                found.add(item.name)
            elif isinstance(item, ast.MatchMapping) and item.rest:
                found.add(item.rest)
            elif isinstance(item, ast.Global):
                globals_.update(item.names)
            elif isinstance(item, ast.Nonlocal):
                nonlocals.update(item.names)
            elif isinstance(item, (ast.Yield, ast.YieldFrom)):
                self.is_generator = True
            elif isinstance(item, BRANCHES):
                self.branches = True
        self.globals, self.nonlocals = frozenset(globals_), frozenset(nonlocals)
        return frozenset(found - globals_ - nonlocals)

    def find(self, name: str) -> tuple[str, int]:
        """Return where a name is looked up from here: ("local" | "outer" | "global", frames outward)."""
        if self.kind == "module" or name in self.globals:
            return ("global", 0)
        if name in self.locals:
            return ("local", 0)
        steps = 0
        code: Code | None = self
        while code is not None and code.parent is not None and code.parent.kind != "module":
            code = code.parent
            steps += 1
            if code.kind == "class":
                continue
            if name in code.locals:
                return ("outer", steps)
            if name in code.globals:
                break
        return ("global", 0)

    def site(self, node: Any) -> CallSite:
        """Return the place of a call."""
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        return CallSite(
            self.file.file,
            first if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else node.lineno,
            getattr(node, "end_lineno", None) or node.lineno,
            self.qualname,
            self.file.name,
            node,
            self.file.own,
        )


def _own(node: Any) -> Iterator[ast.AST]:
    """Yield the nodes that belong to a scope itself: not those of inner functions, classes and comprehensions."""
    if isinstance(node, COMPREHENSIONS):
        inside: list[Any] = [item.target for item in node.generators]
    elif isinstance(node, ast.Lambda):
        inside = [node.body]
    else:
        inside = list(node.body)
    while inside:
        item = inside.pop()
        yield item
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside.extend([*item.decorator_list, *item.args.defaults, *filter(None, item.args.kw_defaults)])
        elif isinstance(item, ast.ClassDef):
            inside.extend([*item.decorator_list, *item.bases, *(k.value for k in item.keywords)])
        elif isinstance(item, ast.Lambda):
            inside.extend([*item.args.defaults, *filter(None, item.args.kw_defaults)])
        elif isinstance(item, COMPREHENSIONS):
            inside.append(item.generators[0].iter)
            inside.extend(_walrus(item))
        else:
            for name in item._fields:
                value = getattr(item, name, None)
                if value.__class__ is list:
                    inside.extend([child for child in value if isinstance(child, ast.AST)])
                elif isinstance(value, ast.AST) and not isinstance(value, LEAVES):
                    inside.append(value)


LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.boolop)
"""Nodes that hold no others and bind no names: most of a tree."""


def _walrus(node: ast.AST) -> Iterable[ast.AST]:
    """Yield the names that a comprehension gives to the scope around it."""
    return (item.target for item in ast.walk(node) if isinstance(item, ast.NamedExpr))


class Guess(str):
    """A hint that is only the name of what was called: what the result itself is called says more."""

    __slots__ = ()


def hint(node: ast.AST | None) -> str:
    """Return what an expression would be called as a parameter: its last name; empty where it has none."""
    while True:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return Guess(node.attr) if isinstance(node.value, ast.Call) else node.attr
        if isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                return node.slice.value
            node = node.value
        elif isinstance(node, (ast.Await, ast.FormattedValue, ast.NamedExpr)):
            node = node.value
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and not node.args:
                receiver = hint(node.func.value)
                return (
                    receiver
                    if node.func.attr in ("lower", "upper", "strip", "decode", "title") and receiver
                    else Guess(node.func.attr)
                )
            if isinstance(node.func, ast.Name) and node.func.id in ("str", "int", "repr", "float") and node.args:
                node = node.args[0]
            else:
                return Guess(hint(node.func))
        else:
            return ""
