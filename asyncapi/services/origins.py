"""What the names of one Python file stand for, as far as its own text says: imports, annotations, what makes an object.

Text and `ast` only. It follows no value and looks into no other file; the file's scopes are not told apart.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEEPEST = 8
"""FileNames that stand for names; what is longer than this in hand-written code goes in a circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCall:
    """A call and where it stands: the name of the function or method around it, and of the class around that.

    `decorates` tells that it stands above a function; one that is only handed on (`submit(client.publish, "a/b")`)
    is read as the call that will be made.
    """

    node: ast.Call
    symbol: str
    owner: str
    decorates: bool = False


@dataclass(slots=True, kw_only=True)
class FileNames:
    """The names of one file.

    `imports` are local name → dotted name, with a leading dot where the import is relative. `made` is the spelling of
    an object (`client`, `self.bus`) → the spellings of what it is made from, annotated with, or assigned. `classes`
    are those written in the file, `functions` everything defined with `def`, by name.
    """

    file: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    made: dict[str, set[str]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    calls: list[WrittenCall] = field(default_factory=list)

    def origins(self, name: str) -> frozenset[str]:
        """Return the dotted names of what a spelling can be or be made of: `self.bus` → `redis.Redis`.

        What the file itself defines has a dot in front, as a relative import has.
        """
        return frozenset(self._origins(name, frozenset()))

    def _origins(self, name: str, seen: frozenset[str]) -> Iterator[str]:
        if name in seen or len(seen) > DEEPEST:
            return
        for head in _heads(name):
            if head in self.made:
                for source in self.made[head]:
                    yield from self._origins(source + name[len(head) :], seen | {name, head})
                return
        root, _, rest = name.partition(".")
        if root in self.imports:
            yield f"{self.imports[root]}.{rest}" if rest else self.imports[root]
        elif root in self.classes:
            yield f".{name}"


def read(file: str, text: str) -> FileNames | None:
    """Return the names of a file, or None where its text is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = FileNames(file=file, tree=tree)
    try:
        _walk(tree.body, names, "", "")
    except RecursionError:
        return None
    return names


def spelling(node: ast.AST) -> str:
    """Return the dotted spelling of an expression, that of what is called for a call: `a.b(c).d` → `a.b.d`."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript | ast.Await):
            node = node.value
        elif isinstance(node, ast.Name):
            return ".".join([node.id, *reversed(parts)])
        else:
            return ""


def _heads(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _walk(body: list[ast.stmt], names: FileNames, symbol: str, owner: str) -> None:
    """Note every statement that can run, in functions and classes too; what follows a `return` cannot."""
    for node in body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            inner = f"{symbol}.{node.name}" if symbol else node.name
            for decorator in node.decorator_list:
                _note(decorator, names, symbol, owner, decorates=True)
            if isinstance(node, ast.ClassDef):
                names.classes[node.name] = node
                _walk(node.body, names, inner, node.name)
            else:
                names.functions.setdefault(node.name, node)
                _parameters(node, names)
                _walk(node.body, names, inner, owner)
            continue
        _bind(node, names)
        blocks = [block for name in ("body", "orelse", "finalbody") if (block := getattr(node, name, None))]
        if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
            blocks = [node.body if node.test.value else node.orelse]
        arms = [arm.body for arm in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))]
        for part in _own(node):
            _note(part, names, symbol, owner)
        for block in (*blocks, *arms):
            _walk(block, names, symbol, owner)
        if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield the parts of a statement that are not statements themselves."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.match_case):
            yield from (part for part in (child.guard,) if part is not None)
        elif not isinstance(child, ast.stmt | ast.ExceptHandler):
            yield child


def _note(node: ast.AST, names: FileNames, symbol: str, owner: str, *, decorates: bool = False) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            names.calls.append(
                WrittenCall(node=inner, symbol=symbol, owner=owner, decorates=decorates and inner is node)
            )
            names.calls += [WrittenCall(node=later, symbol=symbol, owner=owner) for later in _handed_on(inner)]
        elif isinstance(inner, ast.NamedExpr):
            _made(inner.target, inner.value, names)


def _handed_on(call: ast.Call) -> Iterator[ast.Call]:
    """Yield the call that another function is given to make: a method, followed by arguments for it."""
    for index, item in enumerate(call.args[:-1]):
        if isinstance(item, ast.Attribute):
            yield ast.copy_location(ast.Call(func=item, args=call.args[index + 1 :], keywords=call.keywords), call)


def _bind(node: ast.stmt, names: FileNames) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            names.imports[alias.asname or alias.name.partition(".")[0]] = (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            module = "." * node.level + (node.module or "")
            names.imports[alias.asname or alias.name] = f"{module}.{alias.name}"
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            _made(target, node.value, names)
    elif isinstance(node, ast.AnnAssign):
        _annotated(spelling(node.target), node.annotation, names)
        if node.value is not None:
            _made(node.target, node.value, names)
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                _made(item.optional_vars, item.context_expr, names)


def _made(target: ast.expr, value: ast.expr, names: FileNames) -> None:
    name = spelling(target) if isinstance(target, ast.Name | ast.Attribute) else ""
    if not name:
        return
    for choice in _choices(value):
        if (source := spelling(choice)) and source != name:
            names.made.setdefault(name, set()).add(source)


def _choices(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from (*_choices(value.body), *_choices(value.orelse))
    elif isinstance(value, ast.BoolOp):
        for item in value.values:
            yield from _choices(item)
    else:
        yield value


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, names: FileNames) -> None:
    said = node.args
    for argument in (*said.posonlyargs, *said.args, *said.kwonlyargs):
        if argument.annotation is not None:
            _annotated(argument.arg, argument.annotation, names)


def _annotated(name: str, annotation: ast.expr, names: FileNames) -> None:
    """Note the classes an annotation names: all of `Redis | None`, `Optional["Redis"]`, `Annotated[Redis, …]`."""
    if isinstance(annotation, ast.Name | ast.Attribute):
        if (source := spelling(annotation)) and source != name:
            names.made.setdefault(name, set()).add(source)
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with suppress(SyntaxError, ValueError):
            _annotated(name, ast.parse(annotation.value, mode="eval").body, names)
    else:
        for part in ast.iter_child_nodes(annotation):
            if isinstance(part, ast.expr):
                _annotated(name, part, names)
