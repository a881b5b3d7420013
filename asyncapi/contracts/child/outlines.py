"""What is written: names that are given values, classes, docstrings and comments."""

from __future__ import annotations

import ast
import inspect
import re
import typing

_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, *([ast.TypeAlias] if hasattr(ast, "TypeAlias") else ()))


class Binding(typing.NamedTuple):
    """A name that is given a value at module or class level."""

    name: str
    line: int
    doc: str
    comment: str
    value: ast.expr | None
    annotation: ast.expr | None


class ClassOutline:
    """A class as written: bindings by name, methods, nested classes."""

    def __init__(self, node: ast.ClassDef, qualname: str) -> None:
        self.node, self.qualname, self.line = node, qualname, node.lineno
        self.bindings: list[Binding] = []
        self.functions: list[ast.FunctionDef] = []
        self.classes: list[ClassOutline] = []
        self.by_name: dict[str, Binding] = {}

    @property
    def doc(self) -> str:
        return ast.get_docstring(self.node) or ""


class Outline(ClassOutline):
    """A module as written; `index` holds every class by qualified name, `lines` the text for comments."""

    def __init__(self, data: bytes) -> None:
        tree = ast.parse(data)
        self.lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "replace"))
        self.index: dict[str, ClassOutline] = {}
        self.qualname, self.line = "", 1
        self.bindings, self.functions, self.classes, self.by_name = [], [], [], {}
        self._fill(self, tree.body)

    def _fill(self, scope: ClassOutline, body: list[ast.stmt]) -> None:
        for position, node in enumerate(body):
            if isinstance(node, _ASSIGNMENTS):
                self._bind(scope, node, body[position + 1] if position + 1 < len(body) else None)
            elif isinstance(node, ast.ClassDef):
                inner = ClassOutline(node, f"{scope.qualname}.{node.name}" if scope.qualname else node.name)
                scope.classes.append(inner)
                self.index[inner.qualname] = inner
                self._fill(inner, node.body)
            elif isinstance(node, ast.FunctionDef):
                scope.functions.append(node)
            elif isinstance(node, (ast.If, ast.With)):
                self._fill(scope, node.body)
                self._fill(scope, getattr(node, "orelse", []))
            elif isinstance(node, ast.Try):
                for part in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
                    self._fill(scope, part)

    def _bind(self, scope: ClassOutline, node: typing.Any, following: ast.stmt | None) -> None:
        annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
        for target in getattr(node, "targets", None) or [getattr(node, "target", None) or node.name]:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    doc, comment = _literal(following), self._comment(node, following)
                    binding = Binding(name.id, name.lineno, doc, comment, value, annotation)
                    scope.bindings.append(binding)
                    scope.by_name[name.id] = binding

    def _comment(self, node: ast.stmt, following: ast.stmt | None) -> str:
        """Return the comment behind a statement, else one above it that can mean no other statement."""
        last = (node.end_lineno or node.lineno) - 1
        behind = self.lines[last].encode()[node.end_col_offset or 0 :].decode("utf-8", "replace").strip()
        if text := _comment_text(behind):
            return text
        above: list[str] = []
        row = node.lineno - 2
        while row >= 0 and self.lines[row].strip().startswith("#"):
            above.insert(0, self.lines[row].strip())
            row -= 1
        marked = bool(above) and all(line.startswith("#:") for line in above)
        alone = following is None or following.lineno > last + 2
        if not above or not (marked or alone):
            return ""
        return "\n".join(filter(None, (_comment_text(line) for line in above)))


def _literal(node: ast.stmt | None) -> str:
    """Return the docstring that a statement is, else nothing."""
    value = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return inspect.cleandoc(value) if isinstance(value, str) else ""


def _comment_text(comment: str) -> str:
    if not comment.startswith("#"):
        return ""
    text = comment.lstrip("#:").strip()
    if re.match(r"(type:|noqa|pragma|pylint|mypy:|fmt:|ruff:|pyright)", text) or not re.search(r"\w", text):
        return ""
    return "" if re.match(r"[-=~─━#*_]{3,}|.*[-=~─━#*_]{3,}$", text) else text
