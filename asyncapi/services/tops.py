"""What stands at the top of a module: the names it defines, its `__main__` guard, the app objects it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Classes whose objects a server runs.
APPS = frozenset(
    (
        *("fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette"),
        *("quart.Quart", "litestar.Litestar", "sanic.Sanic", "flask.Flask", "faststream.FastStream"),
    )
)


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported, those in conditions, `with` and `try` included."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, name, []))
        for handler in getattr(node, "handlers", []):
            yield from statements(handler.body)


def defined_names(tree: ast.Module | None) -> frozenset[str]:
    """Return the names that a module has after it was imported."""
    found: set[str] = set()
    for node in statements(tree.body if tree else []):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
    return frozenset(found)


def guard(tree: ast.Module | None) -> ast.If | None:
    """Return the statement `if __name__ == "__main__":` of a module, also among other conditions."""
    for node in tree.body if tree else []:
        if isinstance(node, ast.If) and any(_asks_for_main(part) for part in ast.walk(node.test)):
            return node
    return None


def _asks_for_main(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
        return False
    sides = [node.left, *node.comparators]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    return names == ["__name__"] and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)


def sole_call(tree: ast.Module, *, main_file: bool) -> str:
    """Return the function that running a module comes down to: its guard holds one statement, a call of it.

    `sys.exit(main())` and `raise SystemExit(main())` call `main` too. A `__main__.py` without a guard may hold imports
    besides. Nothing when it does more.
    """
    found = guard(tree)
    if found is not None:
        body: list[ast.stmt] = found.body
    else:
        body = [node for node in tree.body if main_file and not _is_quiet(node)]
    calls = [node for node in ast.walk(body[0]) if isinstance(node, ast.Call)] if len(body) == 1 else []
    inner = calls[-1] if calls and isinstance(body[0], ast.Expr | ast.Raise) else None
    return inner.func.id if inner is not None and isinstance(inner.func, ast.Name) else ""


def acting_line(tree: ast.Module | None) -> int | None:
    """Return the line of the first statement that does more than import, define and document; None where none does."""
    quiet = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    body = tree.body if tree else []
    return next((node.lineno for node in body if not _is_quiet(node) and not isinstance(node, quiet)), None)


def _is_quiet(node: ast.stmt) -> bool:
    """Say whether a statement does nothing but import or document."""
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def apps(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield (name, line) of the objects at the top of a module that a server could run."""
    imported = dict(_imported(tree))
    for node in statements(tree.body):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and _dotted(value.func, imported) in APPS:
            yield from ((target.id, node.lineno) for target in targets if isinstance(target, ast.Name))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in statements(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)


def _dotted(node: ast.expr, imported: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, imported)}.{node.attr}"
    return imported.get(node.id, node.id) if isinstance(node, ast.Name) else ""
