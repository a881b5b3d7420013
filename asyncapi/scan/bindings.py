"""Which places of a scope give a name its value, and which of them reach a given statement."""

from __future__ import annotations

import ast
import re

from asyncapi.scan.modules import FUNCTIONS, Binding, Block, Scope, headers

GLOBAL = re.compile(r"^[ \t]*(?:global|nonlocal)[ \t]+([^#\n]+)", re.MULTILINE)
EXCLUSIVE = ("case", "except", "body", "else")


def collect(scope: Scope) -> dict[str, list[Binding]]:
    """Return name → places, in source order; star imports stand under `*`."""
    found: dict[str, list[Binding]] = {}
    if scope.kind == "function":
        _parameters(scope, found)
    for index, record in enumerate(scope.records):
        _statement(record.node, index, scope, found)
    if ":=" in scope.module.text:
        _walruses(scope, found)
    if scope.kind == "module" and "global" in scope.module.text:
        _globals(scope, found)
    return found


def _add(found: dict[str, list[Binding]], name: str, binding: Binding) -> None:
    found.setdefault(name, []).append(binding)


def _parameters(scope: Scope, found: dict[str, list[Binding]]) -> None:
    node = scope.node
    assert isinstance(node, FUNCTIONS)
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        _add(found, argument.arg, Binding("parameter", None, (), -1, argument))
    for extra in (arguments.vararg, arguments.kwarg):
        if extra is not None:
            _add(found, extra.arg, Binding("parameter", None, (), -1, extra))


def _statement(node: ast.stmt, at: int, scope: Scope, found: dict[str, list[Binding]]) -> None:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            _target(target, node.value, "value", (), at, found)
    elif isinstance(node, ast.AnnAssign):
        if isinstance(node.target, ast.Name):
            kind = "value" if node.value is not None else "declared"
            _add(found, node.target.id, Binding(kind, node.value, (), at, node.annotation))
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name):
            _add(found, node.target.id, Binding("augmented", node.value, (), at, node.op))
    elif isinstance(node, ast.For | ast.AsyncFor):
        _target(node.target, node.iter, "item", (), at, found, node)
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                _target(item.optional_vars, item.context_expr, "context", (), at, found)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        _imports(node, at, found)
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        child = next(item for item in scope.children if item.node is node)
        _add(found, node.name, Binding("scope", None, (), at, child))
    elif isinstance(node, ast.Try):
        for handler in node.handlers:
            if handler.name:
                _add(found, handler.name, Binding("opaque", None, (), at, "an exception"))


def _target(
    target: ast.expr,
    value: ast.expr,
    kind: str,
    path: tuple[int, ...],
    at: int,
    found: dict[str, list[Binding]],
    extra: object = None,
) -> None:
    if isinstance(target, ast.Name):
        _add(found, target.id, Binding(kind, value, path, at, extra))
    elif isinstance(target, ast.Tuple | ast.List):
        for index, item in enumerate(target.elts):
            inner = item.value if isinstance(item, ast.Starred) else item
            _target(inner, value, kind, (*path, index), at, found, extra)


def _imports(node: ast.Import | ast.ImportFrom, at: int, found: dict[str, list[Binding]]) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            _add(found, name, Binding("import", None, (), at, (0, module, "")))
        return
    for alias in node.names:
        origin = (node.level, node.module or "", alias.name)
        _add(found, alias.asname or alias.name, Binding("import", None, (), at, origin))


def _walruses(scope: Scope, found: dict[str, list[Binding]]) -> None:
    for index, record in enumerate(scope.records):
        for root in headers(record.node):
            for node in ast.walk(root):
                if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
                    _add(found, node.target.id, Binding("value", node.value, (), index))


def _globals(scope: Scope, found: dict[str, list[Binding]]) -> None:
    for match in GLOBAL.finditer(scope.module.text):
        inner = scope.inner(scope.module.line(match.end()))
        if inner is scope:
            continue
        for name in (word.strip() for word in match.group(1).split(",")):
            for binding in inner.bindings.get(name, []):
                _add(found, name, Binding("elsewhere", None, (), -1, (inner, binding)))


def origin_of(binding: Binding) -> tuple[int, str, str]:
    """Return what an import binding brings in: level, module, name."""
    origin: tuple[int, str, str] = binding.extra  # type: ignore[assignment]
    return origin


def reaching(scope: Scope, bindings: list[Binding], at: int | None) -> list[Binding]:
    """Return the bindings of one name that can hold at statement `at` (None: at any time after the body ran)."""
    if len(bindings) == 1 and (at is None or bindings[0].at < at or bindings[0].kind in ("elsewhere", "parameter")):
        return bindings
    records = scope.records
    where = records[at].block if at is not None and 0 <= at < len(records) else None
    reached: list[Binding] = []
    arms: set[tuple[int, str]] = set()
    for binding in reversed(bindings):
        if binding.kind == "elsewhere" or binding.at < 0:
            reached.append(binding)
            continue
        block = records[binding.at].block
        if at is not None and where is not None:
            if binding.at >= at and not (binding.at == at and _own(binding)):
                if _same_loop(block, where):
                    reached.append(binding)
                continue
            if _exclusive(block, where) or _left(block, where):
                continue
        reached.append(binding)
        if binding.kind not in ("augmented", "declared") and _certain(block, where, arms):
            break
    return reached[::-1]


def _own(binding: Binding) -> bool:
    """A loop's own variable, a `with … as` and a walrus hold inside the statement that binds them."""
    return binding.kind in ("item", "context")


def _certain(inner: Block, where: Block | None, arms: set[tuple[int, str]]) -> bool:
    """Say whether a binding in a block leaves nothing of what was before."""
    block: Block | None = inner
    while True:
        if block is None or block.parent is None or (where is not None and where.within(block)):
            return True
        if block.arm in ("with", "try", "finally"):
            block = block.parent
            continue
        arms.add((id(block.owner), block.arm))
        if not (
            isinstance(block.owner, ast.If) and (id(block.owner), "body") in arms and (id(block.owner), "else") in arms
        ):
            return False
        block = block.parent


def _chain(block: Block) -> list[Block]:
    chain: list[Block] = []
    current: Block | None = block
    while current is not None:
        chain.append(current)
        current = current.parent
    return chain[::-1]


def _exclusive(block: Block, where: Block) -> bool:
    """Say whether two blocks are different arms of one decision."""
    for one, two in zip(_chain(block), _chain(where), strict=False):
        if one is not two:
            return (
                one.owner is two.owner
                and one.owner is not None
                and isinstance(one.owner, ast.If | ast.Match | ast.Try)
                and one.arm != two.arm
                and one.arm.startswith(EXCLUSIVE)
                and two.arm.startswith(EXCLUSIVE)
            )
    return False


def _left(block: Block, where: Block) -> bool:
    """Say whether control leaves the function or loop at the end of a block that the use is not in."""
    current: Block | None = block
    while current is not None and not where.within(current):
        if current.ends:
            return True
        current = current.parent
    return False


def _same_loop(block: Block, where: Block) -> bool:
    loops = {
        id(item.owner)
        for item in _chain(where)
        if isinstance(item.owner, ast.For | ast.AsyncFor | ast.While) and item.arm == "body"
    }
    return any(id(item.owner) in loops for item in _chain(block))
