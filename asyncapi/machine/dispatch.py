"""Which function compiles which kind of node: filled by the modules of statements and expressions, asked by all.

Whoever needs a node inside of another asks here, so that no kind of node has to know those around it. Both registries
are full once `asyncapi.machine.machine` is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from asyncapi.machine.code import Code
from asyncapi.machine.heap import PathEnd
from asyncapi.machine.state import Activation, Block, Run
from asyncapi.machine.values import Opaque, Value

CompileExpression = Callable[[Any, Code], Run]
CompileStatement = Callable[[Any, Code], Block]
EXPRESSIONS: dict[type[ast.AST], CompileExpression] = {}
STATEMENTS: dict[type[ast.AST], CompileStatement] = {}


def expression(*kinds: type[ast.AST]) -> Callable[[CompileExpression], CompileExpression]:
    """Register the function below for some kinds of nodes."""

    def register(compile_: CompileExpression) -> CompileExpression:
        for kind in kinds:
            EXPRESSIONS[kind] = compile_
        return compile_

    return register


def compiled(node: ast.AST, code: Code) -> Run:
    """Return an expression as a closure; kinds of nodes that are not followed give an unknown value that says so."""
    found = EXPRESSIONS.get(type(node))
    if found is None:
        reason = f"{type(node).__name__} expressions are not followed"
        return lambda f: Opaque(reason)
    return found(node, code)


def statement(*kinds: type[ast.AST]) -> Callable[[CompileStatement], CompileStatement]:
    """Register the function below for some kinds of nodes."""

    def register(compile_: CompileStatement) -> CompileStatement:
        for kind in kinds:
            STATEMENTS[kind] = compile_
        return compile_

    return register


def body(code: Code) -> Block:
    """Return the body of a function, class or module as one block, compiled when it is first run."""
    if code.compiled is None:
        code.compiled = _body(code)
    return code.compiled


def _body(code: Code) -> Block:
    """Return a body as one block; that of a lambda returns its value."""
    if isinstance(code.node, ast.Lambda):
        value = compiled(code.node.body, code)

        def returned(f: Activation) -> bool:
            return leave_with(f, value(f))

        return returned
    return block(code.node.body, code)


def block(nodes: Sequence[ast.stmt], code: Code) -> Block:
    """Return statements as one block, which ends where every path has left."""
    steps = [STATEMENTS.get(type(node), not_followed)(node, code) for node in nodes if not _is_text(node)]
    if len(steps) == 1:
        only = steps[0]

        def single(f: Activation) -> bool:
            depth = len(f.m.regions)
            try:
                f.m.burn()
                return only(f)
            except PathEnd:
                f.m.unwind(depth, f.region)
                return True

        return single

    def run(f: Activation) -> bool:
        m = f.m
        depth = len(m.regions)
        try:
            for step in steps:
                m.burn()
                if step(f):
                    return True
        except PathEnd:
            m.unwind(depth, f.region)
            return True
        return False

    return run


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def not_followed(node: ast.stmt, code: Code) -> Block:
    """A kind of statement that is not followed: said, and passed over."""
    at = code.site(node)

    def passed_over(f: Activation) -> bool:
        f.m.not_followed(type(node).__name__, at)
        return False

    return passed_over


def leave_with(f: Activation, value: Value) -> bool:
    """Return a value from a frame: at once where nothing is open in it, else as an exit."""
    if f.region is None or f.m.regions[-1] is f.region:
        f.result, f.returned = value, True
    else:
        f.m.leave(f, "return", value)
    return True
